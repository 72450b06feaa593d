"""Sentences and words of a text, with offsets into the text as handed in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from analyzer.essay import Essay, Sentence
from analyzer.text.line_breaks import broken_lines

LONGEST = 300
"""Code points. Longer runs without an end mark (lists, texts without punctuation) are cut at a pause, so that one
sentence stays something a reader can take in and an encoder can represent."""

_BOUNDARY = re.compile(
    r"[。！？!?…]+[”’」』）)》〉\"]*"  # end marks with what closes after them
    r"|[\n\r\u2028\u2029\x0b\x0c]+"
)
_PAUSE = re.compile(r"[，,；;、：:\s]")
_OPEN = "“「『"
_QUOTE = re.compile("[“「『”」』]")
_GOES_ON = re.compile(r"[，,、；;：:的地得”’」』）)》]")
_CONTENT = re.compile(r"\w")
_SURROGATE = re.compile("[\ud800-\udfff]")


def split_sentences(essay: Essay) -> tuple[Sentence, ...]:
    """Sentences of an essay in order; ``essay.text[s.start:s.end] == s.text``, surrounding space left out.

    An end mark inside an open quotation does not end the sentence that quotes (他说：“不行。回去吧。”), unless the
    quotation itself runs over a line end. Nor does a line end where lines are broken in the middle of sentences (see
    ``line_breaks``). Pieces without any letter, digit or Han character are no sentences.
    """
    return tuple(
        Sentence(essay.id, start, end, essay.text[start:end]) for start, end in sentence_spans(essay.text)
    )


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence in ``text``, code points, end exclusive, in order, not overlapping."""
    spans: list[tuple[int, int]] = []
    start = depth = seen = 0
    broken = set(broken_lines(text))
    quotes = [(quote.start(), 1 if quote.group() in _OPEN else -1) for quote in _QUOTE.finditer(text)]
    for mark in _BOUNDARY.finditer(text):
        at = mark.end()
        while seen < len(quotes) and quotes[seen][0] < at:
            depth += quotes[seen][1]
            seen += 1
        newline = mark.group()[0] in "\n\r\u2028\u2029\x0b\x0c"
        if newline and mark.start() in broken:
            continue
        if newline:
            depth = 0
        elif depth > 0 or _GOES_ON.match(text, at):
            depth = max(depth, 0)
            continue
        depth = 0
        _add(spans, text, start, mark.start() if newline else at)
        start = at
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        pauses = [m.end() for m in _PAUSE.finditer(text, start + LONGEST // 2, start + LONGEST)]
        cut = pauses[-1] if pauses else start + LONGEST
        _add(spans, text, start, cut)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if _CONTENT.search(text, start, end):
        spans.append((start, end))


@lru_cache(maxsize=1)
def _cutter():
    from rjieba import Jieba

    return Jieba()


def words(text: str) -> list[str]:
    """jieba words of ``text`` in order, punctuation and space included: ``"".join(words(text)) == text``.

    By jieba's algorithm and dictionary in Rust: twenty times as fast; of 6,000 sentences four are cut otherwise (7-2-301 is
    one word there).
    """
    return _as_handed_in(text, _cutter().cut(_SURROGATE.sub("\ufffd", text), True))


def tagged_words(text: str, guess: bool = True) -> list[tuple[str, str]]:
    """(word, part of speech) of ``text``, tags as in jieba (ICTCLAS): r pronoun, v verb, m number, t time, nr person.

    ``guess``: words that the dictionary lacks, such as names, are put together and tagged by jieba's hidden Markov model;
    without it their characters stand alone, and function words are never drawn into them.
    """
    tagged = _cutter().tag(_SURROGATE.sub("\ufffd", text), guess)
    return list(zip(_as_handed_in(text, [word for word, _ in tagged]), [tag for _, tag in tagged]))


def _as_handed_in(text: str, words: Sequence[str]) -> list[str]:
    cut, start = [], 0
    for word in words:
        cut.append(text[start : start + len(word)])
        start += len(word)
    return cut
