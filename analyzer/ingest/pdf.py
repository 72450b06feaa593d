"""Text of a PDF: lines put together to paragraphs, page numbers and running heads left out.

A PDF knows glyphs and places only. pdfium finds the lines; where a paragraph ends is told from the page as a reader
tells it: the last line stops short of the right margin, or the next one is indented.
"""

from __future__ import annotations

import ctypes
import datetime
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.ingest.decode import without_surrogates
from analyzer.ingest.errors import unreadable
from analyzer.ingest.limits import Limits
from analyzer.ingest.radicals import RADICALS

_SHORT = 2.5
"""Character widths that a full line may lack at the right: punctuation may not start a line, which leaves up to two free."""
_INDENT = 1.2
"""Character widths from which a line counts as indented; Chinese paragraphs are indented by two."""
_SPACE, _SPACE_BETWEEN_SCRIPTS = 0.25, 0.5
"""Character widths that a gap must have more than the usual one of its line to be a space: a Latin space is 0.25 to 0.35,
and word processors set about 0.25 between Chinese and Latin where nobody typed any."""
_PAGE_NUMBER = re.compile(r"[-—–·\s]*(第\s*)?\d{1,4}\s*页?\s*([/／,，]?\s*共?\s*\d{1,4}\s*页?)?[-—–·\s]*")
_SCANNER_MARKS = re.compile(r"(由|使用)?\s*(扫描全能王|CamScanner|全能扫描王|夸克扫描王)\s*(扫描创建|创建|扫描)?", re.IGNORECASE)
_SCANNED = 20
"""Characters a page with pictures, below which the text is a stamp or a mark and the essay itself is a picture."""
_GARBLED = 0.3
"""Share of characters without meaning (private use, undefined) from which the fonts are taken to lack their code table."""
_DIGITS = re.compile(r"\d+")
_LATIN = re.compile(r"[A-Za-z0-9]")
_WHOLE = str.maketrans(RADICALS)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    size: float
    """Width of a Chinese character in points: the font size."""


def read_pdf(data: bytes) -> tuple[str, dict[str, str]]:
    """Text and traces. Raises Unreadable for PDFs with a password, without text, or whose text cannot be told."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise unreadable("encrypted" if "assword" in str(error) else "corrupt") from error
    try:
        pages, pictures = [], 0
        for page in document:
            pages.append(_lines(page))
            pictures += any(page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
            page.close()
        traces = _traces(document.get_metadata_dict(skip_empty=True))
    finally:
        document.close()
    text = _paragraphs(_without_running_lines(pages))
    if pictures and len(_SCANNER_MARKS.sub("", text).strip()) < _SCANNED * len(pages):
        raise unreadable("scanned")
    if text and sum(map(_is_meaningless, text)) > _GARBLED * len(text):
        raise unreadable("garbled_pdf")
    return text, traces


def check_pages(data: bytes, limits: Limits) -> None:
    """Raises Unreadable for a PDF of more pages than any essay has, before each of them is looked at."""
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(data) as document:
            many = len(document) > limits.pages
    except pdfium.PdfiumError:
        return  # what is wrong with it is for the reader to tell
    if many:
        raise unreadable("pages")


def _is_meaningless(character: str) -> bool:
    return unicodedata.category(character) in ("Co", "Cn", "Cc") and character not in "\n\t" or character == "\ufffd"


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    left: float
    right: float
    baseline: float
    """All fonts of a line share it; the boxes around the glyphs differ from font to font."""
    height: float

    @property
    def width(self) -> float:
        return self.right - self.left


def _lines(page) -> list[_Line]:
    """The page's lines from top to bottom, put together by place: in the file, glyphs of another font (quotation marks
    among Chinese) often come after the line that they stand in."""
    rows: list[list[_Glyph]] = []
    for glyph in _glyphs(page):
        # nearly always the row of the glyph before
        row = next((row for row in reversed(rows) if abs(row[0].baseline - glyph.baseline) < 0.4 * glyph.height), None)
        if row is None:
            rows.append([glyph])
        else:
            row.append(glyph)
    rows.sort(key=lambda row: -row[0].baseline)
    return [line for row in rows if (line := _line(sorted(row, key=lambda glyph: glyph.left))) is not None]


def _glyphs(page) -> Iterator[_Glyph]:
    from pypdfium2 import raw

    text_page = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    for n in range(text_page.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(text_page, n))
        # what pdfium adds itself (line ends, spaces where it sees gaps) follows the order of the file
        if character in "\r\n\0\2\ufffe\u00ad" or raw.FPDFText_IsGenerated(text_page, n) == 1:
            continue
        left, bottom, right, top = text_page.get_charbox(n, loose=True)
        if right > left and top > bottom and raw.FPDFText_GetCharOrigin(text_page, n, x, y):
            yield _Glyph(character, left, right, y.value, top - bottom)
    text_page.close()


def _line(glyphs: list[_Glyph]) -> _Line | None:
    visible = [glyph for glyph in glyphs if not glyph.character.isspace()]
    if not visible:
        return None
    # a justified line has gaps everywhere; only one that is wider than the others was meant as a space
    usual = statistics.median([max(0.0, after.left - before.right) for before, after in zip(glyphs, glyphs[1:])] or [0.0])
    text = glyphs[0].character
    for before, glyph in zip(glyphs, glyphs[1:]):
        if glyph.character == before.character and glyph.left - before.left < 0.2 * glyph.width:
            continue  # printed twice, to look bold
        is_space_written = before.character.isspace() or glyph.character.isspace()
        needed = _SPACE if before.character.isascii() == glyph.character.isascii() else _SPACE_BETWEEN_SCRIPTS
        if not is_space_written and glyph.left - before.right > usual + needed * max(before.width, glyph.width):
            text += " "
        text += glyph.character
    text = without_surrogates(text).translate(_WHOLE).strip()
    square = [glyph.width for glyph in visible if not glyph.character.isascii()]
    size = statistics.median(square) if square else 2 * statistics.median(glyph.width for glyph in visible)
    return _Line(text, visible[0].left, visible[-1].right, size)


def _without_running_lines(pages: list[list[_Line]]) -> list[list[_Line]]:
    """Pages without page numbers and without what stands at the top or bottom of most of them."""
    edges = Counter(text for lines in pages for text in {_DIGITS.sub("", line.text) for line in lines[:1] + lines[-1:]})
    running = {text for text, pages_with_it in edges.items() if len(pages) >= 3 and pages_with_it > 0.6 * len(pages)}

    def is_running(line: _Line) -> bool:
        return bool(_PAGE_NUMBER.fullmatch(line.text)) or _DIGITS.sub("", line.text) in running

    cleaned = []
    for lines in pages:
        while lines and is_running(lines[0]):
            lines = lines[1:]
        while lines and is_running(lines[-1]):
            lines = lines[:-1]
        cleaned.append(lines)
    return cleaned


def _paragraphs(pages: list[list[_Line]]) -> str:
    lines = [line for page in pages for line in page]
    if not lines:
        return ""
    # ragged headings aside, most lines begin at the left margin and the full ones end at the right one
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    text = lines[0].text
    for line, following in zip(lines, lines[1:]):
        text += _joint(line, following, left, right) + following.text
    return text


def _joint(line: _Line, following: _Line, left: float, right: float) -> str:
    """What stands between two lines: a line end, a space, or nothing where the paragraph goes on."""
    room = right - line.right
    needed = _SHORT * line.size
    if _LATIN.match(following.text):  # a whole word has to fit in
        needed += len(re.match(r"[!-~]*", following.text).group()) * following.size / 2
    is_full = room <= needed
    is_indented = following.left > left + _INDENT * following.size
    is_centred = line.left > left + 3 * line.size and room > line.size
    same_size = abs(line.size - following.size) <= 0.2 * max(line.size, following.size)
    if not is_full or is_indented or is_centred or not same_size:
        return "\n"
    return " " if _LATIN.match(line.text[-1]) and _LATIN.match(following.text[0]) else ""


def _traces(metadata: dict[str, str]) -> dict[str, str]:
    return {
        "author": metadata.get("Author", ""),
        "created": _moment(metadata.get("CreationDate", "")),
        "modified": _moment(metadata.get("ModDate", "")),
        "application": metadata.get("Creator", "") or metadata.get("Producer", ""),
    }


def _moment(date: str) -> str:
    """``D:20210305101500+08'00'`` (ISO 32000-1, 7.9.4) as ISO 8601, without the zone: it is local time that is wanted."""
    digits = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?", date)
    if not digits:
        return ""
    try:
        return datetime.datetime(*(int(part or 0) for part in digits.groups())).isoformat()
    except ValueError:
        return ""
