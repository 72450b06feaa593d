"""A report whose names and notes hold no character that is not seen: direction marks, zero-width and control characters are spelt out.

The essays' own texts stay as they are; where they are shown, ``marked.visible`` does the same to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from analyzer.compare import Comparison
from analyzer.report.report import Report

# control and format characters (Cc, Cf) other than line breaks and tabs, surrogates and private use
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\uf8ff]")
_NAMED = ("title", "author", "unit", "post", "file", "reviewer")

T = TypeVar("T")


def legible(text: str) -> str:
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def with_legible_names(report: Report) -> Report:
    """Names, titles, notes, reasons and conclusions; ids stay, since they are looked up by."""
    return replace(
        report,
        essays=_each(report.essays, *_NAMED),
        documents=_each(report.documents, *_NAMED),
        absent=_each(report.absent, *_NAMED),
        findings=_each(report.findings, "note"),
        traces=_each(report.traces, "note"),
        problems=_each(report.problems, "file", "reason"),
        notes=tuple(map(legible, report.notes)),
        comparisons=tuple(map(_comparison, report.comparisons)),
    )


def _each(things: Iterable[T], *fields: str) -> tuple[T, ...]:
    return tuple(_one(thing, fields) for thing in things)


def _one(thing: T, fields: Iterable[str]) -> T:
    changed = {name: legible(text) for name in fields if _UNSEEN.search(text := getattr(thing, name))}
    return replace(thing, **changed) if changed else thing


def _comparison(c: Comparison) -> Comparison:
    return replace(
        c,
        conclusion=legible(c.conclusion),
        groups=_each(c.groups, "name"),
        pairs=_each(c.pairs, "a", "b"),
        trend=c.trend and _one(c.trend, ("driver",)),
    )
