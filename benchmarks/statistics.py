"""How honest the comparison's statistics are: false alarms, power, coverage and time, by simulation.

    python benchmarks/statistics.py            # about 25 minutes
    python benchmarks/statistics.py --quick    # a tenth of the batches

What it prints is quoted in docs; targets stand beside the figures. Seeds are fixed: the same figures every time.
"""

from __future__ import annotations

import sys
from pathlib import Path

# This file bears the name of a standard module, which others import: its folder must not come first.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import argparse  # noqa: E402
import re  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy import stats  # noqa: E402

from analyzer.compare import compare  # noqa: E402
from analyzer.compare.differences import cliffs_delta  # noqa: E402
from analyzer.compare.intervals import median_intervals, newcombe, wilson  # noqa: E402
from analyzer.compare.tables import MEASURES, Sample  # noqa: E402
from analyzer.essay import TIERS  # noqa: E402

CLAIM = re.compile("高于|低于|呈上升趋势|呈下降趋势")
CAVEAT = re.compile("不能归因于层级|可能只是单位不同|辛普森悖论")
SIZES = dict(zip(TIERS, (20, 40, 80)))
MEDIUM = 0.33


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
    return pd.DataFrame({
        "id": np.arange(n), "tier": tier, "unit": [f"单位{u}" for u in unit], "batch": "2021-03", "score_own": score,
        "level_own": np.clip(score // 22 + 1, 1, 4), "own": rng.beta(5, 3, n).round(3),
        "verdict": rng.choice(["clear", "copied", "templated"], n, p=[0.87, 0.08, 0.05]), "templated": 0.1,
        "findings": rng.binomial(1, 0.06, n),
    })


def claims(table: pd.DataFrame):
    return [c for c in compare(table, resamples=20) if CLAIM.search(c.conclusion)]


def depth_by_tier(table: pd.DataFrame):
    """The one comparison that most of this is about, without the others."""
    tiers, units = table.tier.to_numpy(str), table.unit.to_numpy(str)
    return Sample(MEASURES[0], table.score_own.to_numpy(), resamples=20).by_tier(tiers, units)


def false_alarms(batches: int) -> None:
    print(f"\n一、没有差别的 {batches} 批（领导 20、中层 40、基层 80，10 个单位）：误报差别的比例（目标 ≤ 5%）")
    rng = np.random.default_rng(1)
    found: Counter = Counter()
    for _ in range(batches):
        found.update((c.measure, c.by) for c in claims(batch(rng)))
    for by in ("tier", "unit"):
        rates = {m: found[m, by] / batches for m in ("depth", "level", "own", "suspected", "templated", "findings")}
        print(f"  {by:5} " + "  ".join(f"{m} {100 * r:.1f}%" for m, r in rates.items()) + f"   最高 {100 * max(rates.values()):.1f}%")


def confounded(batches: int) -> None:
    print(f"\n二、层级之间没有差别、单位之间有差别（{batches} 批）：称层级有差别而不加说明的比例")
    for name, tilted in (("人员分布均匀", False), ("深度高的单位基层多、领导少", True)):
        rng = np.random.default_rng(2)
        plain = bare = 0
        for _ in range(batches):
            conclusion = depth_by_tier(batch(rng, spread=0.8, tilted=tilted)).conclusion
            plain += bool(CLAIM.search(conclusion))
            bare += bool(CLAIM.search(conclusion) and not CAVEAT.search(conclusion))
        print(f"  {name}：不分单位看有差别 {100 * plain / batches:.1f}%，其中未加说明 {100 * bare / batches:.1f}%")


def power(batches: int) -> None:
    d = shift(MEDIUM)
    print(f"\n三、中等差别 δ = {MEDIUM}（领导 20、中层 40、基层 80，{batches} 批）：层级结论说出差别的比例（目标 ≥ 80%）")
    for name, moved, sizes in (
        ("逐级相差 δ", {"middle": d, "frontline": 2 * d}, SIZES),
        ("只有基层不同", {"frontline": d}, SIZES),
        ("只有领导不同", {"leadership": -d}, SIZES),
        ("只有领导不同，领导 40", {"leadership": -d}, {"leadership": 40, "middle": 40, "frontline": 80}),
        ("只有领导不同，各 80", {"leadership": -d}, dict.fromkeys(TIERS, 80)),
    ):
        rng = np.random.default_rng(3)
        hit = Counter()
        for _ in range(batches):
            c = depth_by_tier(batch(rng, sizes, moved=moved))
            hit["any"] += bool(CLAIM.search(c.conclusion))
            hit["trend"] += c.trend.direction == "rising"
            hit["wrong"] += "falling" in (c.trend.direction, c.trend.stratified_direction) or "高于" in c.conclusion
        print(f"  {name}：说出差别 {100 * hit['any'] / batches:.1f}%（趋势 {100 * hit['trend'] / batches:.1f}%），方向说反 {100 * hit['wrong'] / batches:.1f}%")


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
    for n in (20, 40, 80):
        text = []
        for p in (0.06, 0.2, 0.5):
            counts = rng.binomial(n, p, batches)
            text.append(f"{100 * p:.0f}%：{100 * np.mean([low <= p <= high for low, high in (wilson(int(k), n) for k in counts)]):.1f}%")
        print(f"  Wilson，n = {n}，真值 " + "，".join(text))
    pairs = zip(rng.binomial(20, 0.2, batches), rng.binomial(80, 0.06, batches))
    inside = np.mean([low <= 0.14 <= high for low, high in (newcombe(int(a), 20, int(b), 80) for a, b in pairs)])
    print(f"  Newcombe，20%（20 篇）与 6%（80 篇）之差：{100 * inside:.1f}%")


def speed() -> None:
    print("\n五、10,000 篇的用时（目标 < 10 秒）")
    for units in (20, 200):
        sizes = dict(zip(TIERS, (1000, 3000, 6000)))
        table = batch(np.random.default_rng(5), sizes, units, moved={"frontline": 0.2}, spread=0.25)
        start = time.perf_counter()
        compare(table)
        print(f"  {units} 个单位：{time.perf_counter() - start:.1f} 秒")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the batches")
    batches = 200 if parser.parse_args().quick else 2000
    start = time.perf_counter()
    false_alarms(batches)
    confounded(batches // 2)
    power(batches // 2)
    coverage(batches)
    speed()
    print(f"\n共用 {time.perf_counter() - start:.0f} 秒")


if __name__ == "__main__":
    main()
