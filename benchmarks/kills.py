"""Kill -9 at random moments while something is being kept, and see that nothing acknowledged is lost and nothing half is shown.

    python -m benchmarks.kills                       # 60 kills: 15 of each kind, some minutes
    python -m benchmarks.kills --kinds review --kills 6 --seed 3

Each round starts a process of its own that works on a store and prints a line after each commit, kills it, and then asks: does the
store open, is every acknowledged line in it, is what is shown whole, is ``xinde doctor`` content, can the work be taken up again?
What is killed: the app's background worker (a first analysis, or another one of an analyzed batch), somebody saving reviews,
documents being added to the library, and the list being exported, filled in and imported.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zipfile import ZipFile

from analyzer.cli import main as xinde
from analyzer.essay import Essay
from analyzer.ingest import read_batch
from analyzer.report.filled_in import read_reviews
from analyzer.report.review import Review, with_fields
from analyzer.report.workbook import write_workbook
from analyzer.resources import resource
from analyzer.store import Store, now
from analyzer.store.care import examine
from analyzer.ui import jobs

KINDS = ("analysis", "review", "library", "workbook")
ESSAYS = 10
"""Of the batch that is analyzed: enough for copies among them, few enough for some seconds."""
TOGETHER = 5
"""Documents added in one go."""
PATIENCE = 240
"""Seconds within which a process must have begun, or a run be finished, on a busy machine."""


def prepare(home: Path) -> tuple[Store, str, float]:
    """A store with one small batch, analyzed once; returns its id and how many seconds the analysis took, start included."""
    store = Store(home)
    id = store.new_batch("小批")
    essays = sorted(read_batch([resource("samples", "batch.zip")], roster=resource("samples", "roster.xlsx")).essays,
                    key=lambda essay: essay.unit)[:ESSAYS]  # fmt: skip
    (store.folder(id) / "files").mkdir()
    with ZipFile(store.folder(id) / "files" / "batch.zip", "w") as archive:
        for essay in essays:
            archive.writestr(f"{essay.unit}/{essay.author}.txt", essay.text)
    began = time.monotonic()
    resume(store, id)
    return store, id, time.monotonic() - began


def resume(store: Store, id: str) -> None:
    """Run the analysis as the app does, to its end."""
    jobs.start(store, id, "all")
    until = time.monotonic() + PATIENCE
    while store.batch(id).status in jobs.RUNNING:
        assert time.monotonic() < until, f"still {store.batch(id).stage}"
        time.sleep(0.05)
    log = store.folder(id) / "worker.log"
    last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:] if log.exists() else []
    assert store.batch(id).status == "done", f"{store.batch(id).message} {last}"


def killed(kind: str, store: Store, id: str, moment: float) -> list[str]:
    """Start a child, wait for its first line, kill it ``moment`` seconds later; returns the lines that were printed whole."""
    command = ["-m", "benchmarks.kills", "--child", kind, str(store.home), id]
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        first = process.stdout.readline()
        assert first, f"{command} ended before it began"
        time.sleep(moment)
    finally:
        process.kill()
    rest = process.stdout.read()
    process.wait()
    lines = (first + rest).decode().split("\n")
    return lines[:-1]  # what follows the last line break was cut short


# what is killed, and what must hold afterwards


def analysis(store: Store, id: str, seconds: float, chance: random.Random) -> None:
    """Half of the rounds begin with no report; half of the moments lie in the last fifth, where things are written."""
    anew = chance.random() < 0.5
    batch = id
    if anew:
        batch = store.new_batch("新批")
        (store.folder(id) / "files").rename(store.folder(batch) / "files")
    before = None if anew else store.report(batch)
    store.update(batch, status="reading", stage="", started=now(), beat=now())
    at = chance.uniform(0.0, 1.0) if chance.random() < 0.5 else chance.uniform(0.8, 1.05)
    process = subprocess.Popen([sys.executable, "-m", "analyzer.ui.worker", str(store.home), batch, "all"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    time.sleep(at * seconds)
    process.kill()
    process.wait()

    after = Store(store.home).batch(batch)
    path = store.report_path(batch)
    if after.status == "done":
        assert len(store.report(batch).essays) == after.essays == ESSAYS
    elif anew:
        assert not path.exists(), "a report is shown of an analysis that did not end"
    else:
        assert store.report(batch) == before, "the earlier report changed without the batch being done"
    content(store)
    if after.status != "done":
        store.update(batch, started="")  # as if found later: a process that only just began would be given time to take its lock
        assert jobs.gone(store, store.batch(batch)), "a killed worker counts as alive"
    resume(store, batch)
    assert len(store.report(batch).essays) == ESSAYS and not _ailments(store), _ailments(store)
    if anew:
        (store.folder(batch) / "files").rename(store.folder(id) / "files")
        store.delete_batch(batch)


def review(store: Store, id: str, seconds: float, chance: random.Random) -> None:
    lines = killed("review", store, id, chance.uniform(0, 1.2))
    acknowledged: dict[str, tuple[int, str]] = {}
    for line in lines:
        essay, version, note = line.split("\t")
        acknowledged[essay] = (int(version), note)
    stored = Store(store.home).reviews(id)
    ahead = 0
    for essay, (version, note) in acknowledged.items():
        kept = stored[essay]
        assert kept.version >= version, f"review {version} of {essay} is lost"
        assert kept.version > version or kept.note == note, f"review {version} of {essay} is another"
        ahead += kept.version - version
        steps = [change.version for change in store.review_history(id, essay)]
        assert set(range(1, kept.version + 1)) == set(steps), f"the history of {essay} has gaps"
    assert ahead <= 1, "more than the one save under way was kept without being acknowledged"


def library(store: Store, id: str, seconds: float, chance: random.Random) -> None:
    lines = killed("library", store, id, chance.uniform(0, 1.0))
    kept = {document.text for document in Store(store.home).documents("library")}
    assert {text for line in lines for text in _texts(line)} <= kept, "an acknowledged document is lost"
    assert len(kept) % TOGETHER == 0, "half of one import was kept"


def workbook(store: Store, id: str, seconds: float, chance: random.Random) -> None:
    lines = killed("workbook", store, id, chance.uniform(0, 2.0))
    stored = Store(store.home).reviews(id)
    suspects = set(store.report(id).suspects.id)
    rounds = {stored[essay].conclusion for essay in suspects}
    assert len(rounds) == 1, f"half of a list was imported: {rounds}"
    assert int(rounds.pop()) - int(lines[-1]) in (0, 1), "an acknowledged import is lost"
    for path in store.home.glob("*.xlsx"):
        read_reviews(path)  # raises where the list on the disk is half


def content(store: Store) -> None:
    """``xinde doctor`` finds nothing damaged."""
    os.environ["XINDE_HOME"] = str(store.home)
    assert xinde(["doctor"]) == 0, [ailment.words for ailment in examine(store.home)]


def _ailments(store: Store) -> list[str]:
    return [ailment.words for ailment in examine(store.home) if ailment.kind not in ("room", "rights")]


def one_round(kind: str, store: Store, id: str, seconds: float, seed: int) -> None:
    """Raises AssertionError where something was lost, half or not to be taken up again."""
    chance = random.Random(seed)
    {"analysis": analysis, "review": review, "library": library, "workbook": workbook}[kind](store, id, seconds, chance)
    content(store)


# what runs in the process that is killed


def _texts(line: str) -> list[str]:
    return [f"范文 {line} 之 {number}" for number in range(TOGETHER)]


def _acknowledge(line: str) -> None:
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


def _child(kind: str, home: Path, id: str) -> None:
    store, own = Store(home), os.getpid()
    ids = [essay.id for essay in store.report(id).essays]
    if kind == "review":
        for number in range(10**9):
            current = store.review(id, ids[number % len(ids)])
            state = "talked" if current.state != "talked" else "checked"
            saved = store.save_review(id, with_fields(current, state=state, note=f"{own}-{number}"), "甲")
            _acknowledge(f"{saved.essay}\t{saved.version}\t{saved.note}")
    elif kind == "library":
        for number in range(10**9):
            store.add_documents("library", [Essay("", text) for text in _texts(f"{own}-{number}")])
            _acknowledge(f"{own}-{number}")
    else:
        report = store.report(id)
        known = [review.conclusion for review in store.reviews(id).values() if review.conclusion.isdigit()]
        for number in range(max(map(int, known), default=0) + 1, 10**9):
            filled = {essay: Review(essay, "confirmed", conclusion=str(number)) for essay in report.suspects.id}
            path = write_workbook(report, home / "清单.xlsx", filled)
            store.import_reviews(id, read_reviews(path), "清单导入")
            _acknowledge(str(number))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=3, metavar=("KIND", "HOME", "BATCH"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        _child(options.child[0], Path(options.child[1]), options.child[2])
        return 0
    survived: dict[str, list[bool]] = {kind: [] for kind in options.kinds}
    with tempfile.TemporaryDirectory() as folder:
        store, id, seconds = prepare(Path(folder) / "home")
        print(f"{ESSAYS} essays analyzed in {seconds:.1f} s", flush=True)
        for number in range(options.kills):
            kind = options.kinds[number % len(options.kinds)]
            began, seed = time.monotonic(), options.seed * 1000 + number
            try:
                one_round(kind, store, id, seconds, seed)
            except Exception as error:  # every way to fail is a finding; the next round goes on with a store of its own
                print(f"kill {number + 1} ({kind}, seed {seed}): {type(error).__name__}: {error}", flush=True)
                survived[kind].append(False)
                store, id, seconds = prepare(Path(folder) / f"home-{number}")
            else:
                survived[kind].append(True)
                print(f"kill {number + 1} ({kind}): nothing lost ({time.monotonic() - began:.1f} s)", flush=True)
    for kind, results in survived.items():
        print(f"{kind}: {sum(results)} of {len(results)}")
    total = [result for results in survived.values() for result in results]
    print(f"{sum(total)} of {len(total)} kills without loss")
    return 0 if all(total) else 1


if __name__ == "__main__":
    sys.exit(main())
