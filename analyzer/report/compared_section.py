"""The document's section on tiers and units: tables, charts, and what can be said."""

from __future__ import annotations

from docx.document import Document as DocumentObject
from docx.shared import Mm

from analyzer.compare import Comparison, Group
from analyzer.compare.conclusion import HIDDEN
from analyzer.essay import TIERS
from analyzer.labels import TIER
from analyzer.report import charts
from analyzer.report.circulation import shown_tiers
from analyzer.report.comparing import what_changed
from analyzer.report.drawing import ChartError, to_png
from analyzer.report.official_form import WIDTH, body, caption, heading, picture, table
from analyzer.report.report import Report
from analyzer.report.summary import comparison, tier_sentence

UNITS = 30
"""Units in the document's table, the largest; all of them are in the workbook."""
_HEADER = ("篇数", "思考深度中位数", "95%区间", "疑似雷同", "疑似套用模板", "带把关问题")
_WIDTHS = [8, 14, 12, 14, 12, 12]


def write_compared(document: DocumentObject, report: Report) -> None:
    heading(document, "二、层级与单位对比", 1)
    _tiers(document, report)
    _units(document, report)
    _over_time(document, report)


def _tiers(document: DocumentObject, report: Report) -> None:
    heading(document, "（一）层级", 2)
    body(document, tier_sentence(report))
    caption(document, "表1　各层级主要指标")
    rows = [[TIER[tier], *_figures(report, "tier", tier)] for tier in TIERS]
    table(document, ["层级", *_HEADER], rows, [14, *_WIDTHS], set(range(1, 7)))
    shown = shown_tiers(report)
    if shown.tier.isin(TIERS).any():
        _chart(document, charts.depth_by_tier(shown, width=520), WIDTH)
        caption(document, "图1　各层级思考深度（每个点是一篇，粗线为中位数）", below=True)
        _chart(document, charts.level_shares(shown, width=480), Mm(140))
        caption(document, "图2　各层级深度等级构成", below=True)
    _conclusions(document, report, "tier", ("suspected", "findings"))


def _chart(document: DocumentObject, chart, width) -> None:
    try:
        picture(document, to_png(chart, 2.5), width)
    except ChartError as error:
        body(document, f"（{error}；数字见上表和清单。）")


def _units(document: DocumentObject, report: Report) -> None:
    names = _names(report, "unit")
    if not names:
        return
    heading(document, "（二）单位", 2)
    _conclusions(document, report, "unit", ("depth", "suspected", "findings"))
    caption(document, "表1之二　各单位主要指标" + (f"（篇数最多的 {UNITS} 个，其余见清单）" if len(names) > UNITS else ""))
    rows = [[name, *_figures(report, "unit", name)] for name in names[:UNITS]]
    table(document, ["单位", *_HEADER], rows, [26, *_WIDTHS], set(range(1, 7)))
    signed = next((c for c in report.comparisons if c.by == "reviewer"), None)
    if signed:
        body(document, signed.conclusion, lead="审核人：")


def _over_time(document: DocumentObject, report: Report) -> None:
    if not report.changes:
        return
    heading(document, "（三）与以前批次相比", 2)
    for sentence in what_changed(report.changes):
        body(document, sentence)


def _conclusions(document: DocumentObject, report: Report, by: str, measures: tuple[str, ...]) -> None:
    words = {"depth": "思考深度", "suspected": "疑似雷同", "findings": "把关问题"}
    for measure in measures:
        found = comparison(report, measure, by)
        if found and found.conclusion:
            body(document, found.conclusion, lead=f"{words[measure]}方面：")


def _names(report: Report, by: str) -> list[str]:
    """Groups, the largest first."""
    found = comparison(report, "suspected", by)
    return [g.name for g in sorted(found.groups, key=lambda g: (-g.n, g.name))] if found else []


def _figures(report: Report, by: str, name: str) -> list[str]:
    depth, suspected, templated, findings = (
        _group(comparison(report, m, by), name) for m in ("depth", "suspected", "templated", "findings")
    )
    if suspected.note == HIDDEN:
        return ["不公开", *["—"] * 5]
    return [
        str(max(depth.n, suspected.n)),
        "—" if depth.median is None else f"{depth.median:.0f}",
        "—" if depth.low is None or depth.high is None else f"{depth.low:.0f}–{depth.high:.0f}",
        *("—" if g.mean is None else f"{g.mean:.0%}" for g in (suspected, templated, findings)),
    ]


def _group(found: Comparison | None, name: str) -> Group:
    return next((g for g in found.groups if g.name == name), Group(name, 0)) if found else Group(name, 0)
