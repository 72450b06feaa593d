"""Likeness that accuses nobody: with one's own earlier essay (自我重复), and with what looks like one official source.

Both are told apart after the passages are found: the passages stay visible, but do not count as copied.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.copying.match import Match
from analyzer.essay import Essay

SHORTEST, LONGEST_SHARE = 40, 0.4
"""An official passage: characters it has at least, and at most of either essay. Who shares more has shared an essay."""

IDENTICAL = 0.97
"""Documents are quoted word for word."""

BESIDES = 30
"""Where two essays share this much else, the passage is no reason to call their likeness a quotation."""

READERS = 3
"""Essays that hold the passage, where nothing introduces it as a quotation."""

_FIRST_PERSON = re.compile(r"我(?![国党军省市县区镇乡])|本人|自己|咱|俺")
_INTRODUCES = re.compile(
    r"(?:指出|强调|要求|提出|讲话|会议|通知|意见|决定|条例|规定|报告|决议|文件|《[^》\n]{2,40}》)[^。！？\n]{0,16}[：:，,][“「『]?$")
_INTRODUCED = re.compile(r"^[^。！？\n]{0,30}(?:指出|强调|要求|提出|明确)[^。！？\n]{0,6}[：:，,]")
_ORDERS = re.compile(r"要|必须|坚持|严格|切实|着力|深入|不得|应当|加强|推进|落实|确保|坚决")
_TELLS = re.compile(r"[她他]|昨天|前天|那天|那次|有一次|去年|上个?月|当时|老[^。，]{0,4}说")


def own_earlier(matches: Sequence[Match], essays: Sequence[Essay], history: Sequence[Essay]) -> list[Match]:
    """The matches, those with an earlier essay of the same person (name and unit) placed as ``own``."""
    person = {essay.id: (essay.author.strip(), essay.unit.strip()) for essay in (*essays, *history) if essay.author.strip()}
    return [
        replace(m, where="own") if m.where == "history" and person.get(m.essay) and person[m.essay] == person.get(m.other) else m
        for m in matches
    ]


def shared_sources(matches: Sequence[Match], essays: Sequence[Essay]) -> list[Match]:
    """The matches, those within the batch that both sides probably took from one document (可能同引一份文件) as quotes."""
    texts = {essay.id: essay.text for essay in essays}
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for m in matches:
        if m.where == "batch" and m.kind != "quote":
            shared[m.essay, m.other] += m.end - m.start
    candidates = {k for k, m in enumerate(matches) if _looks_official(m, texts)}
    holders = _holders([matches[k] for k in candidates])
    return [
        replace(m, kind="quote", rarity=0.0)
        if k in candidates and shared[m.essay, m.other] - (m.end - m.start) < BESIDES
        and (_introduced(m, texts) or _read_by(m, holders) >= READERS)
        else m
        for k, m in enumerate(matches)
    ]


def _looks_official(m: Match, texts: Mapping[str, str]) -> bool:
    if m.where != "batch" or m.kind != "verbatim" or m.similarity < IDENTICAL or m.end - m.start < SHORTEST:
        return False
    passage = texts[m.essay][m.start : m.end]
    if len(passage) > LONGEST_SHARE * min(len(texts[m.essay]), len(texts[m.other])):
        return False
    return not _FIRST_PERSON.search(passage) and not _TELLS.search(passage) and len(_ORDERS.findall(passage)) >= len(passage) / 40


def _introduced(m: Match, texts: Mapping[str, str]) -> bool:
    """Both sides say whose words follow, before the passage or in its first clause."""
    return all(
        _INTRODUCES.search(texts[id][max(0, start - 80) : start]) or _INTRODUCED.search(texts[id][start:end])
        for id, start, end in ((m.essay, m.start, m.end), (m.other, m.other_start, m.other_end))
    )


def _holders(matches: Sequence[Match]) -> dict[str, list[tuple[int, int, str]]]:
    """By essay: (start, end, other essay) of the passages that look official."""
    held: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for m in matches:
        held[m.essay].append((m.start, m.end, m.other))
        held[m.other].append((m.other_start, m.other_end, m.essay))
    return held


def _read_by(m: Match, holders: Mapping[str, list[tuple[int, int, str]]]) -> int:
    """How many essays hold most of this passage, its own two with them."""
    near = lambda start, end: min(m.end, end) - max(m.start, start) >= 0.8 * (m.end - m.start)
    return 1 + len({other for start, end, other in holders[m.essay] if near(start, end)})
