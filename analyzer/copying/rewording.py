"""Pairs of documents of which one is a reworded copy of the other, though they share hardly a run of characters.

The chain of sentence pairs through two documents is compared with the chains to all their other partners: slogans go
with everybody's slogans, a retold experience goes with one other text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analyzer.copying.chain import best_chains
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import SentenceSpace
from analyzer.parallel import in_threads

Progress = Callable[[int, int], None]

CLIP = 6.0
"""No single pair of sentences counts more than this (log odds), so that one shared heading cannot make a chain."""

OFFSET = 1.0
"""Log odds that a pair of sentences must have for a chain to gain by it."""

PAIRS_AT_ONCE = 1000

CHAIN_FEATURES = ("score", "log_score", "common", "margin_a", "margin_b", "margin_third")


@dataclass(frozen=True, slots=True)
class Chain:
    """The best chain of one pair of documents: indices of documents, (row, column) pairs among their sentences."""

    a: int
    b: int
    score: float
    path: tuple[tuple[int, int], ...]
    common: float
    """Mean commonness of what the chain's sentences say."""


def find_chains(
    space: SentenceSpace, pairs: np.ndarray, model: Logistic, progress: Progress | None = None
) -> list[Chain]:
    """The best chain of each pair (p, 2) of documents, in the order of ``pairs``."""
    chains: list[Chain] = []
    blocks = [pairs[start : start + PAIRS_AT_ONCE] for start in range(0, len(pairs), PAIRS_AT_ONCE)]
    for found in in_threads(lambda block: _chains(space, block, model), blocks):
        chains += found
        if progress:
            progress(len(chains), len(pairs))
    return chains


def _chains(space: SentenceSpace, pairs: np.ndarray, model: Logistic) -> list[Chain]:
    scores, commons = [], []
    for features in pair_features(space, pairs):
        scores.append(np.clip(model.log_odds(features), -CLIP, CLIP) - OFFSET)
        commons.append(features[..., 7] / 2)
    kept = [k for k, s in enumerate(scores) if s.size]
    found = dict(zip(kept, best_chains([scores[k] for k in kept])))
    chains, steps = [], {}  # a step that many chains take is held once: of a large batch there are ten million
    for k, (a, b) in enumerate(pairs):
        score, path = found.get(k, (0.0, []))
        common = float(np.mean([commons[k][i, j] for i, j in path])) if path else 0.0
        chains.append(Chain(int(a), int(b), score, tuple(map(steps.setdefault, path, path)), common))
    return chains


def pair_features(space: SentenceSpace, pairs: np.ndarray) -> Iterator[np.ndarray]:
    """For each pair (a, b) in order its (n, m, features); neighbouring pairs with one ``a`` are computed together."""
    start = 0
    while start < len(pairs):
        a = pairs[start, 0]
        end = start + int(np.argmax(np.append(pairs[start:, 0], -1) != a))
        partners = [space.rows(b) for b in pairs[start:end, 1]]
        features = space.features(space.rows(a), np.concatenate(partners))
        yield from np.split(features, np.cumsum([len(p) for p in partners])[:-1], axis=1)
        start = end


def chain_features(chains: list[Chain], documents: int) -> np.ndarray:
    """(len(chains), len(CHAIN_FEATURES)): the chain itself, and by how much it beats each side's other partners."""
    best = np.zeros((documents, 4))  # each document's four best chain scores, descending
    for chain in chains:
        for document in (chain.a, chain.b):
            row = best[document]
            if chain.score > row[-1]:
                row[-1] = chain.score
                row[::-1].sort()
    rows = []
    for chain in chains:
        a, b = (_without(best[d], chain.score) for d in (chain.a, chain.b))
        rows.append((chain.score, np.log1p(chain.score), chain.common, chain.score - a[1], chain.score - b[1],
                     chain.score - max(a[2], b[2])))
    return np.array(rows, float).reshape(-1, len(CHAIN_FEATURES))


def _without(best: np.ndarray, score: float) -> np.ndarray:
    """The three best scores of a document when one chain of this score is taken out."""
    at = np.flatnonzero(best == score)
    return np.delete(best, at[0] if len(at) else len(best) - 1)
