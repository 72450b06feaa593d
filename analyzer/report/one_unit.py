"""The report as the reviewer of one unit sees it: that unit's essays whole, and of others only the passages that they share.

A suspicion cannot be looked into without the other side's words, so the shared passages stay; everything else of that side, and
whose it is, is masked. What compares units is left out.
"""

from __future__ import annotations

from dataclasses import replace

from analyzer.copying.match import Match
from analyzer.essay import Essay
from analyzer.report.report import Report

MASK = "□"
STRANGER = "（其他单位人员）"


def of_unit(report: Report, unit: str) -> Report:
    """What concerns the essays of one unit. Offsets stay as they are: what is masked keeps its length."""
    essays = tuple(essay for essay in report.essays if essay.unit == unit)
    own = {essay.id for essay in essays}
    matches = _seen_from(report, own)
    hidden = {m.other for m in matches if m.where in ("batch", "history") and m.other not in own and report.holds(m.other)}
    hidden = {id for id in hidden if report.essay(id).unit != unit}
    ids = {id: f"other-{number}" for number, id in enumerate(sorted(hidden), 1)}
    renamed = tuple(replace(m, other=ids.get(m.other, m.other)) for m in matches)
    referred = {m.other for m in matches} - hidden - own
    strangers = {e.author for e in report.essays if e.unit != unit and e.author} - {e.author for e in essays}
    rest = lambda of: {id: value for id, value in of.items() if id in own}
    return replace(
        report,
        essays=essays,
        documents=(
            *(document for document in report.documents if document.id in referred),
            *(_masked(report.essay(id), ids[id], matches) for id in sorted(hidden)),
        ),
        originality={
            id: replace(o, partner=ids.get(o.partner, o.partner if o.partner in own | referred else ""))
            for id, o in rest(report.originality).items()
        },
        reflection=rest(report.reflection),
        reflection_own=rest(report.reflection_own),
        matches=renamed,
        findings=tuple(finding for finding in report.findings if finding.essay in own),
        comparisons=(),
        changes=tuple(change for change in report.changes if change.unit == unit),
        traces=tuple(t for t in report.traces if own.issuperset(t.essays) and not any(name in t.note for name in strangers)),
        problems=(),
        absent=tuple(essay for essay in report.absent if essay.unit == unit),
        notes=(),
        files=len(essays),
    )


def _seen_from(report: Report, own: set[str]) -> list[Match]:
    """Matches of these essays from their side; those among themselves once."""
    found = []
    for m in report.matches:
        if m.essay in own:
            found.append(m)
        elif m.where == "batch" and m.other in own:
            found.append(replace(m, essay=m.other, start=m.other_start, end=m.other_end,
                                 other=m.essay, other_start=m.start, other_end=m.end))  # fmt: skip
    return found


def _masked(essay: Essay, id: str, matches: list[Match]) -> Essay:
    shown = [False] * len(essay.text)
    for m in matches:
        if m.other == essay.id:
            shown[m.other_start : m.other_end] = [True] * (m.other_end - m.other_start)
    text = "".join(c if keep or c == "\n" else MASK for c, keep in zip(essay.text, shown, strict=True))
    return Essay(id, text, author=STRANGER)
