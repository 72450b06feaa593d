"""Vectors of very many sentences in a file, searched for the nearest ones; it grows, and is never computed anew for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analyzer.saving import whole

DIMENSIONS, PROBES, PROBED = 192, 48, 16
"""Principal components kept, a byte each; lists searched at least, and one in how many: more than in neighbours.py, since only new
sentences are looked up. Of the sources of heavily reworded copies among 3,364 earlier essays 64 of 87 are chosen with 12 lists of
1,128, 73 with 48, 77 with 70, 79 with 400."""

SAMPLED = 64
"""Sentences a list from which its centre is learnt, at most."""

_AT_ONCE = 8192


class SentenceIndex:
    """An inverted file over centred principal components (Jégou et al. 2011; faiss).

    What all sentences have in common, the components and the lists are learnt from the first sentences that are added.

    Parameters
    ----------
    path : of the file; read if it is there. RuntimeError where it is none of ours.
    expected : sentences for which the lists are laid out.
    """

    def __init__(self, path: Path, expected: int) -> None:
        import faiss

        self._path, self._expected = Path(path), expected
        self._index = faiss.deserialize_index(np.fromfile(self._path, np.uint8)) if self._path.exists() else None

    def __len__(self) -> int:
        return self._index.ntotal if self._index else 0

    def add(self, ids: np.ndarray, rows) -> None:
        """(n,) int64 ids of the (n, d) unit ``rows`` (anything that gives float32 rows where it is indexed)."""
        if not len(ids):
            return
        if self._index is None:
            self._index = self._learnt(rows)
        for start in range(0, len(ids), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            self._index.add_with_ids(np.ascontiguousarray(rows[part], np.float32), np.ascontiguousarray(ids[part]))

    def _learnt(self, rows):
        import faiss

        n, d = rows.shape
        kept = min(DIMENSIONS, d, n)
        lists = max(1, min(int(4 * np.sqrt(self._expected)), n // 8))
        coarse = faiss.IndexFlatIP(kept)
        lists_ = faiss.IndexIVFScalarQuantizer(coarse, kept, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        lists_.cp.niter, lists_.cp.max_points_per_centroid, lists_.cp.min_points_per_centroid = 8, SAMPLED, 1
        index = faiss.IndexPreTransform(lists_)
        for step in (faiss.PCAMatrix(d, kept), faiss.NormalizationTransform(d), faiss.CenteringTransform(d)):
            index.prepend_transform(step)
        sample = np.sort(np.random.default_rng(0).choice(n, min(n, SAMPLED * lists), replace=False))
        index.train(np.ascontiguousarray(rows[sample], np.float32))
        return index

    def search(self, rows, k: int) -> tuple[np.ndarray, np.ndarray]:
        """(n, k) int64 ids of the nearest sentences, -1 where there are fewer, and (n, k) float32 their centred cosines, 0 there."""
        import faiss

        if not len(self) or not len(rows):
            return np.full((len(rows), k), -1), np.zeros((len(rows), k), np.float32)
        lists = faiss.extract_index_ivf(self._index)
        lists.nprobe = max(PROBES, lists.nlist // PROBED)
        found = [self._index.search(np.ascontiguousarray(rows[start : start + _AT_ONCE], np.float32), k)
                 for start in range(0, len(rows), _AT_ONCE)]
        cosine, ids = (np.concatenate(part) for part in zip(*found))
        return ids, np.where(ids == -1, 0, cosine)  # ids are hashes, and may be below 0

    def save(self) -> None:
        """Write the file, whole or not at all."""
        import faiss

        if self._index is None:
            return
        with whole(self._path, flushed=True) as unfinished:  # faiss itself cannot open every name that Windows allows
            faiss.serialize_index(self._index).tofile(unfinished)
