"""The SQLite database: opened so that what was committed survives a power cut, brought to the current tables on first use."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from analyzer.store.schema import FIRST, MIGRATIONS, TABLES, VERSION, execute

NAME = "xinde.sqlite3"

WAIT = 20.0
"""Seconds that a write waits for somebody else's to end; each takes milliseconds."""


class StoreError(Exception):
    """The stored data cannot be used as they are; the message says, in Chinese, what to do."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the settings that everything relies on.

    FULL: in WAL mode anything less may lose the last commits in a power cut. secure_delete: what is deleted is overwritten.
    """
    db = sqlite3.connect(path, timeout=WAIT, isolation_level="IMMEDIATE")
    db.row_factory = sqlite3.Row
    for pragma in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}")
    return db


@contextmanager
def transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction: committed whole, or rolled back when an error leaves the block. Raises StoreError where SQLite cannot go on."""
    with told(path), closing(connect(path)) as db, db:
        yield db


@contextmanager
def told(path: Path) -> Iterator[None]:
    """SQLite's errors about the file itself, in words for the organizer."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        words = str(error)
        for sign, advice in (
            ("locked", "数据正被别的程序占用，请稍后再试。"),
            ("disk is full", "磁盘已满，没有保存。请腾出空间再试。"),
            ("readonly", f"没有写入“{path.parent}”的权限，请检查文件夹的权限。"),
            ("unable to open", f"打不开“{path}”，请检查文件夹是否存在、有没有权限。"),
            ("malformed", "数据文件已损坏。请运行 xinde doctor --repair，或用 xinde restore 恢复备份。"),
            ("not a database", "数据文件已损坏。请运行 xinde doctor --repair，或用 xinde restore 恢复备份。"),
            ("disk I/O", "读写磁盘出错。请检查磁盘，再运行 xinde doctor。"),
        ):
            if sign in words:
                raise StoreError(advice) from error
        raise


def prepare(home: Path) -> None:
    """Create the database, or bring an older one to the current tables; before that it is copied into ``backups/``.

    Raises StoreError for a database of a newer version.
    """
    path = home / NAME
    with told(path):
        with closing(connect(path)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            known = version(db)
        if known == VERSION:
            return
        if known > VERSION:
            raise StoreError(f"数据是更新的版本（{known}）写下的，本程序只认识到 {VERSION}。请升级程序；旧备份可用 xinde restore 恢复。")
        if known:
            copy(path, aside(home, f"版本{known}"))
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                _migrate(db, home)
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def _migrate(db: sqlite3.Connection, home: Path) -> None:
    known = version(db)  # again, inside the transaction: another process may have been first
    if known == 0:
        execute(db, TABLES)
        known = FIRST
    for step in range(known + 1, VERSION + 1):
        MIGRATIONS[step](db, home)
    db.execute(f"PRAGMA user_version = {VERSION}")


def version(db: sqlite3.Connection) -> int:
    """Of the tables: 0 for an empty file, 1 for what was written before versions were counted."""
    number = db.execute("PRAGMA user_version").fetchone()[0]
    if number:
        return number
    return int(bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'batches'").fetchone()))


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use (SQLite's online backup)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source, timeout=WAIT)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def aside(home: Path, why: str, suffix: str = ".sqlite3") -> Path:
    """Where a copy goes that is made before something is changed; a name of its own, as others may do the same just now."""
    return home / "backups" / f"xinde-{why}-{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}{suffix}"
