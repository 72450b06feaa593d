"""What copies what, found on a cluster: the stages 编码句子 and 比对雷同 of analyzer.pipeline, with the same result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analyzer.copying.bundles import CHANCE
from analyzer.copying.candidates import all_pairs, near_pairs
from analyzer.copying.logistic import load_logistic
from analyzer.copying.match import Match
from analyzer.copying.meaning import Surroundings, load_background, surroundings
from analyzer.copying.nobody_elses import own_earlier, shared_sources
from analyzer.copying.rewording import Chain, chain_features
from analyzer.essay import Essay, Sentence
from analyzer.pipeline import STAGES, Progress
from analyzer.spark.candidates import kgram_frequencies, lexical_pairs
from analyzer.spark.documents import DOCUMENT, ESSAYS, PREPARED, essay_rows, prepare_rows, sentences_of
from analyzer.spark.judging import (
    BLOCK, CHAINS, NOTES, SHARED, Common, chain_rows, in_blocks, match_rows, note_rows, shared_rows,
)
from analyzer.spark.rows import as_unsigned, together
from analyzer.spark.sentences import (
    CARDS, ENCODED, FREQUENCIES, WEIGHTED, card_rows, different_sentences, encode_rows, frequency_rows, sentence_rows,
    vocabulary, weigh_rows,
)
from analyzer.spark.tables import MATCHES
from analyzer.text.encode import Encoder, Vectors

ROWS_A_PART = 2000
"""Essays that one task prepares, at most."""

REPLANNED = 10_000
"""Essays from which it pays that Spark plans anew between the stages of a query."""

_ROUNDS = 3
"""Steps of 比对雷同 that the progress shows."""


@dataclass(frozen=True)
class SplitEssay:
    """What the later stages need of a document."""

    sentences: tuple[Sentence, ...]


def find_copies_on(
    spark, work: str, essays: Sequence[Essay], official: Sequence[Essay], library: Sequence[Essay], history: Sequence[Essay],
    encoder: Encoder, tell: Progress = lambda stage, done, total: None, cache: Path | None = None,
) -> tuple[list[SplitEssay], Vectors, list[Match]]:
    """As analyzer.pipeline.find_copies, in a SparkSession; documents are those of the batch, with their sentences only.

    ``work``: address of a folder that driver and workers all see; the essays are written there, read from there and removed.
    Vectors are kept for the run only, not in ``cache``.
    """
    placed = [(e, "batch") for e in essays] + [(e, "library") for e in library] + [(e, "history") for e in history]
    tell(STAGES[1], 0, 1)
    with _written(spark, work, placed) as table:
        prepared = table.mapInPandas(partial(prepare_rows, official=official), PREPARED).persist()
        sentences = _Sentences(prepared, encoder.name)
        split, quotes = _by_essay(prepared, essays)
        tell(STAGES[2], 0, _ROUNDS)
        found: list[Match] = []
        if len(placed) > 1 and len(sentences.kept):
            around = sentences.surroundings(len(placed), load_background(encoder))
            found = _found(spark, prepared, sentences, around, placed, encoder.name, lambda done: tell(STAGES[2], done, _ROUNDS))
    return split, sentences.vectors, quotes + shared_sources(own_earlier(found, essays, history), essays)


@contextmanager
def _written(spark, work: str, placed: Sequence[tuple[Essay, str]]) -> Iterator:
    """ESSAYS as a Parquet table that the workers read; removed at the end."""
    path = f"{work}/essays.parquet"
    try:
        spark.createDataFrame(essay_rows(placed), ESSAYS).write.mode("overwrite").parquet(path)
        parts = max(2 * spark.sparkContext.defaultParallelism, len(placed) // ROWS_A_PART)
        spark.conf.set("spark.sql.shuffle.partitions", parts)
        spark.conf.set("spark.sql.adaptive.enabled", len(placed) >= REPLANNED)
        yield spark.read.schema(ESSAYS).parquet(path).repartition(parts)
    finally:
        place = spark._jvm.org.apache.hadoop.fs.Path(path)
        place.getFileSystem(spark._jsc.hadoopConfiguration()).delete(place, True)


def _by_essay(prepared, essays: Sequence[Essay]) -> tuple[list[SplitEssay], list[Match]]:
    """The sentences of each essay of the batch, and what these quote."""
    rows = prepared.where(f"place < {len(essays)}").select("place", "starts", "ends", "quotes").toPandas().sort_values("place")
    split = [
        SplitEssay(sentences_of(essay.id, essay.text, starts, ends))
        for essay, starts, ends in zip(essays, rows["starts"], rows["ends"])
    ]
    return split, [Match(*quote) for quotes in rows["quotes"] for quote in json.loads(quotes)]


class _Sentences:
    """Every sentence of a comparison: ``encoded`` stays on the cluster, vectors and places come to the driver."""

    def __init__(self, prepared, encoder: str) -> None:
        rows = sentence_rows(prepared).persist()
        self.encoded = different_sentences(rows).mapInPandas(partial(encode_rows, encoder=encoder), ENCODED).persist()
        different = self.encoded.select("id", "times", "vector").toPandas().sort_values("id")
        places = rows.select("number", "at", "place", "kept", "id").toPandas().sort_values("place")
        rows.unpersist()
        ids = different["id"].to_numpy()
        unique = np.frombuffer(b"".join(different["vector"]), np.float16).reshape(len(different), -1 if len(different) else 1)
        self.vectors = Vectors(unique, np.searchsorted(ids, places["id"].to_numpy()))
        self.kept = places[places["kept"]].sort_values(["number", "at"])
        self._stored = np.flatnonzero(different["times"].to_numpy() > 0)
        self._number = np.searchsorted(ids[self._stored], self.kept["id"].to_numpy())

    @property
    def document(self) -> np.ndarray:
        """(n,) number of each unquoted sentence's document."""
        return self.kept["number"].to_numpy()

    def surroundings(self, documents: int, background: np.ndarray) -> Surroundings:
        different = Vectors(self.vectors.unique, self._stored)
        return surroundings(different, self._number, self.document, documents, background)


def _found(
    spark, prepared, sentences: _Sentences, around: Surroundings, placed: Sequence[tuple[Essay, str]], encoder: str,
    tell: Callable[[int], None],
) -> list[Match]:
    """What find_matches finds."""
    batch = sum(kind == "batch" for _, kind in placed)
    blocks = max(spark.sparkContext.defaultParallelism, -(-batch // BLOCK))
    broadcast = spark.sparkContext.broadcast
    held = kgram_frequencies(prepared).toPandas()
    kgrams = as_unsigned(held["kgram"].to_numpy())
    order = np.argsort(kgrams)
    common = Common(kgrams[order], held["count"].to_numpy(np.int32)[order])
    judge = lambda rows, function, common, schema: rows.mapInPandas(partial(function, common=common, encoder=encoder), schema)

    candidates = lexical_pairs(prepared, batch).selectExpr("a", "b", "cast(null as string) note")
    shared = judge(in_blocks(candidates, prepared.select("number", *DOCUMENT), blocks), shared_rows, broadcast(common), SHARED).persist()
    sharing = shared.select("a", "b", "alone").toPandas()
    is_alone = sharing["alone"].notna()
    alone = {(a, b): passages for a, b, passages in sharing[is_alone].itertuples(index=False, name=None)}
    more = sharing.loc[~is_alone, ["a", "b"]].to_numpy(np.int64)
    tell(1)

    vocabularies = _vocabularies(sentences.encoded, len(sentences.kept))
    common = broadcast(replace(common, vocabularies=vocabularies, mean=around.mean))
    cards = _cards(spark, sentences, around.hubness, broadcast(vocabularies)).persist()
    pairs = _table(spark, _pairs(placed, sentences, around, more))
    known = prepared.select("number").join(cards, "number", "left")
    chains = judge(in_blocks(pairs, known, blocks), chain_rows, common, CHAINS).persist()
    chances = _chances(chains, more, len(placed))
    tell(2)

    holds = np.bincount(sentences.document, minlength=len(placed)) > 0
    speaking = chances[holds[chances["a"]] & holds[chances["b"]]]
    spoken = chains.join(spark.createDataFrame(speaking, "a long, b long, chance double"), ["a", "b"]).join(shared, ["a", "b"], "left")
    notes = spoken.fillna({"evidence": "[]"}).mapInPandas(note_rows, NOTES)
    known = prepared.select("number", *DOCUMENT).join(cards, "number", "left")
    judged = judge(in_blocks(notes, known, blocks), match_rows, common, MATCHES).toPandas()
    tell(3)
    for table in (shared, cards, chains, sentences.encoded, prepared):
        table.unpersist()
    for pair in zip(chances["a"], chances["b"]):
        alone.pop(pair, None)
    matches = [Match(*match) for passages in alone.values() for match in json.loads(passages)]
    matches += [Match(*row) for row in judged[[field.name for field in fields(Match)]].itertuples(index=False, name=None)]
    return sorted(matches, key=lambda m: (m.essay, m.other, m.start, m.other_start))


def _vocabularies(encoded, sentences: int):
    """Of words and of characters."""
    counted = encoded.mapInPandas(frequency_rows, FREQUENCIES).groupBy("kind", "token").sum("df").withColumnRenamed("sum(df)", "df").toPandas()
    return tuple(vocabulary(counted[counted["kind"] == kind], sentences) for kind in ("words", "pairs"))


def _cards(spark, sentences: _Sentences, hubness: np.ndarray, vocabularies):
    rows = sentences.kept[["number", "at", "id"]].assign(hubness=hubness.astype(np.float32))
    placed = spark.createDataFrame(rows, "number long, at int, id long, hubness float")
    weighted = sentences.encoded.mapInPandas(partial(weigh_rows, vocabularies=vocabularies), WEIGHTED)
    return together(placed.join(weighted, "id"), "number", "at").mapInPandas(card_rows, CARDS)


def _pairs(placed: Sequence[tuple[Essay, str]], sentences: _Sentences, around: Surroundings, shared: np.ndarray) -> np.ndarray:
    """(p, 2) numbers of documents whose sentences are set beside each other."""
    kinds = sorted((kind for _, kind in placed), key=lambda kind: kind != "batch")
    documents = [SimpleNamespace(where=kind) for kind in kinds]
    if around.near is None:
        return all_pairs(documents)
    space = SimpleNamespace(near=around.near, hubness=around.hubness, document=sentences.document)
    return np.unique(np.concatenate([near_pairs(documents, space), shared]), axis=0)


def _table(spark, pairs: np.ndarray):
    rows = pd.DataFrame(pairs, columns=["a", "b"]).assign(note=None)
    return spark.createDataFrame(rows, NOTES)


def _chances(chains, shared: np.ndarray, documents: int) -> pd.DataFrame:
    """(a, b, chance) of the pairs for which something speaks: their chain, or what they share in runs of characters."""
    scores = chains.select("a", "b", "score", "common").toPandas().sort_values(["a", "b"], ignore_index=True)
    found = [Chain(a, b, score, (), common) for a, b, score, common in scores.itertuples(index=False, name=None)]
    chance = load_logistic("chains").probability(chain_features(found, documents))
    speaks = set(map(tuple, shared.tolist()))
    chosen = [c >= CHANCE or (a, b) in speaks for a, b, c in zip(scores["a"], scores["b"], chance)]
    return scores.assign(chance=chance).loc[chosen, ["a", "b", "chance"]]
