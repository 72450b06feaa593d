"""Exit status of every command."""

from __future__ import annotations

import sys

DONE, NOTHING, USAGE = 0, 1, 2
"""Done; nothing could be done; wrong usage (argparse's own)."""


def unknown(id: str, where: str) -> int:
    """Say that there is nothing of that id, and where to look."""
    print(f"没有编号“{id}”：请用 {where} 查看现有的编号。", file=sys.stderr)
    return NOTHING
