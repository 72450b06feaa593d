"""``xinde doctor --repair``: what can be mended is, after everything was copied aside. What cannot is named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from analyzer.report.report import Report
from analyzer.store.care import CHECKED_JSON, Ailment, examine
from analyzer.store.database import NAME, aside, connect, copy, prepare
from analyzer.store.files import leftovers
from analyzer.store.rows import now
from analyzer.store.schema import PERSONAL
from analyzer.store.store import Store

INTERRUPTED = "后台分析中断了；已读取的内容还在，可以接着来。"


def mend(home: Path) -> tuple[Path | None, list[str]]:
    """Mend what ``examine`` finds. Returns (where the database was copied to before, what was done, in Chinese).

    Nobody else may use the folder meanwhile: the app is to be closed first.
    """
    ailments = examine(home)
    if any(ailment.kind == "newer" for ailment in ailments):
        return None, []
    path, done = home / NAME, []
    kept = None
    if path.exists() and path.stat().st_size:
        kept = aside(home, "修复前")
        _copy_as_it_is(path, kept)
    if any(ailment.kind == "database" for ailment in ailments):
        done.append(_rebuild(home))
    prepare(home)
    for ailment in examine(home):
        done += _mend_one(home, ailment)
    return kept, [line for line in done if line]


def _copy_as_it_is(path: Path, target: Path) -> None:
    """By SQLite where it can read the file, else byte for byte."""
    try:
        copy(path, target)
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                shutil.copy2(beside, target.with_name(target.name + suffix))


def _mend_one(home: Path, ailment: Ailment) -> Iterator[str]:
    database = lambda: closing(connect(home / NAME))
    folder = home / "batches" / ailment.about if ailment.about else home
    if ailment.kind == "rights":
        home.chmod(0o700)
        yield f"只有本用户能打开“{home}”了。"
    elif ailment.kind == "leftover":
        Path(ailment.about).unlink(missing_ok=True)
        yield f"删除了没写完的 {Path(ailment.about).name}。"
    elif ailment.kind == "removed":
        shutil.rmtree(folder)
        with database() as db, db:
            db.execute("DELETE FROM removed WHERE batch = ?", (ailment.about,))
        yield f"删净了批次 {ailment.about}。"
    elif ailment.kind == "unknown":
        yield _adopt(home, folder)
    elif ailment.kind == "job":
        with database() as db, db:
            db.execute("UPDATE batches SET status = 'failed', message = ? WHERE id = ?", (INTERRUPTED, ailment.about))
        yield f"批次 {ailment.about} 可以重新分析了。"
    elif ailment.kind == "kept":
        (folder / "batch.json").unlink()
        yield f"批次 {ailment.about} 需要重新读取文稿。"
    elif ailment.kind == "report":
        yield _without_report(home, ailment.about, folder)
    elif ailment.kind == "unreadable":
        column = dict(CHECKED_JSON)[ailment.about]
        with database() as db, db:
            count = db.execute(f"DELETE FROM {ailment.about} WHERE NOT json_valid({column})").rowcount
        yield f"删除了“{ailment.about}”中 {count} 条读不出来的内容。"
    elif ailment.kind == "astray":
        with database() as db, db:
            rows = [row[1] for row in db.execute(f"PRAGMA foreign_key_check({ailment.about})")]
            db.executemany(f"DELETE FROM {ailment.about} WHERE rowid = ?", [(row,) for row in rows])
        if rows:  # those of an adopted folder have found their batch again
            yield f"删除了“{ailment.about}”中 {len(rows)} 条没有归属的记录（修复前的备份里还有）。"
    elif ailment.kind == "steps":
        with database() as db, db:
            db.execute(
                "INSERT INTO review_changes SELECT batch, essay, version, changed, by, 'note', note, note FROM reviews AS r "
                "WHERE version <> (SELECT max(version) FROM review_changes AS c WHERE c.batch = r.batch AND c.essay = r.essay) "
                "IS NOT FALSE"
            )
        yield "补上了缺少的改动记录（只知道最后一次是谁、何时改的）。"


def _without_report(home: Path, id: str, folder: Path) -> str:
    """The report is lost; where the essays are kept they can be analyzed again, and the reviews stay."""
    status = "read" if (folder / "batch.json").exists() else "draft"
    with closing(connect(home / NAME)) as db, db:
        db.execute("UPDATE batches SET status = ?, report = '', digest = '' WHERE id = ?", (status, id))
    for path in leftovers(folder, ""):
        path.unlink()
    return f"批次 {id} 的结果已不可用，请重新分析；复核记录还在。"


def _adopt(home: Path, folder: Path) -> str:
    """Make a batch of a folder that no batch owns: it is all there is of it where the database was lost."""
    if not any((folder / part).exists() for part in ("batch.json", "files")) and not any(folder.glob("report*.json")):
        return f"“{folder}”里没有批次的内容，原样留着。"
    report = next(_readable(folder), None)
    status = "done" if report else "read" if (folder / "batch.json").exists() else "draft"
    with closing(connect(home / NAME)) as db, db:
        db.execute(
            "INSERT INTO batches (id, name, created, status) VALUES (?, ?, ?, ?)",
            (folder.name, f"找回的批次 {folder.name}", now(), "draft" if report else status),
        )
    if report:
        Store(home).keep_report(folder.name, report)
    return f"找回了批次 {folder.name}。"


def _readable(folder: Path) -> Iterator[Report]:
    """Whole reports in a folder, the newest first."""
    for path in sorted(folder.glob("report*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        with suppress(ValueError, KeyError, TypeError):  # damaged or of another version: the next one, or none
            yield Report.from_json(path)


def _rebuild(home: Path) -> str:
    """A new database with every row that can still be read out of the damaged one."""
    path, fresh = home / NAME, home / (NAME + ".part")
    fresh.unlink(missing_ok=True)
    workshop = home / "mending.part"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    prepare(workshop)
    saved = lost = 0
    tables = (*PERSONAL, "settings", "users")
    with closing(sqlite3.connect(workshop / NAME, isolation_level=None)) as new:
        new.execute("BEGIN IMMEDIATE")
        if path.exists() and path.stat().st_size:
            with closing(sqlite3.connect(path)) as old:
                for table in tables:
                    kept, gone = _save_rows(old, new, table)
                    saved, lost = saved + kept, lost + gone
        new.execute("COMMIT")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    (workshop / NAME).replace(path)
    shutil.rmtree(workshop)
    return f"重建了数据库：救回 {saved} 条记录" + (f"，约 {lost} 处读不出来。" if lost else "。")


def _save_rows(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> tuple[int, int]:
    """Copy a table by ranges of rowid, halving a range that cannot be read; returns (rows copied, rows or ranges lost)."""
    columns = _columns(new, table)
    with suppress(sqlite3.DatabaseError):  # of an older version it may have fewer; what cannot be told is tried
        there = _columns(old, table)
        columns = [column for column in columns if column in there] or columns
    names = ", ".join(columns)
    if table != "audit":  # whose id is the rowid
        names = f"rowid, {names}"
    into = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * (names.count(',') + 1))})"
    saved = lost = 0
    todo = [_range(old, table)]
    while todo:
        low, high = todo.pop()
        if low > high:
            continue
        try:
            rows = old.execute(f"SELECT {names} FROM {table} WHERE rowid BETWEEN ? AND ?", (low, high)).fetchall()
        except sqlite3.DatabaseError:
            if low == high:
                lost += 1
            else:
                middle = (low + high) // 2
                todo += [(middle + 1, high), (low, middle)]
            continue
        new.executemany(into, rows)
        saved += len(rows)
    return saved, lost


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


MOST = 1 << 16
"""Rowids tried where the table's own bounds cannot be read."""


def _range(old: sqlite3.Connection, table: str) -> tuple[int, int]:
    ends = []
    for end, unknown in (("min", 1), ("max", MOST)):
        try:
            ends.append(old.execute(f"SELECT {end}(rowid) FROM {table}").fetchone()[0])
        except sqlite3.DatabaseError as error:
            nothing = any(words in str(error) for words in ("no such table", "not a database"))
            ends.append(0 if nothing else unknown)
    low, high = ends
    return (low, high) if low else (1, 0)
