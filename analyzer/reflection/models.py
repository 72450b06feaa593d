"""The trained models as they are stored: plain arrays in npz files, nothing that could run code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from analyzer.reflection.depth import DepthModel, OrdinalModel
from analyzer.reflection.formulaic import FormulaicModel
from analyzer.reflection.network import ContextNetwork
from analyzer.reflection.reflection import ASPECTS
from analyzer.reflection.sentences import LabelModel
from analyzer.reflection.trees import BoostedTrees
from analyzer.reflection.wording import WordingModel
from analyzer.resources import resource

_ORDINAL = ("mean", "scale", "weights", "cuts")
_PARTS = {"formulaic": FormulaicModel, "trees": BoostedTrees, "counting_trees": BoostedTrees, "wording": WordingModel}
_LABELS = tuple(name for name in LabelModel.__dataclass_fields__ if name not in ("networks", *_PARTS))
_NETWORK = tuple(ContextNetwork.__dataclass_fields__)


def save_models(path: Path, labels: LabelModel, depth: DepthModel) -> None:
    """Weights of the large tables as float16: the labels they give are the same, the files are half as large.

    The networks go to a file beside ``path``, called networks.npz.
    """
    arrays = {f"labels.{name}": getattr(labels, name) for name in _LABELS}
    for part, kind in _PARTS.items():
        arrays |= {f"{part}.{name}": getattr(getattr(labels, part), name) for name in kind.__dataclass_fields__}
    for name, model in (("level", depth.level), *depth.aspects.items()):
        arrays |= {f"depth.{name}.{part}": getattr(model, part) for part in _ORDINAL}
    arrays["depth.half_width"] = np.array(depth.half_width)
    _save(path, arrays)
    _save(_beside(path), {f"{k}.{n}": getattr(network, n) for k, network in enumerate(labels.networks) for n in _NETWORK})


def _beside(path: Path) -> Path:
    return path.with_name("networks.npz")


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    def compact(values: np.ndarray) -> np.ndarray:
        if np.issubdtype(values.dtype, np.integer):
            return values.astype(np.int32)
        return values.astype(np.float16 if values.size > 10_000 else np.float32)

    np.savez_compressed(path, **{name: compact(values) for name, values in arrays.items()})


def _load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return {n: a if np.issubdtype(a.dtype, np.integer) else a.astype(np.float32) for n, a in arrays.items()}


@lru_cache(maxsize=1)
def load_models(path: Path | None = None) -> tuple[LabelModel, DepthModel]:
    """The models in ``path`` and the networks beside it, the shipped ones by default."""
    path = path or resource("models", "reflection", "model.npz")
    arrays, stored = _load(path), _load(_beside(path))
    count = len({name.split(".")[0] for name in stored})
    networks = tuple(ContextNetwork(*(stored[f"{k}.{name}"] for name in _NETWORK)) for k in range(count))
    labels = LabelModel(
        **{name: arrays[f"labels.{name}"] for name in _LABELS}, networks=networks,
        **{part: kind(*(arrays[f"{part}.{name}"] for name in kind.__dataclass_fields__)) for part, kind in _PARTS.items()},
    )
    ordinal = lambda name: OrdinalModel(*(arrays[f"depth.{name}.{part}"] for part in _ORDINAL))
    return labels, DepthModel(ordinal("level"), {a: ordinal(a) for a in ASPECTS}, float(arrays["depth.half_width"]))
