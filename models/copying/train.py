"""Fit what the copying stage decides by, from the labelled campaigns: ``python -m models.copying.train [--second]``.

Writes common_kgrams.npy, background.txt, background.npy and model.json beside this file, and prints how well the same
steps do on each campaign when it is left out of the fit (leave-one-campaign-out). With ``--second`` it fits what is decided with a
second encoder (e5, which needs the extra [e5]), and writes that alone: model-second.json.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold

from analyzer.copying.bundles import find_bundles
from analyzer.copying.candidates import all_pairs
from analyzer.copying.document import Document
from analyzer.copying.correspondence import Correspondence, CorrespondenceModel, neighbour_features, pair_features
from analyzer.copying.finder import Models, find_matches, in_order, quote_documents
from analyzer.copying.logistic import Logistic
from analyzer.copying.meaning import SentenceSpace, build_space
from analyzer.copying.second import Encode
from analyzer.copying.suspicion import SUSPECTED, coverage, suspicion_features
from analyzer.copying.rewording import chain_features, find_chains
from analyzer.copying.rewording import pair_features as sentence_pair_features
from analyzer.store import data_folder
from analyzer.text.encode import encode, encode_once, load_encoder
from models.corpora import WHERE, Campaign, load_campaigns, passage_roots, shared_share

HERE = Path(__file__).resolve().parent
UNRELATED = 40_000
"""Unrelated sentence pairs drawn from each campaign."""
REWORDED = ("heavy", "summary")
BACKGROUND = 3000
"""Sentences of the background that are shipped: more add megabytes, not distance."""


UNSEEN = ("court", "discipline", "fire", "powergrid", "tax", "water")
"""Campaigns that no model is fitted on, so that something is left to measure on (``python -m benchmarks.copying --unseen``). Fitting
on them too was tried and is no better: docs/copying.md."""


@dataclass
class Prepared:
    campaign: Campaign
    documents: list[Document]
    vectors: list[np.ndarray]
    roots: list[list[set]]
    """For each document and sentence: (root, edit) of the pieces that hold most of it."""


def fitted_campaigns() -> list[Campaign]:
    return [campaign for campaign in load_campaigns() if campaign.name not in UNSEEN]


def prepare_campaign(campaign: Campaign) -> Prepared:
    essays = [(essay, WHERE[kind]) for kind in ("essay", "template") for essay in campaign.documents(kind)]
    documents, _ = quote_documents(essays, campaign.documents("official"))
    texts = [s.text for d in documents for s in d.sentences]
    vectors = encode(texts, load_encoder())
    cuts = np.cumsum([len(d.sentences) for d in documents])[:-1]
    spans = passage_roots(campaign)
    roots = [[_pieces_of(s, spans[d.id]) for s in d.sentences] for d in documents]
    return Prepared(campaign, documents, np.split(vectors, cuts), roots)


def _pieces_of(sentence, spans) -> list[tuple]:
    held = []
    for start, end, root, edit in spans:
        overlap = min(end, sentence.end) - max(start, sentence.start)
        if root is not None and overlap > 0.5 * min(end - start, sentence.end - sentence.start):
            held.append((root, edit))
    return held


def truth_of(p: Prepared, pairs: np.ndarray, space: SentenceSpace) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each pair of documents (n, m) bool twice: same passage; same passage, reworded on one side at least."""
    number: dict = {}
    held = [p.roots[d][s] for d, s in zip(space.document, space.sentence)]
    entries = [(row, number.setdefault(root, len(number)), edit in REWORDED)
               for row, pieces in enumerate(held) for root, edit in pieces]
    rows, roots, reworded = (np.array(x) for x in zip(*entries))
    holds = np.zeros((len(held), len(number)), np.float32)
    anew = holds.copy()
    holds[rows, roots] = 1
    anew[rows[reworded], roots[reworded]] = 1
    same = holds @ holds.T > 0
    rewording = (anew @ holds.T + holds @ anew.T) > 0
    block = lambda matrix, a, b: matrix[np.ix_(space.rows(a), space.rows(b))]
    return [block(same, a, b) for a, b in pairs], [block(rewording, a, b) for a, b in pairs]


def own_vectors(p: Prepared) -> tuple[list[str], np.ndarray]:
    """Sentences of the campaign's essays that copy nothing, quotations left out, with their vectors."""
    texts, rows = [], []
    for document, vectors in zip(p.documents, p.vectors):
        if document.where == "batch" and p.campaign.copies_nothing(document.id):
            kept = np.flatnonzero(~document.quoted_sentences())
            texts += [document.sentences[k].text for k in kept]
            rows.append(vectors[kept])
    return texts, np.concatenate(rows)


def common_kgrams(prepared: list[Prepared]) -> np.ndarray:
    """(h,) sorted uint64: k-grams in at least two documents that copy nothing, in whichever campaigns."""
    uniques = [
        np.unique(d.hashes[d.hashes != 0]) for p in prepared for d in p.documents if p.campaign.copies_nothing(d.id)
    ]
    hashes, count = np.unique(np.concatenate(uniques), return_counts=True)
    return hashes[count >= 2]


@dataclass
class Judged:
    """A campaign seen against a background: every pair of documents with features and truth."""

    prepared: Prepared
    space: SentenceSpace
    pairs: np.ndarray
    same: list[np.ndarray]
    reworded: list[np.ndarray]


def judge(p: Prepared, background: np.ndarray) -> Judged:
    space = build_space(p.documents, p.vectors, background)
    pairs = all_pairs(p.documents)
    return Judged(p, space, pairs, *truth_of(p, pairs, space))


def fit_pairs(judged: list[Judged], seed: int = 0) -> Logistic:
    """Reworded sentence pairs against unrelated ones."""
    rng = np.random.default_rng(seed)
    rows, labels = [], []
    for j in judged:
        positive, negative = [], []
        for features, same, reworded in zip(sentence_pair_features(j.space, j.pairs), j.same, j.reworded):
            positive.append(features[reworded])
            negative.append(features[~same])
        positive, negative = np.concatenate(positive), np.concatenate(negative)
        negative = negative[rng.choice(len(negative), min(UNRELATED, len(negative)), replace=False)]
        rows += [positive, negative]
        labels += [np.ones(len(positive)), np.zeros(len(negative))]
    return _fit(np.concatenate(rows), np.concatenate(labels), class_weight="balanced")


def fit_chains(judged: list[Judged], models: list[Logistic]) -> Logistic:
    """Pairs of documents with at least three reworded sentences against pairs that share nothing.

    ``models``: for each campaign a pair model that did not see it, as the chain model will meet in use.
    """
    rows, labels = [], []
    for j, pair_model in zip(judged, models):
        features, label, clean = chain_table(j, pair_model)
        rows.append(features[clean])
        labels.append(label[clean])
    return _fit(np.concatenate(rows), np.concatenate(labels))


def chain_table(j: Judged, pair_model: Logistic) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, label, and which pairs are clean cases (not those that share text without rewording)."""
    chains = find_chains(j.space, j.pairs, pair_model)
    label = np.array([r.sum() >= 3 for r in j.reworded])
    clean = label | ~np.array([s.any() for s in j.same])
    return chain_features(chains, len(j.prepared.documents)), label, clean


def _fit(rows: np.ndarray, labels: np.ndarray, **options) -> Logistic:
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    model = LogisticRegression(max_iter=2000, **options).fit((rows - mean) / scale, labels)
    return Logistic(mean, scale, model.coef_[0], float(model.intercept_[0]))


FOLDS = 5
"""Parts of the campaigns that a later model is fitted on, each judged by an earlier model that did not see it."""


def fit_correspondence(
    judged: list[Judged], pair_models: list[Logistic], chains: Logistic, own: list[np.ndarray], second: Encode | None
) -> CorrespondenceModel:
    """Which sentences go together, from pairs of documents for which something speaks.

    ``pair_models``: for each campaign one that did not see it; ``own``: each campaign's sentences for the background.
    """
    found, campaign = [], []
    for k, (j, model) in enumerate(zip(judged, pair_models)):
        p, others = j.prepared, [i for i in range(len(judged)) if i != k]
        background = np.concatenate([own[i] for i in others])
        common = common_kgrams([judged[i].prepared for i in others])
        for bundle in find_bundles(*in_order(p.documents, p.vectors), model, chains, background, common, second=second)[1]:
            pairs = bundle.correspondences(model)
            found += [(pair, same_passage(p, pair)) for pair in pairs]
            campaign += [k] * len(pairs)
    campaign = np.array(campaign)
    sentences = lambda features, which: _fit(
        np.concatenate([features[i].reshape(-1, features[i].shape[-1]) for i in which]),
        np.concatenate([found[i][1].ravel() for i in which]), C=0.3)
    texts = lambda features, which: _fit(np.array(features)[which], np.array([found[i][1].any() for i in which]))
    alone = [pair.features for pair, _ in found]
    first = _left_out(alone, campaign, sentences)
    around = [neighbour_features([chance])[0] for chance in first]
    among = [np.concatenate([pair.features, near], axis=-1) for (pair, _), near in zip(found, around)]
    again = _left_out(among, campaign, sentences)
    related = [pair_features(pair, chance) for (pair, _), chance in zip(found, again)]
    everything = range(len(found))
    return CorrespondenceModel(sentences(alone, everything), sentences(among, everything), texts(related, everything))


def same_passage(p: Prepared, pair: Correspondence) -> np.ndarray:
    """(n, m) bool: the two sentences hold the same passage."""
    place = {document.id: k for k, document in enumerate(p.documents)}
    held = lambda document, kept: [{root for root, _ in p.roots[place[document.id]][s]} for s in kept]
    ours, theirs = held(pair.a, pair.rows), held(pair.b, pair.columns)
    return np.array([[bool(x & y) for y in theirs] for x in ours])


def _left_out(features: list[np.ndarray], campaign: np.ndarray, fit) -> list[np.ndarray]:
    """For each pair its probabilities by a model that did not see its campaign."""
    chances: list = [None] * len(features)
    for seen, unseen in GroupKFold(min(FOLDS, len(set(campaign)))).split(campaign, groups=campaign):
        model = fit(features, seen)
        for i in unseen:
            chances[i] = model.probability(features[i])
    return chances


POSITIVE, NEGATIVE = 0.3, 0.1
"""Share of an essay that stands in another document: from here on it should be listed; below this it must not be."""


def suspicion_table(p: Prepared, models: Models) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, label and which essays are clear cases, with matches found by models that did not see the campaign."""
    essays = p.campaign.documents("essay")
    covered = coverage(essays, find_matches(p.documents, p.vectors, models))
    share = np.array([shared_share(p.campaign, essay.id) for essay in essays])
    return suspicion_features(covered[e.id] for e in essays), share >= POSITIVE, (share >= POSITIVE) | (share < NEGATIVE)


def fit_suspicion(tables: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Logistic:
    rows = np.concatenate([features[clear] for features, _, clear in tables])
    return _fit(rows, np.concatenate([label[clear] for _, label, clear in tables]))


def fit(prepared: list[Prepared], second: Encode | None = None) -> Models:
    """Everything the finder needs, from these campaigns; with a second encoder if there is to be one."""
    own = [own_vectors(p)[1] for p in prepared]
    judged = [judge(p, np.concatenate([v for k, v in enumerate(own) if k != i])) for i, p in enumerate(prepared)]
    unseen = [fit_pairs([j for k, j in enumerate(judged) if k != i]) for i in range(len(judged))]
    chains = fit_chains(judged, unseen)
    correspondence = fit_correspondence(judged, unseen, chains, own, second)
    return Models(fit_pairs(judged), chains, correspondence, np.concatenate(own), common_kgrams(prepared), second)


def left_out(prepared: list[Prepared], second: Encode | None = None) -> list[Models]:
    """For each campaign the models fitted on all others."""
    return [fit([p for k, p in enumerate(prepared) if k != i], second) for i in range(len(prepared))]


def second_encoder() -> Encode | None:
    """The one that was asked for on the command line; what it encodes is kept, as in use."""
    return partial(encode_once, encoder=load_encoder("e5"), cache=data_folder() / "cache") if "--second" in sys.argv else None


def main() -> None:
    prepared = [prepare_campaign(campaign) for campaign in fitted_campaigns()]
    second = second_encoder()
    tables = [suspicion_table(p, models) for p, models in zip(prepared, left_out(prepared, second))]
    print("campaign        listed  right  of   average precision   (each left out of the fit)")
    for i, (p, (features, label, clear)) in enumerate(zip(prepared, tables)):
        chance = fit_suspicion([t for k, t in enumerate(tables) if k != i]).probability(features[clear])
        listed, true = chance >= SUSPECTED, label[clear]
        print(f"{p.campaign.name:16}{listed.sum():5}{(listed & true).sum():7}{true.sum():5}"
              f"{average_precision_score(true, chance):14.3f}")
    models = fit(prepared, second)
    rows = {"suspicion": fit_suspicion(tables), **vars(models.correspondence)}
    if second:
        _write("model-second.json", rows, prepared)
        return
    np.save(HERE / "common_kgrams.npy", models.common_kgrams)
    texts = [text for p in prepared for text in own_vectors(p)[0]]
    kept = np.sort(np.random.default_rng(0).choice(len(texts), min(BACKGROUND, len(texts)), replace=False))
    (HERE / "background.txt").write_text("\n".join(" ".join(texts[k].split()) for k in kept) + "\n", encoding="utf-8")
    np.save(HERE / "background.npy", models.background[kept].astype(np.float16))
    _write("model.json", {"sentence_pairs": models.pairs, "chains": models.chains, **rows}, prepared)


def _write(file: str, rows: dict[str, Logistic], prepared: list[Prepared]) -> None:
    fitted = {name: {k: np.asarray(v).round(6).tolist() for k, v in vars(model).items()} for name, model in rows.items()}
    fitted["campaigns"] = [p.campaign.name for p in prepared]
    (HERE / file).write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
