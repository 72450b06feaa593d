"""A small convolutional network over the sentences of an essay: words and vectors in, what each sentence does out.

It reads the three sentences around each (near), then five of what it made of those (wide), then the essay's mean. Plain
numpy here; models/reflection/fit_network.py fits it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.reflection.features import SentenceTable


@dataclass(frozen=True)
class ContextNetwork:
    """Weights; h is the width of the network."""

    slots: np.ndarray
    """(k,) columns of the table's hashed words that it reads: those met in most campaigns."""
    words: np.ndarray
    """(k, h)"""
    mean: np.ndarray
    scale: np.ndarray
    """(d,) of the dense inputs: principal components of the vector, and the place."""
    dense_weights: np.ndarray
    """(d, h)"""
    dense_intercept: np.ndarray
    near_weights: np.ndarray
    """(3, 2 h, h)"""
    near_intercept: np.ndarray
    wide_weights: np.ndarray
    """(5, h, h)"""
    wide_intercept: np.ndarray
    out_weights: np.ndarray
    """(6 h, labels)"""
    out_intercept: np.ndarray

    def scores(self, table: SentenceTable, dense: np.ndarray) -> np.ndarray:
        """(n, labels) log-odds up to a constant a row; ``dense`` as ``dense_inputs`` gives it."""
        by_words = np.asarray(table.hashed[:, self.slots] @ self.words)
        by_vector = ((dense - self.mean) / self.scale) @ self.dense_weights + self.dense_intercept
        own = np.maximum(np.hstack([by_words, by_vector]), 0)
        near = np.maximum(_around(table, own, self.near_weights) + self.near_intercept, 0)
        wide = np.maximum(_around(table, near, self.wide_weights) + self.wide_intercept, 0)
        return np.hstack([own, near, wide, table.essay_mean(own)]) @ self.out_weights + self.out_intercept


def dense_inputs(table: SentenceTable, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """(n, d): principal components of the sentence's vector, and its place."""
    return np.hstack([(table.vectors - mean) @ components.T, table.place])


def _around(table: SentenceTable, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Convolution along each essay; nothing beyond its ends."""
    reach = len(weights) // 2
    moved = lambda offset: table.neighbour(values, -offset) if offset else values
    return sum(moved(k - reach) @ w for k, w in enumerate(weights))
