"""The levels as one organizer gives them: the cut points of the ordinal model, moved towards their ratings.

The model's slope (what counts as deeper) stays; only where one level ends and the next begins is learnt, drawn towards
the shipped cut points by a normal prior, so that twenty ratings move them a little and forty a little more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from analyzer.agreement import weighted_kappa
from analyzer.essay import Essay
from analyzer.ingest.errors import IngestError
from analyzer.labels import LEVEL
from analyzer.reflection.depth import DepthModel, OrdinalModel, rate
from analyzer.reflection.models import load_models
from analyzer.reflection.reflection import LEVELS
from analyzer.reflection.sentences import label_sentences

SCHEMA = 1
FEWEST, WISHED = 8, 20
"""Ratings below the first calibrate nothing; below the second with a warning."""
SHIFT, APART = 0.5, 0.25
"""Prior standard deviations, in mean distances between the shipped cut points, of a common shift of all of them (a strict
or a lenient reader) and of each one's own movement. Chosen on strict, lenient and noisy readers of left-out campaigns
(``python -m benchmarks.calibration --priors``; the figures hardly depend on them)."""
FOLDS, REPEATS = 5, 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the model's levels with the organizer's."""

    qwk: float
    """Quadratic weighted kappa."""
    exact: float
    """Share (0 to 1) of essays that get the organizer's own level."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Cut points that suit an organizer; ``xinde analyze --calibration`` and the app's settings use it."""

    cuts: tuple[float, ...]
    shipped: tuple[float, ...]
    """The cut points it started from: it fits only the model that has these."""
    levels: tuple[int, ...]
    """How many essays were rated 1, 2, 3, 4."""
    before: Agreement
    after: Agreement
    """By cross-validation: no essay judged with cut points that its own rating moved."""
    warnings: tuple[str, ...]
    """In Chinese, for the organizer."""

    @property
    def essays(self) -> int:
        return sum(self.levels)

    @property
    def helps(self) -> bool:
        return (self.after.qwk, self.after.exact) > (self.before.qwk, self.before.exact)

    def apply(self, model: DepthModel) -> DepthModel:
        """The model with these cut points. Raises IngestError where it was made for another version of the model."""
        if not np.allclose(self.shipped, model.level.cuts, atol=1e-3):
            raise IngestError("这份校准是为另一版本的模型做的：请用 xinde calibrate 重新校准。")
        return replace(model, level=replace(model.level, cuts=np.asarray(self.cuts, model.level.cuts.dtype)))

    def save(self, path: str | Path) -> Path:
        """Write a small JSON file: figures only, nothing of any essay."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    def to_dict(self) -> dict:
        """What ``from_dict`` reads; plain JSON values."""
        return {"xinde_calibration": SCHEMA} | json.loads(json.dumps(asdict(self)))

    @classmethod
    def from_dict(cls, d: dict) -> Calibration:
        """Raises ValueError, KeyError or TypeError for anything else than what ``to_dict`` gave."""
        if d["xinde_calibration"] != SCHEMA:
            raise ValueError(f"unknown schema {d['xinde_calibration']}")
        numbers = lambda name, kind: tuple(kind(x) for x in d[name])
        found = cls(numbers("cuts", float), numbers("shipped", float), numbers("levels", int), Agreement(**d["before"]),
                    Agreement(**d["after"]), tuple(d["warnings"]))
        if len(found.cuts) != len(LEVELS) - 1 or not np.all(np.diff(found.cuts) > 0):
            raise ValueError("cut points must rise")
        return found

    @classmethod
    def load(cls, path: str | Path) -> Calibration:
        """Read what ``save`` wrote. Raises IngestError, in Chinese, for anything else."""
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise IngestError(f"找不到校准文件“{path}”：请检查路径。") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IngestError(f"“{path}”不是 xinde calibrate 写出的校准文件：请重新校准。") from error


def calibrate(scores: Sequence[float], ratings: Sequence[int], model: DepthModel | None = None) -> Calibration:
    """Move the cut points towards an organizer's ratings.

    Parameters
    ----------
    scores : (n,) 0 to 100, of the uncalibrated model (``uncalibrated_scores``), of essays as they stand.
    ratings : (n,) the organizer's levels, 1 to 4, of the same essays.
    model : the shipped one by default.

    Raises IngestError, in Chinese, where there are fewer than FEWEST.
    """
    level = (model or load_models()[1]).level
    given = np.asarray(ratings, int)
    if len(given) < FEWEST:
        raise IngestError(f"只有 {len(given)} 篇有评级，至少要 {FEWEST} 篇，最好 20–40 篇，各级都有。")
    latent = _latent(np.asarray(scores, float), level)
    before = _agreement(given, _levels(latent, level.cuts))
    after = _cross_validated(latent, given, level)
    counts = tuple(int((given == k).sum()) for k in LEVELS)
    return Calibration(
        tuple(float(c) for c in _fit(latent, given, level.cuts)), tuple(float(c) for c in level.cuts), counts, before, after,
        _warnings(counts, before, after),
    )


def uncalibrated_scores(essays: Sequence[Essay]) -> list[float | None]:
    """The shipped model's score of each text as it stands; None where there is too little text to rate."""
    from analyzer.copying.document import prepare
    from analyzer.text.encode import encode, load_encoder

    labels, depth = load_models()
    documents = [prepare(essay, "batch") for essay in essays]
    rows = encode([reading for d in documents for reading in d.readings], load_encoder())
    vectors = np.split(rows, np.cumsum([len(d.sentences) for d in documents])[:-1])
    labelled = label_sentences([d.sentences for d in documents], vectors, labels)
    return [rate(essay, found, depth).score for essay, found in zip(essays, labelled)]


def _latent(scores: np.ndarray, level: OrdinalModel) -> np.ndarray:
    """(n,) the latent depth behind each score, which rises with it."""
    grid = np.linspace(level.cuts[0] - 12, level.cuts[-1] + 12, 4001)
    return np.interp(scores, 100 * _above(grid, level.cuts).mean(axis=1), grid)


def _above(latent: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(np.clip(np.asarray(cuts)[None] - latent[:, None], -30, 30)))


def _chances(latent: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    edges = np.hstack([np.ones((len(latent), 1)), _above(latent, cuts), np.zeros((len(latent), 1))])
    return edges[:, :-1] - edges[:, 1:]


def _levels(latent: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    return _chances(latent, cuts).argmax(axis=1) + 1


def _fit(latent: np.ndarray, ratings: np.ndarray, shipped: np.ndarray) -> np.ndarray:
    """The likeliest cut points under the prior, in rising order."""
    from scipy.optimize import minimize

    shipped = np.asarray(shipped, float)
    gap = np.diff(shipped).mean()
    precision = np.linalg.inv(gap**2 * (SHIFT**2 + APART**2 * np.eye(len(shipped))))
    rows = np.arange(len(ratings))

    def loss(theta):
        steps = np.append(theta[0], np.exp(theta[1:]))
        cuts = np.cumsum(steps)
        above = _above(latent, cuts)
        edges = np.hstack([np.ones((len(latent), 1)), above, np.zeros((len(latent), 1))])
        chance = np.maximum(edges[rows, ratings - 1] - edges[rows, ratings], 1e-9)
        falls = np.hstack([np.zeros((len(latent), 1)), above * (1 - above), np.zeros((len(latent), 1))])
        slope = np.zeros(len(cuts) + 2)  # by cut point: raising one takes from the level above it and gives to that below
        np.add.at(slope, ratings - 1, falls[rows, ratings - 1] / chance)
        np.add.at(slope, ratings, -falls[rows, ratings] / chance)
        moved = cuts - shipped
        by_cut = slope[1:-1] + precision @ moved
        by_step = np.cumsum(by_cut[::-1])[::-1]
        return -np.log(chance).sum() + moved @ precision @ moved / 2, by_step * np.append(1.0, steps[1:])

    start = np.append(shipped[0], np.log(np.diff(shipped)))
    theta = minimize(loss, start, jac=True, method="BFGS").x
    return np.cumsum(np.append(theta[0], np.exp(theta[1:])))


def _agreement(given: np.ndarray, said: np.ndarray) -> Agreement:
    return Agreement(weighted_kappa(given, said), float((given == said).mean()))


def _cross_validated(latent: np.ndarray, ratings: np.ndarray, level: OrdinalModel) -> Agreement:
    rng, found = np.random.default_rng(0), []
    for _ in range(REPEATS):
        mixed = rng.permutation(len(ratings))
        order = mixed[np.argsort(ratings[mixed], kind="stable")]
        fold = np.empty(len(ratings), int)
        fold[order] = np.arange(len(ratings)) % FOLDS  # every fold gets some of each level
        said = np.zeros(len(ratings), int)
        for k in range(FOLDS):
            said[fold == k] = _levels(latent[fold == k], _fit(latent[fold != k], ratings[fold != k], level.cuts))
        found.append(_agreement(ratings, said))
    return Agreement(float(np.mean([a.qwk for a in found])), float(np.mean([a.exact for a in found])))


def _warnings(counts: tuple[int, ...], before: Agreement, after: Agreement) -> tuple[str, ...]:
    said = []
    if (n := sum(counts)) < WISHED:
        said.append(f"只有 {n} 篇有评级，太少：校准结果不稳，最好评 20–40 篇。")
    if missing := [LEVEL[level] for level, count in zip(LEVELS, counts) if not count]:
        said.append(f"没有一篇评为“{'”“'.join(missing)}”：这几级的分界只能沿用原来的，请补评几篇。")
    if before.qwk < 0.4 and after.qwk < 0.4:
        said.append("您的评级与模型排出的先后很不一致，移动分界帮不了多少：请先看看分歧最大的几篇。")
    if (after.qwk, after.exact) <= (before.qwk, before.exact):
        said.append("交叉验证中，校准后并不比校准前更接近您的评级：建议继续使用原来的分界。")
    return tuple(said)
