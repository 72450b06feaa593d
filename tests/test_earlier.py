"""A long history is compared by what it may have given the new batch, not whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer import pipeline
from analyzer.copying import quote_documents
from analyzer.copying.document import prepare
from analyzer.copying.earlier import worth_comparing
from analyzer.copying.fingerprints import kgram_hashes
from analyzer.copying.sentence_index import SentenceIndex
from analyzer.essay import Essay
from analyzer.text.encode import encode_once, load_encoder
from analyzer.text.normalize import normalize
from benchmarks.made_batch import make_batch

NEW = 20


@pytest.fixture(scope="module")
def made():
    """New essays, earlier ones, the planted copies of the new from the earlier."""
    rows, _, copies = make_batch(260, seed=4)
    essays = [Essay(id=row["id"], text=row["text"]) for row in rows]
    # what the last ones copied, as earlier essays that nobody else copied from
    new = {essay.id for essay in essays[-NEW:]} | {copy.essay for copy in copies}
    sources = {copy.essay: copy for copy in copies if copy.source not in new}
    return [e for e in essays if e.id in new], [replace(e, id=f"earlier/{e.id}") for e in essays if e.id not in new], sources


class Counting:
    """The default encoder, which says how many sentences it was given; what one test has encoded the next need not."""

    _known: dict[str, np.ndarray] = {}

    def __init__(self):
        self.name, self.cache_key, self.seen = load_encoder().name, load_encoder().cache_key, 0

    def encode(self, sentences):
        self.seen += len(sentences)
        unknown = [sentence for sentence in sentences if sentence not in self._known]
        self._known.update(zip(unknown, load_encoder().encode(unknown)))
        return np.stack([self._known[sentence] for sentence in sentences])


def narrowed(new, earlier, encoder, cache):
    documents, _ = quote_documents([(essay, "batch") for essay in new], [])
    vectors = encode_once([r for d in documents for r in d.readings], encoder, cache=cache)
    return worth_comparing(documents, vectors, earlier, encoder, cache)


def test_copies_from_a_long_history_are_found_without_comparing_all_of_it(made, tmp_path, monkeypatch):
    new, earlier, sources = made
    whole = pipeline.find_copies(new, [], [], earlier, load_encoder(), cache=tmp_path)[2]
    monkeypatch.setattr(pipeline, "LONG", 50)
    monkeypatch.setattr("analyzer.copying.earlier.PARTNERS", 1)
    documents, _, matches = pipeline.find_copies(new, [], [], earlier, load_encoder(), cache=tmp_path)
    assert len(new) < len(documents) < 0.8 * (len(new) + len(earlier))
    planted = {(copy.essay, f"earlier/{copy.source}") for copy in sources.values()}
    of_planted = lambda matches: {(m.essay, m.other, m.start, m.end) for m in matches if (m.essay, m.other) in planted}
    assert len(planted) >= 5 and {match[:2] for match in of_planted(matches)} == planted
    assert of_planted(matches) == of_planted(whole)


def test_earlier_essays_are_prepared_once_and_their_words_are_not_on_the_disk(made, tmp_path):
    new, earlier, _ = made
    encoder = Counting()
    first = narrowed(new, earlier[:100], encoder, tmp_path)
    seen = encoder.seen
    assert [e.id for e in narrowed(new, earlier[:100], encoder, tmp_path)[0]] == [e.id for e in first[0]] and encoder.seen == seen
    narrowed(new, earlier, encoder, tmp_path)  # the rest is added
    assert 0 < encoder.seen - seen < sum(len(prepare(e, "history").sentences) for e in earlier[100:]) + 1
    words = earlier[0].text[5:25].encode()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or words not in path.read_bytes()


def test_what_is_no_longer_part_of_the_history_does_not_count(made, tmp_path):
    new, earlier, sources = made
    encoder = Counting()
    copy = next(iter(sources.values()))
    chosen, counts = narrowed(new, earlier, encoder, tmp_path)
    without = [e for e in earlier if e.id != f"earlier/{copy.source}"]
    fewer, fewer_counts = narrowed(new, without, encoder, tmp_path)
    assert f"earlier/{copy.source}" in {e.id for e in chosen} and f"earlier/{copy.source}" not in {e.id for e in fewer}
    assert counts.documents.sum() > fewer_counts.documents.sum()


def test_how_common_a_run_of_characters_is_in_the_whole_history(tmp_path):
    phrase = "始终把群众满意不满意作为检验工作的标准"
    rng = np.random.default_rng(0)
    other = lambda: "".join(chr(c) for c in rng.integers(0x4E00, 0x9000, 120)) + "。"
    earlier = [Essay(f"e{k}", other() + (phrase + "。" if k % 3 == 0 else "") + other()) for k in range(300)]
    new = [Essay("new", other() + phrase + "。" + other())]
    _, counts = narrowed(new, earlier, Counting(), tmp_path)
    held_by = counts.of(kgram_hashes(normalize(phrase).codes))
    assert 60 < held_by.mean() < 140  # of 100: reckoned from two k-grams in five


def test_a_run_of_characters_in_one_earlier_essay_alone_tells_all_it_can(made, tmp_path):
    new, earlier, _ = made
    _, counts = narrowed(new, earlier, Counting(), tmp_path)
    assert counts.documents.min() == 1


@pytest.mark.parametrize("damage", ["earlier.duckdb", "sentences.faiss"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_archive_is_begun_anew(made, tmp_path, damage, gone):
    new, earlier, _ = made
    before = [e.id for e in narrowed(new, earlier, Counting(), tmp_path)[0]]
    (path,) = tmp_path.glob(f"earlier/*/{damage}")
    if gone:
        path.unlink()
    else:
        path.write_bytes(b"nothing of the kind" * 100)
    assert [e.id for e in narrowed(new, earlier, Counting(), tmp_path)[0]] == before


def test_a_run_that_was_killed_between_index_and_tables_does_no_harm(made, tmp_path):
    new, earlier, _ = made
    narrowed(new, earlier[:100], Counting(), tmp_path)
    (tables,) = tmp_path.glob("earlier/*/earlier.duckdb")
    as_it_was = tables.read_bytes()
    narrowed(new, earlier, Counting(), tmp_path)
    tables.write_bytes(as_it_was)
    anew = narrowed(new, earlier, Counting(), tmp_path / "another")[0]
    assert [e.id for e in narrowed(new, earlier, Counting(), tmp_path)[0]] == [e.id for e in anew]


def test_where_nothing_can_be_written_everything_is_compared(made, tmp_path, caplog):
    new, earlier, _ = made
    (tmp_path / "earlier").write_text("a file where the folder should be")
    assert narrowed(new, earlier, Counting(), tmp_path) == (list(earlier), None)
    assert "not kept" in caplog.text


def test_a_batch_of_nothing_but_quotations_beside_a_long_history(made, tmp_path):
    _, earlier, _ = made
    new = [Essay("q", "总书记强调：“要把学习成果转化为推动工作的实际成效，做到学思用贯通知信行统一。”"), Essay("marks", "……！！")]
    chosen, _ = narrowed(new, earlier, Counting(), tmp_path)
    assert chosen == []


def test_an_encoder_that_does_not_say_what_it_gives_compares_everything(made, tmp_path):
    new, earlier, _ = made
    encoder = Counting()
    encoder.cache_key = ""
    assert narrowed(new, earlier, encoder, tmp_path) == (list(earlier), None)


def test_the_nearest_sentences_are_found_by_any_number_with_their_cosines(tmp_path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 32)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = rng.integers(-(1 << 62), 1 << 62, len(rows))  # hashes: half of them below 0
    index = SentenceIndex(tmp_path / "index", len(rows))
    index.add(ids, rows)
    found, cosine = index.search(rows, 500)
    np.testing.assert_array_equal(found[:, 0], ids)
    np.testing.assert_allclose(cosine[:, 0], 1, atol=0.02)
    assert (np.diff(cosine[:, :100], axis=1) <= 1e-6).all()
    np.testing.assert_array_equal(cosine == 0, found == -1)
    assert (found == -1).any()
