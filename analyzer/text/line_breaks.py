"""Line ends in the middle of sentences: texts taken from a PDF or a narrow web page, or broken up on purpose."""

from __future__ import annotations

import re
from statistics import median

LEAST, SHARE = 5, 0.5
"""Line ends in the middle of a sentence that make a text a broken one: so many, and this share of all its line ends."""

MID_LINE_STOPS = 0.2
"""Full stops inside lines for each such line end: where every line is a sentence of its own there are none."""

TINY, MANY_TINY = 3, 20
"""So many lines of at most TINY characters are characters set one below the other."""

_END = re.compile(r"(?:\r\n|[\n\r\u2028\u2029\x0b\x0c])+")
_ONE = re.compile(r"\r\n|[\n\r\u2028\u2029\x0b\x0c]")
_UNFINISHED = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffffA-Za-z0-9，、；,《（(“‘]")
_GOES_ON = re.compile(
    r"(?![一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]|第[一二三四五六七八九十]+[、，]|\d{1,2}[、.．])"
    r"[\u3400-\u9fff\U00020000-\U0003ffffA-Za-z0-9，、；：。！？》）)”’《（(“‘]"
)
_STOP_INSIDE = re.compile(r"[。！？](?!\s|$)")


def broken_lines(text: str) -> list[int]:
    """Where line ends (code point of the first character of each) stand in the middle of a sentence, in a text in which
    that is the rule; empty for every other text. Blank lines, indents, headings and numbered points end a sentence."""
    ends = [m.span() for m in _END.finditer(text)]
    if len(ends) < LEAST:
        return []
    soft = [
        (a, b) for a, b in ends
        if a and b < len(text) and _ONE.fullmatch(text, a, b) and _UNFINISHED.match(text, a - 1) and _GOES_ON.match(text, b)
    ]
    if len(soft) < max(LEAST, SHARE * len(ends)):
        return []
    lines = [len(line) for line in text.split("\n") if line.strip()]
    tiny = len(lines) >= MANY_TINY and median(lines) <= TINY
    if not tiny and len(_STOP_INSIDE.findall(text)) < MID_LINE_STOPS * len(soft):
        return []
    return [a for a, _ in soft]
