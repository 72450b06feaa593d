"""``xinde doctor``: is everything in the data folder whole, and what is not? Reads only; ``mending.py`` mends."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from analyzer.report.report import Report
from analyzer.store.database import NAME, connect, version
from analyzer.store.files import digest, leftovers
from analyzer.store.rows import StoredBatch
from analyzer.store.running import gone
from analyzer.store.schema import VERSION

ROOM = 1 << 30
"""Bytes of free disk below which the doctor warns: the report of 10,000 essays and its successor take about half of it."""

CHECKED_JSON = (("documents", "essay"), ("history", "content"))
"""Columns that hold an essay as JSON."""


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is not as it should be. ``kind`` tells mending.py what it is about; ``serious``: data are lost or unreadable."""

    kind: str
    words: str
    serious: bool = False
    about: str = ""
    """The batch, file or table."""


def examine(home: Path) -> list[Ailment]:
    """What is wrong with the data in this folder, the worst first; an empty list where all is well."""
    path = home / NAME
    found = list(_room(home))
    if not path.exists():
        if any((home / "batches").glob("*")):
            found.append(Ailment("database", "数据库文件不见了，但批次的文件还在；可以找回批次，复核记录要从备份恢复。", True))
        return _sorted(found)
    try:
        with closing(connect(path)) as db:
            damage = _damage(db)
            found += damage
            if not any(ailment.serious for ailment in damage):
                found += _rows(db)
                found += _batches(db, home)
    except sqlite3.DatabaseError as error:
        found.append(Ailment("database", f"数据库文件已损坏（{error}）。", True))
    return _sorted(found)


def _sorted(found: list[Ailment]) -> list[Ailment]:
    return sorted(found, key=lambda ailment: not ailment.serious)


def _room(home: Path) -> Iterator[Ailment]:
    free = shutil.disk_usage(home).free
    if free < ROOM:
        yield Ailment("room", f"磁盘只剩 {free / 2**20:.0f} MB，分析一大批可能写不下；请腾出空间。")
    if sys.platform != "win32" and home.stat().st_mode & 0o077:
        yield Ailment("rights", f"这台电脑上的其他用户也能打开“{home}”；文稿和复核记录都在里面。")


def _damage(db: sqlite3.Connection) -> Iterator[Ailment]:
    known = version(db)
    if known > VERSION:
        yield Ailment("newer", f"数据是更新的版本（{known}）写下的，本程序只认识到 {VERSION}；请升级程序。", True)
        return
    if known < VERSION:
        yield Ailment("older", f"数据是旧版本（{known}）的，打开时会先备份再升级。", known == 0)
        return
    for (line,) in db.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Ailment("database", f"数据库有一处损坏：{line}", True)


def _rows(db: sqlite3.Connection) -> Iterator[Ailment]:
    if version(db) != VERSION:
        return
    astray: dict[str, int] = {}
    for table, _row, _parent, _key in db.execute("PRAGMA foreign_key_check"):
        astray[table] = astray.get(table, 0) + 1
    for table, count in astray.items():
        yield Ailment("astray", f"“{table}”中有 {count} 条记录所属的批次或用户已不存在。", True, table)
    for table, column in CHECKED_JSON:
        (count,) = db.execute(f"SELECT count(*) FROM {table} WHERE NOT json_valid({column})").fetchone()
        if count:
            yield Ailment("unreadable", f"“{table}”中有 {count} 条内容读不出来。", True, table)
    (count,) = db.execute(
        "SELECT count(*) FROM reviews AS r WHERE version <> (SELECT max(version) FROM review_changes AS c "
        "WHERE c.batch = r.batch AND c.essay = r.essay) IS NOT FALSE"
    ).fetchone()
    if count:
        yield Ailment("steps", f"{count} 条复核的改动记录与现状对不上。", True)


def _batches(db: sqlite3.Connection, home: Path) -> Iterator[Ailment]:
    if version(db) != VERSION:
        return
    known = set()
    names = ", ".join(StoredBatch.__dataclass_fields__)
    for row in db.execute(f"SELECT {names} FROM batches").fetchall():
        batch, folder = StoredBatch(**row), home / "batches" / row["id"]
        (report, sum_) = db.execute("SELECT report, digest FROM batches WHERE id = ?", (batch.id,)).fetchone()
        known.add(batch.id)
        yield from _batch(batch, folder, report, sum_)
    removed = {row["batch"] for row in db.execute("SELECT batch FROM removed")}
    for folder in sorted(folder for folder in (home / "batches").glob("*") if folder.is_dir()):
        if folder.name in removed:
            yield Ailment("removed", f"已删除的批次 {folder.name} 还有文件没有删净。", about=folder.name)
        elif folder.name not in known:
            yield Ailment("unknown", f"“{folder}”不属于任何批次。", about=folder.name)


def _batch(batch: StoredBatch, folder: Path, report: str, sum_: str) -> Iterator[Ailment]:
    called = f"“{batch.name}”（{batch.id}）"
    if gone(batch, folder):
        yield Ailment("job", f"{called}的后台分析已中断，可以重新分析。", about=batch.id)
    if batch.status == "done" and not report or report and not (folder / report).exists():
        yield Ailment("report", f"{called}的分析结果不见了。", True, batch.id)
    elif report and (sum_ and digest(folder / report) != sum_ or not _opens(folder / report)):
        yield Ailment("report", f"{called}的分析结果已损坏。", True, batch.id)
    kept = folder / "batch.json"
    if kept.exists() and not _is_json(kept):
        yield Ailment("kept", f"{called}读取到的文稿已损坏，需要重新读取。", True, batch.id)
    for path in leftovers(folder, report):
        yield Ailment("leftover", f"{called}里有没写完的文件 {path.name}，没有被采用。", about=str(path))


def _opens(path: Path) -> bool:
    try:
        Report.from_json(path)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True
