"""Names and cells made of what strangers wrote, harmless where they end up: in a spreadsheet, on a disk."""

from __future__ import annotations

import re

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP, CSV Injection; the wide ones because Chinese and Japanese Excel read them as the narrow ones."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_IN_FILE_NAMES = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]')
"""What Windows refuses, and what makes a name look like another."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 60


def starts_a_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(_STARTS_A_FORMULA)


def harmless(text: str) -> str:
    """A cell of a CSV file that a spreadsheet takes for text, not for a formula, and not for a further row.

    pandas and Python's csv leave a lone carriage return unquoted, and whatever follows it begins a row of its own.
    """
    line = _CONTROLS.sub(" ", text)
    return f"'{line}" if starts_a_formula(text) else line


def file_name(text: str) -> str:
    """Part of a file's name: no folders, nothing unseen, no device of Windows, not long, never empty."""
    name = _NOT_IN_FILE_NAMES.sub("_", text).strip(". ")[:_LONGEST_NAME].strip(". ")
    return f"_{name}" if _DEVICES.fullmatch(name) else name or "无名"
