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

    def evidence(self, pairs: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """(p,) weighted k-grams of the first document of each pair that the second holds too.

        No passage of the pair can have more evidence than that. ``weights`` are (h,).
        """
        from scipy import sparse

        first = self.table.astype(np.float32)
        first.data *= weights.astype(np.float32)[first.indices]
        second = sparse.csr_matrix((np.ones_like(first.data), self.table.indices, self.table.indptr), self.table.shape)
        found = np.zeros(len(pairs))
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            a, b = pairs[start : start + _PAIRS_AT_ONCE].T
            found[start : start + len(a)] = np.asarray(first[a].multiply(second[b]).sum(axis=1)).ravel()
        return found


def find_postings(documents: Sequence[Document]) -> Postings:
    from scipy import sparse

    unique = [np.unique(document.hashes[document.hashes != 0], return_counts=True) for document in documents]
    owner = np.repeat(np.arange(len(documents), dtype=np.int32), [len(h) for h, _ in unique])
    hashes = np.concatenate([h for h, _ in unique])
    count = np.concatenate([c for _, c in unique]).astype(np.int32)
    del unique
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
        shared = sizes > 1
        number = np.where(shared, before + np.cumsum(shared) - 1, -1)
        column[chosen] = np.repeat(number, sizes)
        known.append(ordered[starts[shared]])
        held.append(sizes[shared])
        before += int(shared.sum())
    kept = column >= 0
    rows = np.append(0, np.cumsum(np.bincount(owner[kept], minlength=len(documents))))
    table = sparse.csr_matrix((count[kept], column[kept], rows), (len(documents), max(1, before)))
    return Postings(np.concatenate(known), np.concatenate(held), table)
