"""The tables, and how an older store is brought to them.

``PRAGMA user_version`` holds the version. Version 1 is what 0.1 wrote, before versions were counted (user_version 0 with tables).
To change the tables: add a step to ``MIGRATIONS``. A new store starts with ``TABLES`` as they were at version 2 and walks the
later steps like an old one, so that the two cannot differ.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from analyzer.report.report import Report
from analyzer.store.files import digest
from analyzer.store.rows import MEASURED

TABLES = """
CREATE TABLE batches (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, status TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '',
    started TEXT NOT NULL DEFAULT '', beat TEXT NOT NULL DEFAULT '', essays INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL DEFAULT 0, suspects INTEGER NOT NULL DEFAULT 0,
    report TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '');
CREATE TABLE removed (batch TEXT PRIMARY KEY);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('official', 'library')), added TEXT NOT NULL, essay TEXT NOT NULL);
CREATE TABLE history (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE, essay TEXT NOT NULL, unit TEXT NOT NULL, author TEXT NOT NULL,
    suspect INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (batch, essay));
CREATE INDEX history_of_unit ON history (unit, batch);
CREATE TABLE reviews (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE, essay TEXT NOT NULL, state TEXT NOT NULL,
    responsible TEXT NOT NULL, conclusion TEXT NOT NULL, measures TEXT NOT NULL, due TEXT NOT NULL, note TEXT NOT NULL,
    version INTEGER NOT NULL, changed TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (batch, essay));
CREATE TABLE review_changes (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE, essay TEXT NOT NULL, version INTEGER NOT NULL,
    at TEXT NOT NULL, by TEXT NOT NULL, field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL);
CREATE INDEX review_changes_of ON review_changes (batch, essay, version);
CREATE TABLE users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL CHECK (role IN ('organizer', 'reviewer', 'reader')), unit TEXT NOT NULL,
    password TEXT NOT NULL, added TEXT NOT NULL);
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, began REAL NOT NULL, seen REAL NOT NULL);
CREATE TABLE attempts (key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last REAL NOT NULL);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL,
    batch TEXT NOT NULL, essay TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX audit_of_batch ON audit (batch);
"""
"""Of a batch: ``report`` names the file in its folder that is its whole report, ``digest`` is that file's; both are set in one
transaction with the rest, so that a file nobody committed is never shown. ``removed``: batches whose folder is still to be
deleted. ``sessions.token`` and ``attempts.key`` are digests: neither a cookie nor a mistyped name can be read off them."""

PERSONAL = ("batches", "removed", "documents", "history", "reviews", "review_changes", "ratings", "sessions", "attempts", "audit")
"""Tables that hold something about people or their texts; the rest are settings and who may log in."""


def execute(db: sqlite3.Connection, statements: str) -> None:
    """Run several statements inside the transaction under way (``executescript`` would commit it first)."""
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


def _to_2(db: sqlite3.Connection, home: Path) -> None:
    """Foreign keys, the committed report of a batch, users, sessions, the record of who saw what."""
    old = ("history", "reviews", "review_changes", "batches", "settings", "documents")
    db.execute("DROP INDEX IF EXISTS review_changes_of")
    for table in old:
        db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    execute(db, TABLES)
    columns = "id, name, created, status, stage, done, total, message, started, beat, essays, units, suspects"
    db.execute(f"INSERT INTO batches ({columns}) SELECT {columns} FROM old_batches ORDER BY rowid")
    for table in ("settings", "documents"):
        db.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
    for table in ("reviews", "review_changes"):
        db.execute(f"INSERT INTO {table} SELECT * FROM old_{table} WHERE batch IN (SELECT id FROM batches) ORDER BY rowid")
    for (id,) in db.execute("SELECT id FROM batches").fetchall():
        path = home / "batches" / id / "report.json"
        suspects: set[str] = set()
        if path.exists():
            db.execute("UPDATE batches SET report = ?, digest = ? WHERE id = ?", (path.name, digest(path), id))
            found = json.loads(path.read_text(encoding="utf-8"))
            suspects = {essay["id"] for essay in found["essays"] if essay["verdict"] != "clear"}
        for essay, content in db.execute("SELECT essay, content FROM old_history WHERE batch = ? ORDER BY rowid", (id,)).fetchall():
            of = json.loads(content)
            row = (id, essay, of.get("unit", ""), of.get("author", ""), essay in suspects, content)
            db.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)", row)
    for table in old:
        db.execute(f"DROP TABLE old_{table}")


def _to_3(db: sqlite3.Connection, home: Path) -> None:
    """The levels that an organizer gave essays, which the depth is calibrated by."""
    execute(db, """
CREATE TABLE ratings (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE, essay TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 4), at TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (batch, essay));
""")


def _to_4(db: sqlite3.Connection, home: Path) -> None:
    """Beside each earlier essay what batches are compared by, so that the next batch need not read whole reports."""
    db.execute("ALTER TABLE history ADD COLUMN measures TEXT NOT NULL DEFAULT '{}'")
    for id, report in db.execute("SELECT id, report FROM batches WHERE report <> ''").fetchall():
        path = home / "batches" / id / report
        try:
            table = Report.from_json(path).table
        except (OSError, ValueError, KeyError, TypeError):
            continue  # gone or damaged, as xinde doctor says: later batches are not compared with this one
        rows = [(json.dumps(row), id, essay) for essay, row in zip(table.id, table[list(MEASURED)].to_dict("records"))]
        db.executemany("UPDATE history SET measures = ? WHERE batch = ? AND essay = ?", rows)


MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection, Path], None]] = {2: _to_2, 3: _to_3, 4: _to_4}
"""Version → what brings the one before to it; called inside a transaction, with the store's folder."""

VERSION = max(MIGRATIONS)
FIRST = 2
"""The version of ``TABLES``."""
