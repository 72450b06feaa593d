"""Whether a batch's background process is alive: it holds a lock that the system takes back however it ends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from analyzer.store.rows import StoredBatch

RUNNING = ("reading", "analyzing")

STARTS = 20
"""Seconds that a process may take until it holds its lock."""


def lock(folder: Path) -> FileLock:
    """What the process that works on the batch in this folder holds: ``with lock(folder).acquire(timeout=5)``."""
    return FileLock(folder / "worker.lock", thread_local=False)


def gone(batch: StoredBatch, folder: Path) -> bool:
    """True where a step is said to run and no process does it (killed, or the computer was restarted)."""
    if batch.status not in RUNNING:
        return False
    if not batch.stage and seconds_since(batch.started) < STARTS:
        return False
    if not folder.exists():
        return True
    try:
        with lock(folder).acquire(timeout=0):
            return True
    except Timeout:
        return False


def seconds_since(iso: str) -> float:
    """From a stored time until now; for none, as if it were long ago."""
    return (datetime.now().astimezone() - datetime.fromisoformat(iso)).total_seconds() if iso else float("inf")
