"""Pairs of documents judged in blocks: each block gets its pairs and, once, what is to be known of the documents in them.

Three rounds, since what a pair's chain tells depends on the chains of all other pairs: shared runs of characters, chains of
sentences, then the passages of the pairs for which something speaks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from functools import lru_cache

import numpy as np
import pandas as pd

from analyzer.copying.align import Passage
from analyzer.copying.bundles import bundles_of, is_alone, shared_runs
from analyzer.copying.commonness import Commonness
from analyzer.copying.finder import Models, load_models, look_closely, shared_passages
from analyzer.copying.match import Match
from analyzer.copying.meaning import SentenceSpace
from analyzer.copying.postings import Postings, find_postings
from analyzer.copying.rewording import Chain, find_chains
from analyzer.spark.documents import documents_of
from analyzer.spark.rows import groups, together
from analyzer.spark.sentences import Vocabulary, space_of
from analyzer.text.encode import load_encoder

BLOCK = 200
"""Documents whose pairs are judged together, at most: with their partners about a hundred megabytes."""

SHARED = "a long, b long, evidence string, alone string"
"""``alone``: the passages of a pair that shares nothing else (bundles.Alone), else null."""
CHAINS = "a long, b long, score double, common double, path string"
NOTES = "a long, b long, note string"
_FIELDS = [field.name for field in fields(Match)]


@dataclass(frozen=True)
class Common:
    """What every worker must know of the whole comparison; broadcast."""

    kgrams: np.ndarray
    """(h,) sorted uint64: those that at least two documents hold"""
    held_by: np.ndarray
    """(h,) int32: documents that hold each"""
    vocabularies: tuple[Vocabulary, Vocabulary] | None = None
    mean: np.ndarray | None = None

    def commonness(self, models: Models) -> Commonness:
        return Commonness(Postings(self.kgrams, self.held_by, None), models.common_kgrams)


def in_blocks(pairs, documents, blocks: int):
    """Pairs (a, b, note) and documents (number, …) as rows (block, number, b, note, …), a block's documents before its pairs."""
    from pyspark.sql import functions as F

    pairs = pairs.withColumn("block", F.col("a") % blocks)
    needed = pairs.select("block", F.explode(F.array("a", "b")).alias("number")).distinct()
    documents = needed.join(documents, "number").withColumn("b", F.lit(-1).cast("long")).withColumn("note", F.lit(None).cast("string"))
    pairs = pairs.withColumnRenamed("a", "number").select("block", "number", "b", "note")
    return together(documents.unionByName(pairs, allowMissingColumns=True).withColumn("is_pair", F.col("b") >= 0),
                    "block", "is_pair", "number", "b")


@dataclass(frozen=True)
class Block:
    """Documents by their place in the block, and pairs of these places in order."""

    numbers: np.ndarray
    documents: pd.DataFrame
    pairs: np.ndarray
    """(p, 2)"""
    notes: list

    def named(self, a: int, b: int) -> tuple[int, int]:
        """The pair's numbers in the whole comparison."""
        return int(self.numbers[a]), int(self.numbers[b])


def _blocks(frames: Iterator[pd.DataFrame]) -> Iterator[Block]:
    for _, rows in groups(frames, "block"):
        of_pair = rows["is_pair"].to_numpy()
        documents, pairs = rows[~of_pair], rows[of_pair]
        numbers = documents["number"].to_numpy()
        places = np.searchsorted(numbers, pairs[["number", "b"]].to_numpy())
        yield Block(numbers, documents, places, pairs["note"].to_list())


def shared_rows(frames: Iterator[pd.DataFrame], common, encoder: str) -> Iterator[pd.DataFrame]:
    """Blocks of candidates with their documents to SHARED: those that share enough to be looked at closely."""
    commonness = common.value.commonness(_models(encoder))
    for block in _blocks(frames):
        documents = documents_of(block.documents)
        rows = []
        for (a, b), evidence in shared_runs(block.pairs, find_postings(documents), commonness).items():
            x, y = documents[a], documents[b]
            alone = json.dumps([astuple(m) for m in shared_passages(x, y, evidence)]) if is_alone(x, y, evidence) else None
            rows.append((*block.named(a, b), json.dumps([(*astuple(passage), *weights) for passage, *weights in evidence]), alone))
        yield pd.DataFrame(rows, columns=["a", "b", "evidence", "alone"])


def chain_rows(frames: Iterator[pd.DataFrame], common, encoder: str) -> Iterator[pd.DataFrame]:
    """Blocks of pairs with their cards to CHAINS."""
    models = _models(encoder)
    for block in _blocks(frames):
        chains = find_chains(_space(block, common.value), block.pairs, models.pairs)
        yield pd.DataFrame(
            [(*block.named(chain.a, chain.b), chain.score, chain.common, json.dumps(chain.path)) for chain in chains],
            columns=["a", "b", "score", "common", "path"])


def match_rows(frames: Iterator[pd.DataFrame], common, encoder: str) -> Iterator[pd.DataFrame]:
    """Blocks of pairs for which something speaks, with their documents and cards, to tables.MATCHES.

    A note holds (score, common, path, evidence, chance).
    """
    models = _models(encoder)
    commonness = common.value.commonness(models)
    for block in _blocks(frames):
        found = []
        for (a, b), note in zip(block.pairs.tolist(), block.notes):
            score, mean, path, evidence, chance = json.loads(note)
            shared = [(Passage(*numbers[:5]), *numbers[5:]) for numbers in evidence]
            found.append((Chain(a, b, score, tuple(map(tuple, path)), mean), shared, chance))
        bundles = bundles_of(found, documents_of(block.documents), _space(block, common.value), commonness)
        matches = [astuple(match) for bundle in bundles for match in look_closely(bundle, models.pairs, models.correspondence)]
        yield pd.DataFrame(matches, columns=_FIELDS)


def note_rows(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """(a, b, score, common, path, evidence, chance) to NOTES."""
    for frame in frames:
        notes = [
            json.dumps((score, common, json.loads(path), json.loads(evidence), chance))
            for score, common, path, evidence, chance in
            zip(*(frame[name] for name in ("score", "common", "path", "evidence", "chance")))
        ]
        yield pd.DataFrame({"a": frame["a"], "b": frame["b"], "note": notes})


def _space(block: Block, common: Common) -> SentenceSpace:
    return space_of(block.documents, common.mean, common.vocabularies)


@lru_cache(maxsize=2)
def _models(encoder: str) -> Models:
    return load_models(load_encoder(encoder))
