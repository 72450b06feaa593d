"""Charts of a report's figures: the app, the document and the downloads show the same ones.

Colours are Okabe and Ito's (told apart by the colour-blind); levels are shades of one blue, so that they keep their order in
greyscale. Every chart stands on a table that can be downloaded beside it (``chart.data``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import altair as alt
import numpy as np
import pandas as pd

from analyzer.compare import Comparison
from analyzer.essay import TIERS
from analyzer.labels import LEVEL, TIER, VERDICT

FONT = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
INK, SUBDUED, GRID = "#1d2733", "#5d6b7a", "#e5e9ee"
TIER_COLOURS = {"leadership": "#0072B2", "middle": "#E69F00", "frontline": "#009E73"}
LEVEL_COLOURS = ("#d9dee4", "#a9c3dd", "#4f8fc7", "#0b4c8c")
WARNING = "#B5440D"
SMALLEST_CURVE = 8
"""Below this many essays a density curve would pretend to know a shape; the points alone are shown."""
MOST_POINTS = 300
"""Points drawn a tier: more would hide each other. Which ones is decided by their ids alone; curve and box count all."""


def depth_by_tier(
    table: pd.DataFrame,
    column: str = "score_own",
    title: str = "思考深度（0–100）",
    domain=(0.0, 100.0),
    width: int = 560,
    link: Callable[[str], str] | None = None,
) -> alt.VConcatChart:
    """A raincloud a tier: the distribution, median and quartiles, and every essay as a point.

    ``table``: rows of ``Report.table``; ``link``: URL that a click on an essay's point opens.
    """
    rows = [tier for tier in TIERS if (table.tier == tier).any()]
    panels = [_rain(table[table.tier == tier], tier, column, title, domain, width, link, last=tier == rows[-1]) for tier in rows]
    if not panels:
        return styled(alt.vconcat(_nothing("没有层级已知的篇目", width)))
    return styled(alt.vconcat(*panels, spacing=4))


def _rain(table: pd.DataFrame, tier: str, column: str, title: str, domain, width: int, link, last: bool) -> alt.LayerChart:
    rated = table[table[column].notna()]
    values = rated[column].to_numpy(float)
    colour, name = TIER_COLOURS[tier], f"{TIER[tier]}（{len(values)} 篇）"
    x = lambda field, axis=None: alt.X(
        field, type="quantitative", scale=alt.Scale(domain=list(domain), nice=False), axis=axis, title=title
    )
    axis = alt.Axis(labels=last, ticks=False, domain=False, grid=True, title=title if last else None, tickCount=6)
    y = alt.Scale(domain=[-1.05, 1.1], nice=False)
    heights = rated.id.map(_jitter)
    drawn = rated[heights <= heights.nsmallest(MOST_POINTS).max()] if len(rated) > MOST_POINTS else rated
    points = pd.DataFrame(
        {
            "value": drawn[column].to_numpy(float),
            "y": [-0.45 - 0.5 * _jitter(f"y {id}") for id in drawn.id],
            "who": (drawn.unit + " " + drawn.author).tolist(),
            "题目": drawn.title.tolist(),
            "结论": [VERDICT[v] for v in drawn.verdict],
            "url": [link(id) if link else "" for id in drawn.id],
        }
    )
    href = {"href": "url:N"} if link else {}
    label = alt.Y(
        "y:Q",
        scale=y,
        axis=alt.Axis(
            labels=False,
            ticks=False,
            domain=False,
            grid=False,
            title=name,
            titleAngle=0,
            titleAlign="right",
            titleX=-8,
            titleFontSize=13,
            titleFontWeight="normal",
            titleBaseline="middle",
            titleColor=INK,
        ),
    )
    layers = [
        alt.Chart(points)
        .mark_circle(size=34, opacity=0.75, color=colour)
        .encode(
            x("value", axis),
            label,
            **href,
            tooltip=[
                alt.Tooltip("who:N", title="作者"),
                alt.Tooltip("题目:N"),
                alt.Tooltip("value:Q", title="数值", format=".1f"),
                alt.Tooltip("结论:N"),
            ],
        )
    ]
    if len(values) >= SMALLEST_CURVE and np.ptp(values) > 0:
        layers.insert(
            0,
            alt.Chart(_density(values, domain))
            .mark_area(opacity=0.28, color=colour)
            .encode(x("value", axis), alt.Y("density:Q", scale=y), alt.Y2("base:Q")),
        )
    if len(values) >= 3:
        q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
        box = pd.DataFrame(
            [{"q1": q1, "median": median, "q3": q3, "low": -0.3, "high": -0.08, "mid": -0.19, "text": f"{median:.0f}"}]
        )
        base = alt.Chart(box)
        # the median's number stands beside the box where there is room, else before it
        to_the_left = q3 > domain[0] + 0.92 * (domain[1] - domain[0])
        layers += [
            base.mark_rect(fillOpacity=0, stroke=INK, strokeWidth=1.4).encode(
                x("q1", axis), alt.X2("q3"), alt.Y("low:Q", scale=y), alt.Y2("high")
            ),
            base.mark_rule(stroke=INK, strokeWidth=3).encode(x("median", axis), alt.Y("low:Q", scale=y), alt.Y2("high")),
            base.mark_text(
                align="right" if to_the_left else "left",
                dx=-6 if to_the_left else 6,
                fontSize=13,
                fontWeight="bold",
                color=INK,
                baseline="middle",
            ).encode(x("q1" if to_the_left else "q3", axis), alt.Y("mid:Q", scale=y), text="text:N"),
        ]
    return alt.layer(*layers).properties(width=width, height=96)


def _density(values: np.ndarray, domain) -> pd.DataFrame:
    """A Gaussian density with Silverman's bandwidth, scaled to height 1."""
    spread = min(values.std(ddof=1), np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.34) or values.std(ddof=1)
    bandwidth = max(0.9 * spread * len(values) ** -0.2, 1e-3 * (domain[1] - domain[0]))
    at = np.linspace(*domain, 160)
    height = np.exp(-0.5 * ((at[:, None] - values) / bandwidth) ** 2).sum(axis=1)
    return pd.DataFrame({"value": at, "density": height / height.max(), "base": 0.0})


def _jitter(id: str) -> float:
    """0 to 1, the same for the same essay every time."""
    return int.from_bytes(blake2b(id.encode(), digest_size=4).digest(), "big") / 2**32


def level_shares(table: pd.DataFrame, column: str = "level_own", width: int = 330) -> alt.LayerChart:
    """Levels 1 to 4 as stacked shares, one bar a tier."""
    rows = []
    for tier in TIERS:
        levels = table.loc[table.tier == tier, column].dropna()
        end = 0.0
        for level in (1, 2, 3, 4):
            share = float((levels == level).mean()) if len(levels) else 0.0
            rows.append(
                {
                    "层级": TIER[tier],
                    "等级": LEVEL[level],
                    "篇数": int((levels == level).sum()),
                    "占比": share,
                    "start": end,
                    "end": end + share,
                    "middle": end + share / 2,
                    "text": f"{share:.0%}" if share >= 0.07 else "",
                    "ink": "#ffffff" if level > 2 else INK,
                }
            )
            end += share
    data = pd.DataFrame(rows)
    names = [LEVEL[level] for level in (1, 2, 3, 4)]
    y = alt.Y(
        "层级:N",
        sort=[TIER[t] for t in TIERS],
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelFontSize=13, labelColor=INK),
    )
    x_scale = alt.Scale(domain=[0, 1], nice=False)
    bars = (
        alt.Chart(data)
        .mark_bar(height=26, stroke="#ffffff", strokeWidth=1)
        .encode(
            alt.X(
                "start:Q",
                scale=x_scale,
                axis=alt.Axis(format=".0%", grid=False, ticks=False, domain=False, tickCount=5),
                title=None,
            ),
            alt.X2("end:Q"),
            y,
            alt.Color(
                "等级:N",
                scale=alt.Scale(domain=names, range=list(LEVEL_COLOURS)),
                legend=alt.Legend(orient="bottom", title=None, direction="horizontal", columns=4, symbolType="square"),
            ),
            tooltip=["层级:N", "等级:N", "篇数:Q", alt.Tooltip("占比:Q", format=".1%")],
        )
    )
    text = (
        alt.Chart(data)
        .mark_text(fontSize=12)
        .encode(alt.X("middle:Q", scale=x_scale), y, text="text:N", color=alt.Color("ink:N", scale=None))
    )
    return styled((bars + text).properties(width=width, height=46 * len(TIERS), autosize="pad"))


def shares(comparisons: Sequence[Comparison], titles: Sequence[str], width: int = 330) -> alt.HConcatChart:
    """Shares with their 95 % intervals by tier, one panel a comparison (such as suspected and templated)."""
    panels = []
    for comparison, title in zip(comparisons, titles, strict=True):
        rows = [
            {
                "层级": TIER.get(g.name, g.name),
                "篇数": g.n,
                "占比": g.mean,
                "下限": g.low,
                "上限": g.high,
                "text": f"{g.mean:.0%}",
            }
            for g in comparison.groups
            if g.mean is not None
        ]
        if not rows:
            panels.append(_nothing(f"{title}：篇数太少", width))
            continue
        data = pd.DataFrame(rows)
        top = min(1.0, max(0.1, float(np.nanmax(data["上限"].astype(float).fillna(data["占比"]))) * 1.15))
        y = alt.Y(
            "层级:N",
            sort=[TIER[t] for t in TIERS],
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelFontSize=13, labelColor=INK),
        )
        scale = alt.Scale(domain=[0, top], nice=False)
        base = alt.Chart(data)
        tips = ["层级:N", "篇数:Q", *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("占比", "下限", "上限"))]
        x = alt.X("占比:Q", scale=scale, title=title, axis=alt.Axis(format=".0%", tickCount=5, ticks=False, domain=False))
        panels.append(
            alt.layer(
                base.mark_rule(strokeWidth=2, color=SUBDUED).encode(
                    alt.X("下限:Q", scale=scale, title=title), alt.X2("上限:Q"), y
                ),
                base.mark_point(size=90, filled=True, color=INK, opacity=1).encode(x, y, tooltip=tips),
                base.mark_text(dy=-12, fontSize=12, color=INK).encode(alt.X("占比:Q", scale=scale), y, text="text:N"),
            ).properties(width=width, height=46 * len(TIERS))
        )
    return styled(alt.hconcat(*panels, spacing=30))


def unit_by_tier(comparison: Comparison, title: str, percent: bool, width: int = 330) -> alt.LayerChart:
    """A heat map unit × tier of one measure, the figure and n in each cell; cells too small for a figure show n alone."""
    rows = []
    for group in comparison.groups:
        unit, _, tier = group.name.rpartition("|")
        if tier not in TIER or not unit:
            continue
        value = group.mean if percent else group.median
        shown = "–" if value is None else f"{value:.0%}" if percent else f"{value:.0f}"
        rows.append({"单位": unit, "层级": TIER[tier], "值": value, "篇数": group.n, "text": f"{shown}（{group.n}）"})
    data = pd.DataFrame(rows)
    if data.empty:
        return styled(alt.layer(_nothing("没有可比的单位", width)))
    known = data["值"].dropna().astype(float)
    top = (max(0.2, float(known.max())) if percent else 100.0) if len(known) else 1.0
    base = alt.Chart(data).encode(
        alt.X(
            "层级:N",
            sort=[TIER[t] for t in TIERS],
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False, labelFontSize=13),
        ),
        alt.Y(
            "单位:N",
            sort="ascending",
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=190, labelFontSize=12, labelColor=INK),
        ),
    )
    fill = alt.Color(
        "值:Q",
        scale=alt.Scale(domain=[0, top], range=["#f3f6fa", "#0b4c8c"]),
        title=title,
        legend=alt.Legend(orient="bottom", format=".0%" if percent else ".0f", gradientLength=200),
    )
    cells = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.condition("isValid(datum['值'])", fill, alt.value("#ffffff")),
        tooltip=["单位:N", "层级:N", "篇数:Q", alt.Tooltip("值:Q", title=title, format=".1%" if percent else ".1f")],
    )
    text = base.mark_text(fontSize=12).encode(
        text="text:N",
        color=alt.condition(f"isValid(datum['值']) && datum['值'] > {0.55 * top}", alt.value("#ffffff"), alt.value(INK)),
    )
    return styled((cells + text).properties(width=width, height=alt.Step(27), autosize="pad"))


def _nothing(text: str, width: int) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame([{"text": text}]))
        .mark_text(fontSize=14, color=SUBDUED)
        .encode(text="text:N")
        .properties(width=width, height=90)
    )


def styled(chart):
    """Fonts and quiet axes; set on the outermost chart only, as Vega-Lite wants it."""
    return (
        chart.configure(font=FONT, background="#ffffff", padding=8)
        .configure_view(stroke=None)
        .configure_axis(
            labelFont=FONT,
            titleFont=FONT,
            labelColor=SUBDUED,
            titleColor=SUBDUED,
            gridColor=GRID,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelFont=FONT, titleFont=FONT, labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=SUBDUED
        )
        .configure_text(font=FONT)
    )
