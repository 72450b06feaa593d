"""The best chain of sentence pairs through two texts: local alignment after Smith and Waterman (1981), over sentences.

A reworded copy keeps the order of ideas. One pair of sentences proves nothing, six in a row do. The dynamic program
runs for many pairs of texts at once, so that a batch needs no loop a pair.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SKIP = 0.7
"""Cost of leaving out one sentence on one side inside a chain."""

SPLIT = 1.2
"""Cost of giving one sentence two partners (one sentence split in two, two merged into one)."""

# how a chain may step from one pair of sentences to the next, with its cost
_STEPS = (
    (1, 1, 0.0), (2, 1, SKIP), (1, 2, SKIP), (2, 2, 2 * SKIP), (3, 1, 2 * SKIP), (1, 3, 2 * SKIP),
    (3, 2, 3 * SKIP), (2, 3, 3 * SKIP), (3, 3, 4 * SKIP), (1, 0, SPLIT), (0, 1, SPLIT),
)
_CELLS_AT_ONCE = 4_000_000


def best_chains(scores: Sequence[np.ndarray]) -> list[tuple[float, list[tuple[int, int]]]]:
    """For each (n, m) array of pair scores (positive where two sentences say the same): the best chain.

    Returns (total, pairs) a text pair: the chain's score and its (row, column) pairs in order; (0, []) where no pair
    scores above zero.
    """
    found: list = [None] * len(scores)
    order = sorted(range(len(scores)), key=lambda p: (scores[p].shape, p))
    at = 0
    while at < len(order):
        n, m = np.max([scores[p].shape for p in order[at : at + 1]], axis=0)
        take = 1
        while at + take < len(order):
            grown = np.maximum((n, m), scores[order[at + take]].shape)
            if grown[0] * grown[1] * (take + 1) > _CELLS_AT_ONCE:
                break
            (n, m), take = grown, take + 1
        chosen = order[at : at + take]
        block = np.full((n, m, take), -1e6, np.float32)
        for k, p in enumerate(chosen):
            rows, columns = scores[p].shape
            block[:rows, :columns, k] = scores[p]
        for p, chain in zip(chosen, _best_in_block(block)):
            found[p] = chain
        at += take
    return found


def _best_in_block(block: np.ndarray) -> list[tuple[float, list[tuple[int, int]]]]:
    """A diagonal at once: what a cell (i, j) builds on lies on earlier ones, so that two long texts need n + m steps, not n · m."""
    n, m, pairs = block.shape
    skewed = np.zeros((n + m - 1, n, pairs), np.float32)  # [i + j, i], so that steps are slices
    for i in range(n):
        skewed[i : i + m, i] = block[i]
    came = np.full(skewed.shape, -1, np.int8)
    for d in range(n + m - 1):
        low, high = max(0, d - m + 1), min(n, d + 1)
        carried = np.zeros((high - low, pairs), np.float32)
        for step, (di, dj, cost) in enumerate(_STEPS):
            first, last = max(low, di), min(high, d - dj + 1)
            if first >= last:
                continue
            value = skewed[d - di - dj, first - di : last - di] - np.float32(cost)
            so_far = carried[first - low : last - low]
            better = value > so_far
            so_far[better] = value[better]
            came[d, first:last][better] = step
        skewed[d, low:high] += carried  # from here on the best total that ends in the cell
    best = np.stack([skewed[i : i + m, i] for i in range(n)])
    chains = []
    for k in range(pairs):
        flat = int(best[:, :, k].argmax())
        i, j = divmod(flat, m)
        total = float(best[i, j, k])
        path: list[tuple[int, int]] = []
        if total > 0:
            while True:
                path.append((i, j))
                step = came[i + j, i, k]
                if step < 0:
                    break
                i, j = i - _STEPS[step][0], j - _STEPS[step][1]
        chains.append((max(total, 0.0), path[::-1]))
    return chains
