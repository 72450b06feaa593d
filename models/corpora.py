"""The labelled campaigns under models/reflection/data, as the training scripts and benchmarks read them."""

from __future__ import annotations

from pathlib import Path

from analyzer.evaluation.corpus import Campaign, load_campaign, passage_roots, shared_shares, text_of

__all__ = ["DATA", "WHERE", "Campaign", "load_campaign", "load_campaigns", "passage_roots", "shared_share", "text_of"]

DATA = Path(__file__).resolve().parent / "reflection" / "data"
WHERE = {"essay": "batch", "template": "library", "official": "official"}


def load_campaigns(folder: Path = DATA) -> list[Campaign]:
    """Every campaign in ``folder``, by name; DATASHEET.md beside the files says how they were made."""
    return [load_campaign(folder / f"{name}.jsonl") for name in campaign_names(folder)]


def campaign_names(folder: Path = DATA) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.jsonl") if "." not in path.stem)


def shared_share(campaign: Campaign, id: str) -> float:
    """Share (0 to 1) of a document's characters that some other document holds too, quotations left out."""
    return shared_shares(campaign)[id]
