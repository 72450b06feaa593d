"""The analysis in a process of its own, so that a refreshed, closed or second tab changes nothing about it.

The page starts ``python -m analyzer.ui.worker`` and from then on only reads the batch's row in the store. The worker writes its
progress there, shows with ``beat`` that it is alive, and ends by itself when it reads that it was cancelled.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from analyzer.resources import resource
from analyzer.store import Store, StoredBatch, now, running
from analyzer.store.running import RUNNING, seconds_since

UPLOADING = "uploading"
"""A file of this name in a batch's folder says that its files are still being written: half a batch is not to be read."""

STEPS = {"read": "reading", "analyze": "analyzing", "relist": "analyzing", "all": "reading"}
"""What a worker can be asked to do, and the status it starts with."""

KINDS = ("files", "roster", "official", "library")
"""Folders of a batch that uploads go into."""


def save_uploads(store: Store, id: str, uploads: Mapping[str, Iterable]) -> None:
    """Write uploaded files (objects with ``name`` and ``getbuffer``) into the batch's folders; equal names are numbered."""
    (store.folder(id) / UPLOADING).touch()
    for kind, files in uploads.items():
        folder = store.folder(id) / kind
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (free_path(folder, Path(file.name.replace("\\", "/")).name)).write_bytes(file.getbuffer())
    (store.folder(id) / UPLOADING).unlink()


def free_path(folder: Path, name: str) -> Path:
    path, number = folder / name, 2
    while path.exists():
        path = folder / f"{Path(name).stem}（{number}）{Path(name).suffix}"
        number += 1
    return path


def sample_batch(store: Store) -> str:
    """The shipped samples as a batch of its own; returns its id. Nothing is copied but the paths."""
    id = store.new_batch("示例批次")
    for kind, parts in (
        ("files", ("samples", "batch.zip")),
        ("roster", ("samples", "roster.xlsx")),
        ("official", ("samples", "official")),
        ("library", ("samples", "library")),
    ):
        source = resource(*parts)
        folder = store.folder(id) / kind
        folder.mkdir()
        for path in [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file()):
            (folder / path.name).write_bytes(path.read_bytes())
    return id


def start(store: Store, id: str, step: str) -> None:
    """Begin a step in the background; nothing happens where one is under way already."""
    batch = store.batch(id)
    if batch.status in RUNNING and not gone(store, batch):
        return
    store.update(id, status=STEPS[step], stage="", done=0, total=0, message="", started=now(), beat=now())
    flags = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        if sys.platform == "win32"
        else {"start_new_session": True}
    )
    with open(store.folder(id) / "worker.log", "ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "analyzer.ui.worker", str(store.home.resolve()), id, step],
            cwd=resource("app.py").parent,  # -m imports from there first, and a lxml.py may lie among the essays
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **flags,
        )


def cancel(store: Store, id: str) -> None:
    """The worker reads this within two seconds and ends."""
    if store.batch(id).status in RUNNING:
        store.update(id, status="cancelled", message="已取消。")


def gone(store: Store, batch: StoredBatch) -> bool:
    """True where a step is said to run but its process is no more (killed, or the computer was restarted)."""
    return running.gone(batch, store.folder(batch.id))


def remaining(batch: StoredBatch) -> float | None:
    """Seconds this stage will still take, at the speed so far; None while too little is known."""
    elapsed = seconds_since(batch.started)
    if not batch.started or not batch.done or not batch.total or elapsed < 2:
        return None
    return elapsed / batch.done * (batch.total - batch.done)
