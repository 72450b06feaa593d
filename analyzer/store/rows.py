"""What the store hands out besides reports, essays and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analyzer.report.review import Review

STATUSES = ("draft", "reading", "read", "analyzing", "done", "failed", "cancelled")
"""draft: files are being put together; read: waiting for the organizer to check what was understood."""

MEASURED = ("verdict", "own", "findings", "level_own", "score_own")
"""Columns of ``Report.table`` that batches are compared by."""


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as the store lists it. Times are ISO with zone; ``beat`` is the last sign of life of its background process."""

    id: str
    name: str
    created: str
    status: str
    stage: str
    done: int
    total: int
    message: str
    started: str
    beat: str
    essays: int
    units: int
    suspects: int


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one review changed by somebody."""

    version: int
    at: str
    by: str
    field: str
    old: str
    new: str


class Conflict(Exception):
    """Somebody else saved this review since it was read; ``current`` is what stands now."""

    def __init__(self, current: Review):
        super().__init__(f"{current.by or '另一个窗口'}刚刚改过这一条")
        self.current = current


def now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
