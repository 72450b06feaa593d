"""The Czech-English Reflective Dataset, read where it lies: in a clone of EduMUNI/reflection-classification (Apache-2.0).

Nehyba and Štefánik (2022), Applications of deep language models for reflective writings. The English side is used: the
default encoder knows English and Chinese, not Czech. Nothing of it is kept in this repository.
"""

from __future__ import annotations

import ast
import io
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from analyzer.essay import Sentence
from analyzer.reflection.features import SentenceTable, build_table
from analyzer.text.encode import encode, load_encoder

CATEGORIES = ("Other", "Belief", "Perspective", "Feeling", "Experience", "Reflection", "Difficulty", "Intention", "Learning")
_SPELT = {"Difficulties": "Difficulty"}
"""The test split's spelling."""

OURS = {
    "Experience": "experience", "Feeling": "feeling", "Difficulty": "shortcoming", "Reflection": "cause",
    "Learning": "insight", "Perspective": "insight", "Intention": "plan", "Other": "fact",
}
"""The nearest of our labels; Belief (a general conviction) has none."""

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
