"""Sheets of the workbook on who stands for what (查结率, 审核人) and on what changed since earlier batches."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl import Workbook

from analyzer.report.comparing import changes_table, closing
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.sheet import (
    COUNT,
    PERCENT,
    Column,
    finish_sheet,
    paragraph,
    write_table,
)

_RATES = (Column("", 26), Column("篇数", 9, COUNT), Column("其中", 9, COUNT), Column("比例", 9, PERCENT), Column("95% 区间\n下限", 11, PERCENT), Column("95% 区间\n上限", 11, PERCENT), Column("说明", 26))  # fmt: skip
_CHANGES = (Column("指标", 16), Column("单位", 24), Column("层级", 11), Column("前一批", 14), Column("这一批", 14), Column("超出偶然", 9, center=True), Column("结论", 84))  # fmt: skip


def write_responsibility(book: Workbook, report: Report, reviews: Mapping[str, Review]) -> None:
    """Closing rates once anything is recorded about a suspect; who signed off where the roster says so."""
    signed = next((c for c in report.comparisons if c.by == "reviewer"), None)
    pages = [("查结率", "单位", "已查结", closing(report, reviews))] if reviews and len(report.suspects) else []
    pages += [("审核人", "审核人", "有把关问题", signed)] if signed else []
    for title, who, counted, comparison in pages:
        sheet = book.create_sheet(title)
        columns = (Column(who, 26), _RATES[1], Column(counted, 11, COUNT), *_RATES[3:])
        rows = [[g.name, g.n, g.count, g.mean, g.low, g.high, g.note] for g in comparison.groups]
        last = write_table(sheet, columns, rows)
        finish_sheet(sheet, columns, last, title)
        paragraph(sheet, last + 2, comparison.conclusion, len(columns), sum(column.width for column in columns))


def write_changes(book: Workbook, report: Report) -> None:
    if not report.changes:
        return
    sheet = book.create_sheet("批次变化")
    rows = changes_table(report.changes).values.tolist()
    finish_sheet(sheet, _CHANGES, write_table(sheet, _CHANGES, rows), "批次变化")
