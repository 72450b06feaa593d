"""Broken characters: a wrong encoding, a page's code, a forum's strokes against copying."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.gatekeeping.reading import Reading
from analyzer.gatekeeping.rule import Rule


def turned_utf8(reading: Reading) -> Iterator[tuple[int, int]]:
    """Spans of hanzi that are UTF-8 read as GBK: their bytes, by three, are hanzi once more.

    In real text a byte of E4 to E9 hardly ever begins every third place, let alone three times in a row.
    """
    if not _UTF8_HANZI.search(reading.text.encode("gbk", errors="replace")):
        return
    for run in re.finditer(r"[^\x00-\x7f，。！？、；：“”‘’《》（）]{5,}", reading.text):
        data = run.group().encode("gbk", errors="replace")
        if len(data) != 2 * len(run.group()):  # a character outside GBK has become a single "?"
            data = b"".join(c.encode("gbk", errors="replace").rjust(2, b"?") for c in run.group())
        for match in _UTF8_HANZI.finditer(data):
            yield run.start() + match.start() // 2, run.start() + (match.end() + 1) // 2


_UTF8_HANZI = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf][\x80-\xbf]){3,}")
_SYMBOLS = re.compile(r"[;:{}#&@*!%^~|<>$/\\`\[\]?=+]")


def _is_noise(reading: Reading, match: re.Match) -> bool:
    """A forum's random strokes against copying: many marks, no words."""
    text = match.group()
    return len(_SYMBOLS.findall(text)) >= 3 and not re.search(r"[A-Za-z]{3}", text)


GARBLED = (
    Rule("garbled", re.compile("\ufffd+"), "有读不出的字符", 0.95, quoted=True),
    Rule("garbled", re.compile("(?:锟斤拷|烫烫烫|屯屯屯|ï¿½)+[锟斤拷烫屯]*"), "乱码“{}”", 0.97, quoted=True),
    Rule(
        "garbled",
        re.compile(r"(?:[\u00c2-\u00d6\u00d8-\u00ef][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{0,2}){3,}"),
        "乱码“{}”",
        0.9,
        quoted=True,
    ),
    Rule("garbled", re.compile(r"\?{4,}"), "一串问号，像是丢失的文字", 0.85),
    Rule("garbled", re.compile("□{3,}"), "一串方框，像是丢失的文字", 0.85),
    Rule("garbled", re.compile(r"(?:\\u[0-9a-fA-F]{4}){2,}"), "文字成了编码“{}”", 0.95),
    Rule(
        "garbled",
        re.compile(
            r"&(?:nbsp|lt|gt|amp|quot|[lr]dquo|#\d{2,5});(?:&\w+;)*|</?(?:p|br|div|span|font|strong|td|tr)(?:\s[^<>\n]*)?/?>"
        ),
        "网页代码“{}”",
        0.9,
    ),
    Rule("garbled", re.compile(r"[\x00-\x08\x0e-\x1f\x7f]+"), "有控制字符", 0.8),
    Rule(
        "garbled",
        re.compile(r"(?<![!-~])(?:[!-~]{1,4} {1,2}){3,}[!-~]{1,4}(?![!-~])"),
        "论坛防复制的乱码“{}”，文字是从网页上复制的",
        0.95,
        _is_noise,
    ),
)
