"""On a cluster the same copies are found as on one machine: on a standalone master with two workers, started here."""

from __future__ import annotations

import builtins
import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analyzer.cli import main
from analyzer.copying import meaning
from analyzer.copying.match import Match
from analyzer.copying.terms import character_rows, content, said, word_rows
from analyzer.essay import Essay
from analyzer.ingest import read_batch, read_documents
from analyzer.ingest.errors import IngestError
from analyzer.pipeline import find_copies
from analyzer.resources import resource
from analyzer.spark import sentences as distributed
from analyzer.spark.cluster import cluster
from analyzer.spark.documents import documents_of, essay_rows, prepare_rows
from analyzer.spark.rows import groups
from analyzer.spark.session import SparkError, spark_session
from analyzer.text.encode import load_encoder
from analyzer.text.segment import words
from benchmarks.made_batch import make_batch
from benchmarks.standalone import standalone

needs_spark = pytest.mark.skipif(
    not (shutil.which("java") or os.environ.get("JAVA_HOME")) or not pytest.importorskip("pyspark", reason="pyspark is not installed"),
    reason="Java is not installed",
)


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    with standalone(tmp_path_factory.mktemp("standalone")) as address:
        yield address


@pytest.fixture(scope="module")
def samples():
    batch = read_batch(resource("samples", "batch.zip"), roster=resource("samples", "roster.xlsx"))
    return batch, read_documents([resource("samples", "official")]), read_documents([resource("samples", "library")])


@pytest.fixture(scope="module")
def found_here(samples):
    batch, official, library = samples
    return find_copies(batch.essays, official, library, [], load_encoder())


def assert_same(ours, theirs):
    """As sets; rarity to three digits, since it comes from vectors, whose last digit differs from run to run."""
    rarity = lambda matches: {replace(match, rarity=0.0): match.rarity for match in matches}
    ours, theirs = rarity(ours), rarity(theirs)
    assert ours.keys() == theirs.keys()
    assert all(abs(ours[match] - theirs[match]) < 0.001 for match in ours)


@needs_spark
def test_the_samples_as_a_table_have_the_matches_that_they_have_on_one_machine(master, samples, found_here, tmp_path, capsys):
    essays = samples[0].essays
    columns = {"编号": "id", "标题": "title", "姓名": "author", "单位": "unit", "职务": "post", "正文": "text"}
    table = pd.DataFrame({name: [getattr(essay, field) for essay in essays] for name, field in columns.items()})
    table.to_parquet(tmp_path / "心得.parquet")
    out = tmp_path / "结果"
    status = main(["analyze", str(tmp_path / "心得.parquet"), "--official", str(resource("samples", "official")),
                   "--library", str(resource("samples", "library")), "--engine", "spark", "--master", master, "--out", str(out)])
    assert status == 0, capsys.readouterr().err
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert len(found_here[2]) > 50
    assert_same([Match(**match) for match in report["matches"]], found_here[2])
    written = pd.read_parquet(out / "matches.parquet")
    assert_same([Match(*row) for row in written.itertuples(index=False, name=None)], found_here[2])
    assert (out / "疑似雷同清单.xlsx").exists() and not (out / "essays.parquet").exists()


@needs_spark
def test_a_batch_too_large_for_all_pairs_too(master, tmp_path, monkeypatch):
    monkeypatch.setattr(meaning, "FEW_DOCUMENTS", 20)  # sentences look for their neighbours, as in a batch of thousands
    rows, official, _ = make_batch(60)
    essays = [Essay(row["id"], row["text"]) for row in rows]
    batch, history, official = essays[:45], essays[45:], [Essay("O", official)]
    split, vectors, expected = find_copies(batch, official, [], history, load_encoder())
    with cluster(master, tmp_path) as spark:
        theirs, their_vectors, matches = spark.find_copies(batch, official, [], history, load_encoder())
    assert len(expected) > 100
    assert_same(matches, expected)
    assert [one.sentences for one in theirs] == [document.sentences for document in split[:45]]
    assert (their_vectors[:] * vectors[:]).sum(axis=1).min() > 0.99999


@needs_spark
def test_what_has_nothing_to_compare(master, tmp_path):
    empty = [Essay("A", "。"), Essay("B", "！！"), Essay("C", "")]
    with cluster(master, tmp_path) as spark:
        split, vectors, matches = spark.find_copies(empty, [], [], [], load_encoder())
        assert [one.sentences for one in split] == [(), (), ()] and not len(vectors) and not matches
        pd.DataFrame({"姓名": ["王芳"]}).to_parquet(tmp_path / "名单.parquet")
        with pytest.raises(IngestError, match="正文"):
            spark.read_batch([tmp_path / "名单.parquet"])
        with pytest.raises(IngestError, match="没有.parquet"):
            spark.read_batch([tmp_path / "没有.parquet"])


def test_without_pyspark_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def missing(name, *more):
        if name.split(".")[0] in ("pyspark", "py4j"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SparkError, match=r"xinde\[spark\]"), spark_session("local[1]"):
        pass


def test_rows_of_a_group_come_together_over_frames():
    frame = pd.DataFrame({"key": [1, 1, 2, 3, 3, 3], "value": range(6)})
    for cuts in ([0, 6], [0, 1, 6], [0, 2, 2, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]):
        frames = [frame.iloc[start:end] for start, end in zip(cuts, cuts[1:])]
        assert [(key, rows["value"].tolist()) for key, rows in groups(frames, "key")] == [(1, [0, 1]), (2, [2]), (3, [3, 4, 5])]


def test_a_document_comes_back_from_its_row():
    essay = Essay("E", "讲话指出：“要坚持问题导向，狠抓落实。”上个月我值班时，一位大姐来报丢了电动车。㎡")
    rows = pd.concat(prepare_rows(iter([essay_rows([(essay, "batch")])]), []))
    (document,) = documents_of(rows)
    assert document.quoted.any() and not document.quoted.all() and (document.hashes == 0).any()
    assert document.readings == rows["readings"].iloc[0] and document.where == "batch"
    assert (document.quoted_sentences() == ~np.array(rows["kept"].iloc[0])).all()


def test_words_weigh_what_they_weigh_on_one_machine():
    texts = ["我们认真学习文件。", "认真学习，认真落实！", "ABC 一二三", "😀"]
    times = np.array([2, 1, 3, 1])
    for ours, tokens in (
        (word_rows(texts, times), [[distributed._word_key(w) for w in said(words(text))] for text in texts]),
        (character_rows(texts, times), [distributed._pair_keys(content(text)) for text in texts]),
    ):
        held, counts = distributed._counted(tokens)
        frame = pd.DataFrame({"times": times, "words": held, "word_counts": counts, "pairs": held, "pair_counts": counts})
        counted = pd.concat(distributed.frequency_rows(iter([frame])))
        known = distributed.vocabulary(counted[counted["kind"] == "words"], int(times.sum()))
        theirs = known.weights(*distributed._unpacked(frame["words"], np.int64), np.frombuffer(b"".join(counts), np.float32))
        assert np.allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-6)


