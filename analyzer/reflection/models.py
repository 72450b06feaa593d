"""The trained models as they are stored: plain arrays in one npz file, nothing that could run code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from analyzer.reflection.depth import DepthModel, OrdinalModel
from analyzer.reflection.reflection import ASPECTS
from analyzer.reflection.sentences import LabelModel
from analyzer.resources import resource

_ORDINAL = ("mean", "scale", "weights", "cuts")
_LABELS = tuple(LabelModel.__dataclass_fields__)


def save_models(path: Path, labels: LabelModel, depth: DepthModel) -> None:
    """Weights of the large tables as float16: the labels they give are the same, the file is half as large."""
    arrays = {f"labels.{name}": getattr(labels, name) for name in _LABELS}
    for name, model in (("level", depth.level), *depth.aspects.items()):
        arrays |= {f"depth.{name}.{part}": getattr(model, part) for part in _ORDINAL}
    arrays["depth.half_width"] = np.array(depth.half_width)
    compact = {name: a.astype(np.float16 if a.size > 10_000 else np.float32) for name, a in arrays.items()}
    np.savez_compressed(path, **compact)


@lru_cache(maxsize=1)
def load_models(path: Path | None = None) -> tuple[LabelModel, DepthModel]:
    """The models in ``path``, the shipped ones by default."""
    with np.load(path or resource("models", "reflection", "model.npz"), allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    labels = LabelModel(**{name: arrays[f"labels.{name}"] for name in _LABELS})
    ordinal = lambda name: OrdinalModel(*(arrays[f"depth.{name}.{part}"] for part in _ORDINAL))
    return labels, DepthModel(ordinal("level"), {a: ordinal(a) for a in ASPECTS}, float(arrays["depth.half_width"]))
