"""A labelled corpus: essays with the truth about who took what from where, what each sentence does and how deep it goes.

docs/labelled-corpus.md describes the files; the campaigns under models/reflection/data are in this form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from analyzer.essay import Essay
from analyzer.ingest.errors import IngestError

KINDS = ("essay", "official", "template")


@dataclass(frozen=True)
class Campaign:
    """One labelled campaign."""

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
        return [Essay(text=text_of(row), **{f: row.get(f) or "" for f in fields}) for row in self.rows if row["kind"] == kind]

    def copies_nothing(self, id: str) -> bool:
        """The document is wholly its writer's own, but for quotations."""
        row = next(row for row in self.rows if row["id"] == id)
        return not any(piece.get("from") for piece in row["pieces"])


def text_of(row: dict) -> str:
    return "".join(piece["t"] for piece in row["pieces"])


def load_campaign(path: Path) -> Campaign:
    """``NAME.jsonl`` with ``NAME.sentences.jsonl`` and ``NAME.ratings.jsonl`` where they lie beside it.

    Raises IngestError, in Chinese, for a file that is missing, is not of this form or contradicts itself.
    """
    if not path.exists():
        raise IngestError(f"找不到“{path}”：请检查路径。")
    beside = lambda what: _lines(path.with_suffix(f".{what}.jsonl"))
    rows = _lines(path)
    _check(path, rows)
    return Campaign(path.stem, tuple(rows), _by_essay(beside("sentences")), _by_essay(beside("ratings")))


def _lines(path: Path) -> list[dict]:
    if not path.exists():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise IngestError(f"“{path.name}”第 {number} 行不是有效的 JSON：请改正后重试。") from error
    return rows


def _check(path: Path, rows: list[dict]) -> None:
    form = "格式见 docs/labelled-corpus.md"
    pieces = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or row.get("kind") not in KINDS or "id" not in row:
            raise IngestError(f"“{path.name}”第 {number} 行缺少 id，或 kind 不是 {'、'.join(KINDS)}：{form}。")
        if not row.get("pieces") or any("t" not in piece for piece in row["pieces"]):
            raise IngestError(f"“{path.name}”中 {row['id']} 没有 pieces，或有一段没有文字 t：{form}。")
        if row["id"] in pieces:
            raise IngestError(f"“{path.name}”中编号 {row['id']} 出现了两次：每篇的 id 应当不同。")
        pieces[row["id"]] = row["pieces"]
    if not any(row["kind"] == "essay" for row in rows):
        raise IngestError(f"“{path.name}”里没有心得体会（kind 为 essay 的行）：{form}。")
    for id in pieces:
        for k in range(len(pieces[id])):
            _follow(path, pieces, id, k)


def _follow(path: Path, pieces: dict[str, list[dict]], id: str, k: int) -> None:
    seen = set()
    while source := pieces[id][k].get("from"):
        if (id, k) in seen:
            raise IngestError(f"“{path.name}”中 {id} 的第 {k} 段绕了一圈抄自自己：请改正 from。")
        seen.add((id, k))
        if source.get("id") not in pieces or not 0 <= source.get("piece", -1) < len(pieces[source["id"]]):
            raise IngestError(f"“{path.name}”中 {id} 的第 {k} 段抄自 {source}，但没有这一段：请改正 from。")
        id, k = source["id"], source["piece"]


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


def shared_shares(campaign: Campaign) -> dict[str, float]:
    """By document: share (0 to 1) of its characters that some other document holds too, quotations left out."""
    spans = passage_roots(campaign)
    held_by: dict[tuple, set[str]] = defaultdict(set)
    for document, pieces in spans.items():
        for _, _, root, _ in pieces:
            held_by[root].add(document)
    shares = {}
    for id, pieces in spans.items():
        shared = sum(end - start for start, end, root, _ in pieces if root is not None and len(held_by[root]) > 1)
        shares[id] = shared / max(1, pieces[-1][1])
    return shares
