"""The one kind of model the copying stage decides by: logistic regression, stored as four rows of numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyzer.resources import resource


@dataclass(frozen=True)
class Logistic:
    """Standardized features in, log odds or a probability out; models/copying/train.py fits it."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    def log_odds(self, features: np.ndarray) -> np.ndarray:
        """(…,) from (…, d)."""
        return ((features - self.mean) / self.scale) @ self.weights + self.intercept

    def probability(self, features: np.ndarray) -> np.ndarray:
        """(…,) from (…, d)."""
        return 1 / (1 + np.exp(-np.clip(self.log_odds(features), -30, 30)))


@lru_cache(maxsize=None)
def load_logistic(name: str, precision: type = np.float64, second: bool = False) -> Logistic:
    """The shipped model called ``name``: sentence_pairs, chains, suspicion, …; ``second``: the one that was fitted with a second
    encoder, where there is one (alone, among, related, suspicion)."""
    fitted = json.loads(resource("models", "copying", "model-second.json" if second else "model.json").read_text(encoding="utf-8"))[name]
    mean, scale, weights = (np.array(fitted[part], precision) for part in ("mean", "scale", "weights"))
    return Logistic(mean, scale, weights, float(fitted["intercept"]))
