"""Essays out of what was read: whose each is, duplicates told from copies, an id for each."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from analyzer.essay import Essay, Problem
from analyzer.ingest.heading import Heading
from analyzer.ingest.join import Clues
from analyzer.ingest.names import looks_like_unit, name_in_stem, tokens, unit_of_folders
from analyzer.ingest.roster import Row
from analyzer.ingest.tiers import TierRules


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read, before it is known whose it is."""

    file: str
    text: str
    digest: bytes
    """Hash of the file's bytes."""
    traces: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An essay that may still turn out to be a duplicate."""

    essay: Essay
    digest: bytes | None = None
    """Of the file; None for a row of a roster."""
    on_roster: bool = True


def essay_of_row(row: Row, rules: TierRules) -> Essay:
    """Text, id and title exactly as the roster has them; without a text, a person from whom nothing came."""
    post = row.post or row.rank
    return Essay(
        id=row.id or short_id("E", row.place), text=row.text or "", title=row.title, author=row.author, unit=row.unit, post=post,
        tier=rules.tier_of(row.tier, (), post, row.unit), batch=row.batch, file=row.place if row.text else "", reviewer=row.reviewer,
    )


def essay_of_document(
    document: Document, heading: Heading, row: Row | None, name: str, rules: TierRules, units: Collection[str],
) -> tuple[Essay, str]:
    """The essay, what the roster lacks being filled in from the file's name and heading, and a note or an empty string.

    ``name``: the roster name that the file carries, also where ``row`` is None because it has namesakes.
    """
    clues = Clues(document.file, heading)
    row = row or Row("", 0, author=name)
    author, note = _author(clues, row)
    unit = row.unit or _unit(clues, units)
    post = row.post or row.rank or (heading.post if heading.author in ("", author) else "")
    essay = Essay(
        id=row.id or short_id("E", document.file), text=document.text, title=row.title or heading.title, author=author, unit=unit,
        post=post, tier=rules.tier_of(row.tier, clues.folders, post, unit), batch=row.batch, file=document.file,
        reviewer=row.reviewer, traces=document.traces,
    )
    return essay, note


def _author(clues: Clues, row: Row) -> tuple[str, str]:
    """Who handed the file in. The file's name is the organizer's word; a copy may still bear its first author's name inside."""
    inside = clues.heading.author
    stem = row.author or name_in_stem(clues.stem)
    if not row.author and stem in clues.heading.title:
        stem = ""  # 方向盘.docx is called after its title
    if stem and inside and stem != inside:
        return stem, f"“{clues.file}”：按文件名或名单记在“{stem}”名下，文中署名却是“{inside}”，请核对"
    return stem or inside, ""


def _unit(clues: Clues, units: Collection[str]) -> str:
    """The organizer's own folders first, unless the heading or the file's name holds a unit that the roster knows."""
    told = [unit_of_folders(clues.folders), clues.heading.unit, *filter(looks_like_unit, tokens(clues.stem))]
    return next((unit for unit in told if unit in units), None) or next(filter(None, told), "")


def without_duplicates(candidates: Sequence[Candidate]) -> tuple[list[Essay], list[Problem]]:
    """Essays in their order, and a Problem for each file that somebody handed in twice.

    The same bytes, or the same text under the same name, are one essay. The same text under two names is two essays:
    that is what this program looks for. Of two the one that says most about its author is kept.
    """
    kept: list[int] = []
    duplicates: dict[int, int] = {}
    by_content: dict[object, list[int]] = {}
    order = sorted(range(len(candidates)), key=lambda n: (not candidates[n].on_roster, not candidates[n].essay.author, n))
    for n in order:
        this = candidates[n]
        keys = [re.sub(r"\s+", "", this.essay.text)] + ([this.digest] if this.digest else [])
        twin = next((m for key in keys for m in by_content.get(key, []) if _is_same(this, candidates[m])), None)
        if twin is not None:
            duplicates[n] = twin
            continue
        kept.append(n)
        for key in keys:
            by_content.setdefault(key, []).append(n)
    problems = [
        Problem(candidates[n].essay.file, f"与“{candidates[twin].essay.file}”是同一人的同一篇，重复提交，只计一次")
        for n, twin in sorted(duplicates.items())
    ]
    return [candidates[n].essay for n in sorted(kept)], problems


def _is_same(one: Candidate, other: Candidate) -> bool:
    a, b = one.essay, other.essay
    if a.batch != b.batch or (a.unit and b.unit and a.unit != b.unit):
        return False
    if a.author and b.author:
        return a.author == b.author
    # nobody's name on one of them: only the very same file is surely no second person's
    return one.digest is not None and one.digest == other.digest


def with_unique_ids(essays: Sequence[Essay]) -> tuple[list[Essay], list[str]]:
    """Every id once: a second essay of one roster row, or of two rows with one id, gets ``-2``; with notes about the latter."""
    seen: Counter[str] = Counter()
    taken = {essay.id for essay in essays}
    unique, doubled = [], []
    for essay in essays:
        seen[essay.id] += 1
        id = essay.id
        while seen[essay.id] > 1 and id in taken:
            id = f"{essay.id}-{seen[essay.id]}"
            if id in taken:
                seen[essay.id] += 1
        if id != essay.id:
            doubled.append(essay.id)
            taken.add(id)
        unique.append(replace(essay, id=id))
    notes = [f"编号“{id}”不止一篇在用，后面的已改成“{id}-2”这样的编号" for id in dict.fromkeys(doubled)]
    return unique, notes


def short_id(prefix: str, *what: str) -> str:
    """The same for the same file in every run, e.g. ``E3f9a01c2``."""
    return prefix + hashlib.blake2b("\n".join(what).encode("utf-8", "replace"), digest_size=4).hexdigest()
