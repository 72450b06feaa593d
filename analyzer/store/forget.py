"""``xinde forget``: remove a person, a batch or everything, so that nothing of it can be read off the disk afterwards.

Deleted rows are overwritten (secure_delete), then the database is written anew (VACUUM) and its journal emptied. The copies in
``backups/`` hold the same texts, and the cache tells of them: both go as a whole; backups that were put elsewhere are out of reach.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from analyzer.copying.kept_comparison import drop_kept
from analyzer.essay import Batch, Essay
from analyzer.report.report import Report
from analyzer.store.database import NAME, WAIT, StoreError, connect
from analyzer.store.rows import StoredBatch
from analyzer.store.running import RUNNING, gone
from analyzer.store.store import Store

UPLOADS = ("files", "roster", "files.part", "roster.part")
"""Folders of a batch that may hold the person's file or name; an archive cannot be relieved of one, so they go whole."""

T = TypeVar("T")


@dataclass
class Forgotten:
    """What was removed."""

    essays: int = 0
    documents: int = 0
    batches: list[str] = field(default_factory=list)
    """Names of the batches that the person was in."""
    unread: list[str] = field(default_factory=list)
    """Names of batches with uploaded files that were never read: nobody knows who is in them."""
    mentions: int = 0
    """Other people's texts, reviews and documents in which the name stands: masked, or left where that was not asked for."""
    account: bool = False
    """Somebody of that name may log in."""

    @property
    def anything(self) -> bool:
        return bool(self.essays or self.documents or self.batches)


def forget_everything(store: Store) -> None:
    """Remove all batches, documents, reviews, sessions, records of use, copies and the cache; settings and users stay."""
    _nobody_works(store)
    store.delete_everything()
    with closing(connect(store.home / NAME)) as db, db:
        for table in ("audit", "sessions", "attempts"):
            db.execute(f"DELETE FROM {table}")
    purge(store.home)


def forget_batch(store: Store, id: str) -> None:
    """Remove a batch and the record of who saw it. Raises KeyError where there is none."""
    store.batch(id)
    store.delete_batch(id)
    with closing(connect(store.home / NAME)) as db, db:
        db.execute("DELETE FROM audit WHERE batch = ?", (id,))
    purge(store.home)


def forget_person(store: Store, name: str, unit: str = "", mentions: bool = False) -> Forgotten:
    """Remove a person's essays with all that was found and recorded about them, from every batch and the library.

    ``unit`` tells people of one name apart. With ``mentions`` the name is also masked (×, as many as characters, so that offsets
    still hold) wherever it stands in somebody else's text or review; without, these are only counted. Interrupted, it can be
    repeated: what names the person goes last.
    """
    _nobody_works(store)
    drop_kept(store.cache)
    person = _Person(name, unit)
    result = Forgotten()
    for batch in store.batches():
        _from_batch(store, batch, person, mentions, result)
    with closing(connect(store.home / NAME)) as db, db:
        _from_documents(db, person, mentions, result)
        result.account = bool(db.execute("SELECT 1 FROM users WHERE name = ?", (name,)).fetchone())
        if result.anything or mentions:
            db.execute("UPDATE audit SET detail = replace(detail, ?, ?) WHERE instr(detail, ?)", (name, person.mask, name))
    if result.anything or mentions:
        purge(store.home)
    return result


@dataclass(frozen=True)
class _Person:
    name: str
    unit: str

    @property
    def mask(self) -> str:
        return "×" * len(self.name)

    def wrote(self, essay: Essay) -> bool:
        return "".join(essay.author.split()) == "".join(self.name.split()) and (not self.unit or essay.unit == self.unit)

    def masked(self, value: T) -> T:
        """A copy of plain data (strings, lists, mappings) with the name masked everywhere."""
        if isinstance(value, str):
            return value.replace(self.name, self.mask)
        if isinstance(value, dict):
            return {self.masked(key): self.masked(item) for key, item in value.items()}
        return type(value)(map(self.masked, value)) if isinstance(value, (list, tuple)) else value

    def stands_in(self, value: Any) -> bool:
        return self.masked(value) != value


def _nobody_works(store: Store) -> None:
    if any(batch.status in RUNNING and not gone(batch, store.folder(batch.id)) for batch in store.batches()):
        raise StoreError("有一批正在分析，请等它结束或先取消。")


def _from_batch(store: Store, batch: StoredBatch, person: _Person, mentions: bool, result: Forgotten) -> None:
    read = _or_none(store.read_batch, batch.id)
    report = _or_none(store.report, batch.id)
    folder = store.folder(batch.id)
    if read is None and report is None:
        if any((folder / part).exists() for part in UPLOADS):
            result.unread.append(batch.name)
        return
    views = [view for view in (read, report) if view is not None]
    ids = {essay.id for view in views for essay in view.essays if person.wrote(essay)}
    listed = any(
        any(map(person.wrote, view.absent)) or any(person.stands_in(problem.file) for problem in view.problems) for view in views
    )
    earlier = report is not None and any(map(person.wrote, report.documents))
    inside = bool(ids or listed or earlier)
    if inside:
        result.batches.append(batch.name)
        result.essays += len(ids)
        for part in (*UPLOADS, "worker.log"):
            path = folder / part
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        with closing(connect(store.home / NAME)) as db, db:
            for table in ("reviews", "review_changes", "ratings", "audit"):
                db.executemany(f"DELETE FROM {table} WHERE batch = ? AND essay = ?", [(batch.id, id) for id in ids])
    _from_reviews(store, batch.id, person, mentions, result)
    others = [e for e in (report or read).essays if e.id not in ids]
    named = [e for e in others if person.stands_in(asdict(_other(e, person, mentions=False) if inside else e))]
    result.mentions += len(named)
    if inside or (mentions and named):
        if read is not None:
            store.keep_batch(batch.id, _batch_without(read, person, mentions))
        if report is not None:
            store.keep_report(batch.id, _report_without(report, ids, person, mentions))
            store.update(batch.id, status=batch.status)


def _from_reviews(store: Store, batch: str, person: _Person, mentions: bool, result: Forgotten) -> None:
    columns = {"reviews": ("responsible", "conclusion", "measures", "note", "by"), "review_changes": ("old", "new", "by")}
    with closing(connect(store.home / NAME)) as db, db:
        for table, texts in columns.items():
            named = " OR ".join(f"instr({column}, :name)" for column in texts)
            values = {"name": person.name, "mask": person.mask, "batch": batch}
            (count,) = db.execute(f"SELECT count(*) FROM {table} WHERE batch = :batch AND ({named})", values).fetchone()
            result.mentions += count if table == "reviews" else 0
            if mentions and count:
                changes = ", ".join(f"{column} = replace({column}, :name, :mask)" for column in texts)
                db.execute(f"UPDATE {table} SET {changes} WHERE batch = :batch", values)


def _from_documents(db: sqlite3.Connection, person: _Person, mentions: bool, result: Forgotten) -> None:
    for id, content in db.execute("SELECT id, essay FROM documents").fetchall():
        essay = Essay(**json.loads(content))
        if person.wrote(essay):
            db.execute("DELETE FROM documents WHERE id = ?", (id,))
            result.documents += 1
        elif person.stands_in(asdict(essay)):
            result.mentions += 1
            if mentions:
                masked = json.dumps(person.masked(asdict(essay)), ensure_ascii=False)
                db.execute("UPDATE documents SET essay = ? WHERE id = ?", (masked, id))


def _batch_without(batch: Batch, person: _Person, mentions: bool) -> Batch:
    return replace(
        batch,
        essays=tuple(_other(e, person, mentions) for e in batch.essays if not person.wrote(e)),
        problems=tuple(problem for problem in batch.problems if not person.stands_in(asdict(problem))),
        absent=tuple(e for e in batch.absent if not person.wrote(e)),
        notes=tuple(map(person.masked, batch.notes)),
    )


def _report_without(report: Report, ids: set[str], person: _Person, mentions: bool) -> Report:
    """What was found about others stays as it was found; the passages that showed it from this person's side are gone."""
    gone_ids = ids | {document.id for document in report.documents if person.wrote(document)}
    rest = lambda of: {id: value for id, value in of.items() if id not in ids}
    return replace(
        report,
        essays=tuple(_other(e, person, mentions) for e in report.essays if e.id not in ids),
        documents=tuple(_other(e, person, mentions) for e in report.documents if e.id not in gone_ids),
        originality={
            id: replace(o, partner="") if o.partner in gone_ids else o for id, o in rest(report.originality).items()
        },
        reflection=rest(report.reflection),
        reflection_own=rest(report.reflection_own),
        matches=tuple(m for m in report.matches if not {m.essay, m.other} & gone_ids),
        findings=tuple(replace(f, note=person.masked(f.note)) for f in report.findings if f.essay not in ids),
        problems=tuple(problem for problem in report.problems if not person.stands_in(asdict(problem))),
        absent=tuple(e for e in report.absent if not person.wrote(e)),
        notes=tuple(map(person.masked, report.notes)),
    )


def _other(essay: Essay, person: _Person, mentions: bool) -> Essay:
    """Somebody else's essay: the person's name goes from what the file tells about itself, from the text only when asked for."""
    known = asdict(essay)
    if mentions:
        return Essay(**person.masked(known) | {"id": essay.id})
    return replace(essay, reviewer=person.masked(essay.reviewer), traces=person.masked(dict(essay.traces)))


def _or_none(read, id: str):
    try:
        return read(id)
    except FileNotFoundError:
        return None


def purge(home: Path) -> None:
    """Let nothing deleted stay on the disk: copies, cache, free pages and journal."""
    for folder in (home / "backups", Store(home).cache):
        if folder.exists():
            shutil.rmtree(folder)
    with closing(sqlite3.connect(home / NAME, timeout=WAIT, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
