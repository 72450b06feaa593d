"""Which documents hold which k-grams: what a whole comparison shares, as one sparse table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.document import Document

_AT_ONCE = 8_000_000
"""K-grams sorted at once: a larger comparison is taken in parts by the first bits of the hash."""

_PAIRS_AT_ONCE = 4000


@dataclass(frozen=True)
class Postings:
    """K-grams that at least two documents hold, quoted ones left out."""

    hashes: np.ndarray
    """(h,) sorted uint64"""
    documents: np.ndarray
    """(h,) in how many documents each stands, 2 or more"""
    table: object
    """(documents, h) csr int32: how often each document holds each."""
    starts: np.ndarray | None = None
    """(documents + 1,) where each document's part of ``places`` and ``numbers`` begins"""
    places: np.ndarray | None = None
    """int32: where in its document each of these k-grams stands, document by document, in order"""
    numbers: np.ndarray | None = None
    """int32: which of ``hashes`` it is"""

    def standing(self, document: int) -> tuple[np.ndarray, np.ndarray]:
        """(k,) places and (k,) numbers of a document's k-grams that others hold too."""
        part = slice(self.starts[document], self.starts[document + 1])
        return self.places[part], self.numbers[part]

    def evidence(self, pairs: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """(p,) weighted k-grams of the first document of each pair that the second holds too.

        No passage of the pair can have more evidence than that. ``weights`` are (h,).
        """
        from scipy import sparse

        of = lambda values: sparse.csr_matrix((values, self.table.indices, self.table.indptr), self.table.shape)
        first = of(self.table.data * weights.astype(np.float32)[self.table.indices])
        second = of(np.ones_like(first.data))
        found = np.zeros(len(pairs))
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            a, b = pairs[start : start + _PAIRS_AT_ONCE].T
            found[start : start + len(a)] = np.asarray(first[a].multiply(second[b]).sum(axis=1)).ravel()
        return found


def find_postings(documents: Sequence[Document]) -> Postings:
    from scipy import sparse

    places = [np.flatnonzero(document.hashes).astype(np.int32) for document in documents]
    owner = np.repeat(np.arange(len(documents), dtype=np.int32), [len(p) for p in places])
    hashes = np.concatenate([document.hashes[p] for document, p in zip(documents, places)])
    column = np.full(len(hashes), -1, np.int32)
    known, held = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    bits = max(0, int(np.ceil(np.log2(max(1, len(hashes)) / _AT_ONCE))))
    before = 0
    for part in range(1 << bits):
        chosen = np.flatnonzero(hashes >> np.uint64(64 - bits) == part) if bits else np.arange(len(hashes))
        chosen = chosen[np.argsort(hashes[chosen], kind="stable")]
        ordered = hashes[chosen]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
        sizes = np.diff(np.append(starts, len(ordered)))
        others = np.append(False, owner[chosen][1:] != owner[chosen][:-1])  # documents stand in order where the hash is the same
        others[starts] = True
        held_by = np.add.reduceat(others, starts, dtype=np.int64) if len(starts) else sizes
        shared = held_by > 1
        number = np.where(shared, before + np.cumsum(shared) - 1, -1)
        column[chosen] = np.repeat(number, sizes)
        known.append(ordered[starts[shared]])
        held.append(held_by[shared])
        before += int(shared.sum())
    kept = column >= 0
    starts = np.append(0, np.cumsum(np.bincount(owner[kept], minlength=len(documents))))
    numbers = column[kept]
    table = sparse.csr_matrix((np.ones(len(numbers), np.int32), numbers.copy(), starts), (len(documents), max(1, before)))
    table.sum_duplicates()
    return Postings(np.concatenate(known), np.concatenate(held), table, starts, np.concatenate(places)[kept], numbers)
