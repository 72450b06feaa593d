"""From labelled sentences to the depth of an essay: an ordinal model on what a reader looks for.

Levels after Kember, McKay, Sinclair and Wong (2008), A four-category scheme for coding and assessing the level of
reflection in written work. Only what was found counts (own experience, own shortcoming, cause, changed view, checkable
plan, and how one leads to the next), each up to a ceiling: more words earn nothing, and slogans neither add nor take.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analyzer.essay import Essay
from analyzer.reflection.advice import advise
from analyzer.reflection.formulaic import EARNING
from analyzer.reflection.reflection import ASPECTS, LABELS, LEVELS, LabelledSentence, Reflection
from analyzer.reflection.wording import shares

LEAST_CHARACTERS, LEAST_SENTENCES = 80, 3
"""Own text below either is not rated: the shortest rated essays of the training data have about 200 characters."""

COUNTED = (*ASPECTS, "feeling")
ENOUGH = 2.0
"""Sentences of one kind beyond which more earn nothing."""
LIKELY = 0.4
"""Chances below this add nothing to the amount of a kind: twenty slogans, each a little like a feeling, are no feeling."""

SURE_FROM, SURE = 0.3, 0.6
"""A chance counts for nothing up to the first, in full from the second on: what might be a cause is none."""

WHOLE = 3.0
"""Sentences that reflect, of any kind, below which all that an essay holds counts in proportion: a line is no reflection."""

FOUNDED = ("shortcoming", "cause", "feeling")
"""Kinds that count only where the essay tells something that happened, one sure sentence of experience: self-accusation that
leans on nothing is a turn of phrase, where a thought about one's work in general is level 2."""

LINKS = (("experience", "shortcoming", 6), ("shortcoming", "cause", 6), ("cause", "insight", 6), ("insight", "plan", 10))
"""What leads to what, and within how many sentences."""

FEATURES = (
    *(f"{label}_{what}" for label in COUNTED for what in ("best", "second", "amount")),
    *(f"{a}_{b}" for a, b, _ in LINKS), "weakest", "all_five", *(f"{aspect}_wording" for aspect in ASPECTS),
)


def essay_features(counts: np.ndarray) -> np.ndarray:
    """(len(FEATURES),) from the (sentences, len(LABELS) + len(ASPECTS)) probabilities and merits of an essay, in order."""
    probabilities, merits = np.split(counts, [len(LABELS)], axis=1)
    column = {label: probabilities[:, LABELS.index(label)] for label in COUNTED}
    told = min(1.0, _surely(column["experience"]).sum())
    column |= {label: told * column[label] for label in FOUNDED}
    wording = [shares(column[aspect]) @ merits[:, k] for k, aspect in enumerate(ASPECTS)]
    column = {label: chances * _surely(chances) for label, chances in column.items()}
    values = []
    for label in COUNTED:
        ranked = np.sort(column[label])[::-1]
        values += [ranked[0], ranked[1] if len(ranked) > 1 else 0.0, min(ranked[ranked >= LIKELY].sum(), ENOUGH) / ENOUGH]
    values += [_link(column[a], column[b], within) for a, b, within in LINKS]
    best = [column[aspect].max() for aspect in ASPECTS]
    reflecting = _surely(probabilities[:, EARNING].max(axis=1)).sum()
    found = min(1.0, reflecting / WHOLE) * np.array([*values, min(best), float(np.prod(best))])
    return np.append(found, wording)


def _surely(chances: np.ndarray) -> np.ndarray:
    return np.clip((chances - SURE_FROM) / (SURE - SURE_FROM), 0, 1)


def _link(first: np.ndarray, then: np.ndarray, within: int) -> float:
    """How surely a sentence of one kind is followed (or at once preceded) by one of the other kind."""
    reached = then.copy()
    reached[1:] = np.maximum(reached[1:], then[:-1])
    for steps in range(1, min(within + 1, len(then))):
        np.maximum(reached[:-steps], then[steps:], out=reached[:-steps])
    return float(np.minimum(first, reached).max())


@dataclass(frozen=True)
class OrdinalModel:
    """Proportional odds (McCullagh 1980): P(level > k) = 1 / (1 + exp(cuts[k] - x · weights))."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    cuts: np.ndarray

    def above(self, features: np.ndarray) -> np.ndarray:
        """(n, len(cuts)): chance of being above each cut, from (n, d) features."""
        latent = ((np.atleast_2d(features) - self.mean) / self.scale) @ self.weights
        return 1 / (1 + np.exp(np.clip(self.cuts[None] - latent[:, None], -30, 30)))

    def grade(self, features: np.ndarray) -> np.ndarray:
        """(n,) likeliest grade, 0 to len(cuts)."""
        above = self.above(features)
        edges = np.hstack([np.ones((len(above), 1)), above, np.zeros((len(above), 1))])
        return (edges[:, :-1] - edges[:, 1:]).argmax(axis=1)


@dataclass(frozen=True)
class DepthModel:
    """The level, the five aspects, and how far a score may be off."""

    level: OrdinalModel
    aspects: Mapping[str, OrdinalModel]
    half_width: float
    """Points: about 80 % of essays of campaigns left out were rated within this much of their score."""


def rate(
    essay: Essay, labelled: tuple[tuple[LabelledSentence, ...], np.ndarray], model: DepthModel,
    taken: np.ndarray | None = None,
) -> Reflection:
    """The reflection of an essay.

    Parameters
    ----------
    labelled : what ``label_sentences`` gave for it.
    taken : (len(text),) bool, characters that are quoted or stand in other documents; sentences that mostly are, do
        not count. None: the text as it stands.
    """
    sentences, counts = labelled
    before = np.zeros(len(essay.text) + 1, int) if taken is None else np.append(0, np.cumsum(taken))
    own = [k for k, s in enumerate(sentences) if before[s.end] - before[s.start] <= 0.5 * (s.end - s.start)]
    own = _without_repeats(essay.text, sentences, own)
    kept = tuple(sentences[k] for k in own)
    if sum(_chinese(essay.text[s.start : s.end]) for s in kept) < LEAST_CHARACTERS or len(kept) < LEAST_SENTENCES:
        return Reflection(essay.id, None, None, None, None, {}, sentences if taken is None else kept, (), advise(None, kept))
    features = essay_features(counts[own])
    above = model.level.above(features)[0]
    score = 100 * float(above.mean())
    level = LEVELS[int(model.level.grade(features)[0])]
    aspects = {name: int(model.aspects[name].grade(features)[0]) for name in ASPECTS}
    shown = sentences if taken is None else kept
    index = {s: k for k, s in enumerate(shown)}
    evidence = tuple(index[sentences[k]] for k in _evidence(counts, own))
    return Reflection(
        essay.id, level, round(score, 1), round(max(0.0, score - model.half_width), 1),
        round(min(100.0, score + model.half_width), 1), aspects, shown, evidence, advise(aspects, kept),
    )


_CHINESE = re.compile("[\u3400-\u9fff]+")


def _chinese(text: str) -> int:
    """Characters of Chinese: a list of numbers or an English text is nothing that the models could judge."""
    return sum(map(len, _CHINESE.findall(text)))


def _without_repeats(text: str, sentences: tuple[LabelledSentence, ...], own: list[int]) -> list[int]:
    """A sentence that stands twice counts once: saying it again is not thinking more."""
    seen: set[str] = set()
    return [k for k in own if not (text[(s := sentences[k]).start : s.end] in seen or seen.add(text[s.start : s.end]))]


def _evidence(counts: np.ndarray, own: list[int]) -> list[int]:
    """The (at most three) sentences that count most, in the order of the text: the surest of different kinds first."""
    columns = [LABELS.index(aspect) for aspect in ASPECTS]
    best = sorted(((counts[own][:, c].max(), own[int(counts[own][:, c].argmax())]) for c in columns), reverse=True)
    chosen: list[int] = []
    for chance, k in best:
        if chance >= 0.3 and k not in chosen:
            chosen.append(k)
    return sorted(chosen[:3])
