"""Comparisons as an organizer meets them: constructed batches whose answer is known, and what the conclusion says of them."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.compare import REST, Comparison, changes, closing_rates, compare, conclude, sign_offs, suppress_small
from analyzer.compare.anywhere import anywhere
from analyzer.compare.order import in_order
from analyzer.essay import Essay
from analyzer.gatekeeping import Finding

TOP, MIDDLE, FRONT = "leadership", "middle", "frontline"
UNITS = ("城东所", "城西所", "司法局", "法院")
CLAIMS = re.compile("高于|低于|呈上升趋势|呈下降趋势")
NOT_A_FIGURE = re.compile("nan|None|inf", re.IGNORECASE)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def essays(tier: str, scores, units=UNITS, **more) -> list[dict]:
    return [{"tier": tier, "score_own": s, "unit": units[i % len(units)], **more} for i, s in enumerate(scores)]


def table(rows: list[dict]) -> pd.DataFrame:
    usual = {
        "tier": FRONT,
        "unit": "城东所",
        "batch": "2021-03",
        "score_own": 50.0,
        "level_own": 2,
        "own": 0.6,
        "verdict": "clear",
        "templated": 0.0,
        "findings": 0,
    }
    return pd.DataFrame([{"id": f"E{i}", **usual, **row} for i, row in enumerate(rows)])


def around(middle: float, n: int, spread: float = 12) -> np.ndarray:
    """``n`` scores, evenly over a normal distribution: no luck of the draw."""
    from scipy.stats import norm

    scores = norm.ppf((np.arange(n) + 0.5) / n, middle, spread).clip(0, 100).round(1)
    return np.random.default_rng(n).permutation(scores)


def pick(comparisons, measure: str, by: str) -> Comparison:
    return next(c for c in comparisons if (c.measure, c.by) == (measure, by))


def depth(rows: list[dict], by: str = "tier") -> Comparison:
    return pick(compare(table(rows)), "depth", by)


# --- the twelve constructed cases -------------------------------------------------------------------------------


def test_1_a_clear_rise():
    c = depth(essays(TOP, around(32, 30)) + essays(MIDDLE, around(42, 60)) + essays(FRONT, around(50, 120)))
    assert c.trend.direction == "rising" and c.trend.stratified_direction == "rising" and c.trend.p < 0.001
    assert "从领导班子到基层一线，思考深度总体呈上升趋势（Jonckheere–Terpstra 检验" in c.conclusion
    assert "按单位分层后同样成立" in c.conclusion and "领导班子（中位 32 分）低于基层一线（中位 50 分；差异大" in c.conclusion
    assert "高于" not in c.conclusion and "宜谨慎" not in c.conclusion


def test_2_a_clear_fall_with_a_small_top():
    c = depth(essays(TOP, around(60, 12)) + essays(MIDDLE, around(50, 60)) + essays(FRONT, around(40, 120)))
    assert c.trend.direction == "falling"
    assert "呈下降趋势" in c.conclusion and "领导班子仅 12 篇，宜谨慎" in c.conclusion
    assert "低于" not in c.conclusion


def test_3_no_difference_and_enough_essays_to_say_so():
    c = depth(essays(TOP, around(45, 150)) + essays(MIDDLE, around(45, 200)) + essays(FRONT, around(45, 300)))
    assert c.trend.direction == "none" and not CLAIMS.search(c.conclusion)
    assert "看不出" in c.conclusion and "即使有也不到中等" in c.conclusion


def test_4_no_difference_but_too_few_essays_to_say_so():
    c = depth(essays(TOP, around(45, 9)) + essays(MIDDLE, around(45, 12)) + essays(FRONT, around(45, 15)))
    assert not CLAIMS.search(c.conclusion) and "篇数不足以排除中等差别" in c.conclusion


def test_5_too_small_for_any_statistics():
    c = depth(essays(TOP, [40, 50]) + essays(MIDDLE, [45]) + essays(FRONT, around(45, 30)))
    by_name = {g.name: g for g in c.groups}
    assert by_name[TOP].median is None and by_name[TOP].note and not c.pairs and c.trend is None
    assert "领导班子只有 2 篇、中层干部只有 1 篇，不作统计" in c.conclusion and "不能比较层级" in c.conclusion


def test_6_simpsons_paradox():
    """Within each unit leaders reflect more deeply; the deep unit sent the frontline, the shallow one its leaders."""
    rows = []
    for unit, base, top, front in (("城东所", 70, 4, 60), ("司法局", 30, 40, 6)):
        for tier, above, n in ((TOP, 10, top), (MIDDLE, 5, 20), (FRONT, 0, front)):
            rows += essays(tier, around(base + above, n, 6), [unit])
    c = depth(rows)
    assert (c.trend.direction, c.trend.stratified_direction) == ("rising", "falling")
    assert "辛普森悖论" in c.conclusion and "不能归因于层级" in c.conclusion and "在各单位内部却呈下降趋势" in c.conclusion


def test_7_one_unit_drives_it_all():
    others = UNITS[1:]
    rows = essays(TOP, around(45, 15), others) + essays(MIDDLE, around(45, 30), others) + essays(FRONT, around(45, 40), others)
    rows += essays(TOP, around(10, 15, 5), UNITS[:1]) + essays(FRONT, around(80, 15, 5), UNITS[:1])
    c = depth(rows)
    assert c.trend.direction == "rising" and c.trend.driver == "城东所"
    assert "主要来自城东所一个单位，去掉它就看不出了" in c.conclusion


def test_8_everything_copied():
    rows = [
        row
        for tier, n in ((TOP, 10), (MIDDLE, 20), (FRONT, 30))
        for row in essays(tier, [np.nan] * n, level_own=None, own=0.02, verdict="copied")
    ]
    found = compare(table(rows))
    assert "没有一个层级达到 3 篇" in pick(found, "depth", "tier").conclusion
    assert "60 篇本人文字过少、未评" in pick(found, "depth", "tier").conclusion
    assert "都是 100%，没有差别可比" in pick(found, "suspected", "tier").conclusion
    assert not any(CLAIMS.search(c.conclusion) for c in found)


def test_9_all_scores_equal():
    rows = essays(TOP, [41.0] * 10) + essays(MIDDLE, [41.0] * 20) + essays(FRONT, [41.0] * 30)
    for by in ("tier", "unit"):
        assert "60 篇思考深度全都一样（中位 41 分），没有差别可比" in depth(rows, by).conclusion


def test_10_ties_everywhere():
    rows = (
        essays(TOP, [20.0] * 16 + [40.0] * 4)
        + essays(MIDDLE, [20.0] * 20 + [40.0] * 20)
        + essays(FRONT, [20.0] * 20 + [40.0] * 60)
    )
    c = depth(rows)
    assert c.trend.direction == "rising" and "领导班子（中位 20 分）低于基层一线（中位 40 分" in c.conclusion


def test_11_tier_and_unit_cannot_be_told_apart():
    rows = (
        essays(TOP, around(30, 20), ["局机关"])
        + essays(MIDDLE, around(40, 20), ["业务处"])
        + essays(FRONT, around(52, 40), ["城东所"])
    )
    c = depth(rows)
    assert c.trend.direction == "rising" and c.trend.stratified_p is None
    assert "没有一个单位同时有两个层级，分不清是层级不同还是单位不同" in c.conclusion


def test_12_a_difference_that_is_only_one_of_units():
    """Plain trend, nothing within units: the shallow unit happens to send the leaders."""
    rows = []
    for unit, base, top, front in (("城东所", 60, 6, 60), ("司法局", 40, 40, 6)):
        for tier, n in ((TOP, top), (MIDDLE, 20), (FRONT, front)):
            rows += essays(tier, around(base, n, 8), [unit])
    c = depth(rows)
    assert c.trend.direction == "rising" and c.trend.stratified_direction == "none"
    assert "按单位分层后看不出" in c.conclusion and "不能归因于层级" in c.conclusion


# --- further ones -----------------------------------------------------------------------------------------------


def test_a_trend_hidden_by_the_units_is_found():
    rows = []
    for unit, base, top, front in (("城东所", 66, 10, 50), ("司法局", 40, 50, 10)):
        for tier, above, n in ((TOP, 14, top), (MIDDLE, 7, 30), (FRONT, 0, front)):
            rows += essays(tier, around(base + above, n, 8), [unit])
    c = depth(rows)
    assert (c.trend.direction, c.trend.stratified_direction) == ("none", "falling")
    assert "合在一起看不出趋势" in c.conclusion and "在各单位内部呈下降趋势" in c.conclusion


def test_two_tiers_only():
    c = depth(essays(TOP, around(30, 30)) + essays(FRONT, around(50, 60)))
    assert c.trend.p == c.pairs[0].p
    assert c.conclusion.startswith("思考深度：领导班子（中位 30 分）低于基层一线（中位 50 分；差异大")


def test_one_tier_only_and_none_at_all():
    assert "只有基层一线达到 3 篇，不能比较层级" in depth(essays(FRONT, around(50, 30))).conclusion
    unknown = depth([{"tier": ""} for _ in range(12)])
    assert unknown.groups == () and "补填职务或层级" in unknown.conclusion
    assert "12 篇" not in unknown.conclusion and unknown.left_out == 12


def test_essays_of_unknown_tier_are_counted_not_compared():
    c = depth(essays(TOP, around(45, 20)) + essays(FRONT, around(45, 30)) + essays("", around(45, 4)) + essays("甲级", [1.0]))
    assert c.left_out == 5 and sum(g.n for g in c.groups) == 50 and "5 篇层级不详，未计入" in c.conclusion


def test_the_unit_where_nobody_checked():
    rows = [{"unit": unit, "tier": FRONT, "findings": int(unit == "城东所" and i % 3 > 0)} for unit in UNITS for i in range(30)]
    c = pick(compare(table(rows)), "findings", "unit")
    assert c.conclusion.startswith("把关问题比例：城东所（67%，20/30 篇）高于其余单位（相差 67 个百分点")
    assert "其余 3 个单位看不出与别的单位不同" in c.conclusion, "clean units only look good beside the bad one"
    assert {p.b for p in c.pairs} == {REST}


def test_a_unit_of_leaders_is_not_blamed_for_its_tier():
    """Every leader copies, in every unit; one unit has only leaders."""
    rows = [{"unit": unit, "tier": TOP, "verdict": "copied"} for unit in UNITS[1:] for _ in range(8)]
    rows += [{"unit": unit, "tier": FRONT} for unit in UNITS[1:] for _ in range(30)]
    rows += [{"unit": "局机关", "tier": TOP, "verdict": "copied"} for _ in range(10)]
    c = pick(compare(table(rows)), "suspected", "unit")
    assert "局机关（100%，10/10 篇）高于其余单位" in c.conclusion
    assert "但分层级看就看不出了，可能只是人员构成不同" in c.conclusion and "仅 10 篇，宜谨慎" in c.conclusion


def test_two_units_are_set_against_each_other_once():
    c = depth(essays(FRONT, around(30, 30), ["甲所"]) + essays(FRONT, around(60, 30), ["乙所"]), "unit")
    assert [(p.a, p.b) for p in c.pairs] == [("乙所", "甲所")]
    assert c.conclusion.startswith("思考深度：乙所（中位 60 分）高于甲所（差异大")


def test_200_units_of_one_essay_each():
    rows = [{"unit": f"单位{i}", "tier": (TOP, MIDDLE, FRONT)[i % 3], "score_own": s} for i, s in enumerate(around(50, 200))]
    assert depth(rows, "unit").conclusion == "200 个单位都不足 3 篇，不能比较单位。"


def test_small_groups_carry_a_warning():
    c = depth(essays(TOP, around(40, 7)) + essays(FRONT, around(40, 8)))
    notes = {g.name: g.note for g in c.groups}
    assert notes == {TOP: "不足 8 篇，仅供参考", FRONT: ""}
    assert "领导班子仅 7 篇，只供参考" in c.conclusion


def test_figures_of_a_group():
    levels = [1] * 5 + [2] * 3 + [3] * 2
    rows = [
        {"tier": FRONT, "level_own": level, "score_own": 10.0 * i, "verdict": "copied" if i < 3 else "clear"}
        for i, level in enumerate(levels)
    ]
    found = compare(table(rows + [{"tier": FRONT, "score_own": None, "level_own": None}]))
    level, score, share = (pick(found, m, "tier").groups[0] for m in ("level", "depth", "suspected"))
    assert level.shares == (0.5, 0.3, 0.2, 0.0) and level.missing == 1 and level.n == 10
    assert (score.median, score.q1, score.q3, score.mean) == (45.0, 22.5, 67.5, 45.0) and score.low < 45 < score.high
    assert (share.count, share.n) == (3, 11) and share.mean == pytest.approx(3 / 11) and share.low < share.mean < share.high


def test_batches_are_compared_with_the_one_before():
    rows = essays(FRONT, around(40, 40), batch="2021-03") + essays(FRONT, around(41, 40), batch="2021-04")
    rows += essays(FRONT, around(60, 40), batch="2021-05")
    c = depth(rows, "batch")
    assert [(p.a, p.b) for p in c.pairs] == [("2021-04", "2021-03"), ("2021-05", "2021-04")]
    assert (
        "2021-04 与 2021-03 之间看不出变化" in c.conclusion
        and "2021-05（中位 60 分）高于 2021-04（中位 41 分；差异大" in c.conclusion
    )
    assert not any(c.by == "batch" for c in compare(table(rows[:40])))


def test_changes_over_batches_by_unit_and_tier():
    rows = []
    for unit, later in (("城东所", 65), ("城西所", 40)):
        rows += essays(FRONT, around(40, 25), [unit], batch="2021-03") + essays(FRONT, around(later, 25), [unit], batch="2021-04")
    found = {(c.unit, c.tier): c for c in changes(table(rows)) if c.measure == "depth"}
    assert "2021-04（中位 65 分）高于 2021-03（中位 40 分），超出偶然范围" in found["城东所", FRONT].conclusion
    assert "看不出变化" in found["城西所", ""].conclusion
    assert found["", FRONT].before.n == 50 and ("城东所", TOP) not in found
    assert changes(table(rows[:25])) == () == changes(pd.DataFrame())


def test_batches_come_by_the_numbers_in_their_names():
    assert in_order(["2021-12", "2021-3 补交", "2021-3"]) == ["2021-3", "2021-3 补交", "2021-12"]
    assert in_order(["第二十批", "第三批", "第二批", "第十批"]) == ["第二批", "第三批", "第十批", "第二十批"]
    assert in_order(["二〇二二年", "2021年"]) == ["2021年", "二〇二二年"]
    assert in_order(["教育整顿", "主题教育", "教育整顿"]) == ["教育整顿", "主题教育"], "nothing to go by: as they were kept"
    rows = [row for name, level in (("第二批", 40), ("第三批", 41), ("第一批", 60)) for row in essays(FRONT, around(level, 40), batch=name)]
    assert [(p.a, p.b) for p in depth(rows, "batch").pairs] == [("第二批", "第一批"), ("第三批", "第二批")]
    assert {(c.earlier, c.later) for c in changes(table(rows), {"第三批"})} == {("第二批", "第三批")}


@given(st.lists(st.text("第一二十零〇批0１ 9²-", max_size=6), max_size=5))
def test_any_names_have_an_order(names):
    assert sorted(in_order(names)) == sorted(set(names))


def test_closing_rates():
    rows = [{"unit": "城东所", "verdict": "copied"} for _ in range(6)] + [
        {"unit": "城西所", "verdict": "templated"} for _ in range(4)
    ]
    frame = table(rows + [{"unit": "法院"}])
    c = closing_rates(frame, {"E0", "E1", "E2", "E6", "E7", "E8", "E9", "不在本批"})
    assert {g.name: (g.count, g.n) for g in c.groups} == {"城东所": (3, 6), "城西所": (4, 4)}
    assert c.conclusion == "10 篇疑似已查结 7 篇，查结率 70%。还未查结的有：城东所 1 个单位。"
    assert "没有疑似" in closing_rates(table([{}]), ()).conclusion
    hidden = suppress_small([c])[0]
    assert conclude(c) == c.conclusion and hidden.conclusion == "篇数过少的组不公开，结论从略。"
    assert all(g.count is None for g in hidden.groups)


def test_who_signed_what_should_not_have_passed():
    batch = [Essay(f"E{i}", "文", reviewer="王审" if i < 6 else "李核" if i < 10 else "") for i in range(12)]
    c = sign_offs(
        batch, [Finding("E0", 0, 1, "placeholder", ""), Finding("E0", 0, 1, "footer", ""), Finding("E11", 0, 1, "footer", "")]
    )
    assert [(g.name, g.count, g.n) for g in c.groups] == [("王审", 1, 6), ("李核", 0, 4)] and c.left_out == 2
    assert c.conclusion == "经审核人签过、仍带有把关问题的：王审 1 篇。"
    assert "没有审核人" in sign_offs([Essay("E", "文")], []).conclusion


# --- what must always hold --------------------------------------------------------------------------------------

row = st.fixed_dictionaries(
    {
        "tier": st.sampled_from([TOP, MIDDLE, FRONT, "", None]),
        "unit": st.sampled_from(["甲", "乙", "丙|丁", "", None]),
        "batch": st.sampled_from(["2021-03", "2021-04", ""]),
        "score_own": st.one_of(st.none(), st.integers(0, 100)),
        "level_own": st.one_of(st.none(), st.integers(1, 4)),
        "own": st.floats(0, 1),
        "findings": st.integers(0, 2),
        "verdict": st.sampled_from(["copied", "templated", "clear"]),
    }
)


@given(st.lists(row, max_size=60))
@settings(max_examples=60, deadline=None)
def test_nothing_breaks_and_nobody_reads_nan(rows):
    frame = table(rows)
    found = compare(frame, resamples=50)
    for c in found:
        assert c.conclusion and not NOT_A_FIGURE.search(c.conclusion)
        assert conclude(c) == c.conclusion
        json.dumps(asdict(c), allow_nan=False)
        assert sum(g.n + g.missing for g in c.groups) + c.left_out == len(frame)
        if CLAIMS.search(c.conclusion):
            tests = [p.p for p in c.pairs] + ([c.trend.p, c.trend.stratified_p] if c.trend else [])
            assert min(p for p in tests if p is not None) <= 0.05
    for c in suppress_small(found):
        assert all(g.mean is None for g in c.groups if g.n < 5)
        assert not NOT_A_FIGURE.search(c.conclusion)
    changes(frame, resamples=50)


def test_small_groups_are_suppressed_with_their_complement():
    rows = essays(TOP, around(20, 4)) + essays(MIDDLE, around(45, 40)) + essays(FRONT, around(60, 60))
    c = depth(rows)
    (hidden,) = suppress_small([c])
    shown = {g.name: g.median for g in hidden.groups}
    assert shown[TOP] is None and shown[MIDDLE] is None, "a single hidden tier could be had by subtraction"
    assert shown[FRONT] == 60 and not hidden.pairs and hidden.trend is None
    assert hidden.conclusion == "可以公开的层级不足两个，不作比较。领导班子、中层干部篇数少，不公开。"
    assert suppress_small([replace(c, groups=c.groups[1:])], n=5)[0].groups == c.groups[1:]


def test_the_same_table_gives_the_same_figures():
    frame = table(essays(TOP, around(40, 15)) + essays(MIDDLE, around(45, 15)) + essays(FRONT, around(45, 35)))
    assert compare(frame) == compare(frame)
    turned = depth(frame.iloc[::-1].to_dict("records"))
    assert turned.conclusion == depth(frame.to_dict("records")).conclusion


def test_an_empty_table():
    assert compare(pd.DataFrame()) == ()


# --- several statements at once ---------------------------------------------------------------------------------


def test_one_tier_against_both_others_is_said_where_no_pair_shows_it():
    rows = essays(TOP, around(40.6, 20)) + essays(MIDDLE, around(50, 10)) + essays(FRONT, around(50.4, 10))
    c = depth(rows)
    assert all(pair.p > 0.05 for pair in c.pairs) and min(one.p for one in c.contrasts) <= 0.05
    assert "低于其余两个层级合计（差异" in c.conclusion and "差别都还不能确认" in c.conclusion


def test_the_guard_over_all_statements_is_the_permutation_distribution():
    """Against permutations done here, and of two groups the two-sided normal test."""
    rng = np.random.default_rng(2)
    values, groups = rng.normal(size=240) + np.repeat([0.3, 0, 0], [40, 80, 120]), np.repeat([0, 1, 2], [40, 80, 120])
    contrasts = np.array([[1, 0, 0], [0, 1, 2], [0, 0, 1]])[:, groups].astype(float)
    contrasts -= contrasts.mean(axis=1, keepdims=True)
    contrasts /= contrasts.std(axis=1, keepdims=True)
    ranks = values.argsort().argsort().astype(float)
    largest = np.abs(contrasts @ ranks).max()
    drawn = np.abs(contrasts @ rng.permuted(np.tile(ranks[:, None], (1, 4000)), axis=0)).max(axis=0)
    assert anywhere(values, groups) == pytest.approx((drawn >= largest).mean(), abs=0.012)
    assert anywhere(np.ones(30), np.arange(30) % 3) == 1.0 == anywhere(values[:40], groups[:40])


def test_no_statement_is_surer_than_that_there_is_any_difference():
    rows = essays(TOP, around(35, 12)) + essays(MIDDLE, around(45, 30)) + essays(FRONT, around(44, 50))
    c = depth(rows)
    values = np.array([row["score_own"] for row in rows])
    order = np.array([(TOP, MIDDLE, FRONT).index(row["tier"]) for row in rows])
    assert min(d.p for d in (*c.pairs, *c.contrasts)) >= anywhere(values, order) > 0
    assert c.trend.p >= anywhere(values, order)


def test_an_interval_without_zero_is_no_difference_where_the_test_disagrees():
    rows = essays(TOP, [20.0] * 16 + [40.0] * 4) + essays(MIDDLE, [20.0] * 20 + [40.0] * 20) + essays(FRONT, [20.0] * 20 + [40.0] * 60)
    assert "领导班子与中层干部之间的差别还不能确认" in depth(rows).conclusion


# --- bad input ---------------------------------------------------------------------------------------------------

BAD = {
    "a tier without essays": (essays(TOP, around(40, 20)) + essays(FRONT, around(50, 40)), "领导班子"),
    "a tier with one": (essays(TOP, [40.0]) + essays(MIDDLE, around(45, 20)) + essays(FRONT, around(50, 40)), "领导班子只有 1 篇，不作统计"),
    "a tier with two": (essays(TOP, [40.0, 90.0]) + essays(MIDDLE, around(45, 20)) + essays(FRONT, around(50, 40)), "领导班子只有 2 篇，不作统计"),
    "all equal": (essays(TOP, [41.0] * 10) + essays(MIDDLE, [41.0] * 10) + essays(FRONT, [41.0] * 30), "没有差别可比"),
    "a unit with only leaders": (essays(TOP, around(40, 9), ["局机关"]) + essays(FRONT, around(50, 40), UNITS[1:]), "分不清是层级不同还是单位不同"),
    "no tier known": ([{"tier": "", "unit": "城东所"} for _ in range(30)], "没有一篇知道作者层级"),
    "posts missing": ([{"tier": None, "unit": None, "batch": None} for _ in range(12)], "请在名单中补填职务或层级"),
    "200 units of one": ([{"unit": f"单位{i}", "tier": FRONT, "score_own": float(i % 90)} for i in range(200)], "只有基层一线达到 3 篇"),
    "one essay": ([{"tier": TOP}], "没有一个层级达到 3 篇"),
    "nothing rated": ([{"tier": t, "score_own": None, "level_own": None} for t in (TOP, MIDDLE, FRONT) for _ in range(9)], "没有一个层级达到 3 篇"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_answered_in_a_sentence(name):
    """No warning (they are errors here), no NaN, and it says what cannot be said."""
    rows, said = BAD[name]
    found = compare(table(rows), resamples=50)
    assert said in pick(found, "depth", "tier").conclusion
    for c in (*found, *suppress_small(found), closing_rates(table(rows), ())):
        assert c.conclusion.endswith(("。", "）")) and not NOT_A_FIGURE.search(c.conclusion)
        json.dumps(asdict(c), allow_nan=False)
