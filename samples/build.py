"""Build the sample batch as an organizer would receive it: `python samples/build.py`, with LibreOffice and a Chinese font at hand.

    batch.zip       essays in folders by unit, in seven formats, names in GBK, one unit as a zip in the zip;
                    one file is damaged, one is a scan, one was handed in twice
    roster.xlsx     the roster: two people are missing from it, one person on it handed in nothing
    official/       the speech and the notice that everybody studied
    library/        three 范文 that circulate

Everything comes from source/rectification.jsonl: invented people, units and places.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pypdfium2
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties

HERE = Path(__file__).parent
START = datetime(2021, 3, 8, 9, 0)
STAMP = (2021, 4, 2, 17, 30, 0)
"""Of every zip member, so that building again changes as little as possible."""

HANDED_IN_NOTHING = "R134"
SCANNED = "R160"
DAMAGED = "R154"
NOT_ON_THE_ROSTER = ("R143", "R135")
TWICE = "R147"
ZIPPED_UNIT = "柳沟区司法局"
FORMATS = {
    "doc": ("R161", "R121", "R118", "R157", "R150"),
    "wps": ("R155", "R149", "R116"),
    "pdf": ("R152", "R148", "R124", "R164"),
    "txt": ("R146", "R137", "R162", "R101", "R151"),
    "rtf": ("R158",),
    "odt": ("R156",),
}
"""Essays that do not come as docx."""
WITHOUT_TIER = ("R157", "R121", "R156", "R162", "R145", "R130")
"""The roster's 层级 cell is empty: the tier follows from the post."""
TIER = {"leadership": "院局领导", "middle": "中层干部", "frontline": "基层干警"}


@dataclass(frozen=True)
class Piece:
    """One row of the source, with its place in the batch."""

    id: str
    title: str
    author: str
    unit: str
    post: str
    tier: str
    text: str
    file_of: str
    number: int

    @property
    def organ(self) -> str:
        """The unit that collects the essays: 柳沟区司法局 for 柳沟区司法局东湖司法所."""
        unit = self.unit.replace("临澄市公安局柳沟分局", "柳沟区公安分局")
        return re.match(r"(中共)?.+?(人民法院|人民检察院|司法局|公安局\w\w分局|公安分局|公安局|委员会)", unit).group()

    @property
    def section(self) -> str:
        """The part of the unit below that: 东湖司法所, or nothing."""
        return self.unit.replace("临澄市公安局柳沟分局", "柳沟区公安分局").removeprefix(self.organ)

    @property
    def format(self) -> str:
        return next((format for format, ids in FORMATS.items() if self.id in ids), "docx")

    @property
    def written(self) -> datetime:
        return START + timedelta(hours=7 * self.number)

    def name(self) -> str:
        """File name; every second colleague does it another way."""
        ways = (
            f"{self.author}-{self.section or self.organ}", f"{self.section}{self.author}心得体会".strip(), self.author,
            f"心得体会（{self.author}）", f"{self.number + 1:02d} {self.author} {self.post.split('、')[-1]}",
        )
        return f"{ways[self.number % len(ways)]}.{self.format}"

    def lines(self) -> tuple[list[str], list[str], list[str]]:
        """Heading, body and signature."""
        spaced = "　".join(self.author) if len(self.author) == 2 else self.author
        body = [line for line in self.text.split("\n") if line]
        if not self.author:
            return [self.title], body, []
        way = self.number % 4
        if way == 0:
            return [self.title, f"{self.unit}　{spaced}"], body, []
        if way == 1:
            return [self.title, f"单位：{self.unit}　　姓名：{spaced}　　职务：{self.post}"], body, []
        if way == 2:
            return [self.title, self.unit, spaced], body, []
        return [self.title], body, [f"{self.unit}　{spaced}", f"{self.written.year}年{self.written.month}月{self.written.day}日"]


def read_source() -> tuple[list[Piece], list[Piece], list[Piece]]:
    """Essays, official documents, 范文."""
    kinds: dict[str, list[Piece]] = {"essay": [], "official": [], "template": []}
    with open(HERE / "source" / "rectification.jsonl", encoding="utf-8") as source:
        for row in map(json.loads, source):
            place = kinds[row.pop("kind")]
            place.append(Piece(**{"file_of": "", **row}, number=len(place)))
    return kinds["essay"], kinds["official"], kinds["template"]


def word_document(piece: Piece, origin: Piece | None = None) -> bytes:
    """A docx with the properties that Word would have left; ``origin``: whose file the author worked on."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(15)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    heading, body, signature = piece.lines()
    for n, line in enumerate(heading):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(line)
        run.bold, run.font.size = n == 0, Pt(20 if n == 0 else 14)
    for line in body:
        document.add_paragraph(line).paragraph_format.first_line_indent = Pt(30)
    for line in signature:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    begun = (origin or piece).written
    minutes = 6 if origin else 40 + 7 * (piece.number % 11)
    properties = document.core_properties
    properties.author, properties.last_modified_by = (origin or piece).author, piece.author
    properties.created, properties.modified = begun, piece.written + timedelta(minutes=minutes)
    properties.revision, properties.title, properties.comments = 2 if origin else 3 + piece.number % 9, "", ""
    file = io.BytesIO()
    document.save(file)
    return tidy(file.getvalue(), minutes)


def tidy(docx: bytes, minutes: int) -> bytes:
    """The same document without python-docx's picture of its own template, with fixed times and the editing time."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if "thumbnail" in name:
                continue
            if name == "_rels/.rels":
                data = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", data)
            if name == "docProps/app.xml":
                data = re.sub(rb"<TotalTime>\d+", b"<TotalTime>%d" % minutes, data)
                data = re.sub(rb"<Application>[^<]*", "<Application>WPS Office".encode(), data)
            new.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def converted(documents: dict[str, bytes], format: str) -> dict[str, bytes]:
    """Word documents in another format, by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, data in documents.items():
            (work / f"{name}.docx").write_bytes(data)
        soffice = shutil.which("soffice") or shutil.which("libreoffice")
        if soffice is None:
            raise SystemExit("LibreOffice (soffice) is needed to build the samples, though not to use them")
        subprocess.run(
            [soffice, f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--convert-to", format,
             "--outdir", str(work / "out"), *(str(work / f"{name}.docx") for name in documents)],
            check=True, capture_output=True, timeout=300,
        )
        return {name: (work / "out" / f"{name}.{format}").read_bytes() for name in documents}


def scan(pdf: bytes) -> bytes:
    """The pages as pictures, as a copier sends them."""
    pages = [page.render(scale=1.1, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=pages[1:], resolution=79)
    return file.getvalue()


def essay_files(essays: list[Piece]) -> dict[str, bytes]:
    """The files of everybody who handed one in, by essay id."""
    by_id = {piece.id: piece for piece in essays}
    handed_in = [piece for piece in essays if piece.id != HANDED_IN_NOTHING]
    files = {piece.id: word_document(piece, by_id.get(piece.file_of)) for piece in handed_in}
    for format, ids in FORMATS.items():
        if format == "txt":
            for id in ids:
                heading, body, signature = by_id[id].lines()
                lines = [*heading, *("　　" + line for line in body), *signature]
                files[id] = "\r\n".join(lines).encode("gb18030")
        else:
            # WPS writes Word's own format under its own extension
            files.update(converted({id: files[id] for id in ids}, "doc" if format == "wps" else format))
    files[SCANNED] = scan(converted({SCANNED: files[SCANNED]}, "pdf")[SCANNED])
    files[DAMAGED] = files[DAMAGED][: len(files[DAMAGED]) // 2]
    return files


class _GbkName(zipfile.ZipInfo):
    """A member whose name is in GBK without any mark of it, as Chinese Windows packs it."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gb18030"), self.flag_bits & ~0x800


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(_GbkName(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def batch(essays: list[Piece]) -> bytes:
    files = essay_files(essays)
    members: list[tuple[str, bytes]] = []
    inner: list[tuple[str, bytes]] = []
    for piece in essays:
        if piece.id not in files:
            continue
        name = piece.name().replace(f".{piece.format}", ".pdf") if piece.id == SCANNED else piece.name()
        if piece.organ == ZIPPED_UNIT:
            inner.append((name, files[piece.id]))
        else:
            members.append((f"{piece.organ}/{name}", files[piece.id]))
        if piece.id == TWICE:
            members.append((f"{piece.organ}/{piece.author}（补交）.{piece.format}", files[piece.id]))
            members.append((f"{piece.organ}/~${piece.name()[2:]}", b"\x05" + bytes(161)))  # Word was still open
    members.append((f"{ZIPPED_UNIT}.zip", zipped(sorted(inner))))
    return zipped(sorted(members))


def roster(essays: list[Piece]) -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "报送名单"
    sheet.append(["政法队伍教育整顿学习心得体会报送名单"])
    sheet.merge_cells("A1:F1")
    sheet.append(["填表：教育整顿办公室　　2021年4月2日"])
    sheet.merge_cells("A2:F2")
    sheet.append(["序号", "单位", "姓  名", "职务", "层级", "审核人"])
    listed = sorted((piece for piece in essays if piece.id not in NOT_ON_THE_ROSTER), key=lambda piece: (piece.organ, piece.number))
    reviewers = {piece.organ: piece.author for tier in ("middle", "leadership") for piece in listed if piece.tier == tier}
    for number, piece in enumerate(listed, 1):
        name = "　".join(piece.author) if len(piece.author) == 2 else piece.author
        tier = "" if piece.id in WITHOUT_TIER else TIER[piece.tier]
        reviewer = reviewers.get(piece.organ, "")
        post = piece.post if piece.post.startswith(piece.section) else piece.section + piece.post
        sheet.append([number, piece.organ, name, post, tier, reviewer if reviewer != piece.author else ""])
    first = 4
    for row in range(5, sheet.max_row + 2):
        if sheet.cell(row, 2).value != sheet.cell(first, 2).value:
            if row - first > 1:
                sheet.merge_cells(start_row=first, end_row=row - 1, start_column=2, end_column=2)
            first = row
    sheet["A1"].font, sheet["A1"].alignment = Font(size=16, bold=True), Alignment(horizontal="center")
    thin = Side(style="thin", color="999999")
    for cells in sheet.iter_rows(min_row=3, max_col=6):
        for cell in cells:
            cell.border, cell.alignment = Border(thin, thin, thin, thin), Alignment(vertical="center", wrap_text=True)
    for column, width in zip("ABCDEF", (6, 26, 10, 34, 12, 10)):
        sheet.column_dimensions[column].width = width
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    workbook.properties.created = workbook.properties.modified = datetime(*STAMP)
    return workbook


def main() -> None:
    essays, official, templates = read_source()
    (HERE / "batch.zip").write_bytes(batch(essays))
    roster(essays).save(HERE / "roster.xlsx")
    for folder, names, pieces in (
        ("official", ("speech", "notice"), sorted(official, key=lambda piece: "讲话" not in piece.title)),
        ("library", ("template-1", "template-2", "template-3"), templates),
    ):
        (HERE / folder).mkdir(exist_ok=True)
        for name, piece in zip(names, pieces):
            (HERE / folder / f"{name}.docx").write_bytes(word_document(replace(piece, author="")))


if __name__ == "__main__":
    main()
