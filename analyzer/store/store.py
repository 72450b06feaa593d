"""What outlives a run, in one folder: batches with their reports, the library, earlier essays, reviews with their history.

The folder is ``XINDE_HOME`` or the user's data folder. ``xinde.sqlite3`` holds what is looked up and changed, ``batches/ID/`` the
files of a batch and its report. Every method opens its own connection, so a Store may be shared between threads and several
processes (the app's tabs, the background analysis, the command line) may use one folder at a time. What a method has returned
from is on the disk; what it has not is either wholly there or not at all.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import blake2b
from itertools import takewhile
from pathlib import Path

import pandas as pd

from analyzer.copying.kept_comparison import drop_kept
from analyzer.essay import Batch, Essay, Problem
from analyzer.labels import STATE
from analyzer.report.report import Report
from analyzer.report.review import EDITABLE, Review, changes
from analyzer.saving import flush, whole
from analyzer.store.database import NAME, StoreError, prepare, transaction
from analyzer.store.files import digest, stale_reports
from analyzer.store.rows import MEASURED, STATUSES, Change, Conflict, StoredBatch, now

SAME = 0.5
"""An earlier batch that holds more than this share of the same texts is the same batch, uploaded again."""

BATCH = ", ".join(StoredBatch.__dataclass_fields__)

UNTIL_CLOSED = 4.0
"""Seconds to wait for a background process to let go of the files of a deleted batch (it looks every two)."""


def data_folder() -> Path:
    """Where the data lie: ``XINDE_HOME``, else the platform's folder for a user's data."""
    if home := os.environ.get("XINDE_HOME"):
        return Path(home)
    import platformdirs

    return Path(platformdirs.user_data_dir("xinde", appauthor=False))


class Store:
    def __init__(self, home: str | Path | None = None):
        self.home = Path(home) if home is not None else data_folder()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        prepare(self.home)
        self._finish_removing()

    @property
    def cache(self) -> Path:
        """Folder of sentence vectors, of what a long history is searched by, and of what interrupted runs had compared; it may be
        deleted at any time, and is by ``xinde forget``."""
        return self.home / "cache"

    def _database(self):
        return transaction(self.home / NAME)

    def may(self, what: str) -> bool:
        """Whoever holds the bare store may do anything; what somebody at a page may, ``Access`` says by the same name."""
        return True

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
            return [StoredBatch(**row) for row in db.execute(f"SELECT {BATCH} FROM batches ORDER BY created DESC, rowid DESC")]

    def batch(self, id: str) -> StoredBatch:
        """Raises KeyError where there is none."""
        with self._database() as db:
            row = db.execute(f"SELECT {BATCH} FROM batches WHERE id = ?", (id,)).fetchone()
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
        with whole(self.folder(id) / "batch.json", flushed=True) as unfinished:
            unfinished.write_text(json.dumps(asdict(batch), ensure_ascii=False), encoding="utf-8")
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
        """Keep the batch's whole report, mark it done, and keep its essays for comparison with later batches.

        The report is a file under a name of its own; it becomes the batch's only in the same transaction as all the rest, and
        the one before it goes only then. Raises KeyError where the batch was deleted meanwhile.
        """
        folder = self.folder(id)
        path = report.to_json(folder / f"report-{secrets.token_hex(4)}.json")
        flush(path)
        try:
            self._commit_report(id, path, report)
        except KeyError:
            shutil.rmtree(folder)
            raise
        for other in stale_reports(folder, path.name):
            with suppress(PermissionError):  # being read just now (Windows); the next analysis or xinde doctor tidies it up
                other.unlink(missing_ok=True)
        return path

    def _commit_report(self, id: str, path: Path, report: Report) -> None:
        units = len({essay.unit for essay in report.essays if essay.unit})
        suspects = {essay for essay, o in report.originality.items() if o.verdict != "clear"}
        measures = (json.dumps(row) for row in report.table[list(MEASURED)].to_dict("records"))
        rows = [(id, e.id, e.unit, e.author, e.id in suspects, _dump(e), row) for e, row in zip(report.essays, measures)]
        with self._database() as db:
            kept = db.execute(
                "UPDATE batches SET status = 'done', stage = '', message = '', essays = ?, units = ?, suspects = ?, report = ?, "
                "digest = ? WHERE id = ?",
                (len(report.essays), units, len(suspects), path.name, digest(path), id),
            )
            if kept.rowcount == 0:
                raise KeyError(id)
            db.execute("DELETE FROM history WHERE batch = ?", (id,))
            db.executemany("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def report_path(self, id: str) -> Path:
        """The file of the batch's whole report; where there is none yet, the path does not exist."""
        with self._database() as db:
            row = db.execute("SELECT report FROM batches WHERE id = ?", (id,)).fetchone()
        return self.folder(id) / (row["report"] if row and row["report"] else "report-none.json")

    def report(self, id: str) -> Report:
        """Raises FileNotFoundError where the batch has not been analyzed."""
        path = self.report_path(id)
        try:
            return Report.from_json(path)
        except FileNotFoundError:  # a new analysis may have replaced it between the two lines
            return Report.from_json(self.report_path(id))

    def delete_batch(self, id: str) -> None:
        """Remove a batch with its files, report, reviews and essays. Raises StoreError where a file is held open elsewhere."""
        self.batch(id)
        drop_kept(self.cache)
        with self._database() as db:
            db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (id,))
            db.execute("DELETE FROM batches WHERE id = ?", (id,))
        until = time.monotonic() + UNTIL_CLOSED
        while self._finish_removing():
            if time.monotonic() > until:
                raise StoreError(f"“{self.folder(id)}”里有文件正被打开，没有删净；关掉它，下次启动时会接着删。")
            time.sleep(0.2)

    def _finish_removing(self) -> list[str]:
        """Delete the folders of removed batches, also those an interrupted run left; returns what is still there."""
        with self._database() as db:
            ids = [row["batch"] for row in db.execute("SELECT batch FROM removed")]
        left = []
        for id in ids:
            try:
                if self.folder(id).exists():
                    shutil.rmtree(self.folder(id))
            except OSError:  # held open by a program (Windows); delete_batch says so, the next start tries again
                left.append(id)
                continue
            with self._database() as db:
                db.execute("DELETE FROM removed WHERE batch = ?", (id,))
        return left

    def delete_everything(self) -> None:
        """Remove all batches, documents and reviews."""
        for batch in self.batches():
            self.delete_batch(batch.id)
        with self._database() as db:
            db.execute("DELETE FROM documents")

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

    def earlier_tables(self, before: str = "", unlike: Iterable[Essay] = ()) -> Iterator[tuple[str, pd.DataFrame]]:
        """Name of each finished batch kept before ``before`` (of all, where none is named), the oldest first, and of its essays what
        batches are compared by: unit, tier, batch and MEASURED. Left out is what ``history`` leaves out."""
        texts = {essay.text for essay in unlike}
        for batch in takewhile(lambda batch: batch.id != before, reversed(self.batches())):
            with self._database() as db:
                rows = db.execute("SELECT content, measures FROM history WHERE batch = ? ORDER BY rowid", (batch.id,)).fetchall()
            essays = [_load(row["content"]) for row in rows]
            measured = all(row["measures"] != "{}" for row in rows)  # not where the report was lost before measures were kept
            if batch.status == "done" and rows and measured and not (texts and _mostly_in(essays, texts)):
                yield batch.name, pd.DataFrame(
                    {"unit": e.unit, "tier": e.tier, "batch": e.batch} | json.loads(row["measures"]) for e, row in zip(essays, rows))

    # reviews

    def reviews(self, batch: str) -> dict[str, Review]:
        """What was recorded about a batch's suspects, by essay id; those nobody touched are absent."""
        with self._database() as db:
            return {row["essay"]: _review(row) for row in db.execute("SELECT * FROM reviews WHERE batch = ?", (batch,))}

    def review(self, batch: str, essay: str) -> Review:
        with self._database() as db:
            return _current(db, batch, essay)

    def save_review(self, batch: str, review: Review, by: str) -> Review:
        """Save at once and keep who changed what; returns what stands now.

        Raises Conflict where ``review.version`` is not the stored one, KeyError where the batch is gone.
        """
        with self._database() as db:
            db.execute("BEGIN IMMEDIATE")
            return _save(db, batch, review, by)

    def import_reviews(
        self, batch: str, filled_in: Mapping[str, Review], by: str, only: str | None = None
    ) -> tuple[int, list[str]]:
        """Take over a list filled in offline, whole or not at all; notes, which the list does not show, stay.

        Returns (changed, essay ids not in this batch; with ``only``, not of that unit either).
        """
        changed = 0
        with self._database() as db:
            db.execute("BEGIN IMMEDIATE")
            known = {row["essay"] for row in db.execute("SELECT essay, unit FROM history WHERE batch = ?", (batch,))
                     if only is None or row["unit"] == only}  # fmt: skip
            for id, review in filled_in.items():
                if id in known:
                    old = _current(db, batch, id)
                    changed += _save(db, batch, replace(review, essay=id, note=old.note, version=old.version), by) != old
        return changed, [id for id in filled_in if id not in known]

    def unit_of(self, batch: str, essay: str) -> str | None:
        """The unit of an analyzed essay; None where the batch holds no such essay."""
        with self._database() as db:
            row = db.execute("SELECT unit FROM history WHERE batch = ? AND essay = ?", (batch, essay)).fetchone()
        return None if row is None else row["unit"]

    def of_unit(self, unit: str) -> dict[str, tuple[int, int]]:
        """How many essays a unit has in each analyzed batch, and how many of them are suspects."""
        with self._database() as db:
            rows = db.execute("SELECT batch, count(*), sum(suspect) FROM history WHERE unit = ? GROUP BY batch", (unit,))
            return {row[0]: (row[1], row[2]) for row in rows}

    def review_history(self, batch: str, essay: str) -> list[Change]:
        """Oldest first."""
        with self._database() as db:
            rows = db.execute(
                "SELECT version, at, by, field, old, new FROM review_changes WHERE batch = ? AND essay = ? ORDER BY version, rowid",
                (batch, essay),
            )
            return [Change(**row) for row in rows]

    # ratings

    def rate(self, batch: str, essay: str, level: int | None, by: str) -> None:
        """Keep the level (1 to 4) that an organizer gives an essay; None takes it back."""
        with self._database() as db:
            if level is None:
                db.execute("DELETE FROM ratings WHERE batch = ? AND essay = ?", (batch, essay))
            else:
                db.execute("INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?)", (batch, essay, level, now(), by))

    def ratings(self, batch: str) -> dict[str, int]:
        """Level by essay id."""
        with self._database() as db:
            return dict(db.execute("SELECT essay, level FROM ratings WHERE batch = ?", (batch,)).fetchall())


def _mostly_in(essays: list[Essay], texts: set[str]) -> bool:
    return sum(essay.text in texts for essay in essays) > SAME * min(len(essays), len(texts))


def _current(db: sqlite3.Connection, batch: str, essay: str) -> Review:
    row = db.execute("SELECT * FROM reviews WHERE batch = ? AND essay = ?", (batch, essay)).fetchone()
    return Review(essay) if row is None else _review(row)


def _save(db: sqlite3.Connection, batch: str, review: Review, by: str) -> Review:
    if review.state not in STATE:
        raise ValueError(f"没有“{review.state}”这种核实状态")
    current = _current(db, batch, review.essay)
    if current.version != review.version:
        raise Conflict(current)
    changed = changes(current, review)
    if not changed:
        return current
    at, version = now(), current.version + 1
    try:
        db.execute(
            "INSERT OR REPLACE INTO reviews VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (batch, review.essay, *(getattr(review, name) for name in EDITABLE), version, at, by),
        )
    except sqlite3.IntegrityError as error:  # the foreign key: somebody deleted the batch
        raise KeyError(batch) from error
    db.executemany(
        "INSERT INTO review_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(batch, review.essay, version, at, by, name, *values) for name, values in changed.items()],
    )
    return _current(db, batch, review.essay)


def _review(row: sqlite3.Row) -> Review:
    return Review(**{name: row[name] for name in Review.__dataclass_fields__})


def _dump(essay: Essay, **changed: str) -> str:
    return json.dumps(asdict(essay) | changed, ensure_ascii=False)


def _load(content: str, **changed: str) -> Essay:
    return Essay(**json.loads(content) | changed)
