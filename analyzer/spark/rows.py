"""Rows that belong together, brought to one worker and handed over group by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd


def together(table, key: str, *order: str):
    """Rows with one ``key`` in one partition, one after another, in ``order``."""
    return table.repartition(key).sortWithinPartitions(key, *order)


def groups(frames: Iterable[pd.DataFrame], key: str) -> Iterator[tuple[int, pd.DataFrame]]:
    """(key, its rows) of frames as ``together`` makes them: a group may begin in one frame and end in another."""
    held: list[pd.DataFrame] = []
    current = None
    for frame in frames:
        if not len(frame):
            continue
        keys = frame[key].to_numpy()
        edges = [0, *(np.flatnonzero(keys[1:] != keys[:-1]) + 1), len(keys)]
        for start, end in zip(edges, edges[1:]):
            if held and keys[start] != current:
                yield current, _joined(held)
                held = []
            current = keys[start]
            held.append(frame.iloc[start:end])
    if held:
        yield current, _joined(held)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def as_signed(hashes: np.ndarray) -> np.ndarray:
    """uint64 as the int64 that Spark knows, bit by bit."""
    return hashes.view(np.int64)


def as_unsigned(numbers: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(numbers, np.int64).view(np.uint64)
