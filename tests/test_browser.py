"""The app in a real browser, as an organizer would use it. Skipped where there is no browser, unless XINDE_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from report_fixture import HOSTILE, large_report, synthetic_report
from serving import FLAGS, browser_path, free_port, serving

from analyzer.copying.match import Match
from analyzer.essay import Problem
from analyzer.gatekeeping import Finding
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook
from analyzer.resources import resource
from analyzer.store import Store

pytestmark = pytest.mark.flaky(reruns=2)  # a browser on a busy machine now and then misses a beat; a fault fails three times
WAIT = 60_000
"""Milliseconds until a page must show what is waited for."""


@pytest.fixture(scope="module")
def chromium():
    path = browser_path()
    if path is None:
        if os.environ.get("XINDE_REQUIRE_BROWSER") == "1":
            pytest.fail("no chromium on this machine, and XINDE_REQUIRE_BROWSER=1")
        pytest.skip("no chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def store(home):
    return Store(home)


@pytest.fixture(scope="module")
def server(home, chromium):
    with serving(home, free_port()) as app:
        yield app.url


@pytest.fixture
def batch(store):
    return store.add_report("三月", synthetic_report())


@pytest.fixture
def page(chromium):
    """A tab that must not reach for the network and must not run anything of an essay."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    outside: list[str] = []
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.on(
        "request",
        lambda request: (
            outside.append(request.url) if request.url.startswith("http") and "//localhost:" not in request.url else None
        ),
    )
    page.on("dialog", lambda dialog: pytest.fail(f"an essay opened a dialog: {dialog.message}"))
    yield page
    context.close()
    assert outside == []


def choose(page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_from_the_overview_to_a_signed_off_pair_to_the_workbook(page, server, batch, store, tmp_path):
    page.goto(f"{server}/overview?batch={batch}")
    page.get_by_text("亲自动手").wait_for()
    page.get_by_role("link", name="并排看").first.click()
    page.locator(".reading .document .text").nth(1).wait_for()
    id = page.url.split("essay=")[1].split("&")[0]

    mark = page.locator(".reading .document").first.locator("[data-link]").first
    mark.click()
    link = mark.get_attribute("data-link")
    assert page.locator(f'.reading .document >> nth=1 >> [data-link="{link}"].chosen').count() > 0

    choose(page, "核实状态", "属实")
    page.get_by_label("责任人").fill("赵某")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存。").wait_for()
    assert (store.review(batch, id).state, store.review(batch, id).responsible) == ("confirmed", "赵某")

    page.get_by_role("link", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Excel").first.click()
    download.value.save_as(tmp_path / "清单.xlsx")
    sheet = load_workbook(tmp_path / "清单.xlsx")["疑似雷同清单"]
    column = {cell.value: cell.column - 1 for cell in sheet[1]}
    row = next(row for row in sheet.iter_rows(min_row=2, values_only=True) if row[column["编号"]] == id)
    assert (row[column["核实状态"]], row[column["责任人"]]) == ("属实", "赵某")


def test_the_arrow_keys_turn_the_pairs(page, server, batch):
    first, second = synthetic_report().suspects.id[:2]
    page.goto(f"{server}/suspects?batch={batch}&essay={first}")
    page.locator(".reading .document").first.wait_for()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**essay={second}**")
    page.locator("button:enabled", has_text="上一对").wait_for()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**essay={first}**")


def test_a_refresh_loses_nothing(page, server, batch):
    page.goto(f"{server}/tiers?batch={batch}")
    page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first.wait_for()
    page.reload()
    page.get_by_role("heading", name="层级对比").wait_for()
    assert f"batch={batch}" in page.url
    page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first.wait_for()


def test_text_that_tries_to_act_is_shown_as_text(page, server, batch):
    page.goto(f"{server}/essay?batch={batch}&essay={HOSTILE}")
    reading = page.locator(".reading")
    reading.wait_for()
    shown = reading.inner_text()
    assert "<script>document.title" in shown and "**加粗** `代码` $x^2$ :smile:" in shown and "U+202E" in shown
    assert page.title() == "心得 Xinde"
    assert page.locator("img[src=x]").count() == 0


def test_two_tabs_on_one_suspect(page, server, batch, store):
    id = synthetic_report().suspects.id[0]
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{server}/suspects?batch={batch}&essay={id}")
        tab.get_by_label("责任人").wait_for()
    for tab, name in ((page, "赵某"), (other, "钱某")):
        tab.get_by_label("责任人").fill(name)
        tab.get_by_role("button", name="保存").click()
        tab.get_by_text("已保存。" if tab is page else "没有保存").wait_for()
    assert store.review(batch, id).responsible == "赵某"
    assert other.get_by_label("责任人").input_value() == "赵某"


def test_a_list_filled_in_offline_is_imported(page, server, batch, store, tmp_path):
    report = synthetic_report()
    id = report.suspects.id[1]
    write_workbook(report, tmp_path / "清单.xlsx", {id: Review(id, "unfounded", "孙某", "各写各的")})
    page.goto(f"{server}/export?batch={batch}")
    page.locator("input[type=file]").set_input_files(str(tmp_path / "清单.xlsx"))
    page.get_by_role("button", name="导入").click()
    page.get_by_text("已导入：1 条有改动。").wait_for()
    assert store.review(batch, id).conclusion == "各写各的"


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(150)


def focused(page) -> str:
    """What has the focus, by its label; inside a component of ours, too."""
    return page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
          if (!at || at === document.body || at.matches('main, section')) return '';
          return (at.getAttribute('aria-label') || at.innerText || '').trim();
        }"""
    )


def tab_to(page, label: str, most: int = 60) -> None:
    seen = []
    for _ in range(most):
        if label in focused(page).split("\n"):
            return
        press(page, "Tab")
        seen.append(focused(page)[:30])
    raise AssertionError(f"{label} is not reached by Tab, only {seen}")


def test_a_review_by_keyboard_alone(page, server, batch, store):
    first, second, third = synthetic_report().suspects.id[:3]
    page.goto(f"{server}/suspects?batch={batch}&essay={first}")
    page.get_by_label("责任人").wait_for()
    press(page, "2")  # 记为不属实
    page.get_by_text("已保存。").wait_for()
    assert store.review(batch, first).state == "unfounded"

    press(page, "n")  # the next one that is open
    page.wait_for_url(f"**essay={second}**")
    page.locator(f".st-key-review-{batch}-{second}-0-responsible").wait_for()
    tab_to(page, "核实状态")
    press(page, "ArrowDown", "ArrowDown", "Enter")
    tab_to(page, "责任人")
    page.keyboard.type("赵某 s1n")  # letters of shortcuts are letters where one writes
    tab_to(page, "整改措施")
    page.keyboard.type("重写")
    tab_to(page, "保存")
    press(page, "Enter")
    page.get_by_text("已保存。").wait_for()
    saved = store.review(batch, second)
    assert saved.state != "pending" and (saved.responsible, saved.measures) == ("赵某 s1n", "重写")

    press(page, "ArrowRight")
    page.wait_for_url(f"**essay={third}**")
    page.locator(".reading .document").first.wait_for()
    tab_to(page, "下一处")
    press(page, "Enter")
    page.locator(".reading [data-link].chosen").first.wait_for()
    assert store.review(batch, third).version == 0


@pytest.mark.parametrize("path", ["overview", "tiers", "suspects", "suspects?essay={hostile}", "essay?essay={hostile}", "review",
                                  "export", "upload?view=本批", "settings?part=深度校准"])  # fmt: skip
def test_nothing_of_an_essay_acts_on_any_page(page, server, store, path):
    id = store.add_report('<script>document.title="坏了"</script> $x^2$ **批** :smile:', everything_hostile())
    path = path.format(hostile=HOSTILE)
    page.goto(f"{server}/{path}{'&' if '?' in path else '?'}batch={id}")
    page.locator("[data-testid=stMain] [data-testid=stHtml], [data-testid=stMain] .reading").first.wait_for()
    page.wait_for_timeout(1500)
    assert page.title() == "心得 Xinde"
    assert page.locator("img[src=x], .katex, [data-testid=stMain] strong:text-is('加粗')").count() == 0
    shown = page.locator("body").inner_text()
    assert "\u202e" not in shown and "😄" not in shown
    assert "$x^2$ **批** :smile:" in page.locator("[data-testid=stSidebar] input").first.input_value()


def everything_hostile():
    """Its strange essay is a suspect, has a finding, no tier and a hostile comrade; files and notes are no better."""
    report = synthetic_report()
    text = next(e.text for e in report.essays if e.id == HOSTILE)
    partner = report.suspects.id[0]
    n = len(text)
    trick = "<img src=x onerror=alert(1)> $x^2$ **加粗** :smile: \u202e反"
    return replace(
        report,
        essays=tuple(replace(e, tier="", unit=trick, author=trick, post=trick, title=trick) if e.id in (HOSTILE, partner) else e for e in report.essays),
        originality=report.originality | {HOSTILE: replace(report.originality[HOSTILE], verdict="copied", suspicion=0.999, copied=1.0, own=0.0)},
        matches=(*report.matches, Match(HOSTILE, 0, n, partner, 0, n, "edited", "batch", 0.9, 0.9)),
        findings=(Finding(HOSTILE, 0, n, "placeholder", trick), *report.findings),
        problems=(Problem(trick, trick),),
        notes=(trick,),
    )  # fmt: skip



def test_a_batch_of_two_thousand(page, server, store):
    report = large_report(2000)
    id = store.add_report("两千篇", report)
    first = report.suspects.id[0]
    page.goto(f"{server}/overview?batch={id}")
    page.get_by_text("先看这些").wait_for()
    grid, chart = "[data-testid=stDataFrame] canvas", "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
    pages = {"层级对比": chart, "雷同线索": grid, "单篇": ".reading", "复核": grid, "导出": "[data-testid=stDownloadButton]", "总览": ".cards"}
    for title, shown in pages.items():
        page.get_by_role("link", name=title).first.click()
        page.locator(shown).first.wait_for()
    page.goto(f"{server}/suspects?batch={id}&essay={first}")
    page.locator(".reading .document .text").nth(1).wait_for()


def fill_in_first_unknown_tier(page, tier: str) -> None:
    """The last cell of the first row of the grid, as somebody with a keyboard would."""
    grid = page.locator(".st-key-panel-unknown [data-testid=stDataFrame]")
    grid.wait_for()
    option = page.locator("#portal").get_by_text(tier, exact=True)
    for _ in range(10):  # the grid takes clicks only once it is drawn, which takes longer on a busy machine
        page.wait_for_timeout(1000)
        box = grid.bounding_box()
        page.mouse.click(box["x"] + box["width"] - 40, box["y"] + 46)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1000)
        if option.is_visible():
            option.click()
            option.wait_for(state="hidden")
            return
        page.keyboard.press("Escape")
    raise AssertionError("the grid offered no tiers")


def test_upload_the_samples_and_see_tiers_and_the_first_suspect(page, server, store):
    page.goto(f"{server}/upload?view=新的一批")
    for label, name in (("文稿（必需）", "batch.zip"), ("名单", "roster.xlsx")):
        uploader = page.locator("[data-testid=stFileUploader]", has_text=label)
        uploader.locator("input[type=file]").set_input_files(str(resource("samples", name)))
        uploader.get_by_text(name).wait_for()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="读取文稿").click()
    page.get_by_role("button", name="开始分析").wait_for(timeout=60_000)
    fill_in_first_unknown_tier(page, "基层一线")
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="开始分析").click()
    page.get_by_role("button", name="取消").wait_for()
    page.reload()  # in the middle of it
    page.get_by_role("link", name="看总览").click(timeout=180_000)
    page.get_by_text("先看这些").wait_for()
    page.get_by_role("link", name="层级对比").click()
    page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first.wait_for()
    page.get_by_text("领导班子").first.wait_for()
    batch = next(b for b in store.batches() if b.status == "done" and f"batch={b.id}" in page.url)
    assert all(essay.tier for essay in store.report(batch.id).essays)
    first = store.report(batch.id).suspects.iloc[0]
    page.goto(f"{server}/suspects?batch={batch.id}&essay={first.id}")
    page.locator(".reading .document .who").first.wait_for()
    assert first.author in page.locator(".reading .document .who").first.inner_text()
