"""Formulaic self-examination: sentences in the genre's own words, with nothing in them that happened to anybody.

«我要深刻反思、深刻剖析，刀刃向内» names reflection and does none. A list of cue words knows the phrases that its writer
thought of; so sentences are told apart by what they mean and how they are put, each by itself: whatever stands around a
sentence, the answer is the same, and what is formulaic can be taken out before the rest is read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.reflection.features import SentenceTable
from analyzer.reflection.reflection import ASPECTS, LABELS

OWN_TO, FORMULAIC_FROM = 0.05, 0.2
"""Chances of being formulaic up to which a sentence counts in full, and from which for nothing; in proportion between them.
Levels are judged equally well with anything from 0.2 to 0.7 for the second."""

EARNING = [LABELS.index(label) for label in (*ASPECTS, "feeling")]
"""Labels that count towards the level."""


@dataclass(frozen=True)
class FormulaicModel:
    """Logistic regression; models/reflection/train.py fits it."""

    vector_weights: np.ndarray
    """(d,)"""
    word_weights: np.ndarray
    """(slots,) of the table's words and characters."""
    intercept: np.ndarray

    def chance(self, table: SentenceTable) -> np.ndarray:
        """(n,) how likely each sentence is formulaic."""
        score = table.vectors @ self.vector_weights + table.hashed @ self.word_weights + self.intercept
        return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


def earned(probabilities: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """(n, labels) with what counts towards the level lessened by how likely a sentence is formulaic."""
    left = probabilities.copy()
    left[:, EARNING] *= np.clip((FORMULAIC_FROM - chance) / (FORMULAIC_FROM - OWN_TO), 0, 1)[:, None]
    return left
