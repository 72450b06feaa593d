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

SHORTEST, LONGEST_SHARE = 26, 0.4
"""An official passage: characters it has at least, and at most of either essay. Who shares more has shared an essay."""

IDENTICAL = 0.8
"""Documents are quoted word for word; the passage may begin in each writer's own words of introduction."""

BESIDES = 30
"""Where two essays share this much that does not look official, nothing between them is called a quotation."""

TOUCH = 3
"""Code points between two passages of which one goes on where the other ends. A document that is quoted ends where the quotation ends:
where the likeness goes on in changed words, the other essay was copied, what it quotes with it."""

READERS = 3
"""Essays that hold the passage, where nothing introduces it as a quotation."""

BEFORE = 45
"""Code points before a passage in which it may be introduced."""

_FIRST_PERSON = re.compile(r"我(?![们国党军省市县区镇乡])|本人|自己|咱|俺")
_TELLS = re.compile(r"昨天|前天|那天|那次|有一次|去年|上个?月|当时|老[^。，]{0,4}说")
_SOURCE = r"(?:讲话|会议|通知|意见|决定|条例|规定|报告|决议|文件|通报|书记|领导|《[^》\n]{2,40}》)"
_SAYS = r"(?:指出|强调|要求|提出|提到|写道|写着|明确|告诫|讲[了到的得过]|说[了到的得过]|一句话|几句话|印象最深|原文)"
_INTRODUCED = re.compile(f"{_SOURCE}[^！？\\n]{{0,30}}{_SAYS}|{_SAYS}[^！？\\n]{{0,20}}{_SOURCE}")
_ORDERS = re.compile(r"要|必须|坚持|严格|切实|着力|深入|不得|应当|加强|推进|落实|确保|坚决")


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
    changed = defaultdict(list)
    for m in matches:
        if m.where == "batch" and m.kind in ("edited", "paraphrase"):
            changed[m.essay, m.other].append(m)
    official = [_looks_official(m, texts) and not any(_touch(m, n) for n in changed[m.essay, m.other]) for m in matches]
    holders = _holders([m for m, looks in zip(matches, official) if looks])
    besides: dict[tuple[str, str], int] = defaultdict(int)
    for m, looks in zip(matches, official):
        if m.where == "batch" and m.kind != "quote" and not looks:
            besides[m.essay, m.other] += m.end - m.start
    return [
        replace(m, kind="quote", rarity=0.0)
        if looks and besides[m.essay, m.other] < BESIDES
        and (_introduced(m, texts) or (_orders(m, texts) and _read_by(m, holders) >= READERS))
        else m
        for m, looks in zip(matches, official)
    ]


def _looks_official(m: Match, texts: Mapping[str, str]) -> bool:
    """Nothing personal, of a document's length, hardly changed."""
    if m.where != "batch" or m.kind not in ("verbatim", "edited") or m.similarity < IDENTICAL or m.end - m.start < SHORTEST:
        return False
    passage = texts[m.essay][m.start : m.end]
    if len(passage) > LONGEST_SHARE * min(len(texts[m.essay]), len(texts[m.other])):
        return False
    return not _FIRST_PERSON.search(passage) and not _TELLS.search(passage)


def _touch(m: Match, n: Match) -> bool:
    """Two passages of one pair of essays, which follow on each other on one side at least."""
    apart = (max(m.start, n.start) - min(m.end, n.end), max(m.other_start, n.other_start) - min(m.other_end, n.other_end))
    return m is not n and min(map(abs, apart)) <= TOUCH  # one that lies over the other on both sides is the same said again


def _introduced(m: Match, texts: Mapping[str, str]) -> bool:
    """One side at least says whose words these are, right before or in the passage."""
    return any(
        _INTRODUCED.search(texts[id][max(0, start - BEFORE) : start + BEFORE])
        for id, start in ((m.essay, m.start), (m.other, m.other_start))
    )


def _orders(m: Match, texts: Mapping[str, str]) -> bool:
    """The register of a document: what is to be done, several times."""
    passage = texts[m.essay][m.start : m.end]
    return len(_ORDERS.findall(passage)) >= max(2, len(passage) / 40)


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
