"""A report for wider circulation (通报): nobody is named, and figures about fewer than five people are left out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analyzer.compare import suppress_small
from analyzer.compare.conclusion import HIDDEN
from analyzer.report.report import Report

SMALLEST = 5
"""Essays that a group must have for its figures to go round."""


def for_circulation(report: Report, smallest: int = SMALLEST) -> Report:
    """The report without figures of groups of fewer than ``smallest`` essays, conclusions written anew without them.

    Essays, suspects and findings stay in it: what goes round must be written with ``circulated=True``, which lists none.
    """
    kept = tuple(change for change in report.changes if min(change.before.n, change.after.n) >= smallest)
    reviewers = tuple(c for c in report.comparisons if c.by != "reviewer")
    return replace(report, comparisons=suppress_small(reviewers, smallest), changes=kept)


def shown_tiers(report: Report) -> pd.DataFrame:
    """The report's table without the essays of tiers whose figures were left out: charts show single essays."""
    hidden = {g.name for c in report.comparisons if c.by == "tier" for g in c.groups if g.note == HIDDEN}
    return report.table[~report.table.tier.isin(hidden)]
