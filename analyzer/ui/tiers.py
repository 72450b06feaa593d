"""层级对比: how the tiers differ, in charts and in words, with what cannot be said."""

from __future__ import annotations

from urllib.parse import quote

import pandas as pd
import streamlit as st

from analyzer.compare import Comparison
from analyzer.essay import TIERS
from analyzer.labels import TIER
from analyzer.report import charts
from analyzer.report.summary import comparison
from analyzer.ui import context, theme
from analyzer.ui.context import Loaded

MOST_UNITS = 40
"""Units in the heat map; the rest are in the workbook."""

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
    rain = charts.depth_by_tier(*shown, lambda id: f"essay?batch={batch.id}&essay={quote(id)}")
    levels = charts.level_shares(table, width=300)
    left, right = st.columns([1.75, 1])
    with left, st.container(border=True, key="panel-rain"):
        st.html(f"<b>{title}</b>")
        _show(rain, "rain")
        if table.tier.value_counts().max() > charts.MOST_POINTS:
            theme.lede(f"每个层级只画 {charts.MOST_POINTS} 个点，曲线、中位数和四分位按全部篇目算。")
    with right, st.container(border=True, key="panel-levels"):
        st.html("<b>等级构成</b>")
        _show(levels, "levels")
        st.html(_table(found, table, unit))
    _words(comparison(found.report, name), unit)
    to_keep = charts.depth_by_tier(*shown)  # a picture that is sent on must not lead into this computer
    _downloads(("思考深度分布" if measure == "score_own" else title, to_keep), ("等级构成", levels), table=table)
    _shares(found)
    _units(found)


def _show(chart, key: str) -> None:
    st.altair_chart(chart, width="content", theme=None, key=f"chart-{key}")


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


def _downloads(*named, table: pd.DataFrame) -> None:
    columns = st.columns([1, 1, 1, 1, 1.2, 2])
    for i, (name, chart) in enumerate(named):
        columns[2 * i].download_button(
            f"{name} PNG", lambda chart=chart: charts.to_png(chart), f"{name}.png", "image/png", on_click="ignore", key=f"png-{i}"
        )
        columns[2 * i + 1].download_button(
            f"{name} SVG",
            lambda chart=chart: charts.to_svg(chart),
            f"{name}.svg",
            "image/svg+xml",
            on_click="ignore",
            key=f"svg-{i}",
        )
    shown = table[["unit", "tier", "score_own", "level_own", "own", "copied", "templated", "verdict"]].assign(
        tier=table.tier.map(TIER)
    )
    shown.columns = ["单位", "层级", "思考深度", "深度等级", "自己的话", "与他人雷同", "与范文相似", "结论"]
    columns[4].download_button(
        "数据 CSV",
        lambda: shown.to_csv(index=False).encode("utf-8-sig"),
        "层级对比.csv",
        "text/csv",
        on_click="ignore",
        key="csv",
    )


def _shares(found: Loaded) -> None:
    named = [
        (comparison(found.report, m), t)
        for m, t in (("suspected", "疑似雷同比例（95% 区间）"), ("templated", "套用模板比例（95% 区间）"))
    ]
    known = [(c, t) for c, t in named if c is not None]
    if not known:
        return
    with st.container(border=True, key="panel-shares"):
        st.html("<b>疑似雷同与套用模板</b>")
        chart = charts.shares([c for c, _ in known], [t for _, t in known])
        _show(chart, "shares")
        theme.say(*[(title.split("（")[0], c.conclusion) for c, title in known if c.conclusion])


def _units(found: Loaded) -> None:
    with st.container(border=True, key="panel-units"):
        st.html("<b>单位 × 层级</b>")
        choice = st.segmented_control(
            "显示",
            ["depth", "suspected"],
            default="depth",
            required=True,
            label_visibility="collapsed",
            format_func={"depth": "思考深度", "suspected": "疑似比例"}.get,
            key="heat",
        )
        of = comparison(found.report, choice, "unit_tier")
        if of is None:
            st.html('<p class="lede">没有可比的单位。</p>')
            return
        sizes = found.table.unit.value_counts()
        shown = set(sizes.index[:MOST_UNITS])
        if len(sizes) > MOST_UNITS:
            theme.lede(f"只显示篇数最多的 {MOST_UNITS} 个单位，其余见清单的“单位对比”。")
        kept = Comparison(of.measure, of.by, tuple(g for g in of.groups if g.name.rpartition("|")[0] in shown))
        _show(charts.unit_by_tier(kept, "思考深度中位数" if choice == "depth" else "疑似比例", choice != "depth"), "heat")
        theme.lede("括号里是篇数；不足 3 篇的不显示数值。")
