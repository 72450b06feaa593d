"""``find_lapses``: gate-keeping over a batch, since some lapses only show beside the other essays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.essay import Essay
from analyzer.gatekeeping.dates import batch_years, count_campaigns, wrong_dates
from analyzer.gatekeeping.finding import KINDS, Finding
from analyzer.gatekeeping.leftovers import leftovers
from analyzer.gatekeeping.names import Roster, other_names
from analyzer.gatekeeping.reading import Reading
from analyzer.gatekeeping.tricks import tricks
from analyzer.gatekeeping.whole import Theme, off_topic, too_short, unfinished, usual_length
from analyzer.parallel import each

_AT_ONCE = 500
"""Essays that a process reads at once."""

_NEAR = 6
"""Two findings of a kind so close together are one: 20XX年 and X月, a footer's two lines."""


def find_lapses(essays: Sequence[Essay], expected_characters: int | None = None) -> list[Finding]:
    """What nobody removed before handing in, essay by essay in the batch's order, by place within an essay.

    ``expected_characters``: the length that was asked for, where one was. The other essays tell the batch's units,
    people, years and subject; essays of several batches may come together, each is read beside its own.
    """
    by_batch: dict[str, list[Essay]] = {}
    for essay in essays:
        by_batch.setdefault(essay.batch, []).append(essay)
    roster, years = Roster.of(essays), batch_years(essays)
    parts = []
    for batch, members in by_batch.items():
        others = _Others(roster, years.get(batch), count_campaigns(members), len(members), Theme.of(members), usual_length(members),
                         expected_characters)
        parts += [(members[start : start + _AT_ONCE], others) for start in range(0, len(members), _AT_ONCE)]
    findings: dict[str, list[Finding]] = {}
    for found in each(_lapses, parts):
        findings |= found
    return [finding for essay in essays for finding in findings[essay.id]]


@dataclass(frozen=True)
class _Others:
    """What the other essays of a batch tell, and the length that was asked for."""

    roster: Roster
    when: tuple[int, int] | None
    campaigns: Counter
    essays: int
    theme: Theme
    usual: float | None
    expected: int | None


def _lapses(part: tuple[Sequence[Essay], _Others]) -> dict[str, list[Finding]]:
    essays, others = part
    found = {}
    for essay in essays:
        reading = Reading(essay)
        lapses = [
            *leftovers(reading),
            *other_names(reading, others.roster),
            *wrong_dates(reading, others.when, others.campaigns, others.essays),
            *too_short(reading, others.expected, others.usual),
            *unfinished(reading),
            *off_topic(reading, others.theme),
            *tricks(essay),
        ]
        found[essay.id] = _merged(lapses, essay.text)
    return found


def _merged(found: list[Finding], text: str) -> list[Finding]:
    """By place; overlapping and neighbouring findings of one kind as one, with the surest note.

    Text in a wrong encoding is full of traditional characters that nobody wrote.
    """
    broken = [f for f in found if f.kind == "garbled"]
    found = [f for f in found if f.kind != "traditional" or not any(f.start < b.end and b.start < f.end for b in broken)]
    merged: list[Finding] = []
    for finding in sorted(found, key=lambda f: (KINDS.index(f.kind), f.start, -f.end)):
        last = merged[-1] if merged else None
        if last and last.kind == finding.kind and finding.end > 0 and last.end > 0 and _touch(last, finding, text):
            surest = max(last, finding, key=lambda f: f.certainty)
            merged[-1] = Finding(last.essay, last.start, max(last.end, finding.end), last.kind, surest.note, surest.certainty)
        else:
            merged.append(finding)
    return sorted(merged, key=lambda f: (f.start, f.end, KINDS.index(f.kind)))


def _touch(a: Finding, b: Finding, text: str) -> bool:
    between = text[a.end : b.start]
    return b.start <= a.end or (len(between) <= _NEAR and a.kind != "other_name" and not any(c in "，。！？\n" for c in between))
