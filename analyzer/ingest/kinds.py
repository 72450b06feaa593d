"""What a file is, told from its first bytes; the extension decides only between kinds that look alike.

Names lie: a ``.doc`` is often a docx, RTF or web page, a ``.wps`` either kind of Word file.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath

from analyzer.ingest.errors import Unreadable
from analyzer.ingest.limits import LIMITS, Limits
from analyzer.ingest.zips import opened_zip, read_member

DOCUMENTS = frozenset({"docx", "ole", "pdf", "rtf", "odt", "txt"})
SHEETS = frozenset({"xlsx", "csv", "jsonl"})

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
)
_EXTENSIONS = {
    ".txt": "txt", ".md": "txt", ".markdown": "txt", ".text": "txt", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl",
    ".rar": "archive", ".7z": "archive", ".tar": "archive", ".gz": "archive", ".tgz": "archive",
    ".jpg": "image", ".jpeg": "image", ".png": "image", ".bmp": "image", ".heic": "image", ".tif": "image", ".webp": "image",
    ".xls": "old_sheet", ".et": "old_sheet", ".ppt": "slides", ".pptx": "slides", ".dps": "slides",
    ".htm": "web", ".html": "web", ".mht": "web", ".mhtml": "web",
}
_PACKED = {".docx", ".docm", ".dotx", ".odt", ".xlsx", ".xlsm", ".zip"}
_BINARY = {".doc", ".wps", ".pdf", ".rtf"}
_ODT = b"application/vnd.oasis.opendocument.text"
_MIMETYPE = 200
"""Bytes; more than any media type has."""
_WEB = (b"<!doctype html", b"<html", b"mime-version:")


def kind_of(name: str, data: bytes, limits: Limits = LIMITS) -> str:
    """``docx ole pdf rtf odt txt`` (documents), ``xlsx csv jsonl`` (sheets), ``zip``, a key of errors.REASONS, or ``unknown``.

    ``corrupt`` and ``corrupt_zip`` are files whose content is not what their name promises and nothing else either.
    """
    extension = PurePosixPath(name.lower()).suffix
    head = data[:1024]
    if head.startswith(b"PK"):
        return _kind_of_zip(extension, data, limits)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_WEB):
        return "web"
    named = _EXTENSIONS.get(extension, "")
    for magic, kind in _MAGIC:
        # two letters are no proof: a text may begin with BM or MM
        if head.startswith(magic) and not (len(magic) == 2 and named in ("txt", "csv", "jsonl")):
            return named if kind == "ole" and named in ("old_sheet", "slides") else kind
    if b"%PDF-" in head:
        return "pdf"
    if extension in _PACKED:
        return "corrupt_zip" if extension == ".zip" else "corrupt"
    if extension in _BINARY:
        return "txt" if _is_text(head) else "corrupt"
    if named:
        return named
    return "txt" if extension == "" and _is_text(head) else "unknown"


def _kind_of_zip(extension: str, data: bytes, limits: Limits) -> str:
    try:
        with opened_zip(io.BytesIO(data), limits) as archive:
            names = archive.namelist()
            kind = archive.getinfo("mimetype") if "mimetype" in names else None
            if kind is not None and kind.file_size < _MIMETYPE and read_member(archive, kind, _MIMETYPE, limits).startswith(_ODT):
                return "odt"
    except Unreadable as error:
        if error.key == "many_in_zip":
            return "many_in_zip"
        return "corrupt" if extension in _PACKED - {".zip"} else "corrupt_zip"
    if "[Content_Types].xml" in names:
        for prefix, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "slides")):
            if any(name.startswith(prefix) for name in names):
                return kind
        return "unknown"
    if extension in _PACKED - {".zip"}:
        return "corrupt"
    return "zip"


def _is_text(head: bytes) -> bool:
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))
