"""Precision, recall by kind of edit, granularity and plagdet over characters, as in PAN's text alignment task.

Potthast et al. (2010), An evaluation framework for plagiarism detection. A character counts as found when some match
covers it whose partner really holds the same passage; quotations are nobody's and count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from analyzer.copying.match import Match
from analyzer.evaluation.corpus import Campaign, passage_roots


def score_matches(campaign: Campaign, matches: Sequence[Match]) -> dict:
    """``precision`` (by kind of match, and all), ``recall`` (by edit, and all), ``granularity``, ``plagdet``.

    Quotations and matches with documents outside the corpus are left out. The precision of one kind is over the
    characters that matches of that kind cover.
    """
    pieces = passage_roots(campaign)
    essays = {row["id"] for row in campaign.rows if row["kind"] == "essay"}
    source = {row["id"]: [p["from"]["id"] if p.get("from") else None for p in row["pieces"]] for row in campaign.rows}
    flagged = {id: np.zeros(pieces[id][-1][1], bool) for id in essays}
    right = {id: np.zeros(pieces[id][-1][1], bool) for id in essays}
    hits: dict[tuple[str, int], set] = defaultdict(set)
    by_kind: dict[str, list[dict[str, np.ndarray]]] = {}
    sides = {((m.essay, m.start, m.end), (m.other, m.other_start, m.other_end)): m.kind for m in matches
             if m.kind != "quote" and m.where != "official" and m.other in pieces and m.essay in pieces}
    sides |= {(b, a): kind for (a, b), kind in sides.items()}
    for number, ((this, that), kind) in enumerate(sorted(sides.items())):
        (id, start, end), (other, low, high) = this, that
        if id not in essays:
            continue
        flagged[id][start:end] = True
        if kind not in by_kind:
            by_kind[kind] = [{i: np.zeros_like(mask) for i, mask in flagged.items()} for _ in range(2)]
        of_kind, right_of_kind = by_kind[kind]
        of_kind[id][start:end] = True
        theirs = {root for a, b, root, _ in pieces[other] if a < high and low < b} - {None}
        for k, (a, b, root, _) in enumerate(pieces[id]):
            if a < end and start < b and root in theirs:
                right[id][max(a, start) : min(b, end)] = True
                right_of_kind[id][max(a, start) : min(b, end)] = True
                hits[id, k].add((number, other))
    taken, found, passages = defaultdict(int), defaultdict(int), []
    for id in sorted(essays):
        before = None
        for k, (a, b, _, edit) in enumerate(pieces[id]):
            origin = source[id][k]
            if edit is None or origin is None:
                before = None
                continue
            taken[edit] += b - a
            found[edit] += int(right[id][a:b].sum())
            if before != origin:
                passages.append(set())
            passages[-1] |= {number for number, other in hits[id, k] if other == origin}
            before = origin
    share = lambda good, all: _covered(good) / max(1, _covered(all))
    precision = share(right, flagged)
    recall = sum(found.values()) / max(1, sum(taken.values()))
    cut = [len(p) for p in passages if p]
    granularity = float(np.mean(cut)) if cut else 1.0
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": {"all": precision} | {kind: share(good, all) for kind, (all, good) in by_kind.items()},
            "recall": {"all": recall} | {e: found[e] / taken[e] for e in taken},
            "granularity": granularity, "plagdet": float(f1 / np.log2(1 + granularity))}


def _covered(masks: dict[str, np.ndarray]) -> int:
    return sum(int(mask.sum()) for mask in masks.values())
