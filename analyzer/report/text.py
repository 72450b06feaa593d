"""The findings as a few lines of text, for a terminal."""

from __future__ import annotations

from analyzer.labels import MEASURE, TIER, VERDICT
from analyzer.report.report import Report
from analyzer.report.summary import accounts, answers, tier_sentence
from analyzer.report.suspects import document_name, person, suspects

SHOWN = 8
"""Suspects that are listed; the workbook has them all."""


def summarize(report: Report) -> str:
    """What came in, the three questions, the tiers, the first suspects and what could not be read."""
    lines = [accounts(report), ""]
    for answer in answers(report):
        lines.append(f"【{answer.question}】{answer.number} {answer.unit}。{answer.sentence}")
    lines += ["", f"层级　　　　篇数　{MEASURE['depth']}中位（95% 区间）　　疑似"]
    depth = _groups(report, "depth")
    suspected = report.table.assign(listed=report.table.verdict != "clear").groupby("tier").listed
    for tier in ("leadership", "middle", "frontline"):
        if tier not in suspected.groups:
            continue
        group, listed = depth.get(tier), suspected.get_group(tier)
        middle = "篇数过少" if group is None or group.median is None else f"{group.median:5.1f}（{group.low:.1f}–{group.high:.1f}）"
        lines.append(f"{TIER[tier]}　{len(listed):6}　　{middle}　　{listed.mean():.0%}")
    lines += [tier_sentence(report), ""]
    found = suspects(report)
    for s in found[:SHOWN]:
        with_whom = f" ↔ {document_name(report, s.closest.other, s.closest.where)}" if s.closest else ""
        lines.append(f"{VERDICT[s.originality.verdict]} {s.originality.suspicion:.2f}　{person(s.essay)}{with_whom}")
    if len(found) > SHOWN:
        lines.append(f"……共 {len(found)} 篇，见清单")
    if report.problems:
        lines += ["", "未能分析的文件："] + [f"  {p.file}：{p.reason}" for p in report.problems[:SHOWN]]
    return "\n".join(lines)


def _groups(report: Report, measure: str):
    return {g.name: g for c in report.comparisons if c.measure == measure and c.by == "tier" for g in c.groups}
