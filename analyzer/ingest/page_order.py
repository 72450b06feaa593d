"""Lines of a document that is XML, in the order of the page: paragraphs, then the text boxes that hang on them, rows of tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from analyzer.ingest.word_visibility import local_name


@dataclass(frozen=True, slots=True)
class Format:
    """What the elements of one format are called (without their namespace), and how its paragraphs are read."""

    paragraphs: Collection[str]
    row: str
    skipped: Collection[str]
    inline: Callable[[Any, list], Iterator[str]]
    """Pieces of a paragraph's text; text boxes in it are appended to the list."""
    cells: Callable[[Any], Iterable[Any]]
    """The cells of a row."""


def lines(element, of: Format) -> Iterator[str]:
    """Cells are parted by tabs."""
    name = local_name(element)
    if name in of.skipped:
        return
    if name in of.paragraphs:
        boxes: list = []
        line = "".join(of.inline(element, boxes))
        # the paragraph that holds nothing but the anchor of a text box is no line of its own
        if line or not boxes:
            yield line
        for box in boxes:
            yield from _within(box, of)
    elif name == of.row:
        yield "\t".join("\n".join(_within(cell, of)) for cell in of.cells(element))
    else:
        yield from _within(element, of)


def _within(element, of: Format) -> Iterator[str]:
    for child in element:
        yield from lines(child, of)
