"""What makes a text look different to a program and the same to a reader, where it stands, and the text as it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyzer.text.insertions import anti_copy_noise, is_han, strewn
from analyzer.text.line_breaks import broken_lines
from analyzer.text.lookalikes import looks_like, simplified
from analyzer.text.normalize import code_points

FEW = {"invisible": 3, "lookalike": 3, "traditional": 5}
"""Below so many places it is a stray character from a web page, a name, a slip. The others have their own measure."""

VARIED = 4
"""Different traditional characters that make it more than a name."""

SPACED_OUT = 10
"""Single characters in a row with something between each two; a spaced heading (心 得 体 会) has fewer."""

SPACES, SPACE_SHARE = 20, 0.08
"""Spaces between Chinese characters of running text: so many, and so many for each of its characters, are no slip."""


@dataclass(frozen=True, slots=True)
class Disguise:
    """One place: ``text[start:end]`` is what was put in (or in another character's place)."""

    kind: str
    """invisible, lookalike, traditional, strewn, spaced, broken, or noise (a forum's)."""
    start: int
    end: int


_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e01ef]+"
    "|(?<=[\u3400-\u9fff])[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]+"
)
_EMOJI = re.compile("[\u200d\u2190-\u2bff\U0001f000-\U0001faff0-9#*]")
_LOOKALIKE = re.compile("[\u2e80-\u2fd5\u31c0-\u31e3\u30a0-\u30ff\u3130-\u318f]|[\u0370-\u03ff\u0400-\u052f\u0131\u0251\u0261]")
_ALPHABETIC = re.compile("[\u0131\u0251\u0261\u0370-\u03ff\u0400-\u052f]")
_KANA = re.compile("[\u3040-\u30ff\u3130-\u318f\uac00-\ud7a3]")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
_IS_HAN = re.compile(f"[{_HAN}]")
_BETWEEN = r" \u3000\u00a0\u2002-\u200a.·•*_~|/\\+=^`'\-…—"
_ONE_BY_ONE = re.compile(f"[{_HAN}](?:[{_BETWEEN}]{{1,3}}[{_HAN}]){{{SPACED_OUT - 1},}}(?![{_HAN}])")
_STOPPED = re.compile(f"[{_HAN}](?:[，。、；！,.;]{{1,2}}[{_HAN}]){{15,}}(?![{_HAN}])")
_SPACE = re.compile(f"(?<=[{_HAN}])[ \u3000\u00a0]{{1,2}}(?=[{_HAN}])")


def disguises(text: str) -> list[Disguise]:
    """Every place where something disguises the text, in order; nothing for what honest texts hold too."""
    points = code_points(text)
    found = [Disguise("broken", at, at + 1) for at in broken_lines(text)]
    if _unusual()[points].any():
        found += [Disguise("invisible", *m.span()) for m in _INVISIBLE.finditer(text) if _hides(text, m)]
        found += [Disguise("lookalike", *m.span()) for m in _LOOKALIKE.finditer(text) if _stands_for_another(text, m)]
        traditional = [at for at, character in enumerate(text) if character in simplified()]
        if len({text[at] for at in traditional}) >= VARIED:
            found += [Disguise("traditional", at, at + 1) for at in traditional]
    found += [Disguise("strewn", *span) for span in strewn(text, points)]
    found += [Disguise("noise", *span) for span in anti_copy_noise(text, points)]
    found += [Disguise("spaced", *span) for span in _spaced(text, points)]
    counts = {kind: sum(d.kind == kind for d in found) for kind in FEW}
    return sorted((d for d in found if counts.get(d.kind, 0) >= FEW.get(d.kind, 0)), key=lambda d: (d.start, d.end))


UNSEEN = "\0"
"""Stands in ``as_read`` for every character that a reader skips, so that the text keeps its length."""


def as_read(text: str) -> str:
    """The text as a reader takes it in, of the same length: what is skipped is UNSEEN, lookalikes and traditional
    characters are what they stand for. The text itself where nothing is disguised."""
    found = disguises(text)
    if not found:
        return text
    characters = list(text)
    for d in found:
        for at in range(d.start, d.end):
            if d.kind == "traditional":
                characters[at] = simplified()[text[at]]
            elif d.kind == "lookalike":
                characters[at] = looks_like(text[at])
            else:
                characters[at] = UNSEEN
    return "".join(characters)


@lru_cache(maxsize=1)
def _unusual() -> np.ndarray:
    """(0x110000,) bool: characters that may be invisible, lookalike or traditional; most texts hold none."""
    unusual = np.zeros(0x110000, bool)
    unusual[[ord(c) for c in simplified()]] = True
    for code in (*range(0x00AD, 0x3190), *range(0xFE00, 0x10000), *range(0xE0000, 0xE01F0)):
        unusual[code] |= bool(_INVISIBLE.match(chr(code)) or _LOOKALIKE.match(chr(code)) or 0x300 <= code < 0x370 or 0x483 <= code < 0x48A or 0x20D0 <= code < 0x20F1)
    return unusual


def _hides(text: str, m: re.Match) -> bool:
    """Not a byte order mark at the start, and not what joins or colours emoji."""
    before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
    return m.start() > 0 and not _EMOJI.match(before) and not ("\u200d" in m.group() and _EMOJI.match(after))


def _stands_for_another(text: str, m: re.Match) -> bool:
    """Letters of another alphabet inside a Latin word; radicals, strokes and kana among Chinese characters."""
    if not looks_like(m.group()):
        return False
    beside = [c for c in (text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]) if c]
    if _ALPHABETIC.match(m.group()):
        return any(c.isascii() and c.isalpha() for c in beside)
    return any(_IS_HAN.match(c) for c in beside) and not any(_KANA.match(c) for c in beside)


def _spaced(text: str, points: np.ndarray) -> list[tuple[int, int]]:
    """What stands between single characters in a row, and spaces all over running text."""
    han = is_han(points)
    alone = han[1:-1] & ~han[:-2] & ~han[2:]
    spans = set()
    if int(np.count_nonzero(alone)) >= SPACED_OUT - 2:
        spans = {
            (run.start() + gap.start(), run.start() + gap.end())
            for pattern in (_ONE_BY_ONE, _STOPPED) for run in pattern.finditer(text)
            for gap in re.finditer(f"[^{_HAN}]+", run.group())
        }
    if text.count(" ") + text.count("\u3000") + text.count("\u00a0") >= SPACES:
        prose = [m for m in re.finditer(r"[^\n]+", text) if "，" in m.group() or "。" in m.group()]
        spaces = [s.span() for line in prose for s in _SPACE.finditer(text, line.start(), line.end())]
        if len(spaces) >= max(SPACES, SPACE_SHARE * sum(len(line.group()) for line in prose)):
            spans |= set(spaces)
    return sorted(spans)
