"""What all sentences of a comparison have in common, taken away: the mean of their vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.text.encode import Vectors


@dataclass(frozen=True)
class Middle:
    """What gives the cosines of n rows after their mean is taken away from those before, so that no row need be read twice.

    For unit rows u, v and the mean m: (u - m)(v - m) = uv - um - vm + mm.
    """

    along: np.ndarray
    """(n,) float32: product of each unit row with the mean"""
    apart: np.ndarray
    """(n,) float32: length of each row without the mean"""
    square: float
    """The mean's product with itself."""

    def of(self, rows: np.ndarray) -> Middle:
        return Middle(self.along[rows], self.apart[rows], self.square)

    def taken_away(self, cosine: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(len(a), len(b)) centred cosines of rows ``a`` and ``b``, whose cosines are given."""
        centred = cosine - self.along[a][:, None] - (self.along[b] - self.square)[None]
        return centred / (self.apart[a][:, None] * self.apart[b][None])


def middle(rows: Vectors | np.ndarray, mean: np.ndarray) -> Middle:
    """Of (n, d) unit rows."""
    along = np.zeros(len(rows), np.float32)
    for start in range(0, len(rows), 8192):
        along[start : start + 8192] = rows[start : start + 8192] @ mean
    square = float(mean @ mean)
    return Middle(along, np.sqrt(np.maximum(1 - 2 * along + square, 1e-12)).astype(np.float32), square)
