"""What makes large batches quick must change nothing: caches, indexes, processes, resuming."""

from __future__ import annotations

import os
from multiprocessing import parent_process

import numpy as np
import pytest
from elsewhere import wait_for
from threadpoolctl import threadpool_info

from analyzer import parallel
from analyzer.copying import find_matches, load_models, quote_documents
from analyzer.copying.candidates import lexical_pairs, plain_votes, votes_in_step
from analyzer.copying.neighbours import Near, _by_index, search
from analyzer.copying.postings import find_postings
from analyzer.copying.terms import character_rows, word_rows
from analyzer.essay import Essay
from analyzer.text.encode import BATCH, Vectors, encode, encode_once, load_encoder
from analyzer.text.segment import tagged_words, words
from benchmarks.made_batch import make_batch
from benchmarks.scale import recall


@pytest.fixture(scope="module")
def made():
    rows, official, copies = make_batch(160)
    essays = [Essay(row["id"], row["text"]) for row in rows]
    documents, _ = quote_documents([(essay, "batch") for essay in essays], [Essay("O", official)])
    return documents, copies


class Hashing:
    """Vectors that depend on the characters alone; counts what it was asked."""

    name, cache_key = "hashing", "hashing-1"

    def __init__(self):
        self.asked = 0

    def encode(self, sentences):
        self.asked += len(sentences)
        return np.array([[1.0 + len(s), sum(map(ord, s)) % 97, ord(s[0]) % 31] for s in sentences], np.float32)


def sentences(count):
    return [f"第{k}次走访，问到{k * 7 % 13}件事。" for k in range(count)]


def test_what_was_encoded_once_is_read_from_the_cache(tmp_path):
    encoder, texts = Hashing(), sentences(50)
    first = encode_once(texts, encoder, cache=tmp_path)
    again = encode_once([*texts[::-1], "新的一句。"], encoder, cache=tmp_path)
    assert encoder.asked == 51 and (again[:50] == first[:][::-1]).all()
    assert (encode(texts, Hashing()) == first[:]).all()


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes()[:90]), lambda p: p.write_bytes(b"")],
                         ids=["deleted", "cut", "empty"])
@pytest.mark.parametrize("which", ["keys", "rows"])
def test_a_damaged_cache_is_encoded_again(tmp_path, harm, which):
    before = encode_once(sentences(20), Hashing(), cache=tmp_path)
    (path,) = tmp_path.rglob(f"*.{which}.npy")
    harm(path)
    encoder = Hashing()
    after = encode_once(sentences(20), encoder, cache=tmp_path)
    assert encoder.asked == 20 and (before[:] == after[:]).all()


def test_encoders_do_not_share_a_cache(tmp_path):
    encode_once(sentences(5), Hashing(), cache=tmp_path)
    other = Hashing()
    other.cache_key = "hashing-2"
    encode_once(sentences(5), other, cache=tmp_path)
    assert other.asked == 5


def test_an_interrupted_run_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr("analyzer.text.encode.SAVED_AFTER", 1)

    class Interrupted(Hashing):
        def encode(self, part):
            if self.asked:
                raise KeyboardInterrupt
            return super().encode(part)

    texts = sentences(BATCH + 100)
    with pytest.raises(KeyboardInterrupt):
        encode_once(texts, Interrupted(), cache=tmp_path)
    again = Hashing()
    encode_once(texts, again, cache=tmp_path)
    assert again.asked == 100


def test_tf_idf_is_scikit_learns():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["我们认真学习文件。", "认真学习，认真落实！", "ABC 一二三", "😀"]
    times = np.array([2, 1, 3, 1])
    repeated = [text for text, n in zip(texts, times) for _ in range(n)]
    content = lambda text: "".join(c for c in text if c.isalnum())
    for ours, theirs in (
        (word_rows(texts, times), TfidfVectorizer(analyzer=lambda t: [w for w in words(t) if w[0].isalnum()] or [""], sublinear_tf=True)),
        (character_rows(texts, times), TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, preprocessor=content)),
    ):
        expected = theirs.fit_transform(repeated)
        ours = ours[np.repeat(np.arange(4), times)]
        assert np.allclose((ours @ ours.T).toarray(), (expected @ expected.T).toarray(), atol=1e-6)


def test_pairs_that_are_not_aligned_hold_too_little(made):
    documents, _ = made
    postings, pairs = find_postings(documents), lexical_pairs(documents)
    bound = postings.evidence(pairs, np.ones(len(postings.hashes)))
    for (a, b), most in list(zip(pairs, bound))[::97]:
        x, y = documents[a].hashes, documents[b].hashes
        assert most == (np.isin(x, y) & (x != 0)).sum()


def test_candidates_are_those_of_a_plain_join(made):
    documents = made[0][:60]
    from analyzer.copying.fingerprints import winnow

    prints = [set(h[winnow(h)].tolist()) for h in (d.hashes[d.hashes != 0] for d in documents)]
    common = {p for s in prints for p in s if sum(p in other for other in prints) <= 40}
    expected = [[a, b] for a in range(60) for b in range(a + 1, 60) if len(prints[a] & prints[b] & common) >= 2]
    assert lexical_pairs(documents).tolist() == expected


def test_the_index_finds_what_all_against_all_finds():
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(300, 64))
    rows = (centres[rng.integers(300, size=3000)] + 0.6 * rng.normal(size=(3000, 64))).astype(np.float32)
    centred = Vectors(rows.astype(np.float16), np.arange(3000), 0.1 * rows[:50].mean(axis=0))
    exact = search(centred, np.arange(3000), np.arange(3000))
    others, cosine = _by_index(centred, 10)
    rows = centred[:]
    found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(others, exact.others[:, :10])])
    assert found > 0.85 and not (others == np.arange(3000)[:, None]).any()
    assert np.allclose(cosine[:, 0], [rows[k] @ rows[o] for k, o in enumerate(others[:, 0])], atol=1e-5)


def test_neighbours_of_ones_own_essay_do_not_count():
    near = Near(np.arange(4), np.array([0, 0, 1, 2]), np.array([[1, 2], [0, 2], [0, 3], [2, 0]]),
                np.array([[0.9, 0.5], [0.9, 0.2], [0.5, 0.4], [0.4, 0.1]], np.float32))
    assert near.hubness().tolist() == pytest.approx([0.5, 0.2, 0.45, 0.25])
    rows, others, _ = near.votes(near.hubness())
    assert (near.document[rows] != near.document[others]).all()


def test_sentences_in_the_same_order_outweigh_sentences_that_are_near_here_and_there():
    retold = [(k, 100 + k + (k > 2)) for k in range(5)]  # one sentence put in between
    scattered = [(k, 204 - k) for k in range(5)]
    a, b = np.array(retold + scattered).T
    csls = np.repeat([0.1, 0.3], 5)
    plain, in_step = plain_votes(a, b, csls), votes_in_step(a, b, csls)
    assert plain[:5].sum() < plain[5:].sum()
    assert in_step[:4].min() > 0 == in_step[5:].max()
    assert (votes_in_step(b, a, csls) == in_step).all()  # whichever text votes
    assert len(votes_in_step(a[:0], b[:0], csls[:0])) == 0


def test_planted_copies_are_found_in_a_batch_beyond_all_pairs(made):
    documents, copies = made
    vectors = encode_once([r for d in documents for r in d.readings], load_encoder())
    matches = find_matches(documents, vectors, load_models(load_encoder()))
    assert recall(copies, matches)["all"] > 0.8


def test_processes_give_what_one_gives():
    texts = sentences(60)
    alone = list(parallel.each(tagged_words, texts))
    with parallel.processes(2):
        assert list(parallel.each(tagged_words, texts, patience=0)) == alone
    assert alone == [tagged_words(text) for text in texts]


def test_a_process_that_is_killed_costs_no_result(tmp_path):
    items = [(k, tmp_path / "was here") for k in range(6)]
    with parallel.processes(2):
        assert list(parallel.each(_end_in_another_process, items, patience=0)) == list(range(6))
        assert list(parallel.each(_end_in_another_process, items, patience=0)) == list(range(6))
    assert (tmp_path / "was here").exists()


def _end_in_another_process(item):
    number, mark = item
    if parent_process() is not None:
        mark.touch()
        os._exit(9)
    wait_for(mark)
    return number


def test_work_goes_back_to_as_many_threads_as_before():
    threads = lambda: {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}
    before = threads()
    with parallel.processes(2):
        assert [threads() for _ in zip(parallel.each(tagged_words, sentences(3), patience=0), "abc")] == [{1}] * 3
        assert threads() == before
