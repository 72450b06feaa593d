"""Bytes of a text file to text: UTF-8 with or without BOM, UTF-16, GB18030 (which holds GBK and GB2312)."""

from __future__ import annotations

import codecs

from analyzer.ingest.errors import unreadable

DAMAGED = 0.005
"""Share of characters that may be undecodable before the guess itself counts as wrong; a file cut off in the middle
of a character, or one bad byte from a copy, should not cost the whole essay."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(data: bytes) -> str:
    """Text of a file, without its byte-order mark, line ends as they are.

    Raises Unreadable where no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = _decode(data[len(bom):], encoding)
            if text is None:
                raise unreadable("encoding")
            return text
    text = _decode(data, "utf-8", strict=True)
    if text is not None and "\0" not in text:
        return text
    guesses = (
        _decode(data, "gb18030", strict=True),
        _decode(data, "utf-16-le", strict=True),
        _decode(data, "utf-16-be", strict=True),
        _decode(data, "utf-8"),
        _decode(data, "gb18030"),
    )
    fitting = [text for text in guesses if text is not None and "\0" not in text]
    if not fitting:
        raise unreadable("encoding")
    return max(fitting, key=prosaic)  # the first of equals


COMMON = frozenset(
    "的一是了我不在人有他这为之来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过"
    "家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从"
    "，。、；：？！“”（）\r\n \u3000"
)
"""The characters that fill half of any Chinese prose; text in the wrong encoding is rare ideographs and hardly holds them."""


def prosaic(text: str) -> float:
    """0 to 1, in steps of a tenth: share of COMMON in the text; steps, so that chance does not decide between two guesses."""
    return round(10 * sum(map(COMMON.__contains__, text)) / max(1, len(text))) / 10


def _decode(data: bytes, encoding: str, strict: bool = False) -> str | None:
    """Decoded text, or None where more than DAMAGED of it (if strict: any of it) cannot be decoded."""
    try:
        text = data.decode(encoding, errors="strict" if strict else "replace")
    except UnicodeDecodeError:
        return None
    if not strict and text.count("\ufffd") > max(1, DAMAGED * len(text)):
        return None
    return text


def plain_newlines(text: str) -> str:
    """Line ends as ``\\n``, as every text reader gives them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_surrogates(text: str) -> str:
    """Surrogate pairs joined, lone ones as U+FFFD: some formats store UTF-16 units, and JSON may hold a half of a pair."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
