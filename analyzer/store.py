"""What outlives a run, in one folder: batches with their reports, the library, earlier essays, reviews with their history.

The folder is ``XINDE_HOME`` or the user's data folder. ``xinde.sqlite3`` holds what is looked up and changed, ``batches/ID/`` the
files of a batch and its report.json. Every method opens its own connection, so a Store may be shared between threads and several
processes (the app's tabs, the background analysis, the command line) may use one folder at a time.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from analyzer.essay import Batch, Essay, Problem
from analyzer.labels import STATE
from analyzer.report.report import Report
from analyzer.report.review import EDITABLE, Review, changes

STATUSES = ("draft", "reading", "read", "analyzing", "done", "failed", "cancelled")
"""draft: files are being put together; read: waiting for the organizer to check what was understood."""

SAME = 0.5
"""An earlier batch that holds more than this share of the same texts is the same batch, uploaded again."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, status TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '',
    started TEXT NOT NULL DEFAULT '', beat TEXT NOT NULL DEFAULT '', essays INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL DEFAULT 0, suspects INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('official', 'library')), added TEXT NOT NULL, essay TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS history (batch TEXT NOT NULL, essay TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (batch, essay));
CREATE TABLE IF NOT EXISTS reviews (
    batch TEXT NOT NULL, essay TEXT NOT NULL, state TEXT NOT NULL, responsible TEXT NOT NULL, conclusion TEXT NOT NULL,
    measures TEXT NOT NULL, due TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL, changed TEXT NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (batch, essay));
CREATE TABLE IF NOT EXISTS review_changes (
    batch TEXT NOT NULL, essay TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, field TEXT NOT NULL,
    old TEXT NOT NULL, new TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS review_changes_of ON review_changes (batch, essay, version);
"""


def data_folder() -> Path:
    """Where the data lie: ``XINDE_HOME``, else the platform's folder for a user's data."""
    if home := os.environ.get("XINDE_HOME"):
        return Path(home)
    import platformdirs

    return Path(platformdirs.user_data_dir("xinde", appauthor=False))


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


class Store:
    def __init__(self, home: str | Path | None = None):
        self.home = Path(home) if home is not None else data_folder()
        self.home.mkdir(parents=True, exist_ok=True)
        with self._database() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(SCHEMA)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed whole, or rolled back when an error leaves the block."""
        db = sqlite3.connect(self.home / "xinde.sqlite3", timeout=20, isolation_level="IMMEDIATE")
        db.row_factory = sqlite3.Row
        try:
            with db:
                yield db
        finally:
            db.close()

    # batches

    def new_batch(self, name: str) -> str:
        """Make room for a batch; returns its id (safe in a URL and as a folder name)."""
        id = datetime.now().strftime("%Y%m%d-") + secrets.token_hex(4)
        with self._database() as db:
            db.execute("INSERT INTO batches (id, name, created, status) VALUES (?, ?, ?, 'draft')", (id, name, now()))
        self.folder(id).mkdir(parents=True)
        return id

    def add_report(self, name: str, report: Report) -> str:
        """Keep a finished report as a batch of its own; returns its id."""
        id = self.new_batch(name)
        self.keep_report(id, report)
        return id

    def batches(self) -> list[StoredBatch]:
        """All batches, newest first."""
        with self._database() as db:
            return [StoredBatch(**row) for row in db.execute("SELECT * FROM batches ORDER BY created DESC, rowid DESC")]

    def batch(self, id: str) -> StoredBatch:
        """Raises KeyError where there is none."""
        with self._database() as db:
            row = db.execute("SELECT * FROM batches WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise KeyError(id)
        return StoredBatch(**row)

    def folder(self, id: str) -> Path:
        return self.home / "batches" / id

    def rename_batch(self, id: str, name: str) -> None:
        with self._database() as db:
            db.execute("UPDATE batches SET name = ? WHERE id = ?", (name, id))

    def update(self, id: str, **fields: str | int) -> None:
        """Set fields of a batch (status, stage, done, total, message, started, beat)."""
        if "status" in fields and fields["status"] not in STATUSES:
            raise ValueError(f"unknown status {fields['status']!r}")
        names = [name for name in fields if name in StoredBatch.__dataclass_fields__ and name not in ("id", "created")]
        with self._database() as db:
            db.execute(
                f"UPDATE batches SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
                (*(fields[name] for name in names), id),
            )

    def keep_batch(self, id: str, batch: Batch) -> None:
        """Keep what was read, until it is analyzed and for another analysis."""
        path = self.folder(id) / "batch.json"
        unfinished = path.with_name("batch.json.part")
        unfinished.write_text(json.dumps(asdict(batch), ensure_ascii=False), encoding="utf-8")
        unfinished.replace(path)
        self.update(id, essays=len(batch.essays), units=len({essay.unit for essay in batch.essays if essay.unit}))

    def read_batch(self, id: str) -> Batch:
        """Raises FileNotFoundError where nothing was read yet."""
        d = json.loads((self.folder(id) / "batch.json").read_text(encoding="utf-8"))
        return Batch(
            essays=tuple(Essay(**e) for e in d["essays"]),
            problems=tuple(Problem(**p) for p in d["problems"]),
            files=d["files"],
            absent=tuple(Essay(**a) for a in d["absent"]),
            notes=tuple(d["notes"]),
        )

    def keep_report(self, id: str, report: Report) -> Path:
        """Write the batch's report.json, mark it done, and keep its essays for comparison with later batches."""
        path = report.to_json(self.folder(id) / "report.json")
        units = len({essay.unit for essay in report.essays if essay.unit})
        suspects = sum(o.verdict != "clear" for o in report.originality.values())
        with self._database() as db:
            db.execute(
                "UPDATE batches SET status = 'done', stage = '', message = '', essays = ?, units = ?, suspects = ? WHERE id = ?",
                (len(report.essays), units, suspects, id),
            )
            db.execute("DELETE FROM history WHERE batch = ?", (id,))
            db.executemany("INSERT INTO history VALUES (?, ?, ?)", [(id, e.id, _dump(e)) for e in report.essays])
        return path

    def report_path(self, id: str) -> Path:
        return self.folder(id) / "report.json"

    def report(self, id: str) -> Report:
        """Raises FileNotFoundError where the batch has not been analyzed."""
        return Report.from_json(self.report_path(id))

    def delete_batch(self, id: str) -> None:
        """Remove a batch with its files, report, reviews and essays."""
        self.batch(id)
        with self._database() as db:
            for table, column in (("batches", "id"), ("history", "batch"), ("reviews", "batch"), ("review_changes", "batch")):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (id,))
        shutil.rmtree(self.folder(id), ignore_errors=False)

    def delete_everything(self) -> None:
        """Remove all batches, documents and reviews."""
        for batch in self.batches():
            self.delete_batch(batch.id)
        with self._database() as db:
            for table in ("documents", "history", "reviews", "review_changes"):
                db.execute(f"DELETE FROM {table}")

    # settings

    def setting(self, name: str, default: str = "") -> str:
        with self._database() as db:
            row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else row["value"]

    def set_setting(self, name: str, value: str) -> None:
        with self._database() as db:
            db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    # library and earlier essays

    def add_documents(self, kind: str, documents: Iterable[Essay]) -> int:
        """Keep official documents (``official``) or 范文 (``library``) for every run; one text is kept once. Returns how many are new."""
        rows = []
        for document in documents:
            key = "doc-" + blake2b(document.text.encode(), digest_size=6).hexdigest()
            rows.append((key, kind, now(), _dump(document, id=key)))
        with self._database() as db:
            before = db.total_changes
            db.executemany("INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?)", rows)
            return db.total_changes - before

    def documents(self, kind: str) -> tuple[Essay, ...]:
        with self._database() as db:
            return tuple(
                _load(row["essay"])
                for row in db.execute("SELECT essay FROM documents WHERE kind = ? ORDER BY added, rowid", (kind,))
            )

    def remove_document(self, id: str) -> None:
        """Raises KeyError where there is none."""
        with self._database() as db:
            if db.execute("DELETE FROM documents WHERE id = ?", (id,)).rowcount == 0:
                raise KeyError(id)

    def history(self, without: str = "", unlike: Iterable[Essay] = ()) -> tuple[Essay, ...]:
        """Essays of all finished batches but one; ids are made unique with their batch's (``BATCH/ID``).

        Batches that hold mostly the same texts as ``unlike`` are left out: they are that batch, uploaded before, and everybody
        would seem to have copied from himself.
        """
        with self._database() as db:
            rows = db.execute("SELECT batch, essay, content FROM history WHERE batch <> ? ORDER BY rowid", (without,))
            by_batch: dict[str, list[Essay]] = {}
            for row in rows:
                by_batch.setdefault(row["batch"], []).append(_load(row["content"], id=f"{row['batch']}/{row['essay']}"))
        texts = {essay.text for essay in unlike}
        kept = (essays for essays in by_batch.values() if not _mostly_in(essays, texts))
        return tuple(essay for essays in kept for essay in essays)

    # reviews

    def reviews(self, batch: str) -> dict[str, Review]:
        """What was recorded about a batch's suspects, by essay id; those nobody touched are absent."""
        with self._database() as db:
            return {row["essay"]: _review(row) for row in db.execute("SELECT * FROM reviews WHERE batch = ?", (batch,))}

    def review(self, batch: str, essay: str) -> Review:
        with self._database() as db:
            return _current(db, batch, essay)

    def save_review(self, batch: str, review: Review, by: str) -> Review:
        """Save at once and keep who changed what; returns what stands now. Raises Conflict where ``review.version`` is not the stored one."""
        if review.state not in STATE:
            raise ValueError(f"没有“{review.state}”这种核实状态")
        with self._database() as db:
            db.execute("BEGIN IMMEDIATE")
            current = _current(db, batch, review.essay)
            if current.version != review.version:
                raise Conflict(current)
            changed = changes(current, review)
            if not changed:
                return current
            at, version = now(), current.version + 1
            db.execute(
                "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (batch, review.essay, *(getattr(review, name) for name in EDITABLE), version, at, by),
            )
            db.executemany(
                "INSERT INTO review_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(batch, review.essay, version, at, by, name, *values) for name, values in changed.items()],
            )
            return _current(db, batch, review.essay)

    def import_reviews(self, batch: str, filled_in: dict[str, Review], by: str) -> tuple[int, list[str]]:
        """Take over a list filled in offline; notes, which the list does not show, stay. Returns (changed, essay ids not in this batch)."""
        known = {essay.id for essay in self.report(batch).essays}
        changed = 0
        for id, review in filled_in.items():
            if id in known:
                old = self.review(batch, id)
                fields = asdict(review) | {"note": old.note, "version": old.version}
                changed += self.save_review(batch, Review(**fields), by).version > old.version
        return changed, [id for id in filled_in if id not in known]

    def review_history(self, batch: str, essay: str) -> list[Change]:
        """Oldest first."""
        with self._database() as db:
            rows = db.execute(
                "SELECT version, at, by, field, old, new FROM review_changes WHERE batch = ? AND essay = ? ORDER BY version, rowid",
                (batch, essay),
            )
            return [Change(**row) for row in rows]


def now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _mostly_in(essays: list[Essay], texts: set[str]) -> bool:
    return sum(essay.text in texts for essay in essays) > SAME * min(len(essays), len(texts))


def _current(db: sqlite3.Connection, batch: str, essay: str) -> Review:
    row = db.execute("SELECT * FROM reviews WHERE batch = ? AND essay = ?", (batch, essay)).fetchone()
    return Review(essay) if row is None else _review(row)


def _review(row: sqlite3.Row) -> Review:
    return Review(**{name: row[name] for name in Review.__dataclass_fields__})


def _dump(essay: Essay, **changed: str) -> str:
    return json.dumps(asdict(essay) | changed, ensure_ascii=False)


def _load(content: str, **changed: str) -> Essay:
    return Essay(**json.loads(content) | changed)
