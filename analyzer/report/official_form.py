"""The form of an official document (GB/T 9704-2012): page, fonts, levels of headings, page numbers, tables, pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

TITLE, BODY, HEADING, SUBHEADING, NUMBERS = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
SUBSTITUTES = {
    TITLE: "方正小标宋_GBK,华文中宋,小标宋",
    BODY: "仿宋,FangSong,华文仿宋",
    HEADING: "SimHei",
    SUBHEADING: "楷体,KaiTi,华文楷体",
}
"""What a word processor takes where the font is not installed (fontTable.xml, altName)."""
LATIN = "Times New Roman"

SIZE = Pt(16)
"""三号, the size of the body."""
LINE = Pt(28)
"""22 lines of 28 characters a page (5.2.1)."""
SMALL = Pt(10.5)
"""五号, for tables."""
WIDTH = Mm(210 - 28 - 26)
"""Of the type area."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""


def new_document(title: str) -> DocumentObject:
    """An A4 document with GB/T 9704's margins (37, 35, 28, 26 mm), page numbers and title."""
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(28)  # a page number stands 7 mm below the type area (7.5)
    normal = document.styles["Normal"]
    normal.font.size = SIZE
    _fonts(normal.element.get_or_add_rPr(), BODY)
    for level, font in ((1, HEADING), (2, SUBHEADING), (3, BODY)):
        style = document.styles[f"Heading {level}"]
        style.font.size, style.font.bold, style.font.italic = SIZE, level == 3, False
        style.font.color.rgb = None
        properties = style.element.get_or_add_rPr()
        for colour in properties.findall(qn("w:color")):
            properties.remove(colour)
        _fonts(properties, font)
        _spaced(style.paragraph_format)
        style.paragraph_format.keep_with_next = True
    document.core_properties.title, document.core_properties.author, document.core_properties.language = (
        title.replace("\n", ""),
        "",
        "zh-CN",
    )
    _page_numbers(document)
    _name_substitutes(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _spaced(heading.paragraph_format, Pt(35))
    heading.paragraph_format.space_after = Pt(20)
    _run(heading, title, TITLE, Pt(22))
    return document


def heading(document: DocumentObject, text: str, level: int) -> None:
    """一、 (黑体), （一） (楷体) or 1. (仿宋, bold) with the number already in the text."""
    paragraph = document.add_paragraph(style=f"Heading {level}")
    paragraph.add_run(clean(text))
    _indent(paragraph)


def body(document: DocumentObject, text: str, lead: str = "") -> Paragraph:
    """A paragraph of the body, its first line set in by two characters; ``lead`` in 楷体 before it."""
    paragraph = document.add_paragraph()
    _spaced(paragraph.paragraph_format)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _indent(paragraph)
    if lead:
        _run(paragraph, lead, SUBHEADING, SIZE)
    _run(paragraph, text, BODY, SIZE)
    return paragraph


def right(document: DocumentObject, text: str) -> None:
    """A date or a signature: right aligned, four characters from the margin (7.3.5)."""
    paragraph = document.add_paragraph()
    _spaced(paragraph.paragraph_format)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(64)
    paragraph.paragraph_format.space_before = LINE
    _run(paragraph, text, BODY, SIZE)


def caption(document: DocumentObject, text: str, below: bool = False) -> None:
    """The name of a table (above it) or of a figure (below it)."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = not below
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(2 if below else 8), Pt(8 if below else 4)
    _run(paragraph, text, HEADING, Pt(12))


def picture(document: DocumentObject, png: bytes, width=WIDTH) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.add_run().add_picture(BytesIO(png), width=width)


def table(
    document: DocumentObject,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    numbers: set[int] = frozenset(),
) -> None:
    """A table over the whole width; its header is repeated on each page, no row is torn; ``widths`` are shares."""
    made = document.add_table(rows=1, cols=len(header), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    lengths = [int(WIDTH * width / sum(widths)) for width in widths]
    for column, length in zip(made.columns, lengths, strict=True):
        column.width = length
    _cells(made.rows[0], header, lengths, HEADING, center=True)
    mark = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(mark)
    for values in rows:
        _cells(made.add_row(), values, lengths, BODY, numbers=numbers)
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def _cells(
    row, values: Sequence[str], lengths: Sequence[int], font: str, numbers: set[int] = frozenset(), center: bool = False
) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for c, (cell, value, length) in enumerate(zip(row.cells, values, lengths, strict=True)):
        cell.width = length
        paragraph = cell.paragraphs[0]
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.CENTER if center else WD_ALIGN_PARAGRAPH.RIGHT if c in numbers else WD_ALIGN_PARAGRAPH.LEFT
        )
        paragraph.paragraph_format.line_spacing = Pt(16)
        _run(paragraph, value, font, SMALL)


def clean(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _run(paragraph: Paragraph, text: str, font: str, size) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size = size
    _fonts(run._r.get_or_add_rPr(), font)


def _fonts(properties, name: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(attribute), None)
    fonts.set(qn("w:eastAsia"), name)
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), LATIN)
    fonts.set(qn("w:hint"), "eastAsia")  # so that “ ” … are Chinese, too


def _spaced(form, line=LINE) -> None:
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.space_before = form.space_after = Pt(0)


def _indent(paragraph: Paragraph) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(int(SIZE.pt * 2 * 20)))


def _page_numbers(document: DocumentObject) -> None:
    """— 1 — in 四号 宋体, outside: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        indent = paragraph.paragraph_format
        indent.left_indent = indent.right_indent = Pt(14)
        _run(paragraph, "— ", NUMBERS, Pt(14))
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = paragraph.add_run()
            run.font.size = Pt(14)
            _fonts(run._r.get_or_add_rPr(), NUMBERS)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)
        _run(paragraph, " —", NUMBERS, Pt(14))


def _name_substitutes(document: DocumentObject) -> None:
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
