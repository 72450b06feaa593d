"""How well two judgements agree, with intervals: for levels, scores and labels alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

LEVELS = 4


def weighted_kappa(one: Sequence[int], other: Sequence[int], levels: int = LEVELS) -> float:
    """Quadratic weighted kappa (Cohen 1968) of levels 1 to ``levels``; 0 where chance alone would agree wholly."""
    table = confusion(np.asarray(one, int) - 1, np.asarray(other, int) - 1, levels).astype(float)
    far = (np.arange(levels)[:, None] - np.arange(levels)[None]) ** 2
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(1.0, table.sum())
    expected = float((far * by_chance).sum())
    return 1 - float((far * table).sum()) / expected if expected else 0.0


def confusion(true: Sequence[int], said: Sequence[int], classes: int) -> np.ndarray:
    """(classes, classes) counts, rows what is true."""
    table = np.zeros((classes, classes), int)
    np.add.at(table, (np.asarray(true, int), np.asarray(said, int)), 1)
    return table


def macro_f1(true: Sequence, said: Sequence) -> float:
    """Mean F1 over the classes that occur in ``true``."""
    return float(np.mean(list(class_f1(true, said).values())))


def class_f1(true: Sequence, said: Sequence) -> dict:
    """F1 by class that occurs in ``true``."""
    true, said = np.asarray(true), np.asarray(said)
    hits = {c: int(((true == c) & (said == c)).sum()) for c in np.unique(true).tolist()}
    return {c: 2 * n / max(1, int((true == c).sum()) + int((said == c).sum())) for c, n in hits.items()}


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's; NaN where one of them does not vary."""
    from scipy.stats import rankdata

    a, b = rankdata(one), rankdata(other)
    return float(np.corrcoef(a, b)[0, 1]) if len(a) > 1 and np.ptp(a) and np.ptp(b) else float("nan")


def median_level(levels: Sequence[int]) -> int:
    """The readers' median, rounded half up."""
    return int(np.floor(np.median(levels) + 0.5))


def readers_kappa(readings: Sequence[Sequence[int]]) -> float:
    """Mean over pairs of readers of the weighted kappa; ``readings``: (essays, readers)."""
    table = np.asarray(readings, int)
    pairs = [weighted_kappa(table[:, a], table[:, b]) for a, b in combinations(range(table.shape[1]), 2)]
    return float(np.mean(pairs)) if pairs else float("nan")


def bootstrap(
    figure: Callable[..., float], *columns: np.ndarray, groups: np.ndarray | None = None, resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile interval of ``figure(*columns)``, resampling rows, or whole groups of rows (sentences of an essay)."""
    rng = np.random.default_rng(seed)
    columns = [np.asarray(column) for column in columns]
    if groups is None:
        parts = None
        n = len(columns[0])
    else:
        number = np.unique(groups, return_inverse=True)[1]
        parts = np.split(np.argsort(number, kind="stable"), np.cumsum(np.bincount(number))[:-1])
        n = len(parts)
    found = []
    for _ in range(resamples):
        drawn = rng.integers(0, n, n)
        rows = drawn if parts is None else np.concatenate([parts[k] for k in drawn])
        found.append(figure(*(column[rows] for column in columns)))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)
