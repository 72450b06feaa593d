"""Words and runs of characters fall into the slots that scikit-learn would give them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32

from analyzer.reflection.hashing import both, character_runs, hashed_rows, murmur3, word_runs

SLOTS = 2**10

readable = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(readable))
def test_hashes_are_those_of_the_library(texts):
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)])
    hashed = murmur3(b"".join(encoded), ends[:-1], ends[1:])
    assert hashed.tolist() == [murmurhash3_32(text, positive=True) for text in encoded]


@given(st.lists(readable))
def test_runs_of_characters_count_as_in_the_library(texts):
    runs = lambda text: [text[k : k + n] for n in (1, 2, 3) for k in range(len(text) - n + 1)]
    theirs = HashingVectorizer(n_features=SLOTS, alternate_sign=False, analyzer=runs)
    ours = hashed_rows(character_runs(texts, 3), len(texts), SLOTS)
    np.testing.assert_array_equal(ours.toarray(), theirs.transform(texts).toarray() if texts else np.zeros((0, SLOTS)))


@given(st.lists(st.lists(readable, max_size=6)))
def test_runs_of_words_count_as_in_the_library(lines):
    runs = lambda words: [" ".join(words[k : k + n]) for n in (1, 2) for k in range(len(words) - n + 1)] + words
    theirs = HashingVectorizer(n_features=SLOTS, alternate_sign=False, analyzer=runs)
    ours = hashed_rows(both(word_runs(lines, 2), word_runs(lines, 1)), len(lines), SLOTS)
    np.testing.assert_array_equal(ours.toarray(), theirs.transform(lines).toarray() if lines else np.zeros((0, SLOTS)))
