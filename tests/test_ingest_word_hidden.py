"""Text of a Word file that the page does not show is kept apart; what only looks odd is read."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

from analyzer.gatekeeping import find_lapses
from analyzer.ingest import read_batch
from analyzer.ingest.word import read_docx
from tests.ingest_files import BODY, saved

HIDDEN = "这几个字谁也看不见"


def document(hide):
    """BODY with HIDDEN in its middle, in a run of its own that ``hide`` works on."""
    made = Document()
    paragraph = made.add_paragraph(BODY[:20])
    hide(paragraph.add_run(HIDDEN), made)
    paragraph.add_run(BODY[20:])
    return made


def white(run, _):
    run.font.color.rgb = RGBColor(255, 255, 255)


def nearly_white(run, _):
    run.font.color.rgb = RGBColor(0xFD, 0xFE, 0xFC)


def one_point(run, _):
    run.font.size = Pt(1)


def vanished(run, _):
    run.font.hidden = True


def by_style(run, made):
    made.styles.add_style("无形", WD_STYLE_TYPE.CHARACTER).font.color.rgb = RGBColor(255, 255, 255)
    run.style = made.styles.add_style("更无形", WD_STYLE_TYPE.CHARACTER)
    run.style.base_style = made.styles["无形"]


@pytest.mark.parametrize("hide", [white, nearly_white, one_point, vanished, by_style])
def test_hidden_text_is_kept_apart(hide):
    text, traces = read_docx(saved(document(hide)))
    assert text == BODY and traces["hidden_text"] == HIDDEN


def highlighted(run, made):
    white(run, made)
    run.font.highlight_color = WD_COLOR_INDEX.BLACK


def red(run, _):
    run.font.color.rgb = RGBColor(255, 0, 0)


def small(run, _):
    run.font.size = Pt(5)


def not_hidden(run, _):
    run.font.hidden = False


def on_a_dark_paragraph(run, made):
    white(run, made)
    shading = OxmlElement("w:shd")
    shading.set(qn("w:fill"), "1F3864")
    run._r.getparent().get_or_add_pPr().append(shading)


@pytest.mark.parametrize("look", [highlighted, red, small, not_hidden, on_a_dark_paragraph])
def test_what_a_reader_sees_is_read(look):
    text, traces = read_docx(saved(document(look)))
    assert text == BODY[:20] + HIDDEN + BODY[20:] and not traces["hidden_text"]


def test_a_page_that_is_all_white_is_read():
    made = Document()
    made.add_paragraph().add_run(BODY).font.color.rgb = RGBColor(255, 255, 255)
    assert read_docx(saved(made))[0] == BODY


def test_white_heading_of_a_table_is_read():
    made = Document()
    cell = made.add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].add_run("姓名").font.color.rgb = RGBColor(255, 255, 255)
    made.add_paragraph(BODY)
    assert read_docx(saved(made))[0] == "姓名\n" + BODY


def test_a_text_box_is_read_once():
    made = Document()
    made.add_paragraph(BODY[:20])
    box = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml">'
        "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )
    made.add_paragraph()._p.append(parse_xml(box))
    assert read_docx(saved(made))[0] == BODY[:20] + "\n框里的字"


def test_hidden_text_is_a_finding(tmp_path):
    path = tmp_path / "甲.docx"
    path.write_bytes(saved(document(white)))
    (essay,) = read_batch([path]).essays
    (finding,) = [f for f in find_lapses([essay]) if f.kind == "hidden"]
    assert HIDDEN in finding.note and HIDDEN not in essay.text


def test_editing_sessions_are_kept():
    made = Document()
    sessions = parse_xml(
        f'<w:rsids {nsdecls("w")}><w:rsidRoot w:val="00AB12CD"/><w:rsid w:val="00AB12CD"/><w:rsid w:val="0077ee01"/></w:rsids>')
    for old in made.settings.element.findall(qn("w:rsids")):
        made.settings.element.remove(old)
    made.settings.element.append(sessions)
    made.add_paragraph(BODY)
    file = io.BytesIO()
    made.save(file)
    assert read_docx(file.getvalue())[1]["rsids"] == "0077EE01 00AB12CD"
