"""亲自动手: which passages an essay shares with others, how much that tells, and what is everybody's to quote."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analyzer.copying.commonness import load_background as load_common_kgrams
from analyzer.copying.finder import Models, find_matches, quote_documents
from analyzer.copying.match import Match, Originality
from analyzer.copying.meaning import load_background, load_pair_model
from analyzer.copying.rewording import load_chain_model
from analyzer.copying.suspicion import judge, load_suspicion_model
from analyzer.essay import Essay
from analyzer.text.encode import Encoder, encode


def find_copies(
    essays: Sequence[Essay],
    encoder: Encoder,
    official: Sequence[Essay] = (),
    library: Sequence[Essay] = (),
    history: Sequence[Essay] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[list[Match], dict[str, Originality]]:
    """Matches of a batch (quotations among them) and, by essay id, what follows for each essay.

    Parameters
    ----------
    essays : the batch.
    encoder : turns sentences into vectors.
    official : documents that everybody may quote.
    library : 范文 that circulate.
    history : essays of earlier batches.
    progress : called with (stage, done, total); stages ``encode`` and ``match``.
    """
    stage = lambda name: (lambda done, total: progress(name, done, total)) if progress else None
    placed = [(e, "batch") for e in essays] + [(e, "library") for e in library] + [(e, "history") for e in history]
    documents, matches = quote_documents(placed, official)
    vectors = encode([s.text for d in documents for s in d.sentences], encoder, stage("encode"))
    by_document = np.split(vectors, np.cumsum([len(d.sentences) for d in documents])[:-1])
    models = Models(load_pair_model(), load_chain_model(), load_background(encoder), load_common_kgrams())
    matches = [m for m in matches if documents_are_essays(m, essays)]
    matches += find_matches(documents, by_document, models, stage("match"))
    return matches, judge(essays, matches, load_suspicion_model())
