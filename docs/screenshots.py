"""Take docs/screenshots/*.png of each page at 1366×768, on the samples (or on a report.json): python docs/screenshots.py [--report FILE]

Needs Chromium and playwright. Look at every picture afterwards: no clipped text, no English left, no empty first view.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.store import Store
from analyzer.ui import jobs
from serving import FLAGS, browser_path, free_port, serving

OUT = Path(__file__).parent / "screenshots"
CHART = "[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas"
GRID = "[data-testid=stDataFrame] canvas"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, help="a report.json instead of the samples")
    report = parser.parse_args().report
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        store = Store(home)
        batch = store.add_report("2021-03 教育整顿", Report.from_json(report)) if report else analyzed_samples(store)
        found = store.report(batch)
        review_some(store, batch, found)
        with serving(Path(home), free_port()) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            take(page, app.url, batch, found)
            browser.close()


def analyzed_samples(store: Store) -> str:
    batch = jobs.sample_batch(store)
    jobs.start(store, batch, "all")
    while store.batch(batch).status in jobs.RUNNING:
        time.sleep(0.5)
    if store.batch(batch).status != "done":
        raise SystemExit(store.batch(batch).message)
    return batch


def review_some(store: Store, batch: str, report: Report) -> None:
    ids = report.suspects.id.tolist()
    for id, review in zip(ids, (
        Review("", "confirmed", "赵某", "本人承认照搬同事稿件", "重写，在支部会上说明", "2021-04-02"),
        Review("", "talked", "赵某", "", "", "2021-04-09", "本人称共同讨论后各自成稿"),
        Review("", "unfounded", "钱某", "同一次活动，各写各的", "", "2021-04-09"),
    ), strict=False):  # fmt: skip
        store.save_review(batch, Review(id, review.state, review.responsible, review.conclusion, review.measures, review.due, review.note), "学习办 孙某")


def take(page: Page, url: str, batch: str, report: Report) -> None:
    suspects = report.suspects.id.tolist()
    deep = max((e.id for e in report.essays), key=lambda id: report.reflection[id].score or 0)
    for name, path, waiting in (
        ("upload", "upload?view=新的一批", "input[type=file]"), ("check", "upload?view=本批", ".say"), ("overview", "overview", ".cards"),
        ("tiers", "tiers", CHART), ("suspects", "suspects", GRID), ("pair", f"suspects?essay={suspects[0]}", ".reading .document"),
        ("essay", f"essay?essay={deep}", ".reading"), ("review", "review", GRID), ("export", "export", "[data-testid=stDownloadButton]"),
        ("settings", "settings", "input[type=file]"), ("listing", "settings?part=列入线索", CHART), ("calibration", "settings?part=深度校准", ".rating"),
    ):  # fmt: skip
        page.goto(f"{url}/{path}{'&' if '?' in path else '?'}batch={batch}")
        page.locator(waiting).first.wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(2500)  # charts and grids draw after they are there
        page.screenshot(path=OUT / f"{name}.png")
    page.goto(f"{url}/tiers?batch={batch}")
    page.locator(CHART).nth(2).wait_for(timeout=60_000)
    page.locator(CHART).nth(2).scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "tiers-more.png")
    page.goto(f"{url}/suspects?batch={batch}&view=成组")
    page.locator(CHART).first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "groups.png")


if __name__ == "__main__":
    main()
