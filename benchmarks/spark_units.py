"""What one essay costs a cluster, step by step: ``python -m benchmarks.spark_units [SIZE]``.

The functions that Spark's workers run, run here one after another on a made batch (benchmarks/made_batch.py), with pandas in
place of Spark's joins: processor time in Python, bytes of each row that Spark would keep or send, pairs an essay.
"""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analyzer.copying.bundles import CHANCE
from analyzer.copying.candidates import all_pairs, lexical_pairs, near_pairs
from analyzer.copying.finder import load_models
from analyzer.copying.logistic import load_logistic
from analyzer.copying.meaning import FEW_DOCUMENTS, load_background, surroundings
from analyzer.copying.rewording import Chain, chain_features
from analyzer.essay import Essay
from analyzer.spark.documents import DOCUMENT, documents_of, essay_rows, prepare_rows
from analyzer.spark.judging import BLOCK, Common, chain_rows, match_rows, note_rows, shared_rows
from analyzer.spark.rows import as_unsigned
from analyzer.spark.sentences import CARD, PLACES, card_rows, encode_rows, frequency_rows, vocabulary, weigh_rows
from analyzer.text.encode import DEFAULT_ENCODER, Vectors, load_encoder
from benchmarks.made_batch import make_batch


class Bill:
    """Seconds of processor time and bytes, a step."""

    def __init__(self, essays: int) -> None:
        self._essays = essays

    def __call__(self, step: str, rows, columns=(), seconds: float = 0.0) -> None:
        size = sum(_bytes(rows[column]) for column in columns)
        print(f"{step:46s}{1000 * seconds / self._essays:9.2f} ms{size / self._essays / 1024:9.2f} KiB{len(rows) / self._essays:9.1f} rows an essay")


def _bytes(column: pd.Series) -> int:
    if column.dtype.kind in "iufb":
        return column.to_numpy().nbytes
    return sum(len(value.encode("utf-8")) if isinstance(value, str) else len(value) for value in column.dropna())


def _frames(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """As many rows at once as Spark hands over (session.SETTINGS)."""
    return [rows.iloc[start : start + 500] for start in range(0, len(rows), 500)]


def _run(function, frames: list[pd.DataFrame], *more, **named) -> tuple[pd.DataFrame, float]:
    began = time.process_time()
    found = list(function(iter(frames), *more, **named))
    return pd.concat(found, ignore_index=True), time.process_time() - began


def main(size: int) -> None:
    rows, official, _ = make_batch(size)
    essays = [(Essay(row["id"], row["text"]), "batch") for row in rows]
    encoder, bill = load_encoder(), Bill(size)
    load_models(encoder)  # the shipped tables are read before the clock runs
    prepared, spent = _run(prepare_rows, _frames(essay_rows(essays)), official=[Essay("O", official)])
    bill("prepare, mask quotations: the document", prepared, DOCUMENT, spent)
    for name in ("prints", "kgrams"):
        bill(f"  {name}", pd.DataFrame({name: np.concatenate(prepared[name].to_list())}), [name])

    sentences = prepared[["number", "place", "readings", "kept"]].explode(["readings", "kept"])
    sentences["at"] = sentences.groupby("number").cumcount()
    sentences["place"] = sentences["place"] * PLACES + sentences["at"]
    sentences["id"] = sentences.groupby("readings")["place"].transform("min")
    once = sentences.assign(times=sentences["kept"].astype(int)).groupby("id").agg(reading=("readings", "first"), times=("times", "sum"))
    once = once.reset_index().sort_values("reading", key=lambda column: column.map(len))
    encoded, spent = _run(encode_rows, _frames(once), DEFAULT_ENCODER)
    bill("encode, take words", encoded, encoded.columns, spent)
    counted, spent = _run(frequency_rows, [encoded])
    bill("vocabulary", counted, ["token", "df"], spent)
    words = tuple(vocabulary(counted[counted["kind"] == kind], int(once["times"].sum())) for kind in ("words", "pairs"))
    weighted, spent = _run(weigh_rows, _frames(encoded), vocabularies=SimpleNamespace(value=words))
    bill("weigh words", weighted, weighted.columns, spent)

    began = time.process_time()
    different = encoded.sort_values("id")
    stored = np.flatnonzero(different["times"] > 0)
    kept = sentences[sentences["kept"].astype(bool)].sort_values(["number", "at"])
    unique = np.frombuffer(b"".join(different["vector"]), np.float16).reshape(len(different), -1)
    number = np.searchsorted(different["id"].to_numpy()[stored], kept["id"].to_numpy())
    around = surroundings(Vectors(unique, stored), number, kept["number"].to_numpy(), size, load_background(encoder))
    bill("driver: mean, neighbours, hubness", different, ["vector"], time.process_time() - began)
    placed = kept[["number", "at", "id"]].assign(hubness=around.hubness).merge(weighted, on="id").sort_values(["number", "at"])
    cards, spent = _run(card_rows, [placed])
    bill("cards", cards, CARD, spent)

    hashes = pd.Series(np.concatenate(prepared["kgrams"].to_list())).value_counts()
    hashes = hashes[hashes > 1]
    kgrams = as_unsigned(hashes.index.to_numpy())
    order = np.argsort(kgrams)
    bill("broadcast: k-grams of two documents and more", hashes.rename("count").reset_index(), ["index", "count"])
    common = SimpleNamespace(value=Common(kgrams[order], hashes.to_numpy(np.int32)[order], words, around.mean))
    documents = documents_of(prepared)
    candidates = pd.DataFrame(lexical_pairs(documents), columns=["a", "b"])
    blocks = max(2, -(-size // BLOCK))
    shared, spent = _judged(shared_rows, candidates, prepared[["number", *DOCUMENT]], blocks, common, bill)
    bill("candidates by fingerprints", candidates)
    bill("shared runs: pairs that share enough", shared, ["evidence"], spent)
    began = time.process_time()
    space = SimpleNamespace(near=around.near, hubness=around.hubness, document=kept["number"].to_numpy())
    near = near_pairs(documents, space) if size > FEW_DOCUMENTS else all_pairs(documents)
    more = shared.loc[shared["alone"].isna(), ["a", "b"]].to_numpy(np.int64)
    pairs = pd.DataFrame(np.unique(np.concatenate([near, more]), axis=0), columns=["a", "b"])
    bill("driver: near pairs", pairs, ["a", "b"], time.process_time() - began)
    everything = prepared[["number", *DOCUMENT]].merge(cards, on="number", how="left")
    chains, spent = _judged(chain_rows, pairs, everything[["number", *CARD]], blocks, common, bill)
    bill("chains", chains, ["score", "common", "path"], spent)
    began = time.process_time()
    chains = chains.sort_values(["a", "b"], ignore_index=True)
    found = [Chain(a, b, score, (), mean) for a, b, score, mean in chains[["a", "b", "score", "common"]].itertuples(index=False, name=None)]
    chains["chance"] = load_logistic("chains").probability(chain_features(found, size))
    bill("driver: chances", chains, ["a", "b", "score", "common"], time.process_time() - began)
    speaking = chains.merge(shared, on=["a", "b"], how="left").fillna({"evidence": "[]"})
    speaks = set(map(tuple, more.tolist()))
    speaking = speaking[(speaking["chance"] >= CHANCE) | np.array([pair in speaks for pair in zip(speaking["a"], speaking["b"])])]
    notes, spent = _run(note_rows, [speaking])
    matches, more_spent = _judged(match_rows, notes, everything, blocks, common, bill)
    bill("passages: pairs looked at closely", notes, ["note"], spent + more_spent)
    bill("matches", matches, matches.columns)


def _judged(function, pairs: pd.DataFrame, documents: pd.DataFrame, blocks: int, common, bill: Bill) -> tuple[pd.DataFrame, float]:
    """What judging.in_blocks does, then ``function``."""
    pairs = pairs.assign(block=pairs["a"] % blocks)
    frames, sent = [], 0
    for block, chosen in pairs.groupby("block"):
        needed = documents[documents["number"].isin(np.union1d(chosen["a"], chosen["b"]))].assign(block=block, b=-1, is_pair=False)
        sent += len(needed)
        chosen = chosen.rename(columns={"a": "number"}).sort_values(["number", "b"]).assign(is_pair=True)
        frames.append(pd.concat([needed.sort_values("number"), chosen], ignore_index=True))
        if "note" not in frames[-1]:
            frames[-1]["note"] = None
    print(f"  {blocks} blocks, to which each essay is sent {sent / len(documents):.2f} times")
    return _run(function, frames, common=common, encoder=DEFAULT_ENCODER)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
