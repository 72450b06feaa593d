"""Which passages of two texts are the same, character by character, through small changes and swapped clauses.

Shared k-grams are joined into runs along their diagonal, runs that lie close to each other on both sides into
passages; order inside a passage does not matter, so that a swapped clause or sentence stays inside it. Compare
the seed, extend and merge steps of PAN's text alignment task (Sanchez-Perez et al. 2014).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.copying.fingerprints import K

GAP = 16
"""Normalized characters that may differ between two runs of one passage: a replaced clause, about."""

COVERED = 0.4
"""Share of a passage's shorter side that its runs must cover; a passage below falls apart into its runs."""


@dataclass(frozen=True, slots=True)
class Passage:
    """``a[start:end]`` and ``b[other_start:other_end]`` share ``shared`` of their (normalized) characters in runs."""

    start: int
    end: int
    other_start: int
    other_end: int
    shared: int


def join(runs: np.ndarray, gap: int = GAP) -> list[Passage]:
    """Passages of the (r, 3) ``runs`` that two texts share, in the order of the first text."""
    return sorted(_join(runs, gap), key=lambda p: (p.start, p.other_start)) if len(runs) else []


def runs(a: np.ndarray, b: np.ndarray, order: np.ndarray | None = None) -> np.ndarray:
    """(r, 3) int64: start in a, start in b, length in characters, of maximal runs of shared k-grams.

    ``a`` and ``b`` are (n,) and (m,) uint64 arrays of k-gram hashes, a 0 where the k-gram must not count (quoted text);
    ``order`` is what sorts ``b``, where it is known. Offsets are normalized characters.
    """
    order = np.argsort(b, kind="stable") if order is None else order
    ordered = b[order]
    low, high = np.searchsorted(ordered, a, "left"), np.searchsorted(ordered, a, "right")
    count = np.where(a == 0, 0, high - low)
    # a k-gram that either text repeats nine times says nothing about where it came from
    hit = np.flatnonzero(count)
    own = np.sort(a[hit])
    repeated = np.searchsorted(own, a[hit], "right") - np.searchsorted(own, a[hit], "left")
    count[hit[(count[hit] > 8) | (repeated > 8)]] = 0
    i = np.repeat(np.arange(len(a)), count)
    if not len(i):
        return np.zeros((0, 3), np.int64)
    within = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    j = order[np.repeat(low, count) + within]
    by_diagonal = np.lexsort((i, i - j))
    i, j = i[by_diagonal], j[by_diagonal]
    new = np.ones(len(i), bool)
    new[1:] = (np.diff(i - j) != 0) | (np.diff(i) != 1)
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, len(i))) + K - 1
    return np.stack([i[starts], j[starts], lengths], axis=1)


def _join(runs: np.ndarray, gap: int) -> list[Passage]:
    """Runs that are close on both sides (single linkage) as passages; loose passages split again with half the gap."""
    start, other_start, length = runs.T
    end, other_end = start + length, other_start + length
    group = np.arange(len(runs))

    def root(x: int) -> int:
        while group[x] != x:
            group[x] = group[group[x]]
            x = group[x]
        return x

    for x in range(len(runs)):
        near = (
            (start[x + 1 :] <= end[x] + gap) & (end[x + 1 :] >= start[x] - gap)
            & (other_start[x + 1 :] <= other_end[x] + gap) & (other_end[x + 1 :] >= other_start[x] - gap)
        )
        for y in np.flatnonzero(near) + x + 1:
            group[root(int(y))] = root(x)
    members: dict[int, list[int]] = {}
    for x in range(len(runs)):
        members.setdefault(root(x), []).append(x)
    passages = []
    for rows in members.values():
        box = (int(start[rows].min()), int(end[rows].max()), int(other_start[rows].min()), int(other_end[rows].max()))
        shared = min(_union(start[rows], end[rows]), _union(other_start[rows], other_end[rows]))
        if len(rows) > 1 and gap > 1 and shared < COVERED * max(box[1] - box[0], box[3] - box[2]):
            passages += _join(runs[rows], gap // 2)
        else:
            passages.append(Passage(*box, shared))
    return passages


def _union(starts: np.ndarray, ends: np.ndarray) -> int:
    """Length of the union of the intervals."""
    covered = reach = 0
    for start, end in sorted(zip(starts.tolist(), ends.tolist())):
        covered += max(0, end - max(start, reach))
        reach = max(reach, end)
    return covered
