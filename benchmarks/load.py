"""Many people in the app at once: nobody sees what is another's, no review is lost, pages stay quick, memory stays bounded.

    python -m benchmarks.load --sessions 20 --minutes 10      # the figures of issue 9

The sample batch is analyzed once for each of several organs (every session of an organ works on that organ's own batch). Each
session logs in, opens pages of its batch at random and saves reviews with a note that nobody else writes. Most sessions speak to
the server over the websocket as Streamlit's page would (tab.py), since people bring computers of their own to draw what comes;
``--browsers`` of them sit before Chromium here (needs chromium and playwright). Checked: everything that is sent to a page is of
its own batch, and nothing of another's; every save that was answered with 已保存 is in the store; the server's memory; and how
long a page takes, from the request until all of it has come (in a browser: stands there, drawn).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from analyzer.ingest import read_batch, read_documents
from analyzer.pipeline import analyze
from analyzer.report.report import Report
from analyzer.resources import resource
from analyzer.store import Store
from analyzer.store.accounts import Accounts, User
from analyzer.store.audit import entries
from benchmarks.tab import Shown, Tab, log_in, pressed, typed
from serving import FLAGS, browser_path, free_port, serving

PASSWORD = "load test 负载"
ORGANS = 5
"""Batches; sessions share one with others who work on it, too."""
ARRIVAL = 10.0
"""Seconds within which all have come: from one address, more than ten at the same moment look like somebody who guesses."""
PAUSE = (1.0, 4.0)
"""Seconds that somebody looks at a page before the next click."""
NEW_TAB = 0.2
"""Share of the pages that are opened anew rather than by a click in the page before."""
PATIENCE = 60
"""Seconds after which a page that has not come counts as an error."""
QUICK = 3.0
"""Seconds within which 19 of 20 pages must have come."""
GROWTH = 1.2
"""The server's memory in the last third of the time, over that in the middle third, at most."""

PAGES = {"overview": "这一批怎么样", "tiers": "层级对比", "suspects": "雷同线索", "review": "复核"}
"""Pages that are read, and the heading that must stand on each."""


@dataclass
class Figures:
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From the request of a page until it is there, by who asked (wire, browser) and page."""
    saved: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Notes that the page said were saved, by batch and essay."""
    told: int = 0
    """Saves that the page refused because somebody else had been first, and said so."""
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """MiB of the server, once a second."""

    def note_save(self, batch: str, essay: str, note: str, answer: str) -> None:
        if "没有保存" in answer:
            self.told += 1
        elif "已保存" in answer:
            self.saved[batch, essay].append(note)
        else:
            raise AssertionError(f"a save is answered with {answer!r}")


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


class OnTheWire:
    """Somebody whose browser is elsewhere."""

    kind = "wire"

    def __init__(self, url: str, organ: int, batch: str, figures: Figures, chance: random.Random):
        self.url, self.batch, self.figures, self.chance = url, batch, figures, chance
        self._own, self._others = mark(organ), [mark(other) for other in range(ORGANS) if other != organ]
        self._tab: Tab | None = None
        self._open = AsyncExitStack()

    async def enter(self, name: str) -> None:
        self._cookie = await asyncio.to_thread(log_in, self.url, name, PASSWORD)

    async def leave(self) -> None:
        await self._open.aclose()

    async def read(self, name: str) -> None:
        assert (await self._timed(name, name, {})).holds(PAGES[name]), f"{name} has no heading"

    async def review(self, essay: str, note: str) -> None:
        shown = await self._timed("pair", "suspects", {"essay": essay})
        filled = (typed(shown.widget("text_input", "备注"), note), pressed(shown.widget("button", "保存")))
        began = time.monotonic()
        answer = await self._tab.show("suspects", {"batch": self.batch, "essay": essay}, filled)
        self.figures.seconds["wire save"].append(time.monotonic() - began)
        self._check(answer)
        self.figures.note_save(self.batch, essay, note, " ".join(answer.alerts()))

    async def _timed(self, what: str, page: str, query: dict[str, str]) -> Shown:
        began = time.monotonic()
        if self._tab is None or self.chance.random() < NEW_TAB:
            await self._open.aclose()
            self._tab = await self._open.enter_async_context(Tab(self.url, self._cookie))
        shown = await self._tab.show(page, {"batch": self.batch} | query)
        self.figures.seconds[f"wire {what}"].append(time.monotonic() - began)
        self._check(shown)
        return shown

    def _check(self, shown: Shown) -> None:
        assert not shown.errors, shown.errors
        assert shown.holds(self._own), "the page is not of this batch"
        for other in self._others:
            assert not shown.holds(other), f"the page shows {other}"


class InABrowser:
    """Somebody before a browser on this computer."""

    kind = "browser"

    def __init__(self, browser, url: str, organ: int, batch: str, figures: Figures, chance: random.Random):
        self.browser, self.url, self.batch, self.figures, self.chance = browser, url, batch, figures, chance
        self._others = [mark(other) for other in range(ORGANS) if other != organ]
        self._at = ""

    async def enter(self, name: str) -> None:
        self._context = await self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        self._page = await self._context.new_page()
        self._page.set_default_timeout(1000 * PATIENCE)
        await self._page.goto(f"{self.url}/login?next=/overview%3Fbatch%3D{self.batch}")
        await self._page.get_by_label("用户名").fill(name)
        await self._page.get_by_label("密码").fill(PASSWORD)
        await self._page.get_by_role("button", name="登录").click()
        await self._page.get_by_text(PAGES["overview"]).first.wait_for()
        self._at = "overview"

    async def leave(self) -> None:
        await self._context.close()

    async def read(self, name: str) -> None:
        began = time.monotonic()
        if name == self._at or self.chance.random() < NEW_TAB:
            await self._page.goto(f"{self.url}/{name}?batch={self.batch}", wait_until="commit")
        else:
            await self._page.locator("[data-testid=stSidebar]").get_by_role("link", name=PAGES[name] if name != "overview" else "总览").click()
        await self._page.locator("h2", has_text=PAGES[name]).first.wait_for()
        await self._page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')")
        self.figures.seconds[f"browser {name}"].append(time.monotonic() - began)
        self._at = name
        await self._check()

    async def review(self, essay: str, note: str) -> None:
        began = time.monotonic()
        await self._page.goto(f"{self.url}/suspects?batch={self.batch}&essay={essay}", wait_until="commit")
        self._at = "pair"
        await self._page.get_by_label("备注").wait_for()
        self.figures.seconds["browser pair"].append(time.monotonic() - began)
        await self._page.get_by_label("备注").fill(note)
        began = time.monotonic()
        await self._page.get_by_role("button", name="保存").first.click()
        answer = self._page.get_by_text("已保存。").or_(self._page.get_by_text("没有保存"))
        await answer.first.wait_for()
        self.figures.seconds["browser save"].append(time.monotonic() - began)
        self.figures.note_save(self.batch, essay, note, await answer.first.inner_text())
        await self._check()

    async def _check(self) -> None:
        shown = await self._page.locator("[data-testid=stMain]").inner_text()
        for other in self._others:
            assert other not in shown, f"the page shows {other}"


async def session(person: OnTheWire | InABrowser, number: int, suspects: list[str], until: float, figures: Figures) -> None:
    """One person at work until the time is up. Whatever goes wrong is written into ``figures.errors``, and the work goes on."""
    chance, turn = random.Random(number), 0
    try:
        await asyncio.sleep(chance.uniform(0, ARRIVAL))
        await asyncio.wait_for(person.enter(f"人员{number}"), PATIENCE)
        while time.monotonic() < until:
            turn += 1
            await asyncio.sleep(chance.uniform(*PAUSE))
            work = person.read(chance.choice(list(PAGES))) if turn % 3 else person.review(chance.choice(suspects), f"{number}-{turn}")
            try:
                await asyncio.wait_for(work, PATIENCE)
            except Exception as error:  # every way to fail is a finding
                figures.errors.append(f"session {number} ({person.kind}), turn {turn}: {type(error).__name__}: {str(error)[:300]}")
    except Exception as error:  # told with the others
        figures.errors.append(f"session {number} ({person.kind}) does not get in: {type(error).__name__}: {str(error)[:300]}")
    finally:
        await person.leave()


async def watch(pid: int, until: float, figures: Figures) -> None:
    """Note the server's memory (Linux; nothing elsewhere)."""
    status = Path(f"/proc/{pid}/status")
    while time.monotonic() < until and status.exists():
        resident = next((line for line in status.read_text().splitlines() if line.startswith("VmRSS")), None)
        if resident:
            figures.memory.append(int(resident.split()[1]) / 1024)
        await asyncio.sleep(1)


async def load(url: str, pid: int, ids: dict[int, str], store: Store, sessions: int, browsers: int, minutes: float) -> Figures:
    figures = Figures()
    suspects = {organ: list(store.report(id).suspects.id) for organ, id in ids.items()}
    async with AsyncExitStack() as stack:
        browser = None
        if browsers:
            from playwright.async_api import async_playwright

            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
            stack.push_async_callback(browser.close)
        until = time.monotonic() + 60 * minutes
        people = []
        for number in range(sessions):
            organ, chance = number % ORGANS, random.Random(1000 + number)
            usual = (url, organ, ids[organ], figures, chance)
            person = InABrowser(browser, *usual) if number < browsers else OnTheWire(*usual)
            people.append(session(person, number, suspects[organ], until, figures))
        await asyncio.gather(watch(pid, until, figures), *people)
    return figures


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
    parser.add_argument("--browsers", type=int, default=2, help="how many of them sit before a browser here")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ids = prepare(home, options.sessions)
        store = Store(home)
        with serving(home, free_port(), login=True) as app:
            figures = asyncio.run(load(app.url, app.pid, ids, store, options.sessions, options.browsers, options.minutes))
            tracebacks = app.log.read_text(encoding="utf-8").count("Traceback")
        return _tell(options, figures, lost(store, figures), tracebacks, len(entries(store)))


def _tell(options: argparse.Namespace, figures: Figures, missing: list[str], tracebacks: int, noted: int) -> int:
    print(f"{options.sessions} sessions, {options.browsers} of them in a browser here, {options.minutes:g} minutes, {os.cpu_count()} cores")
    quick = True
    for kind in ("wire", "browser"):
        pages = {name: seconds for name, seconds in sorted(figures.seconds.items()) if name.startswith(kind)}
        every = [s for name, seconds in pages.items() if not name.endswith("save") for s in seconds]
        for name, seconds in [*pages.items(), *[(f"{kind}, all pages", every)] * bool(every)]:
            print(f"{name:18} {len(seconds):5} times, median {median(seconds):5.2f} s, p95 {_p95(seconds):5.2f} s, at most {max(seconds):5.2f} s")
        quick = quick and (not every or _p95(every) < QUICK)
    saves = sum(map(len, figures.saved.values()))
    print(f"reviews: {saves} saved, {len(missing)} lost, {figures.told} told that somebody was first")
    print(f"errors: {len(figures.errors)}; tracebacks in the server's log: {tracebacks}; lines in the record of use: {noted}")
    for error in (figures.errors + missing)[:10]:
        print("  " + error)
    third = len(figures.memory) // 3
    bounded = True
    if third:
        middle, last = median(figures.memory[third : 2 * third]), median(figures.memory[-third:])
        bounded = last <= GROWTH * middle
        print(f"server memory: {figures.memory[0]:.0f} MiB at first, at most {max(figures.memory):.0f} MiB; "
              f"middle third {middle:.0f} MiB, last third {last:.0f} MiB")  # fmt: skip
    reached = {"no error": not (figures.errors or tracebacks), "no review lost": not missing and saves > 0,
               f"p95 under {QUICK:g} s": quick, "memory bounded": bounded}  # fmt: skip
    print("; ".join(f"{what}: {'yes' if so else 'NO'}" for what, so in reached.items()))
    return 0 if all(reached.values()) else 1


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


if __name__ == "__main__":
    sys.exit(main())
