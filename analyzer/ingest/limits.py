"""How much ingest takes in before it stops, in one table: a batch comes from anywhere, and a small zip can unpack to terabytes."""

from __future__ import annotations

from dataclasses import dataclass

MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Each number is far above what an honest batch needs and far below what stops a 4 GiB laptop."""

    files: int = 20_000
    """Files in one batch. The largest campaign planned for is 10,000 essays; twice that leaves room for side files."""
    file_bytes: int = 64 * MEBI
    """One file. An essay in Word with a few pictures has under 5 MiB; a scanned one up to about 30."""
    total_bytes: int = 4096 * MEBI
    """All files together, unpacked. 10,000 essays of 60 KB (a typical docx) are 600 MB."""
    ratio: int = 200
    """Unpacked over packed size of a zip member, checked from ``ratio_from`` on. XML in a docx packs 10:1 to 30:1,
    deflate's bound is 1032:1, which only filler reaches."""
    ratio_from: int = 16 * MEBI
    """Smaller members do no harm, however well they pack."""
    depth: int = 2
    """Zips within zips: the collected zip, one a unit in it, one a section in that."""
    text_characters: int = 1_000_000
    """Text of one essay. The longest honest ones have some 10,000 characters; a long book has 1,000,000."""
    roster_rows: int = 100_000
    """Rows of a roster that are looked at; spreadsheets with formatted empty rows reach 1,048,576."""


LIMITS = Limits()
