"""The command line on real files, as an organizer types it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
from docx import Document

from analyzer.cli import main

STORY = (
    "上个月十六号晚上，我在前台值班，一位大姐来报丢了电动车。我问她有没有发票和车架号，她都拿不出来，我就让她第二天再来。"
    "后来她投诉到了分局，我心里还觉得委屈。我想了很久，我那天不肯登记，是怕案子破不掉考核难看。"
    "从这个月起，凡是来报案的先登记，缺材料的三天内由我打电话补，月底所长抽查十份。"
)
OTHER = (
    "今年春天水库放水，我管的那段渠道漏了三天没有人报。老支书沿着渠走了一趟，回来把鞋脱下来给我看，两只都湿透了。"
    "我原来以为巡渠就是在本子上打勾，看见那双鞋才明白，渠在脚下不在本子上。现在我每周二自己走一趟，把漏点画在图上。"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "结果"
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "analyzer.cli", "demo", "--out", str(out)], capture_output=True,
                          encoding="utf-8", env=_environment())
    return out, done, time.perf_counter() - begin


def _environment():
    import os

    return os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}


def test_demo_names_a_pair_compares_tiers_and_says_where_the_list_is(demo):
    out, done, _ = demo
    assert done.returncode == 0, done.stderr
    assert "疑似雷同" in done.stdout and "↔" in done.stdout
    assert "领导班子" in done.stdout and "基层一线" in done.stdout
    assert str(out / "疑似雷同清单.xlsx") in done.stdout


def test_demo_writes_everything_and_nothing_is_lost(demo):
    out, _, _ = demo
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["files"] == len(report["essays"]) + len(report["problems"]) == 60
    texts = {e["id"]: e["text"] for e in report["essays"] + report["documents"]}
    for m in report["matches"]:
        assert 0 <= m["start"] < m["end"] <= len(texts[m["essay"]])
        assert 0 <= m["other_start"] < m["other_end"] <= len(texts[m["other"]])
        if m["kind"] == "verbatim":
            keep = lambda t: "".join(c for c in t if c.isalnum())
            a, b = (keep(texts[m[i]][m[s]:m[e]]) for i, s, e in (("essay", "start", "end"), ("other", "other_start", "other_end")))
            assert abs(len(a) - len(b)) <= 0.1 * max(len(a), len(b))
    sheets = openpyxl.load_workbook(out / "疑似雷同清单.xlsx").sheetnames
    assert {"疑似雷同清单", "层级对比", "全部篇目", "问题文件"} <= set(sheets)
    assert Document(out / "分析报告.docx").paragraphs


def analyze(tmp_path, *arguments):
    return main(["analyze", *map(str, arguments), "--out", str(tmp_path / "out")]), tmp_path / "out" / "report.json"


def test_a_batch_of_one(tmp_path):
    (tmp_path / "张三.txt").write_text(STORY, encoding="utf-8")
    status, path = analyze(tmp_path, tmp_path / "张三.txt")
    (essay,) = json.loads(path.read_text(encoding="utf-8"))["essays"]
    assert status == 0 and essay["verdict"] == "clear" and essay["depth"]["level"] >= 2


def test_short_and_long_and_same_names(tmp_path):
    rows = [("甲局", "张三", STORY), ("乙局", "张三", OTHER), ("甲局", "李四", "好的。"), ("乙局", "王五", OTHER[:90] + "渠" * 200_000)]
    lines = [json.dumps({"unit": u, "author": a, "text": t}, ensure_ascii=False) for u, a, t in rows]
    (tmp_path / "essays.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    status, path = analyze(tmp_path, tmp_path / "essays.jsonl", "--official", tmp_path / "empty.jsonl")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 0 and len(report["essays"]) == 4
    assert [e["depth"] is None for e in report["essays"]][2]


@pytest.mark.parametrize("make", ["missing", "empty", "unreadable"])
def test_nothing_to_analyze_is_told_in_chinese(tmp_path, capsys, make):
    path = tmp_path / "心得.zip"
    if make != "missing":
        with zipfile.ZipFile(path, "w") as archive:
            if make == "unreadable":
                archive.writestr("a.bin", b"\x00\x01")
    status, _ = analyze(tmp_path, path)
    told = capsys.readouterr().err
    assert status == 1 and "心得.zip" in told and "Traceback" not in told


def test_an_unknown_encoder_is_told(tmp_path, capsys):
    (tmp_path / "张三.txt").write_text(STORY, encoding="utf-8")
    status, _ = analyze(tmp_path, tmp_path / "张三.txt", "--encoder", str(tmp_path / "nowhere"))
    assert status == 1 and "编码器" in capsys.readouterr().err


def test_wrong_usage_is_two():
    with pytest.raises(SystemExit) as stopped:
        main(["analyze"])
    assert stopped.value.code == 2


def test_library_history_and_review_travel_through_the_store(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XINDE_HOME", str(tmp_path / "home"))
    (tmp_path / "范文.txt").write_text(OTHER, encoding="utf-8")
    assert main(["library", "add", str(tmp_path / "范文.txt")]) == 0
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "甲局-张三.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "batch" / "乙局-李四.txt").write_text(OTHER, encoding="utf-8")
    status, path = analyze(tmp_path, tmp_path / "batch", "--kept", "--history")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert status == 0 and sorted(e["verdict"] for e in report["essays"]) == ["clear", "templated"]
    capsys.readouterr()
    assert main(["history", "list"]) == 0
    batch = capsys.readouterr().out.split("\t")[0]
    assert main(["review", "list", batch]) == 0 and "待核实" in capsys.readouterr().out
    assert main(["review", "export", batch, str(tmp_path / "清单.xlsx")]) == 0
    assert main(["review", "import", batch, str(tmp_path / "清单.xlsx")]) == 0
    assert main(["library", "remove", "nothing"]) == 1
    assert main(["history", "remove", batch]) == 0
