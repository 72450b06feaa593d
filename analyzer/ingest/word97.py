"""Text of a Word 97-2003 file (.doc, and .wps as WPS Office writes it): the piece table of [MS-DOC] read with olefile.

Own code, because the libraries lose text or add some: legacy-doc 0.2.1 skips the pieces that Word's fast save appends
and mixes headers, footers and field codes into the text, sharepoint-to-text 2.0.1 guesses the encoding from the bytes.
Section numbers below are those of [MS-DOC] (Microsoft Open Specifications, revision 12.4).
"""

from __future__ import annotations

import datetime
import io
import re
import struct

from analyzer.ingest.decode import without_surrogates
from analyzer.ingest.errors import unreadable

_FIRST_WORD_97 = 0x00C1
"""nFib (2.5.2); smaller ones are Word 6 and 95, laid out differently."""
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_CLX = 0x01A2
"""Where in the FIB fcClx and lcbClx lie (2.5.6)."""
_LENGTHS = struct.Struct("<8i")
_LENGTHS_AT = 0x4C
"""ccpText, ccpFtn, ccpHdd, ccpMcr, ccpAtn, ccpEdn, ccpTxbx, ccpHdrTxbx: characters in each part of the text (2.5.4)."""
_COMPRESSED = 0x40000000
_SUMMARY = "\x05SummaryInformation"
_EDITING_TIME = 10
_MOST_PROPERTIES = 100
"""There are nineteen."""
_VECTOR = 0x1000
_FIELD_MARKS = re.compile("[\x13\x14\x15]")
_PICTURES = re.compile("[\x01\x08]")
_CONTROLS = {
    "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n",
    "\x1e": "-", "\xa0": "\xa0", "\t": "\t", "\n": "\n", "\x07": "\x07",
}


def read_word97(data: bytes) -> tuple[str, dict[str, str]]:
    """Text (body, then text boxes) and traces. Raises Unreadable for encrypted files and other formats in OLE clothes."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        if ole.exists("EncryptedPackage") or ole.exists("\x06DataSpaces"):
            raise unreadable("encrypted")  # a docx with a password ([MS-OFFCRYPTO] 2.3.1)
        if not ole.exists("WordDocument"):
            raise unreadable("old_sheet" if ole.exists("Workbook") or ole.exists("Book") else "works")
        text = _text(ole)
        return text, _traces(ole)


def _text(ole) -> str:
    document = ole.openstream("WordDocument").read()
    version, = struct.unpack_from("<H", document, 2)
    flags, = struct.unpack_from("<H", document, 0x0A)
    if flags & _ENCRYPTED:
        raise unreadable("encrypted")
    if version < _FIRST_WORD_97:
        raise unreadable("works")
    table = ole.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    start, size = struct.unpack_from("<II", document, _CLX)
    characters = _characters(document, _piece_table(table[start:start + size]))

    body, footnotes, headers, macros, comments, endnotes, boxes, _ = _LENGTHS.unpack_from(document, _LENGTHS_AT)
    boxes_at = body + footnotes + headers + macros + comments + endnotes
    parts = [characters[:body], characters[boxes_at:boxes_at + boxes]]
    text = "\n".join(filter(None, (_readable(part) for part in parts)))
    if not text.strip() and any(_PICTURES.search(part) for part in parts):
        raise unreadable("pictures")
    return text


def _piece_table(clx: bytes) -> bytes:
    """The PlcPcd (2.9.38): after any number of Prc (type 1), the Pcdt (type 2)."""
    at = 0
    while clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at] != 2:
        raise ValueError("no piece table")
    size, = struct.unpack_from("<I", clx, at + 1)
    return clx[at + 5:at + 5 + size]


def _characters(document: bytes, pieces: bytes) -> str:
    """All text as UTF-16 units in the order of character positions; one str character a unit, as the lengths count."""
    count = (len(pieces) - 4) // 12
    positions = struct.unpack_from(f"<{count + 1}I", pieces)
    if positions[-1] > len(document):  # a character takes a byte at least; pieces that overlap could make any length
        raise ValueError("more text than document")
    parts = []
    for n in range(count):
        length = positions[n + 1] - positions[n]
        where, = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * n + 2)
        if where & _COMPRESSED:
            start = (where & ~_COMPRESSED) // 2
            part = document[start:start + length].decode("cp1252", "replace")
        else:
            start = where & ~_COMPRESSED
            units = document[start:start + 2 * length]
            part = "".join(map(chr, struct.unpack(f"<{len(units) // 2}H", units[:len(units) // 2 * 2])))
        if len(part) != length:
            raise ValueError("piece outside the document")
        parts.append(part)
    return "".join(parts)


def _readable(characters: str) -> str:
    """Field codes dropped and their results kept, cell marks as tabs, row marks and paragraphs as line ends."""
    text = _without_field_codes(characters)
    text = "".join(_CONTROLS.get(c, "" if c < " " else c) for c in text)
    text = re.sub("\x07\x07", "\n", text).replace("\x07", "\t")
    return without_surrogates(text).rstrip("\n")


def _without_field_codes(text: str) -> str:
    """A field is ``\\x13 code \\x14 result \\x15`` and may hold others (2.8.25)."""
    kept, at, open_fields = [], 0, []
    codes = 0  # how many of the open fields we are inside the code of
    for mark in _FIELD_MARKS.finditer(text):
        if not codes:
            kept.append(text[at:mark.start()])
        at = mark.end()
        if mark.group() == "\x13":
            open_fields.append(True)  # inside its code
            codes += 1
        elif open_fields and mark.group() == "\x14":
            codes -= open_fields[-1]
            open_fields[-1] = False
        elif open_fields:
            codes -= open_fields.pop()
    kept.append(text[at:] if not codes else "")
    return "".join(kept)


def _is_simple(properties: bytes) -> bool:
    """Whether the set (section at 44, [MS-OLEPS] 2.21) holds single values only, as a document's summary does.

    olefile believes a vector that says it has four billion elements.
    """
    try:
        section, = struct.unpack_from("<I", properties, 44)
        count, = struct.unpack_from("<I", properties, section + 4)
        if count > _MOST_PROPERTIES:
            return False
        places = struct.unpack_from(f"<{2 * count}I", properties, section + 8)[1::2]
        return not any(struct.unpack_from("<I", properties, section + place)[0] & _VECTOR for place in places)
    except struct.error:  # cut off; the text is none the worse for it
        return False


def _traces(ole) -> dict[str, str]:
    """From the summary information stream; olefile gives byte strings in the code page that the stream names."""
    if not ole.exists(_SUMMARY) or not _is_simple(ole.openstream(_SUMMARY).read()):
        return {}
    # not get_metadata, which reads a second stream that nothing here is taken from
    summary = ole.getproperties(_SUMMARY, convert_time=True, no_conversion=[_EDITING_TIME])
    codepage = (summary.get(1) or 1252) & 0xFFFF

    def words(value) -> str:
        if not isinstance(value, bytes):
            return str(value or "")
        encoding = {65001: "utf-8", 1200: "utf-16-le"}.get(codepage, f"cp{codepage}")
        try:
            return value.decode(encoding, "replace").strip("\0 ")
        except LookupError:
            return value.decode("gb18030", "replace").strip("\0 ")

    def moment(value) -> str:
        return value.isoformat() if isinstance(value, datetime.datetime) and value.year > 1601 else ""

    return {
        # by their numbers in [MS-OLEPS] 3.1.2 and [MS-OSHARED] 2.3.3.2.1.1
        "author": words(summary.get(4)),
        "last_modified_by": words(summary.get(8)),
        "created": moment(summary.get(12)),
        "modified": moment(summary.get(13)),
        "revision": words(summary.get(9)),
        "application": words(summary.get(18)),
        # olefile gives this FILETIME as a number of seconds
        "editing_minutes": str(int(summary[_EDITING_TIME]) // 60) if summary.get(_EDITING_TIME) else "",
    }
