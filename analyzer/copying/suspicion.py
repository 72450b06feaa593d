"""From matches to a verdict on each essay: a calibrated probability, never a claim about who copied whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from analyzer.copying.groups import group_essays
from analyzer.copying.little import little_pairs, usual_little
from analyzer.copying.logistic import Logistic
from analyzer.copying.match import Match, Originality
from analyzer.essay import Essay

SUSPECTED = 0.3
"""Probability from which an essay is listed for people to look at. Campaigns left out of the fit (models/copying/train.py):
257 listed, 254 of them rightly, of 266; at 0.5 it would be 251, 250."""

MANY = 4
"""Other essays that must share a passage before it counts as a template whose source is not here."""

FEATURES = ("share", "rare_share")
"""Share of the characters that stand in another document; the same with each character weighted by its rarity. What is shared
in little pieces counts only beyond what is usual in the batch (``usual_little``)."""


@dataclass(frozen=True)
class Coverage:
    """Which characters of an essay are quoted, shared with other essays, shared with 范文; how rare what is shared is."""

    quoted: np.ndarray
    copied: np.ndarray
    templated: np.ndarray
    rarity: np.ndarray
    """(n,) float: rarity of the rarest match over each character, 0 where there is none."""
    partners: Counter
    """Characters shared with each other document."""
    repeated: np.ndarray
    """Characters that stand in an earlier essay of the same person; they count as its own."""
    little: np.ndarray
    """Characters shared only with documents that share no more than chance gives (``little.little_pairs``)."""


def suspicion_features(covered: Iterable[Coverage]) -> np.ndarray:
    """(essays, len(FEATURES)) of a whole batch."""
    covered = list(covered)
    share = lambda values: float(values.mean()) if len(values) else 0.0
    little = np.array([share(seen.little) for seen in covered])
    counts = np.clip(1 - usual_little(little) / np.where(little, little, 1), 0, 1)
    whole = np.array([(share(seen.copied | seen.templated), share(seen.rarity)) for seen in covered])
    of_little = np.array([(share(seen.little), share(np.where(seen.little, seen.rarity, 0))) for seen in covered])
    return (whole - of_little * (1 - counts)[:, None]).reshape(-1, len(FEATURES))


def both_ways(matches: Sequence[Match]) -> list[Match]:
    """Each match as seen from its essay, and matches within the batch from the other side too."""
    turned = [
        Match(m.other, m.other_start, m.other_end, m.essay, m.start, m.end, m.kind, m.where, m.similarity, m.rarity)
        for m in matches if m.where == "batch"
    ]
    return [*matches, *turned]


def coverage(essays: Sequence[Essay], matches: Sequence[Match]) -> dict[str, Coverage]:
    """What matches cover in each essay, by id."""
    own: dict[str, list[Match]] = {essay.id: [] for essay in essays}
    for match in both_ways(matches):
        own[match.essay].append(match)
    little = little_pairs(matches, len(essays))
    return {essay.id: _coverage(len(essay.text), own[essay.id], little) for essay in essays}


def _coverage(length: int, matches: Sequence[Match], little: Set[tuple[str, str]]) -> Coverage:
    quoted, copied, library, repeated, much = (np.zeros(length, bool) for _ in range(5))
    rarity, sharers = np.zeros(length), np.zeros(length, int)
    partners: Counter = Counter()
    for m in matches:
        span = slice(m.start, m.end)
        if m.kind == "quote":
            quoted[span] = True
            continue
        if m.where == "own":
            repeated[span] = True
            continue
        (library if m.where == "library" else copied)[span] = True
        sharers[span] += m.where != "library"
        rarity[span] = np.maximum(rarity[span], m.rarity)
        much[span] |= (m.essay, m.other) not in little and (m.other, m.essay) not in little
        partners[m.other] += m.end - m.start
    copied, library = copied & ~quoted, library & ~quoted
    return Coverage(quoted, copied, library | (copied & (sharers >= MANY)), np.where(quoted, 0, rarity), partners,
                    repeated & ~quoted, (copied | library) & ~much)


def judge(essays: Sequence[Essay], matches: Sequence[Match], model: Logistic) -> dict[str, Originality]:
    """Originality of each essay, by id."""
    covered = coverage(essays, matches)
    groups = group_essays(essays, matches)
    probability = model.probability(suspicion_features(covered[essay.id] for essay in essays))
    return {
        essay.id: _originality(essay, covered[essay.id], float(p), groups) for essay, p in zip(essays, probability)
    }


def _originality(essay: Essay, seen: Coverage, suspicion: float, groups: Mapping[str, int]) -> Originality:
    share = lambda mask: round(float(mask.mean()), 4) if len(mask) else 0.0
    shared = seen.copied | seen.templated
    suspicion = suspicion if shared.any() else 0.0
    verdict = "clear"
    if suspicion >= SUSPECTED:
        verdict = "templated" if seen.templated.sum() >= (seen.copied & ~seen.templated).sum() else "copied"
    return Originality(
        essay.id, verdict, round(suspicion, 4), share(seen.copied), share(seen.templated), share(seen.quoted),
        share(~(shared | seen.quoted)), groups.get(essay.id),
        seen.partners.most_common(1)[0][0] if seen.partners else "", share(seen.repeated),
    )
