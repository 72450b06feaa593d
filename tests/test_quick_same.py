"""What is quick gives what is plain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from analyzer.copying.align import _near, _near_of_few, join
from analyzer.copying.fingerprints import K
from analyzer.copying.neighbours import _all_against_all
from analyzer.copying.passages import shared_evidence
from analyzer.reflection import features
from analyzer.text.encode import Vectors
from analyzer.text.segment import tagged_words

runs = st.lists(st.tuples(st.integers(0, 150), st.integers(0, 150), st.integers(K, 30)), min_size=1, max_size=30, unique=True)


@given(runs, st.integers(0, 16))
def test_which_runs_are_near_each_other(found, gap):
    assert set(_near_of_few([list(run) for run in found], gap)) == set(_near(np.array(found), gap))


@given(runs)
def test_what_passages_tell(found):
    found, weights = np.array(found), np.random.default_rng(0).random(200)
    expected = []
    for passage in join(found):
        shared = {
            start + k for start, other_start, length in found.tolist() for k in range(length - K + 1)
            if passage.start <= start and start + length <= passage.end
            and passage.other_start <= other_start and other_start + length <= passage.other_end
        }
        expected.append((passage, weights[sorted(shared)].sum(), len(shared)))
    told = shared_evidence(found, weights)
    assert [passage for passage, *_ in told] == [passage for passage, *_ in expected]
    for (_, evidence, mean), (_, total, count) in zip(told, expected):
        assert evidence == pytest.approx(total) and mean == pytest.approx(total / count)


@pytest.mark.parametrize("u", [2, 15, 16, 17, 511, 512, 530])
def test_nearest_rows(u):
    rows = np.random.default_rng(u).normal(size=(u, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    k = min(24, u - 1)
    others, cosine = _all_against_all(Vectors(rows, np.arange(u)), k)
    plain = rows @ rows.T
    np.fill_diagonal(plain, -2)
    np.testing.assert_allclose(cosine, -np.sort(-plain, axis=1)[:, :k], atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(plain, others.astype(int), 1), cosine, atol=1e-5)


def test_words_and_characters_as_columns():
    texts = ["那天我值班，没有抬头。", "  我们  一定 努力！", "A", "İx𠀀", "好"]
    tagged = [tagged_words(text) for text in texts]
    plain = [[word for word, _ in pairs if word.strip()] for pairs in tagged]
    word_runs = lambda words: [" ".join(words[k : k + n]) for n in (1, 2, 3) for k in range(len(words) - n + 1)] + features._ends(words)
    column = lambda given, slots, **how: HashingVectorizer(n_features=slots, alternate_sign=False, **how).transform(given).toarray()
    expected = np.hstack([
        column(map(features.outline, tagged), features.WORD_SLOTS, analyzer=word_runs),
        column(texts, features.CHARACTER_SLOTS, analyzer="char", ngram_range=(1, 3)),
        column(plain, features.EDGE_SLOTS, analyzer=features._edges), column(plain, features.CLAUSE_SLOTS, analyzer=features._clause_edges),
    ])
    np.testing.assert_array_equal(features._read_words(texts).toarray(), expected)
