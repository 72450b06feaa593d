"""Fit the reflection models from the labelled campaigns: ``python -m models.reflection.train``.

Writes model.npz and networks.npz beside this file and prints the figures of each campaign when it is left out of every step of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold
from sklearn.multiclass import OneVsRestClassifier

from analyzer.essay import Essay, Sentence
from analyzer.reflection.depth import FEATURES, DepthModel, OrdinalModel, essay_features
from analyzer.reflection.features import WORD_SLOTS, SentenceTable, build_table
from analyzer.reflection.formulaic import EARNING, FORMULAIC_FROM, FormulaicModel, earned
from analyzer.reflection.models import save_models
from analyzer.reflection.network import dense_inputs
from analyzer.reflection.reflection import ASPECTS, LABELS
from analyzer.reflection.sentences import (
    COMPONENTS, VECTOR_SCALE, LabelModel, final_features, looked_at_again, one_against_rest, read_twice, softmax,
    vector_features,
)
from analyzer.reflection.trees import DEPTH, BoostedTrees, tree_features
from analyzer.reflection.wording import CARRYING, WordingModel, shares
from analyzer.text.encode import DEFAULT_ENCODER, PART, UseEncoder, encode
from analyzer.text.segment import split_sentences
from models.corpora import load_campaigns

HERE = Path(__file__).resolve().parent
INNER = 3
"""Folds (whole campaigns) in which the first two readers label what they have not seen, for the third to learn from."""
WORDS_C, VECTORS_C, FINAL_C = 4.0, 0.5, 0.05
"""Inverse penalties; chosen among a few by the leave-one-campaign-out figures."""
SEEDS = (0, 1)
"""Networks that start elsewhere, one each."""
EMPTY = [LABELS.index("slogan"), LABELS.index("pledge")]
EMPTY_WEIGHT, SHALLOW_WEIGHT, WRITTEN_WEIGHT = 0.3, 2.0, 4.0
"""Of a slogan or pledge (there are thousands), a shallow essay's self-examination and a sentence written for the purpose, where an examined one weighs 1."""
WORDS_SCALE = 3.0
"""Weight of words and characters beside a vector's VECTOR_SCALE, where formulaic sentences are told."""
WORDING_PENALTY = 1.0
ROUNDS, LEARNING_RATE, LEAST_ROWS = 40, 0.1, 40
"""Of the trees; as first tried."""
DEPTH_PENALTY = 3.0
COVERED = 0.8
"""Share of left-out essays whose rating lies within the half width of their score."""


@dataclass
class Training:
    """All labelled essays; ``campaign`` by sentence row and by essay."""

    essays: list[Essay]
    table: SentenceTable
    label: np.ndarray
    """(rows,) index into LABELS, -1 where nobody labelled the sentence."""
    written: SentenceTable
    """Sentences written down to tell formulaic ones, each alone (data/formulaic.txt and, with cue words and yet not formulaic, data/examined.txt)."""
    written_formulaic: np.ndarray
    """bool"""
    row_campaign: np.ndarray
    campaign: np.ndarray
    levels: np.ndarray
    """(essays,) the raters' median level, 0 where nobody rated."""
    ratings: np.ndarray
    """(essays,) their mean level."""
    aspects: np.ndarray
    """(essays, len(ASPECTS)) median grade."""


def load_training(only: tuple[str, ...] = ()) -> Training:
    """The campaigns called so, all by default."""
    essays, sentences, labels, names, levels, means, aspects = [], [], [], [], [], [], []
    for campaign in load_campaigns():
        if only and campaign.name not in only:
            continue
        for essay in campaign.documents("essay"):
            split = split_sentences(essay)
            given = campaign.sentences.get(essay.id, [])
            rated = campaign.ratings.get(essay.id, [])
            essays.append(essay)
            sentences.append(split)
            names.append(campaign.name)
            labels += [_label(s, given) for s in split]
            depth = [r["depth"] for r in rated]
            levels.append(int(np.floor(np.median(depth) + 0.5)) if rated else 0)
            means.append(float(np.mean(depth)) if rated else 0.0)
            graded = [r for r in rated if ASPECTS[0] in r]  # a writer's own entry has a level only
            aspects.append([int(np.floor(np.median([r[a] for r in graded]) + 0.5)) if graded else 0 for a in ASPECTS])
    formulaic, examined = ((HERE / "data" / f"{name}.txt").read_text(encoding="utf-8").split() for name in ("formulaic", "examined"))
    names = np.array(names)
    table, written = _table(sentences), _table([[Sentence("", 0, len(text), text)] for text in (*formulaic, *examined)])
    is_formulaic = np.arange(len(written.essay)) < len(formulaic)
    return Training(essays, table, np.array(labels), written, is_formulaic, names[table.essay], names, np.array(levels), np.array(means),
                    np.array(aspects))


class _InOrder:
    """The default encoder on one thread: on several, the last digit of a vector depends on which of them meets a word first,
    and a network that is fitted to it ends elsewhere."""

    def __init__(self) -> None:
        self.name, self._encoder = DEFAULT_ENCODER, UseEncoder()

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        return np.concatenate([self._encoder.encode(sentences[k : k + PART]) for k in range(0, len(sentences), PART)])


def _table(essays: list[list[Sentence]]) -> SentenceTable:
    vectors = encode([s.text for sentences in essays for s in sentences], _InOrder())
    return build_table(essays, np.split(vectors, np.cumsum([len(s) for s in essays])[:-1]))


def _label(sentence, given: list[dict]) -> int:
    """The label that covers most of the sentence."""
    cover = np.zeros(len(LABELS))
    for g in given:
        cover[LABELS.index(g["label"])] += max(0, min(sentence.end, g["end"]) - max(sentence.start, g["start"]))
    return int(cover.argmax()) if cover.any() else -1


def fit_labels(t: Training, rows: np.ndarray) -> LabelModel:
    """The three readers and the networks, from the labelled ones among these rows.

    Any labels will do (benchmarks/cered.py has others).
    """
    from models.reflection.fit_network import fit_network  # PyTorch, which only this needs

    rows = rows[t.label[rows] >= 0]
    by_vector, by_words = np.zeros((2, len(t.label), t.label.max() + 1))
    for seen, unseen in GroupKFold(INNER).split(rows, groups=t.row_campaign[rows]):
        vectors, words = _first_readers(t, rows[seen])
        by_vector[rows[unseen]], by_words[rows[unseen]] = vectors(rows[unseen]), words(rows[unseen])
    final = LogisticRegression(C=FINAL_C, max_iter=200, tol=1e-3).fit(final_features(t.table, by_vector, by_words)[rows], t.label[rows])
    pca, vector, word = _fit_first(t, rows)
    dense = dense_inputs(t.table, pca.mean_, pca.components_)
    return LabelModel(
        pca.mean_, pca.components_, vector.coef_.T, vector.intercept_,
        np.stack([e.coef_[0] for e in word.estimators_], axis=1), np.array([e.intercept_[0] for e in word.estimators_]),
        final.coef_.T, final.intercept_,
        tuple(fit_network(t.table, dense, t.label, rows, t.row_campaign, seed) for seed in SEEDS),
    )


def _fit_first(t: Training, rows: np.ndarray):
    pca = PCA(COMPONENTS, random_state=0).fit(t.table.vectors[rows])
    features = vector_features(t.table, pca.mean_, pca.components_)
    vector = LogisticRegression(C=VECTORS_C, max_iter=100, tol=1e-3).fit(features[rows], t.label[rows])
    # the dual problem with a loose end is 20 times faster and labels no worse
    one = LogisticRegression(C=WORDS_C, solver="liblinear", dual=True, tol=0.1, random_state=0)
    word = OneVsRestClassifier(one).fit(t.table.hashed[rows], t.label[rows])
    return pca, vector, word


def _first_readers(t: Training, rows: np.ndarray):
    pca, vector, word = _fit_first(t, rows)
    features = vector_features(t.table, pca.mean_, pca.components_)
    weights = np.stack([e.coef_[0] for e in word.estimators_], axis=1)
    intercept = np.array([e.intercept_[0] for e in word.estimators_])
    return (
        lambda chosen: softmax(features[chosen] @ vector.coef_.T + vector.intercept_),
        lambda chosen: one_against_rest(t.table.hashed[chosen] @ weights + intercept),
    )


def fit_formulaic(t: Training, rows: np.ndarray) -> FormulaicModel:
    """What is formulaic, from these rows: what shallow essays (level 1) hold of self-examination, slogans and pledges, and
    what was written down for the purpose; what is not: experience, shortcoming, cause, insight, plan and feeling of all
    others, and sentences written down that use the same cue words of something that happened.
    """
    level, earning, empty = t.levels[t.table.essay], np.isin(t.label, EARNING), np.isin(t.label, EMPTY)
    weight = np.where(empty, EMPTY_WEIGHT, np.where(level == 1, SHALLOW_WEIGHT, 1.0))
    rows = rows[empty[rows] | (earning & (level > 0))[rows]]
    chosen = sparse.vstack([_formulaic_features(t.table)[rows], _formulaic_features(t.written)]).tocsr()
    true = np.append((empty | (level == 1))[rows], t.written_formulaic)
    weight = np.append(weight[rows], np.full(len(t.written_formulaic), WRITTEN_WEIGHT))
    model = LogisticRegression(max_iter=300).fit(chosen, true, sample_weight=weight)
    dimension = t.table.vectors.shape[1]
    return FormulaicModel(VECTOR_SCALE * model.coef_[0, :dimension], WORDS_SCALE * model.coef_[0, dimension:], model.intercept_)


def _formulaic_features(table: SentenceTable):
    return sparse.hstack([sparse.csr_matrix(VECTOR_SCALE * table.vectors), WORDS_SCALE * table.hashed]).tocsr()


def fit_ordinal(features: np.ndarray, grades: np.ndarray, cuts: int = 3, penalty: float = DEPTH_PENALTY) -> OrdinalModel:
    """Proportional odds by maximum likelihood with a ridge penalty; ``grades`` are 0 to ``cuts``."""
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-6)
    x, d = (features - mean) / scale, features.shape[1]

    def unpack(theta):
        return theta[:d], np.cumsum(np.append(theta[d], np.exp(theta[d + 1 :])))

    def loss(theta):
        weights, edges = unpack(theta)
        edge = np.concatenate([[-np.inf], edges, [np.inf]])
        latent = x @ weights
        below = 1 / (1 + np.exp(-np.clip(edge[grades + 1] - latent, -50, 50)))
        under = 1 / (1 + np.exp(-np.clip(edge[grades] - latent, -50, 50)))
        return -np.log(np.maximum(below - under, 1e-9)).sum() + penalty * (weights @ weights) / 2

    start = np.concatenate([np.zeros(d), [-1.0], np.zeros(cuts - 1)])
    weights, edges = unpack(minimize(loss, start, method="L-BFGS-B", options={"maxiter": 1000}).x)
    return OrdinalModel(mean, scale, weights, edges)


def said_of(t: Training, rows: np.ndarray) -> np.ndarray:
    """(rows, 2 x labels + 1) of these rows (bool) by a model that saw only the others, before the trees look again:
    probabilities as labelled and without formulaic sentences, and the chance of being formulaic (``read_twice``)."""
    first, second, chance = read_twice(t.table.only(rows), fit_all(t, np.flatnonzero(~rows)))
    return np.column_stack([first, second, chance])


def fit_all(t: Training, rows: np.ndarray) -> LabelModel:
    """What labels sentences and what tells the formulaic ones, from these rows."""
    return replace(fit_labels(t, rows), formulaic=fit_formulaic(t, rows))


def fit_trees(t: Training, said: np.ndarray, rows: np.ndarray) -> tuple[BoostedTrees, BoostedTrees]:
    """Trees over what models said of rows (bool) that they had not seen: of essays as they stand, and of what counts in them;
    ``said`` as ``said_of`` gives it, of all rows."""
    k, own = len(LABELS), rows & (said[:, -1] < FORMULAIC_FROM)
    return _boosted(t, said[:, :k], said[:, -1], rows), _boosted(t, said[:, k:-1], said[:, -1], own)


def _boosted(t: Training, probabilities: np.ndarray, chance: np.ndarray, rows: np.ndarray) -> BoostedTrees:
    features = tree_features(t.table.only(rows), probabilities[rows], chance[rows])
    label = t.label[rows]
    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS, learning_rate=LEARNING_RATE, max_depth=DEPTH, max_leaf_nodes=None, min_samples_leaf=LEAST_ROWS,
        early_stopping=False, random_state=0,
    ).fit(features[label >= 0], label[label >= 0])
    parts = [_as_heap(tree.nodes) for round in model._predictors for tree in round]
    return BoostedTrees(model._baseline_prediction.ravel(), *(np.stack(part) for part in zip(*parts)))


def _as_heap(nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Feature, threshold and value of a full tree; below a leaf that stands higher up everything goes left, to its value."""
    inner = 2**DEPTH - 1
    feature, threshold, value = np.zeros(inner, int), np.full(inner, np.inf), np.zeros(inner + 1)
    waiting = [(0, 0)]
    while waiting:
        at, number = waiting.pop()
        node = nodes[number]
        if at >= inner:
            value[at - inner] = node["value"]
        elif node["is_leaf"]:
            waiting.append((2 * at + 1, number))
        else:
            feature[at], threshold[at] = node["feature_idx"], node["num_threshold"]
            waiting += [(2 * at + 1, node["left"]), (2 * at + 2, node["right"])]
    return feature, threshold, value


def fit_wording(t: Training, counting: np.ndarray, rows: np.ndarray) -> WordingModel:
    """From the essays of these rows (bool) and the readers' grades of their aspects; ``counting`` (rows, labels) as models
    count them that had not seen them."""
    essays = np.unique(t.table.essay[rows])
    number, words, weights = np.searchsorted(essays, t.table.essay[rows]), t.table.hashed[rows, :WORD_SLOTS], []
    for k, label in enumerate(CARRYING):
        share = np.concatenate([shares(counting[t.table.essay == essay, label]) for essay in essays])
        held = sparse.csr_matrix((share, (number, np.arange(len(number))))) @ words
        weights.append(Ridge(WORDING_PENALTY, solver="sparse_cg", tol=1e-4).fit(held, t.aspects[essays, k]).coef_)
    return WordingModel(np.stack(weights, axis=1))


@dataclass(frozen=True)
class Unseen:
    """What models said of campaigns that they had not seen (``said_of``); models/reflection/left_out.py makes it."""

    group: np.ndarray
    """(rows,) number of the group of campaigns that is left out at once."""
    without: list[np.ndarray]
    """For each group all rows as said by models that saw neither this group nor the row's."""

    @property
    def each(self) -> np.ndarray:
        """All rows as said by models that had seen all groups but the row's."""
        found = self.without[0].copy()
        for group, said in enumerate(self.without):
            found[self.group == group] = said[self.group == group]
        return found


@dataclass(frozen=True)
class LeftOut:
    """What models that saw only the other campaigns say of each; benchmarks, notebooks and the model card read it."""

    probabilities: np.ndarray
    """(rows, labels)"""
    counting: np.ndarray
    """(rows, labels) as they count for the level."""
    features: np.ndarray
    """(essays, features)"""
    levels: np.ndarray
    """(essays,) 1 to 4."""
    scores: np.ndarray
    """(essays,) 0 to 100."""


def leave_out(t: Training, unseen: Unseen) -> LeftOut:
    """Judge each campaign by models that saw it in no step.

    What trees, wording and level learn from, too, was said by models that had not seen the judged campaigns, nor the campaign of
    which they said it.
    """
    labelling, counted = np.zeros((2, len(t.label), len(LABELS)))
    judged = np.zeros((len(t.essays), len(FEATURES)))
    levels, scores = np.zeros(len(t.essays), int), np.zeros(len(t.essays))
    groups = np.arange(unseen.group.max() + 1)
    for group in groups:
        said, here = unseen.without[group], unseen.group == group
        parts = [np.isin(unseen.group, part) for part in np.array_split(groups[groups != group], INNER)] + [here]
        counting, merits = np.zeros((len(t.label), len(LABELS))), np.zeros((len(t.label), len(ASPECTS)))
        for part in parts:
            found, counting[part] = _read(t, part, said, fit_trees(t, said, ~here & ~part))
        labelling[here], counted[here] = found, counting[here]
        for part in parts:
            merits[part] = fit_wording(t, counting, ~here & ~part).merits(t.table.only(part))
        features, own = depth_features(t.table, np.hstack([counting, merits])), np.zeros(len(t.essays), bool)
        own[t.table.essay[here]] = True
        model = fit_ordinal(features[~own & (t.levels > 0)], t.levels[~own & (t.levels > 0)] - 1)
        judged[own] = features[own]
        levels[own] = model.grade(features[own]) + 1
        scores[own] = 100 * model.above(features[own]).mean(axis=1)
    return LeftOut(labelling, counted, judged, levels, scores)


def _read(
    t: Training, rows: np.ndarray, said: np.ndarray, trees: tuple[BoostedTrees, BoostedTrees]
) -> tuple[np.ndarray, np.ndarray]:
    """Of these rows (bool) what ``read_twice`` would have said with these trees: probabilities as labelled, and what they earn."""
    table, said, k = t.table.only(rows), said[rows], len(LABELS)
    first, second, chance = said[:, :k], said[:, k:-1], said[:, -1]
    labelling, own = looked_at_again(table, first, chance, trees[0]), chance < FORMULAIC_FROM
    counting = labelling.copy()
    counting[own] = looked_at_again(table.only(own), second[own], chance[own], trees[1])
    return labelling, earned(counting, chance)


def depth_features(table: SentenceTable, counts: np.ndarray) -> np.ndarray:
    """(essays, len(FEATURES)) of the essays that hold the table's sentences; ``counts`` as ``essay_features`` takes them."""
    return np.stack([essay_features(counts[table.essay == essay]) for essay in np.unique(table.essay)])


def main() -> None:
    from models.reflection.left_out import unseen  # which calls this module's

    t = load_training()
    said = unseen(t)
    out = leave_out(t, said)
    probabilities, features, levels, scores, rated = out.probabilities, out.features, out.levels, out.scores, t.levels > 0
    print(f"{'campaign left out':18}{'sentences':>10}{'accuracy':>10}{'macro F1':>10}{'essays':>8}{'QWK':>7}{'Spearman':>10}")
    for name in [*np.unique(t.campaign), None]:
        row = (t.label >= 0) & ((t.row_campaign == name) | (name is None))
        label, true = probabilities[row].argmax(axis=1), t.label[row]
        essay = rated & ((t.campaign == name) | (name is None))
        kappa = cohen_kappa_score(t.levels[essay], levels[essay], weights="quadratic")
        print(f"{name or 'all':18}{row.sum():10}{(label == true).mean():10.3f}{f1_score(true, label, average='macro'):10.3f}"
              f"{essay.sum():8}{kappa:7.3f}{spearmanr(t.levels[essay], scores[essay])[0]:10.3f}")
    off = np.abs(scores - 100 * (t.ratings - 1) / 3)[rated]
    depth = DepthModel(
        fit_ordinal(features[rated], t.levels[rated] - 1),
        {a: fit_ordinal(features[rated], t.aspects[rated, k]) for k, a in enumerate(ASPECTS)},
        float(np.quantile(off, COVERED)),
    )
    rows = np.ones(len(t.label), bool)
    trees, counting_trees = fit_trees(t, said.each, rows)
    labels = replace(fit_all(t, np.flatnonzero(rows)), trees=trees, counting_trees=counting_trees, wording=fit_wording(t, out.counting, rows))
    save_models(HERE / "model.npz", labels, depth)


if __name__ == "__main__":
    main()
