"""严格把关: what a reader before hand-in would have caught. Placeholders, footers, other units' names, years, length."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "placeholder", "footer", "other_name", "wrong_date", "generator", "garbled", "too_short", "unfinished", "off_topic",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something left in the text that nobody removed before handing in; offsets into the essay's text."""

    essay: str
    start: int
    end: int
    kind: str
    """One of KINDS."""
    note: str
    """What was found and why it counts, in Chinese."""
    certainty: float = 1.0
    """0 to 1."""
