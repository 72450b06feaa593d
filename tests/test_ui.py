"""Every page on a stored batch, without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_fixture import HOSTILE
from streamlit.testing.v1 import AppTest

from analyzer.report.comparing import compared, what_changed
from analyzer.report.review import Review
from analyzer.serve import app as app_file
from analyzer.serve import command
from analyzer.ui.worker import main as worker

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

PAGES = ("upload", "overview", "tiers", "suspects", "essay", "review", "export", "settings")


def open_page(name: str, **parameters: str) -> AppTest:
    def script(name):
        from importlib import import_module

        import_module(f"analyzer.ui.{name}").page()

    test = AppTest.from_function(script, kwargs={"name": name}, default_timeout=30)
    for key, value in parameters.items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception[0].message
    return test


def words(page: AppTest) -> str:
    """Everything said on the page, as HTML or plain text."""
    said = [value for element in page.main if isinstance(value := getattr(element, "value", None), str)]
    return "\n".join(said + [element.proto.body for element in page.get("html")])


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_empty_before_anything_was_uploaded(store, name):
    assert words(open_page(name)).strip()


@pytest.mark.parametrize("name", PAGES)
def test_each_page_shows_a_finished_batch(batch, name):
    assert words(open_page(name, batch=batch)).strip()


def test_the_overview_answers_the_three_questions(batch, report):
    shown = words(open_page("overview", batch=batch))
    for question in ("亲自动手", "认真思考", "严格把关"):
        assert question in shown
    assert f">{len(report.suspects)} <small>" in shown


def test_the_list_of_suspects_is_ranked_and_filtered(batch, report):
    page = open_page("suspects", batch=batch)
    assert page.dataframe[0].value["id"].tolist() == report.suspects.id.tolist()
    unit = report.suspects.unit[0]
    page.selectbox(key=f"suspects-unit-{batch}").set_value(unit).run()
    assert set(page.dataframe[0].value["单位"]) == {unit}
    assert f"{len(report.suspects)} 条中的" in words(page)


def test_what_was_asked_of_the_list_outlasts_a_look_at_a_pair(batch, report):
    person = next(s for s in report.suspects.itertuples() if s.author)
    page = open_page("suspects", batch=batch)
    page.text_input(key=f"suspects-sought-{batch}").set_value(person.author).run()
    page.slider(key=f"suspects-least-{batch}").set_value(0.1).run()
    listed = page.dataframe[0].value["id"].tolist()
    assert person.id in listed and len(listed) < len(report.suspects)
    page.query_params["essay"] = person.id
    page.run()
    assert not page.dataframe
    next(button for button in page.button if button.label == "返回清单").click().run()
    assert page.dataframe[0].value["id"].tolist() == listed
    assert page.text_input(key=f"suspects-sought-{batch}").value == person.author and page.slider[0].value == 0.1


def test_what_changed_since_earlier_batches_is_said_as_in_the_document(report, store):
    before = {id: replace(r, score=None if r.score is None else max(0.0, r.score - 40)) for id, r in report.reflection_own.items()}
    essays = tuple(replace(essay, batch="") for essay in report.essays)
    earlier = replace(report, essays=tuple(replace(essay, text=essay.text[::-1]) for essay in essays), reflection_own=before)
    store.add_report("2021-02", earlier)
    batch = store.add_report("2021-03", replace(report, essays=essays))
    assert "与以前批次相比" not in words(open_page("tiers", batch=batch))
    assert worker([str(store.home), batch, "relist"]) == 0
    told = what_changed(store.report(batch).changes)
    assert any("思考深度，2021-03（中位" in sentence and "高于 2021-02（中位" in sentence for sentence in told)
    page = open_page("tiers", batch=batch)
    for sentence in told[:-1]:
        assert sentence in words(page)
    assert page.dataframe[0].value["结论"].tolist() == [c.conclusion for c in sorted(store.report(batch).changes, key=lambda c: not c.is_claimed)]
    unit = report.essays[0].unit
    page.selectbox(key="unit").set_value(unit).run()
    assert set(page.dataframe[0].value["单位"]) == {unit}


def test_who_signed_what_should_not_have_passed_is_said(report, store):
    essays = tuple(replace(essay, reviewer="钱审核") for essay in report.essays)
    signed = replace(report, essays=essays, comparisons=compared(replace(report, essays=essays)))
    assert "仍带有把关问题的：钱审核" in words(open_page("tiers", batch=store.add_report("三月", signed)))


def test_a_pair_is_reviewed_and_saved_at_once(batch, report, store):
    id = report.suspects.id[0]
    page = open_page("suspects", batch=batch, essay=id)
    page.selectbox(key=f"review-{batch}-{id}-0-state").set_value("talked")
    page.text_input(key=f"review-{batch}-{id}-0-responsible").set_value("赵某")
    next(button for button in page.button if button.label == "保存").click().run()
    assert not page.exception and page.success[0].value == "已保存。"
    saved = store.review(batch, id)
    assert (saved.state, saved.responsible, saved.version) == ("talked", "赵某", 1)


def test_the_second_of_two_tabs_is_told_on_the_page(batch, report, store):
    id = report.suspects.id[0]
    first, second = (open_page("suspects", batch=batch, essay=id) for _ in range(2))
    for page, state in ((first, "talked"), (second, "unfounded")):
        page.selectbox(key=f"review-{batch}-{id}-0-state").set_value(state)
        next(button for button in page.button if button.label == "保存").click().run()
    assert "没有保存" in second.warning[0].value and "不属实" in second.warning[0].value
    assert store.review(batch, id).state == "talked"
    assert second.selectbox(key=f"review-{batch}-{id}-1-state").value == "talked"


def test_a_quotation_teaches_the_library(batch, report, store):
    id = report.suspects.id[0]
    page = open_page("suspects", batch=batch, essay=id)
    page.selectbox(key=f"review-{batch}-{id}-0-state").set_value("quotation")
    next(button for button in page.button if button.label == "保存").click().run()
    taught = {document.text for document in store.documents("official")}
    essay = report.essay(id)
    assert taught == {essay.text[m.start : m.end] for m in report.matches_of(id) if m.kind != "quote"}


def test_an_essay_with_markup_is_shown_as_text(batch):
    shown = words(open_page("essay", batch=batch, essay=HOSTILE))
    assert "&lt;script&gt;document.title" in shown and "<script>" not in shown
    assert "$x^2$ :smile:" in shown and "\u202e" not in shown


def test_the_url_names_the_batch_that_is_shown(store, report):
    old, new = store.add_report("旧", report), store.add_report("新", replace(report, problems=()))
    assert open_page("overview").query_params["batch"] in (new, [new])
    assert "2 份未能读取" in words(open_page("overview", batch=old))
    assert "0 份未能读取" in words(open_page("overview", batch="gone"))


def test_overdue_reviews_are_counted(batch, report, store):
    store.save_review(batch, Review(report.suspects.id[0], "talked", due="2021-04-02"), "甲")
    assert "1 条已过完成时限" in words(open_page("review", batch=batch))


def test_the_app_opens_with_the_newest_results(batch):
    app = AppTest.from_file("../app.py", default_timeout=30).run()
    assert not app.exception
    assert "这一批怎么样" in words(app)
    assert [link.proto.label.split(" ")[0] for link in app.sidebar.get("page_link")] == [
        "上传", "总览", "层级对比", "雷同线索", "单篇", "复核", "导出", "设置"]  # fmt: skip


def test_nobody_gets_in_over_a_network_before_a_login_is_set_up(batch, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    app = AppTest.from_file("../app.py", default_timeout=30).run()
    assert "还没有设置登录" in app.error[0].value
    assert "这一批怎么样" not in words(app) and not app.sidebar.get("page_link")


def test_the_command_serves_this_computer_only_unless_told_otherwise():
    line = " ".join(command(8765, open_browser=False))
    assert "--server.port 8765" in line and "--server.address localhost" in line and "--server.headless true" in line
    settings = tomllib.loads((app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False and settings["server"]["address"] == "localhost"
