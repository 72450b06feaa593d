"""Each setting does what it says: what is listed, the calibrated levels, tier rules, encoder, deletion."""

from __future__ import annotations

import pytest
from report_fixture import synthetic_report
from test_ui import open_page, words

from analyzer.copying.suspicion import SUSPECTED
from analyzer.essay import Batch, Essay
from analyzer.report.relist import relist
from analyzer.report.rating_sheet import to_rate
from analyzer.ui import preferences, worker

PARTS = ("官方文件与范文", "层级规则", "列入线索", "深度校准", "改写识别", "数据")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_without_and_with_a_batch(store, report, part):
    assert words(open_page("settings", part=part)).strip()
    assert words(open_page("settings", part=part, batch=store.add_report("三月", report))).strip()


def test_the_limit_is_previewed_kept_and_used(store, batch, report):
    page = open_page("settings", part="列入线索", batch=batch)
    page.slider(key="threshold").set_value(0.8).run()
    flagged = sum(o.suspicion >= 0.8 for o in report.originality.values())
    assert f"{flagged} 篇" in words(page)
    page.button(key="threshold-save").click().run()
    assert preferences.suspected(store) == 0.8

    assert worker.main([str(store.home), batch, "relist"]) == 0
    listed = store.report(batch)
    assert len(listed.suspects) == flagged == store.batch(batch).suspects
    assert set(listed.suspects.id) == {id for id, o in report.originality.items() if o.suspicion >= 0.8}
    assert listed.settings["suspected"] == 0.8 and listed.matches == report.matches


def test_the_shipped_limit_lists_what_the_analysis_lists(report):
    suspicious = {id for id, o in report.originality.items() if o.suspicion >= SUSPECTED}
    again = relist(report, SUSPECTED)
    assert set(again.suspects.id) == suspicious
    both = suspicious & set(report.suspects.id)
    assert {id: again.originality[id].verdict for id in both} == {id: report.originality[id].verdict for id in both}
    with pytest.raises(ValueError, match="界限"):
        relist(report, 0.0)


def test_essays_are_rated_one_by_one_and_the_ratings_stay(store, batch, report):
    essays = to_rate(report, 40)
    page = open_page("settings", part="深度校准", batch=batch)
    assert "第 1 篇" in words(page) and essays[0].author not in words(page)
    for level in (2, 3):
        page.button(key=f"level-{level}").click().run()
        assert not page.exception
    assert store.ratings(batch) == {essays[0].id: 2, essays[1].id: 3}
    assert "第 3 篇" in words(open_page("settings", part="深度校准", batch=batch))  # a new tab goes on where the first one was
    page.button(key="rate-back").click().run()
    page.button(key="rate-none").click().run()
    assert store.ratings(batch) == {essays[0].id: 2}
    assert page.button(key="calibrate").disabled


def test_the_levels_follow_the_ratings(store, batch, report):
    for essay in to_rate(report, 12):
        store.rate(batch, essay.id, min(4, report.reflection[essay.id].level + 1), "赵某")  # a reader who is easily pleased
    page = open_page("settings", part="深度校准", batch=batch)
    page.button(key="calibrate").click().run(timeout=120)
    assert not page.exception and "校准后" in words(page)
    page.button(key="calibration-use").click().run()
    found = preferences.calibration(store)
    assert found.essays > 0 and found.cuts[0] < found.shipped[0]
    assert "校准过的分界" in words(page)
    page.button(key="calibration-off").click().run()
    assert preferences.calibration(store) is None


def test_own_tier_rules_are_tried_before_they_are_kept(store):
    page = open_page("settings", part="层级规则")
    page.text_area(key="tiers-text").set_value("[posts\n").run()
    page.button(key="tiers-save").click().run()
    assert page.error and not (store.home / "tiers.toml").exists()
    page.text_area(key="tiers-text").set_value('[posts]\nleadership = ["督办员"]\n').run()
    page.button(key="tiers-save").click().run()
    assert page.success
    page.text_input(key="tiers-try").set_value("督办员").run()
    assert "领导班子" in words(page)

    id = store.new_batch("三月")
    for kind, name, text in (
        ("files", "张三.txt", "上个月我值班，一位大姐来报丢了电动车，我头也没抬。后来我才想明白。"),
        ("roster", "名单.csv", "姓名,单位,职务\n张三,城东所,督办员\n"),
    ):
        folder = store.folder(id) / kind
        folder.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    assert worker.main([str(store.home), id, "read"]) == 0
    assert [essay.tier for essay in store.read_batch(id).essays] == ["leadership"]


def test_an_encoder_that_is_not_there_is_not_kept(store):
    page = open_page("settings", part="改写识别")
    page.text_input(key="encoder").set_value("没有/这个模型").run()
    page.button(key="encoder-save").click().run(timeout=60)
    assert page.error and preferences.encoder(store) == "use"


def test_a_document_of_the_library_can_be_removed(store):
    store.add_documents("official", [Essay("a", "全文", "讲话")])
    (document,) = store.documents("official")
    page = open_page("settings", part="官方文件与范文")
    page.button(key=f"remove-{document.id}").click().run()
    assert store.documents("official") == ()


def test_deleting_everything_asks_first(batch, store):
    store.add_documents("library", [Essay("a", "全文", "范文")])
    page = open_page("settings", part="数据", batch=batch)
    assert page.button(key="delete-all").disabled
    page.checkbox(key="sure").check().run()
    page.button(key="delete-all").click().run()
    assert store.batches() == [] and store.documents("library") == () and not store.folder(batch).exists()


def test_what_was_set_is_what_the_analysis_uses(store, monkeypatch):
    used = {}

    def analyze(batch, **options):
        used.update(options)
        return synthetic_report()

    monkeypatch.setattr("analyzer.pipeline.analyze", analyze)
    preferences.set_encoder(store, "some/model")
    preferences.set_suspected(store, 0.9)
    id = store.new_batch("三月")
    store.keep_batch(id, Batch((Essay("e", "全文"),), files=1))
    assert worker.main([str(store.home), id, "analyze"]) == 0
    assert used["encoder"] == "some/model" and used["calibration"] is None
    assert all(suspicion >= 0.9 for suspicion in store.report(id).suspects.suspicion)
