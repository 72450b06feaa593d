"""Charts of the left-out campaigns' figures, for docs/reflection.md and the notebooks."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

from analyzer.agreement import bootstrap, weighted_kappa
from analyzer.reflection.depth import FEATURES, DepthModel
from analyzer.reflection.reflection import LABELS, LEVELS
from benchmarks.baselines import reader_levels

FIGURES = Path(__file__).resolve().parent.parent / "docs" / "figures"
BLUE, GREY = "#0b4c8c", "#5d6b7a"


def label_confusion(sentences: pd.DataFrame) -> alt.LayerChart:
    """Shares of each true label (rows sum to 1)."""
    table = pd.crosstab(sentences.label, sentences.said, normalize="index").stack().rename("share").reset_index()
    return _heat(table[table.share > 0], "label", "said", list(LABELS), 440, "label by the writer", "label by the model")


def level_confusion(essays: pd.DataFrame) -> alt.LayerChart:
    table = pd.crosstab(essays["median"], essays.level, normalize="index").stack().rename("share").reset_index()
    return _heat(table[table.share > 0], "median", "level", list(LEVELS), 240, "readers' median", "level by the model")


def _heat(table: pd.DataFrame, true: str, said: str, order: list, size: int, y: str, x: str) -> alt.LayerChart:
    base = alt.Chart(table).encode(
        x=alt.X(f"{said}:O", sort=order, title=x, axis=alt.Axis(labelAngle=-40 if len(order) > 4 else 0)),
        y=alt.Y(f"{true}:O", sort=order, title=y),
    )
    cells = base.mark_rect().encode(color=alt.Color("share:Q", scale=alt.Scale(range=["#f2f6fa", BLUE], domain=[0, 1]), legend=None))
    text = base.mark_text(fontSize=11).encode(
        text=alt.Text("share:Q", format=".2f"), color=alt.condition("datum.share > 0.55", alt.value("white"), alt.value("#1d2733"))
    )
    return (cells + text).properties(width=size, height=size)


def scores_by_reading(essays: pd.DataFrame) -> alt.LayerChart:
    """Every rated essay: its score over the readers' mean level; hard ones ringed."""
    rng = np.random.default_rng(0)
    drawn = essays.assign(
        mean=reader_levels(essays).mean(axis=1) + rng.uniform(-0.12, 0.12, len(essays)), kind=np.where(essays.hard == "", "other", "hard essay")
    )
    points = alt.Chart(drawn).mark_circle(size=28, opacity=0.6).encode(
        x=alt.X("mean:Q", title="readers' mean level (jittered)", scale=alt.Scale(domain=[0.7, 4.3])),
        y=alt.Y("score:Q", title="score of a model that did not see the campaign", scale=alt.Scale(domain=[0, 100])),
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=["other", "hard essay"], range=[BLUE, "#D55E00"])),
    )
    line = alt.Chart(pd.DataFrame({"mean": [1, 4], "score": [0, 100]})).mark_line(color=GREY, strokeDash=[4, 4]).encode(x="mean:Q", y="score:Q")
    return (line + points).properties(width=460, height=320)


def calibration(sentences: pd.DataFrame) -> alt.LayerChart:
    """How often a label is right, by how sure the model was."""
    bins = pd.cut(sentences.confidence, np.linspace(0.2, 1.0, 9))
    right = (sentences.label == sentences.said).groupby(bins, observed=True)
    table = pd.DataFrame({"said": sentences.confidence.groupby(bins, observed=True).mean(), "right": right.mean(), "sentences": right.size()})
    ideal = alt.Chart(pd.DataFrame({"said": [0.2, 1], "right": [0.2, 1]})).mark_line(color=GREY, strokeDash=[4, 4]).encode(x="said:Q", y="right:Q")
    points = alt.Chart(table).mark_line(point=True, color=BLUE).encode(
        x=alt.X("said:Q", title="probability given to the label", scale=alt.Scale(domain=[0.2, 1])),
        y=alt.Y("right:Q", title="share that was right", scale=alt.Scale(domain=[0, 1])), tooltip=["sentences:Q"],
    )
    return (ideal + points).properties(width=320, height=260)


def by_campaign(essays: pd.DataFrame) -> alt.LayerChart:
    """Weighted kappa of each left-out campaign with its 95 % interval."""
    rows = []
    for name, part in essays.groupby("campaign"):
        low, high = bootstrap(weighted_kappa, part["median"], part.level, resamples=500)
        rows.append({"campaign": f"{name} ({len(part)})", "qwk": weighted_kappa(part["median"], part.level), "low": low, "high": high})
    table = pd.DataFrame(rows)
    y = alt.Y("campaign:N", sort=alt.SortField("qwk", order="descending"), title="campaign left out (essays)")
    bars = alt.Chart(table).mark_rule(color=GREY).encode(y=y, x=alt.X("low:Q", scale=alt.Scale(domain=[0.7, 1]), title="quadratic weighted kappa"), x2="high:Q")
    points = alt.Chart(table).mark_circle(size=60, color=BLUE, opacity=1).encode(y=y, x="qwk:Q")
    return (bars + points).properties(width=420, height=20 * len(table))


def weights(model: DepthModel) -> alt.Chart:
    """What moves the level: weight of each feature, per standard deviation."""
    table = pd.DataFrame({"feature": FEATURES, "weight": model.level.weights})
    return alt.Chart(table).mark_bar().encode(
        x=alt.X("weight:Q", title="weight per standard deviation"), y=alt.Y("feature:N", sort=list(FEATURES), title=None),
        color=alt.condition("datum.weight > 0", alt.value(BLUE), alt.value("#D55E00")),
    ).properties(width=380, height=15 * len(FEATURES))


def write_figures(essays: pd.DataFrame, sentences: pd.DataFrame, model: DepthModel) -> None:
    """PNGs under docs/figures."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    for name, chart in {
        "labels": label_confusion(sentences), "levels": level_confusion(essays), "scores": scores_by_reading(essays),
        "calibration": calibration(sentences), "campaigns": by_campaign(essays), "weights": weights(model),
    }.items():
        chart.configure_axis(labelLimit=220).save(FIGURES / f"depth-{name}.png", scale_factor=2)
