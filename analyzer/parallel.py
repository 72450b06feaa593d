"""Work on many texts in several processes, where somebody who starts processes has said so.

Off by default: a program that calls ``analyze`` at its top level would, on Windows, be run again by each process it starts.
The command line and the app's worker turn it on. Results are the same, in the same order.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from time import perf_counter
from typing import TypeVar

T, R = TypeVar("T"), TypeVar("R")

PATIENCE = 0.5
"""Seconds of such work that are done here before other processes are started: a batch of fifty essays needs none. Of 1,000 made essays
32.3 s instead of 36.2 with 2.0."""

_AHEAD = 2
"""Pieces of work that wait for each other process, so that none is idle while this one is busy."""

_KEPT = 8
"""Results a process that may wait for an earlier one."""

MOST = 60
"""Other processes; Windows waits for 61 at most."""

_TOO_LITTLE = (BrokenProcessPool, MemoryError)
"""A process was killed, for memory perhaps, or ran out of it: alone it takes longer and needs less."""

@dataclass
class _Pool:
    executor: Executor
    count: int
    """Processes beside this one"""
    answered: bool = False
    """One of them has given a result; until then they may still be starting"""
    spent: float = 0.0
    """Seconds that work which other processes could have done took in this one"""


_pool: ContextVar[_Pool | None] = ContextVar("pool", default=None)


def cores() -> int:
    """That this process may use: fewer than there are where it was given a part of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(count: int | None = None) -> Iterator[None]:
    """Inside, ``each`` uses ``count`` processes (all cores by default), this one among them; they start when first needed."""
    others = min((count or cores()) - 1, MOST)
    if others < 1:
        yield
        return
    with ProcessPoolExecutor(others, mp_context=get_context("spawn"), initializer=_begin) as pool:
        token = _pool.set(_Pool(pool, others))
        try:
            yield
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            _pool.reset(token)


def each(function: Callable[[T], R], items: Iterable[T], patience: float = PATIENCE) -> Iterator[R]:
    """``function`` of each item, in order; items are taken as they are needed, so that there need never be many at once.

    ``function`` must be importable, its results picklable. The first ``patience`` seconds of a run are done here, and later what
    the other processes have no hands free for, or are still starting up for.
    """
    pool = _pool.get()
    if pool is None:
        yield from map(function, items)
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):  # threads that wait for each other would take the others' cores
        yield from _shared_out(pool, function, items, patience)


def _shared_out(pool: _Pool, function: Callable[[T], R], items: Iterable[T], patience: float) -> Iterator[R]:
    waiting: deque[tuple[T | None, Future[R]]] = deque()  # what was done here, without the item
    for item in items:
        ahead = sum(not future.done() for _, future in waiting)
        if pool.spent >= patience and ahead < _AHEAD * pool.count:
            waiting.append((item, _submitted(pool.executor, function, item)))
        else:
            done: Future[R] = Future()
            done.set_result(_done_here(pool, function, item))
            waiting.append((None, done))
        while waiting and (waiting[0][1].done() or len(waiting) > _KEPT * (pool.count + 1)):
            yield _result(pool, function, *waiting.popleft())
    while waiting:
        yield _result(pool, function, *waiting.popleft())


def _done_here(pool: _Pool, function: Callable[[T], R], item: T) -> R:
    began = perf_counter()
    result = function(item)
    pool.spent += perf_counter() - began
    return result


def _submitted(pool: Executor, function: Callable[[T], R], item: T) -> Future[R]:
    try:
        return pool.submit(function, item)
    except BrokenProcessPool as error:  # by what went before
        failed: Future[R] = Future()
        failed.set_exception(error)
        return failed


def _result(pool: _Pool, function: Callable[[T], R], item: T | None, future: Future[R]) -> R:
    if item is None:
        return future.result()
    if not future.done() and (future.cancel() or not pool.answered):
        return _done_here(pool, function, item)
    try:
        result = future.result()
    except _TOO_LITTLE:
        return _done_here(pool, function, item)
    pool.answered = True
    return result


def in_threads(function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """``function`` of each item, in order, several at once: for work on large arrays, which numpy does outside Python's lock."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
        yield from pool.map(function, items)


def _begin() -> None:
    """In a process of its own: one thread, since there is a process a core; and an end when the parent was killed, which would
    otherwise be waited for for ever."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when numpy is loaded; if it is already, below
    import numpy  # noqa: F401
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
