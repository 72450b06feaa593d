"""A text as it is compared: what a copier can change without changing a word is taken away, offsets are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.text.insertions import insertions
from analyzer.text.lookalikes import DROPPED, fold

_UNSEEN, _SEVERAL = np.uint32(0xFFFFFFFF), np.uint32(0xFFFFFFFE)
"""In the table: characters not met yet, and characters that fold to several."""


@dataclass(frozen=True)
class Normalized:
    """Letters, digits and Han characters of a text, folded; ``offsets[i]`` is where ``codes[i]`` stood.

    ``codes`` are (n,) uint32 code points, ``offsets`` (n,) int32 code point indices into the original text.
    """

    codes: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def text(self) -> str:
        return self.codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def normalize(text: str) -> Normalized:
    """Width, case, traditional forms and lookalikes folded (see ``lookalikes``); space, punctuation, marks, invisible
    characters, and digits or letters strewn in between (see ``insertions``) left out.

    One original character may give several (㎡ → m2) or none; each keeps the original's offset.
    """
    points = code_points(text)
    folded = _folded(points)
    for start, end in insertions(text, points):
        folded[start:end] = DROPPED
    if not (folded == _SEVERAL).any():
        offsets = np.flatnonzero(folded)
        return Normalized(folded[offsets], offsets.astype(np.int32))
    several = np.flatnonzero(folded == _SEVERAL)
    count = (folded != DROPPED).astype(np.int64)
    for at in several:
        count[at] = len(_expansions[int(points[at])])
    offsets = np.repeat(np.arange(len(points), dtype=np.int32), count)
    codes = np.repeat(folded, count)
    ends = np.cumsum(count)
    for at in several:
        codes[ends[at] - count[at] : ends[at]] = _expansions[int(points[at])]
    return Normalized(codes, offsets)


def code_points(text: str) -> np.ndarray:
    """(len(text),) uint32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


_table = np.full(0x110000, _UNSEEN)
_expansions: dict[int, tuple[int, ...]] = {}


def _folded(points: np.ndarray) -> np.ndarray:
    """Each code point's folded one, DROPPED or _SEVERAL; the table learns what it has not met."""
    folded = _table[points]
    unseen = folded == _UNSEEN
    if unseen.any():
        for code in np.unique(points[unseen]).tolist():
            seen = fold(chr(code))
            if len(seen) > 1:
                _expansions[code] = seen  # before the table, so that another thread finds it
            _table[code] = seen[0] if len(seen) == 1 else _SEVERAL if seen else DROPPED
        folded = _table[points]
    return folded
