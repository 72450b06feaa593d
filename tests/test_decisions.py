"""A decision flows back: quotations are masked from then on, what was found to be none is not asked about again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.decisions import CARRIED, carry_over, flow_back, teach_quotations
from analyzer.essay import Batch, Essay
from analyzer.pipeline import analyze
from analyzer.report.review import Review
from analyzer.store import Store

SPEECH = (
    "执法不是冷冰冰的条文堆起来的墙，而是给老百姓挡风遮雨的屋檐。哪一片瓦松了，雨就漏在谁家的锅里。"
    "各级领导干部要常到屋檐底下站一站，听听雨声，看看谁家的锅里接着水，不要等到墙倒了才去翻施工图纸。"
)
OWN = (
    "上个月十六号晚上我值班，一位大姐来报丢了电动车，我头也没抬就说没有发票办不了。后来她投诉到分局，我还觉得委屈。",
    "我在窗口坐了七年，办证的老人多半不识字。去年冬天有位大爷跑了四趟，第五趟才有人告诉他少一张照片，那个人本该是我。",
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture(scope="module")
def batch():
    essays = [Essay(f"e{n}", f"{SPEECH}{own}", author=name) for n, (own, name) in enumerate(zip(OWN, ("张三", "李四")))]
    return Batch(tuple(essays), files=2)


def test_a_quotation_is_masked_in_the_next_run(store, batch):
    before = analyze(batch)
    assert [m for m in before.matches if m.kind != "quote"] and before.originality["e0"].verdict != "clear"
    assert teach_quotations(store, before, "e0") == 1
    assert teach_quotations(store, before, "e0") == 0  # known already
    after = analyze(batch, official=store.documents("official"))
    assert [m for m in after.matches if m.kind != "quote"] == [] and after.originality["e0"].verdict == "clear"
    assert after.originality["e1"].quoted > 0.5


def test_a_decision_taken_back_is_forgotten(store, report):
    id = report.suspects.id[0]
    store.add_documents("official", [Essay("", "讲话全文", title="讲话")])
    assert "记入官方文件库" in flow_back(store, report, id, "pending", "quotation")
    assert len(store.documents("official")) > 1
    assert flow_back(store, report, id, "quotation", "quotation") == ""
    assert "取出" in flow_back(store, report, id, "quotation", "unfounded")
    assert [document.title for document in store.documents("official")] == ["讲话"]


def test_what_was_found_to_be_none_is_not_open_in_a_later_batch(store, report):
    id = report.suspects.id[0]
    march = store.add_report("三月", report)
    store.save_review(march, Review(id, "unfounded", "钱某", "同一次活动"), "赵某")
    store.save_review(march, Review(report.suspects.id[1], "confirmed"), "赵某")

    april = store.new_batch("四月")
    assert carry_over(store, april, report) == 1
    (carried,) = store.reviews(april).values()
    assert (carried.essay, carried.state, carried.by, carried.responsible) == (id, "unfounded", CARRIED, "钱某")
    assert carried.conclusion.startswith("此前已核实不属实（三月，") and carried.conclusion.endswith("赵某）：同一次活动")
    store.keep_report(april, report)

    store.delete_batch(march)  # what was carried over is carried on, and still names who decided first
    may = store.new_batch("五月")
    assert carry_over(store, may, report) == 1
    assert store.review(may, id).conclusion == carried.conclusion


def test_what_somebody_recorded_stands(store, report):
    id = report.suspects.id[0]
    store.save_review(store.add_report("三月", report), Review(id, "unfounded"), "赵某")
    april = store.add_report("四月", report)
    mine = store.save_review(april, Review(id, "talked"), "孙某")
    assert carry_over(store, april, report) == 0 and store.review(april, id) == mine


def test_likeness_with_somebody_else_is_open(store, report):
    id = report.suspects.id[0]
    partner = next(m.other for m in report.matches_of(id) if m.kind != "quote")
    store.save_review(store.add_report("三月", report), Review(id, "unfounded"), "赵某")
    renamed = tuple(replace(e, author="另一人") if e.id == partner else e for e in report.essays)
    assert carry_over(store, store.new_batch("四月"), replace(report, essays=renamed)) == 0


def test_another_passage_of_the_same_two_is_open(store, report):
    id = report.suspects.id[0]
    store.save_review(store.add_report("三月", report), Review(id, "unfounded"), "赵某")
    other = replace(report.essay(id), text=report.essay(id).text[::-1])
    changed = replace(report, essays=tuple(other if e.id == id else e for e in report.essays))
    assert carry_over(store, store.new_batch("四月"), changed) == 0
