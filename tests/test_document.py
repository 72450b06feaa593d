"""The document has the form of an official one and says what the report says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from report_fixture import HOSTILE, synthetic_report

from analyzer.report.anonymize import anonymize
from analyzer.report.case_file import case_file_html
from analyzer.report.document import write_document
from analyzer.report.hand_back import hand_back_html
from analyzer.report.review import Review
from analyzer.report.suspects import suspects


@pytest.fixture(scope="module")
def report():
    return synthetic_report()


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
    for heading in ("一、总体情况", "（一）亲自动手", "（二）认真思考", "（三）严格把关", "二、层级对比", "三、疑似雷同线索", "六、怎样读这份报告"):
        assert heading in text
    tiers, listed = document.tables[:2]
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


def test_nothing_of_a_name_is_left_in_an_anonymous_report(report, tmp_path):
    hidden = anonymize(report)
    path = hidden.to_json(tmp_path / "a.json")
    written = path.read_text(encoding="utf-8")
    names = {e.author for e in (*report.essays, *report.absent) if len(e.author) > 1} | {e.unit for e in report.essays if len(e.unit) > 1}
    assert [name for name in names if name in written] == []
    for match in hidden.matches:
        before = report.essay(match.essay).text[match.start : match.end]
        assert len(hidden.essay(match.essay).text[match.start : match.end]) == len(before)


def test_a_case_file_stands_alone(report):
    s = suspects(report)[0]
    history = [("2021-04-01T09:30:00+08:00", "甲<b>", "state", "pending", "talked")]
    html = case_file_html(report, s.essay.id, Review(s.essay.id, "talked", "赵某"), history)
    assert "已谈话" in html and "甲&lt;b&gt;" in html and s.essay.author in html
    assert report.essay(s.closest.other).text.splitlines()[0][:6] in html
    assert "src=" not in html and "http" not in html.replace("http://www.example.com", "")


def test_no_text_acts_in_the_page_that_is_handed_back(report):
    html = hand_back_html(report, HOSTILE)
    assert "<script" not in html and "<img" not in html and "=HYPERLINK" in html
