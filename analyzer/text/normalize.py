"""A text as it is compared: what a copier can change without changing a word is taken away, offsets are kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np


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
        return "".join(map(chr, self.codes))


def normalize(text: str) -> Normalized:
    """Width and case folded (NFKC), space, punctuation, marks and invisible characters left out.

    One original character may give several (㈠ → 一) or none; each keeps the original's offset.
    """
    codes: list[int] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        for folded in _fold(character):
            codes.append(folded)
            offsets.append(offset)
    return Normalized(np.array(codes, np.uint32), np.array(offsets, np.int32))


@lru_cache(maxsize=65536)
def _fold(character: str) -> tuple[int, ...]:
    folded = unicodedata.normalize("NFKC", character).lower()
    return tuple(ord(c) for c in folded if unicodedata.category(c)[0] in "LN")
