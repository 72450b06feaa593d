"""Which comparisons a report holds: tiers, units, batches, who signed off; and what changed since earlier batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import chain, count

import pandas as pd

from analyzer.compare import Comparison, changes, closing_rates, compare, sign_offs
from analyzer.report.report import Report
from analyzer.report.review import Review


def compared(report: Report) -> tuple[Comparison, ...]:
    """Every comparison that the report's own essays allow; by reviewer (审核人) only where the roster names any."""
    signed = [sign_offs(report.essays, report.findings)] if any(e.reviewer.strip() for e in report.essays) else []
    return (*compare(report.table), *signed)


def with_changes(report: Report, earlier: Iterable[tuple[str, Report]] = (), name: str = "") -> Report:
    """The report with what changed from earlier batches to those in it.

    ``earlier``: name of the batch and its report, the oldest first; ``name`` is this batch's. Names count where the essays do not
    say which batch they are of; a name that was there before gets a number.
    """
    tables: list[pd.DataFrame] = []
    taken: set[str] = set()
    for called, before in chain(earlier, [(name, report)]):
        called = _distinct(called, taken)
        taken.add(called)
        tables.append(_named(before.table, called))
    filled = [table for table in tables if len(table)]
    return replace(report, changes=changes(pd.concat(filled, ignore_index=True), set(tables[-1].batch)) if filled else ())


def _named(table: pd.DataFrame, name: str) -> pd.DataFrame:
    batch = table.batch.fillna("").astype(str).str.strip()
    return table.assign(batch=batch.where(batch != "", name))


def _distinct(name: str, taken: Collection[str]) -> str:
    numbered = (f"{name}（{n}）" for n in count(2))
    return next(each for each in chain([name], numbered) if each not in taken or not name)


def what_changed(report: Report, most: int | None = None) -> list[str]:
    """What is more than noise since earlier batches, a sentence each; says so where nothing is, or where ``most`` leaves some out.

    Empty where there is no earlier batch.
    """
    changed = [change.conclusion for change in report.changes if change.is_claimed]
    if report.changes and not changed:
        return [f"比较了 {len(report.changes)} 项，没有一项的变化超出偶然范围。"]
    left = len(changed[most:]) if most else 0
    return changed[:most] + [f"另有 {left} 项变化，见清单“批次变化”表。"] * bool(left)


def closing(report: Report, reviews: Mapping[str, Review]) -> Comparison:
    """查结率 by unit, from what is recorded about each suspect."""
    return closing_rates(report.table, {review.essay for review in reviews.values() if review.closed})
