"""What is shared in little pieces: a sentence here and there, as chance gives where all draw on the same set phrases.

How much chance gives is read from the batch itself. Of few pairs of essays a couple shares one piece; of many pairs, many do, and
some share two or three without either writer having seen the other's text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import comb, factorial

import numpy as np

from analyzer.copying.match import Match

LITTLE = 80
"""Code points of a little piece: about two sentences."""

SPREAD = 2.0
"""Standard deviations over the median (both robust) up to which what a batch shares in little pieces is usual there."""


def little_pairs(matches: Sequence[Match], essays: int) -> set[tuple[str, str]]:
    """Pairs of documents (as in the matches) that share no more than chance gives in a batch of so many essays.

    If a pair shares a piece with probability r, then r^k / k! of all pairs share k by chance (Poisson). Up to the largest k that
    chance gives at least one pair of the batch, pieces count as little.
    """
    pieces = defaultdict(list)
    for m in matches:
        if m.kind != "quote" and m.where in ("batch", "history"):
            pieces[m.essay, m.other].append(m)
    numbers = {
        pair: min(len({(m.start, m.end) for m in found}), len({(m.other_start, m.other_end) for m in found}))
        for pair, found in pieces.items()
        if all(min(m.end - m.start, m.other_end - m.other_start) <= LITTLE for m in found)
    }
    pairs = comb(essays, 2)
    once = sum(number == 1 and pieces[pair][0].where == "batch" for pair, number in numbers.items())
    by_chance = 1
    while once and pairs * (once / pairs) ** (by_chance + 1) / factorial(by_chance + 1) >= 1:
        by_chance += 1
    return {pair for pair, number in numbers.items() if number <= by_chance}


def usual_little(shares: np.ndarray) -> float:
    """What share of an essay is usually shared in little pieces in this batch. ``shares`` are (essays,)."""
    if not len(shares):
        return 0.0
    middle = np.median(shares)
    return float(middle + SPREAD * 1.4826 * np.median(abs(shares - middle)))
