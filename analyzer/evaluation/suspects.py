"""Whether the essays that were flagged are those that share text, and the honest ones are left alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analyzer.copying.match import Originality
from analyzer.evaluation.corpus import Campaign, shared_shares

COPIED, HONEST = 0.3, 0.1
"""Share of an essay's characters that another document holds too: from the first on it is a case (as copier or as
source), below the second it is honest, between them it counts for nothing."""


def score_suspects(campaign: Campaign, originality: Mapping[str, Originality]) -> dict:
    """``cases``, ``honest``, ``flagged``, ``precision``, ``recall``, ``f1``; ``average_precision`` of the list ranked by
    suspicion, ``above_all_honest`` (share of the cases that rank above every honest essay) and
    ``honest_quoting`` (flagged, of how many honest essays that quote)."""
    shares = shared_shares(campaign)
    rows = [row for row in campaign.rows if row["kind"] == "essay" and row["id"] in originality]
    counted = [row["id"] for row in rows if not HONEST <= shares[row["id"]] < COPIED]
    case = np.array([shares[id] >= COPIED for id in counted], bool)
    flagged = np.array([originality[id].verdict != "clear" for id in counted], bool)
    suspicion = np.array([originality[id].suspicion for id in counted], float)
    quoting = [row["id"] for row in rows if shares[row["id"]] < HONEST and any("quote" in p for p in row["pieces"])]
    hit = int((case & flagged).sum())
    precision, recall = hit / max(1, int(flagged.sum())), hit / max(1, int(case.sum()))
    ranked = case[np.argsort(-suspicion, kind="stable")]
    at = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return {
        "cases": int(case.sum()), "honest": int((~case).sum()), "flagged": int(flagged.sum()),
        "precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "average_precision": float(at[ranked].mean()) if ranked.any() else 0.0,
        "above_all_honest": float((suspicion[case] > suspicion[~case].max(initial=-np.inf)).mean()) if case.any() else 0.0,
        "honest_quoting": (sum(originality[id].verdict != "clear" for id in quoting), len(quoting)),
    }
