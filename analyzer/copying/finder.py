"""The matches of a batch: pairs of documents worth a look, the sentences in them that go together, as passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyzer.copying.align import Passage
from analyzer.copying.candidates import all_pairs, lexical_pairs, near_pairs
from analyzer.copying.commonness import Commonness, load_common_kgrams
from analyzer.copying.correspondence import Correspondence, CorrespondenceModel, correspond, together
from analyzer.copying.document import Document, mask, prepare
from analyzer.copying.logistic import Logistic, load_logistic
from analyzer.copying.match import Match
from analyzer.copying.meaning import SentenceSpace, as_vectors, build_space, load_background
from analyzer.copying.noise import grown
from analyzer.copying.passages import Box, merge, run_boxes, sentence_boxes, shared_evidence, to_match
from analyzer.copying.postings import find_postings
from analyzer.copying.quotes import marked_quotes, official_quotes
from analyzer.copying.rewording import Chain, chain_features, find_chains
from analyzer.essay import Essay
from analyzer.text.encode import Encoder, Vectors
from analyzer.text.segment import LONGEST

HINT, CHANCE = 6.0, 0.03
"""Weighted k-grams of one shared passage, or probability of a reworded copy, from which a pair is looked at closely:
what the closer look then needs is fitted, so these only have to be low."""

LEAST_EVIDENCE = 10.0
"""Evidence (weighted shared k-grams, or as much in other words) that a passage needs to stand as a match."""

ENOUGH_EVIDENCE, FURTHER_EVIDENCE = 25.0, 3.0
"""With so much evidence in all a pair is known to share text, and each passage needs less."""

RELATED = 0.5
"""Probability from which two documents share a passage."""

Progress = Callable[[int, int], None]
Evidence = list[tuple[Passage, float, float]]
"""What ``shared_evidence`` gives: passages of shared runs, weight of each, mean weight of a k-gram in it."""

MOST_LOPSIDED = 8
"""Longer : shorter side of a passage, beyond which one of them is not the other in fewer words."""


@dataclass(frozen=True)
class Models:
    """What the finder decides by; ``load_models`` gives the shipped ones, training passes its own."""

    pairs: Logistic
    """Of two sentences: one passage in other words?"""
    chains: Logistic
    """Of two documents: does one hold a reworded copy of the other?"""
    correspondence: CorrespondenceModel
    background: np.ndarray
    """(b, d) unit rows of sentences of other campaigns."""
    common_kgrams: np.ndarray
    """(h,) sorted uint64."""


def load_models(encoder: Encoder) -> Models:
    """The shipped models, with the background sentences in this encoder's space."""
    correspondence = CorrespondenceModel(*(load_logistic(name) for name in ("alone", "among", "related")))
    return Models(load_logistic("sentence_pairs", np.float32), load_logistic("chains"), correspondence,
                  load_background(encoder), load_common_kgrams())


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
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray], models: Models, progress: Progress | None = None
) -> list[Match]:
    """Every passage that an essay of the batch shares with another document, once a pair, quotations left out.

    Parameters
    ----------
    documents : batch, history and library, quotations masked, in any order.
    vectors : of all their sentences in order, or for each document the (sentences, d) float32 unit rows of its sentences.
    """
    matches = []
    found = correspondences(documents, vectors, models.pairs, models.chains, models.background, models.common_kgrams, progress)
    for pairs, evidence in found:
        chances = models.correspondence.sentences(pairs)
        for pair, chance, chosen, shared in zip(pairs, chances, together(chances), evidence):
            related = models.correspondence.texts(pair, chance) >= RELATED
            boxes = sentence_boxes(pair, chosen) if related else []
            boxes += run_boxes(pair.a, pair.b, [e for e in shared if e[1] >= LEAST_EVIDENCE], boxes)
            boxes = _telling([grown(pair.a, pair.b, box) for box in merge(pair.a, pair.b, boxes)])
            matches += [to_match(pair.a, pair.b, box) for box in merge(pair.a, pair.b, boxes) if not _lopsided(box)]
    return matches


def _telling(boxes: list[Box]) -> list[Box]:
    """Passages that tell enough: one set phrase that two texts share is no passage."""
    least = FURTHER_EVIDENCE if sum(box.evidence for box in boxes) >= ENOUGH_EVIDENCE else LEAST_EVIDENCE
    return [box for box in boxes if box.evidence >= least]


def _lopsided(box: Box) -> bool:
    """Many sentences on one side that go with a single one: a text that repeats itself, not a summary."""
    short, long = sorted((box.end - box.start, box.other_end - box.other_start))
    return long - short > LONGEST and long > MOST_LOPSIDED * short


def correspondences(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray], pair_model: Logistic, chain_model: Logistic,
    background: np.ndarray, common_kgrams: np.ndarray, progress: Progress | None = None,
) -> Iterator[tuple[list[Correspondence], list[Evidence]]]:
    """Pairs of documents for which something speaks, seen sentence by sentence, and the runs of characters they share.

    Each time some pairs of one document ``a``, which is always of the batch. The order of ``documents`` makes no difference.
    """
    if len(documents) < 2 or all(document.quoted_sentences().all() for document in documents):
        return  # nothing to compare, or nothing but quotations and marks
    documents, vectors = _in_order(documents, vectors)
    postings = find_postings(documents)
    commonness = Commonness(postings, common_kgrams)
    weights = lru_cache(maxsize=1)(lambda a: commonness.weights(documents[a].hashes))  # pairs come document by document
    pairs = lexical_pairs(documents)
    shared: dict[tuple[int, int], Evidence] = {}
    for a, b in pairs[postings.evidence(pairs, commonness.weights(postings.hashes)) >= HINT - 0.01].tolist():
        evidence = shared_evidence(documents[a], documents[b], weights(a))
        if max((weight for _, weight, _ in evidence), default=0.0) >= HINT:
            shared[a, b] = evidence
    space = build_space(documents, vectors, background)
    pairs = _joined(near_pairs(documents, space), shared) if space.near else all_pairs(documents)
    chains = find_chains(space, pairs, pair_model, progress)
    chances = chain_model.probability(chain_features(chains, len(documents)))
    near = [(chain, shared.get((chain.a, chain.b), []), float(chance)) for chain, chance in zip(chains, chances)]
    kept = [n for n in near if (n[1] or n[2] >= CHANCE) and len(space.rows(n[0].a)) and len(space.rows(n[0].b))]
    for part in _parts(kept, space):
        chains, evidence, chances = zip(*part)
        a = chains[0].a
        total = [sum(weight for _, weight, _ in found) for found in evidence]
        others = [documents[chain.b] for chain in chains]
        yield correspond(documents[a], others, space, weights(a), pair_model, chains, total, chances), list(evidence)


CELLS = 60_000
"""Pairs of sentences that are looked at at once."""


def _parts(kept: list[tuple[Chain, Evidence, float]], space: SentenceSpace) -> Iterator[list[tuple[Chain, Evidence, float]]]:
    """Neighbouring ones with one ``a``, as many as CELLS allow."""
    part, cells = [], 0
    for one in kept:
        size = len(space.rows(one[0].a)) * len(space.rows(one[0].b))
        if part and (one[0].a != part[0][0].a or cells + size > CELLS):
            yield part
            part, cells = [], 0
        part.append(one)
        cells += size
    if part:
        yield part


def _in_order(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray]
) -> tuple[list[Document], Vectors]:
    """Essays of the batch first, each kind by id, with the vectors of their sentences in that order."""
    vectors = as_vectors(documents, vectors)
    order = sorted(range(len(documents)), key=lambda k: (documents[k].where != "batch", documents[k].id))
    index = np.split(vectors.index, np.cumsum([len(document.sentences) for document in documents])[:-1])
    return [documents[k] for k in order], Vectors(vectors.unique, np.concatenate([index[k] for k in order]))


def _joined(pairs: np.ndarray, others: dict[tuple[int, int], Evidence]) -> np.ndarray:
    """(p, 2) pairs, and those of ``others`` that are missing, in order."""
    return np.array(sorted({tuple(pair) for pair in pairs.tolist()} | set(others)), int).reshape(-1, 2)
