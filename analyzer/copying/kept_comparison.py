"""What a comparison found, kept until the run that it belongs to has ended: an interrupted run need not compare again.

Kept are places, kinds and ids of passages, nothing of what they say.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path

from analyzer.copying.commonness import Counts
from analyzer.copying.document import Document
from analyzer.copying.match import Match
from analyzer.resources import resource
from analyzer.saving import whole

LONGEST = 30 * 24 * 3600
"""Seconds after which nobody goes on with a run."""

_FOLDER = "unfinished"
_values = attrgetter(*Match.__dataclass_fields__)
_of_this_run: ContextVar[list[Path] | None] = ContextVar("kept comparisons", default=None)
_log = logging.getLogger(__name__)


@contextmanager
def kept_until_done() -> Iterator[None]:
    """A run, until what it found is saved: comparisons inside are kept, and go where it ends without an error."""
    kept: list[Path] = []
    token = _of_this_run.set(kept)
    try:
        yield
    finally:
        _of_this_run.reset(token)
    for path in kept:
        path.unlink(missing_ok=True)


def comparison_key(documents: Sequence[Document], elsewhere: Counts | None, *settings: str) -> str:
    """Hexadecimal digest of all that a comparison depends on: texts, quotations, counts, models, the code of this package, and
    ``settings`` (encoders)."""
    digest = blake2b(repr(settings).encode(), digest_size=16)
    models = resource("models", "copying")
    for path in sorted([*Path(__file__).parent.glob("*.py"), *models.glob("*.json"), *models.glob("*.npy")]):
        digest.update(path.read_bytes())
    for document in documents:
        essay = document.essay
        digest.update(repr((essay.id, document.where, essay.text, len(document.quoted))).encode("utf-8", "surrogatepass"))
        digest.update(document.quoted)
    if elsewhere is not None:
        digest.update(elsewhere.hashes)
        digest.update(elsewhere.documents)
    return digest.hexdigest()


def found_once(cache: Path, key: str, find: Callable[[], list[Match]]) -> list[Match]:
    """``find()``, or what it gave before for the same ``key`` in a run that did not end; kept inside ``kept_until_done``."""
    kept = _of_this_run.get()
    if kept is None:
        return find()
    path = cache / _FOLDER / f"{key}.jsonl"
    kept.append(path)
    try:
        with open(path, encoding="utf-8") as lines:
            return [Match(*json.loads(line)) for line in lines]
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError) as error:
        _log.warning("kept comparison unreadable: %s", type(error).__name__)
    matches = find()
    try:
        _keep(path, matches)
    except OSError as error:
        _log.warning("comparison not kept: %s", error.strerror or type(error).__name__)
    return matches


def _keep(path: Path, matches: Sequence[Match]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in path.parent.iterdir():
        if time.time() - other.stat().st_mtime > LONGEST:
            other.unlink(missing_ok=True)
    with whole(path) as unfinished, open(unfinished, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(_values(match)) + "\n" for match in matches)


def drop_kept(cache: Path) -> None:
    """Every kept comparison, whoever's."""
    for path in (cache / _FOLDER).glob("*"):
        path.unlink(missing_ok=True)
