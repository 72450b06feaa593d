"""Ordered trend over groups, alone or within strata: Jonckheere–Terpstra for scores, Cochran–Armitage for shares."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analyzer.compare.differences import ROUND, permuted_p

PERMUTE_UP_TO = 100
"""Up to so many essays the p-value comes from permutations (DescTools' limit too), above from the normal distribution."""
FEW = 50
"""With fewer positives (or negatives) than this a share's p-value comes from the conditional distribution itself."""

_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class TrendTest:
    z: float
    """Positive where values rise with the group number."""
    p: float
    """Two-sided."""
    method: str
    strata: int = 1
    """Strata that hold at least two groups, the others say nothing."""


def jonckheere(
    values: NDArray,
    groups: NDArray,
    strata: NDArray | None = None,
    permute: bool = True,
) -> TrendTest | None:
    """Jonckheere–Terpstra test with correction for ties; with strata the sum over strata weighted by 1 / (N + 1).

    ``groups`` are integers in the hypothesized order. The weights are van Elteren's (1960), so that two groups give
    his test. Variance with ties: Hollander & Wolfe (1999), eq. 6.19. None where no stratum holds two groups.
    """
    parts = [(_Ranked(values[s], groups[s]), s.sum()) for s in _informative(groups, strata)]
    if not parts:
        return None
    weights = [1 / (n + 1) if strata is not None else 1.0 for _, n in parts]
    excess = sum(w * part.excess for w, (part, _) in zip(weights, parts))
    variance = sum(w * w * part.variance for w, (part, _) in zip(weights, parts))
    name = "Jonckheere–Terpstra"
    if variance <= 0:
        return TrendTest(0.0, 1.0, name, len(parts))
    z = excess / sqrt(variance)
    if not permute or sum(n for _, n in parts) > PERMUTE_UP_TO:
        return TrendTest(z, float(2 * stats.norm.sf(abs(z))), name, len(parts))

    def draw(rng: np.random.Generator) -> NDArray:
        return np.abs(sum(w * part.permuted(rng) for w, (part, _) in zip(weights, parts)))

    return TrendTest(z, permuted_p(abs(excess), draw, _ROUNDS), name + "（置换）", len(parts))


def cochran_armitage(
    positive: NDArray,
    groups: NDArray,
    strata: NDArray | None = None,
    permute: bool = True,
) -> TrendTest | None:
    """Trend of a share over the group numbers; with strata Mantel's (1963) extension (two groups: Mantel–Haenszel).

    The variance is Mantel's conditional one in both cases, (N - 1) where Armitage has N. None as above.
    """
    parts = [_Counted(positive[s], groups[s]) for s in _informative(groups, strata)]
    if not parts:
        return None
    excess = sum(part.excess for part in parts)
    variance = sum(part.variance for part in parts)
    if variance <= 0:
        return TrendTest(0.0, 1.0, "Cochran–Armitage", len(parts))
    z = excess / sqrt(variance)
    total, count = sum(part.n for part in parts), sum(part.count for part in parts)
    if not permute or (total > PERMUTE_UP_TO and min(count, total - count) >= FEW):
        return TrendTest(z, float(2 * stats.norm.sf(abs(z))), "Cochran–Armitage", len(parts))
    p = permuted_p(abs(excess), lambda rng: np.abs(sum(part.drawn(rng) for part in parts)), _ROUNDS)
    return TrendTest(z, p, "Cochran–Armitage（置换）", len(parts))


def _informative(groups: NDArray, strata: NDArray | None) -> list[NDArray]:
    """Masks of the strata with at least two groups."""
    if strata is None:
        strata = np.zeros(len(groups), int)
    masks = (strata == stratum for stratum in np.unique(strata))
    return [mask for mask in masks if len(np.unique(groups[mask])) > 1]


class _Ranked:
    """One stratum of the Jonckheere–Terpstra test."""

    def __init__(self, values: NDArray, groups: NDArray) -> None:
        order = np.lexsort((groups, values))  # by group within ties: the essays' order must not matter
        self._labels = groups[order]
        self._kinds = np.unique(groups)
        _, self._starts, ties = np.unique(values[order], return_index=True, return_counts=True)
        sizes = np.array([(groups == kind).sum() for kind in self._kinds])
        self._expected = (len(values) ** 2 - (sizes**2).sum()) / 4
        self.excess = float(self._statistic(self._labels[None])[0])
        self.variance = _tied_variance(len(values), sizes.astype(float), ties.astype(float))

    def _statistic(self, labels: NDArray) -> NDArray:
        """J minus its expectation for each row of labels (in the order of the values)."""
        counts = [np.add.reduceat((labels == kind).astype(float), self._starts, axis=1) for kind in self._kinds]
        total = np.zeros(len(labels))
        below = np.zeros_like(counts[0])
        for count in counts:
            total += (count * below).sum(axis=1)
            below = below + np.cumsum(count, axis=1) - count / 2
        return total - self._expected

    def permuted(self, rng: np.random.Generator) -> NDArray:
        return self._statistic(rng.permuted(np.tile(self._labels, (ROUND, 1)), axis=1))


def _tied_variance(n: int, sizes: NDArray, ties: NDArray) -> float:
    def second(k):
        return k * (k - 1)

    def third(k):
        return k * (k - 1) * (k - 2)

    def main(k):
        return k * (k - 1) * (2 * k + 5)

    variance = (main(n) - main(sizes).sum() - main(ties).sum()) / 72
    variance += second(sizes).sum() * second(ties).sum() / (8 * second(n))
    if n > 2:
        variance += third(sizes).sum() * third(ties).sum() / (36 * third(n))
    return float(variance)


class _Counted:
    """One stratum of the test for shares."""

    def __init__(self, positive: NDArray, groups: NDArray) -> None:
        self._kinds, self._sizes = np.unique(groups, return_counts=True)
        self.n, self.count = len(positive), int(positive.sum())
        kinds = self._kinds.astype(float)
        self._expected = self.count * float((kinds * self._sizes).sum()) / self.n
        self.excess = float((groups * positive).sum()) - self._expected
        spread = float((kinds**2 * self._sizes).sum()) - float((kinds * self._sizes).sum()) ** 2 / self.n
        self.variance = self.count * (self.n - self.count) / (self.n * (self.n - 1)) * spread

    def drawn(self, rng: np.random.Generator) -> NDArray:
        """The statistic for positives dealt out at random."""
        dealt = rng.multivariate_hypergeometric(self._sizes, self.count, size=ROUND)
        return dealt @ self._kinds.astype(float) - self._expected
