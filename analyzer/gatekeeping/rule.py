"""A rule of gate-keeping: a pattern, what to tell the organizer, how certain it is, and a guard for honest uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from analyzer.gatekeeping.needed import needed
from analyzer.gatekeeping.reading import Reading


@dataclass(frozen=True)
class Rule:
    kind: str
    pattern: re.Pattern
    note: str
    certainty: float = 0.95
    guard: Callable[[Reading, re.Match], bool] | None = None
    """Whether a match counts."""
    quoted: bool = False
    """Whether it counts inside quotation marks too."""
    needed: tuple[str, ...] = field(init=False)
    """Strings of which a match needs one; see ``needed.py``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "needed", needed(self.pattern))

    def matches(self, text: str) -> Iterator[re.Match]:
        """All matches, before the guard."""
        if self.needed and not any(string in text for string in self.needed):
            return iter(())
        return self.pattern.finditer(text)


MENTION = re.compile(r"(?:[写填印标盖](?:着|的是|成)?|空着|落款是?|抬头是?|留着|叫作?|称为|改成|还是|念成)[^，。]{0,3}$")
"""The characters are talked about, not left over."""


def in_prose(guard: Callable[[Reading, re.Match], bool] | None = None) -> Callable[[Reading, re.Match], bool]:
    return lambda reading, match: not MENTION.search(reading.before(match.start())) and (guard is None or guard(reading, match))
