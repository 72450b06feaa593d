"""The store as one user may see and change it. Pages have nothing else in their hands.

Whatever is not opened here is the organizer's alone: a method that Store gets one day is closed to everybody else until somebody
decides otherwise. Each call asks again who it is, so that a session that has ended or a user who was removed can do nothing more,
not even by a button that is still on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from analyzer.labels import REVIEW, ROLE, STATE
from analyzer.report.one_unit import of_unit
from analyzer.report.report import Report
from analyzer.report.review import Review, changes
from analyzer.store.accounts import User
from analyzer.store.audit import note
from analyzer.store.rows import Change, StoredBatch
from analyzer.store.store import Store

MAY = {"organizer": ("see", "review", "export", "manage"), "reviewer": ("see", "review", "export"), "reader": ("see",)}
"""What each role may do; a reviewer all of it for one unit only."""

NOTED = {
    "new_batch": "新建批次", "delete_batch": "删除批次", "delete_everything": "删除全部", "rename_batch": "改批次名称",
    "add_report": "存入结果", "set_setting": "改设置", "add_documents": "加入库", "remove_document": "移出库",
}  # fmt: skip
"""Methods of Store that only organizers call and that are written down, with the word for each."""


TRUSTED = 2.0
"""Seconds for which the answer to who is asking holds: a page asks many times while it is drawn."""

HERE = "本机"
"""Who is written down on a computer where nobody logs in."""

T = TypeVar("T")


class NotAllowed(Exception):
    """With the words for whoever tried."""


class LoggedOut(NotAllowed):
    """The session has ended, or there never was one."""


class Access:
    """``who`` says each time who is asking, or raises LoggedOut; ``address`` is where from, for the record."""

    def __init__(self, store: Store, who: Callable[[], User], address: str = ""):
        self._store, self._ask, self._address = store, who, address
        self._known: tuple[float, User] | None = None

    def _who(self) -> User:
        at = time.monotonic()
        if self._known is None or at - self._known[0] > TRUSTED:
            self._known = at, self._ask()
        return self._known[1]

    @property
    def name(self) -> str:
        """Of whoever logged in; empty on a computer of one's own."""
        return self._who().name

    @property
    def role(self) -> str:
        return self._who().role

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._store, name)
        self._need("manage")
        return self._noted(name, value) if name in NOTED else value

    def may(self, what: str) -> bool:
        """One of see, review, export, manage."""
        return what in MAY[self._who().role]

    def note(self, action: str, batch: str = "", essay: str = "", detail: str = "") -> None:
        """Write down what somebody saw or took away."""
        user = self._who()
        note(self._store, replace(user, name=user.name or HERE), self._address, action, batch, essay, detail)

    def exporting(self, batch: str, what: str, make: Callable[[], T]) -> Callable[[], T]:
        """``make``, to be called when somebody takes it away: asks then whether he may, and writes it down."""

        def made() -> T:
            self._need("export")
            result = make()
            self.note("导出", batch, detail=what)
            return result

        return made

    def scope(self) -> str | None:
        """The one unit that this user sees, or None for all."""
        user = self._who()
        return user.unit if user.role == "reviewer" else None

    # what everybody sees, a reviewer of one unit only what is that unit's

    def batches(self) -> list[StoredBatch]:
        self._need("see")
        unit = self.scope()
        if unit is None:
            return self._store.batches()
        own = self._store.of_unit(unit)
        return [replace(batch, essays=own[batch.id][0], units=1, suspects=own[batch.id][1])
                for batch in self._store.batches() if batch.id in own and batch.status == "done"]  # fmt: skip

    def batch(self, id: str) -> StoredBatch:
        found = next((batch for batch in self.batches() if batch.id == id), None)
        if found is None:
            raise KeyError(id)
        return found

    def report_path(self, id: str) -> Path:
        """Its name tells one state of a report from another; only ``report`` opens it."""
        self.batch(id)
        return self._store.report_path(id)

    def report(self, id: str) -> Report:
        self.batch(id)
        unit = self.scope()
        report = self._store.report(id)
        return report if unit is None else of_unit(report, unit)

    def reviews(self, batch: str) -> dict[str, Review]:
        self.batch(batch)
        return {id: review for id, review in self._store.reviews(batch).items() if self._sees(batch, id)}

    def review(self, batch: str, essay: str) -> Review:
        self._need_essay(batch, essay)
        return self._store.review(batch, essay)

    def review_history(self, batch: str, essay: str) -> list[Change]:
        self._need_essay(batch, essay)
        return self._store.review_history(batch, essay)

    def setting(self, name: str, default: str = "") -> str:
        self._need("see")
        return self._store.setting(name, default)

    # reviews, by whoever is logged in

    def save_review(self, batch: str, review: Review, by: str) -> Review:
        self._need("review")
        self._need_essay(batch, review.essay)
        before = self._store.review(batch, review.essay)
        saved = self._store.save_review(batch, review, self._signed(by))
        if saved.version > review.version:
            self.note("复核", batch, review.essay, _told(changes(before, saved)))
        return saved

    def import_reviews(self, batch: str, filled_in: Mapping[str, Review], by: str) -> tuple[int, list[str]]:
        self._need("review")
        self.batch(batch)
        changed, strangers = self._store.import_reviews(batch, filled_in, self._signed(by), self.scope())
        self.note("导入清单", batch, detail=f"{changed} 条有改动")
        return changed, strangers

    # who may

    def _need(self, what: str) -> None:
        if not self.may(what):
            raise NotAllowed(f"{ROLE[self._who().role]}没有这项权限。")

    def _sees(self, batch: str, essay: str) -> bool:
        unit = self.scope()
        return unit is None or self._store.unit_of(batch, essay) == unit

    def _need_essay(self, batch: str, essay: str) -> None:
        self.batch(batch)
        if not self._sees(batch, essay):
            raise NotAllowed("这一篇不属于您的单位。")

    def _signed(self, by: str) -> str:
        """Whoever logged in signs with that name, whatever a page says; on a computer of one's own the page may say who."""
        user = self._who()
        return user.name or by

    def _noted(self, name: str, method: Callable) -> Callable:
        def noted(*arguments, **named):
            result = method(*arguments, **named)
            batch = next((str(a) for a in arguments[:1] if name in ("delete_batch", "rename_batch")), "")
            detail = str(arguments[0]) if arguments and name in ("set_setting", "remove_document", "new_batch") else ""
            self.note(NOTED[name], batch or (str(result) if name in ("new_batch", "add_report") else ""), detail=detail)
            return result

        return noted


def _told(changed: Mapping[str, tuple[str, str]]) -> str:
    """Which fields were changed, and a state to what; the words themselves are in the review's own history."""
    return "、".join(f"{REVIEW[name]}→{STATE[new]}" if name == "state" else REVIEW[name] for name, (_, new) in changed.items())
