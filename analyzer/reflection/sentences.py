"""What each sentence does in its essay: one of ten labels, with a calibrated probability.

Two readers (one of vectors, one of words and characters) give probabilities; a third reads both, the neighbours'
and the essay's as a whole, and decides. All three are multinomial or one-against-rest logistic regressions. Beside
them small networks read the essay at once (network.py); they err elsewhere, and the mean of both errs less. Boosted trees
(trees.py) then look once more at what the mean says of a sentence and of those around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analyzer.essay import Sentence
from analyzer.parallel import each
from analyzer.reflection.features import SentenceTable, build_table
from analyzer.reflection.formulaic import FORMULAIC_FROM, FormulaicModel, earned
from analyzer.reflection.network import ContextNetwork, dense_inputs
from analyzer.reflection.reflection import ASPECTS, LABELS, LabelledSentence
from analyzer.reflection.trees import BoostedTrees, tree_features
from analyzer.reflection.wording import WordingModel

COMPONENTS, NEIGHBOUR_COMPONENTS = 128, 48
"""Principal components of the sentence's own vector and of each neighbour's."""

AT_ONCE = 250
"""Essays labelled at once: tables of words and characters take 0.5 MB an essay."""

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
    formulaic: FormulaicModel | None = None
    trees: BoostedTrees | None = None
    counting_trees: BoostedTrees | None = None
    """For essays without their formulaic sentences."""
    wording: WordingModel | None = None
    """None of these four in a model that only labels."""

    def probabilities(
        self, table: SentenceTable, chance: np.ndarray | None = None, trees: BoostedTrees | None = None
    ) -> np.ndarray:
        """(n, len(LABELS)), rows sum to 1; ``chance`` (n,) of being formulaic, asked for by the trees."""
        by_vector = softmax(vector_features(table, self.mean, self.components) @ self.vector_weights + self.vector_intercept)
        by_words = one_against_rest(np.asarray(table.hashed @ self.word_weights) + self.word_intercept)
        by_readers = softmax(final_features(table, by_vector, by_words) @ self.final_weights + self.final_intercept)
        dense = dense_inputs(table, self.mean, self.components)
        by_networks = sum(softmax(network.scores(table, dense)) for network in self.networks) / len(self.networks)
        mean = (by_readers + by_networks) / 2
        return mean if trees is None else looked_at_again(table, mean, chance, trees)


def looked_at_again(table: SentenceTable, probabilities: np.ndarray, chance: np.ndarray, trees: BoostedTrees) -> np.ndarray:
    """What the trees make of the probabilities, and a third of what these were."""
    return (probabilities + 2 * softmax(trees.scores(tree_features(table, probabilities, chance)))) / 3


def read_twice(table: SentenceTable, model: LabelModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, len(LABELS)) twice: of the essays as they stand, which labels best, and without their formulaic sentences (set
    phrases, pledges, cue words), for the level; and (n,) the chance of each sentence to be formulaic.

    However many formulaic sentences stand before, between or behind, the rest then stands in the same place among the same
    neighbours. What they hold themselves does not count: see ``earned``.
    """
    chance = model.formulaic.chance(table)
    first, own = model.probabilities(table, chance, model.trees), chance < FORMULAIC_FROM
    second = first.copy()
    if own.any():
        second[own] = model.probabilities(table.only(own), chance[own], model.counting_trees)
    return first, second, chance


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
    """For each essay its labelled sentences, and what counts for the level, (sentences, len(LABELS) + len(ASPECTS)):
    probabilities, and the merit of each sentence's wording for each aspect.

    Probabilities may differ: set phrases around a sentence help to label it, but must not move the level (``read_twice``).

    Parameters
    ----------
    essays : sentences of each essay, in order.
    vectors : for each essay (sentences, d) rows of the default encoder.
    """
    filled = [k for k, sentences in enumerate(essays) if len(sentences)]
    found: list = [((), np.zeros((0, len(LABELS) + len(ASPECTS))))] * len(essays)
    parts = [filled[start : start + AT_ONCE] for start in range(0, len(filled), AT_ONCE)]
    said = (([essays[k] for k in part], [vectors[k] for k in part]) for part in parts)
    for labelled, part in zip(each(partial(_label, model=model), said), parts):
        for k, one in zip(part, labelled):
            found[k] = one
    return found


def _label(
    part: tuple[list[Sequence[Sentence]], list[np.ndarray]], model: LabelModel
) -> list[tuple[tuple[LabelledSentence, ...], np.ndarray]]:
    essays, vectors = part
    first = [_first_said(sentences) for sentences in essays]
    once = [np.unique(rows) for rows in first]
    table = build_table(
        [[sentences[i] for i in rows] for sentences, rows in zip(essays, once)], [own[rows] for own, rows in zip(vectors, once)]
    )
    ends = np.cumsum([len(rows) for rows in once])[:-1]
    labelling, counting, chance = read_twice(table, model)
    counting = np.hstack([earned(counting, chance), model.wording.merits(table)])
    found = []
    for sentences, at, own, labels, counts in zip(essays, once, first, np.split(labelling, ends), np.split(counting, ends)):
        again = np.searchsorted(at, own)
        said, rows = labels[again], counts[again]
        found.append((tuple(
            LabelledSentence(s.start, s.end, LABELS[label], round(chance, 4))
            for s, label, chance in zip(sentences, said.argmax(axis=1).tolist(), said.max(axis=1).tolist())
        ), rows))
    return found


def _first_said(sentences: Sequence[Sentence]) -> np.ndarray:
    """(sentences,) where each sentence's text stands first: what is said again is not read in a new light."""
    place: dict[str, int] = {}
    return np.array([place.setdefault(sentence.text, k) for k, sentence in enumerate(sentences)])
