"""What everybody may quote: passages of the official documents, and marked quotations that name their source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.copying.align import join, runs
from analyzer.copying.document import Document
from analyzer.copying.match import Match

SHORTEST = 10
"""Normalized characters: shorter agreements with an official document are the words of the field, not quotation."""

_SOURCE = re.compile(
    r"(?:指出|强调|要求|提出|说过|讲到|写道|写到|有言|有云|说道|谈到|讲话|通知|文件|决议|报告|条例|规定|语录|古语|古人|俗话|常言|诗)"
    r"[^。！？\n]{0,12}[：:，,]?[“「『](?P<quote>[^”」』\n]{6,})[”」』]"
)


def official_quotes(document: Document, official: Sequence[Document]) -> list[Match]:
    """Passages of ``document`` that stand in an official document, whole sentences where most of a sentence does."""
    matches = []
    for source in official:
        for passage in join(runs(document.hashes, source.hashes, source.order), gap=6):
            if passage.shared < SHORTEST:
                continue
            start, end = _whole_sentences(document, *document.span(passage.start, passage.end))
            other_start, other_end = source.span(passage.other_start, passage.other_end)
            similarity = min(1.0, passage.shared / max(1, passage.end - passage.start))
            matches.append(Match(document.id, start, end, source.id, other_start, other_end, "quote", "official",
                                 round(similarity, 4), 0.0))
    return matches


def marked_quotes(text: str) -> list[tuple[int, int]]:
    """Spans inside quotation marks that are introduced as somebody's words (讲话指出：“…”), code points."""
    return [found.span("quote") for found in _SOURCE.finditer(text)]


def _whole_sentences(document: Document, start: int, end: int) -> tuple[int, int]:
    """Grown over the end marks and small words of the sentences that the span mostly covers."""
    for sentence in document.sentences:
        overlap = min(end, sentence.end) - max(start, sentence.start)
        if overlap > 0.6 * (sentence.end - sentence.start):
            start, end = min(start, sentence.start), max(end, sentence.end)
    return start, end
