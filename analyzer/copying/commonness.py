"""How common is a run of characters? Set phrases are not listed; how many independent texts use them is counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyzer.copying.postings import Postings
from analyzer.resources import resource


@dataclass(frozen=True)
class Counts:
    """In how many texts k-grams stand."""

    hashes: np.ndarray
    """(h,) sorted uint64"""
    documents: np.ndarray
    """(h,) float"""

    def of(self, hashes: np.ndarray) -> np.ndarray:
        """(n,) 0 for those that are not counted."""
        if not len(self.hashes):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.documents[at], 0.0)


def rarity(documents: np.ndarray) -> np.ndarray:
    """How much it tells that two share what so many hold: 1 where only they do."""
    return 1.0 / np.sqrt(np.maximum(documents - 1, 1))


class Commonness:
    """Document frequencies of k-grams in what is being compared, and a background table of 套话.

    Parameters
    ----------
    postings : of every document of the comparison (batch, history, library); quoted k-grams do not count.
    background : (h,) sorted uint64, k-grams that independent essays of other campaigns share; see models/copying.
    elsewhere : in the whole of a long history, of which only what may matter is compared (copying.earlier).
    """

    def __init__(self, postings: Postings, background: np.ndarray | None = None, elsewhere: Counts | None = None) -> None:
        self._here, self._elsewhere = Counts(postings.hashes, postings.documents), elsewhere
        self._background = load_common_kgrams() if background is None else background

    def weights(self, hashes: np.ndarray) -> np.ndarray:
        """(n,) float: how much sharing each k-gram tells. 1 where only two documents hold it, 0 for 套话 and quotes."""
        count = self._here.of(hashes)
        if self._elsewhere:
            count = np.maximum(count, self._elsewhere.of(hashes) + 1)
        weight = rarity(count)
        if len(self._background):
            at = np.minimum(np.searchsorted(self._background, hashes), len(self._background) - 1)
            weight[self._background[at] == hashes] = 0.0
        weight[hashes == 0] = 0.0
        return weight


@lru_cache(maxsize=1)
def load_common_kgrams() -> np.ndarray:
    """The shipped table of k-grams that independent essays share; models/copying/train.py makes it."""
    return np.load(resource("models", "copying", "common_kgrams.npy"), allow_pickle=False)
