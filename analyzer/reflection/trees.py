"""Boosted trees of three questions each, in plain numpy; models/reflection/train.py fits them with scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.reflection.features import SentenceTable

DEPTH = 3
STRETCH = 5
"""Sentences before, and after, whose mean is looked at."""
AT_ONCE = 512
"""Rows asked at once: answers of all trees stay in the processor's cache."""


def tree_features(table: SentenceTable, probabilities: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """(n, d) float32: what is said of a sentence, of two on either side, of the stretches before and behind it, and of its
    essay (mean, best, second best); where it stands; how formulaic it, its neighbours and its essay are."""
    log = np.log(np.clip(probabilities, 1e-4, 1))
    chance = chance[:, None]
    odds = np.log(np.clip(chance, 1e-4, 1) / np.clip(1 - chance, 1e-4, 1))
    around = [table.neighbour(log, steps) for steps in (1, -1, 2, -2)]
    stretches = [sum(table.neighbour(probabilities, side * steps) for steps in range(1, STRETCH + 1)) / STRETCH for side in (1, -1)]
    formulaic = [table.neighbour(chance, 1), table.neighbour(chance, -1), table.essay_mean(chance)]
    return np.hstack([
        log, odds, *around, table.essay_mean(probabilities), table.place, *stretches, table.essay_best(probabilities), *formulaic,
    ]).astype(np.float32)


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
