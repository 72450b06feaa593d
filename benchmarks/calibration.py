"""What calibrating gains with readers who draw the lines elsewhere: ``python -m benchmarks.calibration [--priors]``.

On campaigns that the judging model did not see (benchmarks/out_of_fold). A reader ranks essays as ours did (their mean
level, ties broken by the five aspects) and gives the levels to other shares of them; then 12 to 40 essays are drawn, the cut
points fitted, and all other essays judged. ``--priors`` compares the prior standard deviations among which
``reflection/calibrate.py`` chose.
"""

from __future__ import annotations

import argparse

import numpy as np

from analyzer.agreement import weighted_kappa
from analyzer.reflection import calibrate as c
from analyzer.reflection import load_models
from benchmarks.baselines import reader_levels
from benchmarks.out_of_fold import shipped
from models.corpora import load_campaigns

READERS = {"as ours": None, "strict": (0.45, 0.30, 0.18, 0.07), "lenient": (0.12, 0.18, 0.30, 0.40), "no extremes": (0.10, 0.40, 0.40, 0.10),
           "as ours, noisy": None, "strict, noisy": (0.45, 0.30, 0.18, 0.07)}
"""Shares of essays at levels 1 to 4. A noisy reader puts one essay in five a level up or down."""
SIZES, DRAWS = (12, 20, 30, 40), 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--priors", action="store_true", help="compare prior standard deviations")
    essays, _ = shipped()
    model = load_models()[1].level
    latent, quality = c._latent(essays.score.to_numpy(), model), _quality(essays)
    if not parser.parse_args().priors:
        _print(latent, quality, essays["median"].to_numpy(), model.cuts)
        return
    for c.SHIFT in (0.25, 0.5, 0.75, 1.5):
        for c.APART in (0.1, 0.25, 0.5, 1.0):
            gains = [_gain(latent, _levels(name, shares, quality, essays["median"].to_numpy()), model.cuts, n)
                     for name, shares in READERS.items() for n in (20, 40)]
            mean = np.mean(gains, axis=0)
            print(f"shift {c.SHIFT:4} apart {c.APART:4}: QWK {mean[0]:.3f} → {mean[1]:.3f}, same level {mean[2]:.3f} → {mean[3]:.3f}, "
                  f"worst change of QWK {min(g[1] - g[0] for g in gains):+.3f}")


def _print(latent, quality, median, cuts) -> None:
    print(f"{'reader':18}{'rated':>7}{'QWK before':>12}{'after':>8}{'same level before':>19}{'after':>8}")
    for name, shares in READERS.items():
        for n in SIZES:
            before, after, same, same_after = _gain(latent, _levels(name, shares, quality, median), cuts, n)
            print(f"{name:18}{n:>7}{before:>12.3f}{after:>8.3f}{same:>19.3f}{same_after:>8.3f}")


def _quality(essays) -> np.ndarray:
    """(essays,) the readers' mean level, ties broken by the mean of the aspects they gave."""
    aspects = {}
    for campaign in load_campaigns():
        for id, readings in campaign.ratings.items():
            aspects[campaign.name, id] = np.mean([[r.get(a, 0) for a in ("experience", "shortcoming", "cause", "insight", "plan")] for r in readings])
    ties = np.array([aspects[key] for key in zip(essays.campaign, essays.essay)])
    return reader_levels(essays).mean(axis=1) + 0.01 * ties


def _levels(name: str, shares, quality: np.ndarray, median: np.ndarray) -> np.ndarray:
    if shares is None:
        levels = median.copy()
    else:
        order = np.argsort(np.argsort(quality, kind="stable"), kind="stable") / len(quality)
        levels = 1 + np.searchsorted(np.cumsum(shares)[:-1], order, side="right")
    if "noisy" in name:
        rng = np.random.default_rng(1)
        levels = np.where(rng.random(len(levels)) < 0.2, np.clip(levels + rng.choice([-1, 1], len(levels)), 1, 4), levels)
    return levels


def _gain(latent: np.ndarray, levels: np.ndarray, cuts: np.ndarray, n: int) -> np.ndarray:
    """(4,) QWK before and after, share of the same level before and after, on essays that were not rated; mean over draws."""
    rng, rows = np.random.default_rng(2), []
    for _ in range(DRAWS):
        mixed = rng.permutation(len(levels))
        rated, others = mixed[:n], mixed[n:]
        before, after = c._levels(latent[others], cuts), c._levels(latent[others], c._fit(latent[rated], levels[rated], cuts))
        true = levels[others]
        rows.append([weighted_kappa(true, before), weighted_kappa(true, after), (true == before).mean(), (true == after).mean()])
    return np.mean(rows, axis=0)


if __name__ == "__main__":
    main()
