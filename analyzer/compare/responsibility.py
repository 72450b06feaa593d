"""Who stands for what: which unit has closed its cases (查结率), and who signed essays that should not have passed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from analyzer.compare.comparison import Comparison
from analyzer.compare.tables import MEASURES, Measure, Sample
from analyzer.essay import Essay
from analyzer.gatekeeping import Finding

_FINDINGS = next(m for m in MEASURES if m.name == "findings")
_CLOSED = Measure("closed", "share", lambda table: table.closed)


def closing_rates(table: pd.DataFrame, concluded: Collection[str]) -> Comparison:
    """Share of suspects (verdict not clear) whose review has come to a conclusion, by unit: 查结率.

    ``concluded``: ids of the essays whose review is closed. Units without suspects do not appear.
    """
    suspects = table[table.verdict != "clear"] if not table.empty else table
    closed = suspects.id.isin(set(concluded)).to_numpy(float) if not table.empty else np.array([])
    units = suspects.unit.fillna("").astype(str).str.strip().to_numpy(str) if not table.empty else np.array([], str)
    groups = Sample(_CLOSED, closed).groups(units) if len(units) else ()
    total, done = len(closed), int(closed.sum())
    if not total:
        return Comparison("closed", "unit", (), conclusion="没有疑似篇目，无需查核。")
    open_units = sorted({u for u, c in zip(units, closed) if u and not c})
    text = f"{total} 篇疑似已查结 {done} 篇，查结率 {100 * done / total:.0f}%。"
    if open_units:
        text += f"还未查结的有：{'、'.join(open_units[:8])}{'等' if len(open_units) > 8 else ''} {len(open_units)} 个单位。"
    return Comparison("closed", "unit", groups, conclusion=text, left_out=int((units == "").sum()))


def sign_offs(essays: Sequence[Essay], findings: Iterable[Finding]) -> Comparison:
    """Share of essays with gate-keeping findings by who signed them off (``Essay.reviewer``), most essays first."""
    found = {finding.essay for finding in findings}
    signed = [essay for essay in essays if essay.reviewer.strip()]
    if not signed:
        return Comparison("findings", "reviewer", (), conclusion="名单中没有审核人，不知道每篇由谁把关。", left_out=len(essays))
    values = np.array([float(essay.id in found) for essay in signed])
    names = np.array([essay.reviewer.strip() for essay in signed])
    groups = sorted(Sample(_FINDINGS, values).groups(names), key=lambda g: (-g.n, g.name))
    counts = {name: int(values[names == name].sum()) for name in set(names)}
    worst = sorted((name for name, count in counts.items() if count), key=lambda name: (-counts[name], name))
    if worst:
        listed = "、".join(f"{name} {counts[name]} 篇" for name in worst[:5])
        text = f"经审核人签过、仍带有把关问题的：{listed}{'等' if len(worst) > 5 else ''}。"
    else:
        text = f"{len(signed)} 篇经审核人签过，都未见把关问题。"
    return Comparison("findings", "reviewer", tuple(groups), conclusion=text, left_out=len(essays) - len(signed))
