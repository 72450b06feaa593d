"""An essay as gate-keeping reads it: its quotations, lines and sentences, worked out once and only when asked for."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from analyzer.essay import Essay

_QUOTED = re.compile(r"“[^”\n]{0,80}”|‘[^’\n]{0,80}’|《[^》\n]{0,60}》|「[^」\n]{0,80}」|『[^』\n]{0,80}』|\"[^\"\n]{0,80}\"")
_STOP = re.compile(r"[。！？；!?;\n]")
_NEAR = 160
"""Characters looked at on either side of a place: sentences are shorter, and a text without stops costs no more."""


@dataclass(frozen=True)
class Line:
    start: int
    end: int
    text: str
    """Without spaces at either end; ``start`` and ``end`` enclose just that."""


class Reading:
    """One essay, with what the rules ask about a place in it."""

    def __init__(self, essay: Essay) -> None:
        self.essay, self.text = essay, essay.text

    @cached_property
    def _quotes(self) -> list[tuple[int, int]]:
        return [match.span() for match in _QUOTED.finditer(self.text)]

    def is_quoted(self, position: int) -> bool:
        """Whether the place stands between quotation marks or title marks: then somebody else's words are shown."""
        after = bisect_right(self._quotes, (position, len(self.text) + 1))
        return after > 0 and self._quotes[after - 1][1] > position

    @cached_property
    def lines(self) -> list[Line]:
        """Lines that hold anything."""
        found = []
        for match in re.finditer(r"[^\n]+", self.text):
            stripped = match.group().strip(" \t\r\u3000\u00a0")
            if stripped:
                start = match.start() + match.group().index(stripped)
                found.append(Line(start, start + len(stripped), stripped))
        return found

    def line_at(self, position: int) -> str:
        return (
            self.text[max(0, position - _NEAR) : position].rpartition("\n")[2]
            + self.text[position : position + _NEAR].partition("\n")[0]
        )

    def before(self, position: int) -> str:
        """The sentence up to the place."""
        return _STOP.split(self.text[max(0, position - _NEAR) : position])[-1]

    def after(self, position: int) -> str:
        """The sentence from the place on."""
        return _STOP.split(self.text[position : position + _NEAR], maxsplit=1)[0]
