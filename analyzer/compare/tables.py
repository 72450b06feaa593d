"""``compare``: from the table of essays to comparisons by tier, unit, unit × tier and batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyzer.compare import differences as diff
from analyzer.compare.anywhere import anywhere, guarded
from analyzer.compare.comparison import REST, Comparison, Difference, Group, Trend
from analyzer.compare.conclusion import ALPHA, conclude, is_claimed
from analyzer.compare.intervals import RESAMPLES, median_intervals, wilson
from analyzer.compare.order import by_number
from analyzer.compare.trend import TrendTest, cochran_armitage, jonckheere
from analyzer.essay import TIERS
from analyzer.reflection.reflection import LEVELS

TOO_FEW = 3
"""Below this a group gets no statistics."""
FEW = 8
"""Below this a group's figures get a warning."""
_LARGEST = 10
"""So many of the largest units are tried as the one that makes the trend; a smaller one hardly can."""


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    kind: str
    """score, level (an ordinal score whose shares are shown) or share (0 or 1 an essay)."""
    read: Callable[[pd.DataFrame], pd.Series]


MEASURES = (
    Measure("depth", "score", lambda t: t.score_own),
    Measure("level", "level", lambda t: t.level_own),
    Measure("own", "score", lambda t: t.own),
    Measure("suspected", "share", lambda t: t.verdict == "copied"),
    Measure("templated", "share", lambda t: t.verdict == "templated"),
    Measure("findings", "share", lambda t: t.findings > 0),
)


def compare(table: pd.DataFrame, *, resamples: int = RESAMPLES) -> tuple[Comparison, ...]:
    """Every measure by tier, unit, unit × tier and, where there is more than one, by batch.

    ``table`` is ``Report.table``: one row an essay. ``resamples`` is for the bootstrap intervals alone. Within one
    comparison the chance of any false difference is kept at 5 %; over the measures it is not.
    """
    if table.empty:
        return ()
    tiers = _names(table.tier).where(lambda s: s.isin(TIERS), "").to_numpy(str)
    units, batches = (_names(table[column]).to_numpy(str) for column in ("unit", "batch"))
    both = np.array([f"{u}|{t}" if u and t else "" for u, t in zip(units, tiers)])
    comparisons = []
    for measure in MEASURES:
        values = pd.to_numeric(measure.read(table), errors="coerce").to_numpy(float)
        sample = Sample(measure, values, resamples)
        comparisons += [
            sample.by_tier(tiers, units),
            sample.by_unit(units, tiers),
            sample.finish(
                Comparison(measure.name, "unit_tier", sample.groups(both, _by_unit_then_tier), left_out=_unknown(both))
            ),
        ]
        if len(set(batches) - {""}) > 1:
            comparisons.append(sample.by_batch(batches))
    return tuple(comparisons)


def _names(column: pd.Series) -> pd.Series:
    return column.fillna("").astype(str).str.strip()


def _unknown(names: NDArray) -> int:
    return int((names == "").sum())


def _by_tier(name: str) -> int:
    return TIERS.index(name)


def _by_unit_then_tier(name: str) -> tuple[str, int]:
    unit, tier = name.rsplit("|", 1)
    return unit, TIERS.index(tier)


class Sample:
    """The values of one measure, and what can be asked of them once essays are grouped."""

    def __init__(self, measure: Measure, values: NDArray, resamples: int = RESAMPLES) -> None:
        self.measure, self.values, self._resamples = measure, values, resamples
        self._known = ~np.isnan(values)
        self._order = np.argsort(values, kind="stable")
        """Groups are taken out in this order, so that sorting 200 times "the others" costs little."""
        self._is_share = measure.kind == "share"

    @staticmethod
    def finish(comparison: Comparison) -> Comparison:
        return replace(comparison, conclusion=conclude(comparison))

    def groups(self, names: NDArray, key=None) -> tuple[Group, ...]:
        """Statistics of each group, essays without a name left out."""
        kinds, codes = np.unique(names, return_inverse=True)
        order = np.argsort(codes, kind="stable")
        members = np.split(order, np.cumsum(np.bincount(codes, minlength=len(kinds)))[:-1])
        found = {str(kind): self.values[m] for kind, m in zip(kinds, members) if kind}
        ordered = sorted(found, key=key)
        samples = [found[name][~np.isnan(found[name])] for name in ordered]
        groups = [_describe(self.measure, name, s, len(found[name]) - len(s)) for name, s in zip(ordered, samples)]
        large = [] if self._is_share else [i for i, s in enumerate(samples) if len(s) >= TOO_FEW]
        for i, (low, high) in zip(large, median_intervals([samples[i] for i in large], self._resamples)):
            groups[i] = replace(groups[i], low=low, high=high)
        return tuple(groups)

    def by_tier(self, tiers: NDArray, units: NDArray) -> Comparison:
        groups = self.groups(tiers, _by_tier)
        names = [g.name for g in groups if g.n >= TOO_FEW]
        pairs = [self._difference(a, tiers == a, b, tiers == b) for a, b in combinations(names, 2)]
        use = self._known & np.isin(tiers, names)
        values, order = self.values[use], np.array([_by_tier(t) for t in tiers[use]], int)
        trend = self._trend(values, order, units[use]) if len(names) > 1 else None
        contrasts = [self._difference(t, tiers == t, REST, use & (tiers != t)) for t in _ends(names)]
        if trend is not None:
            pairs, contrasts, trend = _closed(pairs, contrasts, trend, anywhere(values, order, self._is_share))
        if trend is not None and ALPHA >= min(trend.p, 1 if trend.stratified_p is None else trend.stratified_p):
            trend = replace(trend, driver=self._driver(values, order, units[use]))
        pairs = tuple(self._within(pair, tiers, units) for pair in pairs)
        against = [np.where(use & (tiers != c.a), REST, tiers) for c in contrasts]
        contrasts = tuple(self._within(c, sides, units) for c, sides in zip(contrasts, against))
        return self.finish(Comparison(self.measure.name, "tier", groups, pairs, contrasts, trend, left_out=_unknown(tiers)))

    def by_unit(self, units: NDArray, tiers: NDArray) -> Comparison:
        """Each unit against all essays of the others: with many units all pairs would be many and say little."""
        groups = self.groups(units)
        pairs = []
        for group in groups:
            rest = (units != group.name) & (units != "")
            if group.n >= TOO_FEW and (rest & self._known).sum() >= TOO_FEW:
                pairs.append(self._difference(group.name, units == group.name, REST, rest, permute=False))
        near = {p.a for p, corrected in zip(pairs, diff.holm([p.p for p in pairs])) if corrected <= 2 * ALPHA}
        pairs = [self._difference(p.a, units == p.a, REST, (units != p.a) & (units != "")) if p.a in near else p for p in pairs]
        if len(pairs) == 2 == len(groups):
            pairs = [replace(pairs[0], b=pairs[1].a)]
        pairs = _holm(pairs)
        pairs = self._without_singled_out(pairs, units)
        pairs = [self._within(p, np.where((units != p.a) & (units != "") & (p.b == REST), REST, units), tiers) for p in pairs]
        return self.finish(Comparison(self.measure.name, "unit", groups, tuple(pairs), left_out=_unknown(units)))

    def _without_singled_out(self, pairs: list[Difference], units: NDArray) -> list[Difference]:
        """One bad unit makes every other one look good beside "the others": tested again without the worse ones.

        Beginning with the unit that differs most, each unit that differs is set against those not yet singled out,
        its p multiplied by the number of units. This can only take statements away.
        """
        singled_out = units == ""
        settled = {pair.a: pair for pair in pairs}
        for pair in sorted(filter(is_claimed, pairs), key=lambda pair: (pair.p, -abs(pair.delta))):
            mine, rest = units == pair.a, (units != pair.a) & ~singled_out
            if (rest & self._known).sum() < TOO_FEW:
                del settled[pair.a]
                continue
            again = self._difference(pair.a, mine, pair.b, rest)
            settled[pair.a] = again = replace(again, p=max(pair.p, min(1.0, again.p * len(pairs))))
            if is_claimed(again):
                singled_out = singled_out | mine
        return list(settled.values())

    def by_batch(self, batches: NDArray) -> Comparison:
        """Each batch against the one before, in the order of their names."""
        groups = self.groups(batches, by_number)
        large = [g.name for g in groups if g.n >= TOO_FEW]
        pairs = [self._difference(b, batches == b, a, batches == a) for a, b in pairwise(large)]
        pairs = _holm(pairs)
        return self.finish(Comparison(self.measure.name, "batch", groups, tuple(pairs), left_out=_unknown(batches)))

    def _difference(self, a: str, in_a: NDArray, b: str, in_b: NDArray, permute: bool = True) -> Difference:
        a_values, b_values = (self.values[self._order[(side & self._known)[self._order]]] for side in (in_a, in_b))
        return difference(self.measure.kind, a, a_values, b, b_values, permute)

    def _within(self, pair: Difference, sides: NDArray, strata: NDArray) -> Difference:
        """``pair`` with its test within the strata, where there is a difference that these could explain."""
        use = self._known & np.isin(sides, (pair.a, pair.b)) & (strata != "")
        if pair.p is None or pair.p > ALPHA or not use.any():
            return pair
        test = self._test(self.values[use], (sides[use] == pair.a).astype(int), strata[use])
        if test is None or len(np.unique(strata[use])) < 2:
            return pair
        return replace(pair, stratified_p=test.p, stratified_direction="higher" if test.z > 0 else "lower")

    def _test(self, values: NDArray, order: NDArray, strata: NDArray | None = None, permute=True) -> TrendTest | None:
        return (cochran_armitage if self._is_share else jonckheere)(values, order, strata, permute)

    def _trend(self, values: NDArray, order: NDArray, units: NDArray) -> Trend | None:
        """The trend before correction."""
        plain = self._test(values, order)
        if plain is None:
            return None
        known = units != ""
        count = len(set(units[known]))
        within = self._test(values[known], order[known], units[known]) if count > 1 else None
        return Trend(
            plain.z,
            plain.p,
            _direction(plain.z),
            None if within is None else within.p,
            plain.method,
            "" if within is None else _direction(within.z),
            count,
            0 if within is None else within.strata,
        )

    def _driver(self, values: NDArray, order: NDArray, units: NDArray) -> str:
        """The unit without which no trend is left (p > 0.05 and under half as strong), or the empty string."""
        kinds, sizes = np.unique(units[units != ""], return_counts=True)
        if len(kinds) < 3:
            return ""
        strength = _strength(values, order)
        for unit in kinds[np.argsort(-sizes, kind="stable")][:_LARGEST]:
            others = units != unit
            if len(np.unique(order[others])) < len(np.unique(order)):
                continue
            test = self._test(values[others], order[others], permute=False)
            if test.p > ALPHA and _strength(values[others], order[others]) * strength < strength**2 / 2:
                return str(unit)
        return ""


def _strength(values: NDArray, order: NDArray) -> float:
    """Kendall's tau-b between the measure and the tier: the trend on a scale that does not grow with the essays."""
    from scipy.stats import kendalltau

    if len(np.unique(values)) < 2 or len(np.unique(order)) < 2:
        return 0.0
    return float(kendalltau(values, order).statistic)


def difference(kind: str, a: str, values_a: NDArray, b: str, values_b: NDArray, permute: bool = True) -> Difference:
    """Two groups' values of a measure of this kind side by side, p not yet corrected."""
    if kind == "share":
        delta, low, high = diff.share_difference(values_a, values_b)
        magnitude = diff.magnitude_of_shares(float(values_a.mean()), float(values_b.mean()))
        return Difference(a, b, delta, low, high, diff.fisher(values_a, values_b), magnitude)
    delta, low, high = diff.cliffs_delta(values_a, values_b)
    return Difference(a, b, delta, low, high, diff.mann_whitney(values_a, values_b, permute), diff.magnitude_of_delta(delta))


def describe(measure: Measure, name: str, values: NDArray, resamples: int = RESAMPLES) -> Group:
    """One group's statistics from its essays' values (NaN where an essay has none)."""
    return Sample(measure, values, resamples).groups(np.array([name] * len(values)))[0]


def _describe(measure: Measure, name: str, values: NDArray, missing: int) -> Group:
    """Everything but the bootstrap interval."""
    n = len(values)
    if n < TOO_FEW:
        return Group(name, n, missing=missing, note=f"不足 {TOO_FEW} 篇，不作统计")
    note = f"不足 {FEW} 篇，仅供参考" if n < FEW else ""
    mean = float(values.mean())
    if measure.kind == "share":
        count = int(values.sum())
        low, high = wilson(count, n)
        return Group(name, n, mean=mean, low=low, high=high, count=count, missing=missing, note=note)
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    shares = tuple(float((values == level).mean()) for level in LEVELS) if measure.kind == "level" else ()
    return Group(name, n, mean, median, q1, q3, shares=shares, missing=missing, note=note)


def _direction(z: float) -> str:
    return "rising" if z > 0 else "falling"


def _ends(names: Sequence[str]) -> tuple[str, ...]:
    """The highest and the lowest of three tiers; of two, setting one against the rest would repeat the pair."""
    return (names[0], names[-1]) if len(names) == 3 else ()


def _holm(pairs: Sequence[Difference]) -> list[Difference]:
    return [replace(pair, p=p) for pair, p in zip(pairs, diff.holm([pair.p for pair in pairs]))]


def _closed(pairs, contrasts, trend: Trend, alike: float) -> tuple[list[Difference], list[Difference], Trend]:
    """No statement is surer than that the tiers differ anywhere at all (``alike``: p that they do not); see anywhere.py."""
    if len(pairs) == 1:  # two tiers: one question, and the pair's own test is the exact one
        alike = pairs[0].p
        trend = replace(trend, p=alike)
    guard, within = guarded(alike, trend.stratified_p)
    pairs, contrasts = ([replace(d, p=max(d.p, guard)) for d in some] for some in (pairs, contrasts))
    p = max(trend.p, guard)
    return pairs, contrasts, replace(
        trend,
        p=p,
        direction=trend.direction if p <= ALPHA else "none",
        stratified_p=within,
        stratified_direction=trend.stratified_direction if within is None or within <= ALPHA else "none",
    )
