"""A rule of gate-keeping: a pattern, what to tell the organizer, how certain it is, and a guard for honest uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

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


MENTION = re.compile(r"(?:[写填印标盖](?:着|的是|成)?|空着|落款是?|抬头是?|留着|叫作?|称为|改成|还是|念成)[^，。]{0,3}$")
"""The characters are talked about, not left over."""


def in_prose(guard: Callable[[Reading, re.Match], bool] | None = None) -> Callable[[Reading, re.Match], bool]:
    return lambda reading, match: not MENTION.search(reading.before(match.start())) and (guard is None or guard(reading, match))
