"""report.json, workbook and document say the same; what goes round names nobody and shows no figures of fewer than five."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from docx import Document
from openpyxl import load_workbook
from report_fixture import synthetic_report

from analyzer.compare.conclusion import HIDDEN
from analyzer.labels import MATCH_WHERE, MEASURE, TIER
from analyzer.report.anonymize import anonymize
from analyzer.report.circulation import for_circulation
from analyzer.report.comparing import closing, compared, with_changes
from analyzer.report.document import write_document
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook


@pytest.fixture(scope="module")
def report() -> Report:
    """With reviewers for half of the essays, and the same batch a month before, less deep."""
    one = synthetic_report()
    essays = tuple(replace(e, reviewer="钱审核" if i % 2 else "") for i, e in enumerate(one.essays))
    one = replace(one, essays=essays)
    before = {id: replace(r, score=None if r.score is None else max(0.0, r.score - 40)) for id, r in one.reflection_own.items()}
    earlier = replace(one, essays=tuple(replace(e, batch="2021-02") for e in essays), reflection_own=before)
    return with_changes(replace(one, comparisons=compared(one)), [("2021-02", earlier.table)])


@pytest.fixture(scope="module")
def reviews(report) -> dict[str, Review]:
    first, second = report.suspects.id[:2]
    return {first: Review(first, "confirmed"), second: Review(second, "talked")}


@pytest.fixture(scope="module")
def written(report, reviews, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    report.to_json(folder / "report.json")
    return (
        json.loads((folder / "report.json").read_text(encoding="utf-8")),
        load_workbook(write_workbook(report, folder / "a.xlsx", reviews)),
        Document(str(write_document(report, folder / "a.docx"))),
        folder,
    )


def words(document) -> str:
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def cells(book) -> str:
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)


@pytest.mark.parametrize("by", ["tier", "unit"])
def test_the_figures_agree(report, written, by):
    """report.tiers and report.units against report.json, the workbook's cells and the document's."""
    data, book, document, _ = written
    table = report.tiers if by == "tier" else report.units
    stored = {(c["measure"], g["name"]): g for c in data["comparisons"] if c["by"] == by for g in c["groups"]}
    assert len(table) == len(stored) > 0
    for row in table.to_dict("records"):
        group = stored[row["measure"], row[by]]
        for name in ("n", "median", "low", "high", "mean", "count"):
            assert row[name] == group[name] or (row[name] != row[name] and group[name] is None)
    sheet = book["层级对比" if by == "tier" else "单位对比"]
    shown = {row[0]: row for row in sheet.iter_rows(min_row=2, max_col=13, values_only=True) if row[0]}
    listed = {row.cells[0].text: [c.text for c in row.cells] for t in document.tables[:2] for row in t.rows[1:]}
    compared_units = 0
    for name in dict.fromkeys(table[by]):
        depth, suspected, findings = (stored[m, name] for m in ("depth", "suspected", "findings"))
        label = TIER.get(name, name)
        assert (shown[label][2], shown[label][3], shown[label][4]) == (depth["median"], depth["low"], depth["high"])
        shares = suspected["mean"], findings["mean"]
        assert all(a is b is None or a == pytest.approx(b) for a, b in zip((shown[label][10], shown[label][12]), shares))
        if label in listed:
            compared_units += 1
            assert listed[label][2] == ("—" if depth["median"] is None else f"{depth['median']:.0f}")
            assert listed[label][4] == ("—" if suspected["mean"] is None else f"{suspected['mean']:.0%}")
            assert listed[label][6] == ("—" if findings["mean"] is None else f"{findings['mean']:.0%}")
    assert compared_units >= min(len(shown), 3)


def test_the_conclusions_agree(report, written):
    data, book, document, folder = written
    stored = {(c["measure"], c["by"]): c["conclusion"] for c in data["comparisons"]}
    in_book, in_document = cells(book), words(document)
    for measure in MEASURE:
        for by in ("tier", "unit"):
            assert f"{MEASURE[measure]}：{stored[measure, by]}" in in_book
    for measure in ("depth", "suspected", "findings"):
        for by in ("tier", "unit"):
            assert stored[measure, by] in in_document
    assert stored["findings", "reviewer"] in in_book and stored["findings", "reviewer"] in in_document
    assert Report.from_json(folder / "report.json").comparisons == report.comparisons
    assert Report.from_json(folder / "report.json").changes == report.changes


def test_what_changed_is_surfaced(report, written):
    data, book, document, _ = written
    claimed = [c for c in report.changes if c.is_claimed]
    assert any(c.measure == "depth" and not c.unit and "高于 2021-02" in c.conclusion for c in claimed)
    assert book["批次变化"].max_row == len(report.changes) + 1 == len(data["changes"]) + 1
    assert claimed[0].conclusion in words(document)


def test_closing_rates_by_unit_are_surfaced(report, reviews, written):
    comparison = closing(report, reviews)
    assert comparison.conclusion.startswith(f"{len(report.suspects)} 篇疑似已查结 1 篇")
    sheet = written[1]["查结率"]
    shown = {row[0]: row[1:3] for row in sheet.iter_rows(min_row=2, max_col=3, values_only=True) if row[1] is not None}
    assert shown == {g.name: (g.n, g.count) for g in comparison.groups}


def test_what_goes_round_names_nobody_and_shows_no_small_group(report, tmp_path):
    small = for_circulation(report)
    of = {c.measure: {g.name for g in c.groups if g.note == HIDDEN} for c in small.comparisons if c.by == "unit"}
    hidden = set.intersection(*of.values())
    assert hidden, "the fixture has units of fewer than five"
    for c in small.comparisons:
        assert all(g.mean is None and g.median is None for g in c.groups if 0 < g.n < 5)
    book = load_workbook(write_workbook(report, tmp_path / "a.xlsx", circulated=True))
    document = Document(str(write_document(report, tmp_path / "a.docx", circulated=True)))
    assert book.sheetnames == ["层级对比", "单位对比"]
    people = {e.author for e in report.essays if len(e.author) > 1} | {"钱审核"}
    for text in (cells(book), words(document)):
        assert [name for name in people if name in text] == []
    rows = {row[0]: row for row in book["单位对比"].iter_rows(min_row=2, max_col=13, values_only=True)}
    assert all(value is None for name in hidden for value in rows[name][2:])
    listed = {row.cells[0].text: [c.text for c in row.cells] for row in document.tables[1].rows[1:]}
    assert all(listed[name][1:] == ["不公开", *["—"] * 5] for name in hidden if name in listed)


def test_anonymous_files_name_nobody(report, reviews, tmp_path):
    """The words of every file against every name, unit and file name of the batch; the key is in none of them."""
    anonymous, key = anonymize(report)
    anonymous.to_json(tmp_path / "report.json")
    texts = [
        (tmp_path / "report.json").read_text(encoding="utf-8"),
        cells(load_workbook(write_workbook(anonymous, tmp_path / "a.xlsx"))),
        words(Document(str(write_document(anonymous, tmp_path / "a.docx")))),
        cells(load_workbook(write_workbook(anonymous, tmp_path / "b.xlsx", circulated=True))),
    ]
    named = {e.author for e in report.essays} | {e.unit for e in report.essays} | {"钱审核"}
    named |= {e.file for e in report.essays} | set(key["places"])
    for text in texts:
        assert [name for name in named if len(name) > 1 and name in text] == []
        assert re.search("人员\\d{3}", text) or "单位" in text


def test_the_command_line_writes_both_and_keeps_the_key_apart(report, tmp_path, capsys):
    from analyzer.cli.analyze import _write

    out = tmp_path / "结果"
    _write(report, out, anonymous=True, circulate=True)
    assert {p.name for p in out.iterdir()} == {"report.json", "疑似雷同清单.xlsx", "分析报告.docx", "通报-对比表.xlsx", "通报-分析报告.docx"}
    key = json.loads((tmp_path / "结果-对照表.json").read_text(encoding="utf-8"))
    printed = capsys.readouterr().out
    named = {name for name in (*key["people"], *key["units"]) if len(name) > 1} - {MATCH_WHERE["library"]}
    assert [name for name in named if name in printed] == []
