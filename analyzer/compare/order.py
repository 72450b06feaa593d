"""The order of batches by their names: 第二批 before 第三批 before 第十批, 2021-3 before 2021-12."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"(\d+|[〇零一二三四五六七八九十]+)")
_DIGITS = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "〇": 0}


def by_number(name: str) -> tuple[tuple[str, int], ...]:
    """A key to sort names by, in which numbers, Arabic or Chinese, count as numbers."""
    parts = _NUMBER.split(name)
    return tuple((text, _value(number)) for text, number in zip(parts[::2], [*parts[1::2], ""]))


def in_order(names: Iterable[str]) -> list[str]:
    """Batches by the numbers in their names; as they come where some name has none to go by."""
    once = list(dict.fromkeys(names))
    return sorted(once, key=by_number) if all(map(_NUMBER.search, once)) else once


def _value(number: str) -> int:
    if not number:
        return -1
    if number.isdecimal():
        return int(number)
    tens, ten, ones = number.partition("十")
    if ten:
        return 10 * (_DIGITS.get(tens, 1)) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[c]) for c in number))
