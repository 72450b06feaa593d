"""What 100 new essays cost beside N earlier ones: ``python -m benchmarks.history [N] [--out FOLDER]``.

The earlier essays are kept in a store of their own as one batch (as if nothing had been found in them). Then the command that
an organizer runs, ``xinde analyze --history``, is run twice from files to report, each time on other new essays: the first takes
the earlier ones in, the second finds them there. Wall and processor seconds, peak memory, and how much of what was planted in
the new essays and comes from earlier ones is found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.made_batch import essay_files, read_copies, write_batch
from benchmarks.scale import recall

NEW = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("earlier", nargs="?", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=Path("out/history"))
    options = parser.parse_args()
    folder = options.out / f"beside-{options.earlier}"
    made, home = folder / "made", folder / "home"
    if not essay_files(made):
        write_batch(options.earlier + 2 * NEW, made)
    if home.exists():
        shutil.rmtree(home)
    _keep(made, home, options.earlier)
    for name, first in (("taking them in", options.earlier), ("finding them there", options.earlier + NEW)):
        _print(name, *_analyzed(made, home, folder / "new", first))


def _keep(made: Path, home: Path, count: int) -> None:
    """The first essays as a finished batch."""
    from analyzer.copying.match import Originality
    from analyzer.ingest import read_batch
    from analyzer.reflection.reflection import Reflection
    from analyzer.report.report import Report
    from analyzer.store import Store

    essays = read_batch(essay_files(made)).essays[:count]
    nothing = {essay.id: Originality(essay.id, "clear", 0.0, 0.0, 0.0, 0.0, 1.0) for essay in essays}
    unrated = {essay.id: Reflection(essay.id, None, None, None, None, {}, ()) for essay in essays}
    Store(home).add_report("earlier", Report(essays, (), nothing, unrated, unrated, (), (), (), (), files=count))


def _analyzed(made: Path, home: Path, new: Path, first: int) -> tuple[dict[str, float], dict[str, float]]:
    """Costs (of its largest process the peak, MiB), and recall, of analyzing the essays from the ``first`` on."""
    new.mkdir(parents=True, exist_ok=True)
    lines = [line for path in essay_files(made) for line in path.read_text(encoding="utf-8").splitlines()][first : first + NEW]
    (new / "essays.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-c", "from analyzer.cli import main; raise SystemExit(main())", "analyze", new / "essays.jsonl",
               "--official", made / "official.txt", "--history", "--out", new / "report"]
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), env={**os.environ, "XINDE_HOME": str(home)}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(os.waitstatus_to_exitcode(status))
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 2**10}
    return cost, _recall(made, new, first)


def _recall(made: Path, new: Path, first: int) -> dict[str, float]:
    """Of what was planted in the new essays, as benchmarks.scale gives it; the store puts a batch's name before an earlier essay's."""
    from analyzer.report.report import Report

    report = Report.from_json(new / "report" / "report.json")
    ids = {essay.id for essay in report.essays}
    copies = [copy for copy in read_copies(made) if copy.essay in ids and copy.source not in ids]
    return recall(copies, report.matches, lambda other: other.rsplit("/", 1)[-1])


def _print(name: str, cost: dict[str, float], found: dict[str, float]) -> None:
    print(f"{name}: wall {cost['wall']:.1f} s, processor {cost['cpu']:.1f} s, peak {cost['peak']:.0f} MiB, recall "
          + ", ".join(f"{kind} {value:.3f}" for kind, value in found.items()), flush=True)


if __name__ == "__main__":
    main()
