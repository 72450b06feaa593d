"""Which pairs of documents are worth aligning: those that share fingerprints few others have, or near sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.copying.document import Document
from analyzer.copying.fingerprints import winnow
from analyzer.copying.meaning import SentenceSpace

COMMON = 40
"""A fingerprint in more documents than this belongs to everybody; a copied passage always holds rarer ones."""

SHARED = 2
"""Fingerprints that a pair must share."""


def lexical_pairs(documents: Sequence[Document], common: int = COMMON, shared: int = SHARED) -> np.ndarray:
    """(p, 2) indices a < b of documents that share at least ``shared`` fingerprints; library × library left out.

    One self-join of (fingerprint, document): the same formulation runs in numpy, in a database or on a cluster.
    """
    prints, owners = [], []
    for index, document in enumerate(documents):
        # quoted k-grams (0) are dropped before winnowing, so that they cannot hide their neighbours
        hashes = document.hashes[document.hashes != 0]
        unique = np.unique(hashes[winnow(hashes)])
        prints.append(unique)
        owners.append(np.full(len(unique), index))
    if not prints:
        return np.zeros((0, 2), int)
    fingerprint, owner = np.concatenate(prints), np.concatenate(owners)
    order = np.lexsort((owner, fingerprint))
    fingerprint, owner = fingerprint[order], owner[order]
    starts = np.flatnonzero(np.append(True, fingerprint[1:] != fingerprint[:-1]))
    sizes = np.diff(np.append(starts, len(fingerprint)))
    pairs = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= common)]):
        rows = owner[starts[sizes == size][:, None] + np.arange(size)]
        a, b = np.triu_indices(size, 1)
        pairs.append(np.stack([rows[:, a].ravel(), rows[:, b].ravel()], axis=1))
    if not pairs:
        return np.zeros((0, 2), int)
    joined, count = np.unique(np.concatenate(pairs), axis=0, return_counts=True)
    return _comparable(documents, joined[count >= shared])


def all_pairs(documents: Sequence[Document]) -> np.ndarray:
    """(p, 2) indices a < b of every pair with at least one essay of the batch: for batches where that is cheap."""
    return _comparable(documents, np.stack(np.triu_indices(len(documents), 1), axis=1))


def _comparable(documents: Sequence[Document], pairs: np.ndarray) -> np.ndarray:
    in_batch = np.array([document.where == "batch" for document in documents], bool)
    return pairs[in_batch[pairs].any(axis=1)] if len(pairs) else pairs.reshape(0, 2)


def near_pairs(documents: Sequence[Document], space: SentenceSpace, partners: int = 12, nearest: int = 10) -> np.ndarray:
    """(p, 2) indices a < b: for each document of the batch the ``partners`` that most of its sentences lie nearest to.

    Each sentence votes for the documents of its ``nearest`` sentences (CSLS), nearer ones with more weight.
    """
    votes: dict[tuple[int, int], float] = {}
    for start in range(0, len(space.centred), 1024):
        owner = space.document[start : start + 1024]
        score = 2 * space.centred[start : start + 1024] @ space.centred.T - space.hubness[None]
        score[owner[:, None] == space.document[None]] = -np.inf
        k = min(nearest, score.shape[1] - 1)
        top = np.argpartition(-score, k, axis=1)[:, :k]
        value = np.take_along_axis(score, top, axis=1) - space.hubness[start : start + 1024, None]
        for document, others, values in zip(owner, space.document[top], value):
            for other, vote in zip(others, np.exp(4 * values)):
                key = (int(document), int(other))
                votes[key] = votes.get(key, 0.0) + float(vote)
    ranked: dict[int, list[tuple[float, int]]] = {}
    for (document, other), vote in votes.items():
        ranked.setdefault(document, []).append((vote, other))
    chosen = {
        (min(document, other), max(document, other))
        for document, others in ranked.items() for _, other in sorted(others, reverse=True)[:partners]
    }
    return _comparable(documents, np.array(sorted(chosen), int).reshape(-1, 2))
