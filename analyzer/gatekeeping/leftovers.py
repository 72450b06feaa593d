"""Leftovers that a pattern can name: fill-in places, page furniture, a generator's phrases, broken characters.

Precision goes first: an honest essay must stay clean, so where honest text uses the same characters a guard looks at
the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.gatekeeping.finding import Finding
from analyzer.gatekeeping.furniture import FURNITURE, TITLE
from analyzer.gatekeeping.garbled import GARBLED, turned_utf8
from analyzer.gatekeeping.generators import GENERATORS
from analyzer.gatekeeping.placeholders import PLACEHOLDERS
from analyzer.gatekeeping.reading import Reading

RULES = (*PLACEHOLDERS, *FURNITURE, *GENERATORS, *GARBLED)


def leftovers(reading: Reading) -> Iterator[Finding]:
    """What the rules find, and a title that still says 范文."""
    for rule in RULES:
        for match in rule.matches(reading.text):
            start, end = _trimmed(match)
            if not rule.quoted and reading.is_quoted(start):
                continue
            if rule.guard is None or rule.guard(reading, match):
                yield Finding(
                    reading.essay.id, start, end, rule.kind, rule.note.format(_short(reading.text[start:end])), rule.certainty
                )
    for start, end in turned_utf8(reading):
        yield Finding(reading.essay.id, start, end, "garbled", f"乱码“{_short(reading.text[start:end])}”", 0.9)
    title = TITLE.search(reading.essay.title)
    if title:
        yield Finding(reading.essay.id, 0, 0, "footer", f"题目里还留着“{title.group()}”，像是从范文网页带来的", 0.85)


def _trimmed(match: re.Match) -> tuple[int, int]:
    text = match.group()
    start = match.start() + len(text) - len(text.lstrip(" \t\r\n\u3000"))
    return start, max(start, match.end() - (len(text) - len(text.rstrip(" \t\r\n\u3000"))))


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:22] + "……"
