"""Files that are whole on the disk before anybody is told of them."""

from __future__ import annotations

import os
import shutil
import sys
from hashlib import blake2b
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all: aside, flushed to the disk, then renamed over what was there."""
    unfinished = path.with_name(path.name + ".part")
    with open(unfinished, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    flush_folder(path.parent)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    shutil.copy2(source, unfinished)
    flush(unfinished)
    unfinished.replace(target)


def flush(path: Path) -> None:
    """Have a finished file, and its name in its folder, on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """POSIX keeps a new name only once its folder is flushed; Windows cannot open a folder, and does not need it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stale_reports(folder: Path, report: str) -> list[Path]:
    """Reports of a batch, finished or not, other than the one that the database names."""
    kept = {report} if report else set()
    return sorted(path for path in folder.glob("report*.json*") if path.name not in kept and path.suffix in (".json", ".part"))


def leftovers(folder: Path, report: str) -> list[Path]:
    """Files that an interrupted process left: begun and not finished, or finished and never committed."""
    return sorted({*stale_reports(folder, report), *(path for path in folder.glob("*.part") if path.is_file())})


def digest(path: Path) -> str:
    """Hexadecimal BLAKE2b-128 of a file's content."""
    of = blake2b(digest_size=16)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            of.update(block)
    return of.hexdigest()
