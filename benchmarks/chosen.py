"""Which earlier essays are compared with a new one, of a long history: ``python -m benchmarks.chosen [MADE]``.

The copiers of every labelled campaign are the new essays; all others, and MADE made ones (3,000), the history. Says of how many
sources, by kind of edit, the essay is among those that are chosen, and how many those are for a new essay.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.copying import quote_documents
from analyzer.copying.earlier import worth_comparing
from analyzer.essay import Essay
from analyzer.text.encode import encode_once, load_encoder
from benchmarks.made_batch import make_batch
from models.corpora import Campaign, load_campaigns


def main() -> None:
    made = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    campaigns = load_campaigns()
    history = [Essay(id=f"made/{row['id']}", text=row["text"]) for row in make_batch(made)[0]]
    for campaign in campaigns:
        copiers = _sources(campaign)
        history += [replace(e, id=f"{campaign.name}/{e.id}") for e in campaign.documents("essay") if e.id not in copiers]
    sources, found, new, compared = Counter(), Counter(), 0, 0
    with TemporaryDirectory() as cache:
        for campaign in campaigns:
            copiers = _sources(campaign)
            chosen = _chosen(campaign, copiers, history, Path(cache))
            new, compared = new + len(copiers), compared + len(chosen)
            for edit, source in [each for of in copiers.values() for each in of]:
                sources[edit] += 1
                found[edit] += f"{campaign.name}/{source}" in chosen
    print(f"{len(history)} earlier essays, {new} new ones, {compared / new:.1f} compared with each")
    for edit, count in sorted(sources.items()):
        print(f"{edit:10} {found[edit]} of {count}")


def _sources(campaign: Campaign) -> dict[str, set[tuple[str, str]]]:
    """(edit, id of the essay it is from) of each essay that copies from another and from which nobody copies."""
    essays = {row["id"]: row for row in campaign.rows if row["kind"] == "essay"}
    of = {
        id: {(piece["edit"], piece["from"]["id"]) for piece in row["pieces"] if piece.get("from") and piece["from"]["id"] in essays}
        for id, row in essays.items()
    }
    read = {source for sources in of.values() for _, source in sources}
    return {id: sources for id, sources in of.items() if sources and id not in read}


def _chosen(campaign: Campaign, copiers: Container[str], history: list[Essay], cache: Path) -> set[str]:
    new = [(essay, "batch") for essay in campaign.documents("essay") if essay.id in copiers]
    documents, _ = quote_documents(new, campaign.documents("official"))
    vectors = encode_once([reading for document in documents for reading in document.readings], load_encoder(), cache=cache)
    return {essay.id for essay in worth_comparing(documents, vectors, history, load_encoder(), cache)[0]}


if __name__ == "__main__":
    main()
