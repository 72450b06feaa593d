"""层级对比: how the tiers differ, in charts and in words, with what cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import quote

import pandas as pd
import streamlit as st

from analyzer.compare import Comparison
from analyzer.essay import TIERS
from analyzer.labels import LEVEL, TIER, VERDICT
from analyzer.report import charts
from analyzer.report.drawing import to_png, to_svg
from analyzer.report.harmless import harmless
from analyzer.report.summary import comparison
from analyzer.ui import changed, context, drawn, theme
from analyzer.ui.context import Loaded

MOST_UNITS = 40
"""Units in the heat map; the rest are in the workbook."""

HEAT = {"depth": "思考深度中位数", "suspected": "疑似比例"}

MEASURES = {
    "score_own": ("思考深度（0–100）", (0.0, 100.0), "depth"),
    "own": ("自己的话占比", (0.0, 1.0), "own"),
    "copied": ("与他人雷同占比", (0.0, 1.0), "suspected"),
}


def page() -> None:
    batch, found = context.need_report()
    theme.heading("层级对比")
    theme.lede("思考深度只算本人写的部分（引文、雷同段落已去掉）。每个点是一篇，点开即读。")
    controls = st.columns([2, 1.4, 4])
    units = sorted(unit for unit in found.table.unit.unique() if unit)
    unit = controls[0].selectbox("单位", units, index=None, placeholder="全部单位", key="unit", bind="query-params")
    measure = controls[1].selectbox("指标", list(MEASURES), format_func=lambda m: MEASURES[m][0], key="measure")
    table = found.table if unit is None else found.table[found.table.unit == unit]
    title, domain, name = MEASURES[measure]
    shown = (table, measure, title, domain, 500)
    levels = lambda: charts.level_shares(table, width=300)
    left, right = st.columns([1.75, 1])
    with left, st.container(border=True, key="panel-rain"):
        to_keep = lambda: charts.depth_by_tier(*shown)  # a picture that is sent on must not lead into this computer
        _titled(title.partition("（")[0] + "分布", title, to_keep, lambda: _essays(table), "rain")
        to_click = lambda: charts.depth_by_tier(*shown, lambda id: f"essay?batch={batch.id}&essay={quote(id)}")
        drawn.show(found.key, f"rain-{measure}-{unit or ''}", to_click)
        if table.tier.value_counts().max() > charts.MOST_POINTS:
            theme.lede(f"每个层级只画 {charts.MOST_POINTS} 个点，曲线、中位数和四分位按全部篇目算。")
    with right, st.container(border=True, key="panel-levels"):
        _titled("等级构成", "等级构成", levels, lambda: _levels(table), "levels")
        drawn.show(found.key, f"levels-{unit or ''}", levels)
        st.html(_table(found, table, unit))
    _words(comparison(found.report, name), unit)
    _shares(found)
    _units(found)
    changed.show(found.report, unit)
    _signed(found)


def _titled(name: str, heading: str, chart: Callable, figures: Callable[[], pd.DataFrame], key: str) -> None:
    """A chart's heading, and beside it the chart as a picture and its numbers, to be taken away; both are made on the click."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"saves-{key}"):
        st.html(f"<b>{heading}</b>", width="stretch")
        for label, mime, make in (
            ("PNG", "image/png", lambda: to_png(chart())),
            ("SVG", "image/svg+xml", lambda: to_svg(chart())),
            ("CSV", "text/csv", lambda: figures().to_csv(index=False).encode("utf-8-sig")),
        ):
            st.download_button(label, make, f"{name}.{label.lower()}", mime, on_click="ignore", key=f"{label}-{key}")


def _essays(table: pd.DataFrame) -> pd.DataFrame:
    shown = table[["unit", "tier", "score_own", "level_own", "own", "copied", "templated", "verdict"]].assign(
        tier=table.tier.map(TIER), verdict=table.verdict.map(VERDICT), unit=table.unit.map(harmless)
    )
    return shown.set_axis(["单位", "层级", "思考深度", "深度等级", "自己的话", "与他人雷同", "与范文相似", "结论"], axis=1)


def _levels(table: pd.DataFrame) -> pd.DataFrame:
    counted = table.assign(level=table.level_own).groupby(["tier", "level"]).size().rename("篇数").reset_index()
    counted = counted[counted.tier.isin(TIERS)]
    shares = counted["篇数"] / counted.groupby("tier")["篇数"].transform("sum")
    return pd.DataFrame({"层级": counted.tier.map(TIER), "等级": counted.level.astype(int).map(LEVEL), "篇数": counted["篇数"], "占比": shares.round(4)})


def _compared(of: Iterable[tuple[str, Comparison]]) -> pd.DataFrame:
    rows = []
    for title, c in of:
        for g in c.groups:
            unit, _, tier = g.name.rpartition("|")
            value = g.median if g.mean is None else g.mean
            rows.append({"指标": title, "单位": harmless(unit), "层级": TIER.get(tier, tier), "篇数": g.n, "数值": value, "下限": g.low, "上限": g.high})
    return pd.DataFrame(rows)


def _table(found: Loaded, table: pd.DataFrame, unit: str | None) -> str:
    depth = comparison(found.report, "depth")
    intervals = {g.name: g for g in depth.groups} if depth and unit is None else {}
    rows = []
    for tier in TIERS:
        of = table[table.tier == tier]
        scores = of.score_own.dropna()
        group = intervals.get(tier)
        between = f"{group.low:.0f}–{group.high:.0f}" if group and group.low is not None else "–"
        rows.append(
            [
                TIER[tier],
                str(len(of)),
                f"{scores.median():.0f}" if len(scores) >= 3 else "–",
                between,
                f"{(of.verdict != 'clear').mean():.0%}" if len(of) >= 3 else "–",
            ]
        )
    return theme.figures(["", "篇", "中位", "95% 区间", "疑似或套用"], rows, {1, 2, 3, 4})


def _words(of: Comparison | None, unit: str | None) -> None:
    if unit is not None:
        theme.say(("提示", "只看一个单位时篇数少，不作统计结论；结论以全部单位为准。"))
        return
    text = of.conclusion if of and of.conclusion else "层级已知的篇目太少，不作层级比较。"
    theme.say(("结论", text))


def _shares(found: Loaded) -> None:
    named = [
        (comparison(found.report, m), t)
        for m, t in (("suspected", "疑似雷同比例（95% 区间）"), ("templated", "套用模板比例（95% 区间）"))
    ]
    known = [(c, t) for c, t in named if c is not None]
    if not known:
        return
    with st.container(border=True, key="panel-shares"):
        chart = lambda: charts.shares([c for c, _ in known], [t for _, t in known])
        _titled("疑似比例", "疑似雷同与套用模板", chart, lambda: _compared((t, c) for c, t in known), "shares")
        drawn.show(found.key, "shares", chart)
        theme.say(*[(title.split("（")[0], c.conclusion) for c, title in known if c.conclusion])


def _units(found: Loaded) -> None:
    with st.container(border=True, key="panel-units"):
        choice = st.segmented_control(
            "单位 × 层级",
            list(HEAT),
            default="depth",
            required=True,
            format_func=HEAT.get,
            key="heat",
        )
        of = comparison(found.report, choice, "unit_tier")
        if of is None:
            st.html('<p class="lede">没有可比的单位。</p>')
            return
        sizes = found.table.unit.value_counts()
        shown = set(sizes.index[:MOST_UNITS])
        kept = Comparison(of.measure, of.by, tuple(g for g in of.groups if g.name.rpartition("|")[0] in shown))
        chart = lambda: charts.unit_by_tier(kept, HEAT[choice], choice != "depth")
        _titled(f"单位层级{HEAT[choice]}", f"单位 × 层级：{HEAT[choice]}", chart, lambda: _compared([(HEAT[choice], of)]), "heat")
        drawn.show(found.key, f"heat-{choice}", chart)
        more = f"只画篇数最多的 {MOST_UNITS} 个单位，CSV 里是全部。" if len(sizes) > MOST_UNITS else ""
        theme.lede(f"{more}括号里是篇数；不足 3 篇的不显示数值。")


def _signed(found: Loaded) -> None:
    """Who signed off essays that should not have passed, where the roster names reviewers."""
    signed = comparison(found.report, "findings", "reviewer")
    if signed:
        theme.say(("审核人", signed.conclusion))
