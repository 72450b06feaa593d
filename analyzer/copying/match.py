"""What the copying stage finds: passages that two documents share, and what follows for an essay."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("verbatim", "edited", "paraphrase", "quote")
PLACES = ("batch", "history", "own", "library", "official")
VERDICTS = ("copied", "templated", "clear")


@dataclass(frozen=True, slots=True)
class Match:
    """A passage of ``essay`` that says the same as a passage of ``other``; offsets are code points, end exclusive."""

    essay: str
    start: int
    end: int
    other: str
    other_start: int
    other_end: int
    kind: str
    """One of KINDS; ``quote`` is text that everybody may quote and never counts against anybody: of an official document,
    or (``where`` is ``batch``) of a source that is not here."""
    where: str
    """One of PLACES: where ``other`` comes from; ``own`` is an earlier essay of the same person."""
    similarity: float
    """0 to 1: how alike the two passages are."""
    rarity: float
    """0 to 1: 0 for what everybody writes, 1 for what nobody else in sight writes."""


@dataclass(frozen=True, slots=True)
class Originality:
    """亲自动手: what the matches say about one essay."""

    essay: str
    verdict: str
    """One of VERDICTS."""
    suspicion: float
    """Calibrated probability (0 to 1) that a large part of the essay was not written by its author for this batch."""
    copied: float
    """Share (0 to 1) of the essay's characters inside non-quote matches with other essays."""
    templated: float
    """Share of characters inside matches with the 范文 library or with text many essays share."""
    quoted: float
    """Share of characters that quote official documents."""
    own: float
    """Share of characters that are neither quoted nor matched: 自己的话."""
    group: int | None = None
    """Number (from 1) of the group of essays that hang together, or None."""
    partner: str = ""
    """The document that shares most with it, or the empty string."""
    repeated: float = 0.0
    """Share of characters that stand in an earlier essay of the same person: 自我重复, which makes nobody a suspect."""
