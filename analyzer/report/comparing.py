"""Which comparisons a report holds: tiers, units, batches, who signed off; and what changed since earlier batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count

import pandas as pd

from analyzer.compare import Change, Comparison, changes, closing_rates, compare, sign_offs
from analyzer.labels import MEASURE, TIER
from analyzer.report.report import Report
from analyzer.report.review import Review


def compared(report: Report) -> tuple[Comparison, ...]:
    """Every comparison that the report's own essays allow; by reviewer (审核人) only where the roster names any."""
    signed = [sign_offs(report.essays, report.findings)] if any(e.reviewer.strip() for e in report.essays) else []
    return (*compare(report.table), *signed)


def with_changes(report: Report, earlier: Iterable[tuple[str, pd.DataFrame]] = (), name: str = "") -> Report:
    """The report with what changed from earlier batches to those in it.

    ``earlier``: name of the batch and its table (as ``Report.table``), the oldest first; ``name`` is this batch's. Names count
    where the essays do not say which batch they are of; a name that was there before gets a number.
    """
    tables: list[pd.DataFrame] = []
    taken: set[str] = set()
    for called, before in chain(earlier, [(name, report.table)]):
        called = _distinct(called, taken)
        taken.add(called)
        tables.append(_named(before, called))
    if not report.essays:
        return replace(report, changes=())
    together = pd.concat([table for table in tables if len(table)], ignore_index=True)
    return replace(report, changes=changes(together, set(tables[-1].batch)))


def _named(table: pd.DataFrame, name: str) -> pd.DataFrame:
    batch = table.batch.fillna("").astype(str).str.strip()
    return table.assign(batch=batch.where(batch != "", name))


def _distinct(name: str, taken: Collection[str]) -> str:
    numbered = (f"{name}（{n}）" for n in count(2))
    return next(each for each in chain([name], numbered) if each not in taken or not name)


def what_changed(looked_at: Sequence[Change], most: int = 12, where: str = "清单“批次变化”表") -> list[str]:
    """What is more than noise since earlier batches, a sentence each; says so where nothing is, and where ``most`` leaves some out.

    Empty where nothing was compared. ``where`` says where all of them stand.
    """
    changed = [change.conclusion for change in looked_at if change.is_claimed]
    if looked_at and not changed:
        return [f"比较了 {len(looked_at)} 项，没有一项的变化超出偶然范围。"]
    return changed[:most] + [f"另有 {len(changed) - most} 项变化，见{where}。"] * (len(changed) > most)


def changes_table(looked_at: Iterable[Change]) -> pd.DataFrame:
    """Every change that was looked for, those that are more than noise first; columns and values in Chinese."""
    rows = [
        [MEASURE[c.measure], c.unit or "全部", TIER[c.tier] if c.tier else "全部", c.earlier, c.later, "是" if c.is_claimed else "否", c.conclusion]
        for c in sorted(looked_at, key=lambda change: not change.is_claimed)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["指标", "单位", "层级", "前一批", "这一批", "超出偶然", "结论"])


def closing(report: Report, reviews: Mapping[str, Review]) -> Comparison:
    """查结率 by unit, from what is recorded about each suspect."""
    return closing_rates(report.table, {review.essay for review in reviews.values() if review.closed})
