"""From paths to a Batch: every file and every roster row is accounted for, as an essay or as a problem."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.essay import Batch, Essay, Problem
from analyzer.ingest.archive import File, files_in
from analyzer.ingest.assemble import (
    Candidate, Document, essay_of_document, essay_of_row, short_id, with_unique_ids, without_duplicates,
)
from analyzer.ingest.errors import REASONS, IngestError, Unreadable, unreadable
from analyzer.ingest.heading import Heading, read_heading
from analyzer.ingest.join import Clues, join
from analyzer.ingest.kinds import SHEETS, kind_of
from analyzer.ingest.limits import LIMITS, Limits
from analyzer.ingest.reading import read_all, read_sheet
from analyzer.ingest.roster import Roster, Row
from analyzer.ingest.tiers import load_tiers

PathLike = str | os.PathLike[str]
_SHOWN = 5
"""How many names a note or message lists before it says how many more there are."""


@dataclass(slots=True)
class _Read:
    """Everything under the paths, sorted into what it is."""

    documents: list[Document] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)
    """Rows of tables with the text in a column."""
    people: list[Row] = field(default_factory=list)
    """Rows of such tables that have no text of their own."""
    rosters: list[Roster] = field(default_factory=list)
    """Tables of people or files, without text."""
    problems: list[Problem] = field(default_factory=list)


def read_batch(
    paths: PathLike | Iterable[PathLike], roster: PathLike | None = None, tiers: PathLike | None = None,
    *, limits: Limits = LIMITS,
) -> Batch:
    """Read the essays under ``paths`` and join them to the roster.

    ``paths``: one path or several; each a folder, a zip, a document, or a table with the text in a column.
    ``roster``: xlsx, csv or jsonl; without it the one spreadsheet among the files that looks like a roster is taken.
    ``tiers``: an organizer's own tiers.toml, laid over the shipped one.

    ``files == len(essays) + len(problems)``. Raises IngestError, with a message in Chinese for the organizer, where
    nothing at all can be analyzed.
    """
    rules = load_tiers(tiers)
    paths = _as_list(paths)
    given = None if roster is None else _given_roster(Path(roster), limits)
    read = _read(paths, limits, skip=None if roster is None else Path(roster))
    notes: list[str] = []
    people = _people(read, given, notes, limits)

    candidates = [Candidate(essay_of_row(row, rules)) for row in read.texts]
    units = frozenset(row.unit for row in (*read.texts, *people) if row.unit)
    names = frozenset(row.author for row in people if row.author)
    headings = [read_heading(document.text, names, units) for document in read.documents]
    clues = [Clues(document.file, heading) for document, heading in zip(read.documents, headings)]
    # files that gave no text are joined too: whose file is damaged is not absent
    joined = join(clues + [Clues(problem.file, Heading()) for problem in read.problems], people)
    notes += joined.notes
    for document, heading, row, name in zip(read.documents, headings, joined.rows, joined.names):
        essay, note = essay_of_document(document, heading, row, name, rules, units)
        candidates.append(Candidate(essay, document.digest, row is not None))
        notes += [note] if note else []

    # where the table has a text column, a blank text is something that came in empty; else the row is a person
    absent = [essay_of_row(row, rules) for row in joined.unused if row.text is None]
    read.problems += [Problem(row.place, REASONS["empty_row"]) for row in joined.unused if row.text is not None]
    files = len(candidates) + len(read.problems)
    essays, duplicates = without_duplicates(candidates)
    if not essays:
        raise IngestError(_nothing_readable(paths, read))
    if people:
        notes += _strangers(candidates)
    essays, id_notes = with_unique_ids(essays)
    problems = sorted(read.problems + duplicates, key=lambda problem: problem.file)
    return Batch(tuple(essays), tuple(problems), files, tuple(absent), tuple(notes + id_notes))


def read_documents(
    paths: PathLike | Iterable[PathLike], on_problem: Callable[[Problem], None] | None = None, *, limits: Limits = LIMITS,
) -> list[Essay]:
    """Read official documents or 范文: the same formats as essays; of a table the columns id, title, text.

    An empty jsonl file means that there are none. Without ``on_problem`` a file that cannot be read raises IngestError:
    a quotation from a speech that went missing would be taken for copying. With it, each Problem is handed over
    and the rest is read.
    """
    read = _read(_as_list(paths), limits)
    read.problems += [Problem(roster.file, REASONS["not_roster"]) for roster in read.rosters]
    read.problems += [Problem(row.place, REASONS["empty_row"]) for row in read.people]
    for problem in read.problems:
        if on_problem is None:
            raise IngestError(f"“{problem.file}”读不了：{problem.reason}")
        on_problem(problem)
    documents = [
        Essay(id=row.id or short_id("D", row.place, row.text or ""), text=row.text or "", title=row.title, author=row.author, unit=row.unit,
              batch=row.batch, file=row.place)
        for row in read.texts
    ]
    for document in read.documents:
        heading = read_heading(document.text)
        documents.append(Essay(
            # the text counts too: two folders may each hold a 1.docx
            id=short_id("D", document.file, document.text), text=document.text, title=heading.title or Path(document.file).stem,
            author=heading.author, unit=heading.unit, file=document.file, traces=document.traces,
        ))
    return with_unique_ids(documents)[0]


def _as_list(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    paths = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not paths:
        raise IngestError("没有指定要分析的文件：请给出文件夹、压缩包或文件")
    return list(map(Path, paths))


def _read(paths: Sequence[Path], limits: Limits, skip: Path | None = None) -> _Read:
    """Read everything under the paths but the file ``skip``."""
    read = _Read()
    for file, content in read_all((file for file in files_in(paths, limits) if not _is(file, skip)), limits):
        if isinstance(content, Problem):
            read.problems.append(content)
        elif isinstance(content, Roster):
            _sort_in(read, content, file, limits)
        else:
            text, traces = content
            read.documents.append(Document(file.name, text, hashlib.blake2b(file.data, digest_size=16).digest(), traces))
    return read


def _is(file: File | Problem, path: Path | None) -> bool:
    return path is not None and isinstance(file, File) and file.path is not None and file.path.samefile(path)


def _sort_in(read: _Read, roster: Roster, file: File, limits: Limits) -> None:
    read.problems += [Problem(f"{roster.file} 第{number}行", reason) for number, reason in roster.problems]
    if roster.has_text:
        _take_texts(read, roster, limits)
    elif roster.rows:
        read.rosters.append(roster)
    elif not (file.kind == "jsonl" and not file.data.strip()) and not roster.problems:
        read.problems.append(Problem(roster.file, REASONS["not_roster"]))


def _take_texts(read: _Read, roster: Roster, limits: Limits) -> None:
    for row in roster.rows:
        if row.text is None or not row.text.strip():
            read.people.append(row)
        elif len(row.text) > limits.text_characters:
            read.problems.append(Problem(row.place, REASONS["long"]))
        else:
            read.texts.append(row)


def _given_roster(path: Path, limits: Limits) -> Roster:
    """The roster that the organizer named; whatever is wrong with it ends the run, since they count on it."""
    if not path.is_file():
        raise IngestError(f"找不到名单“{path}”：请检查路径是否写对")
    try:
        if path.stat().st_size > limits.file_bytes:
            raise unreadable("large")
        data = path.read_bytes()
        kind = kind_of(path.name, data, limits)
        if kind not in SHEETS:
            # a spreadsheet with a password is an OLE file, as an old one is
            reason = REASONS["old_sheet"] if kind == "ole" and path.suffix.lower().startswith(".xls") else REASONS.get(kind)
            raise Unreadable(reason or "不是表格：名单请用 xlsx、csv 或 jsonl")
        roster = read_sheet(File(path.name, data, kind, True, path), limits)
    except Unreadable as reason:
        raise IngestError(f"名单“{path.name}”读不了：{reason}") from reason
    if not roster.is_roster:
        raise IngestError(
            f"名单“{path.name}”里没有找到“姓名”“文件名”或“正文”列：请在表头一行写明列名（如 姓名、单位、职务、层级），存好再试"
        )
    if not roster.rows:
        raise IngestError(f"名单“{path.name}”只有表头，没有一个人名：请核对是否选错了文件或工作表")
    return roster


def _people(read: _Read, given: Roster | None, notes: list[str], limits: Limits) -> list[Row]:
    """The rows to join files to: of the given roster, else of the one that lies among the files."""
    if given is not None:
        read.problems += [Problem(f"{given.file} 第{number}行", reason) for number, reason in given.problems]
        read.problems += [Problem(roster.file, REASONS["roster_unused"]) for roster in read.rosters]
        _take_texts(read, given, limits)
        return read.people
    if len(read.rosters) == 1:
        roster = read.rosters[0]
        notes.append(f"没有另外指定名单，用了文件里的“{roster.file}”（{len(roster.rows)} 人）")
        return read.people + list(roster.rows)
    read.problems += [Problem(roster.file, REASONS["many_rosters"]) for roster in read.rosters]
    return read.people


def _strangers(candidates: Sequence[Candidate]) -> list[str]:
    names = [candidate.essay.file for candidate in candidates if not candidate.on_roster]
    return [f"有 {len(names)} 篇没有和名单对上，单位、职务、层级按文件名和文头填：{_some(names)}"] if names else []


def _nothing_readable(paths: Sequence[Path], read: _Read) -> str:
    names = _some([path.name or str(path) for path in paths], "”“")
    reasons = [f"{problem.file}——{problem.reason}" for problem in read.problems]
    if reasons:
        return f"“{names}”里没有一篇读得出来：" + _some(reasons, "；")
    if read.rosters:
        return f"“{names}”是名单，没有正文：请同时给出放心得体会的文件夹或压缩包"
    return f"“{names}”里没有一篇心得体会：请检查是否选错，或压缩、导出时漏了内容"


def _some(names: Sequence[str], separator: str = "、") -> str:
    shown = separator.join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} 等 {len(names)} 个"
