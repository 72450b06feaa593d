"""How honest the comparison's statistics are: false alarms, power, coverage and time, by simulation.

    python -m benchmarks.statistics                  # all of it, within ten minutes on two cores
    python -m benchmarks.statistics --quick          # a tenth of the batches
    python -m benchmarks.statistics --part power     # one part

What it prints is quoted in docs/statistics.md; targets stand beside the figures. Every batch has its own seed: the same
figures every time, however many processes share the work.
"""

from __future__ import annotations

import sys
from pathlib import Path

# This file bears the name of a standard module, which others import: its folder must not come first.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import argparse
import multiprocessing
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from analyzer.compare import Comparison, compare, tables
from analyzer.compare.anywhere import WITHIN, _beyond, _planned
from analyzer.compare.conclusion import is_claimed
from analyzer.compare.differences import cliffs_delta
from analyzer.compare.intervals import median_intervals, newcombe, wilson
from analyzer.compare.tables import MEASURES, Sample
from analyzer.essay import TIERS
from analyzer.labels import TIER

CLAIM = re.compile("高于|低于|呈上升趋势|呈下降趋势")
CAVEAT = re.compile("不能归因于层级|可能只是单位不同|辛普森悖论")
SIZES = dict(zip(TIERS, (20, 40, 80)))
MEDIUM, LARGE = 0.33, 0.474
"""Cliff's delta: Romano et al. (2006)."""


def shift(delta: float) -> float:
    """By how many standard deviations a normal score must move for this Cliff's delta."""
    return float(np.sqrt(2) * stats.norm.ppf((1 + delta) / 2))


def batch(rng, sizes=SIZES, units=10, moved=None, spread=0.0, tilted=False) -> pd.DataFrame:
    """One invented batch. ``moved``: tier → standard deviations; ``spread``: of the units' own habits, likewise;
    ``tilted``: the deeper a unit writes, the more of the frontline and the fewer of the leadership it sends."""
    tier = np.repeat(list(sizes), list(sizes.values()))
    n = len(tier)
    habit = np.sort(rng.normal(0, spread, units)) if spread else np.zeros(units)
    if tilted:
        rank = np.array([TIERS.index(t) for t in tier]) - 1
        unit = np.clip(np.rint(rng.normal((units - 1) / 2 + rank * units / 4, units / 4)), 0, units - 1).astype(int)
    else:
        unit = rng.integers(0, units, n)
    score = habit[unit] + np.array([(moved or {}).get(t, 0.0) for t in tier]) + rng.normal(size=n)
    score = np.clip(42 + 15 * score, 0, 100).round(1)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "tier": tier,
            "unit": [f"单位{u}" for u in unit],
            "batch": "2021-03",
            "score_own": score,
            "level_own": np.clip(score // 22 + 1, 1, 4),
            "own": rng.beta(5, 3, n).round(3),
            "verdict": rng.choice(["clear", "copied", "templated"], n, p=[0.87, 0.08, 0.05]),
            "templated": 0.1,
            "findings": rng.binomial(1, 0.06, n),
        }
    )


def by_tier(table: pd.DataFrame, measure: int = 0) -> Comparison:
    """One comparison, without all the others; measure 0 is the depth score, which most of this is about."""
    values = pd.to_numeric(MEASURES[measure].read(table)).to_numpy(float)
    return Sample(MEASURES[measure], values, resamples=20).by_tier(table.tier.to_numpy(str), table.unit.to_numpy(str))


def by_unit(table: pd.DataFrame, measure: int) -> Comparison:
    values = pd.to_numeric(MEASURES[measure].read(table)).to_numpy(float)
    return Sample(MEASURES[measure], values, resamples=20).by_unit(table.unit.to_numpy(str), table.tier.to_numpy(str))


def count(trial: Callable[[np.random.Generator], Counter], batches: int, seed: int) -> Counter:
    """Sum of what ``trial`` counts in so many batches, each with its own seed, over all cores."""
    step = 25
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4), spawn, _without_bootstrap) as pool:
        parts = pool.map(partial(_some, trial, seed), [range(i, min(i + step, batches)) for i in range(0, batches, step)])
        return sum(parts, Counter())


def _without_bootstrap() -> None:
    """Intervals of medians have a part of their own, and no statement rests on them."""
    tables.median_intervals = lambda samples, resamples: [(float(s.min()), float(s.max())) for s in samples]


def _some(trial, seed: int, numbers: range) -> Counter:
    return sum((trial(np.random.default_rng([seed, number])) for number in numbers), Counter())


def _alarms(rng) -> Counter:
    table = batch(rng)
    made = [of(table, i) for i in range(len(MEASURES)) for of in (by_tier, by_unit)]
    return Counter((c.measure, c.by) for c in made if CLAIM.search(c.conclusion))


def false_alarms(batches: int) -> None:
    print(f"\n一、没有差别的 {batches} 批（领导 20、中层 40、基层 80，10 个单位）：误报差别的比例（目标 ≤ 5%）")
    found = count(_alarms, batches, 1)
    for by in ("tier", "unit"):
        rates = {m.name: found[m.name, by] / batches for m in MEASURES}
        print(
            f"  {by:5} "
            + "  ".join(f"{m} {100 * r:.1f}%" for m, r in rates.items())
            + f"   最高 {100 * max(rates.values()):.1f}%"
        )
    print(
        f"  （真误报率恰为 5% 时，{batches} 批中的读数有 95% 的把握不超过 {100 * (0.05 + 1.645 * (0.0475 / batches) ** 0.5):.1f}%）"
    )


def guard_level(permutations: int = 200_000) -> float:
    """Chance that a batch of 20, 40 and 80 without ties and without any difference passes the guard of all statements on tiers
    (anywhere.py), or the trend within units its own part: an upper bound, from the permutation distribution itself."""
    sizes = np.array(list(SIZES.values()))
    labels, contrasts = np.repeat(np.arange(3), sizes), _planned(sizes)
    ranks = np.arange(1.0, sizes.sum() + 1)
    drawn = np.random.default_rng(7).permuted(np.tile(ranks - ranks.mean(), (permutations, 1)), axis=1)
    sums = np.stack([drawn[:, labels == k].sum(axis=1) for k in range(3)], axis=1)
    largest = np.abs(sums @ contrasts.T).max(axis=1) / (ranks.std(ddof=1) * np.sqrt(len(ranks)))
    directions = contrasts * np.sqrt(sizes / sizes.sum())
    limit = brentq(lambda x: _beyond(x, directions) - 0.05 * (1 - WITHIN), 1, 5)
    return float((largest >= limit).mean() + 0.05 * WITHIN)


def _partly_true(moved, rng) -> Counter:
    c = by_tier(batch(rng, moved=moved))
    return Counter(wrong=any(is_claimed(p) for p in c.pairs if {p.a, p.b} == ({*TIERS} - {*moved})))


def family(batches: int) -> None:
    print(f"\n一之二、只有一个层级不同（{batches} 批）：把另外两个其实相同的层级说成不同的比例（目标 ≤ 5%）")
    for tier in TIERS:
        for delta in (MEDIUM, 0.8):
            wrong = count(partial(_partly_true, {tier: shift(delta)}), batches, 6)["wrong"]
            print(f"  只有{TIER[tier]}不同，δ = {delta}：{100 * wrong / batches:.1f}%")


def _confounded(tilted, rng) -> Counter:
    conclusion = by_tier(batch(rng, spread=0.8, tilted=tilted)).conclusion
    said = bool(CLAIM.search(conclusion))
    return Counter(plain=said, bare=said and not CAVEAT.search(conclusion))


def confounded(batches: int) -> None:
    print(f"\n二、层级之间没有差别、单位之间有差别（{batches} 批）：称层级有差别而不加说明的比例")
    for name, tilted in (("人员分布均匀", False), ("深度高的单位基层多、领导少", True)):
        found = count(partial(_confounded, tilted), batches, 2)
        print(
            f"  {name}：不分单位看有差别 {100 * found['plain'] / batches:.1f}%，其中未加说明 {100 * found['bare'] / batches:.1f}%"
        )


def ceiling(moved, sizes) -> float:
    """Power of the best rank test that knows beforehand which contrast to look at, two-sided at 5 %: the noncentrality of
    the best t test times the Wilcoxon test's efficiency 3/π (Lehmann 1975, ch. 2)."""
    n = np.array([sizes[t] for t in TIERS], float)
    means = np.array([moved.get(t, 0.0) for t in TIERS])
    reach = np.sqrt(3 / np.pi * (n * (means - means @ n / n.sum()) ** 2).sum())
    edge = stats.norm.ppf(0.975)
    return float(stats.norm.sf(edge - reach) + stats.norm.cdf(-edge - reach))


def _power(moved, sizes, rng) -> Counter:
    c = by_tier(batch(rng, sizes, moved=moved))
    truly = {tier: moved.get(tier, 0.0) for tier in TIERS}
    wrong = "falling" in (c.trend.direction, c.trend.stratified_direction)
    wrong |= any(is_claimed(p) and p.delta > 0 and truly[p.a] < truly[p.b] for p in c.pairs)
    wrong |= any(is_claimed(d) and d.delta * (TIERS.index(d.a) - 1) < 0 for d in c.contrasts)
    return Counter(any=bool(CLAIM.search(c.conclusion)), trend=c.trend.direction == "rising", wrong=bool(wrong))


def power(batches: int) -> None:
    d = shift(MEDIUM)
    print(f"\n三、中等差别 δ = {MEDIUM}（{batches} 批）：层级结论说出差别的比例（目标 ≥ 80%）")
    print("  “上限”：事先就知道该比哪里、只作一次检验的秩检验所能达到的；任何诚实的方法都到不了更高")
    low_top = {"leadership": -d}
    for name, moved, sizes in (
        ("逐级相差 δ，20/40/80", {"middle": d, "frontline": 2 * d}, SIZES),
        ("领导与基层相差 δ、中层居中，20/40/80", {"middle": shift(MEDIUM) / 2, "frontline": d}, SIZES),
        ("只有基层不同，20/40/80", {"frontline": d}, SIZES),
        ("只有领导不同，20/40/80", low_top, SIZES),
        ("只有领导不同，30/40/80", low_top, dict(zip(TIERS, (30, 40, 80)))),
        ("只有领导不同，40/40/80", low_top, dict(zip(TIERS, (40, 40, 80)))),
        ("只有领导不同，80/80/80", low_top, dict.fromkeys(TIERS, 80)),
        ("只有领导不同而差别大（δ = 0.474），20/40/80", {"leadership": -shift(LARGE)}, SIZES),
        ("只有领导不同而差别大（δ = 0.474），10/40/80", {"leadership": -shift(LARGE)}, dict(zip(TIERS, (10, 40, 80)))),
    ):
        hit = count(partial(_power, moved, sizes), batches, 3)
        print(
            f"  {name}：说出差别 {100 * hit['any'] / batches:.1f}%（上限 {100 * ceiling(moved, sizes):.1f}%；其中趋势 "
            f"{100 * hit['trend'] / batches:.1f}%），方向说反 {100 * hit['wrong'] / batches:.1f}%"
        )


def wilson_coverage(n: int, p: float, interval=wilson) -> float:
    """Exact: the binomial chance of the counts whose interval holds ``p``."""
    counts = np.arange(n + 1)
    inside = np.array([low <= p <= high for low, high in (interval(int(k), n) for k in counts)])
    return float(stats.binom.pmf(counts, n, p) @ inside)


def jeffreys(k: int, n: int) -> tuple[float, float]:
    low, high = stats.beta.ppf((0.025, 0.975), k + 0.5, n - k + 0.5)
    return (0.0 if k == 0 else float(low)), (1.0 if k == n else float(high))


def coverage(batches: int) -> None:
    print(f"\n四、95% 区间盖住真值的比例（{batches} 次；目标 93–97%）")
    rng = np.random.default_rng(4)
    for n in (20, 40, 80):
        samples = [np.clip(42 + 15 * rng.normal(size=n), 0, 100).round(1) for _ in range(batches)]
        skewed = [rng.beta(5, 3, n).round(3) for _ in range(batches)]
        middle = sum(low <= 42 <= high for low, high in median_intervals(samples)) / batches
        own = sum(low <= stats.beta.median(5, 3) <= high for low, high in median_intervals(skewed)) / batches
        print(f"  中位数（bootstrap），n = {n}：深度 {100 * middle:.1f}%，自己的话 {100 * own:.1f}%")
    for n, m in ((20, 40), (20, 80), (40, 80)):
        text = []
        for delta in (0.0, MEDIUM, 0.6):
            inside = 0
            for _ in range(batches):
                low, high = cliffs_delta(rng.normal(shift(delta), 1, n), rng.normal(size=m))[1:]
                inside += low <= delta <= high
            text.append(f"真值 {delta:.2f}：{100 * inside / batches:.1f}%")
        print(f"  Cliff's delta，{n} 与 {m} 篇：" + "，".join(text))
    shares = np.linspace(0.05, 0.5, 451)
    for name, interval in (("Wilson", wilson), ("Jeffreys（未采用，对照）", jeffreys)):
        text = []
        for n in (20, 40, 80):
            made = {k: interval(k, n) for k in range(n + 1)}
            exact = np.array([wilson_coverage(n, p, lambda k, n, made=made: made[k]) for p in shares])
            text.append(f"n = {n} 平均 {100 * exact.mean():.1f}%（{100 * exact.min():.1f}–{100 * exact.max():.1f}%）")
        print(f"  {name}，比例的真值均匀取自 5%–50%，精确计算：" + "，".join(text))
    first = rng.uniform(0.05, 0.5, batches)
    second = rng.uniform(0.05, 0.5, batches)
    inside = 0
    for a, b in zip(first, second):
        low, high = newcombe(int(rng.binomial(20, a)), 20, int(rng.binomial(80, b)), 80)
        inside += low <= a - b <= high
    print(f"  Newcombe，20 篇与 80 篇的比例之差，真值均匀取自 5%–50%：{100 * inside / batches:.1f}%")


def speed(_: int) -> None:
    print("\n五、10,000 篇的用时（目标 < 10 秒）")
    for units in (20, 200):
        sizes = dict(zip(TIERS, (1000, 3000, 6000)))
        table = batch(np.random.default_rng(5), sizes, units, moved={"frontline": 0.2}, spread=0.25)
        wall, cpu = time.perf_counter(), time.process_time()
        compare(table)
        print(f"  {units} 个单位：{time.perf_counter() - wall:.1f} 秒（处理器 {time.process_time() - cpu:.1f} 秒）")


PARTS = {
    "alarms": (false_alarms, 1),
    "family": (family, 2),
    "confounded": (confounded, 2),
    "power": (power, 2),
    "coverage": (coverage, 1),
    "speed": (speed, 1),
}
"""Name → part and by what its number of batches is divided."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the batches")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part (may be given several times)")
    options = parser.parse_args()
    start = time.perf_counter()
    for name in options.part or PARTS:
        part, divisor = PARTS[name]
        part((200 if options.quick else 2000) // divisor)
    print(f"\n共用 {time.perf_counter() - start:.0f} 秒")


if __name__ == "__main__":
    main()
