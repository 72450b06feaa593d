"""``xinde backup`` and ``xinde restore``: everything of the data folder in one zip, and back.

The database is copied by SQLite's online backup, the reports are those that this copy names, so that the app may go on meanwhile.
Passwords are in it as argon2 hashes, sessions are left out, the vector cache too (it is computed again).
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from analyzer.saving import whole
from analyzer.store.care import Ailment, examine
from analyzer.store.database import NAME, StoreError, aside, copy, prepare, version
from analyzer.store.files import leftovers, stale_reports
from analyzer.store.running import RUNNING, gone
from analyzer.store.schema import VERSION
from analyzer.store.store import Store

OWN = ("tiers.toml",)
"""Files beside the database that the organizer wrote."""

LEFT_OUT = ("worker.log", "worker.lock")

ATTEMPTS = 3
"""How often a copy is begun anew because a batch was analyzed or deleted meanwhile."""


def backup(home: Path, target: Path) -> int:
    """Write everything into a zip and open it again to see that it is whole; returns its size in bytes.

    Raises StoreError where there is nothing to keep, the target exists, or the copy does not check out.
    """
    if not (home / NAME).exists():
        raise StoreError(f"“{home}”里还没有数据。")
    if target.exists():
        raise StoreError(f"“{target}”已经存在，请换一个文件名。")
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole(target, flushed=True) as unfinished:
        for attempt in range(ATTEMPTS):
            try:
                _write(home, unfinished)
                break
            except FileNotFoundError as error:
                if attempt == ATTEMPTS - 1:
                    raise StoreError(f"备份时文件一直在变动（{error.filename}），请等分析结束再备份。") from error
        check(unfinished)
    return target.stat().st_size


def _write(home: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        snapshot = Path(folder) / NAME
        copy(home / NAME, snapshot)
        with closing(sqlite3.connect(snapshot)) as db:
            reports = dict(db.execute("SELECT id, report FROM batches").fetchall()) if version(db) == VERSION else None
            if reports is not None:
                db.execute("DELETE FROM sessions")
                db.commit()
            db.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal beside it
        if reports is None:
            raise StoreError("数据还是旧版本的：请先打开一次程序让它升级，再备份。")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(snapshot, NAME)
            for name in OWN:
                if (home / name).exists():
                    archive.write(home / name, name)
            for id, report in reports.items():
                folder = home / "batches" / id
                left_out = {*leftovers(folder, report), *(folder / name for name in LEFT_OUT)}
                for path in sorted(folder.rglob("*")):
                    if path.is_file() and path not in left_out:
                        archive.write(path, path.relative_to(home).as_posix())
            written = set(archive.namelist())
            for id, report in reports.items():
                if report and f"batches/{id}/{report}" not in written:
                    raise FileNotFoundError(2, "replaced meanwhile", report)


def check(file: Path) -> None:
    """Unpack a backup aside and examine it. Raises StoreError, in Chinese, where it is none or is damaged."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        _unpack(file, Path(folder))
        _healthy(Path(folder), file)


def _unpack(file: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if NAME not in names:
                raise StoreError(f"“{file.name}”不是 xinde backup 写的备份。")
            for name in names:
                target = (folder / name).resolve()
                if not target.is_relative_to(folder.resolve()) or not (name in (NAME, *OWN) or name.startswith("batches/")):
                    raise StoreError(f"“{file.name}”里有不该有的文件（{name}），没有恢复。")
            archive.extractall(folder)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise StoreError(f"“{file.name}”打不开或已损坏（{error}）。") from error


def _healthy(folder: Path, file: Path) -> None:
    ills: list[Ailment] = [ailment for ailment in examine(folder) if ailment.serious]
    if ills:
        raise StoreError(f"“{file.name}”里的数据不完整：" + "；".join(ailment.words for ailment in ills[:3]))


def restore(home: Path, file: Path, force: bool = False) -> Path | None:
    """Put a backup in the place of what is there; returns where that went, as a backup of its own.

    Raises StoreError where there are data already and not ``force``, where an analysis runs, or where the backup is damaged:
    then nothing was changed. Interrupted at any moment, the old data or the restored ones are there, whole.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        raise StoreError(f"找不到“{file}”。")
    workshop = home / "restore.part"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    try:
        _unpack(file, workshop)
        _healthy(workshop, file)
        prepare(workshop)
        kept = None
        damaged = (home / NAME).exists() and any(ailment.kind == "database" for ailment in examine(home))
        if damaged or not _empty(home):
            if not force:
                raise StoreError("这里已经有数据。确实要用备份替换，请加 --force（现有的数据会先另存一份）。")
            kept = _set_aside(home)
        if damaged:
            for suffix in ("", "-wal", "-shm"):
                (home / (NAME + suffix)).unlink(missing_ok=True)
        # reports have names of their own, so the files of both stand beside each other until the database changes hands
        files = [workshop / name for name in OWN if (workshop / name).exists()]
        files += sorted(path for path in (workshop / "batches").rglob("*") if path.is_file())
        for path in files:
            target = home / path.relative_to(workshop)
            target.parent.mkdir(parents=True, exist_ok=True)
            with whole(target, flushed=True) as unfinished:
                shutil.copy2(path, unfinished)
        copy(workshop / NAME, home / NAME)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    prepare(home)
    _drop_strangers(home)
    _healthy(home, file)
    return kept


def _empty(home: Path) -> bool:
    """True where nothing would be lost. Raises StoreError while an analysis runs."""
    if not (home / NAME).exists():
        return True
    store = Store(home)
    if any(batch.status in RUNNING and not gone(batch, store.folder(batch.id)) for batch in store.batches()):
        raise StoreError("有一批正在分析，请等它结束或先取消。")
    with closing(sqlite3.connect(home / NAME)) as db:
        return not any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in ("batches", "documents", "users"))


def _set_aside(home: Path) -> Path:
    """Copy what is there; where it is too damaged for a backup, the bare database."""
    kept = aside(home, "恢复前", ".zip")
    try:
        backup(home, kept)
    except (StoreError, sqlite3.DatabaseError):
        kept = kept.with_suffix(".sqlite3")
        shutil.copy2(home / NAME, kept)
    return kept


def _drop_strangers(home: Path) -> None:
    """Folders and reports of the data that were replaced."""
    with closing(sqlite3.connect(home / NAME)) as db:
        reports = dict(db.execute("SELECT id, report FROM batches").fetchall())
    for folder in (home / "batches").glob("*"):
        if folder.name not in reports:
            shutil.rmtree(folder)
            continue
        for path in stale_reports(folder, reports[folder.name]):
            path.unlink()
