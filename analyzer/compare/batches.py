"""Batches over time: what changed in a unit, a tier, or one tier of a unit, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyzer.compare.comparison import Difference, Group
from analyzer.compare.conclusion import is_claimed, value
from analyzer.compare.differences import holm
from analyzer.compare.intervals import RESAMPLES
from analyzer.compare.order import in_order
from analyzer.compare.tables import MEASURES, TOO_FEW, Measure, describe, difference
from analyzer.labels import MEASURE, TIER


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one unit and tier, in a batch and in the one before it."""

    measure: str
    unit: str
    """Empty for all units."""
    tier: str
    """Empty for all tiers."""
    earlier: str
    later: str
    before: Group
    after: Group
    difference: Difference
    """The later batch (``a``) against the earlier one; ``p`` after Holm's correction over all changes of the measure."""
    conclusion: str = ""

    @property
    def is_claimed(self) -> bool:
        """Whether it is more than noise."""
        return is_claimed(self.difference)


def changes(table: pd.DataFrame, into: Collection[str] = (), *, resamples: int = RESAMPLES) -> tuple[Change, ...]:
    """Each unit, each tier and each tier of each unit, in every batch against the one before that has it.

    ``table``: rows as in ``Report.table``, of several batches (concatenate the tables of their reports, the oldest first);
    ``into``: names of the later batches that are asked about, all where none is named. Batches come by the numbers in their names,
    or as their rows do where some name has none. The tests treat the two batches as different people; where the same people
    wrote both, they err on the side of "no change". Only where both batches have at least 3 essays with a value.
    """
    if table.empty:
        return ()
    rows = table.assign(**{c: table[c].fillna("").astype(str).str.strip() for c in ("unit", "tier", "batch")})
    rows = rows[rows.batch != ""]
    order = in_order(rows.batch)
    asked = set(into) or set(order)
    units, tiers, batches = (rows[column].to_numpy(str) for column in ("unit", "tier", "batch"))
    later = set(units[np.isin(batches, list(asked))]) - {""}  # a unit that is in none of them has no step into them
    found: list[Change] = []
    for measure in MEASURES:
        values = pd.to_numeric(measure.read(rows), errors="coerce").to_numpy(float)
        found += _corrected([
            c for unit, tier, mask in _slices(units, tiers, later)
            for c in _steps(measure, batches, order, asked, values, unit, tier, mask, resamples)
        ])  # fmt: skip
    return tuple(found)


def _slices(units: NDArray, tiers: NDArray, later: Collection[str]):
    for tier in TIER:
        if tier:
            yield "", tier, tiers == tier
    for unit in sorted(later):
        of_unit = units == unit
        yield unit, "", of_unit
        for tier in TIER:
            if tier:
                yield unit, tier, of_unit & (tiers == tier)


def _steps(measure: Measure, batches: NDArray, order: list[str], asked: set[str], values, unit: str, tier: str, mask, resamples: int):
    known = mask & ~np.isnan(values)
    usable = [b for b in order if (known & (batches == b)).sum() >= TOO_FEW]
    for earlier, later in ((a, b) for a, b in pairwise(usable) if b in asked):
        before, after = (describe(measure, b, values[mask & (batches == b)], resamples) for b in (earlier, later))
        pair = difference(measure.kind, later, values[known & (batches == later)], earlier, values[known & (batches == earlier)])
        yield Change(measure.name, unit, tier, earlier, later, before, after, pair)


def _corrected(found: list[Change]) -> list[Change]:
    corrected = holm([change.difference.p for change in found])
    changed = [replace(c, difference=replace(c.difference, p=p)) for c, p in zip(found, corrected)]
    return [replace(c, conclusion=_conclude(c)) for c in changed]


def _conclude(c: Change) -> str:
    who = (c.unit + TIER[c.tier] if c.tier else c.unit) or "全部"
    what = f"{who}的{MEASURE[c.measure]}"
    few = min(c.before.n, c.after.n)
    if not is_claimed(c.difference):
        return f"{what}，{c.later} 与 {c.earlier} 相比看不出变化（在偶然范围内）。"
    caution = f"两批中较少的一批仅 {few} 篇，宜谨慎。" if few < 20 else ""
    word = "高于" if c.difference.delta > 0 else "低于"
    later, earlier = (f"{name}（{value(c.measure, g)}）" for name, g in ((c.later, c.after), (c.earlier, c.before)))
    return f"{what}，{later}{word} {earlier}，超出偶然范围。{caution}"
