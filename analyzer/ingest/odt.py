"""Text of an .odt: paragraphs, tables and text boxes in the order of the page.

Read with lxml rather than odfpy 1.4.1, which prints a damaged document's whole text to the console, and whose text
extraction (odf/teletype.py) is under the GPL.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from analyzer.ingest.errors import unreadable
from analyzer.ingest.page_order import Format, lines
from analyzer.ingest.word import parse_xml
from analyzer.ingest.word_visibility import local_name

_PARAGRAPHS = {"p", "h"}
_SKIPPED = {"tracked-changes", "annotation", "note", "ruby-text", "forms", "sequence-decls"}
_BOXES = {"text-box"}
_MOST_SPACES = 1000
"""At once: a line of them. The file names a number, and it may be any."""
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:[\d.]+S)?")


def read_odt(data: bytes) -> tuple[str, dict[str, str]]:
    """Text and traces; headers, footers, notes and deleted text are left out. Raises Unreadable for a password."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise unreadable("encrypted")
        content = parse_xml(package.read("content.xml"))
        meta = package.read("meta.xml") if "meta.xml" in package.namelist() else b""
    body = next(element for element in content.iter() if local_name(element) == "body")
    text = "\n".join(lines(body, Format(_PARAGRAPHS, "table-row", _SKIPPED, _inline, _cells)))
    if not text.strip() and any(local_name(element) == "image" for element in body.iter()):
        raise unreadable("pictures")
    return text, _traces(meta)


def _cells(row) -> list:
    return [cell for cell in row if local_name(cell) == "table-cell"]


def _inline(element, boxes: list) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local_name(child)
        if name in _BOXES:
            boxes.append(child)
        elif name == "s":
            yield " " * min(_MOST_SPACES, int(next((value for key, value in child.items() if key.endswith("}c")), 1)))
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name and name not in _SKIPPED:
            yield from _inline(child, boxes)
        yield child.tail or ""


def _traces(meta: bytes) -> dict[str, str]:
    if not meta:
        return {}
    values = {local_name(element): (element.text or "").strip() for element in parse_xml(meta).iter()}
    duration = _DURATION.match(values.get("editing-duration", ""))
    days, hours, minutes = (int(part or 0) for part in duration.groups()) if duration else (0, 0, 0)
    return {
        "author": values.get("initial-creator", ""),
        "last_modified_by": values.get("creator", ""),
        "created": values.get("creation-date", ""),
        "modified": values.get("date", ""),
        "revision": values.get("editing-cycles", ""),
        "editing_minutes": str(1440 * days + 60 * hours + minutes) if duration else "",
        "application": values.get("generator", ""),
    }
