"""Who saw and changed what: a line each, kept until the batch or person it is about is forgotten."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.labels import ROLE
from analyzer.report.harmless import harmless
from analyzer.store.accounts import User
from analyzer.store.rows import now
from analyzer.store.store import Store


@dataclass(frozen=True, slots=True)
class Entry:
    at: str
    """ISO time with zone."""
    who: str
    role: str
    address: str
    action: str
    """In Chinese: 查看, 复核, 导出, 登录, …"""
    batch: str
    essay: str
    detail: str


def note(store: Store, user: User, address: str, action: str, batch: str = "", essay: str = "", detail: str = "") -> None:
    with store._database() as db:
        db.execute(
            "INSERT INTO audit (at, who, role, address, action, batch, essay, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (now(), user.name, user.role, address, action, batch, essay, detail),
        )


def entries(
    store: Store, who: str = "", batch: str = "", action: str = "", since: str = "", until: str = "", most: int | None = None
) -> list[Entry]:
    """The newest first; each condition left empty holds for all. ``since`` and ``until`` are ISO dates, both included."""
    conditions = {"who = ?": who, "batch = ?": batch, "action = ?": action, "at >= ?": since, "substr(at, 1, 10) <= ?": until}
    known = {condition: value for condition, value in conditions.items() if value}
    where = " WHERE " + " AND ".join(known) if known else ""
    limit = f" LIMIT {int(most)}" if most is not None else ""
    columns = ", ".join(Entry.__dataclass_fields__)
    with store._database() as db:
        return [Entry(*row) for row in db.execute(f"SELECT {columns} FROM audit{where} ORDER BY id DESC{limit}", (*known.values(),))]


HEADER = ("时间", "谁", "角色", "来自", "做了什么", "批次", "篇目", "说明")


def as_csv(found: Iterable[Entry]) -> bytes:
    """UTF-8 with a byte order mark, for Excel; no cell would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for entry in found:
        cells = (entry.at, entry.who, ROLE.get(entry.role, ""), entry.address, entry.action, entry.batch, entry.essay, entry.detail)
        writer.writerow(list(map(harmless, cells)))
    return out.getvalue().encode("utf-8-sig")
