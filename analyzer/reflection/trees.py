"""Boosted trees of three questions each, in plain numpy; models/reflection/train.py fits them with scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEPTH = 3
AT_ONCE = 512
"""Rows asked at once: answers of all trees stay in the processor's cache."""


@dataclass(frozen=True)
class BoostedTrees:
    """Trees numbered round by round, one a label in each round; inner nodes in the order of a heap."""

    baseline: np.ndarray
    """(labels,)"""
    feature: np.ndarray
    """(trees, 7) column asked about."""
    threshold: np.ndarray
    """(trees, 7): up to it a row goes left."""
    value: np.ndarray
    """(trees, 8) what each leaf adds to its label's score."""

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(n, labels) log-odds up to a constant a row."""
        labels, trees = len(self.baseline), np.arange(len(self.feature))
        found = np.empty((len(features), labels))
        for start in range(0, len(features), AT_ONCE):
            part = features[start : start + AT_ONCE]
            rows = np.arange(len(part))[:, None]
            node = np.zeros((len(part), len(trees)), np.intp)
            for _ in range(DEPTH):
                node = 2 * node + 1 + (part[rows, self.feature[trees, node]] > self.threshold[trees, node])
            leaves = self.value[trees, node - (2**DEPTH - 1)]
            found[start : start + AT_ONCE] = self.baseline + leaves.reshape(len(part), -1, labels).sum(axis=1)
        return found
