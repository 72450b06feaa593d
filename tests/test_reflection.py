"""Depth: what must not pay does not pay, and who wrote it does not matter."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.essay import Essay
from analyzer.reflection import LABELS, label_sentences, load_models, rate
from analyzer.text.encode import encode, load_encoder
from analyzer.text.segment import split_sentences

DEEP = (
    "上个月十六号晚上我值班，一位大姐来报丢了电动车。我问她要发票，她拿不出来，我就让她第二天再来，连头都没抬。"
    "她走的时候我还觉得自己按规矩办事，没有错。后来废品站起获了十一辆车，其中一辆垫着装豆腐的白布，是她的。"
    "我想了很久，我那天不肯登记，其实不是为了规矩，是怕案子立了破不掉，考核难看。"
    "我一直把登记当成给自己找麻烦，现在明白了，登记是她唯一能指望的东西。"
    "从这个月起，凡是来报案的先登记，缺材料的三天内由我打电话补，月底所长抽查十份。"
)
SHALLOW = (
    "通过学习，我深受教育、备受鼓舞。我们要提高政治站位，强化责任担当，把思想和行动统一到上级决策部署上来。"
    "忠诚是灵魂，干净是底线，担当是本分。雄关漫道真如铁，而今迈步从头越。"
    "今后我一定更加努力学习，更加严格要求自己，以实际行动为事业发展贡献力量。"
)
CUES = "我要深刻反思、深刻剖析，刀刃向内，见筋见骨，触及灵魂。" 


def depth(text, taken=None, **who):
    essay = Essay("E1", text, **who)
    sentences = split_sentences(essay)
    vectors = encode([s.text for s in sentences], load_encoder())
    labels, model = load_models()
    (labelled,) = label_sentences([sentences], [vectors], labels)
    return rate(essay, labelled, model, taken)


def test_examined_experience_is_deeper_than_slogans():
    deep, shallow = depth(DEEP), depth(SHALLOW)
    assert deep.level >= 3 and shallow.level == 1 and deep.score > shallow.score + 40
    assert deep.low <= deep.score <= deep.high
    assert 1 <= len(deep.evidence) <= 3 and all(deep.sentences[k].label in LABELS for k in deep.evidence)
    assert shallow.advice


def test_cue_words_do_not_pay():
    stuffed = SHALLOW + "".join(CUES.replace("我要", f"第{n}，要") for n in range(20))
    assert depth(stuffed).score < depth(SHALLOW).score + 5


def test_saying_it_twice_does_not_pay():
    assert abs(depth(DEEP + DEEP).score - depth(DEEP).score) < 5


def test_the_writer_does_not_matter():
    assert depth(DEEP, author="甲", tier="leadership", unit="某局") == depth(DEEP, author="乙", tier="frontline")


def test_what_is_taken_over_earns_nothing():
    text = DEEP + SHALLOW
    taken = np.zeros(len(text), bool)
    taken[: len(DEEP)] = True
    assert depth(text, taken).score < depth(text).score - 30


@pytest.mark.parametrize("text", ["", "好。", "1 2 3 4 5", "我认真学习了。"])
def test_too_little_text_is_not_rated(text):
    essay = Essay("E1", text)
    sentences = split_sentences(essay)
    labels, model = load_models()
    vectors = encode([s.text for s in sentences], load_encoder()) if sentences else np.zeros((0, 512), np.float32)
    (labelled,) = label_sentences([sentences], [vectors], labels)
    found = rate(essay, labelled, model)
    assert found.level is None and found.score is None and found.advice


@pytest.mark.parametrize("text", ["I went home. I was late. I will call the next day, every Monday, before nine o'clock." * 2,
                                  "学" * 500, "床前明月光，疑是地上霜。举头望明月，低头思故乡。" * 6, "“" + DEEP + "”"])
def test_odd_texts_do_not_break(text):
    found = depth(text)
    assert found.level is None or 1 <= found.level <= 4
