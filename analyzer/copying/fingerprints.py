"""Character k-grams of a text as 64-bit hashes, all of them or a winnowed few (Schleimer et al. 2003)."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

K = 5
"""Normalized characters a k-gram: two to three Chinese words. With WINDOW it decides the shortest run that is always seen."""

WINDOW = 4
"""Every window of this many k-grams keeps at least one, so each shared run of K + WINDOW - 1 = 8 characters is seen."""

DENSITY = 2 / (WINDOW + 1)
"""Of a text's k-grams that are fingerprints, on the average (Schleimer et al. 2003)."""

REPEATED = 8
"""A k-gram that one text repeats more often says nothing about where it came from."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def kgram_hashes(codes: np.ndarray, k: int = K) -> np.ndarray:
    """(n - k + 1,) uint64: a hash of each run of ``k`` codes; empty where the text is shorter than ``k``."""
    n = len(codes) - k + 1
    if n <= 0:
        return np.zeros(0, np.uint64)
    hashes = np.zeros(n, np.uint64)
    wide = codes.astype(np.uint64)
    for i in range(k):
        hashes = (hashes ^ wide[i : i + n]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return hashes


def without_repeated(hashes: np.ndarray) -> np.ndarray:
    """The hashes with 0 in place of those that are repeated more often than REPEATED."""
    _, number, count = np.unique(hashes, return_inverse=True, return_counts=True)
    return np.where(count[number] > REPEATED, np.uint64(0), hashes) if count.max(initial=0) > REPEATED else hashes


def winnow(hashes: np.ndarray, window: int = WINDOW) -> np.ndarray:
    """Sorted positions of the fingerprints: the rightmost smallest hash of every window."""
    if len(hashes) <= window:
        return np.array([int(np.argmin(hashes))]) if len(hashes) else np.zeros(0, int)
    windows = sliding_window_view(hashes, window)[:, ::-1]
    return np.unique(np.arange(len(windows)) + window - 1 - np.argmin(windows, axis=1))
