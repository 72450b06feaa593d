"""Precision, recall by kind of edit, granularity and plagdet over characters, as in PAN's text alignment task.

Potthast et al. (2010), An evaluation framework for plagiarism detection. A character counts as found when some match
covers it whose partner really holds the same passage; quotations are nobody's and count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from analyzer.copying.match import Match
from models.corpora import Campaign, passage_roots


def score_matches(campaign: Campaign, matches: Sequence[Match]) -> dict:
    """``precision``, ``recall`` (by edit, and all), ``granularity``, ``plagdet`` of the matches that are no quotations."""
    pieces = passage_roots(campaign)
    essays = {row["id"] for row in campaign.rows if row["kind"] == "essay"}
    source = {row["id"]: [p["from"]["id"] if p.get("from") else None for p in row["pieces"]] for row in campaign.rows}
    flagged = {id: np.zeros(pieces[id][-1][1], bool) for id in essays}
    right = {id: np.zeros(pieces[id][-1][1], bool) for id in essays}
    hits: dict[tuple[str, int], set] = defaultdict(set)
    sides = {((m.essay, m.start, m.end), (m.other, m.other_start, m.other_end)) for m in matches if m.kind != "quote"}
    for number, (this, that) in enumerate(sorted(sides | {(b, a) for a, b in sides})):
        (id, start, end), (other, low, high) = this, that
        if id not in essays:
            continue
        flagged[id][start:end] = True
        theirs = {root for a, b, root, _ in pieces[other] if a < high and low < b} - {None}
        for k, (a, b, root, _) in enumerate(pieces[id]):
            if a < end and start < b and root in theirs:
                right[id][max(a, start) : min(b, end)] = True
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
    total = sum(int(mask.sum()) for mask in flagged.values())
    precision = sum(int((flagged[id] & right[id]).sum()) for id in essays) / max(1, total)
    recall = sum(found.values()) / max(1, sum(taken.values()))
    cut = [len(p) for p in passages if p]
    granularity = float(np.mean(cut)) if cut else 1.0
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": precision, "recall": {"all": recall} | {e: found[e] / taken[e] for e in taken},
            "granularity": granularity, "plagdet": f1 / np.log2(1 + granularity)}
