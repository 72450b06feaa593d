"""Which passages of two texts are the same, character by character, through small changes and swapped clauses.

Shared k-grams are joined into runs along their diagonal, runs that lie close to each other on both sides into
passages; order inside a passage does not matter, so that a swapped clause or sentence stays inside it. Compare
the seed, extend and merge steps of PAN's text alignment task (Sanchez-Perez et al. 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.fingerprints import K

GAP = 16
"""Normalized characters that may differ between two runs of one passage: a replaced clause, about."""

COVERED = 0.4
"""Share of a passage's longer side that its runs must cover; a passage below falls apart into its runs."""

_FEW = 12
"""Runs up to which they are compared one by one."""

Standing = tuple[np.ndarray, np.ndarray]
"""(k,) places of a text's k-grams, in order, and (k,) numbers that tell equal ones (``Postings.standing``)."""


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
    counts = np.flatnonzero(a)
    i, at = _hits(a[counts], b[order])
    return _runs(counts[i], order[at])


def runs_with(a: Standing, others: Sequence[Standing]) -> list[np.ndarray]:
    """``runs`` of one text with each of several, of those of their k-grams that are numbered."""
    places, numbers = a
    order = np.argsort(numbers, kind="stable")
    other = np.repeat(np.arange(len(others)), [len(p) for p, _ in others])
    j, theirs = (np.concatenate(part) for part in zip(*others))
    hit, at = _hits(theirs, numbers[order])
    i, j, other = places[order[at]], j[hit], other[hit]
    apart = other.astype(np.int64) << 32  # so that no run goes from one text into another
    found = _runs(i, j + apart)
    ends = np.searchsorted(found[:, 1] >> 32, np.arange(1, len(others)))
    found[:, 1] &= (1 << 32) - 1
    return np.split(found, ends)


def _hits(a: np.ndarray, ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(h,) positions in ``a`` and in ``ordered`` of what both hold, each with each."""
    if not len(ordered):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    known, size = ordered[first], np.diff(np.append(first, len(ordered)))
    at = np.minimum(np.searchsorted(known, a), len(known) - 1)
    low, count = first[at], np.where(known[at] == a, size[at], 0)
    i = np.repeat(np.arange(len(a)), count)
    return i, np.repeat(low - np.cumsum(count) + count, count) + np.arange(len(i))


def _runs(i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Hits as maximal runs along their diagonals, in the order of the diagonals."""
    if not len(i):
        return np.zeros((0, 3), np.int64)
    by_diagonal = np.lexsort((i, j - i))
    i, j = i[by_diagonal], j[by_diagonal]
    new = np.ones(len(i), bool)
    new[1:] = (np.diff(j - i) != 0) | (np.diff(i) != 1)
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, len(i))) + K - 1
    return np.stack([i[starts], j[starts], lengths], axis=1)


def _join(runs: np.ndarray, gap: int) -> list[Passage]:
    """Runs that are close on both sides (single linkage) as passages; loose passages split again with half the gap."""
    rows = runs.tolist()
    group = list(range(len(rows)))

    def root(x: int) -> int:
        while group[x] != x:
            group[x] = group[group[x]]
            x = group[x]
        return x

    for x, y in _near(runs, gap) if len(rows) > _FEW else _near_of_few(rows, gap):
        group[root(y)] = root(x)
    members: dict[int, list[int]] = {}
    for x in range(len(rows)):
        members.setdefault(root(x), []).append(x)
    passages = []
    for chosen in members.values():
        if len(chosen) == 1:
            start, other_start, length = rows[chosen[0]]
            passages.append(Passage(start, start + length, other_start, other_start + length, length))
            continue
        spans = [(rows[x][0], rows[x][0] + rows[x][2]) for x in chosen]
        others = [(rows[x][1], rows[x][1] + rows[x][2]) for x in chosen]
        box = (min(spans)[0], max(end for _, end in spans), min(others)[0], max(end for _, end in others))
        shared = min(_union(spans), _union(others))
        if gap > 1 and shared < COVERED * max(box[1] - box[0], box[3] - box[2]):
            passages += _join(runs[chosen], gap // 2)
        else:
            passages.append(Passage(*box, shared))
    return passages


def _near(runs: np.ndarray, gap: int) -> Iterable[tuple[int, int]]:
    """Pairs x < y of runs between which at most ``gap`` characters lie on both sides."""
    start, other_start, length = runs.T
    near = start[None] <= (start + length + gap)[:, None]
    near &= near.T
    other = other_start[None] <= (other_start + length + gap)[:, None]
    near &= other & other.T
    x, y = np.nonzero(near)
    return zip(x[x < y].tolist(), y[x < y].tolist())


def _near_of_few(rows: list[list[int]], gap: int) -> Iterable[tuple[int, int]]:
    """The same; two texts share a few runs as a rule, for which numpy costs more than it saves."""
    for y, (start, other_start, length) in enumerate(rows):
        for x, (before, other_before, size) in enumerate(rows[:y]):
            if (before <= start + length + gap and start <= before + size + gap
                    and other_before <= other_start + length + gap and other_start <= other_before + size + gap):
                yield x, y


def _union(spans: list[tuple[int, int]]) -> int:
    """Length of the union of the spans."""
    covered = reach = 0
    for start, end in sorted(spans):
        covered += max(0, end - max(start, reach))
        reach = max(reach, end)
    return covered
