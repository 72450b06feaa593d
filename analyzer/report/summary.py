"""The three questions answered in a number and a sentence each, and what needs attention first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analyzer.compare import Comparison
from analyzer.compare.intervals import wilson
from analyzer.copying.match import Match
from analyzer.labels import FINDING, QUESTION
from analyzer.report.report import Report
from analyzer.report.suspects import (
    Suspect,
    counting_matches,
    document_name,
    person,
    suspects,
)


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    """In Chinese, one of labels.QUESTION."""
    number: str
    unit: str
    """What the number counts, as a phrase that follows it."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Attention:
    """Something to look at first."""

    what: str
    who: str
    why: str
    degree: float | None
    """Probability 0 to 1, or None where it is no matter of degree."""
    kind: str
    """pair, finding, tier or file: where to look."""
    essay: str = ""


def accounts(report: Report) -> str:
    """Every file accounted for, in one sentence."""
    unknown = sum(not essay.tier for essay in report.essays)
    parts = [f"收到 {report.files} 份，{len(report.essays)} 篇已分析，{len(report.problems)} 份未能读取"]
    if report.absent:
        parts.append(f"名单上 {len(report.absent)} 人没有交稿")
    if unknown:
        parts.append(f"{unknown} 人层级待补")
    return "；".join(parts) + "。"


def answers(report: Report) -> tuple[Answer, Answer, Answer]:
    table = report.table
    return _own_hand(report, table), _thought(table), _gate(report, table)


def _own_hand(report: Report, table: pd.DataFrame) -> Answer:
    n = len(table)
    flagged = table[table.verdict != "clear"] if n else table
    if not len(flagged):
        return Answer(
            QUESTION["originality"], "0", "篇疑似雷同或套用模板", "没有发现需要核实的篇目；这不等于每一篇都是本人所写。"
        )
    low, high = wilson(len(flagged), n)
    copied, templated = (int((flagged.verdict == v).sum()) for v in ("copied", "templated"))
    sentence = f"疑似雷同 {copied} 篇，疑似套用模板 {templated} 篇"
    sizes = flagged.group.dropna().value_counts()
    sizes = sizes[sizes > 1]
    if len(sizes):
        sentence += f"；成 {len(sizes)} 组，最大一组 {sizes.iloc[0]} 篇"
    return Answer(
        QUESTION["originality"],
        str(len(flagged)),
        f"篇疑似雷同或套用模板（{len(flagged) / n:.1%}，区间 {100 * low:.1f}–{high:.1%}）",
        sentence + "。均须核实后方可认定。",
    )


def _thought(table: pd.DataFrame) -> Answer:
    scores = table.score.dropna().astype(float) if len(table) else pd.Series(dtype=float)
    if not len(scores):
        return Answer(QUESTION["reflection"], "–", "没有可评的篇目", "文字都太少，无法评价思考深度。")
    q1, median, q3 = np.quantile(scores, [0.25, 0.5, 0.75])
    levels = table.level.dropna()
    shallow = float((levels <= 2).mean())
    deep = float((levels == 4).mean())
    sentence = f"{shallow:.0%} 停在一、二级：写到了文件或问题，没有写到自己为什么会这样；四级 {deep:.0%}。"
    return Answer(QUESTION["reflection"], f"{median:.0f}", f"分，深度中位数（0–100，四分位 {q1:.0f}–{q3:.0f}）", sentence)


def _gate(report: Report, table: pd.DataFrame) -> Answer:
    essays = {finding.essay for finding in report.findings}
    if not essays:
        return Answer(QUESTION["gatekeeping"], "0", "篇留有把关问题", "没有发现未改占位、网页尾注、别单位名称等问题。")
    sentence = "、".join(f"{FINDING[kind]} {n} 篇" for kind, n in list(report.finding_counts().items())[:3])
    units = table[table.findings > 0].unit.replace("", np.nan).dropna()
    if units.nunique() > 1:
        sentence += f"；涉及 {units.nunique()} 个单位"
    return Answer(QUESTION["gatekeeping"], str(len(essays)), "篇留有提交前本应改掉的问题", sentence + "。")


def comparison(report: Report, measure: str, by: str = "tier") -> Comparison | None:
    return next((c for c in report.comparisons if c.measure == measure and c.by == by), None)


def tier_sentence(report: Report) -> str:
    """What can and what cannot be said about the tiers' depth; says so where there is nothing to compare."""
    found = comparison(report, "depth")
    return found.conclusion if found and found.conclusion else "层级已知的篇目太少，不作层级比较。"


def attention(report: Report, found: list[Suspect] | None = None, most: int = 8) -> list[Attention]:
    """What to look at first: groups that share one text, the surest pairs, leftovers, unknown tiers, unreadable files."""
    found = suspects(report) if found is None else found
    items: list[Attention] = []
    seen: set[str] = set()
    groups: dict[int, list[Suspect]] = defaultdict(list)
    for s in found:
        if s.originality.group is not None:
            groups[s.originality.group].append(s)
    for number, members in groups.items():
        if len(members) < 3:
            continue
        units = {s.essay.unit for s in members}
        why = f"互相雷同，平均 {np.mean([s.shared for s in members]):.0%} 的文字见于同组"
        items.append(
            Attention(
                "一稿多用",
                f"第 {number} 组 · {len(members)} 人 · {len(units)} 个单位",
                why,
                max(s.originality.suspicion for s in members),
                "pair",
                members[0].essay.id,
            )
        )
        seen |= {s.essay.id for s in members}
    for s in found:
        if s.essay.id in seen or s.closest is None:
            continue
        other = s.closest.other
        partner = person(report.essay(other)) if s.closest.where == "batch" else document_name(report, other, s.closest.where)
        items.append(
            Attention(
                s.kind,
                f"{person(s.essay)} ↔ {partner}",
                _evidence(counting_matches(report, s.essay.id), other, s),
                s.originality.suspicion,
                "pair",
                s.essay.id,
            )
        )
        seen |= {s.essay.id, other}
    items.sort(key=lambda item: -(item.degree or 0))
    rest = _leftovers(report)
    return items[: max(most - len(rest), most // 2)] + rest


def _evidence(matches: list[Match], other: str, s: Suspect) -> str:
    shared = [m for m in matches if m.other == other]
    rare = sum(m.rarity >= 0.7 for m in shared)
    return f"{s.shared:.0%} 的文字相同或相近，共 {len(shared)} 处" + (f"，其中少见的 {rare} 处" if rare else "")


def _leftovers(report: Report) -> list[Attention]:
    rest = []
    certain = [f for f in report.findings if f.kind in ("footer", "placeholder", "generator", "other_name")]
    for finding in sorted(certain, key=lambda f: -f.certainty)[:2]:
        essay = report.essay(finding.essay)
        rest.append(Attention(FINDING[finding.kind], person(essay), finding.note, None, "finding", essay.id))
    unknown = [essay for essay in report.essays if not essay.tier]
    if unknown:
        posts = "、".join(dict.fromkeys(f"“{e.post}”" for e in unknown if e.post)) or "没有职务"
        rest.append(Attention("层级待补", f"{len(unknown)} 人", f"名单和职务看不出层级：{posts}", None, "tier"))
    if report.problems:
        rest.append(Attention("未能读取", f"{len(report.problems)} 份", report.problems[0].reason, None, "file"))
    return rest
