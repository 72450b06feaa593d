"""Who hangs together: each group of suspects as a small net."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import cos, pi, sin

import altair as alt
import pandas as pd

from analyzer.essay import TIERS
from analyzer.labels import TIER
from analyzer.report.charts import INK, SUBDUED, TIER_COLOURS, styled
from analyzer.report.report import Report
from analyzer.report.suspects import Suspect, counting_matches

MOST = 24
"""Groups drawn in one chart."""
PER_ROW = 6

SHAPES = alt.Scale(domain=[TIER[t] for t in (*TIERS, "")], range=["circle", "square", "triangle-up", "diamond"])
"""A tier has a shape besides its colour, for those who cannot tell the colours apart and for black and white."""
KEY = alt.Legend(orient="bottom", direction="horizontal", title=None, symbolFillColor=SUBDUED, symbolStrokeWidth=0)


def group_members(report: Report, found: Iterable[Suspect]) -> dict[int, list[str]]:
    """Essay ids by group number, most essays first; groups of one are left out."""
    members: dict[int, list[str]] = defaultdict(list)
    for s in found:
        if s.originality.group is not None:
            members[int(s.originality.group)].append(s.essay.id)
    kept = {number: ids for number, ids in members.items() if len(ids) > 1}
    return dict(sorted(kept.items(), key=lambda item: (-len(item[1]), item[0])))


def groups_chart(
    report: Report, members: Mapping[int, Sequence[str]], link: Callable[[str], str] | None = None, cell: int = 150
) -> alt.LayerChart:
    """Every group on a circle of its own; a line's width is the share of the shorter essay that two have in common."""
    nodes, lines, titles = [], [], []
    for place, (number, ids) in enumerate(list(members.items())[:MOST]):
        x, y = place % PER_ROW, -(place // PER_ROW)
        at = {
            id: (x + 0.26 * cos(2 * pi * i / len(ids) + pi / 2), y + 0.26 * sin(2 * pi * i / len(ids) + pi / 2))
            for i, id in enumerate(ids)
        }
        titles.append({"x": x, "y": y + 0.46, "text": f"第 {number} 组"})
        for id in ids:
            essay = report.essay(id)
            nodes.append(
                {
                    "x": at[id][0],
                    "y": at[id][1],
                    "姓名": essay.author or essay.file,
                    "单位": essay.unit,
                    "层级": TIER[essay.tier],
                    "colour": TIER_COLOURS.get(essay.tier, SUBDUED),
                    "url": link(id) if link else "",
                }
            )
        common: dict[tuple[str, str], int] = defaultdict(int)
        for id in ids:
            for m in counting_matches(report, id):
                if m.other in at and id < m.other:
                    common[id, m.other] += m.end - m.start
        for (a, b), characters in common.items():
            shortest = max(1, min(len(report.essay(a).text), len(report.essay(b).text)))
            lines.append({"x": at[a][0], "y": at[a][1], "x2": at[b][0], "y2": at[b][1], "share": min(1.0, characters / shortest)})
    columns, rows = min(PER_ROW, max(len(titles), 1)), (len(titles) - 1) // PER_ROW + 1
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.4, columns - 0.4], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0.6 - rows, 0.6], nice=False))
    dots = alt.Chart(pd.DataFrame(nodes))
    href = {"href": "url:N"} if link else {}
    name = {"dx": 11, "align": "left", "fontSize": 12}
    layers = [
        # white around each name, so that no line strikes it through
        dots.mark_text(**name, color="#ffffff", stroke="#ffffff", strokeWidth=5, strokeJoin="round").encode(x, y, text="姓名:N"),
        dots.mark_point(size=190, opacity=1, filled=True, stroke="#ffffff", strokeWidth=1.5).encode(
            x, y, color=alt.Color("colour:N", scale=None), shape=alt.Shape("层级:N", scale=SHAPES, legend=KEY),
            tooltip=["姓名:N", "单位:N", "层级:N"], **href
        ),
        dots.mark_text(**name, color=INK).encode(x, y, text="姓名:N"),
        alt.Chart(pd.DataFrame(titles)).mark_text(fontSize=12, color=SUBDUED).encode(x, y, text="text:N"),
    ]
    if lines:
        layers.insert(
            0,
            alt.Chart(pd.DataFrame(lines))
            .mark_rule(color="#8b98a5")
            .encode(
                x,
                y,
                alt.X2("x2"),
                alt.Y2("y2"),
                strokeWidth=alt.StrokeWidth("share:Q", scale=alt.Scale(domain=[0, 1], range=[1, 6]), legend=None),
            ),
        )
    return styled(alt.layer(*layers).properties(width=cell * columns, height=cell * rows))
