"""How much ingest takes in before it stops, in one table: a batch comes from anywhere, and a small zip can unpack to terabytes.

Whoever needs others passes ``Limits(pages=2000)``, or a file of lines such as ``pages = 2000`` (``load_limits``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

from analyzer.ingest.errors import IngestError

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Each number is far above what an honest batch needs and far below what stops a 4 GiB laptop."""

    # the batch
    files: int = 120_000
    """Files in one batch. The largest campaign planned for is 100,000 essays; the rest is room for side files."""
    total_bytes: int = 16384 * MEBI
    """All files together, unpacked. 100,000 essays of 60 KB (a typical docx) are 6 GB."""

    # one file
    file_bytes: int = 64 * MEBI
    """One file. An essay in Word with a few pictures has under 5 MiB; a scanned one up to about 30."""
    name_characters: int = 300
    """Of a file's path that is shown; Windows knows 260, a zip up to 65,535."""

    # a zip
    zip_files: int = 120_000
    """Members of one zip, folders included, as ``files``; told from its directory before that is read."""
    zip_bytes: int = 8192 * MEBI
    """What one zip unpacks to by its own account. One unit's zip may not use up what the whole batch may have."""
    nested_bytes: int = 512 * MEBI
    """A zip within a zip, which has to be held in memory."""
    depth: int = 2
    """Zips within zips: the collected zip, one a unit in it, one a section in that."""
    directory_bytes: int = 32 * MEBI
    """Directory of a zip: 46 bytes and the name for each member, so 120,000 with long names. It is read whole."""
    ratio: int = 200
    """Unpacked over packed size of a zip member, checked from ``ratio_from`` on. XML in a docx packs 10:1 to 30:1,
    deflate's bound is 1032:1, which only filler reaches."""
    ratio_from: int = 16 * MEBI
    """Smaller members do no harm, however well they pack."""

    # a docx, odt or xlsx, which are zips too
    parts: int = 5_000
    """Members of a document. A hundred pictures make a few hundred."""
    xml_bytes: int = 64 * MEBI
    """One XML part unpacked. As a tree it takes ten times as much memory; 1,000,000 characters of text make about 30 MiB."""

    # what is read out of it
    text_characters: int = 1_000_000
    """Text of one essay. The longest honest ones have some 10,000 characters; a long book has 1,000,000."""
    pages: int = 1_000
    """Pages of a PDF: a long book. An essay has under 30."""
    roster_rows: int = 120_000
    """Rows of a roster that are looked at; spreadsheets with formatted empty rows reach 1,048,576."""

    # the process that reads it
    seconds: int = 60
    """For one file, by the clock. A docx takes some 0.01 s, a PDF of thirty pages 1 s, a roster of 100,000 rows 20 s."""
    memory_bytes: int = 1536 * MEBI
    """Address space of a reading process. It starts with some 300 MiB (libraries); a roster of 100,000 rows takes 500."""
    processes: int = 0
    """Reading processes side by side; 0 for one a core, but not more than four."""


LIMITS = Limits()


def load_limits(path: str | os.PathLike[str] | None = None) -> Limits:
    """LIMITS with what the TOML file says otherwise. Raises IngestError where it is missing, no TOML, or names no such limit."""
    if path is None:
        return LIMITS
    path = Path(path)
    if not path.is_file():
        raise IngestError(f"找不到限额表“{path}”：请检查路径")
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IngestError(f"限额表“{path.name}”格式不对（{error}）：每行应形如 pages = 2000") from error
    known = {field.name for field in fields(Limits)}
    for name, value in own.items():
        if name not in known:
            raise IngestError(f"限额表“{path.name}”里有不认识的限额“{name}”：只能用 {'、'.join(sorted(known))}")
        if type(value) is not int or value < 0:
            raise IngestError(f"限额表“{path.name}”里“{name}”应是不小于 0 的整数，写的是 {value!r}")
    return Limits(**own)
