"""An organizer's own levels: read from a sheet, learnt, kept, and used by the next analysis. On real essays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from analyzer.cli import main
from analyzer.essay import Batch, Essay
from analyzer.ingest.errors import IngestError
from analyzer.pipeline import analyze
from analyzer.reflection import load_models
from analyzer.reflection.calibrate import Calibration, calibrate, uncalibrated_scores
from analyzer.reflection.ratings import level_of, put_to_essays, read_ratings
from analyzer.report.rating_sheet import write_rating_sheet

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def rated():
    """Thirty real essays with their readers' median level."""
    lines = lambda name: [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    depths: dict[str, list[int]] = {}
    for r in lines("rectification.ratings.jsonl"):
        depths.setdefault(r["id"], []).append(r["depth"])
    rows = [row for row in lines("rectification.jsonl") if row["kind"] == "essay"][:30]
    essays = [Essay(r["id"], "".join(p["t"] for p in r["pieces"]), author=r["author"], unit=r["unit"], file=f"{r['unit']}/{r['author']}.docx") for r in rows]
    return essays, [int(np.median(depths[e.id])) for e in essays]


@pytest.fixture(scope="module")
def report(rated):
    return analyze(Batch(tuple(rated[0]), files=len(rated[0])))


@pytest.fixture(scope="module")
def scores(rated):
    return uncalibrated_scores(rated[0])


def strict(levels):
    """A reader who gives every second essay above the lowest level one level less."""
    return [max(1, level - (k % 2)) for k, level in enumerate(levels)]


def test_scores_are_those_of_an_analysis(report, scores, rated):
    assert scores == [report.reflection[e.id].score for e in rated[0]]


def test_a_reader_who_agrees_moves_little(scores, rated):
    found = calibrate(scores, rated[1])
    assert found.essays == 30 and found.before.qwk > 0.9 and found.after.qwk > 0.85
    assert np.abs(np.subtract(found.cuts, found.shipped)).max() < 2.5


def test_a_strict_reader_gets_stricter_levels(scores, rated):
    levels = [max(1, level - 1) for level in rated[1]]
    found = calibrate(scores, levels)
    assert all(np.greater(found.cuts, found.shipped)) and found.helps
    assert found.after.qwk > found.before.qwk and found.after.exact > found.before.exact + 0.2
    assert any("四级" in warning for warning in found.warnings)
    lenient = calibrate(scores, [min(4, level + 1) for level in rated[1]])
    assert all(np.less(lenient.cuts, lenient.shipped))


def test_more_ratings_move_the_cut_points_further(scores, rated):
    levels = [max(1, level - 1) for level in rated[1]]
    few, many = calibrate(scores[:10], levels[:10]), calibrate(scores * 4, levels * 4)
    moved = lambda c: float(np.abs(np.subtract(c.cuts, c.shipped)).mean())
    assert 0 < moved(few) < moved(many)


def test_too_few_are_warned_about_and_then_refused(scores, rated):
    assert any("只有 12 篇" in w for w in calibrate(scores[:12], rated[1][:12]).warnings)
    with pytest.raises(IngestError, match="至少"):
        calibrate(scores[:5], rated[1][:5])


def test_a_reader_without_sense_is_told_so(scores):
    noise = np.random.default_rng(3).integers(1, 5, len(scores))
    assert any("不一致" in w or "原来的分界" in w for w in calibrate(scores, noise).warnings)


def test_saved_loaded_and_only_for_its_model(tmp_path, scores, rated):
    found = calibrate(scores, strict(rated[1]))
    assert Calibration.load(found.save(tmp_path / "校准.json")) == found
    model = load_models()[1]
    assert found.apply(model).level.cuts == pytest.approx(found.cuts, abs=1e-5) and found.apply(model).aspects == model.aspects
    other = Calibration(found.cuts, tuple(c + 1 for c in found.shipped), found.levels, found.before, found.after, ())
    with pytest.raises(IngestError, match="重新校准"):
        other.apply(model)
    for wrong in ("{}", "[]", "nonsense", json.dumps(found.to_dict() | {"cuts": [3, 2, 1]}), json.dumps(found.to_dict() | {"xinde_calibration": 9})):
        (tmp_path / "坏.json").write_text(wrong, encoding="utf-8")
        with pytest.raises(IngestError, match="坏.json"):
            Calibration.load(tmp_path / "坏.json")


@pytest.mark.parametrize("text, level", [("3", 3), ("3.0", 3), ("三级", 3), ("四级 深思", 4), ("Ⅱ", 2), ("１", 1), ("第2级", 2),
                                         ("5", None), ("0", None), ("优", None), ("12", None), ("2.5", None)])
def test_levels_as_people_write_them(text, level):
    assert level_of(text) == level


def test_sheets_of_every_kind_say_the_same(tmp_path, rated):
    essays, levels = rated
    book = openpyxl.Workbook()
    book.active.append(["评级表（请填等级）"])
    book.active.append(["姓名", "单位", "等级（1–4）"])
    for e, level in zip(essays, levels):
        book.active.append([e.author, e.unit, level])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_bytes(("文件名,评级\n" + "\n".join(f"{e.author}.docx,{level}" for e, level in zip(essays, levels))).encode("gbk"))
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({"id": e.id, "level": level}) for e, level in zip(essays, levels)), encoding="utf-8")
    wanted = {e.id: level for e, level in zip(essays, levels)}
    for name in ("a.xlsx", "b.csv", "c.jsonl"):
        found, problems = put_to_essays(read_ratings(tmp_path / name), essays)
        assert found == wanted and not problems, name


def test_rows_that_fit_nothing_are_named(tmp_path, rated):
    essays = [*rated[0][:3], Essay("X1", "文", author="同名"), Essay("X2", "文", author="同名")]
    (tmp_path / "评级.csv").write_text(f"编号,姓名,等级\n{essays[0].id},,2\n,同名,3\n没有这篇,,1\n{essays[1].id},,九\n{essays[2].id},,\n{essays[0].id},,4\n", encoding="utf-8")
    found, problems = put_to_essays(read_ratings(tmp_path / "评级.csv"), essays)
    assert found == {essays[0].id: 4}
    assert [p.split(" ")[1] for p in problems] == ["5", "3", "4", "7"]


@pytest.mark.parametrize("name, data", [("没有.xlsx", None), ("坏.xlsx", b"PK"), ("空.csv", b""), ("别的.csv", "单位,人数\n甲,3\n".encode()), ("坏.jsonl", b"{")])
def test_a_sheet_that_is_none_is_told_in_chinese(tmp_path, name, data):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(IngestError, match=name.split(".")[0]):
        read_ratings(tmp_path / name)


def test_from_a_blank_sheet_to_other_levels(tmp_path, report, rated, capsys):
    levels = dict(zip((e.id for e in rated[0]), rated[1]))
    folder = report.to_json(tmp_path / "结果" / "report.json").parent
    sheet = tmp_path / "评级表.xlsx"
    assert main(["calibrate", "--report", str(folder), "--sheet", str(sheet), "--essays", "24"]) == 0
    book = openpyxl.load_workbook(sheet)
    rows = book["评级表"]
    assert rows.max_row == 25 and "分" not in [c.value for c in rows[1]]
    for row in range(2, 26):
        rows.cell(row, 4).value = max(1, levels[rows.cell(row, 1).value] - 1)
    book.save(sheet)
    out = tmp_path / "校准.json"
    assert main(["calibrate", "--report", str(folder / "report.json"), "--ratings", str(sheet), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "QWK" in told and "校准前" in told and "交叉验证" in told and "24 篇" in told
    after = analyze(Batch(tuple(rated[0]), files=len(rated[0])), calibration=Calibration.load(out))
    mean = lambda r: np.mean([x.level for x in r.reflection.values()])
    assert mean(after) < mean(report) and after.settings["calibration"]["levels"] == list(Calibration.load(out).levels)
    pairs = sorted((report.reflection[e.id].score, after.reflection[e.id].score) for e in rated[0])
    assert all(a[1] <= b[1] for a, b in zip(pairs, pairs[1:]))  # the order stays


def test_what_cannot_be_found_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XINDE_HOME", str(tmp_path / "home"))
    assert main(["calibrate", "--batch", "没有", "--sheet", str(tmp_path / "a.xlsx")]) == 1
    assert main(["calibrate", "--report", str(tmp_path / "没有.json"), "--sheet", str(tmp_path / "a.xlsx")]) == 1
    told = capsys.readouterr().err
    assert "xinde history list" in told and "没有.json" in told and "Traceback" not in told


def test_the_blank_sheet_holds_few_or_no_essays(tmp_path, report):
    from dataclasses import replace

    none = replace(report, essays=(), reflection={})
    assert openpyxl.load_workbook(write_rating_sheet(none, tmp_path / "空.xlsx"))["评级表"].max_row == 1
