"""The Report: one object with everything that was found. Workbook, document and app are views of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analyzer.compare import Change, Comparison, Difference, Group, Trend
from analyzer.copying.match import Match, Originality
from analyzer.essay import Essay, Problem
from analyzer.gatekeeping import Finding, Trace
from analyzer.reflection.reflection import LabelledSentence, Reflection
from analyzer.saving import whole

SCHEMA = 1

_COLUMNS = (
    "id", "file", "title", "author", "unit", "post", "tier", "batch", "characters", "verdict", "suspicion", "copied", "templated",
    "quoted", "own", "group", "partner", "level", "score", "level_own", "score_own", "findings",
)
"""Of the table of a report without essays."""


@dataclass(frozen=True)
class Report:
    """What was read and what was found; see docs/architecture.md for report.json."""

    essays: tuple[Essay, ...]
    documents: tuple[Essay, ...]
    """Official documents, 范文 and earlier essays that some match refers to (their text is needed to show it)."""
    originality: Mapping[str, Originality]
    """By essay id."""
    reflection: Mapping[str, Reflection]
    """By essay id: the text as it stands."""
    reflection_own: Mapping[str, Reflection]
    """By essay id: what remains without quotes and copied passages; tiers are compared by this."""
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]
    problems: tuple[Problem, ...]
    absent: tuple[Essay, ...] = ()
    notes: tuple[str, ...] = ()
    files: int = 0
    changes: tuple[Change, ...] = ()
    """What changed since earlier batches, where there are any."""
    traces: tuple[Trace, ...] = ()
    """What the files' properties tell (文档痕迹), to be weighed; no verdict rests on it."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def essay(self, id: str) -> Essay:
        """The essay or other document with this id; KeyError if there is none."""
        return self._by_id()[id]

    def holds(self, id: str) -> bool:
        """True where the text of this document is at hand."""
        return id in self._by_id()

    def _by_id(self) -> dict[str, Essay]:
        index = self.__dict__.get("_index")
        if index is None:
            index = {document.id: document for document in (*self.documents, *self.essays)}
            object.__setattr__(self, "_index", index)
        return index

    @property
    def table(self) -> pd.DataFrame:
        """One row an essay, in the batch's order; shares 0 to 1, missing scores as NaN."""
        table = self.__dict__.get("_table")
        if table is None:
            table = self._new_table()
            object.__setattr__(self, "_table", table)
        return table.copy()

    def _new_table(self) -> pd.DataFrame:
        rows = []
        found: dict[str, int] = {}
        for finding in self.findings:
            found[finding.essay] = found.get(finding.essay, 0) + 1
        for essay in self.essays:
            originality, whole, own = (m[essay.id] for m in (self.originality, self.reflection, self.reflection_own))
            rows.append({
                "id": essay.id, "file": essay.file, "title": essay.title, "author": essay.author, "unit": essay.unit,
                "post": essay.post, "tier": essay.tier, "batch": essay.batch, "characters": len(essay.text),
                "verdict": originality.verdict, "suspicion": originality.suspicion, "copied": originality.copied,
                "templated": originality.templated, "quoted": originality.quoted, "own": originality.own,
                "group": originality.group, "partner": originality.partner,
                "level": whole.level, "score": whole.score, "level_own": own.level, "score_own": own.score,
                "findings": found.get(essay.id, 0),
            })
        return pd.DataFrame(rows, columns=None if rows else _COLUMNS)

    @property
    def suspects(self) -> pd.DataFrame:
        """The rows of ``table`` whose verdict is not clear, most suspicious first."""
        table = self.table
        return table[table.verdict != "clear"].sort_values("suspicion", ascending=False, kind="stable").reset_index(drop=True)

    @property
    def tiers(self) -> pd.DataFrame:
        """One row a measure and tier: n, median, interval."""
        return self._groups("tier")

    @property
    def units(self) -> pd.DataFrame:
        """One row a measure and unit: n, median, interval."""
        return self._groups("unit")

    def _groups(self, by: str) -> pd.DataFrame:
        return pd.DataFrame([
            {"measure": comparison.measure, by: group.name, **{k: v for k, v in asdict(group).items() if k != "name"}}
            for comparison in self.comparisons if comparison.by == by for group in comparison.groups
        ])

    def matches_of(self, id: str) -> list[Match]:
        """Matches of this essay, seen from its side, in the order of its text."""
        index = self.__dict__.get("_matches")
        if index is None:
            index = {}
            for m in self.matches:
                index.setdefault(m.essay, []).append(m)
                if m.where == "batch":
                    turned = Match(m.other, m.other_start, m.other_end, m.essay, m.start, m.end, m.kind, m.where, m.similarity, m.rarity)
                    index.setdefault(m.other, []).append(turned)
            for matches in index.values():
                matches.sort(key=lambda m: (m.start, m.end, m.other))
            object.__setattr__(self, "_matches", index)
        return list(index.get(id, ()))

    def findings_of(self, id: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.essay == id]

    def finding_counts(self) -> dict[str, int]:
        """In how many essays each kind of finding stands, the commonest first, else in the order of the findings."""
        kinds = Counter(kind for kind, _ in dict.fromkeys((finding.kind, finding.essay) for finding in self.findings))
        return dict(kinds.most_common())

    def traces_of(self, *ids: str) -> list[Trace]:
        """Traces of one file; of several: those that one of them shows alone, and those that they share."""
        return [t for t in self.traces if set(ids) <= set(t.essays) or (len(t.essays) == 1 and t.essays[0] in ids)]

    def to_json(self, path: str | Path) -> Path:
        """Write report.json (UTF-8) whole or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as unfinished:
            self._write(unfinished)
        return path

    def _write(self, path: Path) -> None:
        """One line an essay, a match, a finding: a report of 100,000 essays is never held as text or as dicts."""
        with open(path, "w", encoding="utf-8", newline="\n") as out:
            for k, (name, value) in enumerate(_parts(self)):
                out.write(f"{',' if k else '{'}\n{_json(name)}: ")
                if isinstance(value, Iterator):
                    out.write("[")
                    out.writelines(f"{',' if n else ''}\n{_json(row)}" for n, row in enumerate(value))
                    out.write("\n]")
                else:
                    out.write(_json(value))
            out.write("\n}\n")

    @classmethod
    def from_json(cls, path: str | Path) -> Report:
        """Read what ``to_json`` wrote. Raises ValueError, in Chinese, for another schema and for a damaged file."""
        try:
            written = json.loads(Path(path).read_text(encoding="utf-8"))
            if not isinstance(written, dict):
                raise TypeError("no object")
            if written.get("schema") != SCHEMA:
                raise _OtherSchema(f"report.json 的版本是 {written.get('schema')}，本程序只认识 {SCHEMA}")
            return _from_dict(written)
        except _OtherSchema:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"“{path}”不完整或已损坏，读不了：请重新分析，或换用备份") from error


class _OtherSchema(ValueError):
    """Written by another version, not damaged."""


def _reflection_to_dict(r: Reflection) -> dict | None:
    if r.level is None:
        return None
    return {"level": r.level, "score": r.score, "low": r.low, "high": r.high, "aspects": dict(r.aspects),
            "evidence": list(r.evidence), "advice": list(r.advice)}


def _parts(report: Report) -> Iterator[tuple[str, Any]]:
    """Keys and values of report.json; iterators are its long lists."""
    yield "schema", SCHEMA
    yield "essays", (_essay(report, essay) for essay in report.essays)
    for name in ("documents", "matches", "findings", "problems", "absent", "comparisons"):
        yield name, map(_plain, getattr(report, name))
    yield "notes", list(report.notes)
    yield "files", report.files
    for name in ("changes", "traces"):
        yield name, map(_plain, getattr(report, name))
    yield "settings", dict(report.settings)
    yield "versions", dict(report.versions)


def _essay(report: Report, essay: Essay) -> dict:
    originality = _plain(report.originality[essay.id])
    originality.pop("essay")
    whole = report.reflection[essay.id]
    return _plain(essay) | originality | {
        "depth": _reflection_to_dict(whole), "depth_own": _reflection_to_dict(report.reflection_own[essay.id]),
        "advice": list(whole.advice), "sentences": list(map(_plain, whole.sentences)),
    }


def _plain(thing: Any) -> dict:
    """As ``dataclasses.asdict``, without copying what is plain already: ten times as fast."""
    plain = {name: getattr(thing, name) for name in type(thing).__dataclass_fields__}
    for name, value in plain.items():
        if isinstance(value, (tuple, list)) and value and is_dataclass(value[0]):
            plain[name] = list(map(_plain, value))
        elif is_dataclass(value):
            plain[name] = _plain(value)
        elif isinstance(value, Mapping) and not isinstance(value, dict):
            plain[name] = dict(value)
    return plain


_json = json.JSONEncoder(ensure_ascii=False).encode


def _reflection_from_dict(id: str, d: dict | None, sentences, advice=()) -> Reflection:
    if d is None:
        return Reflection(id, None, None, None, None, {}, sentences, (), tuple(advice))
    return Reflection(id, d["level"], d["score"], d["low"], d["high"], d["aspects"], sentences,
                      tuple(d["evidence"]), tuple(d["advice"]))


def _from_dict(d: dict) -> Report:
    essay_fields = Essay.__dataclass_fields__
    originality_fields = [name for name in Originality.__dataclass_fields__ if name != "essay"]
    read_essay = lambda row: Essay(**{k: v for k, v in row.items() if k in essay_fields})
    sentences = {e["id"]: tuple(LabelledSentence(**s) for s in e["sentences"]) for e in d["essays"]}
    return Report(
        essays=tuple(map(read_essay, d["essays"])),
        documents=tuple(map(read_essay, d["documents"])),
        originality={e["id"]: Originality(e["id"], **{k: e[k] for k in originality_fields if k in e}) for e in d["essays"]},
        reflection={e["id"]: _reflection_from_dict(e["id"], e["depth"], sentences[e["id"]], e["advice"]) for e in d["essays"]},
        reflection_own={e["id"]: _reflection_from_dict(e["id"], e["depth_own"], ()) for e in d["essays"]},
        matches=tuple(Match(**m) for m in d["matches"]),
        findings=tuple(Finding(**f) for f in d["findings"]),
        comparisons=tuple(_comparison(c) for c in d["comparisons"]),
        problems=tuple(Problem(**p) for p in d["problems"]), absent=tuple(map(read_essay, d["absent"])),
        changes=tuple(_change(c) for c in d.get("changes", ())),
        traces=tuple(Trace(t["kind"], tuple(t["essays"]), t["note"]) for t in d.get("traces", ())),
        notes=tuple(d["notes"]), files=d["files"], settings=d["settings"], versions=d["versions"],
    )


def _group(d: dict) -> Group:
    return Group(**d | {"shares": tuple(d["shares"])})


def _change(d: dict) -> Change:
    return Change(
        **d | {"before": _group(d["before"]), "after": _group(d["after"]), "difference": Difference(**d["difference"])}
    )


def _comparison(d: dict) -> Comparison:
    groups = tuple(map(_group, d["groups"]))
    trend = Trend(**d["trend"]) if d["trend"] else None
    pairs, contrasts = (tuple(Difference(**p) for p in d.get(name, ())) for name in ("pairs", "contrasts"))
    return Comparison(**d | {"groups": groups, "pairs": pairs, "contrasts": contrasts, "trend": trend})
