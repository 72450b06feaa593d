"""Run the whole flow on a labelled corpus and score what comes out."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from analyzer.essay import Batch
from analyzer.evaluation.corpus import Campaign
from analyzer.evaluation.depth import score_levels, score_sentences
from analyzer.evaluation.passages import score_matches
from analyzer.evaluation.suspects import score_suspects
from analyzer.report.report import Report


@dataclass(frozen=True)
class Evaluation:
    """Figures of one corpus; ``passages`` and ``suspects`` are None where the corpus marks nothing as taken from elsewhere,
    ``sentences`` and ``levels`` where it holds no such judgements."""

    name: str
    essays: int
    passages: dict | None
    suspects: dict | None
    sentences: dict | None
    levels: dict | None

    def to_dict(self) -> dict:
        return asdict(self)


def run(campaign: Campaign, **settings) -> Report:
    """``pipeline.analyze`` on the corpus' essays, with its official documents and templates; ``settings`` go there."""
    from analyzer.pipeline import analyze

    essays = tuple(campaign.documents("essay"))
    return analyze(
        Batch(essays, files=len(essays)), campaign.documents("official"), campaign.documents("template"), **settings
    )


def evaluate(campaign: Campaign, report: Report) -> Evaluation:
    """Score a report on a corpus: essays go by id, and those of one that are not in the other are left out."""
    marked = any(piece.get("from") for row in campaign.rows for piece in row["pieces"])
    known = {row["id"] for row in campaign.rows if row["kind"] == "essay"} & {essay.id for essay in report.essays}
    return Evaluation(
        campaign.name, len(known),
        score_matches(campaign, report.matches) if marked else None,
        score_suspects(campaign, report.originality) if marked else None,
        score_sentences(campaign, report.reflection), score_levels(campaign, report.reflection),
    )
