"""What a comparison holds: groups, their differences, the trend over the tiers, and what may be said about them."""

from __future__ import annotations

from dataclasses import dataclass

REST = "其余"
"""Stands for all other essays where a unit is set against them (``Difference.b``)."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a comparison (a tier, a unit, ...). Statistics are None where the group is too small for them."""

    name: str
    """Tier code, unit name or batch name; for unit × tier ``unit|tier``."""
    n: int
    """Essays that have a value of this measure."""
    mean: float | None = None
    """Mean of a score; for a share of essays (suspected, templated, findings) the share itself, 0 to 1."""
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None
    """95 % interval: bootstrap for the median of a score, Wilson for a share."""
    shares: tuple[float, ...] = ()
    """For the level: shares of levels 1 to 4."""
    count: int | None = None
    """For a share: how many of the ``n`` essays it counts."""
    missing: int = 0
    """Essays of the group without a value (too little text of one's own to rate)."""
    note: str = ""
    """Why the figures are missing or to be read with care, in Chinese."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two groups side by side."""

    a: str
    b: str
    """A group's name, or REST."""
    delta: float | None
    """Cliff's delta (-1 to 1), positive where ``a`` is higher; for shares the difference of the shares."""
    low: float | None
    high: float | None
    """95 % interval of ``delta`` alone (not widened for the number of pairs)."""
    p: float | None
    """Corrected for everything this comparison tests: tiers by closed testing (anywhere.py), units and batches by Holm."""
    magnitude: str = ""
    """negligible, small, medium or large."""
    stratified_p: float | None = None
    """The same within tiers (for units) or within units (for tiers), uncorrected: it only ever weakens a statement.

    Only worked out where ``p`` is 0.05 or less."""
    stratified_direction: str = ""
    """higher or lower: how ``a`` compares within the strata; empty where ``stratified_p`` is None."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Ordered trend from leadership over middle to frontline."""

    statistic: float | None
    """Standardized (z), positive where the measure rises towards the frontline."""
    p: float | None
    """Two-sided, corrected for everything this comparison tests (anywhere.py)."""
    direction: str
    """rising, falling or none: as one goes from leadership down to frontline; none unless ``p`` is 0.05 or less."""
    stratified_p: float | None = None
    """The same with units as strata, corrected alike."""
    method: str = ""
    stratified_direction: str = ""
    """rising, falling or none, by ``stratified_p``; empty where that is None."""
    units: int = 0
    """Units known in the compared essays."""
    strata: int = 0
    """Units that have essays of at least two tiers: only they can tell tier from unit."""
    driver: str = ""
    """The one unit without which the trend is gone, if there is one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure over the groups of one kind."""

    measure: str
    """depth, level, own, suspected, templated or findings (labels.MEASURE)."""
    by: str
    """tier, unit, unit_tier or batch."""
    groups: tuple[Group, ...]
    pairs: tuple[Difference, ...] = ()
    """Tiers: every two. Batches: each against the one before. Units: each against all other essays (REST), but a unit
    that differs less than another against the rest without that one; where there are only two, one pair."""
    contrasts: tuple[Difference, ...] = ()
    """Three tiers: the leadership against both others (REST), and the frontline likewise."""
    trend: Trend | None = None
    conclusion: str = ""
    """What can and what cannot be said, in Chinese."""
    left_out: int = 0
    """Essays whose tier, unit or batch is not known."""
