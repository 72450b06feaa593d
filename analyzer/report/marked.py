"""Text of an essay as HTML in which nothing of the text can act: escaped, control characters made visible, passages marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from analyzer.copying.match import Match
from analyzer.essay import Essay
from analyzer.labels import MATCH_KIND, SENTENCE
from analyzer.reflection.reflection import LabelledSentence

LONGEST_DIFF = 4_000
"""Longer passages are shown without their differences: comparing them character by character would take seconds."""

SMALLEST_COMMON = 2
"""A single character that two wordings share by chance is not worth interrupting a marked difference for."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text to be shown in some way; offsets are code points, end exclusive."""

    start: int
    end: int
    css: str
    """Class of the mark; where marks of one family overlap, the last in the list wins."""
    link: str = ""
    """Marks with the same link belong together (the two sides of a match)."""
    title: str = ""


def marked_html(text: str, marks: Sequence[Mark]) -> str:
    """The text with its marks as spans; all of the text is there, in order, and none of it is markup."""
    cuts = sorted({0, len(text), *(at for mark in marks for at in (mark.start, mark.end) if 0 < at < len(text))})
    opened: dict[int, list[int]] = {}
    closed: dict[int, list[int]] = {}
    for number, mark in enumerate(marks):
        if mark.start < mark.end:
            opened.setdefault(max(mark.start, 0), []).append(number)
            closed.setdefault(min(mark.end, len(text)), []).append(number)
    active: list[int] = []
    parts = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        active = sorted({*active, *opened.get(start, ())} - {*closed.get(start, ())})
        piece = visible(text[start:end])
        if not active:
            parts.append(piece)
            continue
        here = [marks[number] for number in active]
        css = " ".join(dict.fromkeys(mark.css for mark in here))
        link = next((mark.link for mark in reversed(here) if mark.link), "")
        title = next((mark.title for mark in reversed(here) if mark.title), "")
        attributes = (f' data-link="{escape(link)}"' if link else "") + (
            f' title="{escape(title)}"' if title else ""
        )
        parts.append(f'<span class="{escape(css)}"{attributes}>{piece}</span>')
    return "".join(parts)


def visible(text: str) -> str:
    """Escaped; line breaks as ``<br>``, other control and direction characters as their code point."""
    return "".join(_character(char) for char in text.replace("\r\n", "\n"))


def _character(char: str) -> str:
    if char in "\n\r":
        return "<br>"
    if char in "\t\u00a0\u3000" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"):
        return escape(char)
    return f'<i class="control">U+{ord(char):04X}</i>'


def pair_marks(
    left: Essay, right: Essay, matches: Iterable[Match], left_quotes: Iterable[Match], right_quotes: Iterable[Match]
) -> tuple[list[Mark], list[Mark]]:
    """Marks for two texts side by side; ``matches`` go from left to right, quotes are each text's own."""
    sides: tuple[list[Mark], list[Mark]] = ([], [])
    for side, quotes in zip(sides, (left_quotes, right_quotes), strict=True):
        side += [Mark(q.start, q.end, "quote", title=MATCH_KIND["quote"]) for q in quotes]
    for number, m in enumerate(sorted(matches, key=lambda m: (m.start, m.end)), 1):
        title = f"第 {number} 处 · {MATCH_KIND[m.kind]} · 相似度 {m.similarity:.0%}"
        sides[0].append(Mark(m.start, m.end, m.kind, f"m{number}", title))
        sides[1].append(Mark(m.other_start, m.other_end, m.kind, f"m{number}", title))
        if m.kind == "edited":
            a, b = differences(left.text[m.start : m.end], right.text[m.other_start : m.other_end])
            sides[0].extend(Mark(m.start + s, m.start + e, "differs", f"m{number}") for s, e in a)
            sides[1].extend(Mark(m.other_start + s, m.other_start + e, "differs", f"m{number}") for s, e in b)
    return sides


def differences(a: str, b: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where two wordings of one passage differ: stretches of ``a`` and of ``b``."""
    if max(len(a), len(b)) > LONGEST_DIFF:
        return [], []
    blocks = [
        m for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks() if m.size >= SMALLEST_COMMON or m.size == 0
    ]
    left, right, i, j = [], [], 0, 0
    for block in blocks:
        if block.a > i:
            left.append((i, block.a))
        if block.b > j:
            right.append((j, block.b))
        i, j = block.a + block.size, block.b + block.size
    return left, right


def label_marks(sentences: Sequence[LabelledSentence], evidence: Iterable[int] = ()) -> list[Mark]:
    """Marks for sentences by what they do in their essay; those that counted most are set off."""
    counted = set(evidence)
    return [
        Mark(
            s.start,
            s.end,
            f"label-{s.label}" + (" evidence" if number in counted else ""),
            title=SENTENCE[s.label] + (" · 评级的主要依据" if number in counted else ""),
        )
        for number, s in enumerate(sentences)
    ]
