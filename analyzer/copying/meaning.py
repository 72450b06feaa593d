"""Do two sentences say the same in other words? What speaks for it, and a model of how much it speaks.

A threshold on the cosine cannot work: reworded sentences are no closer to their source (median 0.42 with the default
encoder) than two honest sentences on one topic (0.46). Each pair of sentences is therefore judged by how close it is
*for these two sentences*, by shared rare words, and by how common what they say is anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analyzer.copying.document import Document
from analyzer.copying.middle import Middle, middle
from analyzer.copying.neighbours import NEAREST, Near, search
from analyzer.copying.once import Once
from analyzer.copying.terms import character_rows, word_rows
from analyzer.parallel import in_threads
from analyzer.resources import resource
from analyzer.text.encode import DEFAULT_ENCODER, Encoder, Vectors, encode_once

BACKGROUND_NEAREST = 8
"""Neighbours in other campaigns that make a sentence's commonness."""

TYPICAL = 600
"""Sentences of the batches that the models were fitted on. A smaller batch is filled up with background sentences when
its mean and its neighbours are taken: ten nearest of twelve others would say nothing."""

FEW_DOCUMENTS = 150
"""Up to which every pair of documents is looked at, and every sentence set beside every other; beyond, near ones."""

FEATURES = ("cosine", "centred", "csls", "words", "bigrams", "length_difference", "length", "common_sum", "common_min")


@dataclass(frozen=True)
class SentenceSpace:
    """Every unquoted sentence of a comparison, with what is needed to judge any pair of them."""

    document: np.ndarray
    """(n,) index of the sentence's document."""
    sentence: np.ndarray
    """(n,) index of the sentence in its document."""
    vectors: np.ndarray
    """(n, d) float32 unit rows."""
    middle: Middle
    """Of all rows: gives centred cosines, in which what all say is taken out."""
    hubness: np.ndarray
    """(n,) mean centred cosine to the nearest sentences of other documents."""
    common: np.ndarray
    """(n,) mean cosine to the nearest sentences of other campaigns: high for 套话, low for an anecdote."""
    word_weights: Once
    """(n, w) csr, unit rows: tf-idf of words."""
    bigram_weights: Once
    """(n, b) csr, unit rows: tf-idf of characters and character pairs."""
    log_length: np.ndarray
    near: Near | None = None
    """Neighbours of every sentence, in a comparison of more than FEW_DOCUMENTS."""

    def rows(self, document: int) -> np.ndarray:
        """Rows of a document's sentences, in order."""
        low, high = np.searchsorted(self.document, [document, document + 1])
        return np.arange(low, high)

    def of(self, documents: Sequence[int]) -> SentenceSpace:
        """The space of these documents alone, numbered from 0 in this order; without neighbours."""
        rows = [self.rows(document) for document in documents]
        owner, rows = np.repeat(np.arange(len(rows)), [len(r) for r in rows]), np.concatenate(rows)
        return SentenceSpace(
            owner, self.sentence[rows], self.vectors[rows], self.middle.of(rows), self.hubness[rows], self.common[rows],
            self.word_weights[rows], self.bigram_weights[rows], self.log_length[rows])

    def features(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(len(a), len(b), len(FEATURES)) float32 for the sentences in rows ``a`` against those in rows ``b``."""
        cosine = self.vectors[a] @ self.vectors[b].T
        centred = self.middle.taken_away(cosine, a, b)
        csls = 2 * centred - self.hubness[a][:, None] - self.hubness[b][None]
        words_ = (self.word_weights[a] @ self.word_weights[b].T).toarray()
        bigrams = (self.bigram_weights[a] @ self.bigram_weights[b].T).toarray()
        x, y = self.log_length[a][:, None], self.log_length[b][None]
        c, d = self.common[a][:, None], self.common[b][None]
        return np.stack(
            [cosine, centred, csls, words_, bigrams, np.abs(x - y), np.minimum(x, y), c + d, np.minimum(c, d)], axis=-1
        ).astype(np.float32)


def build_space(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray], background: np.ndarray
) -> SentenceSpace:
    """The space of all unquoted sentences.

    Parameters
    ----------
    documents : what is compared.
    vectors : of all sentences of all documents in order, or for each document its (sentences, d) float32 unit rows.
    background : (b, d) unit rows of sentences from other campaigns.
    """
    vectors = as_vectors(documents, vectors)
    kept = [np.flatnonzero(~document.quoted_sentences()) for document in documents]
    owner = np.repeat(np.arange(len(documents)), [len(k) for k in kept])
    before = np.cumsum([0, *(len(document.sentences) for document in documents)])
    places = np.concatenate([before[d] + k for d, k in enumerate(kept)])
    stored, number = np.unique(vectors.index[places], return_inverse=True)
    texts: list[str] = [""] * len(stored)
    for row, text in zip(number.tolist(), (documents[d].readings[s] for d, k in enumerate(kept) for s in k)):
        texts[row] = text
    times = np.bincount(number)
    different = Vectors(vectors.unique, stored)
    around = surroundings(different, number, owner, len(documents), background)
    placed = Vectors(vectors.unique, stored[number])
    if around.near is None:
        placed = placed[:]
    return SentenceSpace(
        owner, np.concatenate(kept), placed, middle(different, around.mean).of(number), around.hubness,
        Once(nearest_mean(different, background), number),
        Once(word_rows(texts, times), number), Once(character_rows(texts, times), number),
        Once(log_lengths(texts), number), around.near,
    )


def as_vectors(documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray]) -> Vectors:
    """Rows given document by document as rows of different sentences."""
    if isinstance(vectors, Vectors):
        return vectors
    place: dict[str, int] = {}
    index = np.array([place.setdefault(reading, len(place)) for document in documents for reading in document.readings])
    first = np.unique(index, return_index=True)[1]
    return Vectors(np.concatenate([v for v in vectors if len(v)])[first], index)


@dataclass(frozen=True)
class Surroundings:
    """What no sentence shows by itself, only all of a comparison together."""

    mean: np.ndarray
    """(d,) float32: taken away, it leaves what not all say."""
    hubness: np.ndarray
    """(n,) float32"""
    near: Near | None
    """None in a comparison of up to FEW_DOCUMENTS."""


def surroundings(
    different: Vectors, number: np.ndarray, owner: np.ndarray, documents: int, background: np.ndarray
) -> Surroundings:
    """Of the different sentences (u rows), of which the n sentences of a comparison are those of ``number``, in documents
    ``owner`` (of so many)."""
    if documents > FEW_DOCUMENTS:
        mean = _mean(different, np.bincount(number))
        near = search(Vectors(different.unique, different.index, mean), number, owner)
        return Surroundings(mean, near.hubness(), near)
    rows = different[number]
    fill = background[:: max(1, len(background) // max(1, TYPICAL - len(rows)))] if len(rows) < TYPICAL else background[:0]
    around = np.concatenate([rows, fill])  # a small comparison, filled up with background sentences
    mean = around.mean(axis=0)
    hubness = _hubness(centre(around, mean), np.append(owner, np.full(len(fill), -1)))
    return Surroundings(mean, hubness[: len(rows)], None)


def centre(rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(n, d) unit rows with the mean taken away."""
    centred = rows - mean
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)


def _mean(different: Vectors, times: np.ndarray) -> np.ndarray:
    total = np.zeros(different.shape[1])
    for start in range(0, len(different), 8192):
        total += times[start : start + 8192] @ different[start : start + 8192]
    return (total / times.sum()).astype(np.float32)


def log_lengths(texts: Sequence[str]) -> np.ndarray:
    """(n,) float32"""
    return np.log(np.maximum([len(text) for text in texts], 1)).astype(np.float32)


def _hubness(centred: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """(n,) mean cosine to the NEAREST sentences of other documents."""
    hubness = np.zeros(len(centred), np.float32)
    for start in range(0, len(centred), 1024):
        block = centred[start : start + 1024] @ centred.T
        block[owner[start : start + 1024, None] == owner[None]] = -1.0
        k = min(NEAREST, block.shape[1])
        hubness[start : start + 1024] = np.partition(block, -k, axis=1)[:, -k:].clip(-1).mean(axis=1)
    return hubness


def nearest_mean(rows: np.ndarray, background: np.ndarray) -> np.ndarray:
    """(n,) commonness of sentences: mean cosine to the nearest of the (b, d) sentences of other campaigns."""
    k = min(BACKGROUND_NEAREST, len(background))

    def mean_of(start: int) -> np.ndarray:
        return np.partition(rows[start : start + 1024] @ background.T, -k, axis=1)[:, -k:].mean(axis=1)

    return np.concatenate([np.zeros(0, np.float32), *in_threads(mean_of, range(0, len(rows), 1024))])


def load_background(encoder: Encoder, cache: Path | None = None) -> np.ndarray:
    """(b, d) unit rows: the shipped background sentences in this encoder's space; another than the default is asked once, where
    there is a ``cache``."""
    if encoder.name == DEFAULT_ENCODER:
        return np.load(resource("models", "copying", "background.npy"), allow_pickle=False).astype(np.float32)
    lines = resource("models", "copying", "background.txt").read_text(encoding="utf-8").splitlines()
    return encode_once(lines, encoder, cache=cache)[:]
