"""``python fuzz/run.py [TARGET …] [--minutes 30]``: fuzz each target in a process of its own; exit status 1 where one fell.

With atheris (``pip install atheris``; Linux, CPython 3.11 to 3.13) new inputs are bred by what code they reach. Without it they are
mutations of the seeds. An input that raises, crashes or takes longer than a minute lands in ``fuzz/crashes/``.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
CRASHES = HERE / "crashes"
HANG = 60
"""Seconds, the limit for one file in the program itself (analyzer.ingest.limits)."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--one", action="store_true", help="run this one target in this process")
    options = parser.parse_args()
    if options.one:
        return _fuzz(options.targets[0], options.minutes)
    from targets import TARGETS

    CRASHES.mkdir(exist_ok=True)
    fell = 0
    print(f"{'target':10} {'minutes':>8} {'runs':>10} {'result'}", flush=True)
    for name in options.targets or TARGETS:
        before, began = set(CRASHES.iterdir()), time.monotonic()
        done = subprocess.run([sys.executable, __file__, name, "--one", "--minutes", str(options.minutes)], capture_output=True, text=True, errors="replace")
        minutes, found = (time.monotonic() - began) / 60, len(set(CRASHES.iterdir()) - before)
        if done.returncode:
            fell += 1
            (CRASHES / f"{name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
        print(f"{name:10} {minutes:8.1f} {_runs(done.stdout + done.stderr):>10} "
              f"{f'FELL ({found} inputs, see fuzz/crashes/{name}.log)' if done.returncode else 'no crash, no hang'}", flush=True)
    return 1 if fell else 0


def _runs(output: str) -> str:
    """From libFuzzer's last line (``Done 1234 runs in 181 second(s)``), or our own in the same words."""
    done = [line.split()[1] for line in output.splitlines() if line.startswith("Done ")]
    return done[-1] if done else "?"


def _fuzz(name: str, minutes: float) -> int:
    try:
        import atheris
    except ModuleNotFoundError:
        return _mutate(name, minutes)
    with atheris.instrument_imports(include=["analyzer", "striprtf", "olefile", "docx", "openpyxl"]):
        from targets import TARGETS
    target, seeds = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            (corpus / str(number)).write_bytes(seed)
        atheris.Setup([
            "fuzz", str(corpus), f"-max_total_time={int(60 * minutes)}", f"-artifact_prefix={CRASHES / name}-", f"-timeout={HANG}",
            "-rss_limit_mb=4096", "-max_len=200000", "-print_final_stats=0",
        ], target)  # fmt: skip
        atheris.Fuzz()  # ends the process
    return 0


def _mutate(name: str, minutes: float) -> int:
    """Seeds with bytes changed, cut, doubled and crossed; what raised nothing now and then becomes a seed."""
    from targets import TARGETS

    target, seeds = TARGETS[name]
    pool, chance, runs = list(seeds()), random.Random(os.getpid()), 0
    end = time.monotonic() + 60 * minutes
    current = CRASHES / f"{name}-current-{os.getpid()}"
    while time.monotonic() < end:
        data = mutated(chance.choice(pool), chance, chance.choice(pool))
        current.write_bytes(data)  # found there should the process crash or hang
        faulthandler.dump_traceback_later(HANG, exit=True)
        try:
            target(data)
        except Exception:
            current.rename(CRASHES / f"{name}-{runs}")
            raise
        finally:
            faulthandler.cancel_dump_traceback_later()
        runs += 1
        if len(pool) < 500 and chance.random() < 0.02 and len(data) < 200_000:
            pool.append(data)
    current.unlink()
    print(f"Done {runs} runs in {int(60 * minutes)} second(s)")
    return 0


def mutated(data: bytes, chance: random.Random, other: bytes = b"") -> bytes:
    """A few changes of the kinds that break parsers."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        length = chance.choice((1, 2, 4, 16, 256))
        change = chance.randrange(7)
        if change == 0:
            data[at:at + length] = chance.randbytes(length)
        elif change == 1:
            del data[at:at + length]
        elif change == 2:
            data[at:at] = data[at:at + length] * chance.choice((1, 2, 50))
        elif change == 3:
            data[at:at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
        elif change == 4 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif change == 5 and other:
            start = chance.randrange(len(other))
            data[at:at + length] = other[start:start + length]
        else:
            digits = str(chance.choice((0, -1, 1 << 31, 1 << 63, 10 ** 30))).encode()
            data[at:at + length] = digits
    return bytes(data)


if __name__ == "__main__":
    sys.exit(main())
