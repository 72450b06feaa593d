"""Disguises: what makes a copy look different to a program and not to a reader, and text in a file that no reader sees.

Each is matched through (analyzer.text) and reported here. Some come about innocently, from a PDF or a web page, and the
note says so; none changes the verdict on whether an essay was copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.essay import Essay
from analyzer.gatekeeping.finding import Finding
from analyzer.text.disguises import Disguise, disguises

_NOTES = {
    "invisible": (0.9, "字间有 {n} 处看不见的字符，如“{example}”；可能是从网页复制，也可能为躲避比对"),
    "lookalike": (0.9, "有 {n} 处用字形相近的字符代替原字，如“{example}”应为“{meant}”；可能是从 PDF 复制，也可能为躲避比对"),
    "traditional": (0.8, "夹有 {n} 个繁体字，如“{example}”；可能是输入法设置或从别处复制，也可能为躲避比对"),
    "strewn": (0.95, "字间插有 {n} 处字母或数字，如“{example}”；读时略去即成原文，像是为躲避比对"),
    "spaced": (0.85, "字间插有 {n} 处空格或符号，如“{example}”；可能是从 PDF 复制，也可能为躲避比对"),
    "broken": (0.7, "有 {n} 处在句子中间换行，如“{example}”；多为从 PDF 或网页复制"),
}
"""Certainty and words by kind. A forum's noise is among the leftovers (garbled)."""

_AROUND = 5
"""Characters shown on either side of a place."""


def tricks(essay: Essay) -> Iterator[Finding]:
    """One finding a kind of disguise, from its first place to its last; one for hidden text that the file holds."""
    by_kind: dict[str, list[Disguise]] = {}
    for place in disguises(essay.text):
        by_kind.setdefault(place.kind, []).append(place)
    for kind, places in by_kind.items():
        if kind in _NOTES:
            certainty, words = _NOTES[kind]
            note = words.format(n=len(places), example=_example(essay.text, places[0]), meant=_meant(essay.text, places[0]))
            yield Finding(essay.id, places[0].start, places[-1].end, kind, note, certainty)
    hidden = essay.traces.get("hidden_text", "")
    if hidden:
        shown = hidden if len(hidden) <= 24 else hidden[:22] + "……"
        yield Finding(essay.id, 0, 0, "hidden",
                      f"文件里有读者看不见的文字（隐藏、白色或极小）{len(hidden)} 字：“{shown}”；未计入正文", 0.9)


def _example(text: str, place: Disguise) -> str:
    """The place with its neighbours; what cannot be seen as its code point, a line end as ↵."""
    around = text[max(0, place.start - _AROUND) : place.end + _AROUND]
    return "".join("↵" if c in "\r\n" else c if c.isprintable() else f"[U+{ord(c):04X}]" for c in around)


def _meant(text: str, place: Disguise) -> str:
    from analyzer.text.lookalikes import looks_like

    return looks_like(text[place.start]) if place.kind == "lookalike" else ""
