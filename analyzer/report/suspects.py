"""A suspect as a reader needs it: what kind of likeness, with whom, and the passage that shows it best."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from analyzer.copying.match import Match, Originality
from analyzer.copying.slots import only_slots
from analyzer.essay import Essay
from analyzer.labels import MATCH_WHERE, PATTERN, VERDICT
from analyzer.report.report import Report

REPEATED = 0.3
"""Share that stands in the same person's earlier essay, from which an otherwise clear essay says so (自我重复)."""

SEVERAL = 3
"""From this many partners on, none of which has half of the shared text, the likeness is with several."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One essay of the list, with what backs it."""

    essay: Essay
    originality: Originality
    pattern: str
    """Key of labels.PATTERN, or the empty string where nothing was aligned."""
    partners: tuple[str, ...]
    """Documents it shares text with, most first."""
    closest: Match | None
    """The passage that shows the likeness best, seen from this essay."""

    @property
    def shared(self) -> float:
        """雷同比例: share (0 to 1) of the characters found elsewhere, quotes of official documents not counted."""
        o = self.originality
        return min(1.0, max(o.copied, o.templated, 1 - o.own - o.quoted))

    @property
    def kind(self) -> str:
        """疑似类型, in Chinese."""
        return PATTERN[self.pattern] if self.pattern else VERDICT[self.originality.verdict]


def suspects(report: Report) -> list[Suspect]:
    """All essays whose verdict is not clear, most suspicious first."""
    flagged = [essay for essay in report.essays if report.originality[essay.id].verdict != "clear"]
    flagged.sort(key=lambda essay: -report.originality[essay.id].suspicion)
    return [suspect(report, essay.id) for essay in flagged]


def suspect(report: Report, id: str) -> Suspect:
    """The same for one essay, whatever its verdict."""
    matches = counting_matches(report, id)
    originality = report.originality[id]
    by_partner: dict[str, int] = defaultdict(int)
    for m in matches:
        by_partner[m.other] += m.end - m.start
    partners = tuple(sorted(by_partner, key=by_partner.get, reverse=True))
    return Suspect(
        report.essay(id),
        originality,
        _pattern(report, originality, matches, by_partner),
        partners,
        max(matches, key=_tells, default=None),
    )


def counting_matches(report: Report, id: str) -> list[Match]:
    """Matches that count against an essay: all but quotes and what stands in the same person's earlier essays."""
    return [m for m in report.matches_of(id) if m.kind != "quote" and m.where != "own"]


def person(essay: Essay) -> str:
    """单位 姓名; the file where neither is known."""
    return " ".join(part for part in (essay.unit, essay.author) if part) or essay.file or essay.id


def document_name(report: Report, id: str, where: str = "batch") -> str:
    """How a document is called in a list: 单位 姓名《题目》, or 范文库《题目》; its bare id where its text is not at hand."""
    if not report.holds(id):
        return id
    document = report.essay(id)
    title = f"《{document.title}》" if document.title else ""
    if where in ("library", "official"):
        return f"{MATCH_WHERE[where]}{title or document.file or id}"
    return (f"{MATCH_WHERE[where]} " if where in ("history", "own") else "") + person(document) + title


def passage(report: Report, match: Match) -> tuple[str, str]:
    """The two texts of a match; the other side is empty where its document is not at hand."""
    own = report.essay(match.essay).text[match.start : match.end]
    return own, report.essay(match.other).text[match.other_start : match.other_end] if report.holds(match.other) else ""


def _tells(m: Match) -> float:
    return (m.end - m.start) * m.similarity * (0.2 + m.rarity)


def _pattern(report: Report, originality: Originality, matches: list[Match], by_partner: dict[str, int]) -> str:
    if originality.verdict == "templated":
        return "template"
    if not matches:
        return "repeated" if originality.repeated >= REPEATED else ""
    total = sum(by_partner.values())
    if len(by_partner) >= SEVERAL and max(by_partner.values()) < total / 2:
        return "several"
    by_kind: dict[str, int] = defaultdict(int)
    for m in matches:
        by_kind[m.kind] += m.end - m.start
    kind = max(by_kind, key=by_kind.get)
    edited = [m for m in matches if m.kind in ("verbatim", "edited") and m.similarity < 1 and report.holds(m.other)]
    if kind in ("verbatim", "edited") and edited and all(only_slots(report.essay(m.essay), report.essay(m.other), m) for m in edited):
        return "slots"
    return kind
