"""What the sentence classifier sees of a sentence: its vector and its neighbours', its place, its words and characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyzer.essay import Sentence
from analyzer.text.segment import tagged_words

WORD_SLOTS, CHARACTER_SLOTS = 2**15, 2**16
"""Hash buckets: no vocabulary is stored, and a word of a new campaign cannot shift the others."""


@dataclass(frozen=True)
class SentenceTable:
    """Sentences of several essays as the classifier sees them, rows in order, essay by essay."""

    essay: np.ndarray
    """(n,) number of the essay, ascending."""
    vectors: np.ndarray
    """(n, d) float32."""
    place: np.ndarray
    """(n, 7): where in the essay, and how long."""
    hashed: object
    """(n, WORD_SLOTS + CHARACTER_SLOTS) csr."""

    def neighbour(self, values: np.ndarray, steps: int) -> np.ndarray:
        """``values`` of the sentence ``steps`` before (positive) or after (negative); 0 beyond the essay's ends."""
        moved = np.zeros_like(values)
        if steps > 0:
            moved[steps:] = values[:-steps]
            moved[steps:][self.essay[steps:] != self.essay[:-steps]] = 0
            moved[:steps] = 0
        else:
            moved[:steps] = values[-steps:]
            moved[:steps][self.essay[:steps] != self.essay[-steps:]] = 0
        return moved

    def essay_mean(self, values: np.ndarray) -> np.ndarray:
        """(n, k): each sentence's essay's mean of ``values``."""
        number = np.unique(self.essay, return_inverse=True)[1]
        total = np.zeros((number.max() + 1 if len(number) else 0, values.shape[1]))
        np.add.at(total, number, values)
        return (total / np.bincount(number)[:, None])[number]


def build_table(essays: Sequence[Sequence[Sentence]], vectors: Sequence[np.ndarray]) -> SentenceTable:
    """One row a sentence; ``vectors`` are (sentences, d) an essay."""
    from scipy import sparse

    counts = np.array([len(sentences) for sentences in essays])
    essay = np.repeat(np.arange(len(essays)), counts)
    texts = [sentence.text for sentences in essays for sentence in sentences]
    words, characters = _hashers()
    place: dict[str, int] = {}
    number = [place.setdefault(text, len(place)) for text in texts]  # what many write is worked out once
    hashed = sparse.hstack([words.transform(map(outline, place)), characters.transform(place)]).tocsr()[number]
    return SentenceTable(essay, np.concatenate(vectors).astype(np.float32), _place(counts, texts), hashed)


def _place(counts: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    position = np.concatenate([np.arange(n) for n in counts]) if len(counts) else np.zeros(0)
    last = np.repeat(counts, counts) - 1
    relative = position / np.maximum(1, last)
    return np.stack([
        relative, relative**2, position == 0, position == last, np.minimum(position, 5) / 5,
        np.minimum(last - position, 5) / 5, np.log([max(1, len(t)) for t in texts]) - 3.5,
    ], axis=1).astype(float)


def outline(text: str) -> list[str]:
    """Words with what the topic decides taken out: nouns, numbers and times become their class, the rest stays.

    What is left (我、没有、因为、每月、应当、才) says what a sentence does, in any campaign.
    """
    kept = []
    for word, tag in tagged_words(text):
        if tag[0] in "ni" or tag == "eng":
            kept.append(f"<{tag[:2]}>")
        elif tag[0] in "mt":
            kept.append(f"<{tag[0]}>")
        else:
            kept.append(word)
    return kept


def _word_runs(words: list[str]) -> list[str]:
    runs = [" ".join(words[k : k + n]) for n in (1, 2, 3) for k in range(len(words) - n + 1)]
    return runs + (["^" + words[0], "$" + words[-1]] if words else [])


@lru_cache(maxsize=1)
def _hashers():
    from sklearn.feature_extraction.text import HashingVectorizer

    return (
        HashingVectorizer(n_features=WORD_SLOTS, analyzer=_word_runs, alternate_sign=False),
        HashingVectorizer(n_features=CHARACTER_SLOTS, analyzer="char", ngram_range=(1, 3), alternate_sign=False),
    )
