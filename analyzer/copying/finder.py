"""The matches of a batch: official quotations first, then shared runs of characters, then reworded passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.copying.between import FURTHER_EVIDENCE, between_runs
from analyzer.copying.candidates import all_pairs, lexical_pairs, near_pairs
from analyzer.copying.commonness import Commonness, load_common_kgrams
from analyzer.copying.document import Document, mask, prepare
from analyzer.copying.logistic import Logistic, load_logistic
from analyzer.copying.match import Match
from analyzer.copying.meaning import SentenceSpace, build_space, load_background
from analyzer.copying.noise import grown
from analyzer.copying.passages import Box, chain_boxes, lexical_boxes, merge, to_match
from analyzer.copying.postings import find_postings
from analyzer.copying.quotes import marked_quotes, official_quotes
from analyzer.copying.rewording import chain_features, find_chains
from analyzer.essay import Essay
from analyzer.text.encode import Encoder, Vectors

LEAST_EVIDENCE = 10.0
"""Weighted shared k-grams that a passage needs to stand as a match; see benchmarks/copying.py for the trade."""

ENOUGH_EVIDENCE = 25.0
"""From this much evidence on a pair is known to share text, and reworded sentences between the runs are looked for."""

REWORDED = 0.5
"""Probability from which a chain counts as a reworded copy."""


@dataclass(frozen=True)
class Models:
    """What the finder decides by; ``load_models`` gives the shipped ones, training passes its own."""

    pairs: Logistic
    """Of two sentences: one passage in other words?"""
    chains: Logistic
    """Of two documents: does one hold a reworded copy of the other?"""
    background: np.ndarray
    """(b, d) unit rows of sentences of other campaigns."""
    common_kgrams: np.ndarray
    """(h,) sorted uint64."""


def load_models(encoder: Encoder) -> Models:
    """The shipped models, with the background sentences in this encoder's space."""
    return Models(load_logistic("sentence_pairs", np.float32), load_logistic("chains"), load_background(encoder), load_common_kgrams())


def quote_documents(
    essays: Sequence[tuple[Essay, str]], official: Sequence[Essay]
) -> tuple[list[Document], list[Match]]:
    """Documents with quotations masked, and the quotations as matches; ``essays`` are (essay, where) pairs."""
    sources = [prepare(essay, "official") for essay in official]
    documents, quotes = [], []
    for essay, where in essays:
        document = prepare(essay, where)
        found = official_quotes(document, sources)
        quotes += found
        documents.append(mask(document, [(m.start, m.end) for m in found] + marked_quotes(essay.text)))
    return documents, quotes


def find_matches(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray], models: Models,
    progress: Callable[[int, int], None] | None = None,
) -> list[Match]:
    """Every passage that an essay of the batch shares with another document, once a pair, quotations left out.

    Parameters
    ----------
    documents : batch, history and library, quotations masked.
    vectors : of all their sentences in order, or for each document the (sentences, d) float32 unit rows of its sentences.
    """
    if len(documents) < 2 or all(document.quoted_sentences().all() for document in documents):
        return []  # nothing to compare, or nothing but quotations and marks
    runs = _Runs(documents, models)
    boxes = runs.of_strong_pairs()
    space = build_space(documents, vectors, models.background)
    reworded = _reworded(documents, space, models, boxes, progress)
    for pair, found in reworded.items():
        boxes.setdefault(pair, runs.of_weak_pair(*pair)).extend(found)
    matches = []
    for (a, b), found in sorted(boxes.items()):
        total = sum(x.evidence for x in found)
        least = FURTHER_EVIDENCE if total >= ENOUGH_EVIDENCE else LEAST_EVIDENCE
        first, second = documents[a], documents[b]
        for box in merge(first, second, [x for x in found if x.evidence >= least]):
            box = grown(first, second, box)
            matches.append(to_match(first, second, box) if first.where == "batch" else _turned(second, first, box))
    return matches


def _turned(a: Document, b: Document, box: Box) -> Match:
    return to_match(a, b, Box(box.other_start, box.other_end, box.start, box.end, box.evidence, box.rarity))


class _Runs:
    """Shared runs of characters of the pairs that share fingerprints; aligned only where they can come to anything."""

    def __init__(self, documents: Sequence[Document], models: Models) -> None:
        self._documents = documents
        postings = find_postings(documents)
        self._commonness = Commonness(postings, models.common_kgrams)
        pairs = lexical_pairs(documents)
        enough = postings.evidence(pairs, self._commonness.weights(postings.hashes)) >= LEAST_EVIDENCE - 0.01
        self._strong = pairs[enough]
        self._weak = set(map(tuple, pairs[~enough].tolist()))
        self._weights: tuple[int, np.ndarray] = (-1, np.zeros(0))

    def of_strong_pairs(self) -> dict[tuple[int, int], list[Box]]:
        boxes = {(a, b): self._aligned(a, b) for a, b in self._strong.tolist()}
        return {pair: found for pair, found in boxes.items() if found}

    def of_weak_pair(self, a: int, b: int) -> list[Box]:
        """Too little for a match by itself, but beside reworded sentences it counts."""
        return self._aligned(a, b) if (a, b) in self._weak else []

    def _aligned(self, a: int, b: int) -> list[Box]:
        if self._weights[0] != a:
            self._weights = a, self._commonness.weights(self._documents[a].hashes)
        return lexical_boxes(self._documents[a], self._documents[b], self._weights[1])


def _reworded(
    documents: Sequence[Document], space: SentenceSpace, models: Models, runs: dict[tuple[int, int], list[Box]],
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[int, int], list[Box]]:
    pairs = near_pairs(documents, space) if space.near else all_pairs(documents)
    chains = find_chains(space, pairs, models.pairs, progress)
    if not chains:
        return {}
    chance = models.chains.probability(chain_features(chains, len(documents)))
    boxes: dict[tuple[int, int], list[Box]] = {}
    for chain, probability in zip(chains, chance):
        known = runs.get((chain.a, chain.b), [])
        if sum(x.evidence for x in known) >= ENOUGH_EVIDENCE:
            boxes[chain.a, chain.b] = between_runs(documents, space, models.pairs, chain.a, chain.b, known)
        elif probability >= REWORDED:
            a, b = (space.sentence[space.rows(d)] for d in (chain.a, chain.b))
            boxes[chain.a, chain.b] = chain_boxes(
                documents[chain.a], documents[chain.b], a, b, chain.path,
                # the boxes of one chain stand or fall together
                LEAST_EVIDENCE * max(len(chain.path), chain.score), _rarity(chain.common))
    return boxes


def _rarity(common: float) -> float:
    """Commonness of sentences (mean cosine to other campaigns, about 0.35 to 0.6) turned to 1 (rare) … 0 (common)."""
    return float(np.clip((0.62 - common) / 0.27, 0.0, 1.0))
