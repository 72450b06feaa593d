"""The document has the form of an official one and says what the report says."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from report_fixture import HOSTILE

from analyzer.report.bundle import bundle, essays_csv
from analyzer.report.case_file import case_file_html, group_case_html
from analyzer.report.document import write_document
from analyzer.report.groups_chart import group_members
from analyzer.report.hand_back import hand_back_html
from analyzer.report.pdf import browser, converter, page_to_pdf, to_pdf
from analyzer.report.review import Review
from analyzer.report.suspects import suspects


@pytest.fixture(scope="module")
def document(report, tmp_path_factory):
    return Document(str(write_document(report, tmp_path_factory.mktemp("out") / "分析报告.docx", "2021-03 教育整顿")))


def test_margins_fonts_and_page_numbers_follow_the_standard(document):
    section = document.sections[0]
    assert [round(length / Mm(1)) for length in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)] == [
        37, 35, 28, 26]  # fmt: skip
    title = document.paragraphs[0].runs[0]
    assert title._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体" and title.font.size.pt == 22
    body = document.paragraphs[1].runs[0]
    assert body._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312" and body.font.size.pt == 16
    assert "PAGE" in section.footer._element.xml and "PAGE" in section.even_page_footer._element.xml


def test_it_answers_the_three_questions_and_lists_the_suspects(document, report):
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for heading in (
        "一、总体情况",
        "（一）亲自动手",
        "（二）认真思考",
        "（三）严格把关",
        "二、层级与单位对比",
        "三、疑似雷同线索",
        "六、怎样读这份报告",
    ):
        assert heading in text
    tiers, _units, listed = document.tables[:3]
    assert [row.cells[0].text for row in tiers.rows[1:]] == ["领导班子", "中层干部", "基层一线"]
    assert [row.cells[2].text for row in listed.rows[1:]] == [s.essay.author for s in suspects(report)]
    assert len(document.inline_shapes) == 2
    assert listed.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_a_batch_without_anything_to_report_is_written_too(report, tmp_path):
    clear = {id: replace(o, verdict="clear", group=None) for id, o in report.originality.items()}
    quiet = replace(report, originality=clear, matches=(), findings=(), comparisons=(), problems=(), absent=())
    text = "\n".join(p.text for p in Document(str(write_document(quiet, tmp_path / "a.docx"))).paragraphs)
    assert "没有发现需要核实的篇目" in text and "层级已知的篇目太少" in text
    empty = replace(quiet, essays=(), originality={}, reflection={}, reflection_own={}, files=0)
    assert write_document(empty, tmp_path / "b.docx").exists()


def test_a_case_file_stands_alone(report):
    s = suspects(report)[0]
    history = [("2021-04-01T09:30:00+08:00", "甲<b>", "state", "pending", "talked")]
    html = case_file_html(report, s.essay.id, Review(s.essay.id, "talked", "赵某"), history)
    assert "已谈话" in html and "甲&lt;b&gt;" in html and s.essay.author in html
    assert report.essay(s.closest.other).text.splitlines()[0][:6] in html
    assert "default-src 'none'" in html  # nothing in it runs or is fetched, whoever opens it
    assert "src=" not in html and "http" not in html.replace("http://www.example.com", "").replace("http-equiv", "")


def test_a_group_has_a_case_file_of_its_own(report):
    (number, ids), *_ = group_members(report, suspects(report)).items()
    html = group_case_html(report, number, ids, {ids[0]: Review(ids[0], "confirmed")}, {})
    assert html.count('<div class="case">') == len(ids) and "属实" in html
    assert all(report.essay(id).author in html for id in ids)


def test_no_text_acts_in_the_page_that_is_handed_back(report):
    html = hand_back_html(report, HOSTILE)
    assert "<script" not in html and "<img" not in html and "=HYPERLINK" in html


def test_everything_of_a_batch_goes_into_one_zip(report):
    id = report.suspects.id[0]
    archive = ZipFile(BytesIO(bundle(report, "三月", {id: Review(id, "talked", "赵某")}, {})))
    names = archive.namelist()
    assert {"疑似雷同清单.xlsx", "分析报告.docx", "report.json", "全部篇目.csv"} <= set(names)
    assert sum(name.startswith("案卷/0") for name in names) == len(report.suspects)
    assert sum(name.startswith("退改意见/") for name in names) == len(report.essays)
    assert not any(char in name for name in names for char in '<>:"|?*')
    assert "赵某" in archive.read(next(name for name in names if name.startswith("案卷/001"))).decode()


def test_the_data_table_runs_no_formula(report):
    table = pd.read_csv(BytesIO(essays_csv(report)), dtype=str, keep_default_na=False)
    assert len(table) == len(report.essays)
    assert table.loc[table["编号"] == HOSTILE, "题目"].item().startswith("'=HYPERLINK")
    assert not table.map(lambda value: value[:1] in ("=", "+", "-", "@")).any().any()


@pytest.mark.skipif(converter() is None, reason="no LibreOffice on this machine")
def test_the_document_becomes_a_pdf(report, tmp_path):
    assert to_pdf(write_document(report, tmp_path / "a.docx")).startswith(b"%PDF")


def test_without_libreoffice_it_says_what_to_do(report, tmp_path, monkeypatch):
    monkeypatch.setattr("analyzer.report.pdf.converter", lambda: None)
    with pytest.raises(RuntimeError, match="另存为 PDF"):
        to_pdf(tmp_path / "a.docx")


@pytest.mark.skipif(browser() is None, reason="no browser on this machine")
def test_a_case_file_becomes_a_pdf(report):
    import pypdfium2

    id = report.suspects.id[0]
    pdf = pypdfium2.PdfDocument(page_to_pdf(case_file_html(report, id, Review(id))))
    first = pdf[0].get_textpage().get_text_range()
    assert "疑似雷同案卷" in first and report.essay(id).author in first
    assert "逐处对照" in first and report.essay(id).text[:8] in first  # the passages begin where the page has room


def test_a_page_needs_a_browser(monkeypatch):
    monkeypatch.setattr("analyzer.report.pdf.browser", lambda: None)
    with pytest.raises(RuntimeError, match="打印成 PDF"):
        page_to_pdf("")
