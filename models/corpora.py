"""The labelled campaigns under models/reflection/data, as the training scripts and benchmarks read them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from analyzer.essay import Essay

DATA = Path(__file__).resolve().parent / "reflection" / "data"
WHERE = {"essay": "batch", "template": "library", "official": "official"}


@dataclass(frozen=True)
class Campaign:
    """One labelled campaign; DATASHEET.md beside the files says how it was made."""

    name: str
    rows: tuple[dict, ...]
    """Documents as stored: id, kind, title, …, intended, pieces."""
    sentences: dict[str, list[dict]]
    """By essay id: start, end, text, label."""
    ratings: dict[str, list[dict]]
    """By essay id: one entry a rater: rater, depth, aspects."""

    def documents(self, kind: str) -> list[Essay]:
        """Documents of one kind (essay, official, template) as essays, in stored order."""
        fields = ("id", "title", "author", "unit", "post", "tier", "batch")
        return [Essay(text=text_of(row), **{f: row.get(f, "") for f in fields}) for row in self.rows if row["kind"] == kind]

    def copies_nothing(self, id: str) -> bool:
        """The document is wholly its writer's own, but for quotations."""
        row = next(row for row in self.rows if row["id"] == id)
        return not any(piece.get("from") for piece in row["pieces"])


def text_of(row: dict) -> str:
    return "".join(piece["t"] for piece in row["pieces"])


def load_campaigns(folder: Path = DATA) -> list[Campaign]:
    """Every campaign in ``folder``, by name."""
    names = sorted(path.stem for path in folder.glob("*.jsonl") if "." not in path.stem)
    return [load_campaign(folder / f"{name}.jsonl") for name in names]


def load_campaign(path: Path) -> Campaign:
    beside = lambda what: _lines(path.with_suffix(f".{what}.jsonl"))
    return Campaign(path.stem, tuple(_lines(path)), _by_essay(beside("sentences")), _by_essay(beside("ratings")))


def _lines(path: Path) -> list[dict]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _by_essay(rows: list[dict]) -> dict[str, list[dict]]:
    grouped: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        grouped[row["id"]].append(row)
    return dict(grouped)


def passage_roots(campaign: Campaign) -> dict[str, list[tuple[int, int, tuple | None, str | None]]]:
    """By document: (start, end, root, edit) of each piece; the root is (document, piece), None for a quotation."""
    rows = {row["id"]: row for row in campaign.rows}

    def root(id: str, k: int):
        piece = rows[id]["pieces"][k]
        if "quote" in piece:
            return None
        return root(piece["from"]["id"], piece["from"]["piece"]) if piece.get("from") else (id, k)

    spans = {}
    for id, row in rows.items():
        at, spans[id] = 0, []
        for k, piece in enumerate(row["pieces"]):
            spans[id].append((at, at + len(piece["t"]), root(id, k), piece.get("edit") if piece.get("from") else None))
            at += len(piece["t"])
    return spans


def shared_share(campaign: Campaign, id: str) -> float:
    """Share (0 to 1) of a document's characters that some other document holds too, quotations left out."""
    spans = passage_roots(campaign)
    held_by: dict[tuple, set[str]] = defaultdict(set)
    for document, pieces in spans.items():
        for _, _, root, _ in pieces:
            held_by[root].add(document)
    shared = sum(end - start for start, end, root, _ in spans[id] if root is not None and len(held_by[root]) > 1)
    return shared / max(1, spans[id][-1][1])
