"""What the models say of campaigns that they did not see, as tables.

``benchmarks/out_of_fold/*.csv`` (in git) hold what notebooks and figures show: ``python -m benchmarks.depth --write``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analyzer.agreement import median_level
from analyzer.reflection.reflection import LABELS
from models.corpora import load_campaigns
from models.reflection.left_out import unseen
from models.reflection.train import LeftOut, Training, leave_out, load_training

SHIPPED = Path(__file__).resolve().parent / "out_of_fold"
HARD = ("mixed", "plain", "eloquent", "borrowed")
"""Depth mixed within one essay, plain-worded depth, eloquent emptiness, copied depth."""


def judged(fresh: bool = False) -> tuple[Training, LeftOut]:
    """The labelled essays, and what models that saw only the other campaigns say of each (some minutes, or cached)."""
    t = load_training()
    return t, leave_out(t, unseen(t, fresh))


def sentence_table(t: Training, out: LeftOut) -> pd.DataFrame:
    """A labelled sentence a row: campaign, essay, label, said, confidence (of what was said)."""
    rows = np.flatnonzero(t.label >= 0)
    chances = out.probabilities[rows]
    ids = np.array([essay.id for essay in t.essays])
    return pd.DataFrame({
        "campaign": t.row_campaign[rows], "essay": ids[t.table.essay[rows]], "label": [LABELS[k] for k in t.label[rows]],
        "said": [LABELS[k] for k in chances.argmax(axis=1)], "confidence": chances.max(axis=1).round(3),
    })


def essay_table(t: Training, out: LeftOut) -> pd.DataFrame:
    """A rated essay a row: campaign, essay, tier, characters, hard, one level a reader, median, level, score."""
    rows = []
    campaigns = {c.name: (c, {row["id"]: row for row in c.rows}) for c in load_campaigns()}
    for k, essay in enumerate(t.essays):
        campaign, stored = campaigns[t.campaign[k]]
        if given := [r["depth"] for r in campaign.ratings.get(essay.id, [])]:
            rows.append({
                "campaign": campaign.name, "essay": essay.id, "tier": essay.tier, "characters": len(essay.text),
                "hard": stored[essay.id]["intended"].get("hard") or "", **{f"reader_{n}": d for n, d in zip("abc", given)},
                "median": median_level(given), "level": int(out.levels[k]), "score": round(float(out.scores[k]), 2),
            })
    return pd.DataFrame(rows)


def write(essays: pd.DataFrame, sentences: pd.DataFrame) -> None:
    SHIPPED.mkdir(exist_ok=True)
    essays.to_csv(SHIPPED / "essays.csv", index=False, encoding="utf-8", lineterminator="\n")
    sentences.to_csv(SHIPPED / "sentences.csv", index=False, encoding="utf-8", lineterminator="\n")


def shipped() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Essays and sentences as they were last written."""
    essays, sentences = (pd.read_csv(SHIPPED / f"{name}.csv", keep_default_na=False) for name in ("essays", "sentences"))
    return essays, sentences
