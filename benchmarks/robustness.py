"""``python -m benchmarks.robustness [--files 500]``: hostile and broken files of every sort in one batch, and good ones among them.

What must come of it: each bad file listed with a reason, each good one analyzed, no crash, no hang, nothing left on disk.
Exit status 1 where anything else does. The files are made by tests/hostile_files.py, the same in every run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from analyzer.essay import Batch
from analyzer.ingest import LIMITS, read_batch
from analyzer.ingest.errors import REASONS
from analyzer.pipeline import analyze
from hostile_files import MAY_BE_READ, SORTS, strange_files
from ingest_files import docx

GOOD = 40
"""Essays among them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=10, help="for one file; 60 in earnest")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _run(Path(folder), options.files, options.seconds)


def _run(folder: Path, files: int, seconds: int) -> int:
    sort_of = _write(folder, files)
    good = {f"好{n}.docx": text for n, text in enumerate(_essays(GOOD))}
    for name, text in good.items():
        (folder / name).write_bytes(docx(text))
    began = time.monotonic()
    batch = read_batch(folder, limits=replace(LIMITS, seconds=seconds))
    reading = time.monotonic() - began

    # a zip may have a problem of its own or one a member
    reasons: dict[str, list[str]] = {}
    for problem in batch.problems:
        reasons.setdefault(problem.file.split("/")[0], []).append(problem.reason)
    read = {essay.file.split("/")[0]: essay.text for essay in batch.essays}
    rows: dict[str, Counter[str]] = {}
    shown: dict[str, str] = {}
    lost = []
    for name, sort in sort_of.items():
        outcome = "listed" if name in reasons else "read" if name in read else "LOST"
        rows.setdefault(sort, Counter())[outcome] += 1
        if name in reasons:
            shown.setdefault(sort, reasons[name][0].split("：")[0])
        if outcome == "LOST" or (outcome == "read" and sort in SORTS):
            lost.append(name)
    print(f"{'sort':36} {'files':>5} {'listed':>6} {'read':>5} {'lost':>5}  reason")
    for sort, count in rows.items():
        print(f"{sort:36} {sum(count.values()):5} {count['listed']:6} {count['read']:5} {count['LOST']:5}  {shown.get(sort, '')}")

    missing = [name for name, text in good.items() if read.get(name) != text]
    analyzed = analyze(Batch(tuple(essay for essay in batch.essays if essay.file in good), files=len(good)))
    unsaid = [problem.file for problem in batch.problems if "：" not in problem.reason]
    counted = batch.files == len(batch.essays) + len(batch.problems)
    print(f"\n{len(sort_of)} bad files of {len(rows)} sorts: {len(sort_of) - len(lost)} listed or, where damaged only, read; {len(lost)} lost")
    print(f"{len(good)} good files: {len(good) - len(missing)} read, {len(analyzed.originality)} analyzed")
    ended = {word: sum(REASONS[key] in told for told in reasons.values()) for word, key in (("hung", "timeout"), ("swelled", "memory"), ("crashed", "crash"))}
    print(f"problems without a reason: {len(unsaid)}; count in = count out: {counted}")
    print("reading processes that " + ", ".join(f"{word}: {number}" for word, number in ended.items()) + " (each cost its one file)")
    print(f"read in {reading:.0f} s, {seconds} s at most a file")
    return 1 if lost or missing or unsaid or not counted or len(analyzed.originality) != len(good) else 0


def _write(folder: Path, files: int) -> dict[str, str]:
    """Bad files into the folder; name to sort."""
    sort_of = {name: f"on disk: {reason}" for name, reason in strange_files(folder).items()}
    makers = {sort: (extension, make) for sort, (extension, make, _) in SORTS.items()} | MAY_BE_READ
    number = 0
    while len(sort_of) < files:
        sort, (extension, make) = list(makers.items())[number % len(makers)]
        name = f"坏{number:03}{extension}"
        (folder / name).write_bytes(make(number // len(makers)))
        sort_of[name] = sort
        number += 1
    return sort_of


def _essays(count: int) -> list[str]:
    """The texts of the shipped samples."""
    from analyzer.resources import resource

    essays = read_batch(resource("samples", "batch.zip"), roster=resource("samples", "roster.xlsx")).essays
    return [essay.text for essay in essays[:count]]


if __name__ == "__main__":
    sys.exit(main())
