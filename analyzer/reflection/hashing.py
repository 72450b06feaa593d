"""Words and runs of characters as columns of a sparse table, by their hash: no vocabulary is kept.

Slots and weights are those of scikit-learn's HashingVectorizer (no alternating signs), a fifth of whose time this takes: all
tokens are hashed at once where they stand in one text, without a string for each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Tokens = tuple[bytes, np.ndarray, np.ndarray, np.ndarray]
"""UTF-8 that the tokens are parts of, and (n,) each one's row, start and end there, in bytes, end exclusive."""

_ONE, _TWO = np.uint32(0xCC9E2D51), np.uint32(0x1B873593)


def hashed_rows(tokens: Tokens, rows: int, slots: int):
    """(rows, slots) csr with unit rows: how often each token falls into each slot."""
    from scipy import sparse

    text, row, start, end = tokens
    # what sklearn.feature_extraction.FeatureHasher does with a signed hash
    slot = np.abs(murmur3(text, start, end).view(np.int32).astype(np.int64)) % slots
    key, times = np.unique(row.astype(np.int64) * slots + slot, return_counts=True)
    row, slot = np.divmod(key, slots)
    norm = np.sqrt(np.bincount(row, times.astype(float) ** 2, rows))
    ends = np.append(0, np.cumsum(np.bincount(row, minlength=rows)))
    return sparse.csr_matrix((times / norm[row], slot, ends), (rows, slots))


def murmur3(text: bytes, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(n,) uint32 MurmurHash3 (x86, 32 bits, seed 0; Appleby 2011) of parts of ``text``."""
    data = np.frombuffer(text + bytes(4), np.uint8)
    four = np.lib.stride_tricks.sliding_window_view(data, 4)
    length = end - start
    hashed = np.zeros(len(start), np.uint32)
    with np.errstate(over="ignore"):
        for block in range(int(length.max(initial=0)) // 4):
            whole = np.flatnonzero(length >= 4 * block + 4)
            mixed = hashed[whole] ^ _scrambled(_word(four, start[whole] + 4 * block))
            hashed[whole] = _turned(mixed, 13) * np.uint32(5) + np.uint32(0xE6546B64)
        rest = (length % 4).astype(np.uint32)
        tail = _word(four, start + length - rest) & ((np.uint32(1) << 8 * rest) - np.uint32(1))
        hashed ^= _scrambled(tail)
        hashed ^= length.astype(np.uint32)
        hashed = (hashed ^ hashed >> 16) * np.uint32(0x85EBCA6B)
        hashed = (hashed ^ hashed >> 13) * np.uint32(0xC2B2AE35)
        return hashed ^ hashed >> 16


def _word(four: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(four[at]).view("<u4")[:, 0]


def _scrambled(words: np.ndarray) -> np.ndarray:
    return _turned(words * _ONE, 15) * _TWO


def _turned(values: np.ndarray, bits: int) -> np.ndarray:
    return values << np.uint32(bits) | values >> np.uint32(32 - bits)


def character_runs(texts: Sequence[str], longest: int) -> Tokens:
    """Runs of 1 to ``longest`` characters of each text."""
    joined = "".join(texts)
    encoded = joined.encode("utf-8", "surrogatepass")
    begins = np.flatnonzero((np.frombuffer(encoded, np.uint8) & 0xC0) != 0x80)
    return encoded, *_runs(np.append(begins, len(encoded)), np.array([len(text) for text in texts], int), longest, 0)


def word_runs(words: Sequence[Sequence[str]], longest: int) -> Tokens:
    """Runs of 1 to ``longest`` words of each text, with a space between them."""
    encoded = [word.encode("utf-8", "surrogatepass") for those in words for word in those]
    ends = np.cumsum([len(word) + 1 for word in encoded]) if encoded else np.zeros(0, int)
    return b" ".join(encoded), *_runs(np.append(0, ends), np.array([len(those) for those in words], int), longest, 1)


def _runs(edges: np.ndarray, counts: np.ndarray, longest: int, between: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    row = np.repeat(np.arange(len(counts)), counts)
    last = np.cumsum(counts)[row]
    at = np.arange(len(row))
    whole = [at[at + n <= last] for n in range(1, longest + 1)]
    first, after = np.concatenate(whole), np.concatenate([k + n for n, k in enumerate(whole, 1)])
    return row[first], edges[first], edges[after] - between


def both(one: Tokens, other: Tokens) -> Tokens:
    """Tokens of two texts in one."""
    (text, *_), (more, row, start, end) = one, other
    return text + more, *(np.concatenate(pair) for pair in zip(one[1:], (row, start + len(text), end + len(text))))
