"""Copied passages: offsets, symmetry, order, and the texts that must not break or accuse."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.copying import find_matches, judge, load_logistic, load_models, quote_documents
from analyzer.copying.document import prepare
from analyzer.copying.little import little_pairs
from analyzer.copying.match import Match
from analyzer.copying.passages import Box, with_sure_edges
from analyzer.essay import Essay
from analyzer.resources import resource
from analyzer.text.encode import encode, load_encoder
from analyzer.text.normalize import normalize
from analyzer.text.segment import sentence_spans, words
from models.copying.train import UNSEEN, fitted_campaigns
from models.corpora import load_campaigns

STORY = (
    "上个月十六号晚上，我在前台值班，一位大姐来报丢了电动车。我问她有没有发票和车架号，她都拿不出来，我就让她第二天再来。"
    "后来她投诉到了分局，我心里还觉得委屈。过了十来天，我们打掉一个偷车的小团伙，在城郊废品站起获十一辆车，其中一辆的车斗里还垫着装豆腐的白布。"
    "我认出那是她的车，她靠这辆车每天凌晨送豆腐。从那以后，我把登记和查找分成两件事，先登记，手续以后补。"
)
OTHER = (
    "今年春天水库放水，我管的那段渠道漏了三天没有人报。老支书沿着渠走了一趟，回来把鞋脱下来给我看，两只都湿透了。"
    "我原来以为巡渠就是在本子上打勾，看见那双鞋才明白，渠在脚下不在本子上。现在我每周二自己走一趟，把漏点画在图上，贴到村部门口。"
)
SPEECH = "要把学习成果转化为为民服务的实际行动，凡是群众反复投诉的环节，都要回头看一看制度有没有漏洞、流程是不是合理。"


def run(texts, official=(), library=()):
    essays = [Essay(f"E{k}", text) for k, text in enumerate(texts)]
    shelf = [Essay(f"T{k}", text) for k, text in enumerate(library)]
    documents, quotes = quote_documents(
        [(e, "batch") for e in essays] + [(e, "library") for e in shelf], [Essay(f"O{k}", t) for k, t in enumerate(official)]
    )
    encoder = load_encoder()
    rows = encode([s.text for d in documents for s in d.sentences], encoder)
    vectors = np.split(rows, np.cumsum([len(d.sentences) for d in documents])[:-1])
    matches = [m for m in quotes if m.essay.startswith("E")] + find_matches(documents, vectors, load_models(encoder))
    return essays, matches, judge(essays, matches, load_logistic("suspicion"))


def test_a_copied_story_is_one_match_with_exact_offsets():
    essays, matches, verdicts = run([OTHER + STORY, STORY + "我会继续努力。"])
    (match,) = [m for m in matches if m.kind != "quote"]
    a, b = essays[0].text[match.start : match.end], essays[1].text[match.other_start : match.other_end]
    assert a == b == STORY and match.kind == "verbatim"
    assert verdicts["E0"].verdict == verdicts["E1"].verdict == "copied"
    assert verdicts["E0"].group == verdicts["E1"].group == 1


def test_swapped_names_do_not_hide_a_copy():
    changed = STORY.replace("十六号", "二十号").replace("大姐", "老伯").replace("分局", "县局").replace("豆腐", "凉粉")
    _, matches, verdicts = run([STORY, changed])
    assert {m.kind for m in matches} == {"edited"}
    assert verdicts["E1"].suspicion > 0.9 and verdicts["E1"].copied > 0.9


def test_quoting_a_speech_is_not_copying():
    _, matches, verdicts = run([OTHER + SPEECH, STORY + SPEECH], official=[SPEECH])
    assert {m.kind for m in matches} == {"quote"}
    assert verdicts["E0"].verdict == verdicts["E1"].verdict == "clear" and verdicts["E0"].quoted > 0.2


def test_a_filled_in_template_is_called_one():
    _, _, verdicts = run([STORY, OTHER], library=[OTHER])
    assert verdicts["E1"].verdict == "templated" and verdicts["E0"].verdict == "clear"


@pytest.mark.parametrize("texts", [
    [STORY], [STORY, STORY], [STORY] * 6, ["好" * 5000, STORY], ["I learned a lot.", "Me too, honestly."], ["", STORY],
    ["🚲𠮷" * 40 + STORY, STORY], [STORY.replace("。", "").replace("，", ""), STORY], ["。。。", "……"],
], ids=["one", "same", "six", "unpunctuated", "english", "empty", "beyond-bmp", "no-marks", "marks-only"])
def test_odd_batches_give_sound_figures(texts):
    essays, matches, verdicts = run(texts)
    for m in matches:
        assert 0 <= m.start < m.end <= len(texts[int(m.essay[1:])]) and 0 <= m.similarity <= 1 and 0 <= m.rarity <= 1
    for v in verdicts.values():
        assert 0 <= v.suspicion <= 1 and 0 <= v.own <= 1
    if len(texts) > 1 and STORY in texts[0] and STORY in texts[1]:
        assert verdicts["E0"].verdict != "clear"


def test_order_of_the_batch_changes_nothing():
    texts = [STORY, OTHER, STORY[:120] + OTHER]
    as_set = lambda essays, matches: {
        frozenset([(essays[int(m.essay[1:])].text, m.start, m.end), (essays[int(m.other[1:])].text, m.other_start, m.other_end)])
        for m in matches
    }
    first, second = run(texts), run(texts[::-1])
    assert as_set(*first[:2]) == as_set(*second[:2])


@given(st.text(alphabet="我们认真学习，。！？“”\n 　a1🚲𠮷…", max_size=400))
def test_sentences_lie_in_order_inside_the_text(text):
    at = 0
    for start, end in sentence_spans(text):
        assert at <= start < end <= len(text) and text[start:end] == text[start:end].strip()
        at = end
    assert all(not c.isalnum() for a, b in zip([0] + [e for _, e in sentence_spans(text)],
                                               [s for s, _ in sentence_spans(text)] + [len(text)]) for c in text[a:b])


@given(st.text(max_size=200))
def test_normalized_characters_point_at_their_origin(text):
    seen = normalize(text)
    assert len(seen.codes) == len(seen.offsets) and all(0 <= o < len(text) for o in seen.offsets)
    assert list(seen.offsets) == sorted(seen.offsets)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=100))
def test_words_put_together_are_the_text(text):
    assert "".join(words(text)) == text


def test_set_phrases_that_a_batch_shares_in_little_pieces_list_nobody():
    """Each of forty essays shares a sentence with each of five others; two of them share a long passage besides."""
    essays = [Essay(f"E{k:02d}", "字" * 900) for k in range(40)]
    piece = lambda a, b, at, length: Match(f"E{a:02d}", at, at + length, f"E{b:02d}", at, at + length, "verbatim", "batch", 1.0, 0.6)
    little = [piece(k, (k + step) % 40, 45 * step, 40) for k in range(40) for step in range(1, 6)]
    verdicts = judge(essays, little, load_logistic("suspicion"))
    assert {o.verdict for o in verdicts.values()} == {"clear"}
    assert judge(essays[:2], [piece(0, 1, 0, 400)], load_logistic("suspicion"))["E00"].verdict == "copied"
    verdicts = judge(essays, [*little, piece(3, 30, 400, 400)], load_logistic("suspicion"))
    assert {id for id, o in verdicts.items() if o.verdict != "clear"} == {"E03", "E30"}


def test_a_sentence_said_again_and_again_does_not_join_what_lies_between():
    said = "处理问题要严而有度、严中有爱，这句话我记了整整十二年。"
    between = ["水厂的阀门是我拧的，拧完手抖了半天，回到宿舍才发现鞋里全是水，袜子拧得出一碗来。",
               "老何把钥匙交给我的时候天还没有亮，他只说了一句锅炉别熄，就去医院陪他老伴了。",
               "账本第三页少了一行，我到现在也没补上，每次翻到那里都要停一停，想起那位卖鱼的大嫂。"]
    others = ["菜场的秤我校了三遍还是差二两半，摊主站在旁边一句话不说，脸涨得跟番茄一样红。",
              "小董骑车追出去两里地，把证件还给了那个外地司机，自己的车胎却扎在了碎玻璃上。",
              "档案柜最下面一层压着十年前的回执，我数了数一共六十七张，没有一张是按时寄出的。"]
    _, matches, _ = run(["".join(said + s for s in between), "".join(said + s for s in others)])
    assert all(m.end - m.start <= len(said) + 2 or m.other_end - m.other_start <= len(said) + 2 for m in matches)


def test_what_a_writer_put_into_a_borrowed_text_stays_the_writer_s_own():
    own = "我女儿刚上一年级，作业本上的红勾比我这半年的考核表好看得多。"
    borrowed, text = STORY + OTHER, STORY + own + OTHER
    essays, matches, verdicts = run([text], library=[borrowed])
    covered = np.zeros(len(text), bool)
    for match in matches:
        covered[match.start : match.end] = True
    assert covered[: len(STORY)].all() and covered[len(STORY) + len(own) :].all()
    assert not covered[len(STORY) : len(STORY) + len(own)].any()
    assert verdicts["E0"].verdict == "templated"


def test_a_passage_begins_and_ends_with_what_goes_together_surely():
    text = "甲乙丙丁。子丑寅卯。天地玄黄。宇宙洪荒。"
    a, b = (prepare(Essay(id, text), "batch") for id in "AB")
    chance = np.array([0.3, 0.9, 0.3, 0.9])
    boxes = [Box(s.start, s.end, s.start, s.end, 1.0, 9.0, p) for s, p in zip(a.sentences, chance)]
    assert [box.chance for box in with_sure_edges(a, b, boxes)] == [0.9, 0.3, 0.9]
    assert with_sure_edges(a, b, boxes[2:3]) == []


@pytest.mark.parametrize("chance, kept", [(0.9, False), (0.96, True)])
def test_two_sentences_alone_that_are_reworded_must_be_surer(chance, kept):
    a, b = (prepare(Essay(id, STORY), "batch") for id in "AB")
    box = lambda k, p, reworded=True: Box(
        a.sentences[k].start, a.sentences[k].end, b.sentences[k].start, b.sentences[k].end, 1.0, 10.0, p, reworded)
    assert bool(with_sure_edges(a, b, [box(0, chance)])) == kept
    assert with_sure_edges(a, b, [box(0, 0.6, reworded=False)]), "words in common stand for themselves"
    assert len(with_sure_edges(a, b, [box(0, 0.6), box(1, 0.6)])) == 2, "so does what goes on"


def test_how_many_pieces_chance_gives_is_read_from_the_batch():
    piece = lambda a, b, at=0: Match(a, at, at + 40, b, at, at + 40, "verbatim", "batch", 1.0, 0.6)
    one, two = piece("A", "B"), [piece("C", "D"), piece("C", "D", 200)]
    assert little_pairs([one, *two], 60) == {("A", "B")}
    many = [piece(f"E{k}", f"F{k}") for k in range(5000)]
    assert {("A", "B"), ("C", "D")} < little_pairs([one, *two, *many], 1000)
    long = Match("G", 0, 300, "H", 0, 300, "edited", "batch", 0.9, 0.6)
    assert ("G", "H") not in little_pairs([one, *two, *many, long], 1000)


@pytest.mark.parametrize("file", ["model.json", "model-second.json"])
def test_what_is_said_to_be_unseen_was_not_fitted_on(file):
    fitted = json.loads(resource("models", "copying", file).read_text(encoding="utf-8"))["campaigns"]
    assert fitted == [campaign.name for campaign in fitted_campaigns()] and not set(fitted) & set(UNSEEN)
    assert set(fitted) | set(UNSEEN) == {campaign.name for campaign in load_campaigns()}
