"""A second opinion on sentences of texts that are looked at closely: how near a stronger, slower encoder finds them (an option).

It is asked only where something speaks for a pair of texts already, and heard beside the first encoder, not in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.document import Document
from analyzer.copying.meaning import TYPICAL, SentenceSpace, surroundings
from analyzer.copying.middle import Middle, middle
from analyzer.resources import resource
from analyzer.text.encode import Vectors

Encode = Callable[[Sequence[str]], Vectors]
"""Sentences to their rows by the second encoder."""

SECOND_FEATURES = ("second_centred", "second_csls", "second_margin_less", "second_margin_more")
"""Of two sentences, behind ``correspondence.SENTENCE_FEATURES``. None is a plain cosine, whose level is each encoder's own."""


@dataclass(frozen=True)
class SecondOpinion:
    """What the second encoder says of n sentences, those of a ``SentenceSpace``."""

    vectors: Vectors | np.ndarray
    """(n, d) unit rows"""
    middle: Middle
    hubness: np.ndarray
    """(n,) mean centred cosine to the nearest sentences of other documents"""

    def of(self, rows: np.ndarray) -> SecondOpinion:
        return SecondOpinion(self.vectors[rows], self.middle.of(rows), self.hubness[rows])

    def similarities(self, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(len(a), len(b)) twice for the sentences in rows ``a`` against those in rows ``b``: centred cosine, CSLS."""
        centred = self.middle.taken_away(self.vectors[a] @ self.vectors[b].T, a, b).astype(float)
        return centred, 2 * centred - self.hubness[a][:, None] - self.hubness[b][None]


def second_opinion(documents: Sequence[Document], space: SentenceSpace, asked: Sequence[int], encode: Encode) -> SecondOpinion:
    """On all sentences of ``space``; only those of the documents ``asked`` are encoded, the others' rows mean nothing."""
    rows = np.concatenate([space.rows(d) for d in asked])
    encoded = encode([documents[d].readings[s] for d in asked for s in space.sentence[space.rows(d)]])
    owner = np.unique(space.document[rows], return_inverse=True)[1]
    different = Vectors(encoded.unique, np.arange(len(encoded.unique)))
    others = _background(encode) if len(rows) < TYPICAL else np.zeros((0, encoded.shape[1]), np.float32)
    around = surroundings(different, encoded.index, owner, len(asked), others)
    everywhere = lambda values: np.bincount(rows, values, len(space.document)).astype(np.asarray(values).dtype)
    own = middle(different, around.mean).of(encoded.index)
    apart = np.ones(len(space.document), np.float32)
    apart[rows] = own.apart
    return SecondOpinion(Vectors(encoded.unique, everywhere(encoded.index)), Middle(everywhere(own.along), apart, own.square),
                         everywhere(around.hubness))


def _background(encode: Encode) -> np.ndarray:
    """(about TYPICAL, d) rows of sentences of other campaigns, spread over all that are shipped: no more, since encoding is slow; always
    the same, since what was encoded once is kept."""
    lines = resource("models", "copying", "background.txt").read_text(encoding="utf-8").splitlines()
    return encode(lines[:: len(lines) // TYPICAL])[:]
