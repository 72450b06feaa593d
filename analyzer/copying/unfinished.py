"""What a comparison found, kept until the run that it belongs to has ended: an interrupted run need not compare again."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path

from analyzer.copying.commonness import Counts
from analyzer.copying.document import Document
from analyzer.copying.match import Match
from analyzer.saving import whole

_FOLDER = "unfinished"
_log = logging.getLogger(__name__)


def comparison_key(documents: Sequence[Document], elsewhere: Counts | None, *settings: str) -> str:
    """Hexadecimal digest of all that a comparison depends on; ``settings``: encoders, version."""
    digest = blake2b(repr(settings).encode(), digest_size=16)
    for document in documents:
        essay = document.essay
        digest.update(repr((essay.id, document.where, essay.text, len(document.quoted))).encode("utf-8", "surrogatepass"))
        digest.update(document.quoted)
    if elsewhere is not None:
        digest.update(elsewhere.hashes)
        digest.update(elsewhere.documents)
    return digest.hexdigest()


def found_once(cache: Path, key: str, find: Callable[[], list[Match]]) -> list[Match]:
    """``find()``, or what it gave before for the same ``key`` in a run that did not end."""
    path = cache / _FOLDER / f"{key}.json"
    try:
        return [Match(*row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError) as error:
        _log.warning("kept comparison unreadable: %s", type(error).__name__)
    matches = find()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as unfinished, open(unfinished, "w", encoding="utf-8") as out:
            json.dump([astuple(match) for match in matches], out)
    except OSError as error:
        _log.warning("comparison not kept: %s", error.strerror or type(error).__name__)
    return matches


def forget(cache: Path | None) -> None:
    """A run has ended: nothing is kept."""
    if cache is not None:
        shutil.rmtree(cache / _FOLDER, ignore_errors=True)
