"""Which pairs of documents are worth aligning: those that share fingerprints few others have, or near sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.copying.document import Document
from analyzer.copying.fingerprints import winnow
from analyzer.copying.meaning import SentenceSpace
from analyzer.copying.neighbours import NEAREST, SEARCHED

COMMON = 40
"""A fingerprint in more documents than this belongs to everybody; a copied passage always holds rarer ones."""

SHARED = 2
"""Fingerprints that a pair must share."""

PARTNERS = 6
"""Documents that are chosen for one by what its sentences say, and again by the order in which they say it."""

_STEPS = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
"""From a pair of sentences to one that goes on alike."""

GAP = 4
"""Between the numbers of two documents' sentences: more than any step."""

_ROWS_AT_ONCE = 2000
"""Documents whose fingerprints are joined with all others', or whose votes are counted, at once."""


def lexical_pairs(documents: Sequence[Document], common: int = COMMON, shared: int = SHARED) -> np.ndarray:
    """(p, 2) indices a < b of documents that share at least ``shared`` fingerprints, in order; at least one of the batch.

    One self-join of (fingerprint, document), as a product of sparse matrices; a database or a cluster runs the same join.
    """
    from scipy import sparse

    if not len(documents):
        return np.zeros((0, 2), int)
    fingerprint, owner = fingerprints(documents)
    order = np.argsort(fingerprint, kind="stable")
    ordered = fingerprint[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: len(ordered)]
    sizes = np.diff(np.append(starts, len(ordered)))
    kept = (sizes > 1) & (sizes <= common)
    column = np.repeat(np.cumsum(kept) - 1, sizes)
    chosen = np.repeat(kept, sizes)
    shape = (len(documents), int(kept.sum()))
    holds = sparse.csr_matrix((np.ones(chosen.sum(), np.int32), (owner[order][chosen], column[chosen])), shape)
    held_by = holds.T.tocsr()
    in_batch = _in_batch(documents)
    rows = np.flatnonzero(in_batch)
    pairs = [np.zeros((0, 2), int)]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE]
        count = (holds[block] @ held_by).tocoo()
        a, b = block[count.row], count.col
        enough = (count.data >= shared) & ((a < b) | ((a != b) & ~in_batch[b]))
        a, b = a[enough], b[enough]
        pairs.append(np.stack([np.minimum(a, b), np.maximum(a, b)], axis=1))
    return in_order(np.concatenate(pairs))


def fingerprints(documents: Sequence[Document]) -> tuple[np.ndarray, np.ndarray]:
    """(f,) uint64 fingerprints, each once a document, and the (f,) index of its document."""
    prints = []
    for document in documents:
        # quoted k-grams (0) are dropped before winnowing, so that they cannot hide their neighbours
        hashes = document.hashes[document.hashes != 0]
        prints.append(np.unique(hashes[winnow(hashes)]))
    owner = np.repeat(np.arange(len(documents), dtype=np.int32), [len(p) for p in prints])
    return np.concatenate(prints), owner


def all_pairs(documents: Sequence[Document]) -> np.ndarray:
    """(p, 2) indices a < b of every pair with at least one essay of the batch: for batches where that is cheap."""
    pairs = np.stack(np.triu_indices(len(documents), 1), axis=1)
    return pairs[_in_batch(documents)[pairs].any(axis=1)]


def near_pairs(documents: Sequence[Document], space: SentenceSpace, partners: int = PARTNERS) -> np.ndarray:
    """(p, 2) indices a < b: for each document the ``partners`` that most of its sentences lie nearest to, and as many whose
    sentences come in the same order; at least one of the batch.

    Each sentence votes for the documents of its nearest sentences (CSLS), nearer ones with more weight.
    """
    apart = np.arange(len(space.document)) + GAP * space.document.astype(np.int64)  # ids that do not go on from document to document
    ends = np.searchsorted(space.document, np.arange(0, len(documents) + _ROWS_AT_ONCE, _ROWS_AT_ONCE))
    pairs = [np.zeros((0, 2), int)]
    for rows in filter(len, map(np.arange, ends[:-1], ends[1:])):
        for most, weighed in RANKINGS:
            voter, other, csls = space.near.votes(space.hubness, rows, most)
            votes = weighed(apart[voter], apart[other], csls.astype(float))
            voter, choice = most_votes(*summed(space.document[voter], space.document[other], votes), partners)
            pairs.append(np.stack([np.minimum(voter, choice), np.maximum(voter, choice)], axis=1))
    pairs = in_order(np.concatenate(pairs))
    return pairs[_in_batch(documents)[pairs].any(axis=1)]


def plain_votes(a: np.ndarray, b: np.ndarray, csls: np.ndarray) -> np.ndarray:
    """(v,) weights of votes by how near the sentences are."""
    return np.exp(4 * csls)


def votes_in_step(a: np.ndarray, b: np.ndarray, csls: np.ndarray) -> np.ndarray:
    """(v,) weights of votes by what goes on alike: sentence ``a`` near to ``b``, and one of the next near to one of the next.

    A reworded copy keeps the order of ideas, while two honest essays are near in a sentence here and one there: of 87
    sources of heavily reworded copies among 3,364 documents, all searched, 53 are among the six with most plain votes, 75 among six
    by these or six by those (labelled campaigns and made essays; see benchmarks/chosen.py). ``a`` and ``b`` are numbers of
    sentences, the next of a document one more, GAP between documents.
    """
    votes = np.exp(8 * csls)
    if not len(votes):
        return votes
    width = int(b.max()) + GAP
    key = a * width + b
    order = np.argsort(key, kind="stable")
    ordered, support = key[order], np.zeros(len(key))
    for step_a, step_b in _STEPS:
        target = key + step_a * width + step_b
        at = np.minimum(np.searchsorted(ordered, target), len(key) - 1)
        goes_on = ordered[at] == target
        support[goes_on] += np.minimum(votes[goes_on], votes[order[at[goes_on]]])
    return support


RANKINGS = ((NEAREST, plain_votes), (SEARCHED, votes_in_step))
"""Of how many near sentences the votes are counted, and what each weighs."""


def summed(voter: np.ndarray, choice: np.ndarray, votes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Votes as (voter, choice, votes), each pair once, in order."""
    width = int(choice.max(initial=0)) + 1
    key, place = np.unique(voter.astype(np.int64) * width + choice, return_inverse=True)
    return *np.divmod(key, width), np.bincount(place, votes, len(key))


def most_votes(voter: np.ndarray, choice: np.ndarray, votes: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Of (voter, choice, votes), each pair once, the (voter, choice) with the ``most`` votes of each voter; none without a vote."""
    voter, choice, votes = (x[votes > 0] for x in (voter, choice, votes))
    order = np.lexsort((-choice, -votes, voter))
    voter, choice = voter[order], choice[order]
    rank = np.arange(len(voter)) - np.searchsorted(voter, voter, "left")
    return voter[rank < most], choice[rank < most]


def in_order(pairs: np.ndarray) -> np.ndarray:
    """Each pair once, sorted."""
    if not len(pairs):
        return np.zeros((0, 2), int)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(int)
    return pairs[np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))]


def _in_batch(documents: Sequence[Document]) -> np.ndarray:
    return np.array([document.where == "batch" for document in documents], bool)
