"""The list opens in a spreadsheet program, holds what the report says, and comes back filled in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from openpyxl import Workbook, load_workbook
from report_fixture import HOSTILE

from analyzer.labels import TIER
from analyzer.report.filled_in import read_reviews
from analyzer.report.review import Review
from analyzer.report.suspects import suspects
from analyzer.report.workbook import SUSPECT_COLUMNS, write_workbook


@pytest.fixture(scope="module")
def path(report, tmp_path_factory):
    return write_workbook(report, tmp_path_factory.mktemp("out") / "疑似雷同清单.xlsx")


@pytest.fixture(scope="module")
def book(path):
    return load_workbook(path)


def test_one_row_a_suspect_with_both_passages(report, book):
    sheet = book["疑似雷同清单"]
    header = [cell.value for cell in sheet[1]]
    assert header == [column.title for column in SUSPECT_COLUMNS]
    rows = [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    found = suspects(report)
    assert [row["编号"] for row in rows] == [s.essay.id for s in found] == report.suspects.id.tolist()
    for row, s in zip(rows, found, strict=True):
        own = report.essay(s.closest.essay).text[s.closest.start : s.closest.end].replace("\n", "")
        assert own.startswith(row["本人段落"].split("……（共")[0])
        assert row["对方段落"] and row["相似对象"]
        assert row["层级"] == TIER[s.essay.tier] and row["核实状态"] == "待核实"
        assert 0 <= row["雷同比例"] <= 1


def test_it_is_set_up_for_filtering_filling_in_and_printing(book):
    sheet = book["疑似雷同清单"]
    assert sheet.freeze_panes == "D2" and sheet.auto_filter.ref.startswith("A1:")
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9 and sheet.print_title_rows == "$1:$1"
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert lists[0].formula1 == '"待核实,已谈话,已核实,属实,不属实,属引用"'
    degree = sheet.cell(2, [c.title for c in SUSPECT_COLUMNS].index("疑似程度") + 1)
    assert degree.number_format == "0.00" and degree.alignment.horizontal == "right"


def test_no_text_becomes_a_formula(report, book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
    titles = {cell.value: cell for cell in book["全部篇目"]["F"]}
    dangerous = titles[report.essay(HOSTILE).title]
    assert dangerous.value.startswith("=HYPERLINK") and dangerous.quotePrefix


def test_every_essay_problem_and_finding_is_listed(report, book):
    assert book["全部篇目"].max_row == len(report.essays) + 1
    assert book["把关问题"].max_row == len(report.findings) + 1
    listed = [row[0] for row in book["问题文件"].iter_rows(min_row=2, min_col=2, max_col=2, values_only=True)]
    assert all(problem.file in listed for problem in report.problems)
    assert [book["层级对比"].cell(row, 1).value for row in (2, 3, 4)] == ["领导班子", "中层干部", "基层一线"]


def test_a_list_filled_in_offline_comes_back(report, tmp_path):
    first, second = (s.essay.id for s in suspects(report)[:2])
    known = {first: Review(first, "confirmed", "赵某", "本人承认", "重写", "2021-04-02")}
    path = write_workbook(report, tmp_path / "清单.xlsx", known)
    book = load_workbook(path)
    column = {cell.value: cell.column for cell in book.active[1]}
    row = next(r for r in range(2, 99) if book.active.cell(r, column["编号"]).value == second)
    book.active.cell(row, column["核实状态"]).value = "属引用"
    book.active.cell(row, column["完成时限"]).value = "2021/5/1"
    book.save(path)
    back = read_reviews(path)
    assert back[first] == known[first]
    assert back[second] == Review(second, "quotation", due="2021-05-01")
    assert len(back) == len(report.suspects)


def test_a_wrong_list_is_told_in_words(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ValueError, match="打不开“a.xlsx”"):
        read_reviews(tmp_path / "a.xlsx")
    Workbook().save(tmp_path / "b.xlsx")
    with pytest.raises(ValueError, match="没有“疑似雷同清单”"):
        read_reviews(tmp_path / "b.xlsx")


def test_an_unknown_state_names_file_and_row(report, tmp_path):
    path = write_workbook(report, tmp_path / "清单.xlsx")
    book = load_workbook(path)
    column = {cell.value: cell.column for cell in book.active[1]}
    book.active.cell(3, column["核实状态"]).value = "差不多"
    book.save(path)
    with pytest.raises(ValueError, match="清单.xlsx”第 3 行的核实状态“差不多”"):
        read_reviews(path)


def test_a_batch_without_suspects_says_so(report, tmp_path):
    clear = replace(report, originality={id: replace(o, verdict="clear") for id, o in report.originality.items()})
    sheet = load_workbook(write_workbook(clear, tmp_path / "a.xlsx"))["疑似雷同清单"]
    assert "没有发现" in sheet["A2"].value
    assert read_reviews(tmp_path / "a.xlsx") == {}
