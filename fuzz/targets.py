"""What is fuzzed: functions that take any bytes and raise only where the program is wrong, with valid files to start from.

A reader may refuse (Unreadable) whatever it likes; it may not raise anything else, give text that cannot be written, or hang.
``tests/test_fuzz.py`` runs each for a moment, ``fuzz/run.py`` for as long as you like.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from analyzer.copying import Models, find_matches, load_models, quote_documents
from analyzer.essay import Essay, Problem
from analyzer.ingest import IngestError, Limits
from analyzer.ingest.archive import File, files_in
from analyzer.ingest.documents import read_document
from analyzer.ingest.errors import Unreadable
from analyzer.ingest.heading import read_heading
from analyzer.ingest.kinds import kind_of
from analyzer.ingest.names import name_in_stem, names_in, tokens, unit_of_folders
from analyzer.ingest.roster import read_roster
from analyzer.report.report import Report
from analyzer.text.segment import sentence_spans
from ingest_files import DATA, TEXT, docx, xlsx, zipped

LIMITS = Limits(text_characters=200_000, total_bytes=64 << 20, zip_bytes=64 << 20, pages=50)


# ------------------------------------------------------------------ readers

def reader(kind: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        try:
            text, traces = read_document(File("a", data, kind, False), LIMITS)
        except Unreadable:
            return
        assert text.strip() and len(text) <= LIMITS.text_characters
        json.dumps([text, traces], ensure_ascii=False).encode("utf-8")
    return target


def part_of(package: bytes, name: str, kind: str) -> Callable[[bytes], None]:
    """The reader, given the package with this member replaced: changed bytes in the zip itself hardly get past its checksums."""
    read = table(kind) if kind == "xlsx" else reader(kind)
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        others = {member: old.read(member) for member in old.namelist() if member != name}

    def target(data: bytes) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as new:
            for member, content in {**others, name: data}.items():
                new.writestr(member, content)
        read(file.getvalue())
    return target


def table(kind: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        try:
            roster = read_roster("a", data, kind, LIMITS)
        except Unreadable:
            return
        for row in roster.rows:
            json.dumps([row.text, row.author, row.unit, row.post, row.file], ensure_ascii=False).encode("utf-8")
    return target


def zip_target(data: bytes) -> None:
    kind_of("a.zip", data, LIMITS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        path.write_bytes(data)
        try:
            found = list(files_in([path], LIMITS))
        except IngestError:
            return
    names = [file.file if isinstance(file, Problem) else file.name for file in found]
    assert all(0 < len(name) <= LIMITS.name_characters + 10 for name in names), names
    assert not {unicodedata.category(character) for name in names for character in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, names


# ------------------------------------------------------------------ text

def as_text(data: bytes) -> str:
    """Any text: short ones of everyday characters more often than not, so that the rules see what they look for."""
    return data.decode("utf-8", "replace")


def heading_target(data: bytes) -> None:
    text = as_text(data)
    heading = read_heading(text, frozenset({"王芳"}), frozenset({"城东派出所"}))
    assert 0 <= heading.body <= len(text)


def names_target(data: bytes) -> None:
    text = as_text(data)[:1000]
    tokens(text), name_in_stem(text), names_in(text, ["王芳", "王芳华", "李强"]), unit_of_folders(text.split("/"))


def segment_target(data: bytes) -> None:
    text = as_text(data)
    end = 0
    for start, stop in sentence_spans(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        end = stop


def align_target(data: bytes) -> None:
    """Two texts and an official one, parted by zero bytes."""
    parts = [as_text(part) for part in data.split(b"\0", 2)] + ["", ""]
    essays = [Essay(id=str(n), text=text) for n, text in enumerate(parts[:3])]
    documents, quotes = quote_documents([(essays[0], "batch"), (essays[1], "batch")], [essays[2]])
    vectors = [RandomEncoder().encode([s.text for s in document.sentences]) for document in documents]
    for match in quotes + find_matches(documents, vectors, models()):
        assert 0 <= match.start < match.end <= len(parts[int(match.essay)])
        assert 0 <= match.other_start < match.other_end <= len(parts[int(match.other)])
        assert 0 <= match.similarity <= 1 and 0 <= match.rarity <= 1


class RandomEncoder:
    """Unit rows that equal sentences share and others do not: what the encoder does is not what is fuzzed."""

    name = "random"

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        rows = [np.random.default_rng(zlib.crc32(s.encode("utf-8", "replace"))).normal(size=16) for s in sentences]
        return np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, 16)


@cache
def models() -> Models:
    return load_models(RandomEncoder())


def report_target(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        path.write_bytes(data)
        try:
            Report.from_json(path)
        except ValueError as error:
            assert "report.json" in str(error)


@cache
def report_seed() -> bytes:
    """A valid report.json of three essays."""
    from report_fixture import synthetic_report

    with tempfile.TemporaryDirectory() as folder:
        report = json.loads(synthetic_report().to_json(Path(folder, "report.json")).read_text(encoding="utf-8"))
    report["essays"] = report["essays"][:3]
    kept = {essay["id"] for essay in report["essays"]}
    report["matches"] = [match for match in report["matches"] if match["essay"] in kept][:5]
    report["findings"] = [finding for finding in report["findings"] if finding["essay"] in kept]
    report["documents"] = report["documents"][:1]
    return json.dumps(report, ensure_ascii=False).encode()


def member(package: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read(name)


def fixture(*names: str) -> tuple[bytes, ...]:
    return tuple((DATA / name).read_bytes() for name in names)


ROSTER = xlsx(["姓名", "单位", "职务"], ["王芳", "城东派出所", "民警"], ["李强", "", "所长"], merge=("B2:B3",))
DOCX, (ODT,) = docx(TEXT), fixture("essay.odt")
ESSAY = TEXT.encode()

TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], tuple[bytes, ...]]]] = {
    "docx": (reader("docx"), lambda: (DOCX,)),
    "docx_xml": (part_of(DOCX, "word/document.xml", "docx"), lambda: (member(DOCX, "word/document.xml"),)),
    "odt_xml": (part_of(ODT, "content.xml", "odt"), lambda: (member(ODT, "content.xml"),)),
    "doc": (reader("ole"), lambda: fixture("essay.doc", "essay.wps", "password.doc")),
    "pdf": (reader("pdf"), lambda: fixture("essay.pdf", "scanned.pdf", "password.pdf")),
    "rtf": (reader("rtf"), lambda: fixture("essay.rtf")),
    "txt": (reader("txt"), lambda: (ESSAY, TEXT.encode("gb18030"), TEXT.encode("utf-16"))),
    "xlsx": (table("xlsx"), lambda: (ROSTER,)),
    "xlsx_xml": (part_of(ROSTER, "xl/worksheets/sheet1.xml", "xlsx"), lambda: (member(ROSTER, "xl/worksheets/sheet1.xml"),)),
    "csv": (table("csv"), lambda: ("姓名,单位\n王芳,甲局\n".encode(), '"姓名"\t正文\n李强\t"好\n的"\n'.encode("gbk"))),
    "jsonl": (table("jsonl"), lambda: ('{"author": "王芳", "text": "好"}\n{"姓名": "李强"}\n'.encode(),)),
    "zip": (zip_target, lambda: (zipped({"甲/王芳.txt": ESSAY, "乙.zip": zipped({"丙.txt": b"a"})}, "gbk"),)),
    "heading": (heading_target, lambda: (ESSAY, "心得体会\n单位：城东派出所　姓名：王 芳\n职务：民警\n正文。".encode())),
    "names": (names_target, lambda: ("甲局/03-城东派出所/王芳-心得体会（终稿）(2)".encode(), "李强关于学习的体会".encode())),
    "segment": (segment_target, lambda: (ESSAY, "他说：“不行。回去吧。”我想……\n一、好！".encode())),
    "align": (align_target, lambda: (b"\0".join((ESSAY[:600], ESSAY[300:600] + ESSAY[:300], ESSAY[600:900])), b"\0".join((ESSAY[:300], ESSAY[:300])))),
    "report": (report_target, lambda: (report_seed(),)),
}
"""Name to what is called with bytes, and what makes the seeds."""
