"""``find_lapses``: gate-keeping over a batch, since some lapses only show beside the other essays."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.essay import Essay
from analyzer.gatekeeping.dates import batch_years, count_campaigns, wrong_dates
from analyzer.gatekeeping.finding import KINDS, Finding
from analyzer.gatekeeping.leftovers import leftovers
from analyzer.gatekeeping.names import Roster, other_names
from analyzer.gatekeeping.reading import Reading
from analyzer.gatekeeping.tricks import tricks
from analyzer.gatekeeping.whole import Theme, off_topic, too_short, unfinished, usual_length

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
    findings: dict[str, list[Finding]] = {}
    for batch, members in by_batch.items():
        theme, usual, campaigns = (Theme.of(members), usual_length(members), count_campaigns(members))
        for essay in members:
            reading = Reading(essay)
            findings[essay.id] = _merged(
                [
                    *leftovers(reading),
                    *other_names(reading, roster),
                    *wrong_dates(reading, years.get(batch), campaigns, len(members)),
                    *too_short(reading, expected_characters, usual),
                    *unfinished(reading),
                    *off_topic(reading, theme),
                    *tricks(essay),
                ],
                essay.text,
            )
    return [finding for essay in essays for finding in findings[essay.id]]


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
