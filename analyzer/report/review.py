"""What came of a suspect (复核): the part of the report that people write."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analyzer.labels import CLOSED, STATE


@dataclass(frozen=True, slots=True)
class Review:
    """The organizer's record about one suspect of one batch."""

    essay: str
    state: str = "pending"
    """One of labels.STATE."""
    responsible: str = ""
    conclusion: str = ""
    measures: str = ""
    due: str = ""
    """ISO date (2021-04-02) or the empty string."""
    note: str = ""
    version: int = 0
    """How often it was saved; a save must name the version it started from."""
    changed: str = ""
    """When it was saved last, ISO time with zone."""
    by: str = ""

    @property
    def closed(self) -> bool:
        return self.state in CLOSED

    def overdue(self, today: str) -> bool:
        """True where the due date (ISO) has passed and the case is still open."""
        return bool(self.due) and self.due < today and not self.closed


EDITABLE = ("state", "responsible", "conclusion", "measures", "due", "note")
"""The fields people fill in."""


def changes(old: Review, new: Review) -> dict[str, tuple[str, str]]:
    """Which editable fields differ, with the old and the new value."""
    return {name: (getattr(old, name), getattr(new, name)) for name in EDITABLE if getattr(old, name) != getattr(new, name)}


def with_fields(review: Review, **fields: str) -> Review:
    """The review with some fields replaced. Raises ValueError for an unknown state."""
    if fields.get("state", review.state) not in STATE:
        raise ValueError(f"没有“{fields['state']}”这种核实状态")
    return replace(review, **fields)
