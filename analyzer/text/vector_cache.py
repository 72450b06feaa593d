"""Sentence vectors kept on disk, so that a sentence that was encoded once never is again.

A folder of segments, one a run: ``N.keys.npy`` (sorted 128-bit hashes of sentences) and ``N.rows.npy`` (their vectors, float16).
Nothing here is needed: a segment that cannot be read is removed, a folder that is gone is begun anew, a disk that is full keeps
what it has. Hashes give no text back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from analyzer.saving import whole

LARGEST = 4 << 30
"""Bytes of the whole cache, all encoders; the oldest segments go first."""

_KEY = np.dtype([("high", "<u8"), ("low", "<u8")])
_log = logging.getLogger(__name__)


class VectorCache:
    """Vectors of one encoder.

    Parameters
    ----------
    folder : of all encoders' caches; made when first written to.
    encoder : whatever tells encoders with different vectors apart.
    """

    def __init__(self, folder: Path, encoder: str) -> None:
        self._root = Path(folder)
        self._folder = self._root / blake2b(encoder.encode(), digest_size=8).hexdigest()

    def look_up(self, sentences: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """(k,) positions in ``sentences`` of those that are known, ascending, and their (k, d) float16 rows."""
        keys = _keys(sentences)
        found = np.zeros(len(keys), bool)
        places, rows = [], []
        for path in sorted(self._folder.glob("*.keys.npy"), reverse=True):
            segment = _open(path)
            if segment is None or not len(segment[0]):
                continue
            known, vectors = segment
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            here = np.flatnonzero((known[at] == keys) & ~found)
            if len(here) and (not rows or rows[0].shape[1] == vectors.shape[1]):
                taken = np.argsort(at[here], kind="stable")  # the file is read from front to back
                found[here] = True
                places.append(here[taken])
                rows.append(np.asarray(vectors[at[here][taken]]))
        if not rows:
            return np.zeros(0, int), np.zeros((0, 0), np.float16)
        places_, rows_ = np.concatenate(places), np.concatenate(rows)
        order = np.argsort(places_)
        return places_[order], rows_[order]

    def keep(self, sentences: Sequence[str], rows: np.ndarray) -> None:
        """Add the (n, d) rows of sentences that were not known; says so in the log where the disk does not take them."""
        if not len(sentences):
            return
        keys = _keys(sentences)
        order = np.argsort(keys)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{_next(self._folder):06d}-{secrets.token_hex(3)}"
            _write(self._folder / f"{name}.rows.npy", rows[order].astype(np.float16))
            _write(self._folder / f"{name}.keys.npy", keys[order])
            _trim(self._root)
        except OSError as error:
            _log.warning("vector cache not written: %s", error.strerror or type(error).__name__)


def _keys(sentences: Sequence[str]) -> np.ndarray:
    digests = b"".join(blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16).digest() for sentence in sentences)
    return np.frombuffer(digests, _KEY)


def _next(folder: Path) -> int:
    return 1 + max((int(path.name[:6]) for path in folder.glob("*.keys.npy") if path.name[:6].isdigit()), default=0)


def _open(keys_path: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """Keys and memory-mapped rows; None, and the segment removed, where they do not fit together."""
    rows_path = keys_path.with_name(keys_path.name.replace(".keys.", ".rows."))
    try:
        keys = np.load(keys_path, allow_pickle=False)
        rows = np.load(rows_path, allow_pickle=False, mmap_mode="r")
        if keys.dtype == _KEY and rows.dtype == np.float16 and rows.ndim == 2 and len(rows) == len(keys):
            return keys, rows
    except (OSError, ValueError, EOFError):
        pass  # half written, cut off or overwritten: below
    _log.warning("vector cache segment %s unreadable, removed", keys_path.name)
    for path in (keys_path, rows_path):
        try:
            path.unlink(missing_ok=True)
        except OSError:  # in use by another process on Windows: ignored again next time
            continue
    return None


def _write(path: Path, array: np.ndarray) -> None:
    with whole(path) as unfinished, open(unfinished, "wb") as out:
        np.save(out, array)


def _trim(root: Path) -> None:
    """Oldest segments out until the cache is no larger than LARGEST."""
    segments = sorted(root.glob("*/*.keys.npy"), key=lambda path: path.stat().st_mtime)
    size = lambda path: sum(p.stat().st_size for p in _pair(path) if p.exists())
    total = sum(map(size, segments))
    for path in segments[:-1]:
        if total <= LARGEST:
            break
        total -= size(path)
        for part in _pair(path):
            part.unlink(missing_ok=True)


def _pair(keys_path: Path) -> tuple[Path, Path]:
    return keys_path, keys_path.with_name(keys_path.name.replace(".keys.", ".rows."))
