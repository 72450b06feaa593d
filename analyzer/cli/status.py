"""What every command may need: its exit status, a kept batch, a report that was written before."""

from __future__ import annotations

import sys
from pathlib import Path

DONE, NOTHING, USAGE = 0, 1, 2
"""Done; nothing could be done; wrong usage (argparse's own)."""


def unknown(id: str, where: str) -> int:
    """Say that there is nothing of that id, and where to look."""
    print(f"没有编号“{id}”：请用 {where} 查看现有的编号。", file=sys.stderr)
    return NOTHING


def is_kept(store, batch: str) -> bool:
    return batch in {kept.id for kept in store.batches()}


def read_report(path: Path, missing: str):
    """A report.json of this version. Raises IngestError, in Chinese; ``missing`` is what to do where there is none."""
    from analyzer.ingest.errors import IngestError
    from analyzer.report.report import Report

    try:
        return Report.from_json(path)
    except FileNotFoundError as error:
        raise IngestError(f"找不到“{path}”：{missing}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise IngestError(f"“{path}”不是本版本写出的 report.json：请重新运行 xinde analyze。") from error
