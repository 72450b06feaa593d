"""Charts render offline, with Chinese letters, from a report's tables."""

from __future__ import annotations

import re


from analyzer.report import charts
from analyzer.report.drawing import to_png, to_svg
from analyzer.report.groups_chart import group_members, groups_chart
from analyzer.report.summary import comparison
from analyzer.report.suspects import suspects


def svg(chart) -> str:
    return to_svg(chart)


def test_every_rated_essay_is_a_point_that_leads_to_it(report):
    drawn = svg(charts.depth_by_tier(report.table, link=lambda id: f"essay?essay={id}"))
    rated = report.table[report.table.tier.ne("") & report.table.score_own.notna()]
    assert all(f'essay?essay={id}"' in drawn for id in rated.id)
    assert drawn.count("essay?essay=") >= len(rated)
    assert "领导班子（" in drawn and f"{rated[rated.tier == 'middle'].score_own.median():.0f}</text>" in drawn


def test_too_few_essays_get_points_but_no_curve(report):
    few = report.table[report.table.tier == "leadership"].head(4)
    assert "mark-area" not in svg(charts.depth_by_tier(few))
    assert "没有层级已知的篇目" in svg(charts.depth_by_tier(few.head(0)))


def test_a_large_batch_draws_some_points_but_counts_all(report, monkeypatch):
    monkeypatch.setattr(charts, "MOST_POINTS", 5)
    drawn = svg(charts.depth_by_tier(report.table[report.table.tier == "frontline"], link=lambda id: f"essay={id}."))
    assert len(set(re.findall(r"essay=(\w+)\.", drawn))) == 5 and "基层一线（20 篇）" in drawn


def test_level_shares_add_up(report):
    data = charts.level_shares(report.table).data
    assert data.groupby("层级")["占比"].sum().round(6).tolist() == [1.0, 1.0, 1.0]


def test_levels_get_darker_so_that_greyscale_keeps_their_order():
    grey = [0.299 * int(c[1:3], 16) + 0.587 * int(c[3:5], 16) + 0.114 * int(c[5:7], 16) for c in charts.LEVEL_COLOURS]
    assert grey == sorted(grey, reverse=True) and min(a - b for a, b in zip(grey, grey[1:], strict=False)) > 30


def test_shares_and_heat_map_show_the_comparisons_figures(report):
    suspected = comparison(report, "suspected")
    assert f"{suspected.groups[0].mean:.0%}" in svg(charts.shares([suspected], ["疑似雷同比例"]))
    heat = svg(charts.unit_by_tier(comparison(report, "suspected", "unit_tier"), "疑似比例", True))
    assert "禾川县公安局" in heat and "–（1）" in heat


def test_groups_are_drawn_with_their_members(report):
    members = group_members(report, suspects(report))
    drawn = svg(groups_chart(report, members))
    assert all(report.essay(id).author in drawn for ids in members.values() for id in ids)


def test_pictures_are_made_without_a_network(report):
    assert to_png(charts.level_shares(report.table)).startswith(b"\x89PNG")
