"""What gate-keeping finds in an essay."""

from __future__ import annotations

from dataclasses import dataclass

DISGUISES = ("invisible", "lookalike", "traditional", "strewn", "spaced", "broken", "hidden")
"""What hides a text from a program, not from a reader; see tricks.py."""

KINDS = (
    "placeholder",
    "footer",
    "other_name",
    "wrong_date",
    "generator",
    "garbled",
    "too_short",
    "unfinished",
    "off_topic",
    *DISGUISES,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something left in the text that nobody removed before handing in; offsets into the essay's text.

    What concerns the title has the empty span at 0, what concerns the whole text all of it.
    """

    essay: str
    start: int
    end: int
    kind: str
    """One of KINDS."""
    note: str
    """What was found and why it counts, in Chinese."""
    certainty: float = 1.0
    """0 to 1."""
