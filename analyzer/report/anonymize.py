"""A report without names: people, units and places become codes, in the fields and inside the texts; the key is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analyzer.compare import REST, Comparison, conclude
from analyzer.essay import Essay
from analyzer.report.pseudonyms import (
    Codes,
    Names,
    Recoded,
    parts_of_units,
    surname,
    surname_spans,
)
from analyzer.report.report import Report

_TELLTALE = ("author", "last_modified_by")
"""Traces of a file that hold somebody's name."""


def anonymize(report: Report, key: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Report, dict[str, dict[str, str]]]:
    """The same report with 人员001, 单位001, 地名001 for people, units and places, and the key: kind → name → code.

    Codes and the order of the essays are dealt out at random. Everything in the report is recoded: fields, texts, titles, notes, conclusions, file names and ids (which file
    names can be guessed from); offsets of matches, findings and sentences point to the same words as before. With
    the ``key`` of an earlier batch, who is in both has one code. People that only a story mentions are not known
    by name and stay; surnames in 小覃 or 石庭长 are hidden where they are the author's or a matched author's.
    """
    key = key or {}
    recoder = _Recoder(report, key)
    return recoder.report(), recoder.key()


class _Recoder:
    def __init__(self, report: Report, key: Mapping[str, Mapping[str, str]]) -> None:
        self._report = report
        everyone = (*report.essays, *report.documents, *report.absent)
        self._people = Codes("人员", 3, key.get("people"))
        self._units = Codes("单位", 3, key.get("units"))
        self._places = Codes("地名", 3, key.get("places"))
        self._ids = Codes("篇", 4, key.get("essays"))
        self._files = Codes("文件", 4, key.get("files"))
        self._earlier = {m.other for m in report.matches if m.where in ("history", "own")}
        authors = (*report.essays, *report.absent, *(d for d in report.documents if d.id in self._earlier))
        named = {
            finding.kind == "other_name" and report.essay(finding.essay).text[finding.start : finding.end]
            for finding in report.findings
        }
        named -= {False, ""}
        traced = {e.traces.get(trace, "").strip() for e in authors for trace in _TELLTALE}
        self._people.add(
            {e.author.strip() for e in authors}
            | {e.reviewer.strip() for e in everyone}
            | traced
            | {n for n in named if len(n) <= 4}
        )
        units = {e.unit.strip() for e in everyone} | {n for n in named if len(n) > 4}
        self._units.add(units)
        places, parts = parts_of_units(units)
        self._units.add_short(parts)
        self._places.add_short(places)
        self._ids.add(e.id for e in everyone)
        self._names = Names(self._places.codes | self._units.codes | self._people.codes)
        self._beside: dict[str, set[str]] = {}
        for match in report.matches:
            self._beside.setdefault(match.essay, set()).add(match.other)
            self._beside.setdefault(match.other, set()).add(match.essay)
        self._texts = {essay.id: self._recoded(essay) for essay in everyone}

    def key(self) -> dict[str, dict[str, str]]:
        """Original → code; ``essays`` are ids, ``files`` file names."""
        return {
            "people": self._people.codes,
            "units": self._units.codes,
            "places": self._places.codes,
            "essays": self._ids.codes,
            "files": self._files.codes,
        }

    def report(self) -> Report:
        r, ids, hide = self._report, self._ids, self._names.hide
        return replace(
            r,
            essays=self._by_code(map(self._essay, r.essays)),
            documents=tuple(map(self._essay, r.documents)),
            absent=self._by_code(map(self._essay, r.absent)),
            originality={ids[i]: replace(o, essay=ids[i], partner=ids[o.partner]) for i, o in r.originality.items()},
            reflection={ids[i]: self._reflection(i, x) for i, x in r.reflection.items()},
            reflection_own={ids[i]: self._reflection(i, x) for i, x in r.reflection_own.items()},
            matches=tuple(map(self._match, r.matches)),
            findings=tuple(replace(f, essay=ids[f.essay], note=hide(f.note), **self._span(f.essay, f)) for f in r.findings),
            comparisons=tuple(map(self._comparison, r.comparisons)),
            changes=tuple(replace(c, unit=self._units[c.unit], conclusion=hide(c.conclusion)) for c in r.changes),
            problems=tuple(replace(p, file=self._files[p.file], reason=hide(p.reason)) for p in r.problems),
            notes=tuple(map(hide, r.notes)),
            traces=tuple(replace(t, essays=tuple(ids[i] for i in t.essays), note=hide(t.note)) for t in r.traces),
            settings=self._settings(r.settings),
        )

    @staticmethod
    def _by_code(essays) -> tuple[Essay, ...]:
        """In the order of their codes: the batch's own order is the roster's."""
        return tuple(sorted(essays, key=lambda essay: essay.id))

    def _recoded(self, essay: Essay) -> Recoded:
        spans = self._names.spans(essay.text)
        near = {essay.id, *self._beside.get(essay.id, ())}
        known = self._report._by_id()
        surnames = {surname(known[i]) for i in near if i in known} - {""}
        return Recoded(essay.text, sorted(spans + surname_spans(essay.text, surnames, spans)))

    def _essay(self, essay: Essay) -> Essay:
        hide = self._names.hide
        personal = essay.id not in {d.id for d in self._report.documents} or essay.id in self._earlier
        return replace(
            essay,
            id=self._ids[essay.id],
            text=self._texts[essay.id].text,
            title=hide(essay.title),
            author=self._people[essay.author.strip()] if personal else hide(essay.author),
            unit=self._units[essay.unit.strip()],
            post=hide(essay.post),
            batch=hide(essay.batch),
            file=self._files[essay.file],
            reviewer=self._people[essay.reviewer.strip()],
            traces={k: self._people[v.strip()] if k in _TELLTALE else hide(v) for k, v in essay.traces.items()},
        )

    def _span(self, id: str, found) -> dict[str, int]:
        start, end = self._texts[id].moved(found.start, found.end)
        return {"start": start, "end": end}

    def _reflection(self, id: str, reflection):
        sentences = tuple(replace(s, **self._span(id, s)) for s in reflection.sentences)
        return replace(
            reflection, essay=self._ids[id], sentences=sentences, advice=tuple(map(self._names.hide, reflection.advice))
        )

    def _match(self, match):
        start, end = self._texts[match.essay].moved(match.start, match.end)
        other_start, other_end = match.other_start, match.other_end
        if match.other in self._texts:
            other_start, other_end = self._texts[match.other].moved(other_start, other_end)
        return replace(
            match,
            essay=self._ids[match.essay],
            start=start,
            end=end,
            other=self._ids[match.other],
            other_start=other_start,
            other_end=other_end,
        )

    def _comparison(self, c: Comparison) -> Comparison:
        groups = tuple(replace(g, name=self._group(c.by, g.name)) for g in c.groups)
        groups = tuple(sorted(groups, key=lambda g: g.name)) if c.by == "unit" else groups
        pairs = tuple(replace(p, a=self._group(c.by, p.a), b=self._group(c.by, p.b)) for p in c.pairs)
        trend = c.trend and replace(c.trend, driver=self._units[c.trend.driver])
        renamed = replace(c, groups=groups, pairs=pairs, trend=trend, conclusion=self._names.hide(c.conclusion))
        return replace(renamed, conclusion=conclude(renamed))

    def _group(self, by: str, name: str) -> str:
        if name == REST or by == "tier":
            return name
        if by == "unit_tier":
            unit, _, tier = name.rpartition("|")
            return f"{self._units[unit]}|{tier}"
        return {"unit": self._units, "reviewer": self._people}[by][name] if by in ("unit", "reviewer") else self._names.hide(name)

    def _settings(self, value: Any) -> Any:
        """Names recoded; a path is left out whole, since folders bear names that no roster knows."""
        if isinstance(value, Mapping):
            return {k: self._settings(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._settings(v) for v in value]
        if isinstance(value, str):
            return "（路径已略去）" if "/" in value or "\\" in value else self._names.hide(value)
        return value
