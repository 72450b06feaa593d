"""文档痕迹: found where two people's files point at one another, silent where everybody shares, and never a verdict."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest

from analyzer.essay import Essay
from analyzer.gatekeeping import TRACES, find_traces
from analyzer.labels import TRACE
from analyzer.report.pair_html import traces_sentence
from analyzer.report.report import Report
from analyzer.report.workbook import write_workbook
from tests.report_fixture import synthetic_report

NAMES = "赵一 钱二 孙三 李四 周五 吴六 郑七 王八 冯九 陈十 褚甲 卫乙".split()


def batch(**of):
    """Twelve files from one form; ``of`` gives some of them properties of their own."""
    form = {"rsids": "00AAAA01 00AAAA02", "author": "单位打字室", "created": "2021-03-01T08:00:00", "editing_minutes": "60"}
    return [Essay(f"E{k}", "字" * 2000, author=name, unit="城东所", traces=form | of.get(f"E{k}", {})) for k, name in enumerate(NAMES)]


def kinds(essays):
    return {(t.kind, t.essays) for t in find_traces(essays)}


def test_a_form_that_all_share_tells_nothing():
    assert kinds(batch()) == set()


def test_rare_sessions_in_two_peoples_files():
    extra = {"rsids": "00AAAA01 00AAAA02 00BB0001 00BB0002 00BB0003"}
    (trace,) = find_traces(batch(E2=extra, E7=extra))
    assert trace.kind == "sessions" and trace.essays == ("E2", "E7") and "3 个" in trace.note


def test_one_session_may_be_chance_and_ones_own_files_are_ones_own():
    assert kinds(batch(E2={"rsids": "00BB0001"}, E7={"rsids": "00BB0001"})) == set()
    essays = batch(E2={"rsids": "00BB0001 00BB0002"}, E7={"rsids": "00BB0001 00BB0002"})
    essays[7] = replace(essays[7], author=essays[2].author)
    assert kinds(essays) == set()


def test_one_file_saved_as_another():
    saved = {"author": "赵一", "created": "2021-03-09T20:15:00"}
    assert kinds(batch(E0=saved, E5=saved)) == {("origin", ("E0", "E5"))}


def test_somebody_elses_name_and_the_clerk():
    (trace,) = find_traces(batch(E5={"last_modified_by": "赵一"}))
    assert trace.kind == "person" and trace.essays == ("E5",) and "最后修改人" in trace.note and "赵一" in trace.note
    many = {f"E{k}": {"last_modified_by": "赵一"} for k in range(1, 9)}
    (trace,) = find_traces(batch(**many))
    assert len(trace.essays) == 8 and "统一收稿" in trace.note


def test_minutes_for_thousands_of_characters():
    assert kinds(batch(E3={"editing_minutes": "3"})) == {("quick", ("E3",))}
    assert kinds(batch(E3={"editing_minutes": "0"}, E4={"editing_minutes": "12"}, E5={"editing_minutes": "?"})) == set()
    assert kinds(batch(**{f"E{k}": {"editing_minutes": "3"} for k in range(12)})) == set()


@pytest.mark.parametrize("essays", [[], batch()[:1], batch(E0={"rsids": "00BB0001 00BB0002"}, E1={"rsids": "00BB0001 00BB0002"})[:3]])
def test_among_few_files_nothing_is_rare(essays):
    assert find_traces(essays) == []


def test_traces_are_shown_and_change_no_verdict(tmp_path):
    report = synthetic_report()
    a, b = report.essays[:2]
    traced = replace(report, traces=tuple(find_traces([
        replace(e, traces={"editing_minutes": "1", "author": b.author if e is a else ""}, text=e.text * 20) for e in report.essays[:2]])))
    assert {t.kind for t in traced.traces} <= set(TRACES) == set(TRACE) and traced.traces
    assert traced.table.equals(report.table)
    assert TRACE["person"] in traces_sentence(traced, a.id, b.id)
    again = Report.from_json(traced.to_json(tmp_path / "report.json"))
    assert again.traces == traced.traces
    sheet = openpyxl.load_workbook(write_workbook(traced, tmp_path / "list.xlsx"))["文档痕迹"]
    assert sheet.cell(2, 4).value == traced.traces[0].note
    assert "文档痕迹" not in openpyxl.load_workbook(write_workbook(report, tmp_path / "list.xlsx")).sheetnames
