"""What each sentence does in its essay: one of ten labels, with a calibrated probability.

Two readers (one of vectors, one of words and characters) give probabilities; a third reads both, the neighbours'
and the essay's as a whole, and decides. All three are multinomial or one-against-rest logistic regressions. Beside
them small networks read the essay at once (network.py); they err elsewhere, and the mean of both errs less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.essay import Sentence
from analyzer.reflection.features import SentenceTable, Wording, build_table
from analyzer.reflection.formulaic import earning_nothing
from analyzer.reflection.network import ContextNetwork, dense_inputs
from analyzer.reflection.reflection import LABELS, LabelledSentence

COMPONENTS, NEIGHBOUR_COMPONENTS = 128, 48
"""Principal components of the sentence's own vector and of each neighbour's."""

AT_ONCE = 1000
"""Essays labelled at once: their tables of words and characters are large."""

EMPTY, EMPTY_FROM = [LABELS.index("slogan"), LABELS.index("pledge")], 0.5
"""Labels of what says nothing of the writer's own, and how sure a first reading must be of them."""

VECTOR_SCALE = 4.0
"""Vectors are unit rows; times this they weigh about as much as the place features."""


@dataclass(frozen=True)
class LabelModel:
    """Everything that labels a sentence; models/reflection/train.py fits it."""

    mean: np.ndarray
    """(d,) of the vectors."""
    components: np.ndarray
    """(COMPONENTS, d) principal directions."""
    vector_weights: np.ndarray
    vector_intercept: np.ndarray
    word_weights: np.ndarray
    """(slots, labels)"""
    word_intercept: np.ndarray
    final_weights: np.ndarray
    final_intercept: np.ndarray
    networks: tuple[ContextNetwork, ...]

    def probabilities(self, table: SentenceTable) -> np.ndarray:
        """(n, len(LABELS)), rows sum to 1."""
        by_vector = softmax(vector_features(table, self.mean, self.components) @ self.vector_weights + self.vector_intercept)
        by_words = one_against_rest(np.asarray(table.hashed @ self.word_weights) + self.word_intercept)
        by_readers = softmax(final_features(table, by_vector, by_words) @ self.final_weights + self.final_intercept)
        dense = dense_inputs(table, self.mean, self.components)
        by_networks = sum(softmax(network.scores(table, dense)) for network in self.networks) / len(self.networks)
        return (by_readers + by_networks) / 2


def read_twice(table: SentenceTable, model: LabelModel) -> tuple[np.ndarray, np.ndarray]:
    """(n, len(LABELS)) twice: of the essays as they stand, which labels best, and as they count for the level.

    For that, what remains when slogans and pledges are taken out is read again without them: however many of them stand
    before, between or behind, the rest then stands in the same place among the same neighbours.
    """
    first = model.probabilities(table)
    full = first[:, EMPTY].sum(axis=1) <= EMPTY_FROM
    if full.all() or not full.any():
        return first, first
    second = first.copy()
    second[full] = model.probabilities(table.only(full))
    return first, second


def vector_features(table: SentenceTable, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    own = VECTOR_SCALE * ((table.vectors - mean) @ components.T)
    near = own[:, :NEIGHBOUR_COMPONENTS]
    return np.hstack([own, table.neighbour(near, 1), table.neighbour(near, -1), table.place])


def final_features(table: SentenceTable, by_vector: np.ndarray, by_words: np.ndarray) -> np.ndarray:
    log = lambda p: np.log(np.clip(p, 1e-4, 1))
    both = log((by_vector + by_words) / 2)
    return np.hstack([
        log(by_vector), log(by_words), table.neighbour(both, 1), table.neighbour(both, -1),
        0.5 * table.neighbour(both, 2), 0.5 * table.neighbour(both, -2),
        4 * table.essay_mean((by_vector + by_words) / 2), table.place,
    ])


def softmax(scores: np.ndarray) -> np.ndarray:
    exponent = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponent / exponent.sum(axis=1, keepdims=True)


def one_against_rest(scores: np.ndarray) -> np.ndarray:
    chance = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return chance / np.maximum(chance.sum(axis=1, keepdims=True), 1e-9)


def label_sentences(
    essays: Sequence[Sequence[Sentence]], vectors: Sequence[np.ndarray], model: LabelModel
) -> list[tuple[tuple[LabelledSentence, ...], np.ndarray]]:
    """For each essay its labelled sentences, and (sentences, len(LABELS)) probabilities as they count for the level.

    These may differ: set phrases around a sentence help to label it, but must not move the level (``read_twice``), and
    formulaic sentences (formulaic.py) are labelled, but hold nothing that counts.

    Parameters
    ----------
    essays : sentences of each essay, in order.
    vectors : for each essay (sentences, d) rows of the default encoder.
    """
    filled = [k for k, sentences in enumerate(essays) if len(sentences)]
    found: list = [((), np.zeros((0, len(LABELS))))] * len(essays)
    if not filled:
        return found
    for start in range(0, len(filled), AT_ONCE):
        _label(essays, vectors, model, filled[start : start + AT_ONCE], found)
    return found


def _label(essays, vectors, model: LabelModel, filled: list[int], found: list) -> None:
    wording = Wording.of(s.text for k in filled for s in essays[k])
    first = {k: _first_said(essays[k]) for k in filled}
    hollow = {k: wording.formulaic[wording.rows([s.text for s in essays[k]])] for k in filled}
    once = [np.unique(first[k]) for k in filled]
    read = [rows[~hollow[k][rows]] for k, rows in zip(filled, once)]
    alone = [rows[hollow[k][rows]] for k, rows in zip(filled, once)]
    own = [vectors[k] for k in filled]
    table = build_table(
        [[essays[k][i] for i in rows] for k, rows in zip(filled, read)], [v[rows] for v, rows in zip(own, read)], wording
    )
    labelling, counting = read_twice(table, model)
    apart = _read_alone([essays[k][i] for k, rows in zip(filled, alone) for i in rows],
                        [v[[i]] for v, rows in zip(own, alone) for i in rows], wording, model)
    by_essay = lambda values, of: np.split(values, np.cumsum([len(rows) for rows in of])[:-1])
    for k, at, at_alone, labels, counts, labels_alone in zip(
        filled, read, alone, by_essay(labelling, read), by_essay(counting, read), by_essay(apart, alone)
    ):
        said, rows = np.zeros((2, len(essays[k]), len(LABELS)))
        said[at], said[at_alone] = labels, labels_alone
        rows[at], rows[at_alone] = counts, earning_nothing(labels_alone)
        said, rows = said[first[k]], rows[first[k]]
        labelled = tuple(
            LabelledSentence(s.start, s.end, LABELS[label], round(chance, 4))
            for s, label, chance in zip(essays[k], said.argmax(axis=1).tolist(), said.max(axis=1).tolist())
        )
        found[k] = (labelled, rows)


def _read_alone(sentences: list[Sentence], vectors: list[np.ndarray], wording: Wording, model: LabelModel) -> np.ndarray:
    """(sentences, labels) of formulaic sentences, which shed no light on their neighbours."""
    if not sentences:
        return np.zeros((0, len(LABELS)))
    return model.probabilities(build_table([[s] for s in sentences], vectors, wording))


def _first_said(sentences: Sequence[Sentence]) -> np.ndarray:
    """(sentences,) where each sentence's text stands first: what is said again is not read in a new light."""
    place: dict[str, int] = {}
    return np.array([place.setdefault(sentence.text, k) for k, sentence in enumerate(sentences)])
