"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path, flushed: bool = False) -> Iterator[Path]:
    """Where to write what becomes ``path`` at the end; an error, or a full disk, leaves what was there.

    ``flushed``: on the disk, name and all, before anybody is told of it.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        yield unfinished
        if flushed:
            flush(unfinished)
        unfinished.replace(path)
        if flushed:
            _flush_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Have a finished file, and its name in its folder, on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """POSIX keeps a new name only once its folder is flushed; Windows cannot open a folder, and does not need it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
