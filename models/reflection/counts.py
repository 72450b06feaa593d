"""Counts of the labelled campaigns, as data/DATASHEET.md gives them: ``python -m models.reflection.counts`` writes them there."""

from __future__ import annotations

from collections import Counter

import numpy as np

from analyzer.agreement import median_level, readers_kappa
from analyzer.evaluation.corpus import Campaign, text_of
from models.corpora import DATA, load_campaigns

SHEET = DATA / "DATASHEET.md"
BEGIN, END = "<!-- counts -->", "<!-- end of counts -->"
LEVELS = (1, 2, 3, 4)


def tables() -> str:
    campaigns = load_campaigns()
    essays = [row for c in campaigns for row in c.rows if row["kind"] == "essay"]
    pieces = [piece for row in essays for piece in row["pieces"]]
    labels = Counter(s["label"] for c in campaigns for given in c.sentences.values() for s in given)
    origins = Counter(row["intended"]["origin"] for row in essays)
    edits = Counter(piece["edit"] for piece in pieces if piece.get("from"))
    kinds = Counter(row["kind"] for c in campaigns for row in c.rows)
    quotes = sum("quote" in piece for piece in pieces)
    return "\n".join([
        "| campaign | essays | characters | labelled sentences | level 1 | 2 | 3 | 4 | raters | mean pairwise QWK |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |",
        *map(_row, campaigns), _all(campaigns),
        "",
        f"With {kinds['official']} official documents and {kinds['template']} templates, {sum(kinds.values())} documents.",
        "",
        *_across("label", "sentences", labels), "",
        *_across("`intended.origin` of essays", "essays", origins), "",
        *_across("`edit` of pieces taken from elsewhere", "pieces", edits), "",
        f"Beside these {sum(edits.values())} pieces, {quotes} quote an official document.",
    ])


def _row(campaign: Campaign) -> str:
    rows = [row for row in campaign.rows if row["kind"] == "essay"]
    levels = Counter(median_level([r["depth"] for r in readings]) for readings in campaign.ratings.values())
    given = np.array([[r["depth"] for r in readings] for readings in campaign.ratings.values()])
    raters = " ".join(r["rater"] for r in next(iter(campaign.ratings.values())))
    return _cells(campaign.name, len(rows), f"{np.median([len(text_of(row)) for row in rows]):g}",
                  sum(map(len, campaign.sentences.values())), *(levels[k] for k in LEVELS), raters, f"{readers_kappa(given):.2f}")


def _all(campaigns: list[Campaign]) -> str:
    levels = Counter(median_level([r["depth"] for r in readings]) for c in campaigns for readings in c.ratings.values())
    essays = sum(row["kind"] == "essay" for c in campaigns for row in c.rows)
    return _cells("all", essays, "", sum(len(s) for c in campaigns for s in c.sentences.values()), *(levels[k] for k in LEVELS),
                  f"{sum(levels.values())} essays rated", "")


def _across(name: str, unit: str, counts: Counter) -> list[str]:
    ranked = counts.most_common()
    return [_cells(name, *(key for key, _ in ranked)), _cells("---", *["---:"] * len(ranked)), _cells(unit, *(n for _, n in ranked))]


def _cells(*values: object) -> str:
    return "| " + " | ".join(map(str, values)) + " |"


def main() -> None:
    text = SHEET.read_text(encoding="utf-8")
    head, tail = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    SHEET.write_text(f"{head}\n{tables()}\n{tail}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
