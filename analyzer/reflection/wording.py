"""How an aspect is worded: of two sentences labelled ``insight`` one shows how a view changed, the other announces it.

Readers grade each aspect of an essay 0 to 3. What their grades owe to words is learnt from the words of the sentences that
carry the aspect (topic words replaced by their class), so that every sentence has a merit of its own, and an essay their mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.reflection.features import WORD_SLOTS, SentenceTable
from analyzer.reflection.reflection import ASPECTS, LABELS

FULL = 3.0
"""Sentences of one kind from which an essay has their mean merit in full, and beyond which more earn nothing."""

CARRYING = [LABELS.index(aspect) for aspect in ASPECTS]


@dataclass(frozen=True)
class WordingModel:
    """Ridge regression; models/reflection/train.py fits it."""

    weights: np.ndarray
    """(WORD_SLOTS, len(ASPECTS))"""

    def merits(self, table: SentenceTable) -> np.ndarray:
        """(n, len(ASPECTS)): what each sentence would say for each aspect, if it carried it."""
        return np.asarray(table.hashed[:, :WORD_SLOTS] @ self.weights)


def shares(chances: np.ndarray) -> np.ndarray:
    """Of the (n,) chances that an essay's sentences carry an aspect: what each counts towards the essay's grade."""
    return chances / max(float(chances.sum()), FULL)
