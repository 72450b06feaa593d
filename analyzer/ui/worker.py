"""``python -m analyzer.ui.worker HOME BATCH read|analyze|relist|all``: what the app runs in the background."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import Timeout

from analyzer.essay import Essay
from analyzer.store import Store, StoreError, now, running
from analyzer.trouble import told
from analyzer.ui import jobs, preferences

if TYPE_CHECKING:
    from analyzer.report.report import Report

BEAT = 2.0
"""Seconds between two signs of life; also how long a cancelled worker goes on at most."""
AT_MOST_EVERY = 0.3
"""Seconds between two writes of the progress."""


class Progress:
    """Called by the analysis with (stage, done, total); writes it into the store, not too often."""

    def __init__(self, store: Store, id: str):
        self.store, self.id = store, id
        self.stage, self.written = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        at = time.monotonic()
        if stage == self.stage and done < total and at - self.written < AT_MOST_EVERY:
            return
        fields = {"stage": stage, "done": done, "total": total, "beat": now()}
        if stage != self.stage:
            fields["started"] = now()
        self.stage, self.written = stage, at
        self.store.update(self.id, **fields)


def main(arguments: list[str]) -> int:
    home, id, step = arguments
    store = Store(home)
    try:
        with running.lock(store.folder(id)).acquire(timeout=5):
            return _work(store, id, step)
    except Timeout:  # another process does it already: two tabs were quick
        return 0


def _work(store: Store, id: str, step: str) -> int:
    threading.Thread(target=_watch, args=(store, id), daemon=True).start()
    try:
        if step in ("read", "all"):
            _read(store, id)
        if step in ("analyze", "all"):
            _analyze(store, id)
        elif step == "relist":
            _relist(store, id)
        else:
            store.update(id, status="read", stage="")
    except Exception as error:  # the last stop: what went wrong is told on the page, the rest goes into the log
        from analyzer.ingest.errors import IngestError

        why = (
            str(error)
            if isinstance(error, (IngestError, StoreError, ValueError))
            else told(error)
            or f"分析中断（{type(error).__name__}）。请重试；若再次发生，请把 {store.folder(id) / 'worker.log'} 交给维护人员。"
        )
        traceback.print_exc()
        store.update(id, status="failed", message=why)
        return 1
    return 0


def _watch(store: Store, id: str) -> None:
    """Give a sign of life, and end the process when the batch was cancelled or deleted: at once, whatever it is doing."""
    while True:
        try:
            status = store.batch(id).status
        except KeyError:
            os._exit(1)
        if status == "cancelled":
            os._exit(1)
        store.update(id, beat=now())
        time.sleep(BEAT)


def _read(store: Store, id: str) -> None:
    from analyzer.ingest import load_limits, read_batch

    store.update(id, status="reading", stage="读取文件", started=now())
    folder = store.folder(id)
    if (folder / jobs.UPLOADING).exists():
        raise ValueError("文件上传到一半中断了，没有收全。请删除这一批，重新上传。")
    rosters = _files(folder / "roster")
    own_tiers, own_limits = store.home / "tiers.toml", store.home / "limits.toml"
    batch = read_batch(
        _files(folder / "files"), roster=rosters[0] if rosters else None, tiers=own_tiers if own_tiers.exists() else None,
        limits=load_limits(own_limits if own_limits.exists() else None),
    )
    store.keep_batch(id, batch)


def _analyze(store: Store, id: str) -> None:
    from analyzer.copying.kept_comparison import kept_until_done

    with kept_until_done():
        _analyze_and_keep(store, id)


def _analyze_and_keep(store: Store, id: str) -> None:
    from analyzer.decisions import carry_over
    from analyzer.copying.suspicion import SUSPECTED
    from analyzer.parallel import processes
    from analyzer.pipeline import analyze
    from analyzer.report.relist import relist

    store.update(id, status="analyzing", stage="准备", done=0, total=0, started=now())
    folder = store.folder(id)
    options = read_options(folder)
    official, library = _documents(folder / "official"), _documents(folder / "library")
    if options.get("kept", True):
        official, library = official + store.documents("official"), library + store.documents("library")
    batch = store.read_batch(id)
    earlier = store.history(without=id, unlike=batch.essays) if options.get("history", True) else ()
    with processes():
        report = analyze(
            batch,
            official=official,
            library=library,
            history=earlier,
            encoder=preferences.encoder(store),
            expected_characters=options.get("characters"),
            progress=Progress(store, id),
            calibration=preferences.calibration(store),
            cache=store.cache,
        )
    if (limit := preferences.suspected(store)) != SUSPECTED:
        report = relist(report, limit)
    report = _with_changes(store, id, report)
    if store.batch(id).status != "cancelled":
        carry_over(store, id, report)
        store.keep_report(id, report)


def _relist(store: Store, id: str) -> None:
    from analyzer.report.relist import relist

    store.update(id, status="analyzing", stage="重列清单", done=0, total=0, started=now())
    report = _with_changes(store, id, relist(store.report(id), preferences.suspected(store)))
    if store.batch(id).status != "cancelled":
        store.keep_report(id, report)


def _with_changes(store: Store, id: str, report: Report) -> Report:
    """With what changed since the batches that were kept before this one, where it is compared with those at all."""
    from analyzer.report.comparing import with_changes

    if not read_options(store.folder(id)).get("history", True):
        return with_changes(report)
    return with_changes(report, store.earlier_tables(id, report.essays), store.batch(id).name)


def _documents(folder: Path) -> tuple[Essay, ...]:
    from analyzer.ingest.batch import read_batch

    files = _files(folder)
    return read_batch(files).essays if files else ()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def read_options(folder: Path) -> dict[str, Any]:
    """What the organizer chose on the upload page for this batch: kept, history (bool), characters (int or None)."""
    path = folder / "options.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
