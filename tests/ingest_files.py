"""Small real files for the tests of ingest, made in memory."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

DATA = Path(__file__).parent / "data" / "ingest"
TEXT = (DATA / "essay.txt").read_text(encoding="utf-8").rstrip("\n")
"""What all fixtures in tests/data/ingest hold (see make.py there)."""

BODY = "那天夜里我没有回那个电话，后来才知道老人等了一宿。问题出在我身上，我把方便当成了规矩。"


def docx(text: str = BODY, **properties) -> bytes:
    from docx import Document

    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    return saved(document)


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def xlsx(*rows, merge: tuple[str, ...] = (), title: str = "Sheet1") -> bytes:
    import openpyxl

    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(list(row))
    for cells in merge:
        workbook.active.merge_cells(cells)
    return saved(workbook)


class NameInBytes(zipfile.ZipInfo):
    """A zip member whose name is stored as given, without the UTF-8 flag."""

    raw = b""

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~0x800


def zipped(members: dict[str, bytes], encoding: str = "utf-8", flagged: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if flagged:
                archive.writestr(name, data)
                continue
            info = NameInBytes(name)
            info.raw = name.encode(encoding)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def write(folder: Path, members: dict[str, bytes]) -> Path:
    for name, data in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
