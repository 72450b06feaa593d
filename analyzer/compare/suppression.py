"""Small groups in exports for wider circulation: their figures would be figures about persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzer.compare.comparison import Comparison, Group
from analyzer.compare.conclusion import HIDDEN, conclude, is_rewritable


def suppress_small(comparisons: Sequence[Comparison], n: int = 5) -> tuple[Comparison, ...]:
    """The comparisons without figures of groups of fewer than ``n`` essays, conclusions written anew without them.

    Differences that such a group is part of go too. Where exactly one group of a comparison would be hidden, the
    next smallest is hidden with it: otherwise the hidden one could be had by subtraction from the whole.
    """
    return tuple(_suppress(comparison, n) for comparison in comparisons)


def _suppress(comparison: Comparison, n: int) -> Comparison:
    hidden = {g.name for g in comparison.groups if 0 < g.n + g.missing < n or 0 < g.n < n}
    if len(hidden) == 1:
        others = sorted((g for g in comparison.groups if g.name not in hidden and g.n), key=lambda g: g.n)
        hidden |= {others[0].name} if others else set()
    if not hidden:
        return comparison
    groups = tuple(Group(g.name, g.n, note=HIDDEN) if g.name in hidden else g for g in comparison.groups)
    pairs = tuple(p for p in comparison.pairs if p.a not in hidden and p.b not in hidden)
    contrasts = () if comparison.by == "tier" else comparison.contrasts
    kept = replace(comparison, groups=groups, pairs=pairs, contrasts=contrasts, trend=None if comparison.by == "tier" else comparison.trend)
    return replace(kept, conclusion=conclude(kept) if is_rewritable(kept) else "篇数过少的组不公开，结论从略。")
