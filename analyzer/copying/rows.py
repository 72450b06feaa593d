"""Tables with a row for each *different* sentence, read as if they had one for each sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Once:
    """Any table (array or csr); indexing with positions of sentences gives their rows."""

    table: Any
    index: np.ndarray

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, at) -> Any:
        return self.table[self.index[at]]


@dataclass(frozen=True)
class UnitRows(Once):
    """Vectors in half precision; indexing gives float32 rows of length 1, after ``mean`` is taken away where there is one."""

    mean: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.index), self.table.shape[1]

    def __getitem__(self, at) -> np.ndarray:
        rows = _unit(self.table[self.index[at]].astype(np.float32))
        return rows if self.mean is None else _unit(rows - self.mean)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
