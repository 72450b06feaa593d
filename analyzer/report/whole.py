"""A file that somebody may have filled in is not replaced by half of a new one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def save_whole(path: Path, save: Callable[[str], object]) -> None:
    """Let ``save`` write aside, then put the finished file in the place of what was there; a full disk changes nothing."""
    unfinished = path.with_name(path.name + ".part")
    try:
        save(str(unfinished))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
