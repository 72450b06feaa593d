"""A text prepared for comparison: normalized characters, k-grams, sentences and what of it is quotation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analyzer.copying.fingerprints import K, kgram_hashes, without_repeated
from analyzer.essay import Essay, Sentence
from analyzer.text.disguises import UNSEEN, as_read
from analyzer.text.normalize import Normalized, normalize
from analyzer.text.segment import split_sentences


@dataclass(frozen=True)
class Document:
    """An essay, 范文, official document or earlier essay, ready to be compared."""

    essay: Essay
    where: str
    """batch, history, library or official (match.PLACES)."""
    normalized: Normalized
    hashes: np.ndarray
    """(k-grams,) uint64; 0 where a k-gram touches quoted text, or is repeated too often."""
    sentences: tuple[Sentence, ...]
    quoted: np.ndarray
    """(len(text),) bool: characters that quote what everybody may quote."""

    @property
    def id(self) -> str:
        return self.essay.id

    @cached_property
    def readings(self) -> list[str]:
        """Each sentence as a reader takes it in: what disguises it is taken away (see text.disguises)."""
        read = as_read(self.essay.text)
        return [read[s.start : s.end].replace(UNSEEN, "") or s.text for s in self.sentences]

    @cached_property
    def order(self) -> np.ndarray:
        """(k-grams,) int32 what sorts ``hashes``."""
        return np.argsort(self.hashes, kind="stable").astype(np.int32)

    @cached_property
    def sentence_of(self) -> np.ndarray:
        """(normalized characters,) index of the sentence that each stands in, -1 between sentences."""
        owner = np.full(len(self.essay.text), -1)
        for index, sentence in enumerate(self.sentences):
            owner[sentence.start : sentence.end] = index
        return owner[self.normalized.offsets]

    @cached_property
    def contents(self) -> list[str]:
        """The normalized characters of each sentence."""
        text, offsets = self.normalized.text, self.normalized.offsets
        edges = np.searchsorted(offsets, np.array([(s.start, s.end) for s in self.sentences], int).reshape(-1, 2))
        return [text[i:j] for i, j in edges]

    @cached_property
    def content_lengths(self) -> np.ndarray:
        """(sentences,) normalized characters in each."""
        return np.array([len(content) for content in self.contents], int)

    def codes(self, start: int, end: int) -> np.ndarray:
        """Normalized characters between two code points of the text."""
        low, high = np.searchsorted(self.normalized.offsets, (start, end))
        return self.normalized.codes[low:high]

    def content(self, start: int, end: int) -> str:
        """The same as a string."""
        low, high = np.searchsorted(self.normalized.offsets, (start, end))
        return self.normalized.text[low:high]

    def quoted_sentences(self) -> np.ndarray:
        """(sentences,) bool: more than half of the sentence is quotation."""
        before = np.append(0, np.cumsum(self.quoted))
        start, end = np.array([(s.start, s.end) for s in self.sentences], int).reshape(-1, 2).T
        return before[end] - before[start] > 0.5 * (end - start)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Code points in the text of the normalized characters from ``start`` to ``end`` (exclusive)."""
        offsets = self.normalized.offsets
        return int(offsets[start]), int(offsets[end - 1]) + 1


def prepare(essay: Essay, where: str) -> Document:
    """The essay with nothing masked yet."""
    normalized = normalize(essay.text)
    return Document(essay, where, normalized, without_repeated(kgram_hashes(normalized.codes)), split_sentences(essay),
                    np.zeros(len(essay.text), bool))


def mask(document: Document, spans: Iterable[tuple[int, int]]) -> Document:
    """The document with these spans of its text (code points) counted as quotation."""
    quoted = document.quoted.copy()
    for start, end in spans:
        quoted[start:end] = True
    if len(document.hashes) == 0:
        return replace(document, quoted=quoted)
    touched = np.convolve(quoted[document.normalized.offsets], np.ones(K), "valid") > 0
    return replace(document, quoted=quoted, hashes=np.where(touched, np.uint64(0), document.hashes))
