"""Which essays hang together: groups of essays that share a large part of their text, directly or through others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.copying.match import Match
from analyzer.essay import Essay

SHARE = 0.25
"""Share of the shorter text that two documents must have in common to hang together."""


def group_essays(essays: Sequence[Essay], matches: Sequence[Match]) -> dict[str, int]:
    """Group number (from 1, largest group first) by essay id; essays that hang with nobody are left out.

    范文 and earlier essays tie essays together too, but are not listed as members.
    """
    length = {essay.id: max(1, len(essay.text)) for essay in essays}
    shared: dict[tuple[str, str], int] = {}
    for m in matches:
        if m.kind != "quote" and m.where != "own":
            key = (min(m.essay, m.other), max(m.essay, m.other))
            shared[key] = shared.get(key, 0) + m.end - m.start
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for (a, b), characters in sorted(shared.items()):
        if characters >= SHARE * min(length.get(a, np.inf), length.get(b, np.inf)):
            parent[root(a)] = root(b)
    members: dict[str, list[str]] = {}
    for essay in essays:
        if essay.id in parent:
            members.setdefault(root(essay.id), []).append(essay.id)
    ordered = sorted((m for m in members.values()), key=lambda ids: (-len(ids), ids))
    return {id: number for number, ids in enumerate(ordered, 1) for id in ids}
