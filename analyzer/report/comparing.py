"""Which comparisons a report holds: tiers, units, batches, who signed off; and what changed since earlier batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analyzer.compare import Comparison, changes, closing_rates, compare, sign_offs
from analyzer.report.report import Report
from analyzer.report.review import Review


def compared(report: Report) -> tuple[Comparison, ...]:
    """Every comparison that the report's own essays allow; by reviewer (审核人) only where the roster names any."""
    signed = [sign_offs(report.essays, report.findings)] if any(e.reviewer.strip() for e in report.essays) else []
    return (*compare(report.table), *signed)


def with_changes(report: Report, earlier: Sequence[tuple[str, Report]] = (), name: str = "") -> Report:
    """The report with what changed over the batches in it and the ``earlier`` ones (name of the batch, its report).

    Batches come in the order of their names. ``name`` is this batch's, where its essays do not say.
    """
    tables = [_named(before.table, called) for called, before in earlier] + [_named(report.table, name)]
    table = pd.concat([t for t in tables if len(t)], ignore_index=True) if any(len(t) for t in tables) else pd.DataFrame()
    return replace(report, changes=changes(table))


def _named(table: pd.DataFrame, name: str) -> pd.DataFrame:
    batch = table.batch.fillna("").astype(str).str.strip()
    return table.assign(batch=batch.where(batch != "", name))


def closing(report: Report, reviews: Mapping[str, Review]) -> Comparison:
    """查结率 by unit, from what is recorded about each suspect."""
    return closing_rates(report.table, {review.essay for review in reviews.values() if review.closed})
