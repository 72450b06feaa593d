"""Encoders: equal sentences once, any SentenceTransformer in place of the default."""

import numpy as np
import pytest

from analyzer.text.encode import EncoderError, encode, load_encoder

SENTENCES = ["我没有登记。", "渠道漏了三天。", "我没有登记。"]


class Counting:
    name = "counting"

    def __init__(self):
        self.asked = []

    def encode(self, sentences):
        self.asked += sentences
        return np.array([[len(s), 1.0] for s in sentences], np.float32)


def test_equal_sentences_are_encoded_once_and_rows_are_units():
    encoder = Counting()
    rows = encode(SENTENCES, encoder)
    assert len(encoder.asked) == 2 and rows.shape == (3, 2)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1) and (rows[0] == rows[2]).all()


def test_no_sentences():
    assert encode([], Counting()).shape[0] == 0


def test_the_default_encoder_sees_meaning():
    a, b, c = encode(["我丢了一辆电动车。", "我的电动车被偷了。", "水库今年春天放水。"], load_encoder())
    assert a @ b > a @ c


def test_a_name_that_is_nowhere_is_told(tmp_path):
    with pytest.raises(EncoderError, match="编码器"):
        load_encoder(str(tmp_path / "nowhere"))


def test_the_default_encoder_is_a_sentence_transformers_module_too():
    library = pytest.importorskip("sentence_transformers", reason="needs the extra [encoders]")
    from analyzer.text.use_module import UseModule

    model = library.SentenceTransformer(modules=[UseModule()], device="cpu")
    assert np.allclose(model.encode(SENTENCES), encode(SENTENCES, load_encoder()), atol=1e-4)  # half precision


def test_any_sentence_transformer_takes_its_place_by_path(tmp_path, monkeypatch):
    library = pytest.importorskip("sentence_transformers", reason="needs the extra [encoders]")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({c: k for k, c in enumerate("?我没有登记渠道漏了三天。")}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    library.SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(str(tmp_path / "tiny"))
    rows = encode(SENTENCES, load_encoder(str(tmp_path / "tiny")))
    assert rows.shape == (3, 16) and np.allclose(rows[0], rows[2]) and not np.allclose(rows[0], rows[1])
    (tmp_path / "张三.txt").write_text("我没有登记。渠道漏了三天。" * 5, encoding="utf-8")
    (tmp_path / "李四.txt").write_text("水库今年春天放水。我管的渠道漏了三天没有人报。", encoding="utf-8")
    from analyzer.cli import main

    assert main(["analyze", str(tmp_path / "张三.txt"), str(tmp_path / "李四.txt"), "--encoder", str(tmp_path / "tiny"), "--out", str(tmp_path / "out")]) == 0
