"""The things that everything else is about: an essay as it was handed in, its sentences, a batch of essays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TIERS = ("leadership", "middle", "frontline")
"""From the top down; an essay whose tier is not known has the empty string."""


@dataclass(frozen=True, slots=True)
class Essay:
    """One 心得体会 (or one official document, or one 范文), exactly as handed in.

    ``text`` is never normalized: every offset anywhere in Xinde is a code point index into it, end exclusive.
    """

    id: str
    text: str
    title: str = ""
    author: str = ""
    unit: str = ""
    post: str = ""
    tier: str = ""
    batch: str = ""
    file: str = ""
    """Name within the batch, as the organizer knows it, e.g. ``城东所/张三.docx``."""
    reviewer: str = ""
    """Who signed the essay off before it was handed in (审核人), where the roster says so."""
    traces: Mapping[str, str] = field(default_factory=dict)
    """What the file itself tells: author, last_modified_by, created, modified, editing_minutes, revision, application."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an essay: ``essay.text[start:end] == text``."""

    essay: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (or roster row) that gave no essay, and why, in words for the organizer."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in: every file is either an essay or a problem (``files == len(essays) + len(problems)`` for files)."""

    essays: tuple[Essay, ...]
    problems: tuple[Problem, ...] = ()
    files: int = 0
    """How many items came in (files, or roster rows where the text is in the roster)."""
    absent: tuple[Essay, ...] = ()
    """People on the roster from whom no file came (essays with empty text and no file)."""
    notes: tuple[str, ...] = ()
    """What the organizer should know about how files and roster were joined, in Chinese."""
