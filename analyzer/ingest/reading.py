"""Foreign files read in processes of their own, so that a file on which a parser hangs, crashes or swells costs that one file.

Plain processes and pipes rather than multiprocessing: it would start the caller's script or notebook once more on Windows.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import analyzer
from analyzer.essay import Problem
from analyzer.ingest.archive import File
from analyzer.ingest.errors import REASONS, Unreadable
from analyzer.ingest.limits import Limits
from analyzer.ingest.reader_process import answer_to, request, unpacked
from analyzer.ingest.roster import Roster
from analyzer.parallel import cores

CHEAP = 1 << 20
"""Bytes up to which a file of a kind in PLAIN is read in this process: there is no parser to fear, and nothing to wait for."""
PLAIN = ("txt", "csv", "jsonl")
_MOST_PROCESSES = 4
_AHEAD = 4
"""Files a process that are held in memory, read or waiting."""
_PROGRAM = "import sys; sys.path[:] = filter(None, sys.path); from analyzer.ingest.reader_process import main; sys.exit(main())"
"""Rather than ``-m``, which imports from the current folder first, where a docx.py may lie among what strangers handed in."""
_LONGEST_ANSWER = 512 << 20
_WATCH = 0.1
"""Seconds between two looks at the memory, where the system does not limit it."""

Content = tuple[str, dict[str, str]] | Roster | Problem
"""Text and traces of a document, the rows of a table, or why there are none."""


def read_all(files: Iterable[File | Problem], limits: Limits) -> Iterator[tuple[File | Problem, Content]]:
    """Each file with its content, in the order in which they come; several are read at once, a few ahead."""
    processes = limits.processes or min(cores(), _MOST_PROCESSES)
    waiting: deque[tuple[File | Problem, Content | Future[Content]]] = deque()
    with ThreadPoolExecutor(processes, thread_name_prefix="reader") as pool:
        for file in files:
            if isinstance(file, Problem):
                waiting.append((file, file))
            elif is_plain(file):
                waiting.append((file, _content(file, answer_to(file, limits))))
            else:
                waiting.append((file, pool.submit(read_apart, file, limits)))
            while len(waiting) > _AHEAD * processes or waiting and not isinstance(waiting[0][1], Future):
                yield _done(*waiting.popleft())
        while waiting:
            yield _done(*waiting.popleft())


def read_apart(file: File, limits: Limits) -> Content:
    """One file, read in another process: one that has already read others, where one is idle."""
    reader = _idle_reader()
    if reader is not None:
        answer = reader.read(file, limits)
        if answer.get("key") not in ("crash", "memory"):
            return _content(file, answer)
        # what went before may be at fault, or the process had just ended for want of work: let a fresh one judge
    return _content(file, _Reader().read(file, limits))


def read_sheet(file: File, limits: Limits) -> Roster:
    """One table, in another process where it is no plain one. Raises Unreadable."""
    content = _content(file, answer_to(file, limits)) if is_plain(file) else read_apart(file, limits)
    if isinstance(content, Problem):
        raise Unreadable(content.reason)
    return content


def is_plain(file: File) -> bool:
    return file.kind in PLAIN and len(file.data) <= CHEAP


def _done(file: File | Problem, content: Content | Future[Content]) -> tuple[File | Problem, Content]:
    return file, content.result() if isinstance(content, Future) else content


def _content(file: File, answer: dict[str, Any]) -> Content:
    if "missing" in answer:
        raise ImportError(answer["missing"])
    if "reason" in answer:
        return Problem(file.name, answer["reason"])
    return unpacked(file.name, answer["roster"]) if "roster" in answer else (answer["text"], answer["traces"])


class _Reader:
    """A process that reads files, one at a time."""

    def __init__(self) -> None:
        # an organizer's checkout need not be installed; one thread a process, or OpenBLAS alone asks for gigabytes of addresses
        paths = [str(Path(analyzer.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONIOENCODING": "utf-8",
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
        )  # fmt: skip
        self.killed_for = ""

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def read(self, file: File, limits: Limits) -> dict[str, Any]:
        """The process's answer; it goes back among the idle ones, unless the file was its end."""
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over, limits), daemon=True)
        watcher.start()
        try:
            self.process.stdin.write(request(file, limits))
            self.process.stdin.write(file.data)
            self.process.stdin.flush()
            line = self.process.stdout.readline(_LONGEST_ANSWER)
            answer = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError):  # it ended while it was being told, or said what nobody understands
            answer = None
        finally:
            over.set()
            watcher.join()
        if answer is None or answer.get("key") == "memory":
            self.end()
        else:
            with _lock:
                _idle.append(self)
        return answer or {"reason": REASONS[self.killed_for or "crash"], "key": self.killed_for or "crash"}

    def _watch(self, over: threading.Event, limits: Limits) -> None:
        """End the process when its time is up, or its memory where only we can tell (see reader_process)."""
        if _is_memory_limited():
            if not over.wait(limits.seconds):
                self._kill("timeout")
            return
        import psutil

        try:
            process = psutil.Process(self.process.pid)
            for _ in range(int(limits.seconds / _WATCH)):
                if over.wait(_WATCH):
                    return
                if process.memory_info().rss > limits.memory_bytes:
                    return self._kill("memory")
        except psutil.NoSuchProcess:
            return
        self._kill("timeout")

    def _kill(self, reason: str) -> None:
        self.killed_for = reason
        self.process.kill()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        with suppress(OSError):  # what it had not read yet cannot be delivered any more
            self.process.stdin.close()
        self.process.stdout.close()


_idle: list[_Reader] = []
"""Processes that wait for the next file; those not asked for a minute end by themselves."""
_lock = threading.Lock()


def _idle_reader() -> _Reader | None:
    while True:
        with _lock:
            if not _idle:
                return None
            reader = _idle.pop()
        if reader.is_alive:
            return reader
        reader.end()


@atexit.register
def end_readers() -> None:
    """End the idle processes now."""
    with _lock:
        readers, _idle[:] = list(_idle), []
    for reader in readers:
        reader.end()


def _is_memory_limited() -> bool:
    """Whether the system itself keeps reader_process to its limit."""
    return sys.platform not in ("win32", "darwin")
