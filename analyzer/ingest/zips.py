"""Zips opened as what they are, foreign data: how many members, how big, how packed, what kind, before anything is unpacked.

Used for collected zips and for docx, odt and xlsx alike, which are zips too.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from analyzer.ingest.errors import Unreadable, unreadable
from analyzer.ingest.limits import Limits

_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What systems and office programs write. Of the others LZMA takes as much memory (4 GiB) as the packed data asks for."""


@contextmanager
def opened_zip(source: Path | BinaryIO, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The zip, for reading; its directory is no longer than the limits allow. Raises Unreadable."""
    file = open(source, "rb") if isinstance(source, Path) else source
    guarded = _Guarded(file, limits.directory_bytes)
    try:
        try:
            archive = zipfile.ZipFile(guarded)
        except Unreadable:
            raise
        except Exception as error:  # of a damaged directory zipfile lets struct.error, UnicodeDecodeError and others through
            raise unreadable("corrupt_zip") from error
        guarded.most = None
        with archive:
            yield archive
    finally:
        if isinstance(source, Path):
            file.close()


class _Guarded:
    """A file that refuses to hand out ``most`` bytes at once: zipfile reads a directory in one go, however long it says it is."""

    def __init__(self, file: BinaryIO, most: int | None) -> None:
        self.file, self.most = file, most
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and size > self.most:
            raise unreadable("many_in_zip")
        return self.file.read(size)

    def seekable(self) -> bool:
        return True


def refusal(info: zipfile.ZipInfo, most: int, limits: Limits) -> str | None:
    """Why this member is not read, a key of errors.REASONS, or None where it may be."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted_zip"
    if info.compress_type not in _METHODS:
        return "zip_method"
    if is_bomb(info.file_size, info.compress_size, limits):
        return "bomb"
    return "large" if info.file_size > most else None


def is_bomb(unpacked: int, packed: int, limits: Limits) -> bool:
    return unpacked > limits.ratio_from and unpacked > limits.ratio * max(1, packed)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, limits: Limits) -> bytes:
    """The member unpacked, at most ``most`` bytes. Raises Unreadable."""
    reason = refusal(info, most, limits)
    if reason is not None:
        raise unreadable(reason)
    try:
        with archive.open(info) as member:
            data = member.read(most + 1)  # the size in the directory may be a lie
    except RuntimeError as error:  # zipfile's word for what it does not know
        raise unreadable("zip_method") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        raise unreadable("corrupt") from error
    if len(data) > most:
        raise unreadable("large")
    return data


def check_package(data: bytes, limits: Limits) -> None:
    """A docx, odt or xlsx may be a bomb like any other zip, and its XML too. Raises Unreadable if it is."""
    with opened_zip(io.BytesIO(data), limits) as package:
        members = package.infolist()
        if len(members) > limits.parts:
            raise unreadable("parts")
        if any(is_bomb(member.file_size, member.compress_size, limits) for member in members):
            raise unreadable("bomb")
        # pictures are stored as they are, so an honest document hardly grows beyond twice the limit for files
        if sum(member.file_size for member in members) > 4 * limits.file_bytes:
            raise unreadable("large")
        for member in members:
            if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
                raise unreadable("corrupt")
            if member.filename.lower().endswith((".xml", ".rels")):
                _check_xml(read_member(package, member, limits.xml_bytes, limits))


def _check_xml(part: bytes) -> None:
    """No office program defines entities (OPC, ECMA-376 part 2, forbids them); they make bombs, and reach for other files."""
    if b"<!ENTITY" in part or b"<\0!\0E\0N\0T\0I\0T\0Y" in part or b"\0<\0!\0E\0N\0T\0I\0T\0Y" in part:
        raise unreadable("entities")

