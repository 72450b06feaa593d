"""How common is a run of characters? Set phrases are not listed; how many independent texts use them is counted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analyzer.copying.postings import Postings
from analyzer.resources import resource


class Commonness:
    """Document frequencies of k-grams in what is being compared, and a background table of 套话.

    Parameters
    ----------
    postings : of every document of the comparison (batch, history, library); quoted k-grams do not count.
    background : (h,) sorted uint64, k-grams that independent essays of other campaigns share; see models/copying.
    """

    def __init__(self, postings: Postings, background: np.ndarray | None = None) -> None:
        self._hashes, self._counts = postings.hashes, postings.documents
        self._background = load_common_kgrams() if background is None else background

    def weights(self, hashes: np.ndarray) -> np.ndarray:
        """(n,) float: how much sharing each k-gram tells. 1 where only two documents hold it, 0 for 套话 and quotes."""
        count = np.ones(len(hashes))
        if len(self._hashes):
            at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
            count = np.where(self._hashes[at] == hashes, self._counts[at], 1)
        weight = 1.0 / np.sqrt(np.maximum(count - 1, 1))
        if len(self._background):
            at = np.minimum(np.searchsorted(self._background, hashes), len(self._background) - 1)
            weight[self._background[at] == hashes] = 0.0
        weight[hashes == 0] = 0.0
        return weight


@lru_cache(maxsize=1)
def load_common_kgrams() -> np.ndarray:
    """The shipped table of k-grams that independent essays share; models/copying/train.py makes it."""
    return np.load(resource("models", "copying", "common_kgrams.npy"), allow_pickle=False)
