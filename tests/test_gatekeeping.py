"""Gate-keeping: labelled cases, honest essays that must stay clean, and what must hold for any text.

tests/data/gatekeeping.jsonl holds 234 invented excerpts: 112 with a lapse (``spans``; the empty span at 0 is
the title) and 122 lookalikes without one. The rules were tuned on ``tuning`` alone. When first run on the others, before anything
was mended, precision and recall were: held_out 0.91 and 1.00, second 0.89 and 1.00, third 0.93 and 0.87.
tests/data/gatekeeping_unseen.jsonl: 362 more by another writer who knew the rules and what public 范文 pages carry, in seven
three and three other campaigns. First run: fourth (207) 67 of 75 findings right, 0.89 (0.96 after one wrong label and four
second lapses in the text were put right, ``also``), recall 0.63; after mending, fifth (73) 21 of 21 right, recall 0.54; after mending again,
sixth (82) 31 of 31 right, recall 0.67, and nothing was mended after that. The other parts only guard against going back.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.essay import Essay
from analyzer.gatekeeping import KINDS, Finding, find_lapses
from analyzer.gatekeeping.finding import DISGUISES
from analyzer.labels import FINDING

DATA = Path(__file__).parent / "data"
FILES = ("gatekeeping.jsonl", "gatekeeping_unseen.jsonl")
CASES = [json.loads(line) for name in FILES for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
PARTS = ("tuning", "held_out", "second", "third", "fourth", "fifth")
FILLER = "去年冬天我在窗口值班，一位老人来问补贴，我让他去隔壁，隔壁又让他回来，来回走了三趟。学习以后我想，这三趟是我欠他的。"


def essay(text: str, **more) -> Essay:
    usual = {"id": "E", "author": "陈平", "unit": "临江区司法局", "batch": "2021-03", "title": "一件小事"}
    return Essay(text=text, **(usual | more))


def found(text: str, others: tuple[Essay, ...] = (), expected=None, **more) -> list[tuple[str, str]]:
    """Kind and text of the findings in one essay."""
    one = essay(text, **more)
    return [(f.kind, one.text[f.start : f.end]) for f in find_lapses([one, *others], expected) if f.essay == one.id]


@pytest.fixture(scope="module")
def judged() -> dict[str, list[Finding]]:
    batch = [Essay(c["id"], c["text"], c["title"], c["author"], c["unit"], c["post"], batch=c["batch"]) for c in CASES]
    findings = defaultdict(list)
    for finding in find_lapses(batch):
        findings[finding.essay].append(finding)
    return findings


def is_right(finding: Finding, case: dict) -> bool:
    overlaps = ((finding.start < end and start < finding.end) or (finding.end == end == 0) for start, end in case["spans"])
    return (finding.kind == case["kind"] and any(overlaps)) or finding.kind == case.get("also")


@pytest.mark.parametrize("part", PARTS)
def test_labelled_cases(judged, part):
    cases = [c for c in CASES if c["part"] == part]
    findings = [(f, c) for c in cases for f in judged[c["id"]]]
    wrong = [(c["id"], f.kind, f.note) for f, c in findings if not is_right(f, c)]
    lapses = [c for c in cases if c["kind"]]
    missed = [c["id"] for c in lapses if not any(f.kind == c["kind"] and is_right(f, c) for f in judged[c["id"]])]
    assert len(wrong) <= 0.05 * len(findings), wrong
    assert len(missed) <= 0.1 * len(lapses), missed


def test_cases_that_no_rule_was_mended_by(judged):
    """The real figures, as they came: what is found is right; one lapse of three is of a form that no rule names yet."""
    cases = [c for c in CASES if c["part"] == "sixth"]
    wrong = [(c["id"], f.kind, f.note) for c in cases for f in judged[c["id"]] if not is_right(f, c)]
    found = sum(bool(judged[c["id"]]) for c in cases if c["kind"])
    assert not wrong and found >= 31, (wrong, found)


def test_the_cases_are_what_they_claim():
    assert len(CASES) >= 150 and 0.4 <= sum(c["kind"] is None for c in CASES) / len(CASES) <= 0.6
    assert {c["kind"] for c in CASES} == {*KINDS, None} - {*DISGUISES} - {*DISGUISES}
    for case in CASES:
        assert all(0 <= start <= end <= len(case["text"]) for start, end in case["spans"])
        assert bool(case["spans"]) == bool(case["kind"]) != bool(case["lookalike_of"])


def test_honest_essays_stay_clean():
    documents = [json.loads(line) for line in (DATA / "rectification.jsonl").read_text(encoding="utf-8").splitlines()]
    essays = [
        Essay(d["id"], "".join(p["t"] for p in d["pieces"]), d["title"], d["author"], d["unit"], d["post"])
        for d in documents
        if d["kind"] == "essay"
    ]
    origin = {d["id"]: d["intended"]["origin"] for d in documents}
    findings = find_lapses(essays)
    assert {origin[f.essay] for f in findings} == {"template"}
    assert {f.kind for f in findings} == {"placeholder", "footer"}


def test_each_kind_has_a_name_and_a_note():
    assert set(KINDS) == set(FINDING)
    assert all(f.note and "{}" not in f.note for f in find_lapses([essay(c["text"], id=c["id"]) for c in CASES]))


def test_parts_of_one_lapse_are_one_finding():
    assert found("20XX年X月，按照上级部署，我参加了集中学习。" + FILLER) == [("placeholder", "20XX年X月")]
    assert found("我读书做笔记XX余字，在XX岗位上尽责。" + FILLER) == [("placeholder", "XX余字"), ("placeholder", "XX岗位")]
    assert found(FILLER + "以上内容来源于网络，由用户自行上传。")[0][0] == "footer"
    assert found("近日，XX省XX市司法局召开了会议，我参加了学习。" + FILLER) == [("placeholder", "XX省XX市")]


@pytest.mark.parametrize(
    "text",
    [
        "王某某把钥匙交给我。",
        "某县某局原局长被查。",
        "他说自己是“XX单位的领导”。",
        "《XX市调解工作办法》还没有换成我们的名字。",
        "表格上印着“姓名：____”。",
        "本人承诺以上属实。\n承诺人签名：________",
        "X光片子上有一个白点。",
        "档案盒上写着XX年没有写完。",
    ],
)
def test_honest_uses_of_the_same_characters(text):
    assert found(FILLER + text) == []


def test_another_units_name_needs_the_roster():
    text = "作为临江区人民法院的一名干警，我要从自己查起。" + FILLER
    colleague = essay(FILLER, id="F", unit="临江区人民法院", author="李想")
    assert found(text, (colleague,)) == [("other_name", "临江区人民法院")]
    assert found(text, (colleague,), unit="") == []
    assert found(text, (colleague,), unit="临江区人民法院城北法庭") == [], "the court above one's own"
    assert found("我曾作为临江区人民法院的一名干警办过案。" + FILLER, (colleague,)) == []


def test_a_name_below_the_text():
    other = essay(FILLER, id="F", author="李想")
    assert found(FILLER + "\n李想", (other,)) == [("other_name", "李想")]
    assert found(FILLER + "\n陈平", (other,)) == []


def test_dates_beside_the_batch():
    assert found(FILLER + "\n2019年5月6日") == [("wrong_date", "2019年5月6日")]
    assert found(FILLER + "\n二〇一九年五月六日") == [("wrong_date", "二〇一九年五月六日")]
    assert found(FILLER + "\n2021年3月6日") == []
    assert found(FILLER + "\n2020年12月30日") == [], "written before the turn of the year"
    assert found(FILLER + "\n2019年5月6日", batch="第一批") == [], "nothing tells the batch's year"
    others = tuple(essay(FILLER + "\n2021年3月2日", id=f"F{i}", batch="第一批") for i in range(6))
    assert found(FILLER + "\n2019年5月6日", others, batch="第一批") == [("wrong_date", "2019年5月6日")]


def test_a_campaign_that_others_write_of_too_is_theirs():
    text = "通过这次党史学习教育，我找到了差距。" + FILLER
    assert found(text, batch="2024-05") == [("wrong_date", "党史学习教育")]
    others = tuple(essay(text, id=f"F{i}", batch="2024-05") for i in range(4))
    assert found(text, others, batch="2024-05") == []


def test_length():
    assert found(FILLER, expected=800) == [("too_short", FILLER)]
    assert found(FILLER * 10, expected=800) == []
    others = tuple(essay(FILLER * 12, id=f"F{i}") for i in range(12))
    assert found(FILLER, others) == [("too_short", FILLER)]
    assert found("一切都好。") == [("too_short", "一切都好。")]


def test_unfinished():
    assert found(FILLER + "我打算做三件事：一是") == [("unfinished", "一是")]
    assert found(FILLER + "今后我要，") == [("unfinished", "，")]
    assert found(FILLER + "\n此致\n敬礼") == [] == found(FILLER + "还没有修好……") == found(FILLER + "\n审核人：")


def test_off_topic_needs_a_batch():
    others = tuple(essay("队伍教育整顿以来，我查了自己。" + FILLER, id=f"F{i}") for i in range(12))
    text = "防溺水要家校一起发力，池塘边要立警示牌、备救生圈，老师要家访，孩子要会背六不准，不能心存侥幸。" * 2
    off = {"title": "校园防溺水学习心得体会"}
    assert found(text, others, **off) == [("off_topic", "")]
    assert found(text, (), **off) == []
    assert found("教育整顿以来，" + text, others, **off) == []
    assert found(text, others, title="池塘边的牌子") == []


def test_broken_characters():
    mojibake = "我在学习中认识到".encode().decode("gbk", errors="ignore")
    (kind, text), *more = found(FILLER + mojibake + "，我错了。")
    assert kind == "garbled" and text in mojibake and len(text) >= 6 and not more
    assert found("忠诚; k: m3 }# h7 L3 U&是本色。" + FILLER) == [("garbled", "; k: m3 }# h7 L3 U&")]
    assert found("编号A3-7、B12#的两本卷，电话（0571-8866）。We do it as we go and so on." + FILLER) == []


def test_no_essays():
    assert find_lapses([]) == []
    assert [f.kind for f in find_lapses([essay("")])] == ["too_short"]


pieces = st.sampled_from(
    [
        "XX",
        "某某",
        "单位",
        "×",
        "_",
        "【",
        "】",
        "（",
        "）",
        "“",
        "”",
        "\n",
        "。",
        "，",
        "：",
        "2021年",
        "作为",
        "的一名",
        "我叫",
        "小编整理",
        "篇1",
        "当然可以！",
        "# ",
        "**",
        "?",
        "□",
        "\ufffd",
        "&nbsp;",
        "http://a.cn",
        "锟斤拷",
        "\x00",
        "𠮷",
        "😀",
        "一是",
        "3月",
        "姓名：",
        "汇报人：李四",
    ]
)


@given(
    st.lists(st.one_of(pieces, st.text(max_size=6)), max_size=40).map("".join),
    st.text(max_size=12),
    st.text(max_size=4),
    st.text(max_size=10),
)
@settings(max_examples=150, deadline=None)
def test_any_text(text, title, author, unit):
    others = [essay(FILLER, id=f"F{i}", author="李四", unit="临江区人民法院") for i in range(3)]
    findings = find_lapses([essay(text, title=title, author=author, unit=unit), *others])
    mine = [f for f in findings if f.essay == "E"]
    assert mine == sorted(mine, key=lambda f: f.start)
    for f in mine:
        assert f.kind in KINDS and f.note and 0 < f.certainty <= 1
        assert 0 <= f.start < f.end <= len(text) or f.start == f.end == 0
    assert not [f for f in findings if f.essay != "E"]


@pytest.mark.parametrize(
    "hostile",
    [
        "XX局" * 60_000,
        "“" * 200_000,
        "a b " * 50_000,
        "（请" * 80_000,
        "_" * 200_000,
        "一" * 200_000,
        "篇一" * 90_000,
        "\n" * 200_000,
        " " * 200_000,
        "a " * 100_000 + "aaaaaa",
        "\n好的" * 50_000,
    ],
)
def test_hostile_texts_are_read_in_time(hostile):
    start = time.perf_counter()
    find_lapses([essay(hostile)])
    assert time.perf_counter() - start < 10
