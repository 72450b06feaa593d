"""Time, memory and recall as a batch grows: ``python -m benchmarks.scale [SIZE …] [--out FOLDER]``.

Each size runs in a process of its own, from files to report, on batches of benchmarks/made_batch.py, with an empty cache of
vectors. Prints a table a stage, fits how the whole grows (time ~ size ** exponent) and writes ``scale.json`` and ``scale.svg``,
which keep the sizes measured before. benchmarks/history.py measures new essays beside earlier ones.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from analyzer.copying.match import Match
from benchmarks.made_batch import KINDS, Copy, essay_files, read_copies, write_batch

SIZES = (200, 1000, 4000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--out", type=Path, default=Path("out/scale"))
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
    else:
        kept = options.out / "scale.json"
        rows = {row["size"]: row for row in json.loads(kept.read_text(encoding="utf-8"))} if kept.exists() else {}
        for size in options.sizes:
            rows[size] = _in_own_process(size, options.out)
            _print(rows[size])
            kept.write_text(json.dumps([rows[size] for size in sorted(rows)], indent=1), encoding="utf-8")
        _print_growth([rows[size] for size in sorted(rows)])
        _plot(list(rows.values()), options.out / "scale.svg")


def _in_own_process(size: int, out: Path) -> dict:
    folder = out / f"batch-{size}"
    if not essay_files(folder):
        write_batch(size, folder)
    done = subprocess.run([sys.executable, "-m", "benchmarks.scale", "--one", str(folder)], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


class Clock:
    """Wall and processor seconds and peak memory, stage by stage; called as the progress of an analysis."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self._stage, self._began = "", (0.0, 0.0)

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        if stage == self._stage:
            return
        now = (time.perf_counter(), sum(os.times()[:4]))
        if self._stage:
            spent = self.stages.setdefault(self._stage, {"wall": 0.0, "cpu": 0.0})
            spent["wall"] += now[0] - self._began[0]
            spent["cpu"] += now[1] - self._began[1]
            spent["peak"] = peak_memory()
        self._stage, self._began = stage, now


def peak_memory() -> float:
    """MiB that this process has held at most."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def measure(folder: Path) -> dict:
    """One batch from files to report.json, workbook and document."""
    from analyzer.ingest import read_batch, read_documents
    from analyzer.parallel import processes
    from analyzer.pipeline import STAGES, analyze
    from analyzer.report.document import write_document
    from analyzer.report.workbook import write_workbook

    shutil.rmtree(folder / "cache", ignore_errors=True)
    clock = Clock()
    clock(STAGES[0])
    batch = read_batch(essay_files(folder))
    with processes():
        report = analyze(batch, read_documents([folder / "official.txt"]), progress=clock, cache=folder / "cache")
    clock("写出结果")
    with tempfile.TemporaryDirectory() as out:
        report.to_json(Path(out) / "report.json")
        write_workbook(report, Path(out) / "list.xlsx")
        write_document(report, Path(out) / "report.docx")
    clock("")
    return {"size": len(batch.essays), "stages": clock.stages, "matches": len(report.matches),
            "suspects": sum(o.verdict != "clear" for o in report.originality.values()), "recall": recall(read_copies(folder), report.matches)}


def recall(copies: Iterable[Copy], matches: Iterable[Match], named: Callable[[str], str] = str) -> dict[str, float]:
    """Share of the planted passages' characters that a match with their source covers, by kind and over all.

    ``named``: the made batch's name of the other document, where the comparison gave it another.
    """
    spans = defaultdict(list)
    for m in matches:
        spans[m.essay, named(m.other)].append((m.start, m.end))
        spans[named(m.other), m.essay].append((m.other_start, m.other_end))
    found, planted = defaultdict(int), defaultdict(int)
    for copy in copies:
        covered = np.zeros(copy.end - copy.start, bool)
        for start, end in spans[copy.essay, copy.source]:
            covered[max(0, start - copy.start) : max(0, end - copy.start)] = True
        for kind in (copy.kind, "all"):
            found[kind] += int(covered.sum())
            planted[kind] += len(covered)
    return {kind: round(found[kind] / planted[kind], 4) for kind in (*KINDS, "all") if planted[kind]}


def _total(row: dict, what: str) -> float:
    return sum(stage[what] for stage in row["stages"].values())


def _print(row: dict) -> None:
    print(f"\n{row['size']} essays: wall {_total(row, 'wall'):.1f} s, processor {_total(row, 'cpu'):.1f} s, "
          f"peak {max(s['peak'] for s in row['stages'].values()):.0f} MiB, {row['matches']} matches, {row['suspects']} suspects")
    for stage, spent in row["stages"].items():
        print(f"  {stage}\t{spent['wall']:8.1f} s wall {spent['cpu']:8.1f} s cpu {1000 * spent['cpu'] / row['size']:8.2f} ms an essay")
    print("  recall " + ", ".join(f"{kind} {value:.3f}" for kind, value in row["recall"].items()), flush=True)


def _print_growth(rows: list[dict]) -> None:
    if len(rows) > 1:
        size = np.log([row["size"] for row in rows])
        for what in ("wall", "cpu"):
            print(f"growth exponent, {what}: {np.polyfit(size, np.log([_total(row, what) for row in rows]), 1)[0]:.3f}")


def _plot(rows: list[dict], path: Path) -> None:
    import altair as alt
    import pandas as pd

    data = pd.DataFrame([
        {"essays": row["size"], "stage": stage, "seconds": max(spent["cpu"], 0.01)}
        for row in rows for stage, spent in [*row["stages"].items(), ("全部", {"cpu": _total(row, "cpu")})]
    ])
    log = lambda field, title: alt.X(field, scale=alt.Scale(type="log"), title=title)
    chart = alt.Chart(data, width=480, height=320).mark_line(point=True).encode(
        log("essays:Q", "essays"), alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="processor seconds"), alt.Color("stage:N", title=""))
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.save(str(path))


if __name__ == "__main__":
    main()
