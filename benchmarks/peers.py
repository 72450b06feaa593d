"""Other tools on the same labelled essays: ``pip install -e ".[peers]" && python -m benchmarks.peers [CAMPAIGN …]``.

Each tool ranks the essays by the similarity of their nearest other document (essay or 范文), and is given the threshold
and the settings that suit it best *on the very corpus* it is measured on; ours is fitted on the other campaigns and
keeps its own threshold. Dolos is installed with npm into benchmarks/dolos on first use.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from analyzer.copying import coverage, find_matches
from analyzer.copying.suspicion import SUSPECTED, suspicion_features
from analyzer.text.encode import encode, load_encoder
from analyzer.text.segment import sentence_spans
from models.copying.train import (
    NEGATIVE, POSITIVE, Prepared, fit, fit_suspicion, fitted_campaigns, prepare_campaign, suspicion_table,
)
from models.corpora import shared_share

DOLOS = Path(__file__).resolve().parent / "dolos"
Texts = dict[str, str]
"""By id, essays and 范文."""
Ranking = dict[str, float]
"""Similarity of the nearest other document, by id."""


def dolos(texts: Texts, **options) -> Ranking:
    return _nearest(texts, dolos_pairs(texts, **options))


def dolos_pairs(texts: Texts, **options) -> Iterator[tuple[str, str, float]]:
    """(id, id, similarity) of every pair."""
    if not (DOLOS / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", DOLOS], check=True)
    lines = "\n".join(json.dumps({"id": id, "text": text}, ensure_ascii=False) for id, text in texts.items())
    out = subprocess.run(["node", "pairs.mjs", json.dumps(options)], cwd=DOLOS, input=lines, capture_output=True, text=True, check=True)
    return map(json.loads, out.stdout.splitlines())


def copydetect(texts: Texts, k: int, window: int) -> Ranking:
    return _nearest(texts, copydetect_pairs(texts, k, window))


def copydetect_pairs(texts: Texts, k: int, window: int) -> Iterator[tuple[str, str, float]]:
    """(id, id, similarity) of every pair."""
    from copydetect import CodeFingerprint, compare_files

    with tempfile.TemporaryDirectory() as folder:
        prints = {}
        for number, (id, text) in enumerate(texts.items()):
            path = Path(folder) / f"{number}.txt"
            path.write_text(text, encoding="utf-8")
            prints[id] = CodeFingerprint(str(path), k, window, filter=False)
    ids = list(texts)
    return ((a, b, max(compare_files(prints[a], prints[b])[1])) for i, a in enumerate(ids) for b in ids[i + 1 :])


def minhash(texts: Texts, k: int) -> Ranking:
    from datasketch import MinHash

    made = {}
    for id, text in texts.items():
        made[id] = MinHash(num_perm=256)
        made[id].update_batch([text[i : i + k].encode() for i in range(max(1, len(text) - k + 1))])
    ids = list(texts)
    return _nearest(texts, ((a, b, made[a].jaccard(made[b])) for i, a in enumerate(ids) for b in ids[i + 1 :]))


def semhash(texts: Texts, threshold: float) -> Ranking:
    """One embedding an essay, by our encoder: its own model would have to be downloaded."""
    from semhash import SemHash

    class Whole:
        def encode(self, essays, **_):
            sentences = [[text[start:end] for start, end in sentence_spans(text)] for text in essays]
            rows = encode([s for essay in sentences for s in essay], load_encoder())
            return np.array([part.mean(axis=0) for part in np.split(rows, np.cumsum([len(s) for s in sentences])[:-1])])

    number = {text: id for id, text in texts.items()}
    found = SemHash.from_records(list(texts.values()), model=Whole()).self_deduplicate(threshold=threshold)
    return _nearest(texts, ((number[one.record], number[one.duplicate_of], one.score) for one in found.filtered))


def tfidf(texts: Texts) -> Ranking:
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), sublinear_tf=True).fit_transform(texts.values())
    similar = (rows @ rows.T).toarray()
    ids = list(texts)
    return _nearest(texts, ((a, b, similar[i, j]) for i, a in enumerate(ids) for j, b in enumerate(ids) if i < j))


def _nearest(texts: Texts, pairs) -> Ranking:
    best = dict.fromkeys(texts, 0.0)
    for a, b, similarity in pairs:
        best[a], best[b] = max(best[a], similarity), max(best[b], similarity)
    return best


PEERS: dict[str, list[Callable[[Texts], Ranking]]] = {
    "Dolos": [lambda t, k=k, w=w: dolos(t, kgramLength=k, kgramsInWindow=w) for k, w in ((6, 4), (10, 8), (13, 10), (23, 17))],
    "copydetect": [lambda t, k=k, w=w: copydetect(t, k, w) for k, w in ((6, 3), (10, 4), (25, 1))],
    "datasketch MinHash": [lambda t, k=k: minhash(t, k) for k in (3, 5, 8)],
    "semhash, one vector an essay": [lambda t, at=at: semhash(t, at) for at in (0.5, 0.8, 0.9, 0.95)],
    "character TF-IDF": [tfidf],
}


def measures(rank: np.ndarray, label: np.ndarray, threshold: float | None = None) -> tuple[float, float, float]:
    """Average precision, F1 at the threshold (at the best one where none is given), recall without a false alarm."""
    from sklearn.metrics import average_precision_score, f1_score

    tries = [threshold] if threshold is not None else np.unique(rank)
    return (average_precision_score(label, rank), max(f1_score(label, rank >= t) for t in tries),
            float((rank[label] > rank[~label].max(initial=-np.inf)).mean()))


def main() -> None:
    campaigns = fitted_campaigns()
    chosen = set(sys.argv[1:]) or {"rectification", "village"}
    prepared = [prepare_campaign(campaign) for campaign in campaigns]
    for p in (p for p in prepared if p.campaign.name in chosen):
        essays, templates = p.campaign.documents("essay"), p.campaign.documents("template")
        texts = {document.id: document.text for document in (*essays, *templates)}
        share = np.array([shared_share(p.campaign, essay.id) for essay in essays])
        clear = (share >= POSITIVE) | (share < NEGATIVE)
        label = share[clear] >= POSITIVE
        print(f"\n{p.campaign.name}: {len(essays)} essays, {label.sum()} of {clear.sum()} clear cases to be listed")
        print(f"{'':30}{'average precision':>18}{'F1':>8}{'recall without a false alarm':>30}{'seconds':>9}")
        for name, settings in PEERS.items():
            start = time.perf_counter()
            tried = [measures(np.array([ranking[e.id] for e in essays])[clear], label) for ranking in (run(texts) for run in settings)]
            _print(name, max(tried), (time.perf_counter() - start) / len(settings))
        _print("ours, fitted on the others", *_ours(p, prepared, clear, label))


def _ours(p: Prepared, prepared: list[Prepared], clear: np.ndarray, label: np.ndarray) -> tuple[tuple[float, float, float], float]:
    others = [other for other in prepared if other is not p]
    models = fit(others)
    # what an essay's verdict is drawn from was itself found by models that had seen these campaigns, but not this one
    suspicion = fit_suspicion([suspicion_table(other, models) for other in others])
    essays = p.campaign.documents("essay")
    start = time.perf_counter()
    covered = coverage(essays, find_matches(p.documents, p.vectors, models))
    chance = suspicion.probability(suspicion_features(covered[essay.id] for essay in essays))
    return measures(chance[clear], label, SUSPECTED), time.perf_counter() - start


def _print(name: str, figures: tuple[float, float, float], seconds: float) -> None:
    print(f"{name:30}{figures[0]:18.3f}{figures[1]:8.3f}{figures[2]:30.3f}{seconds:9.1f}", flush=True)


if __name__ == "__main__":
    main()
