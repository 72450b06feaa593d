"""Which essays of a corpus the shipped models were fitted on: figures on those say little."""

from __future__ import annotations

from functools import lru_cache

from analyzer.evaluation.corpus import Campaign, load_campaign, text_of
from analyzer.resources import resource

DEFAULT = ("models", "reflection", "data", "rectification.jsonl")
"""The corpus that the sample batch was made from."""


def already_seen(campaign: Campaign) -> int:
    """Number of its essays that stand, word for word, in the training data."""
    return sum(text_of(row) in _training_texts() for row in campaign.rows if row["kind"] == "essay")


@lru_cache(maxsize=1)
def _training_texts() -> frozenset[str]:
    folder = resource(*DEFAULT).parent
    paths = [path for path in sorted(folder.glob("*.jsonl")) if "." not in path.stem]
    return frozenset(text_of(row) for path in paths for row in load_campaign(path).rows if row["kind"] == "essay")
