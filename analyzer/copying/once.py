"""A table with a row for each *different* sentence, read as if it had one for each sentence."""

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
