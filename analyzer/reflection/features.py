"""What the sentence classifier sees of a sentence: its vector and its neighbours', its place, its words and characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.essay import Sentence
from analyzer.reflection.hashing import both, character_runs, hashed_rows, word_runs
from analyzer.text.segment import tagged_words

WORD_SLOTS, CHARACTER_SLOTS, EDGE_SLOTS, CLAUSE_SLOTS = 2**15, 2**16, 2**15, 2**15
"""Hash buckets: no vocabulary is stored, and a word of a new campaign cannot shift the others."""

_SPACE = re.compile(r"\s\s+")
_PAUSES = frozenset("，；：。！？、,;:")


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
    """(n, WORD_SLOTS + CHARACTER_SLOTS + EDGE_SLOTS + CLAUSE_SLOTS) csr; each of the four parts has unit rows."""

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

    def essay_best(self, values: np.ndarray) -> np.ndarray:
        """(n, 2 k): each sentence's essay's highest ``values``, column by column, and its second highest (0: there is none)."""
        number = np.unique(self.essay, return_inverse=True)[1]
        counts = np.bincount(number)
        found = np.zeros((len(counts), 2, values.shape[1]))
        for essay, rows in enumerate(np.split(values, np.cumsum(counts)[:-1])):
            found[essay, : len(rows)] = np.sort(rows, axis=0)[:-3:-1]
        return found.reshape(len(counts), -1)[number]

    def only(self, rows: np.ndarray) -> SentenceTable:
        """The essays as if they held these rows alone (bool); an essay may hold none."""
        counts = np.bincount(self.essay[rows], minlength=int(self.essay.max()) + 1 if len(self.essay) else 0)
        place = np.column_stack([_where(counts), self.place[rows][:, -1]])
        return SentenceTable(self.essay[rows], self.vectors[rows], place, self.hashed[rows])


def build_table(essays: Sequence[Sequence[Sentence]], vectors: Sequence[np.ndarray]) -> SentenceTable:
    """One row a sentence; ``vectors`` are (sentences, d) an essay."""
    counts = np.array([len(sentences) for sentences in essays])
    essay = np.repeat(np.arange(len(essays)), counts)
    texts = [sentence.text for sentences in essays for sentence in sentences]
    row = {text: k for k, text in enumerate(dict.fromkeys(texts))}  # what many write is worked out once
    hashed = _read_words(list(row))[[row[text] for text in texts]]
    return SentenceTable(essay, np.concatenate(vectors).astype(np.float32), _place(counts, texts), hashed)


def _read_words(texts: Sequence[str]):
    """(texts, slots) csr of their words and characters."""
    from scipy import sparse

    tagged = [tagged_words(text, guess=False) for text in texts]
    plain = [[word for word, _ in pairs if word.strip()] for pairs in tagged]
    spaced = [_SPACE.sub(" ", text.lower()) for text in texts]
    rows = lambda tokens, slots: hashed_rows(tokens, len(texts), slots)
    outlines = list(map(outline, tagged))
    return sparse.hstack([
        rows(both(word_runs(outlines, 3), word_runs(list(map(_ends, outlines)), 1)), WORD_SLOTS),
        rows(character_runs(spaced, 3), CHARACTER_SLOTS),
        rows(word_runs(list(map(_edges, plain)), 1), EDGE_SLOTS), rows(word_runs(list(map(_clause_edges, plain)), 1), CLAUSE_SLOTS),
    ]).tocsr()


def _place(counts: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    return np.column_stack([_where(counts), np.log([max(1, len(t)) for t in texts]) - 3.5]).astype(float)


def _where(counts: np.ndarray) -> np.ndarray:
    """(n, 6) where in its essay each sentence stands; ``counts`` are sentences an essay."""
    position = np.concatenate([np.arange(n) for n in counts]) if len(counts) else np.zeros(0)
    last = np.repeat(counts, counts) - 1
    relative = position / np.maximum(1, last)
    return np.stack([
        relative, relative**2, position == 0, position == last, np.minimum(position, 5) / 5, np.minimum(last - position, 5) / 5,
    ], axis=1)


def outline(tagged: Sequence[tuple[str, str]]) -> list[str]:
    """Words of (word, part of speech) pairs with what the topic decides taken out: nouns, numbers and times become their class, the rest stays.

    What is left (我、没有、因为、每月、应当、才) says what a sentence does, in any campaign.
    """
    kept = []
    for word, tag in tagged:
        if tag[0] in "ni" or tag == "eng":
            kept.append(f"<{tag[:2]}>")
        elif tag[0] in "mt":
            kept.append(f"<{tag[0]}>")
        else:
            kept.append(word)
    return kept


def _ends(words: list[str]) -> list[str]:
    return ["^" + words[0], "$" + words[-1]] if words else []


def _edges(words: list[str]) -> list[str]:
    """How a sentence begins and ends says more of what it does than what lies between."""
    return ["^" + " ".join(words[:n]) for n in (1, 2, 3)] + ["$" + " ".join(words[-n:]) for n in (2, 3)]


def _clause_edges(words: list[str]) -> list[str]:
    found, clause = [], []
    for word in [*words, "，"]:
        if word not in _PAUSES:
            clause.append(word)
        elif clause:
            found += ["c^" + clause[0], "c^" + " ".join(clause[:2]), "c$" + clause[-1], "c$" + " ".join(clause[-2:])]
            clause = []
    return found
