"""评级表.xlsx: essays for an organizer to rate, read back by ``xinde calibrate --ratings``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from openpyxl.worksheet.datavalidation import DataValidation

from analyzer.essay import Essay
from analyzer.report.report import Report
from analyzer.report.sheet import (
    Column,
    finish_sheet,
    new_workbook,
    paragraph,
    write_table,
)

COLUMNS = (
    Column("编号", 12, center=True), Column("单位", 16), Column("姓名", 9, center=True),
    Column("等级", 7, center=True, fill_in=True), Column("正文", 110),
)
GUIDE = (
    "在“等级”列填 1、2、3 或 4；拿不准的可以留空。只看想得深不深，不看文采、篇幅和立场。",
    "一级 套话：口号、复述文件、表态，换个人、换个单位也能写。",
    "二级 理解：联系到了本职工作，但没有写自己经历的一件具体的事。",
    "三级 反思：写了自己的一件事或一处不足，并写了为什么会这样、以后怎么办。",
    "四级 深思：除此以外，自己原来的看法变了，想到了别人的角度，并落到能检查的做法上。",
)
"""After Kember et al. (2008), in the words of models/reflection/data."""


def to_rate(report: Report, essays: int) -> list[Essay]:
    """Essays spread evenly over the model's scores, in an order that does not give the scores away; all, if fewer."""
    scored = sorted((e for e in report.essays if report.reflection[e.id].score is not None), key=lambda e: report.reflection[e.id].score)
    places = np.unique(np.linspace(0, len(scored) - 1, min(essays, len(scored))).round().astype(int)) if scored else []
    return sorted((scored[k] for k in places), key=lambda e: e.id)


def write_rating_sheet(report: Report, path: str | Path, essays: int = 30) -> Path:
    chosen = to_rate(report, essays)
    book = new_workbook()
    sheet = book.active
    sheet.title = "评级表"
    last = write_table(sheet, COLUMNS, [(e.id, e.unit, e.author, None, e.text) for e in chosen])
    finish_sheet(sheet, COLUMNS, last, "评级表", filter=False)
    only = DataValidation("list", formula1='"1,2,3,4"', allow_blank=True, showErrorMessage=True, errorTitle="等级", error="请填 1 到 4。")
    sheet.add_data_validation(only)
    only.add(f"D2:D{max(last, 2)}")
    guide = book.create_sheet("怎样评")
    guide.column_dimensions["A"].width = 100
    row = 1
    for line in GUIDE:
        row = paragraph(guide, row, line, 1, 100)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path
