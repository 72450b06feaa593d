"""Likeness that accuses nobody: one's own earlier essay, one source that both quote, and changes of names alone."""

from __future__ import annotations

import pytest

from analyzer.copying import only_slots, own_earlier, shared_sources
from analyzer.copying.match import Match
from analyzer.copying.slots import slots_differ
from analyzer.copying.suspicion import coverage, judge
from analyzer.copying import load_logistic
from analyzer.essay import Batch, Essay
from analyzer.pipeline import analyze
from analyzer.report.report import Report
from analyzer.report.suspects import document_name, suspect, suspects
from tests.test_copying import OTHER, STORY

QUOTED = "查摆问题要具体到事、具体到人、具体到时间，不得以“有时”“个别”“一定程度上”代替，凡是写不实的一律退回重写。"
MINE = "我管内勤，最怕的就是这一条。翻开去年写的那份材料，数下来有九处“有时”，没有一处写了日子，写的时候图省事，想着领导也不会一条一条去问。"
YOURS = "散会的路上我一直在想食堂门口那辆三轮车。车主来过四趟，每趟我都叫他等通知，等到第五趟他不来了，车叫人收走，他把一家人的早饭也停了。"
LONGER = "那天雨下得大，我把台账搬到走廊上晾，一页一页翻过去，才看见许多签名是一个人的笔迹。" * 2


def between(a: Essay, b: Essay, passage: str, where: str = "batch", kind: str = "verbatim") -> Match:
    i, j = a.text.index(passage), b.text.index(passage)
    return Match(a.id, i, i + len(passage), b.id, j, j + len(passage), kind, where, 1.0, 1.0)


def test_ones_own_earlier_essay_is_told_apart():
    now = Essay("now", STORY + OTHER, author="周小川", unit="城东所")
    earlier = Essay("old", STORY, author="周小川", unit="城东所", batch="2020-09")
    namesake = Essay("same-name", STORY, author="周小川", unit="城西所", batch="2020-09")
    found = [between(now, earlier, STORY, "history"), between(now, namesake, STORY, "history")]
    mine, theirs = own_earlier(found, [now], [earlier, namesake])
    assert mine.where == "own" and theirs.where == "history"
    model = load_logistic("suspicion")
    alone = judge([now], [mine], model)["now"]
    assert alone.verdict == "clear" and alone.suspicion == 0 and alone.repeated > 0.4 and alone.own == 1 and not alone.partner
    assert judge([now], [mine, theirs], model)["now"].verdict == "copied"
    nameless = Essay("x", STORY), Essay("y", STORY)
    assert own_earlier([between(*nameless, STORY, "history")], nameless[:1], nameless[1:])[0].where == "history"


def test_repeating_oneself_is_shown_and_lists_nobody(tmp_path):
    now = Essay("now", STORY + OTHER, author="周小川", unit="城东所")
    earlier = Essay("old", STORY, title="旧文", author="周小川", unit="城东所", batch="2020-09")
    report = analyze(Batch((now, Essay("other", MINE + YOURS + LONGER, author="吴江", unit="城东所"))), history=[earlier])
    assert not suspects(report) and suspect(report, "now").kind == "自我重复"
    (match,) = [m for m in report.matches_of("now")]
    assert match.where == "own" and document_name(report, match.other, match.where).startswith("本人往批")
    again = Report.from_json(report.to_json(tmp_path / "report.json"))
    assert again.originality["now"].repeated == report.originality["now"].repeated > 0.4


def test_one_source_that_both_name_is_a_quotation():
    a = Essay("a", MINE + "县里的通知写得明白，提出了要求：" + QUOTED + LONGER)
    b = Essay("b", YOURS + "通知强调，" + QUOTED + YOURS)
    (m,) = shared_sources([between(a, b, QUOTED)], [a, b])
    assert m.kind == "quote" and m.where == "batch"
    seen = coverage([a, b], [m])
    assert seen["a"].quoted.sum() == seen["b"].quoted.sum() == len(QUOTED) and not seen["b"].copied.any()


def test_a_passage_of_documents_that_many_hold_is_a_quotation():
    essays = [Essay(str(k), f"第{k}篇。" + own + QUOTED + LONGER) for k, own in enumerate((MINE, YOURS, OTHER))]
    found = [between(essays[i], essays[j], QUOTED) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert {m.kind for m in shared_sources(found, essays)} == {"quote"}
    assert {m.kind for m in shared_sources(found[:1], essays)} == {"verbatim"}, "two alone, and nobody says where it is from"


@pytest.mark.parametrize("passage", [STORY, MINE, QUOTED + "我以前就是这样写的。"], ids=["story", "mine", "first-person"])
def test_what_tells_of_oneself_stays_a_copy(passage):
    a, b = Essay("a", "通知指出：" + passage + OTHER * 3), Essay("b", "通知指出：" + passage + YOURS * 4)
    assert shared_sources([between(a, b, passage)], [a, b])[0].kind == "verbatim"


def test_a_likeness_that_goes_on_in_changed_words_is_no_quotation():
    more, changed = "写得越细，改起来才越有抓手，说到底还是看肯不肯下功夫去对照检查。", "写得越细，改起来才会有抓手，说到底还要看肯不肯花功夫来对照检查。"
    a = Essay("a", MINE + "县里的通知提出要求：" + QUOTED + LONGER + more)
    b = Essay("b", YOURS + "通知强调，" + QUOTED + changed + YOURS)
    alone = between(a, b, QUOTED)
    i, j = a.text.index(more), b.text.index(changed)
    goes_on = Match("a", i, i + len(more), "b", j, j + len(changed), "edited", "batch", 0.9, 1.0)
    assert [m.kind for m in shared_sources([alone, goes_on], [a, b])] == ["verbatim", "edited"]
    apart = Essay("b", YOURS + "通知强调，" + QUOTED + YOURS + changed)
    elsewhere = Match("a", i, i + len(more), "b", apart.text.index(changed), len(apart.text), "edited", "batch", 0.9, 1.0)
    assert [m.kind for m in shared_sources([alone, elsewhere], [a, apart])] == ["quote", "edited"]


def test_a_quotation_that_one_essay_says_again_is_still_one():
    part = QUOTED[: len(QUOTED) // 2 + 6]
    a = Essay("a", MINE + "县里的通知提出要求：" + QUOTED + LONGER)
    b = Essay("b", YOURS + "通知强调，" + QUOTED + LONGER + "那句话我又读了一遍：" + part + YOURS)
    i, j = a.text.index(QUOTED), b.text.rindex(part)
    again = Match("a", i, i + len(QUOTED), "b", j, j + len(part), "edited", "batch", 0.85, 0.5)
    assert [m.kind for m in shared_sources([between(a, b, QUOTED), again], [a, b])] == ["quote", "quote"]


def test_who_shares_more_than_the_quotation_is_not_excused():
    a, b = Essay("a", MINE + "通知强调，" + QUOTED + STORY), Essay("b", YOURS + "通知强调，" + QUOTED + STORY)
    assert {m.kind for m in shared_sources([between(a, b, QUOTED), between(a, b, STORY)], [a, b])} == {"verbatim"}
    whole = Essay("c", "通知强调，" + QUOTED), Essay("d", "通知强调，" + QUOTED)
    assert shared_sources([between(*whole, QUOTED)], whole)[0].kind == "verbatim"


@pytest.mark.parametrize("a, b", [
    ("我在石埠镇当了四年所长，镇上的人都叫我“黄牛所长”，说我能吃苦。", "我在大坪镇当了六年所长，镇上的人都叫我“黄牛所长”，说我能吃苦。"),
    ("近期，按照上级部署，柳沟区司法局扎实开展了政法队伍教育整顿。", "近期，按照上级部署，XX单位扎实开展了政法队伍教育整顿。"),
    ("三月二十四日上午，分局到所里抽了三十份案卷，抽到去年六月那一起。", "三月十八日上午，县局到所里抽了二十份案卷，抽到去年八月那一起。"),
])
def test_only_names_and_numbers_changed(a, b):
    assert slots_differ(a, b) and slots_differ(b, a)


@pytest.mark.parametrize("a, b", [
    ("我认识到学习的重要性，决心今后认真对待每一份材料。", "我认识到学习的重要性，决心今后仔细核对每一份材料。"),
    ("我在石埠镇当了四年所长。", "我在石埠镇当了四年所长。"),
    ("我在石埠镇当了四年所长。", "水库放水的时候渠道漏了三天没有人报。"),
    ("她拿不出发票，我就让她第二天再来。", "她拿不出发票，我还是先给她登记了。"),
])
def test_other_changes_are_more_than_slots(a, b):
    assert not slots_differ(a, b)


def test_a_suspect_that_changed_names_alone_is_called_so():
    changed = STORY.replace("十六号", "二十号").replace("大姐", "大伯").replace("十一辆", "九辆")
    report = analyze(Batch((Essay("a", STORY), Essay("b", changed), Essay("c", MINE + YOURS + LONGER))))
    (m,) = report.matches_of("a")
    assert only_slots(report.essay("a"), report.essay("b"), m)
    assert {s.kind for s in suspects(report)} == {"只改姓名数字"}
