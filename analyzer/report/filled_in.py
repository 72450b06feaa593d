"""A list that was filled in offline, read back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from analyzer.labels import REVIEW, STATE
from analyzer.report.review import Review
from analyzer.report.workbook import LIST

FIELDS = {word: field for field, word in REVIEW.items() if field != "note"}
"""The note is not in the list."""


def read_reviews(path: str | Path) -> dict[str, Review]:
    """Reviews by essay id, as somebody filled them in on the first sheet of 疑似雷同清单.xlsx.

    Columns may have been moved or rows deleted; ``version`` of each is 0. Raises ValueError, in Chinese, for a file
    that is not such a list, for an unknown 核实状态 and for a date that is none.
    """
    path = Path(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise ValueError(f"打不开“{path.name}”：请选择由本程序导出、另存为 .xlsx 的{LIST}。") from error
    if LIST not in book.sheetnames:
        raise ValueError(f"“{path.name}”里没有“{LIST}”这张表，不是由本程序导出的清单。")
    rows = book[LIST].iter_rows(values_only=True)
    header = [str(title or "").strip() for title in next(rows, ())]
    missing = [title for title in ("编号", "核实状态") if title not in header]
    if missing:
        raise ValueError(f"“{path.name}”的{LIST}缺少列：{'、'.join(missing)}。请不要删除表头。")
    at = {title: header.index(title) for title in ("编号", *FIELDS) if title in header}
    reviews = {}
    for number, row in enumerate(rows, 2):
        id = _text(row[at["编号"]])
        if id:
            reviews[id] = Review(
                id, **{FIELDS[title]: _field(title, row[c], path.name, number) for title, c in at.items() if title != "编号"}
            )
    book.close()
    return reviews


def _field(title: str, value: Any, file: str, row: int) -> str:
    text = _text(value)
    if title == "核实状态":
        code = {word: code for code, word in STATE.items()}.get(text or STATE["pending"])
        if code is None:
            raise ValueError(f"“{file}”第 {row} 行的核实状态“{text}”不认识，请从下拉列表中选择：{'、'.join(STATE.values())}。")
        return code
    if title == "完成时限" and text:
        return _date(text, file, row)
    return text


def _date(text: str, file: str, row: int) -> str:
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    raise ValueError(f"“{file}”第 {row} 行的完成时限“{text}”不是日期，请写成 2021-04-02 的样子。")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "").strip()
