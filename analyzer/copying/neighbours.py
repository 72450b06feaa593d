"""The nearest sentences of every sentence: all against all in a small comparison, through an index in a large one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analyzer.copying.middle import middle
from analyzer.parallel import in_threads
from analyzer.text.encode import Vectors

NEAREST = 10
"""Neighbours that make a sentence's hubness (CSLS: Conneau et al. 2018, Word Translation Without Parallel Data)."""

SEARCHED = 24
"""Different sentences looked up for each, of which NEAREST are taken once those of its own document are left out."""

EXACT = 20_000
"""Different sentences up to which all are compared with all."""

OFTEN = 6
"""A sentence that stands in more documents than this is 套话: sharing it ties no two of them together."""

_STACKED = 16
"""Cosines of one row of which the largest is found before any are sorted."""

_DIMENSIONS, _LISTS, _PROBES = 192, 4.0, 12
"""Of the index (faiss IVF): principal components kept, lists a square root of the sentences, lists searched. On sentences of
made batches, a random walk's, of the ten nearest half are found; see docs/performance.md."""


@dataclass(frozen=True)
class Near:
    """Neighbours among the different sentences of a comparison.

    ``index`` (n,) is each row's number among the different sentences, ``document`` (n,) its document.
    """

    index: np.ndarray
    document: np.ndarray
    others: np.ndarray
    """(u, k) numbers of near different sentences, nearest first; -1 where there are fewer."""
    cosine: np.ndarray
    """(u, k) float32, descending."""

    def hubness(self) -> np.ndarray:
        """(n,) mean cosine of each row to its NEAREST rows of other documents; a repeated sentence counts as often as it stands."""
        times, only = self._held
        hubness = np.zeros(len(self.index), np.float32)
        for start in range(0, len(self.index), 1 << 16):
            block = slice(start, start + (1 << 16))
            own = self.index[block]
            others, cosine = self.others[own], self.cosine[own]
            weight = np.where(others < 0, 0, times[others] - (only[others] == self.document[block, None]))
            # the sentence itself, as often as others say it word for word
            weight = np.column_stack([times[own] - 1, weight])
            cosine = np.column_stack([np.ones(len(own), np.float32), cosine])
            before = np.cumsum(weight, axis=1) - weight
            taken = np.clip(NEAREST - before, 0, weight)
            hubness[block] = (taken * cosine).sum(axis=1) / np.maximum(taken.sum(axis=1), 1)
        return hubness

    def votes(self, hubness: np.ndarray, rows: np.ndarray | None = None, most: int = NEAREST) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(v,) rows, (v,) rows of other documents among the ``most`` nearest of each by CSLS, (v,) that CSLS.

        ``rows``: whose votes are asked for, all by default.
        """
        rows = np.arange(len(self.index)) if rows is None else rows
        times, _ = self._held
        order, first = self._standing
        mean = np.bincount(self.index, hubness) / np.maximum(times, 1)
        found = []
        for start in range(0, len(rows), 1 << 16):
            block = rows[start : start + (1 << 16)]
            own = self.index[block]
            others = np.column_stack([own, self.others[own]])
            score = 2 * np.column_stack([np.ones(len(own)), self.cosine[own]]) - mean[others]
            score[(others < 0) | (times[others] > OFTEN)] = -np.inf
            kept = np.argpartition(-score, min(most, score.shape[1] - 1), axis=1)[:, :most]
            voter = np.repeat(block, kept.shape[1])
            other, value = np.take_along_axis(others, kept, 1).ravel(), np.take_along_axis(score, kept, 1).ravel()
            voter, other, value = (x[np.isfinite(value)] for x in (voter, other, value))
            count = times[other]  # every place where the other sentence stands
            place = first[np.repeat(other, count)] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            voter, row, value = np.repeat(voter, count), order[place], np.repeat(value, count)
            apart = self.document[voter] != self.document[row]
            found.append((voter[apart], row[apart], value[apart] - hubness[voter[apart]]))
        return tuple(np.concatenate(part) for part in zip(*found))

    @cached_property
    def _standing(self) -> tuple[np.ndarray, np.ndarray]:
        """(n,) rows in the order of the different sentences, (u,) where in it each one's rows begin."""
        order = np.argsort(self.index, kind="stable")
        return order, np.searchsorted(self.index[order], np.arange(len(self.others)))

    @cached_property
    def _held(self) -> tuple[np.ndarray, np.ndarray]:
        """(u,) how often each different sentence stands, (u,) its document where that is one alone, else -1."""
        times = np.bincount(self.index, minlength=len(self.others))
        only = np.full(len(times), -1)
        only[self.index] = self.document
        only[times > 1] = -1
        return times, only


def search(centred: Vectors, index: np.ndarray, document: np.ndarray) -> Near:
    """Neighbours of each of the (u, d) unit rows ``centred``; ``index`` and ``document`` as in ``Near``."""
    k = min(SEARCHED, len(centred) - 1)
    if k < 1:
        return Near(index, document, np.full((len(centred), 1), -1), np.zeros((len(centred), 1), np.float32))
    others, cosine = _all_against_all(centred, k) if len(centred) <= EXACT else _by_index(centred, k)
    return Near(index, document, others, cosine)


def _all_against_all(centred: Vectors, k: int) -> tuple[np.ndarray, np.ndarray]:
    rows = centred[:]
    u = len(rows)
    padded = np.concatenate([rows, np.zeros((-u % _STACKED, rows.shape[1]), rows.dtype)])

    def nearest(start: int) -> tuple[np.ndarray, np.ndarray]:
        score = rows[start : start + 512] @ padded.T
        score[np.arange(len(score)), np.arange(start, start + len(score))] = -2
        score[:, u:] = -2
        # what is among the k largest lies in one of the k stacks with the largest maxima: fewer need be put in order
        highest = score.reshape(len(score), _STACKED, -1).max(axis=1)
        stack = np.argpartition(highest, -min(k, highest.shape[1]), axis=1)[:, -k:]
        place = (stack[:, :, None] + highest.shape[1] * np.arange(_STACKED)).reshape(len(score), -1)
        value = np.take_along_axis(score, place, 1)
        top = np.argpartition(value, -k, axis=1)[:, -k:]
        place, value = np.take_along_axis(place, top, 1), np.take_along_axis(value, top, 1)
        order = np.argsort(-value, axis=1, kind="stable")
        return np.take_along_axis(place, order, 1).astype(np.int32), np.take_along_axis(value, order, 1)

    found = in_threads(nearest, range(0, u, 512))
    return tuple(np.concatenate(part) for part in zip(*found))


def _by_index(centred: Vectors, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The same through an inverted file over principal components (Jégou et al. 2011; faiss), cosines then taken exactly."""
    import faiss

    u, d = len(centred), centred.shape[1]
    sample = centred[np.sort(np.random.default_rng(0).choice(u, min(u, 20_000), replace=False))]
    kept = min(_DIMENSIONS, d)
    _, directions = np.linalg.eigh(sample.T @ sample)
    directions = np.ascontiguousarray(directions[:, -kept:], np.float32)
    project = lambda rows: np.ascontiguousarray(rows @ directions)
    lists = int(_LISTS * np.sqrt(u))
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(kept), kept, lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = 8, 64, 1
    training = np.sort(np.random.default_rng(1).choice(u, min(u, 64 * lists), replace=False))
    index.train(np.concatenate([project(centred[part]) for part in np.array_split(training, 1 + len(training) // 8192)]))
    for start in range(0, u, 8192):
        index.add(project(centred[start : start + 8192]))
    index.nprobe = _PROBES
    plain = Vectors(centred.unique, centred.index)
    between = middle(plain, centred.mean)
    others, cosine = np.empty((u, k), np.int32), np.empty((u, k), np.float32)
    for start in range(0, u, 1024):
        own = np.arange(start, min(start + 1024, u))
        _, found = index.search(project(centred[own]), k + 1)
        found[found == own[:, None]] = -1  # the sentence itself
        value = np.stack([near @ row for row, near in zip(plain[own], plain[found.ravel()].reshape(*found.shape, d))])
        value = value - between.along[own, None] - between.along[found] + between.square
        value /= between.apart[own, None] * between.apart[found]
        value[found < 0] = -2
        order = np.argsort(-value, axis=1, kind="stable")[:, :k]
        others[own] = np.take_along_axis(found, order, 1)
        cosine[own] = np.take_along_axis(value, order, 1)
    return others, cosine
