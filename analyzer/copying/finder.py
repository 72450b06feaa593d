"""The matches of a batch: pairs of documents worth a look, the sentences in them that go together, as passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from analyzer.copying.bundles import Bundle, find_bundles
from analyzer.copying.commonness import Counts, load_common_kgrams
from analyzer.copying.correspondence import CorrespondenceModel, together
from analyzer.copying.document import Document, mask, prepare
from analyzer.copying.logistic import Logistic, load_logistic
from analyzer.copying.match import Match
from analyzer.copying.meaning import as_vectors, load_background
from analyzer.copying.noise import grown
from analyzer.copying.passages import Box, Evidence, merge, run_box, run_boxes, sentence_boxes, to_match
from analyzer.copying.quotes import marked_quotes, official_quotes
from analyzer.copying.rewording import Progress
from analyzer.copying.second import Encode
from analyzer.essay import Essay
from analyzer.parallel import each
from analyzer.text.encode import Encoder, Vectors
from analyzer.text.segment import LONGEST

LEAST_EVIDENCE = 10.0
"""Evidence (weighted shared k-grams, or as much in other words) that a passage needs to stand as a match."""

ENOUGH_EVIDENCE, FURTHER_EVIDENCE = 25.0, 3.0
"""With so much evidence in all a pair is known to share text, and each passage needs less."""

RELATED = 0.5
"""Probability from which two documents share a passage."""

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
    second: Encode | None = None
    """The second encoder that ``correspondence`` was fitted with, if it was."""


def load_models(encoder: Encoder, second: Encode | None = None, cache: Path | None = None) -> Models:
    """The shipped models, with the background sentences in this encoder's space (``load_background``)."""
    correspondence = CorrespondenceModel(*(load_logistic(name, second=second is not None) for name in ("alone", "among", "related")))
    return Models(load_logistic("sentence_pairs", np.float32), load_logistic("chains"), correspondence,
                  load_background(encoder, cache), load_common_kgrams(), second)


def quote_documents(
    essays: Sequence[tuple[Essay, str]], official: Sequence[Essay]
) -> tuple[list[Document], list[Match]]:
    """Documents with quotations masked, and the quotations as matches; ``essays`` are (essay, where) pairs."""
    sources = [prepare(essay, "official") for essay in official]
    documents, quotes = [], []
    for essay, where in essays:  # not in other processes: what comes back from one takes twice the memory
        document = prepare(essay, where)
        found = official_quotes(document, sources)
        quotes += found
        documents.append(mask(document, [(m.start, m.end) for m in found] + marked_quotes(essay.text)))
    return documents, quotes


def find_matches(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray], models: Models, progress: Progress | None = None,
    elsewhere: Counts | None = None,
) -> list[Match]:
    """Every passage that an essay of the batch shares with another document, once a pair, quotations left out.

    Parameters
    ----------
    documents : batch, history and library, quotations masked, in any order.
    vectors : of all their sentences in order, or for each document the (sentences, d) float32 unit rows of its sentences.
    elsewhere : how common k-grams are in a long history of which ``documents`` hold a part (``earlier.worth_comparing``).
    """
    if len(documents) < 2 or all(document.quoted_sentences().all() for document in documents):
        return []  # nothing to compare, or nothing but quotations and marks
    ordered = in_order(documents, vectors)
    alone, bundles = find_bundles(
        *ordered, models.pairs, models.chains, models.background, models.common_kgrams, progress, elsewhere, models.second)
    matches = [match for pair in alone for match in shared_passages(pair.a, pair.b, pair.evidence)]
    for found in each(partial(look_closely, pairs=models.pairs, correspondence=models.correspondence), bundles):
        matches += found
    return sorted(matches, key=lambda m: (m.essay, m.other, m.start, m.other_start))


def shared_passages(a: Document, b: Document, evidence: Evidence) -> list[Match]:
    """The passages of two documents that share runs of characters alone."""
    return [to_match(a, b, run_box(a, b, *shared)) for shared in evidence if shared[1] >= LEAST_EVIDENCE]


def look_closely(bundle: Bundle, pairs: Logistic, correspondence: CorrespondenceModel) -> list[Match]:
    """The passages of one bundle."""
    matches = []
    seen = bundle.correspondences(pairs)
    chances = correspondence.sentences(seen)
    for pair, chance, chosen, evidence in zip(seen, chances, together(chances), bundle.evidence):
        related = correspondence.texts(pair, chance) >= RELATED
        boxes = sentence_boxes(pair, chosen, chance) if related else []
        boxes += run_boxes(pair.a, pair.b, [shared for shared in evidence if shared[1] >= LEAST_EVIDENCE], boxes)
        boxes = _telling(grown(pair.a, pair.b, merge(pair.a, pair.b, boxes)))
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


def in_order(
    documents: Sequence[Document], vectors: Vectors | Sequence[np.ndarray]
) -> tuple[list[Document], Vectors]:
    """Essays of the batch first, each kind by id, with the vectors of their sentences in that order."""
    vectors = as_vectors(documents, vectors)
    order = sorted(range(len(documents)), key=lambda k: (documents[k].where != "batch", documents[k].id))
    index = np.split(vectors.index, np.cumsum([len(document.sentences) for document in documents])[:-1])
    return [documents[k] for k in order], Vectors(vectors.unique, np.concatenate([index[k] for k in order]))
