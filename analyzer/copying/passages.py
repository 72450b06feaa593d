"""From evidence to matches: character runs and sentence chains of one pair of documents as as few passages as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.align import Passage, align
from analyzer.copying.document import Document
from analyzer.copying.fingerprints import K
from analyzer.copying.match import Match

TOUCH, BRIDGE, ALIKE = 45, 90, 0.4
"""Two pieces at most TOUCH code points apart on both sides are one passage (a sentence between them was missed, or
left out); at most BRIDGE where the gaps are about as long on both sides (shorter : longer at least ALIKE)."""

VERBATIM, EDITED = 0.97, 0.45
"""Similarity (indel, normalized characters) from which a passage is word for word, or edited; below, it is reworded."""


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of one text and the stretch of another that it goes with (code points, end exclusive)."""

    start: int
    end: int
    other_start: int
    other_end: int
    evidence: float
    """Weighted shared k-grams, or the chain's score."""
    rarity: float


def lexical_boxes(a: Document, b: Document, weights_a: np.ndarray) -> list[Box]:
    """Passages that share character runs, with how much that tells; whole sentences where most of one is shared.

    ``weights_a`` are the commonness weights of ``a``'s k-grams.
    """
    boxes = []
    for passage in align(a.hashes, b.hashes):
        evidence, counted = _evidence(a, b, passage, weights_a)
        if evidence <= 0:
            continue
        start, end = _to_sentences(a, *a.span(passage.start, passage.end))
        other_start, other_end = _to_sentences(b, *b.span(passage.other_start, passage.other_end))
        boxes.append(Box(start, end, other_start, other_end, evidence, evidence / counted))
    return boxes


def _evidence(a: Document, b: Document, passage: Passage, weights: np.ndarray) -> tuple[float, int]:
    window = slice(passage.start, passage.end - K + 1)
    theirs = b.hashes[passage.other_start : passage.other_end - K + 1]
    shared = np.isin(a.hashes[window], theirs) & (a.hashes[window] != 0)
    return float(weights[window][shared].sum()), max(1, int(shared.sum()))


def _to_sentences(document: Document, start: int, end: int) -> tuple[int, int]:
    """The span with its edge sentences taken whole, or left out, by which the span mostly does."""
    inside = [s for s in document.sentences if s.start < end and s.end > start]
    for edge in (inside[0], inside[-1]) if inside else ():
        covered = min(end, edge.end) - max(start, edge.start)
        if covered >= 0.5 * (edge.end - edge.start):
            start, end = min(start, edge.start), max(end, edge.end)
        elif covered <= 0.25 * (edge.end - edge.start) and len(inside) > 1:
            start, end = (edge.end, end) if edge is inside[0] else (start, edge.start)
    return (start, end) if start < end else (inside[0].start, inside[0].end)


def chain_boxes(
    a: Document, b: Document, sentences_a: np.ndarray, sentences_b: np.ndarray,
    path: Sequence[tuple[int, int]], score: float, rarity: float,
) -> list[Box]:
    """A chain of sentence pairs as boxes, one for each of its pairs; ``merge`` joins them."""
    boxes = []
    for i, j in path:
        s, t = a.sentences[sentences_a[i]], b.sentences[sentences_b[j]]
        boxes.append(Box(s.start, s.end, t.start, t.end, score / len(path), rarity))
    return boxes


def merge(a: Document, b: Document, boxes: Sequence[Box]) -> list[Box]:
    """Boxes that overlap or nearly touch on both sides, joined; never across a quotation.

    Single linkage, so that swapped sentences inside one passage stay one match.
    """
    boxes = sorted(boxes, key=lambda x: (x.start, x.end, x.other_start))
    changed = True
    while changed:
        changed = False
        joined: list[Box] = []
        for box in boxes:
            for k, kept in enumerate(joined):
                if _same_passage(a, b, kept, box):
                    joined[k] = _union(kept, box)
                    changed = True
                    break
            else:
                joined.append(box)
        boxes = joined
    return boxes


def _same_passage(a: Document, b: Document, x: Box, y: Box) -> bool:
    gap = _gap(a, x.start, x.end, y.start, y.end)
    other_gap = _gap(b, x.other_start, x.other_end, y.other_start, y.other_end)
    if max(gap, other_gap) <= TOUCH:
        return True
    return max(gap, other_gap) <= BRIDGE and min(gap, other_gap) >= ALIKE * max(gap, other_gap)


def _gap(document: Document, start: int, end: int, other_start: int, other_end: int) -> float:
    """Code points between two spans, 0 where they overlap, infinite where a quotation lies between them."""
    low, high = (end, other_start) if end <= other_start else (other_end, start)
    if low >= high:
        return 0
    return float("inf") if document.quoted[low:high].any() else high - low


def _union(x: Box, y: Box) -> Box:
    size = lambda box: max(1, box.end - box.start)
    rarity = (x.rarity * size(x) + y.rarity * size(y)) / (size(x) + size(y))
    return Box(min(x.start, y.start), max(x.end, y.end), min(x.other_start, y.other_start),
               max(x.other_end, y.other_end), x.evidence + y.evidence, rarity)


def to_match(a: Document, b: Document, box: Box) -> Match:
    """The box as a match seen from ``a``, an essay of the batch."""
    from rapidfuzz.distance import Indel

    slice_of = lambda d, start, end: d.normalized.codes[
        np.searchsorted(d.normalized.offsets, start) : np.searchsorted(d.normalized.offsets, end)
    ].tolist()
    similarity = Indel.normalized_similarity(
        slice_of(a, box.start, box.end), slice_of(b, box.other_start, box.other_end)
    )
    kind = "verbatim" if similarity >= VERBATIM else "edited" if similarity >= EDITED else "paraphrase"
    return Match(a.id, box.start, box.end, b.id, box.other_start, box.other_end, kind, b.where,
                 round(float(similarity), 4), round(min(1.0, box.rarity), 4))
