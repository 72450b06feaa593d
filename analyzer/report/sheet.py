"""Tables in a workbook as an office prints them: frozen header, filter, widths, A4 landscape, and no cell that runs."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.report.harmless import starts_a_formula

FONT = "宋体"
HEADER_FONT = "黑体"
SIZE = 10.5
LINE = 15.0
"""Points of one line of text at SIZE."""
MAX_LINES = 24
LONGEST_CELL = 32_767  # Excel's limit

_thin = Side(style="thin", color="BFBFBF")
GRID = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)
HEADER_FILL = PatternFill("solid", start_color="1F3864")
TO_FILL_IN = PatternFill("solid", start_color="FFF8E1")
"""Ground of the columns that people fill in."""


@dataclass(frozen=True)
class Column:
    title: str
    width: float
    """In Excel's unit: digits of the default font; a Chinese character takes two."""
    format: str = ""
    """Excel number format; columns that have one are right aligned."""
    center: bool = False
    fill_in: bool = False


PERCENT, SCORE, COUNT, PROBABILITY = "0.0%", "0.0", "#,##0", "0.00"


def new_workbook() -> Workbook:
    """An empty workbook whose column widths count in digits of FONT, as Chinese Excel's own do."""
    book = Workbook()
    book._named_styles["Normal"].font = Font(name=FONT, size=11)  # openpyxl has no public way to it
    return book


def write_table(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Any]], at: int = 1) -> int:
    """Write a header in row ``at`` and the rows below; returns the number of the last row."""
    for c, column in enumerate(columns, 1):
        cell = sheet.cell(at, c)
        write(cell, column.title)
        cell.font = Font(name=HEADER_FONT, size=SIZE, bold=True, color="FFFFFF")
        cell.fill = HEADER_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = GRID
    sheet.row_dimensions[at].height = LINE * 2 + 2
    styles: list[StyleArray] = []
    for r, row in enumerate(rows, at + 1):
        lines = 1
        for c, (column, value) in enumerate(zip(columns, row, strict=True), 1):
            cell = sheet.cell(r, c)
            if len(styles) < c:
                _style(cell, column)
                styles.append(cell._style)
            cell._style = copy(styles[c - 1])  # openpyxl looks every style up anew, which is most of what a large table costs
            write(cell, value)
            if not column.format:
                lines = max(lines, _lines(value, column.width))
        sheet.row_dimensions[r].height = LINE * min(lines, MAX_LINES) + 4
    return at + len(rows)


def _style(cell: Cell, column: Column) -> None:
    cell.font, cell.border = Font(name=FONT, size=SIZE), GRID
    horizontal = "right" if column.format else "center" if column.center else None
    cell.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=None if column.format else True)
    if column.format:
        cell.number_format = column.format
    if column.fill_in:
        cell.fill = TO_FILL_IN


def write(cell: Cell, value: Any) -> None:
    """Put a value into a cell; text stays text, whatever it starts with (no formula, no link)."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        cell.value = None
        return
    if not isinstance(value, str):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
    cell.value = text
    if starts_a_formula(text):
        cell.data_type = "s"
        cell.quotePrefix = True  # Excel then keeps it as text when somebody edits the cell


def finish_sheet(sheet: Worksheet, columns: Sequence[Column], last_row: int, title: str, filter: bool = True) -> None:
    """Widths, frozen header, filter, and how the sheet is printed."""
    for c, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(c)].width = column.width
    sheet.freeze_panes = "A2"
    if filter:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last_row, 2)}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.8, 0.6, 0.35, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.oddHeader.center.text, sheet.oddHeader.center.size, sheet.oddHeader.center.font = title, 16, HEADER_FONT
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def paragraph(sheet: Worksheet, row: int, text: str, width: int, total: float, bold: bool = False) -> int:
    """A line of prose over ``width`` columns that are ``total`` wide together; returns the next free row."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    cell = sheet.cell(row, 1)
    write(cell, text)
    cell.font = Font(name=HEADER_FONT if bold else FONT, size=SIZE + (1 if bold else 0), bold=bold)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = LINE * _lines(text, total) + 6
    return row + 1


def _lines(value: Any, width: float) -> int:
    """How many lines a text takes in a column; a wide character counts two."""
    if not isinstance(value, str) or not value:
        return 1
    room = max(2.0, width * 8 / 7 - 1)  # a digit of the default font is 8 pixels wide, half a character at SIZE 7
    return sum(max(1, math.ceil(display_width(line) / room)) for line in value.split("\n"))


def display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
