"""A report without names: nothing that names anybody is left, and every offset still points to the same words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.compare import compare, sign_offs
from analyzer.essay import Essay, Problem
from analyzer.gatekeeping import Finding
from analyzer.report.anonymize import anonymize
from analyzer.report.pseudonyms import Names, Recoded, parts_of_units
from analyzer.report.report import Report


@pytest.fixture(scope="module")
def hidden(report):
    return anonymize(report)


def test_nothing_of_a_name_is_left(report, hidden, tmp_path):
    written = hidden[0].to_json(tmp_path / "a.json").read_text(encoding="utf-8")
    people = {e.author for e in (*report.essays, *report.absent)}
    units = {e.unit for e in (*report.essays, *report.documents)}
    files = {e.file for e in report.essays} | {p.file for p in report.problems}
    ids = {e.id for e in report.essays}
    assert [n for n in people | units | files if len(n) > 1 and n in written] == []
    assert [place for place in ("禾川", "柳沟", "临澄", "南渡") if place in written] == []
    assert not re.search("|".join(rf'"{id}"' for id in ids), written)
    assert Report.from_json(tmp_path / "a.json").matches == hidden[0].matches


def test_every_offset_points_to_the_same_words(report, hidden):
    anonymous, key = hidden
    strip = Names(key["people"] | key["units"] | key["places"])

    def same(old: Essay, start: int, end: int, new: Essay, new_start: int, new_end: int) -> bool:
        """Alike but for 某, which stands for a surname, and a name that the span cuts in two."""
        expected, moved = strip.hide(old.text[start:end]), new.text[new_start:new_end]
        return expected == moved or SequenceMatcher(None, expected, moved, autojunk=False).ratio() > 0.9

    for old, new in zip(report.matches, anonymous.matches, strict=True):
        assert same(report.essay(old.essay), old.start, old.end, anonymous.essay(new.essay), new.start, new.end)
        assert same(
            report.essay(old.other), old.other_start, old.other_end, anonymous.essay(new.other), new.other_start, new.other_end
        )
    for old, new in zip(report.findings, anonymous.findings, strict=True):
        assert same(report.essay(old.essay), old.start, old.end, anonymous.essay(new.essay), new.start, new.end)
    for essay in report.essays:
        moved = anonymous.reflection[key["essays"][essay.id]].sentences
        for old, new in zip(report.reflection[essay.id].sentences, moved, strict=True):
            assert same(essay, old.start, old.end, anonymous.essay(key["essays"][essay.id]), new.start, new.end)


def test_figures_stay_and_conclusions_name_codes(report, hidden):
    anonymous, key = hidden
    numbers = ["verdict", "suspicion", "copied", "own", "level_own", "score_own", "findings", "tier"]
    before = report.table.assign(id=report.table.id.map(key["essays"])).set_index("id")
    assert anonymous.table.set_index("id").loc[before.index, numbers].equals(before[numbers])
    for old, new in zip(report.comparisons, anonymous.comparisons, strict=True):
        codes = key["units"] if old.by == "unit" else {}
        figures = {(codes.get(g.name, g.name), g.n, g.mean, g.low) for g in old.groups}
        assert old.by == "unit_tier" or {(g.name, g.n, g.mean, g.low) for g in new.groups} == figures


def test_order_and_numbers_do_not_follow_the_roster(report, hidden):
    anonymous, key = hidden
    ids = [key["essays"][essay.id] for essay in report.essays]
    assert ids != sorted(ids) and [e.id for e in anonymous.essays] == sorted(ids)
    names = sorted(name for name in key["people"])
    assert [key["people"][name] for name in names] != sorted(key["people"].values())


def test_as_many_people_as_before(report, hidden):
    anonymous, _ = hidden
    assert len(set(anonymous.table.author) - {""}) == len(set(report.table.author.str.strip()) - {""})


def test_the_key_is_plain_json_and_keeps_codes_over_batches(report, hidden):
    _, key = hidden
    assert json.loads(json.dumps(key)) == key
    later = replace(report, essays=(*report.essays[1:], replace(report.essays[0], author="新来的")))
    again = anonymize(later, key)[1]
    assert again["people"]["新来的"] not in key["people"].values()
    for kind in ("people", "units", "places", "essays"):
        assert {name: again[kind][name] for name in key[kind]} == key[kind]


def one_report(text: str, **more) -> Report:
    from analyzer.copying.match import Originality
    from analyzer.reflection.reflection import Reflection

    essay = Essay("E1", text, **({"author": "覃海波", "unit": "禾川县公安局城关派出所"} | more))
    nothing = Reflection("E1", None, None, None, None, {}, ())
    return Report(
        (essay,), (), {"E1": Originality("E1", "clear", 0, 0, 0, 0, 1)}, {"E1": nothing}, {"E1": nothing}, (), (), (), ()
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我叫覃海波，在城关派出所。", "我叫人员001，在单位"),
        ("拉着我的手说，小覃啊，我来了。", "拉着我的手说，小某啊，我来了。"),
        ("“覃所长，您说句话。”", "“某所长，您说句话。”"),
        ("禾川县的山，禾川的水。", "地名"),
    ],
)
def test_names_in_a_text(text, expected):
    hidden, _ = anonymize(one_report(text))
    assert expected in hidden.essays[0].text
    assert not re.search("覃|禾川|城关派出所", hidden.essays[0].text)


def test_traces_paths_and_other_names():
    report = one_report(
        "汇报人：王丽华\n我查了自己。",
        file="城关所/覃海波.docx",
        reviewer="李审",
        traces={"author": "石文涛", "created": "2021-03-16", "application": "WPS"},
    )
    report = replace(
        report,
        findings=(Finding("E1", 4, 7, "other_name", "写的姓名是王丽华，名单上是覃海波", 0.95),),
        problems=(Problem("城关所/石文涛.doc", "打不开石文涛的文件"),),
        settings={"roster": "/home/秘书/名单.xlsx", "encoder": "use"},
        notes=("李审没有签字",),
        comparisons=(sign_offs(report.essays, [Finding("E1", 4, 7, "other_name", "")]),),
    )
    hidden, key = anonymize(report)
    (finding,) = hidden.findings
    (essay,) = hidden.essays
    assert essay.text[finding.start : finding.end] == key["people"]["王丽华"] and "王丽华" not in finding.note
    assert essay.traces == {"author": key["people"]["石文涛"], "created": "2021-03-16", "application": "WPS"}
    assert hidden.settings == {"roster": "（路径已略去）", "encoder": "use"}
    assert "石文涛" not in hidden.problems[0].reason and hidden.problems[0].file.startswith("文件")
    assert hidden.comparisons[0].groups[0].name == key["people"]["李审"] and "李审" not in hidden.comparisons[0].conclusion
    assert hidden.notes == (key["people"]["李审"] + "没有签字",) and essay.reviewer == key["people"]["李审"]


def test_ten_thousand_names_are_found_in_time():
    import time

    names = Names({chr(0x4E00 + i % 5000) + chr(0x5000 + i % 997) + chr(0x6000 + i % 1013): f"人员{i}" for i in range(10_000)})
    text = "我们在学习教育中查摆了自己的问题，并且逐条整改。" * 20_000
    start = time.perf_counter()
    names.spans(text)
    assert time.perf_counter() - start < 5


def test_parts_of_units():
    places, parts = parts_of_units(["禾川县公安局城关派出所", "高桥镇铧厂村", "临澄市南渡区人民检察院", "和平区财政局"])
    assert set(places) == {"禾川县", "禾川", "高桥镇", "高桥", "铧厂村", "铧厂", "临澄市", "临澄", "南渡区", "南渡", "和平区"}
    assert places["禾川"] == "禾川县" and parts == {"城关派出所": "城关派出所", "城关所": "城关派出所"}


@given(st.text("甲乙丙丁，。", max_size=60), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_moved_offsets(text, a, b):
    """Outside of names a moved span holds the very same characters; within, whole codes."""
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    names = Names({"甲乙": "人员001", "丙": "单", "乙丙丁": "单位01"})
    spans = names.spans(text)
    recoded = Recoded(text, spans)
    new_start, new_end = recoded.moved(start, end)
    assert 0 <= new_start <= new_end <= len(recoded.text)
    if start < end:
        grown = text[
            min([start, *(s for s, e, _ in spans if s < start < e)]) : max([end, *(e for s, e, _ in spans if s < end < e)])
        ]
        assert recoded.text[new_start:new_end] == names.hide(grown) or any(s < start < e or s < end < e for s, e, _ in spans)


def test_conclusions_agree_with_a_comparison_of_the_anonymous_table(hidden):
    anonymous, _ = hidden
    again = {(c.measure, c.by): c.conclusion for c in compare(anonymous.table, resamples=400)}
    without_p = lambda text: re.sub(r"p [<=] [\d.]+", "p", text)  # strata in another order are permuted in another order
    for c in anonymous.comparisons:
        if c.by in ("tier", "unit"):
            assert without_p(c.conclusion) == without_p(again[c.measure, c.by])
