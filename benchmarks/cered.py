"""The Czech-English Reflective Dataset, read where it lies: in a clone of EduMUNI/reflection-classification (Apache-2.0).

Nehyba and Štefánik (2022), Applications of deep language models for reflective writings. The English side is used: the
default encoder knows English and Chinese, not Czech. Nothing of it is kept in this repository.
"""

from __future__ import annotations

import ast
import io
import subprocess
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from analyzer.essay import Sentence
from analyzer.agreement import bootstrap, confusion, macro_f1
from analyzer.reflection.features import SentenceTable, build_table
from analyzer.reflection.reflection import LABELS
from analyzer.text.encode import encode, load_encoder

CATEGORIES = ("Other", "Belief", "Perspective", "Feeling", "Experience", "Reflection", "Difficulty", "Intention", "Learning")
_SPELT = {"Difficulties": "Difficulty"}
"""The test split's spelling."""

OURS = {
    "Experience": "experience", "Feeling": "feeling", "Difficulty": "shortcoming", "Reflection": "cause",
    "Learning": "insight", "Perspective": "insight", "Intention": "plan", "Other": "fact",
}
"""The nearest of our labels; Belief (a general conviction) has none."""

JOINED_EVERY = 4
"""Whether CEReD helps on ours is asked of every fourth group of left-out campaigns: each is a fit on 15,000 sentences."""

GROUPS = 12
"""Sentences come without their diary; folds for the fit are drawn at random."""


@dataclass
class Sentences:
    """Sentences in their context, as ``models.reflection.train.fit_labels`` takes them; ``label`` is -1 for the context's rows."""

    table: SentenceTable
    label: np.ndarray
    row_campaign: np.ndarray
    split: np.ndarray
    """(rows,) train, val or test."""
    certainty: np.ndarray
    """(rows,) the annotators' mean answer to «how typical is this sentence for its category», 1 to 7."""

    def rows(self, split: str) -> np.ndarray:
        return np.flatnonzero((self.split == split) & (self.label >= 0))


def read_split(path: Path, split: str, language: str = "en") -> pd.DataFrame:
    """idx, context, sentence, y, confidence (the mean) of one split; ``path`` is a clone, or its git directory."""
    name = f"data/sentences/{language}/{split}/sentences.tsv"
    if (path / name).exists():
        raw = (path / name).read_bytes()
    else:
        shown = subprocess.run(["git", "--git-dir", str(path), "show", f"HEAD:{name}"], capture_output=True)
        if shown.returncode:
            raise FileNotFoundError(f"no {name} in {path}: give a clone of EduMUNI/reflection-classification, or its git directory")
        raw = shown.stdout
    rows = pd.read_csv(io.BytesIO(raw), sep="\t", index_col=False).fillna({"sentence": "", "context": ""})
    rows["y"] = rows.y.replace(_SPELT)
    rows["confidence"] = rows.confidence.map(lambda given: float(np.mean(ast.literal_eval(given))))
    return rows


@lru_cache(maxsize=1)
def load_sentences(path: Path) -> Sentences:
    """All three English splits, each sentence between what its context holds before and after it."""
    essays, labels, splits, certainty = [], [], [], []
    for split in ("train", "val", "test"):
        for row in read_split(path, split).itertuples():
            before, after = _around(row.sentence, row.context)
            texts = [t for t in (before, row.sentence, after) if t]
            essays.append([Sentence(str(row.idx), 0, len(t), t) for t in texts])
            own = 1 if before else 0
            labels += [CATEGORIES.index(row.y) if k == own else -1 for k in range(len(texts))]
            splits += [split] * len(texts)
            certainty += [row.confidence] * len(texts)
    rows = encode([s.text for essay in essays for s in essay], load_encoder())
    table = build_table(essays, np.split(rows, np.cumsum([len(essay) for essay in essays])[:-1]))
    drawn = np.random.default_rng(0).integers(0, GROUPS, len(essays))
    return Sentences(table, np.array(labels), drawn[table.essay], np.array(splits), np.array(certainty))


def _around(sentence: str, context: str) -> tuple[str, str]:
    """What stands before and after a sentence in its context; the two may differ by a few characters."""
    sentence, context = sentence.strip(), context.strip()
    at = context.find(sentence)
    if at >= 0:
        return context[:at].strip(), context[at + len(sentence):].strip()
    from rapidfuzz.fuzz import partial_ratio_alignment

    found = partial_ratio_alignment(sentence, context, score_cutoff=80) if sentence and context else None
    if found is None:
        return "", ""
    return context[: found.dest_start].strip(), context[found.dest_end :].strip()


def join(t, c: Sentences) -> tuple[SentenceTable, np.ndarray, np.ndarray]:
    """Our rows and CEReD's training rows behind them: table, labels (ours; -1 where there is no near one), groups."""
    from scipy import sparse

    parts = {}
    for field in fields(SentenceTable):
        one, other = getattr(t.table, field.name), getattr(c.table, field.name)
        if field.name == "essay":
            other = other + one.max() + 1
        parts[field.name] = sparse.vstack([one, other]).tocsr() if sparse.issparse(one) else np.concatenate([one, other])
    nearest = np.array([LABELS.index(OURS[name]) if name in OURS else -1 for name in CATEGORIES])
    theirs = np.where((c.label >= 0) & (c.split == "train"), nearest[c.label], -1)
    groups = np.concatenate([t.row_campaign, [f"cered {n}" for n in c.row_campaign]])
    return SentenceTable(**parts), np.concatenate([t.label, theirs]), groups


def report(path: Path, joined: bool) -> None:
    """Print what the classifier reaches on CEReD's test split, and whether its sentences help on ours."""
    from models.reflection.train import fit_labels

    c = load_sentences(path)
    train, test = c.rows("train"), c.rows("test")
    chances = fit_labels(c, train).probabilities(c.table)[test]
    true, said = c.label[test], chances.argmax(axis=1)
    commonest = np.full(len(test), np.bincount(c.label[train]).argmax())
    print(f"CEReD, English: {len(train)} training sentences, {len(test)} test sentences, encoder use\n")
    print(f"{'':34}{'sentences':>10}{'accuracy':>24}{'macro F1':>10}{'commonest label':>17}")
    certain = c.certainty[test]
    kept = {"all": certain > 0} | {f"annotators' certainty ≥ {level}": certain >= level for level in (4, 5, 5.5, 6)}
    kept |= {f"model's probability ≥ {p}": chances.max(axis=1) >= p for p in (0.5, 0.7, 0.8, 0.9)}
    for name, row in kept.items():
        low, high = bootstrap(lambda a, b: float((a == b).mean()), true[row], said[row])
        print(f"{name:34}{row.sum():>10}{f'{(true[row] == said[row]).mean():.3f} ({low:.3f}–{high:.3f})':>24}"
              f"{macro_f1(true[row], said[row]):>10.3f}{(true[row] == commonest[row]).mean():>17.3f}")
    print()
    print(f"{'label / said':14}" + "".join(f"{name[:9]:>10}" for name in CATEGORIES))
    for name, row in zip(CATEGORIES, confusion(true, said, len(CATEGORIES))):
        print(f"{name:14}" + "".join(f"{n or '·':>10}" for n in row))
    if joined:
        _report_joined(c)


def _report_joined(c: Sentences) -> None:
    from models.reflection.left_out import GROUPS as LEFT_OUT, unseen
    from models.reflection.train import fit_labels, load_training

    t = load_training()
    said = unseen(t)
    table, labels, groups = join(t, c)
    both = replace(t, table=table, label=labels, row_campaign=groups)
    asked = np.arange(LEFT_OUT)[::JOINED_EVERY]
    joined = np.zeros(len(labels), int)
    for group in asked:
        here = np.append(said.group == group, np.zeros(len(c.label), bool))
        joined[here] = fit_labels(both, np.flatnonzero(~here)).probabilities(table.only(here)).argmax(axis=1)
    row = np.flatnonzero((t.label >= 0) & np.isin(said.group, asked))
    true, alone, joined = t.label[row], said.each[row, : len(LABELS)].argmax(axis=1), joined[row]
    print(f"\nOur sentences, campaigns left out ({', '.join(np.unique(t.row_campaign[row]))}), readers and networks: without CEReD "
          f"accuracy {(true == alone).mean():.3f}, macro F1 {macro_f1(true, alone):.3f}; with {(labels[len(t.label):] >= 0).sum()} "
          f"of its sentences {(true == joined).mean():.3f}, {macro_f1(true, joined):.3f}")
