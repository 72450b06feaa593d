"""Files out of folders, zips and zips within zips, read in memory: nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.essay import Problem
from analyzer.ingest.errors import REASONS, IngestError, Unreadable
from analyzer.ingest.kinds import kind_of
from analyzer.ingest.limits import Limits
from analyzer.ingest.zips import is_bomb, opened_zip, read_member

_LEFTOVERS = {"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"}
_LEFTOVER_FOLDERS = {"__macosx", "$recycle.bin", "system volume information"}
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
"""Extra field in which Info-ZIP keeps the name in UTF-8 (APPNOTE.TXT 4.6.9)."""
_FEW = 10
"""Members up to which an over-packed zip is looked at one by one."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories (unicodedata) of characters that make a name look like another (``gpj.exe`` turned round), break a line or a terminal, or cannot be written."""

@dataclass(frozen=True, slots=True)
class File:
    """One file of the batch: ``name`` as the organizer knows it (path inside the folder or zip, ``/`` between parts)."""

    name: str
    data: bytes
    kind: str
    """See kinds.kind_of."""
    given: bool
    """Whether this very file was named as a path, not found inside a folder or zip."""
    path: Path | None = None
    """Where it lies on disk, if it does not lie in a zip."""


def is_leftover(name: str) -> bool:
    """Files that programs leave behind and nobody handed in: lock files, folder settings, hidden files."""
    parts = name.split("/")
    if any(part.lower() in _LEFTOVER_FOLDERS or part.startswith(".") for part in parts):
        return True
    last = parts[-1].lower()
    return last in _LEFTOVERS or last.startswith(("~$", "~wrl")) or (last.startswith("~") and last.endswith(".tmp"))


def files_in(paths: Iterable[str | os.PathLike[str]], limits: Limits) -> Iterator[File | Problem]:
    """Every file under these paths, in the order of their names; a Problem for each that cannot even be opened.

    Raises IngestError for a missing path, and where the batch as a whole exceeds the limits.
    """
    paths = [Path(path) for path in paths]
    for path in paths:
        if not path.exists():
            raise IngestError(f"找不到“{path}”：请检查路径是否写对、文件是否已移走")
    walker = _Walker(limits)
    for path in paths:
        prefix = "" if len(paths) == 1 or path.is_file() else f"{path.name}/"
        if path.is_dir():
            yield from walker.folder(path, prefix)
        else:
            yield from walker.file(path, path.name, given=True, alone=len(paths) == 1)


@dataclass(slots=True)
class _Budget:
    """What one zip, with all zips within it, may still give."""

    files: int
    bytes: int

    def take(self, size: int) -> bool:
        self.files -= 1
        self.bytes -= size
        return self.files >= 0 and self.bytes >= 0


class _Walker:
    """Walks and keeps count of what has been taken in so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files = 0
        self.bytes = 0
        self.names: Counter[str] = Counter()

    def folder(self, folder: Path, prefix: str) -> Iterator[File | Problem]:
        found = []
        for root, folders, names in os.walk(folder):
            # os.walk does not follow links to folders; they are named, so that nobody wonders where their files are
            links = [name for name in folders if os.path.islink(os.path.join(root, name))]
            found += [Path(root, name) for name in (*names, *links)]
        for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
            inside = _nfc(path.relative_to(folder).as_posix())
            if is_leftover(inside):
                continue
            if path.is_symlink():  # might lead anywhere on this machine
                yield self._problem(_shown(prefix + inside, self.limits), "link")
            else:
                yield from self.file(path, prefix + inside, given=False, alone=False)

    def file(self, path: Path, name: str, given: bool, alone: bool) -> Iterator[File | Problem]:
        name = _shown(name, self.limits)
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode):  # to read from a pipe is to wait for ever
                yield self._problem(name, "special")
                return
            if about.st_size > self.limits.file_bytes:
                if zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
                    # a big zip is read from where it lies, not taken into memory whole
                    yield from self._zip(name, path, 0, alone)
                else:
                    yield self._problem(name, "large")
                return
            data = path.read_bytes()
        except OSError as error:
            self._count(0)
            yield Problem(name, f"读不出来（{error.strerror or error}）：请检查文件是否被占用、有没有权限")
            return
        yield from self._bytes(name, data, 0, given, path, alone)

    def _bytes(
        self, name: str, data: bytes, depth: int, given: bool, path: Path | None, alone: bool, budget: _Budget | None = None
    ) -> Iterator[File | Problem]:
        if not data and not name.lower().endswith(".jsonl"):  # a table without rows is none the worse for it
            yield self._problem(name, "empty_file")
            return
        kind = kind_of(name, data, self.limits)
        if kind == "zip":
            if depth > self.limits.depth:
                yield self._problem(name, "nested")
            else:
                yield from self._zip(name, io.BytesIO(data), depth, alone, budget)
            return
        self._count(len(data))
        if kind in REASONS:
            yield Problem(name, REASONS[kind])
        else:
            yield File(name, data, kind, given, path)

    def _zip(
        self, name: str, source: Path | io.BytesIO, depth: int, alone: bool, budget: _Budget | None = None
    ) -> Iterator[File | Problem]:
        limits = self.limits
        budget = budget or _Budget(limits.zip_files, limits.total_bytes if alone else limits.zip_bytes)
        # a zip that is the whole batch goes without saying; any other is part of the name, like a folder
        prefix = "" if alone else f"{name}/"
        try:
            with opened_zip(source, limits) as archive:
                members = archive.infolist()
                if len(members) > limits.zip_files:
                    yield self._problem(name, "many_in_zip")
                    return
                # the names of a few say more than the name of all
                if len(members) > _FEW and is_bomb(sum(m.file_size for m in members), sum(m.compress_size for m in members), limits):
                    yield self._problem(name, "bomb")
                    return
                # not ZipInfo.is_dir, which falls over an empty name before Python 3.12
                named = [(info, member) for info, member in _named_members(archive)
                         if not info.filename.endswith("/") and not is_leftover(member)]
                for info, member in named:
                    if not budget.take(info.file_size):
                        yield self._problem(name, "many_in_zip")
                        return
                    yield from self._member(archive, info, self._own_name(prefix + member), depth, budget)
        except Unreadable as reason:
            self._count(0)
            yield Problem(name, str(reason))
            return
        if not named:
            yield self._problem(name, "empty_zip")

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int, budget: _Budget
    ) -> Iterator[File | Problem]:
        most = self.limits.nested_bytes if info.filename.lower().endswith(".zip") else self.limits.file_bytes
        try:
            data = read_member(archive, info, most, self.limits)
        except Unreadable as reason:
            self._count(0)
            yield Problem(name, str(reason))
            return
        yield from self._bytes(name, data, depth + 1, False, None, False, budget)

    def _own_name(self, name: str) -> str:
        """The name as it is shown and, unlike the name in a zip, no other member's."""
        name = _shown(name, self.limits)
        self.names[name] += 1
        if self.names[name] == 1:
            return name
        stem, dot, extension = name.rpartition(".")
        number = self.names[name]
        return self._own_name(f"{stem}（{number}）.{extension}" if dot and "/" not in extension else f"{name}（{number}）")

    def _problem(self, name: str, reason: str) -> Problem:
        self._count(0)
        return Problem(name, REASONS[reason])

    def _count(self, size: int) -> None:
        self.files += 1
        self.bytes += size
        if self.files > self.limits.files:
            raise IngestError(f"文件超过 {self.limits.files} 个：请分批提交")
        if self.bytes > self.limits.total_bytes:
            raise IngestError(f"全部文件解压后超过 {self.limits.total_bytes >> 20} MB：请分批提交，或先压缩文件里的图片")


def _shown(name: str, limits: Limits) -> str:
    """The name with nothing unseen in it, and not endless."""
    if not name.isprintable():
        name = "".join("\ufffd" if unicodedata.category(character) in _UNSEEN else character for character in name)
    if len(name) <= limits.name_characters:
        return name
    kept = limits.name_characters // 2
    return f"{name[:kept]}…{name[-kept:]}"


def _named_members(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """Members with their real names, in the order of the names.

    Without the UTF-8 flag the name is in whatever the packing system spoke: GBK on Chinese Windows, UTF-8 on macOS.
    One archive has one such encoding, so it is decided over all names together.
    """
    raw = {
        info: info.orig_filename.encode("cp437", "replace")
        for info in archive.infolist() if not info.flag_bits & _UTF8_NAME
    }
    encoding = _name_encoding(b"\n".join(raw.values()))
    named = []
    for info in archive.infolist():
        if info in raw:
            name = _unicode_path(info, raw[info]) or raw[info].decode(encoding, "replace")
        else:
            name = info.orig_filename
        named.append((info, _safe(name)))
    return sorted(named, key=lambda pair: pair[1].split("/"))


def _name_encoding(names: bytes) -> str:
    try:
        text = names.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    # two GBK bytes may by chance be one UTF-8 letter, but then a Latin, Greek or Arabic one
    return "utf-8" if text.isascii() or any("\u3000" <= character <= "\u9fff" for character in text) else "gb18030"


def _unicode_path(info: zipfile.ZipInfo, raw: bytes) -> str:
    """The name from the Unicode Path extra field, or an empty string where there is none that belongs to this name."""
    extra = info.extra
    while len(extra) >= 4:
        field, size = struct.unpack_from("<HH", extra)
        body, extra = extra[4:4 + size], extra[4 + size:]
        if field == _UNICODE_PATH and len(body) > 5 and body[0] == 1 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            return body[5:].decode("utf-8", "replace")
    return ""


def _safe(name: str) -> str:
    """The name without drive letters and steps upwards. Nothing is written under it, but it is shown and compared."""
    parts = _nfc(name.replace("\\", "/").split("\0")[0]).split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..") and not part.endswith(":")) or "（无名文件）"


def _nfc(name: str) -> str:
    """macOS stores names decomposed; NFC is what a roster holds."""
    return unicodedata.normalize("NFC", name)
