"""Many people in the app at once: nobody sees what is another's, no review is lost, pages stay quick, memory stays bounded.

    python -m benchmarks.load --sessions 20 --minutes 10      # the figures of issue 9; needs chromium and playwright

The sample batch is analyzed once for each of several organs (every session of an organ works on that organ's own batch), each
session is a browser context of its own that logs in, opens pages of its batch at random and saves reviews with a note that nobody
else writes. Checked: every page shows its own batch's mark and no other's; every save that was answered with 已保存 is in the
store; the server's memory, and how long a page takes from the click until its content stands.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles

from analyzer.ingest import read_batch, read_documents
from analyzer.pipeline import analyze
from analyzer.report.report import Report
from analyzer.resources import resource
from analyzer.serve import LOGIN, command
from analyzer.store import Store
from analyzer.store.accounts import Accounts, User
from analyzer.store.audit import entries

PASSWORD = "load test 负载"
ORGANS = 5
"""Batches; sessions share one with others who work on it, too."""
PAUSE = (1.0, 4.0)
"""Seconds that somebody looks at a page before the next click."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
PATIENCE = 60_000
"""Milliseconds after which a page that does not show counts as an error."""

PAGES = {"overview": "这一批怎么样", "tiers": "层级对比", "suspects": "雷同线索", "review": "复核"}
"""Pages that are read, and the heading that must stand on each."""


@dataclass
class Figures:
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From the request of a page until its heading and its batch's mark stand, by page."""
    saved: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Notes that the page said were saved, by batch and essay."""
    told: int = 0
    """Saves that the page refused because somebody else had been first, and said so."""
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """MiB of the server, once a second."""


def mark(organ: int) -> str:
    """A name that stands only in one organ's batch."""
    return f"标记{organ}号局"


def prepare(home: Path, sessions: int) -> dict[int, str]:
    """Store the sample batch once for each organ, under another name and with marked units; returns batch ids by organ."""
    samples = resource("samples")
    batch = read_batch([samples / "batch.zip"], roster=samples / "roster.xlsx")
    report = analyze(batch, read_documents([samples / "official"]), read_documents([samples / "library"]))
    store = Store(home)
    ids = {}
    for organ in range(ORGANS):
        ids[organ] = store.add_report(f"{mark(organ)}的一批", _marked(report, organ))
    accounts = Accounts(store)
    for number in range(sessions):
        accounts.add(User(f"人员{number}", "organizer"), PASSWORD)
    return ids


def _marked(report: Report, organ: int) -> Report:
    return replace(report, essays=tuple(replace(e, unit=f"{mark(organ)}{e.unit}") for e in report.essays))


async def session(browser, url: str, number: int, organ: int, batch: str, suspects: list[str], until: float, figures: Figures):
    """One person at work until the time is up. Whatever goes wrong is written into ``figures.errors``."""
    chance = random.Random(number)
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    others = [mark(o) for o in range(ORGANS) if o != organ]
    try:
        await page.goto(f"{url}/login?next=/overview%3Fbatch%3D{batch}")
        await page.get_by_label("用户名").fill(f"人员{number}")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_text(PAGES["overview"]).first.wait_for()
    except Exception as error:  # told with the others
        shown = " ".join((await page.locator("body").inner_text()).split())[:300]
        figures.errors.append(f"session {number} does not get in at {page.url}: {str(error)[:120]} The page says: {shown}")
        await context.close()
        return
    turn = 0
    try:
        while time.monotonic() < until:
            turn += 1
            try:
                if turn % 3:
                    await _read(page, url, batch, chance.choice(list(PAGES)), figures)
                else:
                    await _review(page, url, batch, chance.choice(suspects), f"{number}-{turn}", figures)
                shown = await page.locator("[data-testid=stMain]").inner_text()
                for other in others:
                    if other in shown:
                        figures.errors.append(f"session {number} sees {other}")
            except Exception as error:  # every way to fail is a finding, and the session goes on
                figures.errors.append(f"session {number}, turn {turn}, {page.url}: {type(error).__name__}: {str(error)[:200]}")
            await asyncio.sleep(chance.uniform(*PAUSE))
    finally:
        await context.close()


async def _read(page, url: str, batch: str, name: str, figures: Figures) -> None:
    began = time.monotonic()
    await page.goto(f"{url}/{name}?batch={batch}", wait_until="commit")
    await page.locator("h2", has_text=PAGES[name]).first.wait_for()
    await page.locator("[data-testid=stSidebar]").get_by_role("combobox").first.wait_for()
    await page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')")
    figures.seconds[name].append(time.monotonic() - began)


async def _review(page, url: str, batch: str, essay: str, note: str, figures: Figures) -> None:
    began = time.monotonic()
    await page.goto(f"{url}/suspects?batch={batch}&essay={essay}", wait_until="commit")
    await page.get_by_label("备注").wait_for()
    figures.seconds["pair"].append(time.monotonic() - began)
    await page.get_by_label("备注").fill(note)
    began = time.monotonic()
    await page.get_by_role("button", name="保存").first.click()
    answer = page.get_by_text("已保存。").or_(page.get_by_text("没有保存"))
    await answer.first.wait_for()
    figures.seconds["save"].append(time.monotonic() - began)
    if "没有保存" in await answer.first.inner_text():
        figures.told += 1
    else:
        figures.saved[batch, essay].append(note)


async def watch(pid: int, until: float, figures: Figures) -> None:
    """Note the server's memory (Linux; nothing elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    while time.monotonic() < until and status.exists():
        resident = next((line for line in status.read_text().splitlines() if line.startswith("VmRSS")), None)
        if resident:
            figures.memory.append(int(resident.split()[1]) / 1024)
        await asyncio.sleep(1)


async def load(url: str, pid: int, ids: dict[int, str], store: Store, sessions: int, minutes: float) -> Figures:
    from playwright.async_api import async_playwright

    figures = Figures()
    suspects = {organ: list(store.report(id).suspects.id) for organ, id in ids.items()}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=list(FLAGS))
        until = time.monotonic() + 60 * minutes
        people = [session(browser, url, n, n % ORGANS, ids[n % ORGANS], suspects[n % ORGANS], until, figures) for n in range(sessions)]
        await asyncio.gather(watch(pid, until, figures), *people)
        await browser.close()
    return figures


def _chromium() -> str | None:
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def lost(store: Store, figures: Figures) -> list[str]:
    """Notes that were answered with 已保存 and are not in the review's history."""
    missing = []
    for (batch, essay), notes in figures.saved.items():
        kept = {change.new for change in store.review_history(batch, essay) if change.field == "note"}
        missing += [f"{batch} {essay}: {note}" for note in notes if note not in kept]
    return missing


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        home = Path(folder)
        ids = prepare(home, options.sessions)
        store = Store(home)
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
        probe.close()
        url = f"http://localhost:{port}"
        environment = os.environ | {"XINDE_HOME": folder, LOGIN: "1"}
        with open(home / "server.log", "wb") as log:
            server = subprocess.Popen(command(port, login=True), env=environment, stdout=log, stderr=log)
        try:
            _wait(url)
            figures = asyncio.run(load(url, server.pid, ids, store, options.sessions, options.minutes))
        finally:
            server.terminate()
            server.wait(20)
        missing = lost(store, figures)
        log = (home / "server.log").read_text(encoding="utf-8")
        return _tell(options, figures, missing, log.count("Traceback"), len(entries(store)))


def _wait(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _tell(options: argparse.Namespace, figures: Figures, missing: list[str], tracebacks: int, noted: int) -> int:
    print(f"{options.sessions} sessions, {options.minutes:g} minutes, {os.cpu_count()} cores (browsers and server together)")
    for name, seconds in sorted(figures.seconds.items()):
        p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
        print(f"{name:9} {len(seconds):5} times, median {median(seconds):5.2f} s, p95 {p95:5.2f} s")
    pages = [s for name, values in figures.seconds.items() if name != "save" for s in values]
    if len(pages) > 1:
        print(f"all pages {len(pages):5} times, median {median(pages):5.2f} s, p95 {quantiles(pages, n=20)[-1]:5.2f} s")
    saves = sum(map(len, figures.saved.values()))
    print(f"reviews: {saves} saved, {len(missing)} lost, {figures.told} told that somebody was first")
    print(f"errors: {len(figures.errors)}; tracebacks in the server's log: {tracebacks}; lines in the record of use: {noted}")
    for error in (figures.errors + missing)[:10]:
        print("  " + error)
    if figures.memory:
        third = max(len(figures.memory) // 3, 1)
        print(f"server memory: {figures.memory[0]:.0f} MiB at first, at most {max(figures.memory):.0f} MiB; "
              f"last third {median(figures.memory[-third:]):.0f} MiB, middle third {median(figures.memory[third:2 * third] or figures.memory):.0f} MiB")  # fmt: skip
    return 0 if not (figures.errors or missing or tracebacks) and pages else 1


if __name__ == "__main__":
    sys.exit(main())
