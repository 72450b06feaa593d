"""Two groups side by side: how large the difference is (with an interval), and whether it may be chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import asin, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analyzer.compare.intervals import SEED, newcombe

DELTA_STEPS = (0.147, 0.33, 0.474)
"""Where Cliff's delta becomes small, medium, large: Romano et al. (2006), as in R's effsize."""
H_STEPS = (0.2, 0.5, 0.8)
"""The same for Cohen's h, the difference of two shares on the arcsine scale: Cohen (1988, p. 184)."""
MAGNITUDES = ("negligible", "small", "medium", "large")
PERMUTE_BELOW = 100
"""With a smaller group than this a small asymptotic p is checked by permutation: ties and skew make it too small."""
ROUND, ENOUGH = 1_000, 400
"""Permutations come in rounds of ROUND, until ENOUGH were as extreme (then p is known to 5 %): Besag & Clifford (1991)."""


def cliffs_delta(a: NDArray, b: NDArray) -> tuple[float, float, float]:
    """Cliff's delta of ``a`` over ``b`` and its 95 % interval.

    Interval: Cliff (1996), the asymmetric one, with Student's t as Feng & Cliff (2004) advise, which is the default of
    R's effsize; where the groups do not overlap, from the smaller group's size as in R's orddom.
    """
    n, m = len(a), len(b)
    a, b = np.sort(a, kind="stable"), np.sort(b, kind="stable")
    rows = (np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")) / m - 1
    columns = 1 - (np.searchsorted(a, b, "left") + np.searchsorted(a, b, "right")) / n
    delta = float(rows.mean())
    t = float(stats.t.ppf(0.975, n + m - 2))
    if abs(delta) == 1:
        inner = (min(n, m) - t * t) / (min(n, m) + t * t)
        return (delta, max(inner, -1.0), 1.0) if delta > 0 else (delta, -1.0, min(-inner, 1.0))
    return delta, *delta_interval(delta, delta_variance(rows, columns, delta, _tied_pairs(a, b)), t)


def delta_interval(delta: float, variance: float, t: float) -> tuple[float, float]:
    """Cliff's (1996) asymmetric interval; ``t`` is the quantile."""
    spread = t * sqrt(variance) * sqrt((1 - delta**2) ** 2 + t * t * variance)
    middle, scale = delta - delta**3, 1 - delta**2 + t * t * variance
    return (middle - spread) / scale, (middle + spread) / scale


def delta_variance(rows: NDArray, columns: NDArray, delta: float, ties: int) -> float:
    """Cliff's (1996) unbiased estimate, from the dominance of each member over the other group, with his lower bound."""
    n, m = len(rows), len(columns)
    by_row, by_column = float(((rows - delta) ** 2).sum()), float(((columns - delta) ** 2).sum())
    by_cell = n * m - ties - n * m * delta**2
    variance = (m * m * by_row + n * n * by_column - by_cell) / (n * m * (n - 1) * (m - 1))
    return max(variance, (1 - delta**2) / (n * m - 1))


def _tied_pairs(a: NDArray, b: NDArray) -> int:
    """How many pairs of the sorted ``a`` and ``b`` are equal."""
    return int((np.searchsorted(b, a, "right") - np.searchsorted(b, a, "left")).sum())


def mann_whitney(a: NDArray, b: NDArray, permute: bool = True) -> float:
    """Two-sided p. Asymptotic with tie correction; by permutation where a group is small and p is not clearly large.

    Without ``permute`` only up to 40 essays are permuted: enough to see which of many differences are worth it.
    """
    pooled = np.concatenate([a, b])
    if pooled.min() == pooled.max():
        return 1.0
    p = float(stats.mannwhitneyu(a, b, alternative="two-sided", method="asymptotic").pvalue)
    smaller = min(len(a), len(b))
    if smaller >= PERMUTE_BELOW or (len(pooled) > 40 and (p > 0.1 or not permute)):
        return p
    ranks = stats.rankdata(pooled)
    own = ranks[: len(a)] if len(a) <= len(b) else ranks[len(a) :]
    expected = smaller * (len(pooled) + 1) / 2
    observed = abs(float(own.sum()) - expected)
    return permuted_p(observed, lambda rng: np.abs(_subset_sums(ranks, smaller, rng) - expected), rounds=20)


def permuted_p(observed: float, draw: Callable[[np.random.Generator], NDArray], rounds: int) -> float:
    """Share of permutations at least as extreme as ``observed``, counting itself; ``draw`` gives ROUND statistics >= 0.

    Never below 1 / (rounds * ROUND + 1), which has to leave room for Holm's correction.
    """
    rng = np.random.default_rng(SEED)
    extreme = 0
    for done in range(1, rounds + 1):
        extreme += int((draw(rng) >= observed - 1e-9).sum())
        if extreme >= ENOUGH:
            break
    return (extreme + 1) / (done * ROUND + 1)


def _subset_sums(values: NDArray, size: int, rng: np.random.Generator) -> NDArray:
    """Sums over ROUND random subsets of ``values``: indices drawn, those drawn twice drawn again until none is."""
    drawn = np.sort(rng.integers(0, len(values), (ROUND, size)), axis=1)
    while True:
        twice = np.zeros(drawn.shape, bool)
        twice[:, 1:] = drawn[:, 1:] == drawn[:, :-1]
        if not twice.any():
            return values[drawn].sum(axis=1)
        drawn[twice] = rng.integers(0, len(values), int(twice.sum()))
        drawn.sort(axis=1)


def share_difference(a: NDArray, b: NDArray) -> tuple[float, float, float]:
    """Difference of the shares of 1 among 0 and 1, with Newcombe's interval."""
    count_a, count_b = int(a.sum()), int(b.sum())
    low, high = newcombe(count_a, len(a), count_b, len(b))
    return count_a / len(a) - count_b / len(b), low, high


def fisher(a: NDArray, b: NDArray) -> float:
    """Fisher's exact two-sided p for two groups of 0 and 1."""
    count_a, count_b = int(a.sum()), int(b.sum())
    return float(stats.fisher_exact([[count_a, len(a) - count_a], [count_b, len(b) - count_b]]).pvalue)


def magnitude_of_delta(delta: float) -> str:
    return MAGNITUDES[int(np.searchsorted(DELTA_STEPS, abs(delta), "right"))]


def magnitude_of_shares(a: float, b: float) -> str:
    """By Cohen's h: 1 % against 5 % is more than 41 % against 45 %."""
    h = abs(2 * asin(sqrt(a)) - 2 * asin(sqrt(b)))
    return MAGNITUDES[int(np.searchsorted(H_STEPS, h, "right"))]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's (1979) step-down correction; None (not tested) stays None and does not count."""
    tested = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for step, (p, index) in enumerate(tested):
        highest = max(highest, min(1.0, p * (len(tested) - step)))
        corrected[index] = highest
    return corrected
