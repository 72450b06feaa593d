"""What a cluster costs beside one machine: ``python -m benchmarks.spark_cost [SIZE …] [--out FOLDER]``.

The same batch (benchmarks/made_batch.py) from file to report by ``xinde analyze``, by the embedded engine and on a standalone
master with two workers of one core each; processor time of every process that takes part (command, JVMs, Python workers),
read from /proc while they run: Linux only. Matches of both must be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path

from benchmarks.made_batch import essay_files, write_batch
from benchmarks.standalone import standalone

EVERY = 0.2
"""Seconds between two looks."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=(200, 500))
    parser.add_argument("--out", type=Path, default=Path("out/spark"))
    options = parser.parse_args()
    for size in options.sizes:
        folder = options.out.absolute() / f"batch-{size}"
        if not (folder / "official.txt").exists():
            write_batch(size, folder)
        embedded = measure(folder, "embedded")
        with tempfile.TemporaryDirectory() as place, standalone(Path(place)) as master:
            spark = measure(folder, "spark", "--master", master)
        here, there = (sum(found.values()) for found in (embedded, spark))
        same = "the same" if _matches(folder, "embedded") == _matches(folder, "spark") else "DIFFERENT"
        print(f"{size} essays: embedded {here:.1f} s, Spark {there:.1f} s, ratio {there / here:.2f}; matches {same}\n  "
              + ", ".join(f"{kind} {seconds:.1f}" for kind, seconds in spark.items()), flush=True)


def measure(folder: Path, engine: str, *more: str) -> dict[str, float]:
    """Processor seconds of the command and all that works for it, by kind of process; a master and workers that ran before are
    the cluster's own and do not count."""
    command = [sys.executable, "-m", "analyzer.cli", "analyze", *map(str, essay_files(folder)), "--official", str(folder / "official.txt"),
               "--no-cache", "--out", str(folder / engine), "--engine", engine, *more]
    with Watch() as watch:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return watch.by_kind()


def _matches(folder: Path, engine: str) -> set[tuple]:
    report = json.loads((folder / engine / "report.json").read_text(encoding="utf-8"))
    return {tuple(match.values()) for match in report["matches"]}


class Watch:
    """Processor time of all processes that come to descend from this one while it looks."""

    def __init__(self) -> None:
        self._known = self._descendants()
        self._spent: dict[tuple[int, int], float] = {}
        self._kind: dict[tuple[int, int], str] = {}
        self._ended = threading.Event()

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()

    def by_kind(self) -> dict[str, float]:
        kinds: dict[str, float] = defaultdict(float)
        for process, seconds in self._spent.items():
            kinds[self._kind[process]] += seconds
        return {kind: round(seconds, 1) for kind, seconds in kinds.items()}

    def _look(self) -> None:
        tick = os.sysconf("SC_CLK_TCK")
        while not self._ended.wait(EVERY):
            for process, (_, ticks) in self._descendants().items():
                if process not in self._known:
                    self._spent[process] = ticks / tick
                    self._kind[process] = _kind(process[0]) or self._kind.get(process, "other")

    def _descendants(self) -> dict[tuple[int, int], tuple[int, int]]:
        """(process, when it began) → (parent, ticks spent)."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:  # ended meanwhile
                    continue
                found[int(entry.name), int(fields[19])] = (int(fields[1]), int(fields[11]) + int(fields[12]))
        below = {os.getpid()}
        while more := {process[0] for process, (parent, _) in found.items() if parent in below} - below:
            below |= more
        return {process: seen for process, seen in found.items() if process[0] in below - {os.getpid()}}


def _kind(process: int) -> str:
    try:
        command = Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""
    kinds = {"pyspark.daemon": "Python workers", "pyspark/daemon": "Python workers", "CoarseGrainedExecutorBackend": "executors' JVMs",
             "SparkSubmit": "driver's JVM", "analyzer.cli": "command", "spawn_main": "command's processes"}
    return next((kind for part, kind in kinds.items() if part in command), "")


if __name__ == "__main__":
    main()
