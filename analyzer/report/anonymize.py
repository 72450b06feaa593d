"""A report without names: people and units become numbers, in the fields and inside the texts."""

from __future__ import annotations

import re
from dataclasses import replace

from analyzer.essay import Essay
from analyzer.report.report import Report

SHORTEST = 2
"""Names of one character are not replaced inside texts: they are words, too."""


def anonymize(report: Report) -> Report:
    """The same report with 人员001, 单位01 for authors, reviewers and units; offsets stay right.

    Inside texts each name is replaced by as many full-width marks as it has characters, so that every offset still holds.
    File names, traces of the files and, in official documents and 范文, nothing else is kept of who wrote them.
    """
    people = {name: f"人员{n:03d}" for n, name in enumerate(_distinct(report, "author", "reviewer"), 1)}
    units = {name: f"单位{n:02d}" for n, name in enumerate(_distinct(report, "unit"), 1)}
    secret = sorted((name for name in (*people, *units) if len(name) >= SHORTEST), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, secret))) if secret else None
    hide = lambda text: pattern.sub(lambda m: "＊" * len(m.group()), text) if pattern else text

    def hidden(essay: Essay) -> Essay:
        return replace(
            essay,
            text=hide(essay.text),
            title=hide(essay.title),
            author=people.get(essay.author, ""),
            unit=units.get(essay.unit, ""),
            reviewer=people.get(essay.reviewer, ""),
            file=essay.id,
            traces={},
        )

    comparisons = tuple(
        replace(
            c,
            groups=tuple(replace(g, name=_group(g.name, units)) for g in c.groups),
            pairs=tuple(replace(p, a=_group(p.a, units), b=_group(p.b, units)) for p in c.pairs),
            conclusion=_names(c.conclusion, people | units),
        )
        for c in report.comparisons
    )
    return replace(
        report,
        essays=tuple(map(hidden, report.essays)),
        documents=tuple(map(hidden, report.documents)),
        absent=tuple(map(hidden, report.absent)),
        findings=tuple(replace(f, note=hide(f.note)) for f in report.findings),
        comparisons=comparisons,
        problems=tuple(replace(p, file=f"文件{n:02d}", reason=hide(p.reason)) for n, p in enumerate(report.problems, 1)),
        notes=tuple(map(hide, report.notes)),
    )


def _distinct(report: Report, *fields: str) -> list[str]:
    return sorted(
        {getattr(essay, field) for essay in (*report.essays, *report.documents, *report.absent) for field in fields} - {""}
    )


def _group(name: str, units: dict[str, str]) -> str:
    unit, bar, tier = name.rpartition("|")
    return units.get(unit, unit) + bar + tier if bar else units.get(name, name)


def _names(text: str, codes: dict[str, str]) -> str:
    for name in sorted(codes, key=len, reverse=True):
        text = text.replace(name, codes[name])
    return text
