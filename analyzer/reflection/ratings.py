"""An organizer's own levels, read from a sheet (xlsx, csv, jsonl) and put to the essays they are about."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile

from analyzer.essay import Essay
from analyzer.ingest.decode import decode_text
from analyzer.ingest.errors import IngestError, Unreadable
from analyzer.ingest.roster import field_of

COLUMNS = ("等级", "级别", "评级", "深度等级", "深度", "评定等级", "我的评级", "level", "depth", "rating")
"""What the column with the levels may be called."""
_HEADER_ROWS = 20
_WORDS = {**dict(zip("一二三四", (1, 2, 3, 4))), **dict(zip("ⅠⅡⅢⅣ", (1, 2, 3, 4)))}


@dataclass(frozen=True, slots=True)
class Rating:
    """One row: how deep the organizer finds one essay, and by what it is named."""

    row: int
    level: int
    id: str = ""
    file: str = ""
    author: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Ratings:
    """What a sheet says; ``problems`` in Chinese, a row each."""

    rows: tuple[Rating, ...]
    problems: tuple[str, ...] = ()


def read_ratings(path: str | Path) -> Ratings:
    """Rows without a level are left out (not rated yet); rows whose level is none of 1 to 4 are problems.

    Raises IngestError, in Chinese, for a file that cannot be read or has no column for the level or the essay.
    """
    path = Path(path)
    if not path.exists():
        raise IngestError(f"找不到评级表“{path}”：请检查路径。")
    try:
        numbered = _table(path)
    except (BadZipFile, KeyError, OSError, ValueError, Unreadable) as error:
        raise IngestError(f"评级表“{path.name}”打不开：请另存为 xlsx、csv 或 jsonl 后重试。") from error
    for at, (_, cells) in enumerate(numbered[:_HEADER_ROWS]):
        columns = _columns(cells)
        if "level" in columns and columns.keys() & {"id", "file", "author"}:
            return _rows(numbered[at + 1 :], columns)
    raise IngestError(f"评级表“{path.name}”里没有“等级”列，或没有“编号”“文件名”“姓名”列：请对照 xinde calibrate --sheet 给出的空表。")


def _table(path: Path) -> list[tuple[int, list[str]]]:
    """(row number as an editor shows it, cells)."""
    if path.suffix.lower() == ".xlsx":
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True, data_only=True)
        rows = [(n, [_plain(value) for value in row]) for n, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1)]
        book.close()
        return rows
    text = decode_text(path.read_bytes())
    if path.suffix.lower() in (".jsonl", ".json"):
        records = [(n, json.loads(line)) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        names = list(dict.fromkeys(name for _, record in records for name in record))
        return [(0, names)] + [(n, [_plain(record.get(name)) for name in names]) for n, record in records]
    delimiter = max("\t", ";", ",", key=text.split("\n", 1)[0].count)
    return list(enumerate(([c.strip() for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), 1))


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for k, cell in enumerate(cells):
        bare = re.sub(r"[（(].*?[）)]|\s", "", cell).lower()
        name = "level" if bare in COLUMNS else field_of(cell) if cell and len(cell) <= 40 else ""
        if name in ("level", "id", "file", "author", "unit"):
            found.setdefault(name, k)
    return found


def _rows(numbered: Sequence[tuple[int, list[str]]], columns: dict[str, int]) -> Ratings:
    rows, problems = [], []
    for number, cells in numbered:
        values = {name: cells[k] for name, k in columns.items() if k < len(cells)}
        given = values.pop("level", "")
        if not given:
            continue
        level = level_of(given)
        if level is None:
            problems.append(f"第 {number} 行的等级“{given}”不认识：请填 1 到 4。")
        else:
            rows.append(Rating(number, level, **values))
    return Ratings(tuple(rows), tuple(problems))


def level_of(text: str) -> int | None:
    """1 to 4 from ``3``, ``3.0``, ``三级``, ``三级 反思``, ``Ⅲ``; None for anything else."""
    found = re.fullmatch(r"第?\s*([1-4１-４一二三四ⅠⅡⅢⅣ])(?:\.0+)?\s*[级級]?(?:\s*[^\d\s]{1,4})?", text.strip())
    if not found:
        return None
    sign = found[1]
    return _WORDS.get(sign) or int(sign)


def put_to_essays(ratings: Ratings, essays: Sequence[Essay]) -> tuple[dict[str, int], list[str]]:
    """Level by essay id, and in Chinese which rows fit no essay, or several. Of two rows for one essay the later counts."""
    levels: dict[str, int] = {}
    problems = list(ratings.problems)
    for rating in ratings.rows:
        found = _candidates(rating, essays)
        if len(found) == 1:
            if found[0].id in levels:
                problems.append(f"第 {rating.row} 行与前面的一行评的是同一篇：以这一行为准。")
            levels[found[0].id] = rating.level
        else:
            who = rating.id or rating.file or f"{rating.unit}{rating.author}"
            problems.append(f"第 {rating.row} 行的“{who}”" + ("在本批中找不到：未使用。" if not found else f"在本批中有 {len(found)} 篇，分不清：请加“编号”或“单位”列。"))
    return levels, problems


def _candidates(rating: Rating, essays: Sequence[Essay]) -> list[Essay]:
    if rating.id:
        return [e for e in essays if e.id == rating.id]
    if rating.file:
        wanted = rating.file.replace("\\", "/")
        whole = [e for e in essays if e.file == wanted]
        return whole or [e for e in essays if wanted in (PurePosixPath(e.file).name, PurePosixPath(e.file).stem)]
    return [e for e in essays if rating.author and e.author == rating.author and (not rating.unit or e.unit == rating.unit)]
