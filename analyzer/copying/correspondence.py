"""Which sentences of two texts go with each other, once something speaks for the pair of texts.

Every pair of sentences is judged by what they share in characters, words and meaning; then judged again by the verdict
on its neighbours, since a copy goes on where it began; and the two texts are related if what goes together adds up.
All features are the same whichever text comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.align import runs
from analyzer.copying.document import Document
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import FEATURES, SentenceSpace
from analyzer.copying.rewording import Chain
from analyzer.copying.second import SecondOpinion

SENTENCE_FEATURES = (
    "odds", "covered_less", "covered_more", "weight", "longest_run", "alike", "contained", "length", "length_ratio",
    "cosine", "words", "bigrams", "common", "margin_less", "margin_more", "in_chain", "evidence", "chance",
    "odds_if_covered", "covered_both", "weight_if_covered", "both_open", "both_close", "one_opens", "one_closes",
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
    """(n, m, len(SENTENCE_FEATURES)) float64; with SECOND_FEATURES behind where there is a second encoder."""

    def feature(self, name: str) -> np.ndarray:
        """(n, m)."""
        return self.features[..., SENTENCE_FEATURES.index(name)]


def correspond(
    a: Document, others: Sequence[Document], space: SentenceSpace, weights: np.ndarray, model: Logistic,
    chains: Sequence[Chain], evidence: Sequence[float], chances: Sequence[float],
    second: SecondOpinion | None = None,
) -> list[Correspondence]:
    """What speaks for each pair of sentences of ``a`` and each of ``others``; all ``chains`` begin at one document.

    Parameters
    ----------
    weights : commonness weights of ``a``'s k-grams.
    model : of two sentences: one passage in other words?
    chains : one for each of ``others``, not without unquoted sentences.
    evidence : for each of ``others``, weighted shared k-grams of the two texts.
    chances : for each of ``others``, probability that the chain is a reworded copy.
    second : on the sentences of ``space``.
    """
    rows, columns = space.rows(chains[0].a), [space.rows(chain.b) for chain in chains]
    cuts = np.cumsum([len(c) for c in columns])[:-1]
    beside = lambda values: np.split(values, cuts, axis=1)  # of each of the others, from all their columns side by side
    meaning = space.features(rows, np.concatenate(columns)).astype(float)
    of_meaning = lambda name: meaning[..., FEATURES.index(name)]
    odds = np.clip(model.log_odds(meaning), -ODDS, ODDS)
    kept, kept_others = space.sentence[rows], [space.sentence[c] for c in columns]
    shared = [_shared_characters(a, b, weights, kept, theirs) for b, theirs in zip(others, kept_others)]
    less, more, weight, longest = (np.concatenate(values, axis=1) for values in zip(*shared))
    contents = [b.contents[k] for b, theirs in zip(others, kept_others) for k in theirs]
    alike, contained, length, ratio = _likeness([a.contents[k] for k in kept], contents)
    in_chain = np.zeros(odds.shape)
    for chain, columns_before in zip(chains, (0, *cuts)):
        for row, column in chain.path:
            in_chain[row, columns_before + column] = 1
    logit = np.clip(np.log((np.array(chances) + 1e-9) / (1 - np.array(chances) + 1e-9)), -6, 6)
    of_pair = lambda values: np.broadcast_to(np.repeat(values, [len(c) for c in columns]), odds.shape)
    features = np.stack([
        odds, less, more, np.log1p(weight), np.log1p(longest), alike, contained, np.log(length), np.log(ratio),
        of_meaning("cosine"), of_meaning("words"), of_meaning("bigrams"), of_meaning("common_sum") / 2, *_margins(beside(odds + 8 * more)), in_chain,
        of_pair(np.log1p(evidence)), of_pair(logit), odds * (more > 0.1), less * more, more * np.log1p(weight),
        *_where_all_write_alike(a, others, kept, kept_others),
    ], axis=-1)
    if second:
        centred, csls = second.similarities(rows, np.concatenate(columns))
        features = np.concatenate([features, np.stack([centred, csls, *_margins(beside(csls))], axis=-1)], axis=-1)
    return [Correspondence(a, b, kept, theirs, part) for b, theirs, part in zip(others, kept_others, beside(features))]


def _where_all_write_alike(
    a: Document, others: Sequence[Document], kept: np.ndarray, kept_others: Sequence[np.ndarray]
) -> Iterator[np.ndarray]:
    """(n, m) each: both sentences open their texts, both close them, one at least opens, one at least closes."""
    ends = [(kept == 0, np.concatenate([theirs == 0 for theirs in kept_others])),
            (kept == len(a.sentences) - 1,
             np.concatenate([theirs == len(b.sentences) - 1 for b, theirs in zip(others, kept_others)]))]
    for among in (np.logical_and, np.logical_or):
        for mine, theirs in ends:
            yield among(mine[:, None], theirs[None]).astype(float)


def _shared_characters(
    a: Document, b: Document, weights: np.ndarray, kept_a: np.ndarray, kept_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each pair of kept sentences: share of either covered by shared runs (less, more), weight of the k-grams in
    them, longest run."""
    n, m = len(a.sentences), len(b.sentences)
    sentence_a, sentence_b = a.sentence_of, b.sentence_of
    weight, longest, covered_a, covered_b = np.zeros((4, n * m))
    found = runs(a.hashes, b.hashes, b.order)
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


def stacked(arrays: Sequence[np.ndarray], empty: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """(p, n, m) of p arrays (n_k, m_k), filled up with ``empty``; and (p, 2) what each had."""
    shapes = np.array([array.shape for array in arrays])
    block = np.full((len(arrays), *shapes.max(axis=0)), empty, arrays[0].dtype)
    for part, array in zip(block, arrays):
        part[: array.shape[0], : array.shape[1]] = array
    return block, shapes


def unstacked(block: np.ndarray, like: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The parts of a (p, n, m, …) block that are not filled up, for arrays that are (n_k, m_k, …)."""
    return [part[: array.shape[0], : array.shape[1]] for part, array in zip(block, like)]


def _margins(scores: Sequence[np.ndarray]) -> list[np.ndarray]:
    """By how much each pair of sentences beats the best other one of either sentence, less and more; the p texts side by side."""
    total, _ = stacked(scores, -np.inf)
    return [np.concatenate(unstacked(values, scores), axis=1) for values in
            np.sort([_margin(total, -2), _margin(total, -1)], axis=0)]


def _margin(score: np.ndarray, axis: int) -> np.ndarray:
    """By how much each of (p, n, m) beats the best other one along the axis; 2 where there is no other (-inf)."""
    other = _best_other(score, axis, -np.inf)
    return np.where(np.isfinite(other) & np.isfinite(score), score - np.where(np.isfinite(other), other, 0), 2.0)


def neighbour_features(chances: Sequence[np.ndarray]) -> list[np.ndarray]:
    """(n, m, len(NEIGHBOUR_FEATURES)) for each pair of texts, from the (n, m) probabilities of the first look."""
    first, shapes = stacked(chances)
    at = _seen_from(first)
    odds = np.clip(first, 1e-4, 1 - 1e-4)
    before, after = at(-1, -1), at(1, 1)
    near_before = np.max([at(*d) for d in ((-1, -2), (-2, -1), (-2, -2), (-1, 0), (0, -1))], axis=0)
    near_after = np.max([at(*d) for d in ((1, 2), (2, 1), (2, 2), (1, 0), (0, 1))], axis=0)
    rivals = np.sort([_best_other(first, -2), _best_other(first, -1)], axis=0)
    row, column = first.max(axis=-1, keepdims=True), first.max(axis=-2, keepdims=True)
    shares = np.sort([row.sum(axis=(1, 2)) / shapes[:, 0], column.sum(axis=(1, 2)) / shapes[:, 1]], axis=0)[..., None, None]
    of_row, of_column = _seen_from(row), _seen_from(column)
    sides = [(of_row(-1, 0), of_row(1, 0)), (of_column(0, -1), of_column(0, 1))]
    whole = lambda values: np.broadcast_to(values, first.shape)
    enclosed = np.sort([whole(x * y) for x, y in sides], axis=0)
    beside = np.sort([whole(np.maximum(x, y)) for x, y in sides], axis=0)
    return unstacked(np.stack([
        np.log(odds / (1 - odds)), before, after, near_before, near_after, before * after, np.maximum(at(-1, 1), at(1, -1)),
        *rivals, *(whole(share) for share in shares), *enclosed, *beside,
    ], axis=-1), chances)


def _seen_from(values: np.ndarray) -> Callable[[int, int], np.ndarray]:
    """(i, j) → the (…, n, m) values moved by (-i, -j), at most two steps; 0 beyond the edges."""
    n, m = values.shape[-2:]
    padded = np.zeros((*values.shape[:-2], n + 4, m + 4), values.dtype)
    padded[..., 2:-2, 2:-2] = values
    return lambda i, j: padded[..., 2 + i : 2 + i + n, 2 + j : 2 + j + m]


def _best_other(values: np.ndarray, axis: int, none: float = 0.0) -> np.ndarray:
    """The best other value along the axis; ``none`` where there is no other."""
    if values.shape[axis] < 2:
        return np.full(values.shape, none)
    second, best = np.moveaxis(np.partition(values, (-2, -1), axis=axis), axis, 0)[-2:]
    second, best = np.expand_dims(second, axis), np.expand_dims(best, axis)
    return np.where(values == best, second, best)


def pair_features(pair: Correspondence, chance: np.ndarray) -> np.ndarray:
    """(len(PAIR_FEATURES),) of the two texts, from the (n, m) final probabilities of their sentences."""
    shares = np.sort([chance.max(axis=1).mean(), chance.max(axis=0).mean()])
    return np.array([
        pair.feature("evidence")[0, 0], pair.feature("chance")[0, 0], chance.max(), np.log1p(chance[chance >= 0.3].sum()),
        (chance * _seen_from(chance)(1, 1)).max(), *shares, (chance * (0.6 - pair.feature("common"))).sum(),
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

    def sentences(self, pairs: Sequence[Correspondence]) -> list[np.ndarray]:
        """For each pair of texts (n, m): probability that each pair of sentences is one passage."""
        first = [self.alone.probability(pair.features) for pair in pairs]
        around = neighbour_features(first)
        return [self.among.probability(np.concatenate([pair.features, near], axis=-1)) for pair, near in zip(pairs, around)]

    def texts(self, pair: Correspondence, chance: np.ndarray) -> float:
        """Probability that the two texts share a passage at all."""
        return float(self.related.probability(pair_features(pair, chance)))


TOGETHER = 0.2
"""Probability from which two sentences go together: below even, since a missed sentence also cuts a passage; at the edges of a
passage more is asked (``passages.SURE``)."""

BETWEEN = 0.1
"""The same for two sentences that stand between others that go together."""


def together(chances: Sequence[np.ndarray]) -> list[np.ndarray]:
    """(n, m) bool for each pair of texts: which sentences go together, from their probabilities; gaps inside a passage
    are filled."""
    block, _ = stacked(chances)
    chosen = block >= TOGETHER
    while True:
        at = _seen_from(chosen)
        before, after = (
            np.any([at(way * i, way * j) for i, j in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))], axis=0) for way in (-1, 1))
        filled = chosen | ((block >= BETWEEN) & before & after)
        if (filled == chosen).all():
            return unstacked(chosen, chances)
        chosen = filled
