"""Characters strewn into a text so that a program does not recognize it, where a reader skips them.

Digits or letters between the characters (我1们2认3真, 我wo们men认ren真zhen) and the random strokes that forums put
between sentences against copying (``; k: m3 }# h7 L3 U&``). Only where they are far denser than any honest use.
"""

from __future__ import annotations

import re

import numpy as np

LEAST, CLOSE = 6, 2
"""This many letters, syllables or digits, each at most CLOSE characters after the last one, are no text."""

LEAST_LOOSE, LOOSE = 8, 6
"""So are this many at most LOOSE characters apart."""

_STREWN = re.compile(r"(?:\d{1,2}|[A-Za-z]|[a-z]{2,6})(?![A-Za-z0-9])")
"""What is strewn in: digits, a letter, a syllable of pinyin. Longer numbers, names and abbreviations are text."""

_NUMBER_BEFORE = frozenset("第约共达近超过至到满有于距")
_NUMBER_AFTER = frozenset(
    "年月日号时点分秒个名人次件条项起户家亩万千百亿元余多天周季届章节页位只台辆座所篇字米里公吨斤度级楼层栋室期班组大类种岁小块张份批场步本套"
    "组队连排路线版集讲课轮成倍角支处间道门股款款段遍趟桌车船箱袋瓶对双头匹棵株克升"
)
"""What stands beside a number that somebody wrote."""

_STROKES = re.compile(r"(?<![!-~])(?:[!-~]{1,4} {1,2}){3,}[!-~]{1,4}(?![!-~])")
_MARKS = re.compile(r"[;:{}#&@*!%^~|<>$/\\`\[\]?=+]")


def insertions(text: str, points: np.ndarray) -> list[tuple[int, int]]:
    """Spans (code points, end exclusive) of what was strewn in, in order; ``points`` are the text's code points."""
    if int(np.count_nonzero(points < 128)) < LEAST:
        return []
    return sorted([*strewn(text, points), *anti_copy_noise(text, points)])


def strewn(text: str, points: np.ndarray) -> list[tuple[int, int]]:
    """Letters, syllables or digits after Han characters that belong to a dense series of such."""
    han, other = is_han(points), _is_letter_or_digit(points)
    starts = np.flatnonzero(other[1:] & han[:-1]) + 1
    if len(starts) < LEAST:
        return []
    spans = [m.span() for at in starts.tolist() if (m := _STREWN.match(text, at))]
    apart = np.cumsum(han)
    telling = [span for span in spans if not _is_number(text, *span)]
    if _series(telling, apart, CLOSE, LEAST) or _series(telling, apart, LOOSE, LEAST_LOOSE):
        return _series(spans, apart, LOOSE, LEAST)  # now what looks like a number is none either
    return []


def anti_copy_noise(text: str, points: np.ndarray) -> list[tuple[int, int]]:
    """A forum's random strokes: many marks, no words."""
    if int(np.count_nonzero((points > 32) & (points < 127) & ~_is_letter_or_digit(points))) < 3:
        return []
    return [
        found.span() for found in _STROKES.finditer(text)
        if len(_MARKS.findall(found.group())) >= 3 and not re.search(r"[A-Za-z]{3}", found.group())
    ]


def _series(spans: list[tuple[int, int]], apart: np.ndarray, gap: int, least: int) -> list[tuple[int, int]]:
    """The spans in series of at least ``least``, with at most ``gap`` Han characters between neighbours.

    ``apart`` (n,): Han characters up to and with each place.
    """
    kept, series = [], []
    for span in spans:
        if series and (apart[span[0]] - apart[series[-1][1] - 1] > gap or span[0] - series[-1][1] > gap + 4):
            kept += series if len(series) >= least else []
            series = []
        series.append(span)
    return kept + (series if len(series) >= least else [])


def _is_number(text: str, start: int, end: int) -> bool:
    """Digits that count or number something, by what stands beside them."""
    return text[start:end].isdigit() and (text[start - 1] in _NUMBER_BEFORE or text[end : end + 1] in _NUMBER_AFTER)


def _is_letter_or_digit(points: np.ndarray) -> np.ndarray:
    lower = points | 32
    return ((points >= 48) & (points <= 57)) | ((lower >= 97) & (lower <= 122))


def is_han(points: np.ndarray) -> np.ndarray:
    """(n,) bool: Chinese characters."""
    return ((points >= 0x3400) & (points <= 0x9FFF)) | (points >= 0x20000)
