"""Statistics over tiers, units and batches that never say more than the figures do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a comparison (a tier, a unit, ...). Statistics are None where the group is too small for them."""

    name: str
    """Tier code, unit name or batch name; for unit × tier ``unit|tier``."""
    n: int
    mean: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None
    """95 % interval: bootstrap for the median of a score, Wilson for a share."""
    shares: tuple[float, ...] = ()
    """For the level: shares of levels 1 to 4."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two groups side by side."""

    a: str
    b: str
    delta: float | None
    """Cliff's delta (-1 to 1), positive where ``a`` is higher; for shares the difference of the shares."""
    low: float | None
    high: float | None
    p: float | None
    """After Holm's correction over the pairs of this comparison."""
    magnitude: str = ""
    """negligible, small, medium or large."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Ordered trend from leadership over middle to frontline."""

    statistic: float | None
    p: float | None
    direction: str
    """rising, falling or none: as one goes from leadership down to frontline."""
    stratified_p: float | None = None
    """The same with units as strata."""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure over the groups of one kind."""

    measure: str
    """depth, level, own, suspected, templated or findings (labels.MEASURE)."""
    by: str
    """tier, unit, unit_tier or batch."""
    groups: tuple[Group, ...]
    pairs: tuple[Difference, ...] = ()
    trend: Trend | None = None
    conclusion: str = ""
    """What can and what cannot be said, in Chinese."""
