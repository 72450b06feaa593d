"""Tricks against comparison: matched through with offsets kept, reported as findings, and never seen in honest texts."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.essay import Essay
from analyzer.gatekeeping import find_lapses
from analyzer.gatekeeping.finding import DISGUISES
from analyzer.labels import FINDING
from analyzer.text.disguises import UNSEEN, as_read, disguises
from analyzer.text.lookalikes import simplified
from analyzer.text.normalize import normalize
from analyzer.text.segment import sentence_spans
from models.corpora import load_campaigns

STORY = (
    "上个月十六号晚上，我在前台值班，一位大姐来报丢了电动车。我问她有没有发票和车架号，她都拿不出来，我就让她第二天再来。"
    "后来她投诉到了分局，我心里还觉得委屈。过了十来天，我们打掉一个偷车的小团伙，在城郊废品站起获十一辆车，其中一辆的车斗里还垫着装豆腐的白布。"
    "我认出那是她的车，她靠这辆车每天凌晨送豆腐。从那以后，我把登记和查找分成两件事，先登记，手续以后补。"
)
_TRADITIONAL = {to: character for character, to in sorted(simplified().items(), reverse=True)}


def every(n: int, put: str):
    return lambda text: "".join(c + put if k % n == 0 and "\u4e00" <= c <= "\u9fff" else c for k, c in enumerate(text))


def strewn(text: str) -> str:
    return "".join(c + str(k % 10) if k % 2 == 0 and "\u4e00" <= c <= "\u9fff" else c for k, c in enumerate(text))


def radicals(text: str) -> str:
    return text.translate(str.maketrans("一二十八小大白车里", "⼀⼆⼗⼋⼩⼤⽩⻋⾥"))


TRICKS = {
    "invisible": every(3, "\u200b"),
    "lookalike": radicals,
    "traditional": lambda text: "".join(_TRADITIONAL.get(c, c) for c in text),
    "strewn": strewn,
    "spaced": every(1, " "),
    "broken": lambda text: "\n".join(text[k : k + 17] for k in range(0, len(text), 17)),
}


@pytest.mark.parametrize("kind", TRICKS)
def test_a_disguised_text_compares_like_the_plain_one(kind):
    plain, seen = normalize(STORY), normalize(TRICKS[kind](STORY))
    assert TRICKS[kind](STORY) != STORY and seen.text == plain.text


@pytest.mark.parametrize("kind", TRICKS)
def test_a_disguise_is_reported_where_it_is(kind):
    text = "第一段没有什么特别。\n" + TRICKS[kind](STORY)
    (finding,) = [f for f in find_lapses([Essay("a", text)]) if f.kind in DISGUISES]
    assert finding.kind == kind and 0 <= finding.start < finding.end <= len(text)
    assert re.search("[\u4e00-\u9fff]", finding.note) and FINDING[kind]


@pytest.mark.parametrize("kind", TRICKS)
def test_a_disguised_text_is_read_like_the_plain_one(kind):
    text = TRICKS[kind](STORY)
    read = as_read(text)
    assert len(read) == len(text)
    assert re.sub(r"\s", "", read.replace(UNSEEN, "")) == STORY


def test_a_forums_strokes_are_matched_through():
    sentences = re.findall("[^。]+。", STORY)
    text = "; k: m3 }# h7 L3 U& ".join(sentences)
    assert normalize(text).text == normalize(STORY).text
    assert [f.kind for f in find_lapses([Essay("a", text)]) if f.kind == "garbled"]


def test_lines_broken_in_the_middle_of_sentences_do_not_end_them():
    broken = "\n".join(STORY[k : k + 17] for k in range(0, len(STORY), 17))
    said = [re.sub(r"\n", "", broken[a:b]) for a, b in sentence_spans(broken)]
    assert said == [STORY[a:b] for a, b in sentence_spans(STORY)]


@pytest.mark.parametrize("text", [
    "一、提高认识\n学习以后，我的认识提高了。\n二、查摆问题\n我查出了三个问题。\n三、整改措施\n我提出了三条措施。\n四、今后打算\n我要坚持下去。",
    "我在大厅值班\n大姐来报案\n我没有受理\n后来我后悔了\n我们找到了车\n我把车送回去\n我改了登记的办法",
    "2021年3月12日上午9时30分至11时30分，我们组12人走访了3个村5户人家，发放了120份材料、36本手册，解决了4件事2个难题。",
    "我用APP办件，用OA批件，PPT和Excel都学会了，GDP增长5.6%，党员E家、12345热线、A类B类C类D类案件都接。",
    "学 习 心 得 体 会\n通过学习，我认识到了差距。😀👨‍👩‍👧‍👦❤️ 继续努力。",
    "仁、义、礼、智、信，温、良、恭、俭、让，德、能、勤、绩、廉，样样都要讲。",
    "到会的有张三 李四 王五 赵六 孙小七 周大八 吴九 郑十 钱一 刘二 陈三 杨四 黄五 何六 罗七 高八 林九 梁十 宋一 唐二 许三 韩四",
    "α粒子和β射线，∑与π，Ω电阻，用№3、℃、㎡表示。嬢嬢说，涅槃重生，朗朗乾坤。",
], ids=["headings", "lines", "numbers", "latin", "emoji", "enumeration", "names", "symbols"])
def test_honest_texts_hold_no_disguise(text):
    assert disguises(text) == [] and as_read(text) is text


def test_no_essay_of_the_labelled_campaigns_holds_a_disguise():
    essays = [e for campaign in load_campaigns() for kind in ("essay", "official", "template") for e in campaign.documents(kind)]
    assert len(essays) > 500
    assert [(e.id, disguises(e.text)) for e in essays if disguises(e.text)] == []


PUT_IN = ["\u200b", "\u2060", "\u00ad", " ", "　", "\n", "·", "*", "\ufe0f", "。", "🚲"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(STORY)), st.sampled_from(PUT_IN)), max_size=60), st.booleans(), st.booleans())
def test_offsets_survive_whatever_is_put_in(places, wide, traditional):
    """Each compared character of the disguised text stands at its own place in it."""
    characters = list(STORY.replace("，", "ａ，") if wide else STORY)
    if traditional:
        characters = [_TRADITIONAL.get(c, c) for c in characters]
    for at, put in sorted(places, reverse=True):
        characters.insert(at, put)
    text = "".join(characters)
    seen = normalize(text)
    assert seen.text == normalize(STORY.replace("，", "ａ，") if wide else STORY).text
    assert np.all(np.diff(seen.offsets) >= 0)
    for code, at in zip(seen.codes.tolist(), seen.offsets.tolist()):
        assert normalize(text[at]).text == chr(code)
    for place in disguises(text):
        assert 0 <= place.start < place.end <= len(text)


@given(st.text(max_size=200))
def test_any_text_keeps_its_length_and_its_offsets(text):
    assert len(as_read(text)) == len(text)
    seen = normalize(text)
    assert all(0 <= at < len(text) for at in seen.offsets) and list(seen.offsets) == sorted(seen.offsets)
    assert all(0 <= a < b <= len(text) for a, b in sentence_spans(text))
