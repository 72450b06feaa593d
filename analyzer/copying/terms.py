"""Words and character pairs of sentences as tf-idf rows, each different sentence worked out once.

The figures are those of scikit-learn's TfidfVectorizer(sublinear_tf=True) over all sentences, repeated ones included; it would
walk through every character of every sentence in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from analyzer.text.normalize import code_points
from analyzer.text.segment import words

_NO_CONTENT = re.compile(r"[\W_]+")
"""All but ``str.isalnum``."""

_AT_ONCE = 100_000
"""Sentences whose characters are counted at once."""


def word_rows(texts: Sequence[str], times: np.ndarray):
    """(len(texts), words) csr float32, unit rows; a sentence stands ``times`` times in what is compared."""
    return _from_lists((said(words(text)) for text in texts), times)


def said(tokens: Sequence[str]) -> list[str]:
    """What counts of a sentence's words; one token stands for none, so that a batch of emoji or marks has a vocabulary too."""
    return [word for word in tokens if word[0].isalnum()] or [""]


def content(text: str) -> str:
    """What counts of a sentence's characters."""
    return _NO_CONTENT.sub("", text)


def character_rows(texts: Sequence[str], times: np.ndarray):
    """(len(texts), characters and pairs of them) csr float32, unit rows; of letters, digits and Han characters."""
    kept = [content(text) for text in texts]
    alphabet = np.unique(code_points("".join(kept)))
    return _weighted([_characters(kept[start : start + _AT_ONCE], alphabet) for start in range(0, len(kept), _AT_ONCE)], times)


def _characters(texts: Sequence[str], alphabet: np.ndarray):
    """How often each text holds each character and each pair of them, csr; a character alone is a pair with nothing (0)."""
    code = np.searchsorted(alphabet, code_points("".join(texts))) + 1
    row = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    base = len(alphabet) + 1
    together = row[:-1] == row[1:]
    rows = np.concatenate([row, row[:-1][together]])
    columns = np.concatenate([code * base, (code[:-1] * base + code[1:])[together]])
    return _counted(rows, columns, (len(texts), base * base))


def _from_lists(lists: Iterable[list[str]], times: np.ndarray):
    number: dict[str, int] = {}
    columns, lengths = [], []
    for tokens in lists:
        columns += [number.setdefault(token, len(number)) for token in tokens]
        lengths.append(len(tokens))
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return _weighted([_counted(rows, np.array(columns, np.int64), (len(lengths), max(1, len(number))))], times)


def _counted(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]):
    from scipy import sparse

    return sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape).tocsr()


def _weighted(counts: list, times: np.ndarray):
    """tf-idf of tables of counts, one below the other: (1 + ln tf) (1 + ln((1 + n) / (1 + df))), rows of length 1."""
    from scipy import sparse

    used = np.unique(np.concatenate([np.unique(table.indices) for table in counts] or [np.zeros(0, np.int32)]))
    held_by = np.zeros(len(used))
    before = 0
    for table in counts:
        row = np.repeat(np.arange(before, before + table.shape[0]), np.diff(table.indptr))
        table.indices = np.searchsorted(used, table.indices).astype(np.int32)
        held_by += np.bincount(table.indices, times[row], len(used))
        before += table.shape[0]
    rarity = inverse_frequency(held_by, times.sum())
    weighted = []
    while counts:  # a table goes as soon as it is weighed
        table = counts.pop(0)
        weighted.append(tf_idf(table.indptr, table.indices, table.data, rarity))
    return sparse.vstack(weighted, "csr") if weighted else sparse.csr_matrix((0, 1), dtype=np.float32)


def inverse_frequency(df: np.ndarray, sentences: int) -> np.ndarray:
    """(t,) float64 from in how many of all sentences each token stands."""
    return np.log((1 + sentences) / (1 + df)) + 1


def tf_idf(starts: np.ndarray, columns: np.ndarray, counts: np.ndarray, rarity: np.ndarray):
    """csr float32, rows of length 1, a column for each of ``rarity``: how often (``counts``) the rows hold which ``columns``."""
    from scipy import sparse

    rows = len(starts) - 1
    row = np.repeat(np.arange(rows), np.diff(starts))
    values = (1 + np.log(counts)) * rarity[columns]
    length = np.sqrt(np.bincount(row, values**2, rows))
    values = (values / np.maximum(length[row], 1e-12)).astype(np.float32)
    return sparse.csr_matrix((values, columns.astype(np.int32), starts), (rows, max(1, len(rarity))))
