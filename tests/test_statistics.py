"""The statistics against published worked examples. Each source is named beside its figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analyzer.compare import differences as diff
from analyzer.compare.intervals import median_intervals, newcombe, wilson
from analyzer.compare.trend import cochran_armitage, jonckheere


def repeat(values, counts):
    return np.repeat(np.array(values, float), counts)


# Jonckheere (1954), as R's npordtests (jdata) and DescTools print it: JT 71, mean 48, variance 114.67, Z 2.147876,
# exact two-sided p 0.03368.
JONCKHEERE = np.array([19, 20, 60, 130, 21, 61, 80, 129, 40, 99, 100, 149, 49, 110, 151, 160.0])

# PSIAIMS/CAMIS, "Jonckheere-Terpstra test" (DescTools against SAS), data/jonck.csv, with ties: JT 184.5,
# one-sided p 0.002655 (decreasing).
DOSES = np.array(
    [
        153,
        134.2,
        139,
        124.2,
        157.4,
        128.8,
        140.1,
        134.1,
        129.1,
        135.3,
        124.6,
        129.5,
        138.9,
        124,
        124.6,
        124,
        135.4,
        129,
        118.5,
        136.3,
        140.1,
        141.3,
        122.8,
        143.1,
        116.4,
        117.5,
        136.5,
        130.9,
        126.2,
        139.2,
        115.7,
        115.6,
        118.6,
        121.2,
        131.7,
        109.8,
        133.8,
        118.6,
        132.9,
        120.6,
    ]
)

# Dmitrienko et al. (2005), Analysis of Clinical Trials Using SAS, ch. 1 (SAS usage note 25022): van Elteren's test,
# chi-square 6.2766, p 0.0122. Percent change of incontinence episodes, placebo and drug in three strata.
INCONTINENCE = {
    ("placebo", 1): """-86 -38 43 -100 289 0 -78 38 -80 -25 -100 -100 -50 25 -100 -100 -67 0 400 -100 -63 -70 -83 -67 -33 0
        -13 -100 0 -3 -62 -29 -50 -100 0 -100 -60 -40 -44 -14""",
    ("placebo", 2): """-36 -77 -6 -85 29 -17 -53 18 -62 -93 64 -29 100 31 -6 -100 -30 11 -52 -55 -100 -82 -85 -36 -75 -8 -75
        -42 122 -30 22 -82""",
    ("placebo", 3): "12 -68 -100 95 -43 -17 -87 -66 -8 64 61 -41 -73 -42 -32 12 -69 81 0 87",
    ("drug", 1): """50 -100 -80 -57 -44 340 -100 -100 -25 -74 0 43 -100 -100 -100 -100 -63 -100 -100 -100 -100 -100 0 -100
        -50 0 0 -83 369 -50 -33 -50 -33 -67 25 390 -50 0 -100""",
    ("drug", 2): """-93 -55 -73 -25 31 8 -92 -91 -89 -67 -25 -61 -47 -75 -94 -100 -69 -92 -100 -35 -100 -82 -31 -29 -100 -14
        -55 31 -40 -100 -82 131 -60""",
    ("drug", 3): "-17 -13 -55 -85 -68 -87 -42 36 -44 -98 -75 -35 7 -57 -92 -78 -69 -21 -14",
}

# R's UCBAdmissions (Bickel et al. 1975): men admitted, men rejected, women admitted, women rejected.
BERKELEY = {
    "A": (512, 313, 89, 19),
    "B": (353, 207, 17, 8),
    "C": (120, 205, 202, 391),
    "D": (138, 279, 131, 244),
    "E": (53, 138, 94, 299),
    "F": (22, 351, 24, 317),
}


def test_jonckheere_without_ties():
    groups = np.repeat(np.arange(4), 4)
    asymptotic = jonckheere(JONCKHEERE, groups, permute=False)
    assert asymptotic.z == pytest.approx(2.147876, abs=1e-6)
    assert asymptotic.p == pytest.approx(0.03172359, abs=1e-7)
    assert jonckheere(JONCKHEERE, groups).p == pytest.approx(0.03368, abs=0.004)


def test_jonckheere_with_ties():
    groups = np.repeat(np.arange(4), 10)
    asymptotic = jonckheere(DOSES, groups, permute=False)
    assert asymptotic.z < 0
    assert asymptotic.p / 2 == pytest.approx(0.002655, abs=1e-5)
    assert jonckheere(DOSES, groups).p == pytest.approx(asymptotic.p, abs=0.003)


def test_stratified_trend_of_two_groups_is_van_elterens_test():
    values, groups, strata = [], [], []
    for (group, stratum), numbers in INCONTINENCE.items():
        new = [float(x) for x in numbers.split()]
        values += new
        groups += [int(group == "placebo")] * len(new)
        strata += [stratum] * len(new)
    test = jonckheere(np.array(values), np.array(groups), np.array(strata))
    assert test.strata == 3
    assert test.z**2 == pytest.approx(6.2766, abs=1e-4)
    assert test.p == pytest.approx(0.0122, abs=1e-4)


def test_cochran_armitage():
    # R's prop.trend.test (Fleiss 1981, p. 139): X-squared 8.2249, p 0.004132. It has N where Mantel has N - 1.
    groups, counts, sizes = np.repeat(np.arange(4), [86, 93, 136, 82]), [83, 90, 129, 70], [86, 93, 136, 82]
    smokers = np.concatenate([repeat([1, 0], [k, n - k]) for k, n in zip(counts, sizes)])
    test = cochran_armitage(smokers, groups, permute=False)
    assert test.z < 0
    assert test.z**2 * 397 / 396 == pytest.approx(8.2249, abs=1e-4)
    # DescTools' example for CochranArmitageTest: Mantel–Haenszel chi-squared 3.4667, p 0.06262.
    tumours = np.concatenate([repeat([0, 1], [10 - k, k]) for k in (0, 1, 0, 3)])
    test = cochran_armitage(tumours, np.repeat(np.arange(4), 10), permute=False)
    assert test.z**2 == pytest.approx(3.4667, abs=1e-4)
    assert test.p == pytest.approx(0.06262, abs=1e-5)


def test_stratified_shares_resolve_simpsons_paradox():
    # Agresti (2013), Categorical Data Analysis: Mantel–Haenszel without continuity correction 1.52, p 0.217;
    # without departments the chi-squared is 92.2.
    admitted = np.concatenate([repeat([1, 0, 1, 0], counts) for counts in BERKELEY.values()])
    women = np.concatenate([repeat([0, 0, 1, 1], counts) for counts in BERKELEY.values()]).astype(int)
    department = np.concatenate([np.repeat(name, sum(counts)) for name, counts in BERKELEY.items()])
    plain, stratified = cochran_armitage(admitted, women), cochran_armitage(admitted, women, department)
    assert plain.z == pytest.approx(-(92.2**0.5), abs=0.01)
    assert stratified.z > 0
    assert stratified.z**2 == pytest.approx(1.5246, abs=1e-4)
    assert stratified.p == pytest.approx(0.2169, abs=1e-4)


def test_cliffs_delta():
    # Hogarty & Kromrey (1999), SUGI 24, paper 238, as R's effsize repeats it: -0.25 (small), 95 % -0.7265846 to 0.3890062.
    treatment = np.array([10, 10, 20, 20, 20, 30, 30, 30, 40, 50.0])
    control = np.array([10, 20, 30, 40, 40, 50.0])
    assert diff.cliffs_delta(treatment, control) == pytest.approx((-0.25, -0.7265846, 0.3890062), abs=1e-6)
    assert diff.magnitude_of_delta(-0.25) == "small"
    # effsize's test "Negligible differences"
    other = np.array([10, 20, 20, 20, 30, 30, 30, 40, 50, 100.0])
    assert diff.cliffs_delta(other, control)[0] == pytest.approx(-0.06666, abs=1e-4)


def test_cliffs_delta_of_groups_that_do_not_overlap():
    a, b = np.array([5.0, 6, 7, 8]), np.array([1.0, 2, 3])
    delta, low, high = diff.cliffs_delta(a, b)
    assert (delta, high) == (1, 1) and -1 <= low < 1
    assert diff.cliffs_delta(b, a) == (-1, -1, -low)


def test_mann_whitney():
    # Hollander & Wolfe (1973), p. 69 f., permeability of the amnion, as in R's ?wilcox.test: one-sided p 0.1272.
    x = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
    y = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
    assert diff.mann_whitney(x, y) == pytest.approx(2 * 0.1272, abs=0.02)


def test_a_rare_high_level_in_a_tiny_group_is_not_overrated():
    """The normal distribution would call three fours among three, with one in ten elsewhere, a matter of 1e-6."""
    rest = repeat([1, 4], [900, 100])
    tiny = np.array([4.0, 4.0, 4.0])
    exact = 0.1**3
    assert diff.mann_whitney(tiny, rest) == pytest.approx(exact, rel=0.5)


def test_wilson_and_newcombe():
    # Newcombe (1998), Statistics in Medicine 17: p. 861 (one share, method 3) and p. 879 (difference, method 10).
    for (count, n), expected in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(count, n) == pytest.approx(expected, abs=1e-4)
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(case):
    count, n = case
    interval = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert wilson(count, n) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_holm():
    # R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"): 0.03 0.06 0.06 0.02
    assert diff.holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])


def test_fisher():
    # Fisher (1935), the lady tasting tea: one-sided 17/70, two-sided 34/70.
    assert diff.fisher(repeat([1, 0], [3, 1]), repeat([1, 0], [1, 3])) == pytest.approx(34 / 70)


def test_median_interval_is_that_of_scipy_and_stays_the_same():
    rng = np.random.default_rng(5)
    samples = [rng.normal(50, 10, 30).round(1), rng.normal(40, 10, 30).round(1), rng.normal(50, 10, 11)]
    together = median_intervals(samples)
    assert together == median_intervals(samples)
    for sample, (low, high) in zip(samples, together):
        theirs = stats.bootstrap((sample,), np.median, method="percentile", n_resamples=4999, rng=1).confidence_interval
        assert low == pytest.approx(theirs.low, abs=2.5) and high == pytest.approx(theirs.high, abs=2.5)
        assert low <= np.median(sample) <= high


small = st.lists(st.integers(0, 6), min_size=3, max_size=25).map(lambda v: np.array(v, float))


@given(small, small)
@settings(max_examples=60, deadline=None)
def test_two_groups_trend_and_mann_whitney_tell_the_same_story(a, b):
    """Jonckheere–Terpstra of two groups is Mann–Whitney (scipy's, without continuity correction)."""
    values, groups = np.concatenate([a, b]), repeat([0, 1], [len(a), len(b)]).astype(int)
    test = jonckheere(values, groups, permute=False)
    if len(set(values)) == 1:
        assert (test.z, test.p) == (0.0, 1.0)
        return
    theirs = stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic")
    assert test.p == pytest.approx(theirs.pvalue, abs=1e-9)
    delta, low, high = diff.cliffs_delta(b, a)
    assert -1 <= low <= delta <= high <= 1
    assert delta == pytest.approx(2 * theirs.statistic / (len(a) * len(b)) - 1)


@given(small)
@settings(max_examples=30, deadline=None)
def test_one_stratum_changes_nothing(values):
    groups = np.arange(len(values)) % 3
    plain, stratified = (
        jonckheere(values, groups, permute=False),
        jonckheere(values, groups, np.zeros(len(values)), permute=False),
    )
    assert stratified.z == pytest.approx(plain.z)


def test_strata_without_two_groups_say_nothing():
    values, groups = np.arange(6.0), np.array([0, 0, 1, 1, 2, 2])
    assert jonckheere(values, groups, groups) is None
    assert cochran_armitage((values > 3).astype(float), groups, groups) is None
