"""The search for shared runs of characters, without embeddings, beside Dolos and copydetect on the same made batches:
``python -m benchmarks.shared_runs [SIZE …] [--skip NAME]``.

Each tool gets the texts and finds which pairs of essays share text, at the settings of ours (k-grams and windows alike); the
others compare every pair, ours those that share rare fingerprints, and ours aligns them, too. Recall: planted pairs that are found
(of the others: that are among the ten pairs an essay that the tool holds for most alike).
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import chain

import numpy as np

from analyzer.copying import quote_documents
from analyzer.copying.bundles import shared_runs
from analyzer.copying.candidates import lexical_pairs
from analyzer.copying.commonness import Commonness
from analyzer.copying.postings import find_postings
from analyzer.essay import Essay
from benchmarks.made_batch import make_batch
from benchmarks.peers import copydetect_pairs, dolos_pairs

PARTNERS = 10

Pairs = set[tuple[str, str]]


def ours(texts: dict[str, str]) -> Pairs:
    documents, _ = quote_documents([(Essay(id, text), "batch") for id, text in texts.items()], ())
    postings = find_postings(documents)
    found = shared_runs(lexical_pairs(documents), postings, Commonness(postings))
    return {(documents[a].id, documents[b].id) for a, b in found}


def most_alike(pairs) -> Pairs:
    best = defaultdict(list)
    for a, b, similarity in pairs:
        for one, other in ((a, b), (b, a)):
            best[one].append((similarity, other))
    return set(chain.from_iterable(((one, other) for _, other in sorted(found)[-PARTNERS:]) for one, found in best.items()))


TOOLS: dict[str, Callable[[dict[str, str]], Pairs]] = {
    "ours": ours,
    "Dolos": lambda texts: most_alike(dolos_pairs(texts, kgramLength=6, kgramsInWindow=4)),
    "copydetect": lambda texts: most_alike(copydetect_pairs(texts, 6, 4)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[1000])
    parser.add_argument("--skip", nargs="*", default=[], choices=TOOLS)
    options = parser.parse_args()
    print(f"{'essays':>7}{'':4}{'tool':12}{'wall s':>9}{'cpu s':>9}{'times ours, wall':>18}{'cpu':>7}{'planted pairs found':>22}")
    for size in options.sizes:
        rows, _, copies = make_batch(size)
        texts = {row["id"]: row["text"] for row in rows}
        planted = {(copy.essay, copy.source) for copy in copies}
        first = None
        for name, tool in TOOLS.items():
            if name in options.skip:
                continue
            wall, cpu = time.perf_counter(), sum(os.times()[:4])
            found = tool(texts)
            spent = np.array([time.perf_counter() - wall, sum(os.times()[:4]) - cpu])
            first = spent if first is None else first
            held = sum((a, b) in found or (b, a) in found for a, b in planted)
            ratio = spent / first
            print(f"{size:7}{'':4}{name:12}{spent[0]:9.1f}{spent[1]:9.1f}{ratio[0]:18.1f}{ratio[1]:7.1f}{held:14} of {len(planted)}", flush=True)


if __name__ == "__main__":
    main()
