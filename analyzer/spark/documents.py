"""Essays as rows of one table, and each prepared where it lies: quotations masked, k-grams hashed, sentences split."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple

import numpy as np
import pandas as pd

from analyzer.copying.candidates import fingerprints
from analyzer.copying.document import Document
from analyzer.copying.finder import quote_documents
from analyzer.essay import Essay, Sentence
from analyzer.spark.rows import as_signed
from analyzer.text.normalize import Normalized

ESSAYS = "number long, place long, kind string, id string, text string"
"""``number`` in the order of comparison (the batch first, by id), ``place`` in the order in which essays were given,
``kind`` one of batch, history, library."""

DOCUMENT = ("id", "kind", "text", "codes", "offsets", "hashes", "starts", "ends", "quoted")
"""Columns that make a Document again."""

PREPARED = (
    "number long, place long, id string, kind string, text string, codes binary, offsets binary, hashes binary, starts binary, "
    "ends binary, quoted binary, prints array<long>, kgrams array<long>, readings array<string>, kept array<boolean>, quotes string"
)
"""``quotes``: the matches with official documents, as JSON."""


def essay_rows(essays: Sequence[tuple[Essay, str]]) -> pd.DataFrame:
    """ESSAYS of (essay, kind) pairs."""
    order = sorted(range(len(essays)), key=lambda k: (essays[k][1] != "batch", essays[k][0].id))
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return pd.DataFrame({
        "number": number, "place": np.arange(len(order)), "kind": [kind for _, kind in essays],
        "id": [essay.id for essay, _ in essays], "text": [essay.text for essay, _ in essays],
    })


def prepare_rows(frames: Iterator[pd.DataFrame], official: Sequence[Essay]) -> Iterator[pd.DataFrame]:
    """ESSAYS to PREPARED."""
    for frame in frames:
        if not len(frame):
            continue
        essays = [(Essay(id, text), kind) for id, text, kind in zip(frame["id"], frame["text"], frame["kind"])]
        documents, quotes = quote_documents(essays, official)
        of_essay = defaultdict(list)
        for match in quotes:
            of_essay[match.essay].append(match)
        prints, owner = fingerprints(documents)
        edges = np.searchsorted(owner, np.arange(len(documents) + 1))
        packed = lambda arrays, kind: [np.ascontiguousarray(array, kind).tobytes() for array in arrays]
        yield pd.DataFrame({
            "number": frame["number"].to_numpy(), "place": frame["place"].to_numpy(),
            "id": frame["id"].to_numpy(), "kind": frame["kind"].to_numpy(), "text": frame["text"].to_numpy(),
            "codes": packed((d.normalized.codes for d in documents), np.uint32),
            "offsets": packed((d.normalized.offsets for d in documents), np.int32),
            "hashes": packed((d.hashes for d in documents), np.uint64),
            "starts": packed(([s.start for s in d.sentences] for d in documents), np.int32),
            "ends": packed(([s.end for s in d.sentences] for d in documents), np.int32),
            "quoted": packed((d.quoted for d in documents), bool),
            "prints": [as_signed(prints[start:end]) for start, end in zip(edges, edges[1:])],
            "kgrams": [as_signed(np.unique(d.hashes[d.hashes != 0])) for d in documents],
            "readings": [d.readings for d in documents],
            "kept": [~d.quoted_sentences() for d in documents],
            "quotes": [json.dumps([astuple(match) for match in of_essay[d.id]]) for d in documents],
        })


def documents_of(rows: pd.DataFrame) -> list[Document]:
    """Documents again, of rows with the columns DOCUMENT."""
    documents = []
    for id, kind, text, codes, offsets, hashes, starts, ends, quoted in zip(*(rows[name] for name in DOCUMENT)):
        normalized = Normalized(np.frombuffer(codes, np.uint32), np.frombuffer(offsets, np.int32))
        documents.append(Document(
            Essay(id, text), kind, normalized, np.frombuffer(hashes, np.uint64), sentences_of(id, text, starts, ends),
            np.frombuffer(quoted, bool)))
    return documents


def sentences_of(id: str, text: str, starts: bytes, ends: bytes) -> tuple[Sentence, ...]:
    """Sentences of an essay from their packed int32 offsets."""
    spans = zip(np.frombuffer(starts, np.int32).tolist(), np.frombuffer(ends, np.int32).tolist())
    return tuple(Sentence(id, start, end, text[start:end]) for start, end in spans)
