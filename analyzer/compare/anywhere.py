"""Do the tiers differ anywhere at all? One test that guards every statement about tiers, so that none needs Holm's price.

With three groups all statements about tiers (each pair, one against the others, the ordered trend) are linear contrasts
in two dimensions: wherever two of them are null, the groups are all alike. Closed testing (Marcus, Peritz & Gabriel 1976)
then asks of each statement only that it is significant itself *and* that the test that all are alike is; the chance
of any false statement stays at 5 % (the three-group case of Shaffer 1986). That test is a maximum over three planned contrasts
of mean ranks, leadership against the others, the trend, frontline against the others, whose joint distribution is
known exactly (Bretz, Hothorn & Westfall 2010, ch. 2), so that three looks cost less than Bonferroni's three.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analyzer.compare.differences import PERMUTE_BELOW, ROUND, permuted_p
from analyzer.compare.trend import FEW, PERMUTE_UP_TO

WITHIN = 0.1
"""Part of the 5 % set aside for a trend that shows only within units (weighted Holm: Benjamini & Hochberg 1997)."""
_ANGLES = 20_000
_AFFORDABLE = 20_000_000
"""Labels dealt out at most: with 10,000 essays two rounds of permutations, enough for p = 0.001."""


def anywhere(values: NDArray, groups: NDArray, is_share: bool = False) -> float:
    """p of "all groups are alike" against one of the planned contrasts, for two or three groups in their order."""
    kinds, sizes = np.unique(groups, return_counts=True)
    ranks = values if is_share else stats.rankdata(values)
    centred = ranks - ranks.mean()
    spread = float(np.sqrt((centred**2).sum() / (len(ranks) - 1)))
    if len(kinds) < 2 or spread == 0:
        return 1.0
    contrasts = _planned(sizes)
    scale = spread * np.sqrt(len(ranks))
    sums = np.array([centred[groups == kind].sum() for kind in kinds])
    largest = float(np.abs(contrasts @ sums).max() / scale)
    p = _beyond(largest, contrasts * np.sqrt(sizes / len(ranks)))
    total, count = len(ranks), int(values.sum()) if is_share else 0
    if is_share and (total <= PERMUTE_UP_TO or min(count, total - count) < FEW):

        def dealt(rng: np.random.Generator) -> NDArray:
            positives = rng.multivariate_hypergeometric(sizes, count, size=ROUND) - count * sizes / total
            return np.abs(positives @ contrasts.T).max(axis=1) / scale

        return permuted_p(largest, dealt, 10)
    if is_share or (total > PERMUTE_UP_TO and (p > 0.1 or sizes.min() >= PERMUTE_BELOW)):
        return p
    labels = np.repeat(np.arange(len(kinds), dtype=np.int8), sizes)
    centred = np.sort(centred)  # the essays' order must not matter

    def shuffled(rng: np.random.Generator) -> NDArray:
        drawn = rng.permuted(np.tile(labels, (ROUND, 1)), axis=1)
        return np.abs(np.stack([(drawn == k) @ centred for k in range(len(kinds))], axis=1) @ contrasts.T).max(axis=1) / scale

    return permuted_p(largest, shuffled, int(np.clip(_AFFORDABLE // (ROUND * total), 2, 10)))


def _planned(sizes: NDArray) -> NDArray:
    """Contrasts × groups: the first against the others, the trend, the last against the others; mean 0, variance 1."""
    raw = np.array([[1, 0, 0], [0, 1, 2], [0, 0, 1]] if len(sizes) == 3 else [[0, 1]], float)
    share = sizes / sizes.sum()
    raw -= (raw @ share)[:, None]
    return raw / np.sqrt(raw**2 @ share)[:, None]


def _beyond(largest: float, directions: NDArray) -> float:
    """Chance that the largest of the standardized contrasts is at least so large, under the normal distribution.

    The contrasts live in a plane. Along the angle t the largest of them is r · max|cos(t - t_k)|, and P(r > x) is
    exp(-x² / 2): the chance is the mean of that over all angles.
    """
    if len(directions) == 1:
        return float(2 * stats.norm.sf(largest))
    plane = np.linalg.svd(directions)[2][:2]
    towards = directions @ plane.T
    angles = np.pi * (np.arange(_ANGLES) + 0.5) / _ANGLES
    reach = np.abs(towards @ np.stack([np.cos(angles), np.sin(angles)])).max(axis=0)
    return float(np.exp(-((largest / reach) ** 2) / 2).mean())


def guarded(plain: float, within: float | None) -> tuple[float, float | None]:
    """p of "alike anywhere" and p of the trend within units, corrected for being two questions: weighted Holm."""
    if within is None:
        return plain, None
    either = min(1.0, plain / (1 - WITHIN), within / WITHIN)
    return max(plain, either), max(within, either)
