"""Rosters (xlsx, csv, jsonl) to rows with known fields, whatever the columns are called and wherever the header row is."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from analyzer.ingest.decode import decode_text, without_surrogates
from analyzer.ingest.errors import REASONS, Unreadable, unreadable
from analyzer.ingest.limits import Limits
from analyzer.ingest.names import looks_like_unit, plain_name, squeezed
from analyzer.ingest.zips import check_package

FIELDS: dict[str, tuple[str, ...]] = {
    # what a header is exactly counts first, else what it ends with, else the longest that it holds
    "id": ("id", "编号", "文章编号", "稿件编号", "篇目编号", "稿号"),
    "title": ("title", "题目", "标题", "文章标题", "心得标题", "文题", "篇名", "题名"),
    "author": ("author", "name", "姓名", "作者", "撰写人", "提交人", "上报人", "学习人", "人员姓名", "干警姓名", "学员", "人员"),
    "unit": ("unit", "department", "organization", "单位", "部门", "科室", "所在单位", "工作单位", "单位名称", "处室", "支部", "所属单位"),
    "post": ("post", "position", "职务", "岗位", "职位", "现任职务", "行政职务", "职务岗位", "职务职级", "职务及职级"),
    "rank": ("rank", "职级", "警衔", "职称"),
    "tier": ("tier", "level", "层级", "类别", "人员类别", "层次", "人员层级", "干部类别", "人员分类"),
    "batch": ("batch", "批次", "期次", "批号", "提交批次", "活动批次", "期数"),
    "text": ("text", "content", "正文", "内容", "心得内容", "心得体会", "全文", "文章内容", "心得体会内容", "心得体会正文"),
    "file": ("file", "filename", "file name", "file_name", "文件名", "文件", "文档名", "文件名称", "附件", "附件名称", "文档名称"),
    "reviewer": ("reviewer", "审核人", "审核人员", "把关人", "审核", "审签人", "审核领导", "签批人"),
}
_LATIN_PARTS = frozenset({"id", "name", "unit", "post", "rank", "tier", "level", "text", "file", "title", "batch"})
_HEADER_ROWS = 20
"""Titles, notes and blank rows stand above the header; more than this has not been seen."""
_MOST_COLUMNS = 100
"""A sheet with a formatted last column has 16,384."""
_TOLD_BY = 20
"""Columns from which it is told whether a row holds anything, below the last that is read."""
_NO_PERSON = re.compile(r"合计|总计|小计|共计|备注|说明|填表|制表|审核|联系|单位|姓名|\d+\s*[人名份篇]|^[\d.\s]+$|[:：]")
_DEFAULT_SHEET = re.compile(r"(sheet|工作表|表)\s*\d*|名单|花名册|汇总", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a roster; what it does not say is empty. ``text`` is None where the roster has no such column."""

    file_of_roster: str
    number: int
    """Row or line number as a spreadsheet or editor shows it."""
    id: str = ""
    title: str = ""
    author: str = ""
    unit: str = ""
    post: str = ""
    rank: str = ""
    tier: str = ""
    batch: str = ""
    text: str | None = None
    file: str = ""
    reviewer: str = ""

    @property
    def place(self) -> str:
        return f"{self.file_of_roster} 第{self.number}行"


@dataclass(frozen=True, slots=True)
class Roster:
    """All rows of one file that name a person, a file or hold a text."""

    file: str
    rows: tuple[Row, ...]
    columns: frozenset[str] = frozenset()
    problems: tuple[tuple[int, str], ...] = ()
    """Row number and reason, for rows that could not be read."""

    @property
    def has_text(self) -> bool:
        return "text" in self.columns

    @property
    def is_roster(self) -> bool:
        """Whether the table can be told to be about people or files at all."""
        return bool(self.columns & {"author", "file", "text"})


@dataclass(slots=True)
class _Table:
    """A sheet as strings, first row first; ``name`` of the sheet, if it says something."""

    rows: list[list[str]]
    name: str = ""
    first: int = 1
    columns: dict[int, str] = field(default_factory=dict)
    is_cut: bool = False
    """Whether rows after these were left out."""


def read_roster(name: str, data: bytes, kind: str, limits: Limits) -> Roster:
    """The roster in this file. One without any known column has no ``columns`` and no rows (``is_roster`` is false).

    Raises Unreadable where the file itself cannot be read.
    """
    try:
        if kind == "jsonl":
            return _from_jsonl(name, data, limits)
        tables = _xlsx_tables(data, limits) if kind == "xlsx" else _csv_tables(data, limits)
    except (Unreadable, ImportError, MemoryError):  # a library that is not installed is not the file's fault
        raise
    except Exception as error:
        # as for documents: whatever the parser raises, it is the file that is at fault
        raise unreadable("corrupt") from error
    rows: list[Row] = []
    columns: set[str] = set()
    for table in tables:
        found = _find_header(table)
        if found is not None:
            rows.extend(_rows(name, table, found))
            columns.update(table.columns.values())
    cut = tuple((len(table.rows) + table.first, REASONS["rows"]) for table in tables if table.is_cut)
    return Roster(name, tuple(rows), frozenset(columns), cut)


def field_of(header: str) -> str:
    """Which of FIELDS a column header means, or an empty string: ``姓  名``, ``所在单位（部门）``, ``Title``, ``职务/岗位``."""
    bare = squeezed(header).strip("*:：#")
    bare = re.sub(r"[（(\[【].*?[）)\]】]", "", bare)
    for name, aliases in FIELDS.items():
        if bare in map(squeezed, aliases):
            return name
    if bare.isascii():
        parts = [part for part in re.split(r"[^a-z]+", bare) if part in _LATIN_PARTS]
        return _exact(parts[-1]) if parts else ""
    if len(bare) > 12 or re.search(r"电话|手机|身份证|邮箱|日期|时间|序号|人数|字数", bare):
        return ""
    held = [(bare.endswith(alias), len(alias), name)
            for name, aliases in FIELDS.items() for alias in aliases if not alias.isascii() and alias in bare]
    # the last word of a header is its head: 作者单位, 单位审核人, 心得体会题目
    return max(held, default=(False, 0, ""))[2]


def _exact(word: str) -> str:
    return next(name for name, aliases in FIELDS.items() if word in aliases)


def columns_of(headers: Sequence[str]) -> dict[int, str]:
    """Column index to field; of two columns for one field the one that is named exactly so, else the first."""
    chosen: dict[str, int] = {}
    for index, header in enumerate(headers):
        name = field_of(header)
        if not name:
            continue
        if name not in chosen or (_is_exact(header, name) and not _is_exact(headers[chosen[name]], name)):
            chosen[name] = index
    return {index: name for name, index in chosen.items()}


def _is_exact(header: str, name: str) -> bool:
    return squeezed(header) in map(squeezed, FIELDS[name])


def _find_header(table: _Table) -> int | None:
    """Index of the row that names most fields, and at least one that tells a person, a file or a text."""
    best, best_columns = None, {}
    for index, row in enumerate(table.rows[:_HEADER_ROWS]):
        if any(len(cell) > 40 for cell in row):
            continue  # already content
        columns = columns_of(row)
        if {"author", "file", "text"} & set(columns.values()) and len(columns) > len(best_columns):
            best, best_columns = index, columns
    table.columns = best_columns
    return best


def _rows(file: str, table: _Table, header: int) -> Iterator[Row]:
    unit_of_sheet = table.name if looks_like_unit(table.name) and not _DEFAULT_SHEET.fullmatch(table.name) else ""
    with_text = "text" in table.columns.values()
    for index, cells in enumerate(table.rows[header + 1:], header + 1):
        values = {name: cells[column] for column, name in table.columns.items() if column < len(cells)}
        text = values.pop("text", "") if with_text else None
        if (text or "").strip():
            values["author"] = plain_name(values.get("author", ""))
        else:
            values = {name: value.strip() for name, value in values.items()}
            author = plain_name(values.get("author", ""))
            if not values.get("file") and (not author or len(author) > 20 or _NO_PERSON.search(author)):
                continue  # blank, a section title, a sum, a note below the table
            values["author"] = author
        values.setdefault("unit", unit_of_sheet)
        yield Row(file, index + table.first, text=text, **values)


def _xlsx_tables(data: bytes, limits: Limits) -> list[_Table]:
    import openpyxl

    check_package(data, limits)
    # not read_only: only a full sheet knows its merged cells, and units are merged over their people
    workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    tables = []
    for sheet in workbook.worksheets:
        used = {"max_row": min(sheet.max_row, limits.roster_rows), "max_col": min(sheet.max_column, _MOST_COLUMNS)}
        cells = [[_cell(value) for value in row] for row in sheet.iter_rows(**used, values_only=True)]
        for merged in sheet.merged_cells.ranges:
            if merged.min_col == merged.max_col <= used["max_col"]:  # over rows; one over columns is a title
                for row in range(merged.min_row, min(merged.max_row, len(cells))):
                    cells[row][merged.min_col - 1] = cells[merged.min_row - 1][merged.min_col - 1]
        rest = sheet.iter_rows(used["max_row"] + 1, max_col=_TOLD_BY, values_only=True)
        tables.append(_Table(cells, sheet.title, is_cut=any(value is not None for row in rest for value in row)))
    workbook.close()
    return tables


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        # a batch typed as 2021-03 becomes the first of that month
        return value.strftime("%Y-%m") if value.day == 1 and not (value.hour or value.minute) else value.date().isoformat()
    return without_surrogates(str(value))


def _csv_tables(data: bytes, limits: Limits) -> list[_Table]:
    text = decode_text(data)
    first = text.split("\n", 1)[0]
    delimiter = max("\t", ";", ",", key=first.count)
    previous = csv.field_size_limit(limits.text_characters + 1)  # 131,072 by default: less than a long essay
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = list(islice(reader, limits.roster_rows))
        is_cut = any(any(row) for row in reader)
    finally:
        csv.field_size_limit(previous)
    return [_Table(rows, is_cut=is_cut)]


def _from_jsonl(name: str, data: bytes, limits: Limits) -> Roster:
    rows, problems = [], []
    columns: set[str] = set()
    # not splitlines(): a text may hold U+2028, which is no line end in JSON
    for number, line in enumerate(decode_text(data).split("\n"), 1):
        if not line.strip():
            continue
        if len(rows) + len(problems) >= limits.roster_rows:
            problems.append((number, REASONS["rows"]))
            break
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):  # also of numbers with more digits than Python takes
            problems.append((number, REASONS["bad_json"]))
            continue
        if not isinstance(record, dict):
            problems.append((number, REASONS["bad_json"]))
            continue
        found = columns_of(list(record))
        values = {field: _json_cell(value) for index, value in enumerate(record.values()) if (field := found.get(index))}
        columns.update(values)
        if "text" not in values and not values.get("author") and not values.get("file"):
            problems.append((number, REASONS["not_roster"]))
            continue
        rows.append(Row(name, number, **values))
    return Roster(name, tuple(rows), frozenset(columns), tuple(problems))


def _json_cell(value: object) -> str:
    if value is None:
        return ""
    return without_surrogates(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
