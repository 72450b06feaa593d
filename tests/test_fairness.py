"""What must not pay does not pay, and who wrote it does not matter: on real essays of the labelled campaigns.

Each limit is the task's own: a shift of less than five points for every essay, not on average.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.agreement import rank_correlation
from analyzer.essay import Batch, Essay
from analyzer.labels import LEVEL
from analyzer.pipeline import analyze
from analyzer.reflection.calibrate import uncalibrated_scores
from analyzer.text.segment import split_sentences
from benchmarks.out_of_fold import shipped
from models.corpora import load_campaigns

LIMIT = 5.0
CUE_WORDS = (
    "我要深刻反思，深刻剖析，刀刃向内。", "必须直面问题，刀刃向内，敢于自我革命。", "要深入剖析思想根源，触及灵魂，见筋见骨。",
    "通过反思，我深刻认识到自身存在的差距和不足。", "我进行了深刻的自我剖析，查摆了问题，找准了症结。",
    "对照标准，我深刻反思了自己在思想、作风、能力上的问题。", "究其原因，主要是理论学习不够深入，党性锻炼不够。",
    "今后我要以刮骨疗毒的勇气，深刻剖析，立行立改。", "深刻认识到，只有刀刃向内，才能真正解决问题。",
    "我要把自己摆进去、把职责摆进去、把工作摆进去，深刻反思。", "反思过去，剖析根源，我深感责任重大。",
    "要以刀刃向内的自觉，检视问题，剖析原因，落实整改。", "我深刻反省，认真查找差距，深挖思想根源。",
    "通过剖析，我认识到问题的根子在思想上。", "我将坚持问题导向，深刻剖析，举一反三，建立长效机制。",
    "深刻认识、深刻反思、深刻剖析，是每一名党员干部的必修课。", "要敢于揭短亮丑，刀刃向内，红脸出汗。",
    "经过深刻反思，我的思想认识有了质的飞跃。", "我要带头剖析，带头反思，带头整改。",
    "我深刻认识到，反思不是走过场，剖析不能蜻蜓点水。",
)
POLITICAL = (
    "始终同党中央保持高度一致，听党话、跟党走。", "要增强“四个意识”，坚定“四个自信”，做到“两个维护”。",
    "我们要高举伟大旗帜，不忘初心、牢记使命。", "为实现中华民族伟大复兴的中国梦不懈奋斗。", "坚定拥护党的领导，永葆政治本色。",
)
PADDING = (
    "时代是出卷人，我们是答卷人，人民是阅卷人。", "征途漫漫，惟有奋斗。", "雄关漫道真如铁，而今迈步从头越。",
    "作风建设永远在路上，只有进行时，没有完成时。", "打铁必须自身硬，绣花要得手绵巧。", "空谈误国，实干兴邦。",
    "理想信念是共产党人精神上的钙。", "乘风破浪会有时，直挂云帆济沧海。", "站在新的历史起点上，我们使命光荣、责任重大。",
    "让我们更加紧密地团结起来，以实际行动书写新的篇章。",
)


UNSEEN = (Path(__file__).parent / "data" / "formulaic_unseen.txt").read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def essays():
    """(essay, readers' median, stored row, labelled sentences) of every labelled essay."""
    found = []
    for campaign in load_campaigns():
        rows = {row["id"]: row for row in campaign.rows}
        for essay in campaign.documents("essay"):
            median = float(np.median([r["depth"] for r in campaign.ratings[essay.id]]))
            found.append((replace(essay, id=f"{campaign.name} {essay.id}"), median, rows[essay.id], campaign.sentences.get(essay.id, [])))
    return found


def draw(essays, n, levels=(1, 2, 3, 4), seed=0):
    """``n`` essays of each level, the same every time."""
    chosen = []
    for level in levels:
        of_level = [e for e in essays if e[1] == level]
        chosen += [of_level[k] for k in np.random.default_rng(seed).permutation(len(of_level))[:n]]
    return chosen


def shifts(drawn, change):
    """Points by which each essay moves when its text is changed; NaN where only one of the two is rated."""
    texts = [change(*e) for e in drawn]
    before = uncalibrated_scores([e[0] for e in drawn])
    after = uncalibrated_scores([replace(e[0], text=text) for e, text in zip(drawn, texts)])
    return np.array([np.nan if a is None or b is None else b - a for a, b in zip(before, after)])


def strewn(text, additions):
    """The additions spread evenly between the sentences of a text."""
    ends = [s.end for s in split_sentences(Essay("E", text))]
    places = np.linspace(0, len(ends), len(additions) + 2)[1:-1].astype(int)
    out, at = "", 0
    for k, end in enumerate(ends):
        out += text[at:end] + "".join(a for a, place in zip(additions, places) if place == k)
        at = end
    return out + text[at:]


def within(moved, drawn):
    """Which essays move too far, for the message of a test that fails."""
    return {e[0].id: round(float(m), 1) for m, e in zip(moved, drawn) if not abs(m) < LIMIT}


@pytest.mark.parametrize("where", ["behind", "strewn"])
def test_twenty_sentences_of_cue_words_do_not_pay(essays, where):
    drawn = draw(essays, 12, levels=(1, 2))
    change = lambda e, *_: e.text + "\n" + "".join(CUE_WORDS) if where == "behind" else strewn(e.text, CUE_WORDS)
    moved = shifts(drawn, change)
    paid = {e[0].id: round(float(m), 1) for m, e in zip(moved, drawn) if not m < LIMIT}
    assert not paid, f"{len(paid)} of {len(drawn)} gain: {paid}"


@pytest.mark.parametrize("where", ["behind", "strewn"])
@pytest.mark.parametrize("part", range(len(UNSEEN) // 20))
def test_twenty_unseen_sentences_of_cue_words_do_not_pay(essays, part, where):
    """Written in varied voices without a look at what tells them; of no use for fitting, or they would be unseen no more."""
    additions = UNSEEN[20 * part :][:20]
    drawn = draw(essays, 12, levels=(1, 2), seed=5)
    change = lambda e, *_: e.text + "\n" + "".join(additions) if where == "behind" else strewn(e.text, additions)
    moved = shifts(drawn, change)
    paid = {e[0].id: round(float(m), 1) for m, e in zip(moved, drawn) if not m < LIMIT}
    assert not paid, f"{len(paid)} of {len(drawn)} gain: {paid}"


def test_saying_it_twice_does_not_matter(essays):
    drawn = draw(essays, 6)
    wrong = within(shifts(drawn, lambda e, *_: e.text + "\n" + e.text), drawn)
    assert not wrong, f"{len(wrong)} of {len(drawn)} move: {wrong}"


@pytest.mark.parametrize("where", ["before", "behind"])
def test_padding_with_set_phrases_does_not_matter(essays, where):
    drawn = draw(essays, 6, seed=1)
    padding = "".join(PADDING)
    wrong = within(shifts(drawn, lambda e, *_: padding + e.text if where == "before" else e.text + padding), drawn)
    assert not wrong, f"{len(wrong)} of {len(drawn)} move: {wrong}"


def test_cutting_set_phrases_away_does_not_matter(essays):
    """Whole sentences are cut: one that shares its sentence with a heading would leave that to the next (village V148)."""

    def slogans(essay, sentences):
        whole = {(s.start + len(s.text) - len(s.text.lstrip()), s.start + len(s.text.rstrip())) for s in split_sentences(essay)}
        stripped = lambda s: (s["start"] + len(s["text"]) - len(s["text"].lstrip()), s["start"] + len(s["text"].rstrip()))
        return [s for s in sentences if s["label"] == "slogan" and stripped(s) in whole]

    def cut(essay, median, row, sentences):
        text = essay.text
        for s in sorted(slogans(essay, sentences), key=lambda s: -s["start"]):
            text = text[: s["start"]] + text[s["end"] :]
        return text

    drawn = [e for e in draw(essays, 30, levels=(2, 3, 4)) if slogans(e[0], e[3])]
    assert len(drawn) >= 20
    wrong = within(shifts(drawn, cut), drawn)
    assert not wrong, f"{len(wrong)} of {len(drawn)} move: {wrong}"


def test_political_slogans_neither_raise_nor_lower(essays):
    drawn = draw(essays, 6, seed=2)
    wrong = within(shifts(drawn, lambda e, *_: "".join(POLITICAL) + e.text + "".join(POLITICAL[::-1])), drawn)
    assert not wrong, f"{len(wrong)} of {len(drawn)} move: {wrong}"


def test_length_counts_for_no_more_than_with_readers():
    """On campaigns that the judging model did not see."""
    found, _ = shipped()
    readers = found[["reader_a", "reader_b", "reader_c"]].mean(axis=1)
    assert rank_correlation(found.score, found.characters) <= rank_correlation(readers, found.characters) + 0.05


def test_plain_words_with_thought_are_not_below_cue_words_without(essays):
    plain = [e for e in essays if e[2]["intended"].get("hard") == "plain" and e[1] >= 3]
    shallow = draw(essays, 12, levels=(1,))
    assert len(plain) >= 20
    deep = uncalibrated_scores([e[0] for e in plain])
    stuffed = uncalibrated_scores([replace(e[0], text=strewn(e[0].text, CUE_WORDS)) for e in shallow])
    assert min(deep) > max(stuffed)


def test_who_wrote_it_does_not_matter(essays):
    drawn = draw(essays, 3)
    others = [replace(e[0], author="欧阳某", unit="某某市审计局", post="局长", tier=tier, title="", batch="") for e in drawn for tier in ("leadership", "frontline")]
    assert uncalibrated_scores(others) == [s for s in uncalibrated_scores([e[0] for e in drawn]) for _ in range(2)]


def test_names_units_and_posts_in_the_text_do_not_matter(essays):
    swaps = {
        "所长": "科长", "局长": "主任", "院长": "处长", "行长": "校长", "老张": "老吴", "老李": "老赵", "老王": "老郑", "小王": "小郑", "小李": "小许",
        "老周": "老冯", "小张": "小何", "派出所": "税务所", "法院": "档案馆", "分局": "支行", "村支书": "社区主任", "民警": "办事员", "护士": "科员",
        "医生": "干事", "老师": "师傅", "主任": "书记", "县": "市", "镇": "街道", "科长": "股长", "组长": "队长",
    }
    changed = lambda e, *_: swap(e.text, swaps)
    drawn = [e for e in draw(essays, 30, seed=3) if changed(*e) != e[0].text][:32]
    assert len(drawn) == 32
    wrong = within(shifts(drawn, changed), drawn)
    assert not wrong, f"{len(wrong)} of {len(drawn)} move: {wrong}"


def swap(text, words):
    for word, other in words.items():
        text = text.replace(word, other)
    return text


NUMBERS = "\n".join(f"{n}. {n * 37 % 1000}，{n * 91 % 1000}，{n * 53 % 1000}" for n in range(1, 60))
ENGLISH = "Last month I was on duty when a woman came to report a stolen bike. I sent her away because she had no receipt. " * 6
POEM = "\n".join(("床前明月光，疑是地上霜。", "举头望明月，低头思故乡。", "白日依山尽，黄河入海流。", "欲穷千里目，更上一层楼。", "春眠不觉晓，处处闻啼鸟。") * 2)
QUOTED = "上个月十六号晚上我值班，一位大姐来报丢了电动车。我问她要发票，她拿不出来，我就让她第二天再来，连头都没抬。" * 3
BAD = {
    "empty": "", "one sentence": "我认真学习了文件，很受教育。", "numbers": NUMBERS, "English": ENGLISH, "poem": POEM,
    "no punctuation": "那天我值班有个大姐来报案我让她第二天再来后来才知道她的车找回来了我心里很难受以后凡是来报案的我都先登记" * 4,
    "all quotes": f"“{QUOTED}”", "signs": "！？……——、。；：" * 60, "one character": "学" * 600,
}
UNRATED = ("empty", "one sentence", "numbers", "English", "all quotes", "signs")
"""Nothing, or next to nothing, of the writer's own Chinese."""


@pytest.fixture(scope="module")
def odd():
    report = analyze(Batch(tuple(Essay(name, text) for name, text in BAD.items()), files=len(BAD)), official=[Essay("O", QUOTED)])
    return report.reflection, report.reflection_own


@pytest.mark.parametrize("name", BAD)
def test_bad_input_never_breaks(odd, name):
    for found in (odd[0][name], odd[1][name]):
        assert (found.level is None) == (found.score is None) and found.advice
        assert found.level is None or (found.level in (1, 2, 3, 4) and 0 <= found.low <= found.score <= found.high <= 100)


@pytest.mark.parametrize("name", UNRATED)
def test_without_enough_text_of_ones_own_there_is_no_level(odd, name):
    assert odd[1][name].level is None and LEVEL[odd[1][name].level] == "文字过少，不评"


@pytest.mark.parametrize("name", ["poem", "one character"])
def test_what_is_no_reflection_is_not_deep(odd, name):
    assert odd[1][name].level in (None, 1)
