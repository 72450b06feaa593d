"""The list of suspects by another limit: the degrees stay, who is listed and what follows from it changes."""

from __future__ import annotations

from dataclasses import replace

from analyzer.copying.match import Originality
from analyzer.report.comparing import compared
from analyzer.report.report import Report

LOWEST, HIGHEST = 0.05, 0.95
"""A list of everybody or of nobody is none."""


def relist(report: Report, suspected: float) -> Report:
    """The report with every essay listed whose degree of suspicion is at least ``suspected`` (0 to 1)."""
    if not LOWEST <= suspected <= HIGHEST:
        raise ValueError(f"疑似程度的界限应在 {LOWEST} 到 {HIGHEST} 之间。")
    originality = {id: replace(o, verdict=_verdict(o, suspected)) for id, o in report.originality.items()}
    listed = replace(report, originality=originality, settings={**report.settings, "suspected": suspected})
    return replace(listed, comparisons=compared(listed))


def _verdict(o: Originality, suspected: float) -> str:
    """As ``copying.suspicion`` says it; what is shared stands in other essays alone, or is templated, or both."""
    if o.suspicion < suspected:
        return "clear"
    shared = 1 - o.own - o.quoted
    return "templated" if o.templated >= shared - o.templated else "copied"
