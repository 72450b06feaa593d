"""Which pairs of documents something speaks for: runs of characters that few others have, or sentences that go on alike.

What is needed to look at one document and its partners closely is put in a ``Bundle``, which knows nothing of the rest of
the comparison: bundles can be worked on in other processes or on other machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyzer.copying.align import Standing, runs_with
from analyzer.copying.candidates import all_pairs, lexical_pairs, near_pairs
from analyzer.copying.commonness import Commonness, Counts
from analyzer.copying.correspondence import Correspondence, correspond
from analyzer.copying.document import Document
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import SentenceSpace, build_space
from analyzer.copying.passages import Evidence, in_one_sentence, shared_evidence
from analyzer.copying.postings import Postings, find_postings
from analyzer.copying.rewording import Chain, Progress, chain_features, find_chains
from analyzer.copying.second import Encode, SecondOpinion, second_opinion
from analyzer.parallel import each
from analyzer.text.encode import Vectors

HINT, CHANCE = 6.0, 0.03
"""Weighted k-grams of one shared passage, or probability of a reworded copy, from which a pair is looked at closely:
what the closer look then needs is fitted, so these only have to be low."""

CELLS = 60_000
"""Pairs of sentences in one bundle."""

Found = tuple[Chain, Evidence, float]
"""A pair of documents: the chain between them, what they share, the probability that the chain is a reworded copy."""


@dataclass(frozen=True)
class Bundle:
    """One document of the batch and p documents that something ties it to."""

    a: Document
    others: tuple[Document, ...]
    space: SentenceSpace
    """Of these documents alone: 0 is ``a``, 1 the first of the others."""
    weights: np.ndarray
    """(k-grams of a,) commonness weights."""
    chains: tuple[Chain, ...]
    """(p,) of ``a`` and each of the others, numbered as in ``space``."""
    evidence: tuple[Evidence, ...]
    """(p,) what each of the others shares with ``a`` in runs of characters."""
    chances: tuple[float, ...]
    """(p,) probability that the chain is a reworded copy."""
    second: SecondOpinion | None = None
    """On the sentences of ``space``, where there is a second encoder."""

    def correspondences(self, model: Logistic) -> list[Correspondence]:
        """The pairs seen sentence by sentence; ``model`` is of two sentences."""
        total = [sum(weight for _, weight, _ in found) for found in self.evidence]
        return correspond(self.a, self.others, self.space, self.weights, model, self.chains, total, self.chances, self.second)


@dataclass(frozen=True)
class Alone:
    """Two documents that share one passage inside one sentence of each, and otherwise next to nothing.

    In a large batch such pairs are many: two people with the same set phrase, which no table knew. What is around the
    sentence need not be compared.
    """

    a: Document
    b: Document
    evidence: Evidence


def find_bundles(
    documents: Sequence[Document], vectors: Vectors, pair_model: Logistic, chain_model: Logistic,
    background: np.ndarray, common_kgrams: np.ndarray, progress: Progress | None = None, elsewhere: Counts | None = None,
    second: Encode | None = None,
) -> tuple[list[Alone], Iterator[Bundle]]:
    """Every pair of documents for which something speaks; one is always of the batch.

    Parameters
    ----------
    documents : essays of the batch first.
    vectors : of all their sentences in order.
    elsewhere : see Commonness.
    second : asked about the sentences of the documents that are looked at closely.
    """
    postings = find_postings(documents)
    commonness = Commonness(postings, common_kgrams, elsewhere)
    shared = shared_runs(lexical_pairs(documents), postings, commonness)
    del postings  # of a large comparison, gigabytes
    alone = {pair for pair, evidence in shared.items() if is_alone(documents[pair[0]], documents[pair[1]], evidence)}
    space = build_space(documents, vectors, background)
    near = near_pairs(documents, space) if space.near else all_pairs(documents)
    pairs = np.array(sorted({tuple(pair) for pair in near.tolist()} | (shared.keys() - alone)), int).reshape(-1, 2)
    chains = find_chains(space, pairs, pair_model, progress)
    chances = chain_model.probability(chain_features(chains, len(documents)))
    found: list[Found] = []
    for chain, chance in zip(chains, chances.tolist()):
        pair = chain.a, chain.b
        if chance >= CHANCE or (pair in shared and pair not in alone):
            alone.discard(pair)
            if len(space.rows(chain.a)) and len(space.rows(chain.b)):
                found.append((chain, shared.get(pair, []), chance))
    said_once = [Alone(documents[a], documents[b], shared[a, b]) for a, b in sorted(alone)]
    asked = sorted({document for chain, _, _ in found for document in (chain.a, chain.b)})
    opinion = second_opinion(documents, space, asked, second) if second and asked else None
    return said_once, bundles_of(found, documents, space, commonness, opinion)


def shared_runs(
    pairs: np.ndarray, postings: Postings, commonness: Commonness
) -> dict[tuple[int, int], Evidence]:
    """What those of the (p, 2) pairs of documents, in order, share that share enough."""
    weights = commonness.weights(postings.hashes)
    kept = pairs[postings.evidence(pairs, weights) >= HINT - 0.01]
    others = np.split(kept[:, 1], np.flatnonzero(np.diff(kept[:, 0])) + 1)
    firsts = kept[np.append(True, np.diff(kept[:, 0]) != 0)[: len(kept)], 0].tolist()
    standing = ((postings.standing(a), _standing_weights(postings, a, weights), [postings.standing(b) for b in bs])
                for a, bs in zip(firsts, others))
    return {
        (a, b): evidence
        for found, a, bs in zip(each(_shared, standing), firsts, others) for b, evidence in zip(bs.tolist(), found)
        if max((weight for _, weight, _ in evidence), default=0.0) >= HINT
    }


def _standing_weights(postings: Postings, document: int, weights: np.ndarray) -> np.ndarray:
    """(k,) weights of a document's k-grams, up to the last that others hold too; 0 for those that nobody else holds."""
    places, numbers = postings.standing(document)
    standing = np.zeros(places[-1] + 1 if len(places) else 0)
    standing[places] = weights[numbers]
    return standing


def _shared(standing: tuple[Standing, np.ndarray, list[Standing]]) -> list[Evidence]:
    a, weights, others = standing
    return [shared_evidence(found, weights) for found in runs_with(a, others)]


def is_alone(a: Document, b: Document, evidence: Evidence) -> bool:
    """See ``Alone``."""
    passage, most, _ = max(evidence, key=lambda shared: shared[1])
    return sum(weight for _, weight, _ in evidence) - most < HINT and in_one_sentence(a, b, passage)


def bundles_of(
    found: Sequence[Found], documents: Sequence[Document], space: SentenceSpace, commonness: Commonness,
    second: SecondOpinion | None = None,
) -> Iterator[Bundle]:
    """Pairs for which something speaks, in order, as bundles."""
    return (_bundle(part, documents, space, commonness, second) for part in _parts(found, space))


def _parts(found: Sequence[Found], space: SentenceSpace) -> Iterator[list[Found]]:
    """Neighbouring ones with one ``a``, as many as CELLS allow."""
    part: list[Found] = []
    cells = 0
    for one in found:
        size = len(space.rows(one[0].a)) * len(space.rows(one[0].b))
        if part and (one[0].a != part[0][0].a or cells + size > CELLS):
            yield part
            part, cells = [], 0
        part.append(one)
        cells += size
    if part:
        yield part


def _bundle(
    part: list[Found], documents: Sequence[Document], space: SentenceSpace, commonness: Commonness, second: SecondOpinion | None
) -> Bundle:
    chains, evidence, chances = zip(*part)
    a, others = documents[chains[0].a], tuple(documents[chain.b] for chain in chains)
    renumbered = tuple(replace(chain, a=0, b=k) for k, chain in enumerate(chains, 1))
    numbers = [chains[0].a, *(chain.b for chain in chains)]
    opinion = second.of(np.concatenate([space.rows(number) for number in numbers])) if second else None
    return Bundle(a, others, space.of(numbers), commonness.weights(a.hashes), renumbered, evidence, chances, opinion)
