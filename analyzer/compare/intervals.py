"""95 % intervals: of a median (bootstrap), of a share (Wilson), of the difference of two shares (Newcombe)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SEED = 20210301
"""Every resampling starts here, so that the same batch always gives the same figures."""
RESAMPLES = 999
"""Enough for a 95 % percentile interval: Davison & Hinkley (1997, ch. 5)."""
_Z = float(stats.norm.ppf(0.975))
_AT_ONCE = 2_000_000
"""Resampled values held in memory at a time."""


def median_intervals(samples: Sequence[NDArray], resamples: int = RESAMPLES) -> list[tuple[float, float]]:
    """Percentile bootstrap interval of the median of each sample (BCa is no use here: a median's jackknife is degenerate).

    Samples of one size are resampled together, by the same indices, which is what makes hundreds of units affordable.
    """
    by_size: dict[int, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        by_size[len(sample)].append(index)
    intervals: list[tuple[float, float]] = [(0.0, 0.0)] * len(samples)
    for size, indices in by_size.items():
        stacked = np.stack([samples[i] for i in indices])
        result = stats.bootstrap(
            (stacked,),
            _median,
            axis=-1,
            n_resamples=resamples,
            method="percentile",
            batch=max(1, _AT_ONCE // stacked.size),
            rng=np.random.default_rng(SEED),
        )
        low, high = result.confidence_interval
        for row, index in enumerate(indices):
            intervals[index] = float(low[row]), float(high[row])
    return intervals


def _median(values: NDArray, axis: int = -1) -> NDArray:
    """As np.median, without its search for NaN (half of the time; there are none here)."""
    size = values.shape[axis]
    middle = size // 2
    if size % 2:
        return np.take(np.partition(values, middle, axis=axis), middle, axis=axis)
    parted = np.partition(values, (middle - 1, middle), axis=axis)
    return (np.take(parted, middle - 1, axis=axis) + np.take(parted, middle, axis=axis)) / 2


def wilson(count: int, n: int) -> tuple[float, float]:
    """Wilson's (1927) score interval of ``count / n``. As scipy's binomtest gives it, which takes 1 ms: too long for 200 units."""
    share, shrink = count / n, 1 + _Z**2 / n
    middle = (share + _Z**2 / (2 * n)) / shrink
    half = _Z / shrink * (share * (1 - share) / n + _Z**2 / (4 * n * n)) ** 0.5
    return (0.0 if count == 0 else middle - half), (1.0 if count == n else middle + half)


def newcombe(count_a: int, n_a: int, count_b: int, n_b: int) -> tuple[float, float]:
    """Interval of the difference of two shares, a minus b: method 10 of Newcombe (1998), Statistics in Medicine 17."""
    a, b = count_a / n_a, count_b / n_b
    (low_a, high_a), (low_b, high_b) = wilson(count_a, n_a), wilson(count_b, n_b)
    low = a - b - ((a - low_a) ** 2 + (high_b - b) ** 2) ** 0.5
    high = a - b + ((high_a - a) ** 2 + (b - low_b) ** 2) ** 0.5
    return low, high
