"""Every different sentence encoded and taken into words once, somewhere on the cluster; then put together essay by essay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import pandas as pd

from analyzer.copying.meaning import SentenceSpace, load_background, log_lengths, nearest_mean
from analyzer.copying.middle import middle
from analyzer.copying.terms import content, inverse_frequency, said, tf_idf
from analyzer.spark.rows import as_signed, groups
from analyzer.text.encode import Vectors, encode_once, load_encoder
from analyzer.text.segment import words

PLACES = 1 << 20
"""More than an essay has sentences: ``place`` of a sentence is its essay's place times this, and where it stands in it."""

ENCODED = (
    "id long, times long, vector binary, common float, log_length float, words binary, word_counts binary, pairs binary, pair_counts binary"
)
"""A row a different sentence: tokens (int64, ascending) and how often it holds each (float32)."""

FREQUENCIES = "kind string, token long, df long"

WEIGHTED = (
    "id long, vector binary, common float, log_length float, words binary, word_weights binary, pairs binary, pair_weights binary"
)
"""The same with columns of tf-idf (int32) and what stands in them (float32)."""

CARD = {
    "at": np.int32, "vectors": np.float16, "hubness": np.float32, "common": np.float32, "log_length": np.float32,
    "word_lengths": np.int32, "words": np.int32, "word_weights": np.float32,
    "pair_lengths": np.int32, "pairs": np.int32, "pair_weights": np.float32,
}
"""All that is to be known of one essay's unquoted sentences, to set them beside another's; ``…_lengths``: columns a sentence has."""

CARDS = "number long, " + ", ".join(f"{name} binary" for name in CARD)


def sentence_rows(prepared):
    """(number, at, place, kept, reading, id) of every sentence; ``id`` is the place where the same sentence stands first."""
    from pyspark.sql import Window, functions as F

    rows = prepared.select("number", "place", F.posexplode(F.arrays_zip("readings", "kept")).alias("at", "of"))
    place = (F.col("place") * PLACES + F.col("at")).alias("place")
    rows = rows.select("number", "at", place, F.col("of.kept").alias("kept"), F.col("of.readings").alias("reading"))
    return rows.withColumn("id", F.min("place").over(Window.partitionBy("reading")))


def different_sentences(sentences):
    """(id, times, reading): each different sentence once, and how often it stands unquoted; those of a length together."""
    from pyspark.sql import functions as F

    times = F.sum(F.col("kept").cast("long")).alias("times")
    once = sentences.groupBy("id").agg(F.first("reading").alias("reading"), times)
    return once.repartition("id").sortWithinPartitions(F.char_length("reading"))


def encode_rows(frames: Iterator[pd.DataFrame], encoder: str) -> Iterator[pd.DataFrame]:
    """(id, times, reading) to ENCODED."""
    model, background = load_encoder(encoder), _background(encoder)
    for rows in frames:
        texts = rows["reading"].tolist()
        vectors = encode_once(texts, model)
        tokens, token_counts = _counted([[_word_key(word) for word in said(words(text))] for text in texts])
        pairs, pair_counts = _counted([_pair_keys(content(text)) for text in texts])
        yield pd.DataFrame({
            "id": rows["id"].to_numpy(), "times": rows["times"].to_numpy(), "vector": [row.tobytes() for row in vectors.unique[vectors.index]],
            "common": nearest_mean(vectors, background), "log_length": log_lengths(texts),
            "words": tokens, "word_counts": token_counts, "pairs": pairs, "pair_counts": pair_counts,
        })


@lru_cache(maxsize=2)
def _background(encoder: str) -> np.ndarray:
    return load_background(load_encoder(encoder))


@lru_cache(maxsize=1 << 20)
def _word_key(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _pair_keys(text: str) -> np.ndarray:
    """Characters, and pairs of them, as numbers."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64) << np.uint64(32)
    return np.concatenate([points, points[:-1] | points[1:] >> np.uint64(32)])


def _counted(tokens: list) -> tuple[list[bytes], list[bytes]]:
    """For each sentence its different tokens, ascending, and how often it holds each."""
    counted = [np.unique(as_signed(np.array(found, np.uint64)), return_counts=True) for found in tokens]
    return [keys.tobytes() for keys, _ in counted], [counts.astype(np.float32).tobytes() for _, counts in counted]


def _unpacked(column: pd.Series, kind: type) -> tuple[np.ndarray, np.ndarray]:
    """(n,) how many each row holds, and all of them one after another."""
    return column.map(len).to_numpy() // np.dtype(kind).itemsize, np.frombuffer(b"".join(column), kind)


def frequency_rows(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """ENCODED to FREQUENCIES of this partition."""
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"words": [], "pairs": []}
    for frame in frames:
        frame = frame[frame["times"] > 0]
        for kind, parts in found.items():
            if len(frame):
                lengths, tokens = _unpacked(frame[kind], np.int64)
                parts.append(_summed(tokens, np.repeat(frame["times"].to_numpy(), lengths)))
    for kind, parts in found.items():
        if parts:
            tokens, df = _summed(*(np.concatenate(column) for column in zip(*parts)))
            yield pd.DataFrame({"kind": kind, "token": tokens, "df": df})


def _summed(tokens: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    different, at = np.unique(tokens, return_inverse=True)
    return different, np.bincount(at, numbers, len(different)).astype(np.int64)


@dataclass(frozen=True)
class Vocabulary:
    """What the sentences of a comparison hold, and how rare each is."""

    tokens: np.ndarray
    """(t,) sorted int64"""
    rarity: np.ndarray
    """(t,) float64"""

    def weights(self, lengths: np.ndarray, tokens: np.ndarray, counts: np.ndarray):
        """csr of tf-idf, a row a sentence; ``lengths``: different tokens of each."""
        return tf_idf(np.cumsum([0, *lengths]), np.searchsorted(self.tokens, tokens), counts, self.rarity)


def vocabulary(frequencies: pd.DataFrame, sentences: int) -> Vocabulary:
    """Of the tokens and document frequencies (FREQUENCIES of one kind) in so many sentences."""
    frequencies = frequencies.sort_values("token")
    return Vocabulary(frequencies["token"].to_numpy(), inverse_frequency(frequencies["df"].to_numpy(), sentences))


def weigh_rows(frames: Iterator[pd.DataFrame], vocabularies) -> Iterator[pd.DataFrame]:
    """ENCODED to WEIGHTED; ``vocabularies``: broadcast (of words, of pairs)."""
    for frame in frames:
        frame = frame[frame["times"] > 0]
        if not len(frame):
            continue
        columns = {name: frame[name].to_numpy() for name in ("id", "vector", "common", "log_length")}
        for known, kind in zip(vocabularies.value, ("word", "pair")):
            counts = np.frombuffer(b"".join(frame[f"{kind}_counts"]), np.float32)
            table = known.weights(*_unpacked(frame[f"{kind}s"], np.int64), counts)
            rows = list(zip(table.indptr, table.indptr[1:]))
            columns[f"{kind}s"] = [table.indices[start:end].tobytes() for start, end in rows]
            columns[f"{kind}_weights"] = [table.data[start:end].tobytes() for start, end in rows]
        yield pd.DataFrame(columns)


def card_rows(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows of (number, at, hubness) with their WEIGHTED to CARDS."""
    cards: list[dict] = []
    for number, rows in groups(frames, "number"):
        card = {"number": number, "vectors": b"".join(rows["vector"])}
        for name in ("at", "hubness", "common", "log_length"):
            card[name] = rows[name].to_numpy(CARD[name]).tobytes()
        for kind in ("word", "pair"):
            card[f"{kind}_lengths"] = (rows[f"{kind}s"].map(len).to_numpy() // 4).astype(np.int32).tobytes()
            card[f"{kind}s"], card[f"{kind}_weights"] = b"".join(rows[f"{kind}s"]), b"".join(rows[f"{kind}_weights"])
        cards.append(card)
        if len(cards) == 100:
            yield pd.DataFrame(cards, columns=["number", *CARD])
            cards = []
    if cards:
        yield pd.DataFrame(cards, columns=["number", *CARD])


def space_of(cards: pd.DataFrame, mean: np.ndarray, vocabularies: tuple[Vocabulary, Vocabulary]) -> SentenceSpace:
    """The part of the space in which these documents' sentences lie; a card is null where nothing of a document is unquoted."""
    from scipy import sparse

    known = cards[cards["at"].notna()]
    values = {name: np.frombuffer(b"".join(known[name]), kind) for name, kind in CARD.items()}
    owner = np.repeat(np.flatnonzero(cards["at"].notna()), known["at"].map(len) // CARD["at"]().itemsize)
    vectors, rows = values["vectors"].reshape(len(owner), len(mean)), np.arange(len(owner))
    tables = (
        sparse.csr_matrix((values[f"{kind}_weights"], values[f"{kind}s"], np.cumsum([0, *values[f"{kind}_lengths"]])),
                          (len(owner), max(1, len(vocabulary.tokens))))
        for kind, vocabulary in zip(("word", "pair"), vocabularies)
    )
    placed = Vectors(vectors, rows)
    return SentenceSpace(owner, values["at"], placed, middle(placed, mean), values["hubness"], values["common"], *tables,
                         values["log_length"])
