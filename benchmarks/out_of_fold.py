"""What the models say of campaigns that they did not see, kept so that it is computed once.

``out/left_out-KEY-CAMPAIGN.npy`` (not in git) hold the last run; KEY changes with the data and with the code of the labels.
``benchmarks/out_of_fold/*.csv`` (in git) hold what notebooks and figures show: ``python -m benchmarks.depth --write``.
"""

from __future__ import annotations

import inspect
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analyzer.agreement import median_level
from analyzer.reflection.reflection import LABELS
from models.corpora import DATA, load_campaigns
from models.reflection import train
from models.reflection.train import LeftOut, Training, leave_out, load_training, said_of

ROOT = Path(__file__).resolve().parent.parent
CACHE, SHIPPED = ROOT / "out", Path(__file__).resolve().parent / "out_of_fold"
HARD = ("mixed", "plain", "eloquent", "borrowed")
"""Depth mixed within one essay, plain-worded depth, eloquent emptiness, copied depth."""


def judged(fresh: bool = False) -> tuple[Training, LeftOut]:
    """The labelled essays, and what models that saw only the other campaigns say of each (some minutes, or cached).

    Each campaign is kept as soon as it is judged, so that an interrupted run goes on where it was.
    """
    t = load_training()
    CACHE.mkdir(exist_ok=True)
    key = _key()
    paths = {name: CACHE / f"left_out-{key}-{name}.npy" for name in np.unique(t.campaign).tolist()}
    missing = [name for name, path in paths.items() if fresh or not path.exists()]
    Parallel(n_jobs=-1)(delayed(_judge)(t, name, paths[name]) for name in missing)
    probabilities = np.zeros((2, len(t.label), len(LABELS)))
    for name, path in paths.items():
        probabilities[:, t.row_campaign == name] = np.load(path, allow_pickle=False)
    return t, leave_out(t, probabilities)


def _judge(t: Training, name: str, path: Path) -> None:
    unfinished = path.with_suffix(".part.npy")
    np.save(unfinished, said_of(t, name))
    unfinished.replace(path)


def _key() -> str:
    """Of the data and of all code that the sentences' labels come from; the level is fitted anew each time."""
    digest = blake2b(digest_size=8)
    folder = ROOT / "analyzer" / "reflection"
    files = [folder / name for name in ("features.py", "sentences.py", "network.py", "formulaic.py")]
    for path in [*files, ROOT / "models" / "reflection" / "fit_network.py", *sorted(DATA.glob("*.jsonl")), DATA / "formulaic.txt"]:
        digest.update(path.read_bytes())
    for part in (train.fit_labels, train._fit_first, train._first_readers, train.fit_formulaic, train.said_of):
        digest.update(inspect.getsource(part).encode())
    digest.update(repr((train.INNER, train.WORDS_C, train.VECTORS_C, train.FINAL_C, train.SEEDS, train.EMPTY_WEIGHT,
                        train.SHALLOW_WEIGHT, train.WRITTEN_WEIGHT, train.WORDS_SCALE)).encode())
    return digest.hexdigest()


def sentence_table(t: Training, out: LeftOut) -> pd.DataFrame:
    """A labelled sentence a row: campaign, essay, label, said, confidence (of what was said)."""
    rows = np.flatnonzero(t.label >= 0)
    chances = out.probabilities[rows]
    ids = np.array([essay.id for essay in t.essays])
    return pd.DataFrame({
        "campaign": t.row_campaign[rows], "essay": ids[t.table.essay[rows]], "label": [LABELS[k] for k in t.label[rows]],
        "said": [LABELS[k] for k in chances.argmax(axis=1)], "confidence": chances.max(axis=1).round(3),
    })


def essay_table(t: Training, out: LeftOut) -> pd.DataFrame:
    """A rated essay a row: campaign, essay, tier, characters, hard, one level a reader, median, level, score."""
    rows = []
    campaigns = {c.name: (c, {row["id"]: row for row in c.rows}) for c in load_campaigns()}
    for k, essay in enumerate(t.essays):
        campaign, stored = campaigns[t.campaign[k]]
        if given := [r["depth"] for r in campaign.ratings.get(essay.id, [])]:
            rows.append({
                "campaign": campaign.name, "essay": essay.id, "tier": essay.tier, "characters": len(essay.text),
                "hard": stored[essay.id]["intended"].get("hard") or "", **{f"reader_{n}": d for n, d in zip("abc", given)},
                "median": median_level(given), "level": int(out.levels[k]), "score": round(float(out.scores[k]), 2),
            })
    return pd.DataFrame(rows)


def write(essays: pd.DataFrame, sentences: pd.DataFrame) -> None:
    SHIPPED.mkdir(exist_ok=True)
    essays.to_csv(SHIPPED / "essays.csv", index=False, encoding="utf-8", lineterminator="\n")
    sentences.to_csv(SHIPPED / "sentences.csv", index=False, encoding="utf-8", lineterminator="\n")


def shipped() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Essays and sentences as they were last written."""
    essays, sentences = (pd.read_csv(SHIPPED / f"{name}.csv", keep_default_na=False) for name in ("essays", "sentences"))
    return essays, sentences
