"""What the reflection stage finds: a label for each sentence, a level and a score for the essay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LABELS = ("slogan", "restate", "experience", "feeling", "shortcoming", "cause", "insight", "plan", "pledge", "fact")
ASPECTS = ("experience", "shortcoming", "cause", "insight", "plan")
LEVELS = (1, 2, 3, 4)
"""After Kember et al. (2008): habitual, understanding, reflection, critical reflection."""


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence with what it does in its essay; offsets into the essay's text."""

    start: int
    end: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reflection:
    """认真思考: how deeply one essay reflects."""

    essay: str
    level: int | None
    """1 to 4, or None where there is too little text to rate."""
    score: float | None
    """0 to 100, or None where level is None."""
    low: float | None
    high: float | None
    """Interval of the score, about 80 % of comparable essays' rated scores fall inside."""
    aspects: Mapping[str, int]
    """0 (absent) to 3 (concrete and examined) for each of ASPECTS."""
    sentences: tuple[LabelledSentence, ...]
    evidence: tuple[int, ...] = ()
    """Indices into ``sentences``: the (at most three) sentences that count most."""
    advice: tuple[str, ...] = ()
    """What is missing, in plain, kind Chinese."""
