"""One reader a format: bytes to text and to what the file tells about how it was made.

To add a format: tell it in kinds.py, write a reader ``bytes -> (text, traces)``, name it in READERS. All but plain text are
read in a process of their own (reading.py); what would have to be refused even there has a check in CHECKS.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.ingest.archive import File
from analyzer.ingest.decode import decode_text, plain_newlines, without_surrogates
from analyzer.ingest.errors import Unreadable, unreadable
from analyzer.ingest.limits import Limits
from analyzer.ingest.odt import read_odt
from analyzer.ingest.pdf import check_pages, read_pdf
from analyzer.ingest.word import read_docx
from analyzer.ingest.word97 import read_word97
from analyzer.ingest.zips import check_package

Reader = Callable[[bytes], tuple[str, dict[str, str]]]


def read_document(file: File, limits: Limits) -> tuple[str, dict[str, str]]:
    """The whole text of one file, and its traces (essay.Essay.traces; only those the file holds).

    Raises Unreadable, with the reason in Chinese, for whatever is wrong with it.
    """
    try:
        if file.kind in CHECKS:
            CHECKS[file.kind](file.data, limits)
        text, traces = READERS[file.kind](file.data)
    except (Unreadable, ImportError, MemoryError):  # a library that is not installed is not the file's fault
        raise
    except Exception as error:
        # the file is foreign data and the parsers are other people's: whatever they raise, the file is at fault
        raise unreadable("corrupt") from error
    text = without_surrogates(text)
    if not text.strip():
        raise unreadable("empty")
    if len(text) > limits.text_characters:
        raise unreadable("long")
    return text, {key: value for key, value in traces.items() if value}


def _read_txt(data: bytes) -> tuple[str, dict[str, str]]:
    return plain_newlines(decode_text(data)), {}


def _read_rtf(data: bytes) -> tuple[str, dict[str, str]]:
    from striprtf.striprtf import rtf_to_text

    # RTF is ASCII; programs that write GBK bytes as they are exist all the same
    source = data.decode("ascii") if data.isascii() else decode_text(data)
    if re.search(r"\\ansicpg936\b", source):
        source = _PARTED_GBK.sub(_whole_gbk, source)
    source = _HEXADECIMAL.sub(_without_picture, source)
    source = re.sub(r"\\(nest)?cell(?![a-z])", r"\\tab", source)  # striprtf makes | of them, as the other readers do not
    text = rtf_to_text(source, errors="replace")
    if _is_mojibake(text):
        # the font says Western, the code page says GBK, and the bytes agree with the code page
        text = rtf_to_text(re.sub(r"\\fcharset0\b", r"\\fcharset134", source), errors="replace")
    return text, {}


_HEXADECIMAL = re.compile(r"[0-9a-fA-F\s]{1000,}")
_PICTURE_HEAD = 2000
"""Characters before a picture's bytes within which ``\\pict`` stands; programs describe it in a few hundred."""


def _without_picture(match: re.Match[str]) -> str:
    """A picture's bytes are megabytes of digits, each of which striprtf would look at; anywhere else digits are text."""
    head = match.string[max(0, match.start() - _PICTURE_HEAD):match.start()]
    return "" if "\\pict" in head else match.group()


_PARTED_GBK = re.compile(r"((?:\\'[0-9a-fA-F]{2})+)([@-~])?")
"""Bytes written as ``\\'xx``, and the ASCII character after them: maybe the second byte of a GBK character."""


def _whole_gbk(match: re.Match[str]) -> str:
    """``\\'b5@`` is one GBK character; striprtf wants both bytes as ``\\'b5\\'40``."""
    run, following = match.groups()
    lead = False
    for byte in bytes.fromhex(run.replace("\\'", "")):
        lead = not lead and byte >= 0x81
    if not lead or not following or following in "\\{}":
        return match.group()
    return f"{run}\\'{ord(following):02x}"


def _is_mojibake(text: str) -> bool:
    """Chinese bytes read as a Western code page give Latin letters with accents, and no Chinese."""
    accented = sum("\x80" <= character <= "\xff" for character in text)
    return accented > 10 and accented > 3 * sum("\u4e00" <= character <= "\u9fff" for character in text)


READERS: dict[str, Reader] = {
    "docx": read_docx,
    "ole": read_word97,
    "pdf": read_pdf,
    "rtf": _read_rtf,
    "odt": read_odt,
    "txt": _read_txt,
}

CHECKS: dict[str, Callable[[bytes, Limits], None]] = {
    "docx": check_package,
    "odt": check_package,
    "pdf": check_pages,
}
"""What is looked at before a file is read; they raise Unreadable."""
