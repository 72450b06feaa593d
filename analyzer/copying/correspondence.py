"""Which sentences of two texts go with each other, once something speaks for the pair of texts.

Every pair of sentences is judged by what they share in characters, words and meaning; then judged again by the verdict
on its neighbours, since a copy goes on where it began; and the two texts are related if what goes together adds up.
All features are the same whichever text comes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzer.copying.align import runs
from analyzer.copying.document import Document
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import FEATURES, SentenceSpace
from analyzer.copying.rewording import Chain

SENTENCE_FEATURES = (
    "odds", "covered_less", "covered_more", "weight", "longest_run", "alike", "contained", "length", "length_ratio",
    "cosine", "words", "bigrams", "common", "margin_less", "margin_more", "in_chain", "evidence", "chance",
    "odds_if_covered", "covered_both", "weight_if_covered",
)
NEIGHBOUR_FEATURES = (
    "odds_alone", "before", "after", "near_before", "near_after", "before_and_after", "crossing", "rival_less",
    "rival_more", "share_less", "share_more", "enclosed_less", "enclosed_more", "beside_less", "beside_more",
)
PAIR_FEATURES = ("evidence", "chance", "surest", "together", "row", "share_less", "share_more", "rare", "elsewhere")

ODDS = 10.0
"""Log odds of two sentences are cut off here: beyond, they are certain."""


@dataclass(frozen=True)
class Correspondence:
    """Two documents seen sentence by sentence; rows are unquoted sentences of ``a``, columns those of ``b``."""

    a: Document
    """Of the batch."""
    b: Document
    rows: np.ndarray
    """(n,) indices of sentences of ``a``."""
    columns: np.ndarray
    """(m,) indices of sentences of ``b``."""
    features: np.ndarray
    """(n, m, len(SENTENCE_FEATURES)) float64."""

    def feature(self, name: str) -> np.ndarray:
        """(n, m)."""
        return self.features[..., SENTENCE_FEATURES.index(name)]


def correspond(
    a: Document, b: Document, space: SentenceSpace, weights: np.ndarray, model: Logistic,
    chain: Chain, evidence: float, chance: float,
) -> Correspondence:
    """What speaks for each pair of sentences of documents ``chain.a`` and ``chain.b``.

    Parameters
    ----------
    weights : commonness weights of ``a``'s k-grams.
    model : of two sentences: one passage in other words?
    evidence : weighted shared k-grams of the two texts.
    chance : probability that the chain between them is a reworded copy.
    """
    rows, columns = space.rows(chain.a), space.rows(chain.b)
    meaning = space.features(rows, columns).astype(float)
    of_meaning = lambda name: meaning[..., FEATURES.index(name)]
    odds = np.clip(model.log_odds(meaning), -ODDS, ODDS)
    kept_a, kept_b = space.sentence[rows], space.sentence[columns]
    less, more, weight, longest = _shared_characters(a, b, weights, kept_a, kept_b)
    alike, contained, length, ratio = _likeness([a.contents[k] for k in kept_a], [b.contents[k] for k in kept_b])
    total = odds + 8 * more
    margins = np.sort([_margin(total, 0), _margin(total, 1)], axis=0)
    in_chain = np.zeros(odds.shape)
    for row, column in chain.path:
        in_chain[row, column] = 1
    logit = np.clip(np.log((chance + 1e-9) / (1 - chance + 1e-9)), -6, 6)
    features = np.stack([
        odds, less, more, np.log1p(weight), np.log1p(longest), alike, contained, np.log(length), np.log(ratio),
        of_meaning("cosine"), of_meaning("words"), of_meaning("bigrams"), of_meaning("common_sum") / 2, *margins, in_chain,
        np.full(odds.shape, np.log1p(evidence)), np.full(odds.shape, logit),
        odds * (more > 0.1), less * more, more * np.log1p(weight),
    ], axis=-1)
    return Correspondence(a, b, kept_a, kept_b, features)


def _shared_characters(
    a: Document, b: Document, weights: np.ndarray, kept_a: np.ndarray, kept_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each pair of kept sentences: share of either covered by shared runs (less, more), weight of the k-grams in
    them, longest run."""
    n, m = len(a.sentences), len(b.sentences)
    sentence_a, sentence_b = a.sentence_of, b.sentence_of
    weight, longest, covered_a, covered_b = np.zeros((4, n * m))
    found = runs(a.hashes, b.hashes)
    if len(found):
        number = np.repeat(np.arange(len(found)), found[:, 2])
        within = np.arange(len(number)) - np.repeat(np.cumsum(found[:, 2]) - found[:, 2], found[:, 2])
        at_a, at_b = found[number, 0] + within, found[number, 1] + within
        inside = (sentence_a[at_a] >= 0) & (sentence_b[at_b] >= 0)
        number, at_a, at_b = number[inside], at_a[inside], at_b[inside]
        cell = sentence_a[at_a] * m + sentence_b[at_b]
        here, where = np.divmod(np.unique(cell * len(sentence_a) + at_a), len(sentence_a))
        covered_a = np.bincount(here, minlength=n * m)
        weight = np.bincount(here, np.append(weights, np.zeros(len(sentence_a)))[where], n * m)
        covered_b = np.bincount(np.unique(cell * len(sentence_b) + at_b) // len(sentence_b), minlength=n * m)
        piece, length = np.unique(cell * len(found) + number, return_counts=True)
        np.maximum.at(longest, piece // len(found), length)
    size_a, size_b = (np.maximum(1, document.content_lengths) for document in (a, b))
    kept = lambda values: values.reshape(n, m)[np.ix_(kept_a, kept_b)]
    share_a, share_b = kept(covered_a) / size_a[kept_a, None], kept(covered_b) / size_b[None, kept_b]
    return np.minimum(share_a, share_b), np.maximum(share_a, share_b), kept(weight), kept(longest)


def _likeness(a: list[str], b: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(n, m) each: indel similarity; share of the shorter that is in the longer, in order; shorter length; length ratio."""
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    distance = cdist(a, b, scorer=Indel.distance, dtype=np.int32).astype(float)
    x, y = np.array([len(t) for t in a], float)[:, None], np.array([len(t) for t in b], float)[None]
    shorter, longer = np.maximum(1, np.minimum(x, y)), np.maximum(1, np.maximum(x, y))
    return 1 - distance / np.maximum(1, x + y), (x + y - distance) / 2 / shorter, shorter, longer / shorter


def _margin(score: np.ndarray, axis: int) -> np.ndarray:
    """By how much each beats the best other one along the axis; 2 where there is no other."""
    return score - _best_other(score, axis) if score.shape[axis] > 1 else np.full(score.shape, 2.0)


def neighbour_features(first: np.ndarray) -> np.ndarray:
    """(n, m, len(NEIGHBOUR_FEATURES)) from the (n, m) probabilities of the first look."""
    at = lambda i, j: _shifted(first, i, j)
    odds = np.clip(first, 1e-4, 1 - 1e-4)
    before, after = at(-1, -1), at(1, 1)
    near_before = np.max([at(*d) for d in ((-1, -2), (-2, -1), (-2, -2), (-1, 0), (0, -1))], axis=0)
    near_after = np.max([at(*d) for d in ((1, 2), (2, 1), (2, 2), (1, 0), (0, 1))], axis=0)
    rivals = np.sort([_best_other(first, 0), _best_other(first, 1)], axis=0)
    row, column = first.max(axis=1, keepdims=True), first.max(axis=0, keepdims=True)
    shares = np.sort([row.mean(), column.mean()])
    sides = [(_shifted(row, -1, 0), _shifted(row, 1, 0)), (_shifted(column, 0, -1), _shifted(column, 0, 1))]
    enclosed = np.sort([np.broadcast_to(x * y, first.shape) for x, y in sides], axis=0)
    beside = np.sort([np.broadcast_to(np.maximum(x, y), first.shape) for x, y in sides], axis=0)
    return np.stack([
        np.log(odds / (1 - odds)), before, after, near_before, near_after, before * after, np.maximum(at(-1, 1), at(1, -1)),
        *rivals, *(np.full(first.shape, share) for share in shares), *enclosed, *beside,
    ], axis=-1)


def _shifted(values: np.ndarray, i: int, j: int) -> np.ndarray:
    """``values`` seen from (-i, -j): 0 beyond the edges."""
    n, m = values.shape
    padded = np.pad(values, 2)
    return padded[2 + i : 2 + i + n, 2 + j : 2 + j + m]


def _best_other(values: np.ndarray, axis: int) -> np.ndarray:
    """The best other value along the axis; 0 where there is no other."""
    if values.shape[axis] < 2:
        return np.zeros(values.shape)
    second, best = np.moveaxis(np.partition(values, (-2, -1), axis=axis), axis, 0)[-2:]
    second, best = np.expand_dims(second, axis), np.expand_dims(best, axis)
    return np.where(values == best, second, best)


def pair_features(pair: Correspondence, chance: np.ndarray) -> np.ndarray:
    """(len(PAIR_FEATURES),) of the two texts, from the (n, m) final probabilities of their sentences."""
    shares = np.sort([chance.max(axis=1).mean(), chance.max(axis=0).mean()])
    return np.array([
        pair.feature("evidence")[0, 0], pair.feature("chance")[0, 0], chance.max(), np.log1p(chance[chance >= 0.3].sum()),
        (chance * _shifted(chance, 1, 1)).max(), *shares, (chance * (0.6 - pair.feature("common"))).sum(),
        float(pair.b.where != "batch"),
    ])


@dataclass(frozen=True)
class CorrespondenceModel:
    """Three logistic models; models/copying/train.py fits them in this order."""

    alone: Logistic
    """Of two sentences by themselves."""
    among: Logistic
    """Of two sentences, by the features of ``alone`` and the neighbours'."""
    related: Logistic
    """Of two texts: does one hold a passage of the other?"""

    def sentences(self, pair: Correspondence) -> np.ndarray:
        """(n, m) probability that each pair of sentences is one passage."""
        first = self.alone.probability(pair.features)
        return self.among.probability(np.concatenate([pair.features, neighbour_features(first)], axis=-1))

    def texts(self, pair: Correspondence, chance: np.ndarray) -> float:
        """Probability that the two texts share a passage at all."""
        return float(self.related.probability(pair_features(pair, chance)))


TOGETHER = 0.4
"""Probability from which two sentences go together: a little below even, since a missed sentence also cuts a passage."""

BETWEEN = 0.1
"""The same for two sentences that stand between others that go together."""


def together(chance: np.ndarray) -> np.ndarray:
    """(n, m) bool: which pairs of sentences go together, from their probabilities; gaps inside a passage are filled."""
    chosen = chance >= TOGETHER
    while True:
        before, after = (
            np.any([_shifted(chosen, way * i, way * j) for i, j in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))], axis=0)
            for way in (-1, 1))
        filled = chosen | ((chance >= BETWEEN) & before & after)
        if (filled == chosen).all():
            return chosen
        chosen = filled
