"""疑似雷同清单.xlsx: the list an office works through, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.compare import Comparison, Group
from analyzer.essay import TIERS
from analyzer.labels import FINDING, LEVEL, MEASURE, STATE, TIER, TRACE, VERDICT
from analyzer.report.circulation import for_circulation
from analyzer.report.report import Report
from analyzer.report.responsibility_sheets import write_changes, write_responsibility
from analyzer.report.review import Review
from analyzer.report.sheet import (
    COUNT,
    PERCENT,
    PROBABILITY,
    SCORE,
    Column,
    finish_sheet,
    new_workbook,
    paragraph,
    write_table,
)
from analyzer.report.suspects import Suspect, document_name, passage, person, suspects
from analyzer.saving import whole

NAME = "疑似雷同清单.xlsx"
LIST = "疑似雷同清单"
PASSAGE = 150
"""Characters of a passage that the list shows; the whole is in the app."""

SUSPECT_COLUMNS = (
    Column("序号", 5, center=True),
    Column("单位", 16),
    Column("姓名", 8.5, center=True),
    Column("职务", 13),
    Column("层级", 9.5, center=True),
    Column("疑似类型", 10.5, center=True),
    Column("疑似程度", 7, PROBABILITY),
    Column("雷同比例", 8, PERCENT),
    Column("相似对象", 20),
    Column("本人段落", 38),
    Column("对方段落", 38),
    Column("核实状态", 9.5, center=True, fill_in=True),
    Column("责任人", 9, center=True, fill_in=True),
    Column("核实结论", 15, fill_in=True),
    Column("整改措施", 17, fill_in=True),
    Column("完成时限", 11.5, center=True, fill_in=True),
    Column("编号", 8, center=True),
)
"""编号 is what a filled-in list is read back by."""

ESSAY_COLUMNS = (
    Column("序号", 6, center=True),
    Column("单位", 20),
    Column("姓名", 9, center=True),
    Column("职务", 16),
    Column("层级", 10, center=True),
    Column("题目", 34),
    Column("字数", 8, COUNT),
    Column("亲自动手", 13, center=True),
    Column("疑似程度", 8, PROBABILITY),
    Column("与他人雷同", 9, PERCENT),
    Column("与范文相似", 9, PERCENT),
    Column("引用文件", 9, PERCENT),
    Column("自己的话", 9, PERCENT),
    Column("自我重复", 9, PERCENT),
    Column("深度等级", 14, center=True),
    Column("思考深度", 9, SCORE),
    Column("本人部分深度", 9, SCORE),
    Column("把关问题", 8, COUNT),
    Column("雷同组", 7, COUNT),
    Column("文件", 30),
)

FINDING_COLUMNS = (
    Column("序号", 6, center=True),
    Column("单位", 20),
    Column("姓名", 9, center=True),
    Column("职务", 16),
    Column("题目", 30),
    Column("问题类型", 15, center=True),
    Column("原文", 44),
    Column("说明", 44),
)

TRACE_COLUMNS = (Column("序号", 6, center=True), Column("痕迹", 16, center=True), Column("文件", 40), Column("说明", 90))

PROBLEM_COLUMNS = (Column("序号", 6, center=True), Column("文件或人员", 50), Column("情况", 90))


def write_workbook(
    report: Report, path: str | Path, reviews: Mapping[str, Review] | None = None, circulated: bool = False
) -> Path:
    """Write the list, with what is already recorded about each suspect (``reviews`` by essay id).

    ``circulated``: for wider circulation, only tiers and units, groups of fewer than five essays without figures.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    book = new_workbook()
    if circulated:
        report = for_circulation(report)
        book.active.title = "层级对比"
        _groups(book.active, report, "tier")
        _groups(book.create_sheet("单位对比"), report, "unit")
        return _saved(book, path)
    found = suspects(report)
    _suspects(book.active, report, found, reviews or {})
    _groups(book.create_sheet("层级对比"), report, "tier")
    _groups(book.create_sheet("单位对比"), report, "unit")
    write_responsibility(book, report, reviews or {})
    write_changes(book, report)
    _essays(book.create_sheet("全部篇目"), report)
    _findings(book.create_sheet("把关问题"), report)
    if report.traces:
        _traces(book.create_sheet("文档痕迹"), report)
    _problems(book.create_sheet("问题文件"), report)
    return _saved(book, path)


def _saved(book, path: Path) -> Path:
    with whole(path) as unfinished:
        book.save(unfinished)
    return path


def _suspects(sheet: Worksheet, report: Report, found: list[Suspect], reviews: Mapping[str, Review]) -> None:
    sheet.title = LIST
    last = write_table(sheet, SUSPECT_COLUMNS, [_suspect_row(i, s, report, reviews) for i, s in enumerate(found, 1)])
    finish_sheet(sheet, SUSPECT_COLUMNS, last, LIST)
    sheet.freeze_panes = "D2"
    sheet.print_area = f"A1:{_letter('完成时限')}{last}"
    if not found:
        paragraph(sheet, 2, "本批没有发现疑似雷同或套用模板的篇目。", len(SUSPECT_COLUMNS), 100)
        return
    state = DataValidation(
        "list",
        formula1=f'"{",".join(STATE.values())}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="核实状态",
        error="请从下拉列表中选择。",
    )
    due = DataValidation(
        "date",
        "greaterThan",
        "36526",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="完成时限",
        error="请填日期，例如 2021-04-02。",
    )
    for validation, title in ((state, "核实状态"), (due, "完成时限")):
        sheet.add_data_validation(validation)
        validation.add(f"{_letter(title)}2:{_letter(title)}{last}")
    for row in range(2, last + 1):
        sheet[f"{_letter('完成时限')}{row}"].number_format = "yyyy-mm-dd"
    degree, share, status = (f"{_letter(t)}2:{_letter(t)}{last}" for t in ("疑似程度", "雷同比例", "核实状态"))
    first = f"${_letter('疑似程度')}2"
    for formula, colour in ((f"{first}>=0.9", "F4B183"), (f"{first}>=0.7", "FBE5D6")):
        bold = Font(bold=True) if colour == "F4B183" else None  # tells the two apart in black and white too
        sheet.conditional_formatting.add(degree, FormulaRule([formula], font=bold, fill=_solid(colour), stopIfTrue=True))
    sheet.conditional_formatting.add(share, DataBarRule("num", 0, "num", 1, color="9DC3E6"))
    first = f"${_letter('核实状态')}2"
    for value, colour in (
        ("属实", "F4B183"),
        ("不属实", "E2EFDA"),
        ("属引用", "E2EFDA"),
        ("已谈话", "DDEBF7"),
        ("已核实", "DDEBF7"),
    ):
        sheet.conditional_formatting.add(status, FormulaRule([f'{first}="{value}"'], fill=_solid(colour)))


def _solid(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour, bgColor=colour)


def _letter(title: str) -> str:
    return get_column_letter([column.title for column in SUSPECT_COLUMNS].index(title) + 1)


def _suspect_row(number: int, s: Suspect, report: Report, reviews: Mapping[str, Review]) -> list:
    essay, review = s.essay, reviews.get(s.essay.id, Review(s.essay.id))
    own = other = ""
    partner = f"另有 {len(s.partners)} 篇文字相近" if s.partners else "多篇共用的文字"
    if s.closest:
        own, other = (_clip(text) for text in passage(report, s.closest))
        partner = document_name(report, s.closest.other, s.closest.where)
        if len(s.partners) > 1:
            partner += f"\n等 {len(s.partners)} 篇"
    due = _date(review.due)
    return [
        number,
        essay.unit,
        essay.author,
        essay.post,
        TIER[essay.tier],
        s.kind,
        s.originality.suspicion,
        s.shared,
        partner,
        own,
        other,
        STATE[review.state],
        review.responsible,
        review.conclusion,
        review.measures,
        due,
        essay.id,
    ]


def _date(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _clip(text: str) -> str:
    """A passage in one paragraph, with its length where it is cut."""
    flat = "".join(line.strip() for line in text.splitlines())
    return flat if len(flat) <= PASSAGE else f"{flat[:PASSAGE]}……（共 {len(flat)} 字）"


GROUP_COLUMNS = (
    Column("", 24),
    Column("篇数", 8, COUNT),
    Column("思考深度\n中位数", 10, SCORE),
    Column("95% 区间\n下限", 10, SCORE),
    Column("95% 区间\n上限", 10, SCORE),
    *(Column(LEVEL[level].replace(" ", "\n"), 9, PERCENT) for level in (1, 2, 3, 4)),
    Column("自己的话\n中位数", 10, PERCENT),
    Column("疑似雷同\n比例", 10, PERCENT),
    Column("套用模板\n比例", 10, PERCENT),
    Column("把关问题\n比例", 10, PERCENT),
)


def _groups(sheet: Worksheet, report: Report, by: str) -> None:
    """One row a tier (or unit), all measures beside each other; below, the differences and what can be said."""
    comparisons = {c.measure: c for c in report.comparisons if c.by == by}
    groups = {measure: {g.name: g for g in c.groups} for measure, c in comparisons.items()}
    names = list(dict.fromkeys(name for found in groups.values() for name in found))
    if by == "tier":
        names = [name for name in TIERS if name in names]
    title = {"tier": "层级", "unit": "单位"}[by]
    columns = (Column(title, 24 if by == "unit" else 14), *GROUP_COLUMNS[1:])
    rows = []
    for name in names:
        of = {measure: found.get(name, Group(name, 0)) for measure, found in groups.items()}
        empty = Group(name, 0)
        depth, own = of.get("depth", empty), of.get("own", empty)
        shares = of.get("level", empty).shares or (None,) * 4
        n = max(g.n for g in of.values())
        rows.append(
            [
                TIER.get(name, name),
                n,
                depth.median,
                depth.low,
                depth.high,
                *shares,
                own.median,
                *(of.get(measure, empty).mean for measure in ("suspected", "templated", "findings")),
            ]
        )
    last = write_table(sheet, columns, rows)
    finish_sheet(sheet, columns, last, f"{title}对比", filter=by == "unit")
    total = sum(column.width for column in columns)
    row = last + 2
    if by == "tier" and rows:
        _level_chart(sheet, last, row)
        row += 14
        sheet.page_setup.fitToHeight = 1
    for measure, comparison in comparisons.items():
        if comparison.conclusion:
            row = paragraph(sheet, row, f"{MEASURE[measure]}：{comparison.conclusion}", len(columns), total)
    if by == "tier":
        row = _differences(sheet, comparisons.get("depth"), row + 1, len(columns), total)
    paragraph(
        sheet,
        row,
        "不足 3 篇的不计算统计量（空白）；不足 8 篇的仅供参考。思考深度只算本人写的部分（引文、雷同段落已去掉）。",
        len(columns),
        total,
    )


LIGHT, DARK = ("D9DEE4", "A9C3DD"), ("4F8FC7", "0B4C8C")
"""Levels 1 to 4, light to dark, so that they keep their order in greyscale."""


def _level_chart(sheet: Worksheet, last: int, row: int) -> None:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "percentStacked", 100, 60
    chart.add_data(Reference(sheet, min_col=6, max_col=9, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    chart.title, chart.legend.position = "深度等级构成", "b"
    chart.y_axis.number_format, chart.y_axis.majorGridlines = "0%", None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    for series, colour in zip(chart.series, (*LIGHT, *DARK), strict=True):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = "FFFFFF"
        series.dLbls = DataLabelList(numFmt="0%;;", showVal=True)  # no label where the share is zero
        ink = CharacterProperties(sz=900, solidFill="FFFFFF" if colour in DARK else "1D2733")
        series.dLbls.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=ink), endParaRPr=ink)])
        for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(series.dLbls, name, False)
    chart.width, chart.height = 24, 7
    sheet.add_chart(chart, f"A{row}")


def _differences(sheet: Worksheet, depth: Comparison | None, row: int, width: int, total: float) -> int:
    if depth is None:
        return row
    magnitude = {"negligible": "可忽略", "small": "小", "medium": "中等", "large": "大", "": "—"}
    row = paragraph(sheet, row, "思考深度的两两差异（Cliff’s δ 为正表示前者更高；p 值已按多次比较校正）", width, total, bold=True)
    for d in depth.pairs:
        pair = f"{TIER.get(d.a, d.a)} 与 {TIER.get(d.b, d.b)}"
        if d.delta is None or d.low is None or d.high is None:
            text = f"{pair}：篇数太少，不作比较。"
        else:
            certain = "" if d.p is None else f"，p = {d.p:.3f}"
            text = f"{pair}：δ = {d.delta:+.2f}（95% 区间 {d.low:+.2f} 至 {d.high:+.2f}），差异{magnitude[d.magnitude]}{certain}"
        row = paragraph(sheet, row, text, width, total)
    return row + 1


def _essays(sheet: Worksheet, report: Report) -> None:
    rows = []
    for number, row in enumerate(report.table.itertuples(), 1):
        level = None if row.level != row.level else row.level  # NaN where it was not rated
        group = None if row.group != row.group else row.group
        rows.append(
            [
                number,
                row.unit,
                row.author,
                row.post,
                TIER[row.tier],
                row.title,
                row.characters,
                VERDICT[row.verdict],
                row.suspicion,
                row.copied,
                row.templated,
                row.quoted,
                row.own,
                report.originality[row.id].repeated,
                LEVEL[level and int(level)],
                row.score,
                row.score_own,
                row.findings,
                group,
                row.file,
            ]
        )
    last = write_table(sheet, ESSAY_COLUMNS, rows)
    finish_sheet(sheet, ESSAY_COLUMNS, last, "全部篇目")
    sheet.freeze_panes = "D2"


def _findings(sheet: Worksheet, report: Report) -> None:
    rows = []
    for number, finding in enumerate(report.findings, 1):
        essay = report.essay(finding.essay)
        rows.append(
            [
                number,
                essay.unit,
                essay.author,
                essay.post,
                essay.title,
                FINDING[finding.kind],
                _clip(essay.text[finding.start : finding.end]),
                finding.note,
            ]
        )
    last = write_table(sheet, FINDING_COLUMNS, rows)
    finish_sheet(sheet, FINDING_COLUMNS, last, "把关问题")


def _traces(sheet: Worksheet, report: Report) -> None:
    rows = []
    for number, trace in enumerate(report.traces, 1):
        files = [person(report.essay(id)) for id in trace.essays]
        rows.append([number, TRACE[trace.kind], "\n".join(files[:5] + [f"等 {len(files)} 份"][: len(files) > 5]), trace.note])
    last = write_table(sheet, TRACE_COLUMNS, rows)
    finish_sheet(sheet, TRACE_COLUMNS, last, "文档痕迹")
    total = sum(column.width for column in TRACE_COLUMNS)
    paragraph(sheet, last + 2, "痕迹只供核实时参考，不影响疑似程度和结论；文件属性可以改动。", len(TRACE_COLUMNS), total)


def _problems(sheet: Worksheet, report: Report) -> None:
    rows = [[problem.file, problem.reason] for problem in report.problems]
    rows += [[" ".join(p for p in (a.unit, a.author, a.post) if p), "在名单上，但没有收到文稿。"] for a in report.absent]
    rows += [
        [" ".join(p for p in (e.unit, e.author, e.post) if p), "层级待补：名单和职务都看不出，未计入层级对比。"]
        for e in report.essays
        if not e.tier
    ]
    last = write_table(sheet, PROBLEM_COLUMNS, [[n, *row] for n, row in enumerate(rows, 1)])
    finish_sheet(sheet, PROBLEM_COLUMNS, last, "问题文件")
    row = last + 2
    total = sum(column.width for column in PROBLEM_COLUMNS)
    accounts = f"收到 {report.files} 份，已分析 {len(report.essays)} 篇，未能分析 {len(report.problems)} 份。"
    for text in (accounts, *report.notes):
        row = paragraph(sheet, row, text, len(PROBLEM_COLUMNS), total)
