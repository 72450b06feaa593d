"""What a pattern cannot match without, so that a search can be left out: most essays hold none of what the rules look for."""

from __future__ import annotations

import re
from collections.abc import Iterable

try:
    from re import _constants as sre
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as sre
    import sre_parse as parser

_MANY = 24
"""Strings: beyond, looking for them is no quicker than the pattern."""
_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, getattr(sre, "POSSESSIVE_REPEAT", sre.MAX_REPEAT)}


def needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Strings of which any text that the pattern is found in holds at least one; empty where there are no such."""
    found = _of_sequence(parser.parse(pattern.pattern, pattern.flags), bool(pattern.flags & re.IGNORECASE))
    return tuple(sorted(found)) if found and len(found) <= _MANY else ()


def _of_sequence(items: Iterable, any_case: bool) -> frozenset[str] | None:
    """The most telling of what each part of a sequence needs; None for nothing."""
    parts: list[frozenset[str] | None] = []
    literal = ""
    for kind, value in items:
        if kind is sre.LITERAL and not (any_case and _has_case(chr(value))):
            literal += chr(value)
            continue
        parts += [frozenset({literal})] if literal else []
        literal = ""
        parts.append(_of_part(kind, value, any_case))
    parts += [frozenset({literal})] if literal else []
    told = [part for part in parts if part]
    return max(told, key=lambda part: (min(map(len, part)), -len(part)), default=None)


def _of_part(kind, value, any_case: bool) -> frozenset[str] | None:
    if kind is sre.IN:
        characters = [chr(code) for what, code in value if what is sre.LITERAL]
        return frozenset(characters) if len(characters) == len(value) and not (any_case and any(map(_has_case, characters))) else None
    if kind is sre.SUBPATTERN:
        return _of_sequence(value[-1], any_case)
    if kind is sre.BRANCH:
        ways = [_of_sequence(way, any_case) for way in value[1]]
        return frozenset().union(*ways) if all(ways) else None
    if kind in _REPEATS and value[0] >= 1:
        return _of_sequence(value[2], any_case)
    if kind is sre.ASSERT:  # what stands before or behind stands in the text too
        return _of_sequence(value[1], any_case)
    return None


def _has_case(character: str) -> bool:
    return character.isalpha() and (character.lower() != character or character.upper() != character)
