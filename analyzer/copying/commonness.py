"""How common is a run of characters? Set phrases are not listed; how many independent texts use them is counted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analyzer.copying.document import Document
from analyzer.resources import resource


class Commonness:
    """Document frequencies of k-grams in what is being compared, and a background table of 套话.

    Parameters
    ----------
    documents : every document of the comparison (batch, history, library); quoted k-grams do not count.
    background : (h,) sorted uint64, k-grams that independent essays of other campaigns share; see models/copying.
    """

    def __init__(self, documents: Sequence[Document], background: np.ndarray | None = None) -> None:
        uniques = [np.unique(document.hashes[document.hashes != 0]) for document in documents]
        joined = np.concatenate(uniques) if uniques else np.zeros(0, np.uint64)
        self._hashes, self._counts = np.unique(joined, return_counts=True)
        self._background = load_common_kgrams() if background is None else background

    def weights(self, hashes: np.ndarray) -> np.ndarray:
        """(n,) float: how much sharing each k-gram tells. 1 where only two documents hold it, 0 for 套话 and quotes."""
        if not len(self._hashes):
            return np.zeros(len(hashes))
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
