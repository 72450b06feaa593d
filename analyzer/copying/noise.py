"""Passages grown over noisy edges: where characters were shuffled, put in or taken out, no run of them is left to see,
but nearly all of them are still there.

Only the edges of passages that are known are tried, so that two honest texts never meet this; two unrelated stretches
of Chinese share about a quarter of their characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analyzer.copying.document import Document
from analyzer.copying.passages import Box

STEPS = (120, 80, 50, 30, 20)
"""Normalized characters by which an edge is tried, the longest first."""

ALIKE = 0.72
"""Share of the characters (each as often as it stands) that the two stretches must have in common. A fifth of noise
leaves 0.83 and more; benchmarks/noise.py."""

SHORTEST, LOPSIDED = 4, 0.6
"""A rest at the end of the text is tried whole from this many characters on, shorter : longer at least LOPSIDED."""


def grown(a: Document, b: Document, boxes: Sequence[Box]) -> list[Box]:
    """The boxes with both their edges moved out as long as what lies beyond holds the same characters in any order.

    None grows over another: what is known to be shared would count once more as what lies beyond, and carry an edge over
    whatever a writer put between two passages.
    """
    free = [_left_free(document, taken) for document, taken in (
        (a, [(box.start, box.end) for box in boxes]), (b, [(box.other_start, box.other_end) for box in boxes]))]
    return [_grown(a, b, box, *free) for box in boxes]


def _left_free(document: Document, taken: Sequence[tuple[int, int]]) -> np.ndarray:
    """(len(text),) bool: neither quoted nor in one of the passages."""
    free = ~document.quoted
    for start, end in taken:
        free[start:end] = False
    return free


def _grown(a: Document, b: Document, box: Box, free: np.ndarray, other_free: np.ndarray) -> Box:
    box = _levelled(a, b, box, free, other_free)
    before, after = (
        _beyond(*_rest(a, at, backwards, free), *_rest(b, other_at, backwards, other_free), at, other_at, backwards)
        for at, other_at, backwards in ((box.start, box.other_start, True), (box.end, box.other_end, False)))
    return replace(box, start=before[0], end=after[0], other_start=before[1], other_end=after[1])


def _levelled(a: Document, b: Document, box: Box, free: np.ndarray, other_free: np.ndarray) -> Box:
    """The box with its shorter side grown at one edge, where what is missing there is what the longer side has."""
    mine, theirs = a.codes(box.start, box.end), b.codes(box.other_start, box.other_end)
    lacking = abs(len(mine) - len(theirs))
    if not SHORTEST <= lacking <= STEPS[0]:
        return box
    shorter, longer = (b, mine) if len(mine) > len(theirs) else (a, theirs)
    start, end = (box.other_start, box.other_end) if shorter is b else (box.start, box.end)
    for backwards in (True, False):
        rest, places = _rest(shorter, start if backwards else end, backwards, other_free if shorter is b else free)
        counterpart = longer[:lacking] if backwards else longer[-lacking:]
        if len(rest) >= lacking and _common(rest[:lacking], counterpart) >= ALIKE:
            at = _place(places, lacking, backwards)
            return replace(box, **{("other_" if shorter is b else "") + ("start" if backwards else "end"): at})
    return box


def _beyond(
    rest: np.ndarray, places: np.ndarray, other_rest: np.ndarray, other_places: np.ndarray, at: int, other_at: int, backwards: bool
) -> tuple[int, int]:
    """Where the edge at code points ``at`` and ``other_at`` comes to lie, beyond which lie these characters."""
    taken = 0
    while step := _step(rest[taken:], other_rest[taken:]):
        if step[0] != step[1]:  # the whole rest of both
            taken, other_taken = taken + step[0], taken + step[1]
            return _place(places, taken, backwards), _place(other_places, other_taken, backwards)
        taken += step[0]
    return (_place(places, taken, backwards), _place(other_places, taken, backwards)) if taken else (at, other_at)


def _rest(document: Document, at: int, backwards: bool, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Characters beyond an edge, nearest first, as long as they are ``free``, and their places."""
    codes, offsets = document.normalized.codes, document.normalized.offsets
    cut = int(np.searchsorted(offsets, at))
    codes, offsets = (codes[:cut][::-1], offsets[:cut][::-1]) if backwards else (codes[cut:], offsets[cut:])
    taken = ~free[offsets]
    reach = int(np.argmax(taken)) if taken.any() else len(taken)
    return codes[:reach], offsets[:reach]


def _place(places: np.ndarray, taken: int, backwards: bool) -> int:
    return int(places[taken - 1]) + (0 if backwards else 1)


def _step(x: np.ndarray, y: np.ndarray) -> tuple[int, int] | None:
    """How many characters of each side to take next."""
    short, long = sorted((len(x), len(y)))
    x, y = x[: STEPS[0]], y[: STEPS[0]]
    values, number = np.unique(np.concatenate([x, y]), return_inverse=True)
    mine, theirs = number[: len(x)], number[len(x) :]
    for step in STEPS:
        if short >= step and _shared(mine[:step], theirs[:step], len(values)) >= ALIKE:
            return step, step
    if short >= SHORTEST and long <= STEPS[-1] * 2 and short >= LOPSIDED * long and _shared(mine, theirs, len(values)) >= ALIKE:
        return len(x), len(y)
    return None


def _common(x: np.ndarray, y: np.ndarray) -> float:
    """Share of the longer stretch's characters that the other has too, each as often as it stands there."""
    values, number = np.unique(np.concatenate([x, y]), return_inverse=True)
    return _shared(number[: len(x)], number[len(x) :], len(values))


def _shared(x: np.ndarray, y: np.ndarray, different: int) -> float:
    """``_common`` of numbered characters, of which there are so many ``different`` ones."""
    both = np.minimum(np.bincount(x, minlength=different), np.bincount(y, minlength=different))
    return float(both.sum()) / max(1, len(x), len(y))
