"""Text of a .docx: paragraphs, tables and text boxes in the order of the page, as a reader sees them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

from analyzer.ingest.errors import unreadable
from analyzer.ingest.page_order import Format, lines
from analyzer.ingest.word_visibility import Visibility, local_name

_SKIPPED = {
    "del", "moveFrom",  # tracked deletions: the author took them out
    "rt",  # pronunciation above a character
    "Fallback",  # the same text box once more, for older programs
    "pPr", "rPr", "sectPr", "tblPr", "instrText", "delText",
}
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = {"blip", "imagedata"}
_RSIDS = 150
"""Editing sessions kept a file: an essay has a few, a form that went through an office for years has hundreds."""


def read_docx(data: bytes) -> tuple[str, dict[str, str]]:
    """Text and traces. Table cells are parted by tabs, rows and paragraphs by line ends; headers, footers and
    footnotes are left out, they are not the essay. What the page does not show (hidden, white or tiny) is kept apart,
    as the trace ``hidden_text``.

    Raises Unreadable where the file holds pictures only; other errors are those of python-docx.
    """
    from docx.package import Package

    package = Package.open(io.BytesIO(data))
    main = package.main_document_part
    # a macro-enabled document or a template is the same XML, but python-docx keeps it as bytes
    root = main.element if hasattr(main, "element") else parse_xml(main.blob)
    parts = {str(part.partname): part for part in package.iter_parts()}
    visibility = Visibility(root, _part_root(parts, "/word/styles"))
    text = _text(root, visibility)
    if len(visibility.hidden) > len("".join(text.split())):
        # a page whose background is dark by some other means: white is what one reads
        visibility = Visibility(root, _part_root(parts, "/word/styles"), only_marked=True)
        text = _text(root, visibility)
    if not text.strip() and any(local_name(element) in _PICTURES for element in root.iter()):
        raise unreadable("pictures")
    return text, _traces(parts) | {"hidden_text": visibility.hidden}


def _text(root, visibility: Visibility) -> str:
    inline = partial(_inline, visibility=visibility)
    return "\n".join(lines(root, Format({"p"}, "tr", _SKIPPED, inline, _cells)))


def _part_root(parts: dict, name: str):
    """Root element of the part whose name begins so, or None."""
    part = next((part for found, part in parts.items() if found.startswith(name)), None)
    return None if part is None else part.element if hasattr(part, "element") else parse_xml(part.blob)


def parse_xml(data: bytes):
    """Root element; nothing outside the file is fetched, no entity is unfolded."""
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _cells(row) -> Iterator:
    return (cell for cell in row.iter() if _is_cell_of(cell, row))


def _is_cell_of(element, row) -> bool:
    """Whether this is a cell of this very row, not of a table within one of its cells; content controls may lie between."""
    if local_name(element) != "tc":
        return False
    parent = element.getparent()
    while local_name(parent) not in ("tr", "tc"):
        parent = parent.getparent()
    return parent is row


def _inline(element, boxes: list, visibility: Visibility) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name in _SKIPPED or (name == "r" and visibility.is_hidden(child)):
            continue
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name == "txbxContent":
            boxes.append(child)
        else:
            yield from _inline(child, boxes, visibility)


def _traces(parts: dict) -> dict[str, str]:
    traces = {"rsids": _rsids(_part_root(parts, "/word/settings"))}
    # package.core_properties would invent properties where there are none
    core = next((part for name, part in parts.items() if name.startswith("/docProps/core") and hasattr(part, "core_properties")), None)
    if core is not None:
        properties = core.core_properties
        traces |= {
            "author": properties.author,
            "last_modified_by": properties.last_modified_by,
            "created": properties.created.isoformat() if properties.created else "",
            "modified": properties.modified.isoformat() if properties.modified else "",
            "revision": str(properties.revision or ""),
        }
    app = next((part for name, part in parts.items() if name.startswith("/docProps/app")), None)
    if app is not None:
        values = {local_name(child): (child.text or "").strip() for child in parse_xml(app.blob)}
        traces |= {"application": values.get("Application", ""), "editing_minutes": values.get("TotalTime", "")}
    return traces


def _rsids(settings) -> str:
    """The editing sessions that Word noted in the file (ISO/IEC 29500-1, 17.15.1.70 to 72), eight hex digits each, parted
    by spaces; of very many the smallest, so that two files keep the same ones."""
    if settings is None:
        return ""
    values = {
        value.upper() for element in settings.iter() if local_name(element) in ("rsid", "rsidRoot") for value in element.values()
    }
    return " ".join(sorted(values - {"00000000"})[:_RSIDS])
