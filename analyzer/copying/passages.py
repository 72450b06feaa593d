"""From evidence to matches: sentences that go together, and runs of characters, as as few passages as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.align import Passage, join
from analyzer.copying.correspondence import Correspondence
from analyzer.copying.document import Document
from analyzer.copying.fingerprints import K
from analyzer.copying.match import Match

TOUCH, LEFT_OUT, BRIDGE = 3, 150, 15
"""Code points between two pieces of one passage: at most BRIDGE on both sides, or at most TOUCH on one side and
LEFT_OUT on the other, where the copier left some of the source out (a quotation, perhaps)."""

GOES_ON, IN_STEP, CARRIES = 150, 2, 60
"""Or at most GOES_ON on both sides, on neither more than IN_STEP times as much as on the other or as the shorter piece holds:
between two pieces in order, each of more than a sentence (CARRIES), the copy went on in words too free to be seen."""

SURE = 0.5
"""Probability with which sentences must go together that a passage begins or ends with; inside of it
``correspondence.TOGETHER`` is enough."""

ALONE, REWORDED_BELOW = 0.95, 0.3
"""The same of two sentences that are a passage by themselves, where runs of characters cover less than this share of the better
covered one: nothing before or after them speaks for a copy in other words."""

LONG = 150
"""Normalized characters from which a sentence is too long to be taken whole: text without punctuation."""

REWORDED = 10.0
"""What a rare sentence in other words counts as, in weighted k-grams."""

VERBATIM, EDITED = 0.97, 0.45
"""Similarity (indel, normalized characters) from which a passage is word for word, or edited; below, it is reworded."""


Evidence = list[tuple[Passage, float, float]]
"""What ``shared_evidence`` gives: passages of shared runs, weight of each, mean weight of a k-gram in it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of one text and the stretch of another that it goes with (code points, end exclusive)."""

    start: int
    end: int
    other_start: int
    other_end: int
    rarity: float
    evidence: float
    """Weighted shared k-grams, with REWORDED for each sentence that is reworded and rare."""
    chance: float = 1.0
    """Probability that the two stretches go together, or share of both that stands word for word; of several the surest."""
    reworded: bool = False
    """Two sentences that share hardly a run of characters."""


def shared_evidence(found: np.ndarray, weights: np.ndarray) -> Evidence:
    """The (r, 3) runs of characters that two texts share as passages, weighed.

    ``weights`` are the commonness weights of the first text's k-grams.
    """
    passages = []
    alone = set(map(tuple, found.tolist()))
    for passage in join(found):
        held = weights[passage.start : passage.end - K + 1]
        if (passage.start, passage.other_start, passage.end - passage.start) not in alone:  # as a rule it is one run
            held = held[_inside(passage, found)[: len(held)]]
        evidence = float(held.sum())
        if evidence > 0:
            passages.append((passage, evidence, evidence / len(held)))
    return passages


def _inside(passage: Passage, found: np.ndarray) -> np.ndarray:
    """(characters of the passage,) bool: where the shared k-grams of those of the (r, 3) runs that lie inside begin."""
    start, other_start, length = found.T
    inside = (start >= passage.start) & (start + length <= passage.end)
    inside &= (other_start >= passage.other_start) & (other_start + length <= passage.other_end)
    shared = np.zeros(passage.end - passage.start, bool)
    for first, size in found[inside][:, ::2].tolist():
        shared[first - passage.start : first - passage.start + size - K + 1] = True
    return shared


def sentence_boxes(pair: Correspondence, together: np.ndarray, chance: np.ndarray) -> list[Box]:
    """One box for each pair of sentences that go together ((n, m) bool), with what ``chance``; ``merge`` joins them."""
    sure = np.maximum(chance, pair.feature("covered_less"))
    covered, shared = pair.feature("covered_more"), np.expm1(pair.feature("weight"))
    # rarity of what stands word for word is counted, of what is reworded it is judged by meaning
    counted = np.clip(shared / np.maximum(1, covered * np.exp(pair.feature("length"))), 0, 1)
    by_meaning = (1 - covered) * _rarity(pair.feature("common"))
    rarity, evidence = covered * counted + by_meaning, shared + REWORDED * by_meaning
    boxes = []
    for row, column in zip(*np.nonzero(together)):
        s, t = pair.a.sentences[pair.rows[row]], pair.b.sentences[pair.columns[column]]
        boxes.append(Box(s.start, s.end, t.start, t.end, float(rarity[row, column]), float(evidence[row, column]),
                         float(sure[row, column]), bool(covered[row, column] < REWORDED_BELOW)))
    return with_sure_edges(pair.a, pair.b, boxes)


def with_sure_edges(a: Document, b: Document, boxes: list[Box]) -> list[Box]:
    """The boxes without those that are not SURE (or, all by themselves, ALONE) and stand at an edge of the passage that ``merge`` makes.

    So that what is unsure stands only inside a passage, as in hysteresis thresholding of edges (Canny 1986).
    """
    while unsure := _unsure_edges(a, b, boxes):
        boxes = [box for box in boxes if box not in unsure]
    return boxes


def _unsure_edges(a: Document, b: Document, boxes: Sequence[Box]) -> set[Box]:
    """Boxes that stand at an edge of a passage, where none that reaches so far is sure."""
    if all(box.chance >= (ALONE if box.reworded else SURE) for box in boxes):
        return set()
    found: set[Box] = set()
    for passage in merge(a, b, boxes):
        inside = [box for box in boxes if _holds(passage, box)]
        least = ALONE if len(inside) == 1 and inside[0].reworded else SURE
        for side in ("start", "end", "other_start", "other_end"):
            reaching = [box for box in inside if getattr(box, side) == getattr(passage, side)]
            if all(box.chance < least for box in reaching):
                found.update(reaching)
    return found


def _holds(whole: Box, part: Box) -> bool:
    return (whole.start <= part.start and part.end <= whole.end
            and whole.other_start <= part.other_start and part.other_end <= whole.other_end)


def _rarity(common: np.ndarray) -> np.ndarray:
    """Commonness of sentences (mean cosine to other campaigns, about 0.35 to 0.6) turned to 1 (rare) … 0 (common)."""
    return np.clip((0.62 - common) / 0.27, 0.0, 1.0)


def run_boxes(a: Document, b: Document, passages: Evidence, boxes: Sequence[Box]) -> list[Box]:
    """Passages inside sentences too long to be taken whole, where no box stands."""
    found = []
    for shared in passages:
        passage, box = shared[0], run_box(a, b, *shared)
        long = _in_long(a, passage.start, passage.end) or _in_long(b, passage.other_start, passage.other_end)
        seen = any(x.start < box.end and box.start < x.end and x.other_start < box.other_end and box.other_start < x.other_end
                   for x in boxes)
        if long and not seen:
            found.append(box)
    return found


def run_box(a: Document, b: Document, passage: Passage, evidence: float, weight: float) -> Box:
    """A passage of ``shared_evidence`` as it stands."""
    return Box(*a.span(passage.start, passage.end), *b.span(passage.other_start, passage.other_end), weight, evidence)


def in_one_sentence(a: Document, b: Document, passage: Passage) -> bool:
    """The passage stands inside one sentence of either text."""
    mine, theirs = a.sentence_of[passage.start : passage.end], b.sentence_of[passage.other_start : passage.other_end]
    return all(len(np.unique(inside[inside >= 0])) == 1 for inside in (mine, theirs))


def _in_long(document: Document, start: int, end: int) -> bool:
    inside = document.sentence_of[start:end]
    return bool((document.content_lengths[inside[inside >= 0]] > LONG).any())


def merge(a: Document, b: Document, boxes: Sequence[Box]) -> list[Box]:
    """Boxes that overlap or nearly touch, joined; never across a quotation that both sides hold.

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
    gap, quoted = _between(a, x.start, x.end, y.start, y.end)
    other_gap, other_quoted = _between(b, x.other_start, x.other_end, y.other_start, y.other_end)
    wider = max(gap, other_gap)
    if wider <= BRIDGE and not (quoted or other_quoted):
        return True
    if b.where != "batch":  # who copied is known: what was left out of the source does not matter, what was put in does
        return gap <= TOUCH and not quoted
    if x.start < y.end and y.start < x.end or x.other_start < y.other_end and y.other_start < x.other_end:
        return False  # two places that go with one and the same place: a sentence that is repeated, not a passage that goes on
    if min((gap, quoted), (other_gap, other_quoted)) <= (TOUCH, False) and wider <= LEFT_OUT:
        return True
    in_order = (x.start < y.start) == (x.other_start < y.other_start)
    shortest = min(side for box in (x, y) for side in (box.end - box.start, box.other_end - box.other_start))
    goes_on = shortest >= CARRIES and wider <= min(GOES_ON, IN_STEP * shortest, IN_STEP * min(gap, other_gap))
    return in_order and goes_on and not (quoted or other_quoted)


def _between(document: Document, start: int, end: int, other_start: int, other_end: int) -> tuple[int, bool]:
    """Code points between two spans, 0 where they overlap; whether some of them are quotation."""
    low, high = (end, other_start) if end <= other_start else (other_end, start)
    return max(0, high - low), bool(document.quoted[low:high].any())


def _union(x: Box, y: Box) -> Box:
    size = lambda box: max(1, box.end - box.start)
    rarity = (x.rarity * size(x) + y.rarity * size(y)) / (size(x) + size(y))
    return Box(min(x.start, y.start), max(x.end, y.end), min(x.other_start, y.other_start),
               max(x.other_end, y.other_end), rarity, x.evidence + y.evidence, max(x.chance, y.chance),
               x.reworded and y.reworded)


def to_match(a: Document, b: Document, box: Box) -> Match:
    """The box as a match seen from ``a``, an essay of the batch."""
    from rapidfuzz.distance import Indel

    similarity = Indel.normalized_similarity(a.content(box.start, box.end), b.content(box.other_start, box.other_end))
    kind = "verbatim" if similarity >= VERBATIM else "edited" if similarity >= EDITED else "paraphrase"
    return Match(a.id, box.start, box.end, b.id, box.other_start, box.other_end, kind, b.where,
                 round(float(similarity), 4), round(min(1.0, float(box.rarity)), 4))
