"""Reworded sentences between the runs of characters that two documents are known to share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.copying.chain import best_chains
from analyzer.copying.document import Document
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import SentenceSpace
from analyzer.copying.passages import Box
from analyzer.copying.rewording import CLIP

FURTHER_EVIDENCE = 3.0
"""What a further passage needs in a pair that is known to share text."""

CONVINCING = 4.0
"""Log odds that a reworded sentence beside shared runs needs, unless it stands between two of them."""


def between_runs(
    documents: Sequence[Document], space: SentenceSpace, model: Logistic, a: int, b: int, known: Sequence[Box]
) -> list[Box]:
    """Reworded sentences in a pair that is known to share text: a chain through the runs it shares."""
    rows_a, rows_b = space.rows(a), space.rows(b)
    if not len(rows_a) or not len(rows_b):
        return []
    first, second = documents[a], documents[b]
    scores = np.clip(model.log_odds(space.features(rows_a, rows_b)), -CLIP, CLIP)
    in_run = np.zeros(scores.shape, bool)
    for i, s in enumerate(space.sentence[rows_a]):
        for j, t in enumerate(space.sentence[rows_b]):
            x, y = first.sentences[s], second.sentences[t]
            in_run[i, j] = any(
                box.start < x.end and x.start < box.end and box.other_start < y.end and y.start < box.other_end
                for box in known)
    anchored = np.where(in_run, np.maximum(scores, CLIP / 2), scores)
    ((score, path),) = best_chains([anchored])
    anchors = [k for k, (i, j) in enumerate(path) if in_run[i, j]]
    boxes = []
    for k, (i, j) in enumerate(path):
        if in_run[i, j] or not anchors:
            continue
        before, after = (max((x for x in anchors if x < k), default=None), min((x for x in anchors if x > k), default=None))
        between = before is not None and after is not None and after - before <= 3
        if scores[i, j] >= CONVINCING or (between and scores[i, j] >= 0):
            s, t = first.sentences[space.sentence[rows_a[i]]], second.sentences[space.sentence[rows_b[j]]]
            boxes.append(Box(s.start, s.end, t.start, t.end, FURTHER_EVIDENCE + max(0.0, float(scores[i, j])), 0.5))
    return boxes
