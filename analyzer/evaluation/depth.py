"""Sentence labels and levels against those of readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from analyzer.agreement import (
    LEVELS, class_f1, confusion, median_level, rank_correlation, readers_kappa, weighted_kappa,
)
from analyzer.evaluation.corpus import Campaign, text_of
from analyzer.reflection.reflection import LABELS, Reflection


def score_sentences(campaign: Campaign, reflection: Mapping[str, Reflection]) -> dict | None:
    """``sentences``, ``accuracy``, ``macro_f1``, ``f1`` by label and ``confusion`` (labels in the order of LABELS, rows
    the truth). A labelled sentence is given the label that covers most of it. None where nothing is labelled."""
    true, said = [], []
    for id, sentences in campaign.sentences.items():
        if id in reflection:
            for sentence in sentences:
                true.append(LABELS.index(sentence["label"]))
                said.append(_covering(sentence, reflection[id]))
    if not true:
        return None
    f1 = class_f1(true, said)
    known = [(t, s) for t, s in zip(true, said) if s >= 0]
    return {
        "sentences": len(true), "accuracy": float(np.mean(np.equal(true, said))), "macro_f1": float(np.mean(list(f1.values()))),
        "f1": {LABELS[k]: value for k, value in f1.items()}, "confusion": confusion(*zip(*known), len(LABELS)).tolist(),
    }


def _covering(sentence: dict, reflection: Reflection) -> int:
    cover: dict[str, int] = defaultdict(int)
    for s in reflection.sentences:
        if (shared := min(s.end, sentence["end"]) - max(s.start, sentence["start"])) > 0:
            cover[s.label] += shared
    return LABELS.index(max(cover, key=cover.get)) if cover else -1


def score_levels(campaign: Campaign, reflection: Mapping[str, Reflection]) -> dict | None:
    """``essays``, ``qwk``, ``exact``, ``off_by_two`` (essays that miss by two levels or more), ``spearman`` of the score,
    ``confusion``, rank correlation with length of the score and of the readers, the readers' mean kappa with each
    other, and ``unrated`` (rated by readers, but of too little text for the model).

    Truth is the readers' median, or the writer's intended depth where nobody read. None where neither is there.
    """
    rows, unrated = [], 0
    readings: dict[int, list[list[int]]] = defaultdict(list)
    for row in campaign.rows:
        found = reflection.get(row["id"])
        given = [r["depth"] for r in campaign.ratings.get(row["id"], [])]
        intended = (row.get("intended") or {}).get("depth")
        if row["kind"] != "essay" or found is None or not (given or intended):
            continue
        if found.level is None:
            unrated += 1
            continue
        readings[len(given)].append(given)
        median = float(np.median(given)) if given else float(intended)
        rows.append((median_level(given) if given else int(intended), median, found.level, found.score, len(text_of(row))))
    if not rows:
        return None
    level, median, said, score, length = map(np.array, zip(*rows))
    most = max(readings, key=lambda n: len(readings[n]))
    return {
        "essays": len(rows), "qwk": weighted_kappa(level, said), "exact": float((level == said).mean()),
        "off_by_two": int((np.abs(level - said) > 1).sum()), "spearman": rank_correlation(median, score),
        "confusion": confusion(level - 1, said - 1, LEVELS).tolist(), "length": rank_correlation(score, length),
        "readers_length": rank_correlation(median, length), "readers": most,
        "readers_qwk": readers_kappa(readings[most]) if most > 1 else None, "unrated": unrated,
    }
