"""Files of a batch: what an interrupted process left of them, and whether they are as they were."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path


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
