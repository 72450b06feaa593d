import json
from pathlib import Path

import time

import pytest
from hypothesis import given, strategies as st

from analyzer.ingest.heading import Heading, read_heading
from ingest_files import BODY, TEXT

CORPUS = [
    row for row in map(json.loads, (Path(__file__).parent / "data" / "rectification.jsonl").read_text(encoding="utf-8").split("\n")[:-1])
    if row["kind"] == "essay"
]
TITLE, UNIT, NAME = "从一张欠条说起", "禾川县公安局梅岭派出所", "王建国"


def of(*lines: str, names=(), units=()) -> Heading:
    text = "\n".join([*lines, BODY])
    heading = read_heading(text, names, units)
    assert text[heading.body:] == BODY, "the body begins where it begins"
    return heading


@pytest.mark.parametrize("lines", [
    (TITLE, f"{UNIT}　{NAME}"), (TITLE, f"{UNIT} 王 建 国"[: len(UNIT)] + f"　{NAME}"), (TITLE, UNIT, NAME), (UNIT, TITLE, NAME),
    (TITLE, f"（{UNIT} {NAME}）"), (TITLE, f"{UNIT}{NAME}"), (TITLE, f"单位：{UNIT}　姓名：{NAME}"), (f"姓 名：{NAME}", f"单位（部门）：{UNIT}", TITLE),
    (f"题目\t{TITLE}\t姓名\t{NAME}\t单位\t{UNIT}",), (f"　　　{TITLE}", "", f"   {UNIT}   {NAME}", "2021年3月5日", ""),
    (TITLE, f"{UNIT}　{NAME}", "二〇二一年三月"), ("从 一 张 欠 条 说 起", f"{NAME}（{UNIT}）".replace("（", " ").replace("）", "")), (f"《{TITLE}》", f"——{UNIT} {NAME}"),
])
def test_headings_as_people_write_them(lines):
    heading = of(*lines)
    assert (heading.title, heading.unit, heading.author) == (TITLE, UNIT, NAME)


@pytest.mark.parametrize(("lines", "expected"), [
    ((TITLE, f"{UNIT} 社区民警 {NAME}"), (UNIT, NAME, "社区民警")),
    ((TITLE, f"副所长 {NAME}"), ("", NAME, "副所长")),
    ((TITLE, f"单位：{UNIT}", f"职务：所长 姓名：{NAME}"), (UNIT, NAME, "所长")),
    ((TITLE, "王　芳"), ("", "王芳", "")),
    ((TITLE, UNIT, "钭大山"), (UNIT, "钭大山", "")),
])
def test_posts_and_short_or_rare_names(lines, expected):
    heading = of(*lines)
    assert (heading.title, heading.unit, heading.author, heading.post) == (TITLE, *expected)


def test_what_the_roster_knows_need_not_look_like_a_name_or_unit():
    heading = of(TITLE, "天字号", "阿依古丽", names={"阿依古丽"}, units={"天字号"})
    assert (heading.author, heading.unit) == ("阿依古丽", "天字号")


def test_a_subtitle_belongs_to_the_title():
    assert of("借来的时间", "——学习三个规定有感", NAME).title == "借来的时间——学习三个规定有感"
    assert of("关于政法队伍教育整顿的", "学习心得体会", NAME).title == "关于政法队伍教育整顿的学习心得体会"


def test_signed_at_the_foot():
    text = f"{TITLE}\n{BODY}\n{UNIT}　{NAME}\n2021年3月12日"
    heading = read_heading(text)
    assert (heading.title, heading.unit, heading.author) == (TITLE, UNIT, NAME)
    assert text[heading.body:].startswith(BODY)


@pytest.mark.parametrize("text", [
    BODY, f"一、学习情况\n{BODY}", f"各位领导、同志们：\n{BODY}", "单位：这是我写下的第一个词，我在这个单位干了三十年。\n" + BODY, "短。", "", "\n\n",
])
def test_no_heading(text):
    assert read_heading(text) == Heading()


def test_essays_without_heading_are_left_alone():
    texts = ["".join(piece["t"] for piece in row["pieces"]) for row in CORPUS]
    assert [text[:20] for text in texts if read_heading(text) != Heading()] == []


@pytest.mark.parametrize("form", ["{title}\n{unit}　{author}\n", "{title}\n{unit}\n{author}\n", "单位：{unit}　姓名：{author}　职务：{post}\n{title}\n"])
def test_headings_of_the_corpus_with_its_rare_surnames(form):
    wrong = []
    for row in CORPUS:
        body = "".join(piece["t"] for piece in row["pieces"])
        text = form.format(**row) + body
        heading = read_heading(text)
        if (heading.title, heading.unit, heading.author, text[heading.body:]) != (row["title"], row["unit"], row["author"], body):
            wrong.append((row["id"], heading))
    assert wrong == []


@given(st.text(st.sampled_from("王建国派出所公安局县：　\t\n。，一、（）——2021年3月单位姓名题目abc")))
def test_any_text_has_a_heading_within_it(text):
    heading = read_heading(text)
    assert 0 <= heading.body <= len(text)


def test_the_fixture():
    heading = read_heading(TEXT)
    assert (heading.title, heading.unit, heading.author) == (TITLE, UNIT, NAME)


@pytest.mark.parametrize("text", [" " * 200_000, "\u3000\t" * 100_000, "王" * 200_000, "姓名：" * 60_000, "2021年" * 40_000])
def test_a_text_without_end_or_line_ends_costs_no_more_than_its_length(text):
    began = time.process_time()
    read_heading(text)
    assert time.process_time() - began < 5  # seconds; a pattern that goes through it for each of its characters takes minutes
