"""Too little memory, a full disk, Ctrl-C: said in Chinese, with what to do, and what was there stays as it was."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from multiprocessing import parent_process
from pathlib import Path

import numpy as np
import pytest
from elsewhere import wait_for
from report_fixture import synthetic_report

from analyzer import parallel, pipeline
from analyzer.cli import analyze as command
from analyzer.cli import main
from analyzer.copying import quote_documents
from analyzer.copying.commonness import Counts
from analyzer.copying.document import mask
from analyzer.copying.kept_comparison import comparison_key, kept_until_done
from analyzer.essay import Essay
from analyzer.ingest import read_batch
from analyzer.report import drawing
from analyzer.report.document import write_document
from analyzer.resources import resource
from analyzer.text import encode as encoding
from analyzer.text.encode import encode_once
from analyzer.text.vector_cache import VectorCache
from analyzer.trouble import NO_MEMORY, told


def full(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/report.json")


def exhausted(*arguments, **options):
    raise MemoryError


@pytest.fixture
def essay(tmp_path):
    path = tmp_path / "张三.txt"
    path.write_text("学习心得\n上个月十六号晚上，我在前台值班，老大爷来交材料，我没有给他倒一杯水。今后每周三我去窗口坐半天。" * 3, encoding="utf-8")
    return path


@pytest.mark.parametrize("error, words", [
    (MemoryError(), "内存不够"), (OSError(errno.ENOMEM, "Cannot allocate memory"), "内存不够"),
    (ImportError("x.so: failed to map segment from shared object"), "内存不够"),
    (OSError(errno.ENOSPC, "", "a.docx"), "“a.docx”没有写成"), (PermissionError(errno.EACCES, "", "清单.xlsx"), "“清单.xlsx”写不进去"),
])
def test_what_a_computer_lacks_is_said(error, words):
    assert words in told(error)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), FileNotFoundError(errno.ENOENT, "", "x"), ImportError("no module")])
def test_a_fault_of_the_program_is_not_taken_for_that(error):
    assert not told(error)


@pytest.mark.parametrize("fault, words", [(full, "磁盘满了"), (exhausted, "内存不够")])
def test_the_command_ends_with_a_sentence(fault, words, essay, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "_write", fault)
    assert main(["analyze", str(essay), "--no-cache", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said


def test_ctrl_c_ends_with_a_sentence(essay, tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.pipeline.analyze", interrupted)
    assert main(["analyze", str(essay), "--no-cache", "--out", str(tmp_path / "out")]) == 1
    assert "已停止" in capsys.readouterr().err


def test_a_full_disk_leaves_the_old_report_and_no_half_of_a_new_one(tmp_path, monkeypatch):
    report = synthetic_report()
    path = report.to_json(tmp_path / "report.json")
    before = path.read_bytes()
    written = []

    def nearly(self, out):
        written.append(Path(out).write_text("{", encoding="utf-8"))
        full()

    monkeypatch.setattr(type(report), "_write", nearly)
    with pytest.raises(OSError):
        report.to_json(path)
    assert written and path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_work_that_another_process_has_no_memory_for_is_done_here(tmp_path):
    with parallel.processes(2):
        items = [(k, tmp_path / "was here") for k in range(6)]
        assert list(parallel.each(_needs_much_elsewhere, items, patience=0)) == list(range(6))


def _needs_much_elsewhere(item):
    number, mark = item
    if parent_process() is not None:
        mark.touch()
        raise MemoryError
    wait_for(mark)
    return number


def test_what_was_encoded_is_kept_when_a_run_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding, "BATCH", 10)

    class Encoder:
        name, cache_key, left = "some", "some-1", 3

        def encode(self, sentences):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return np.ones((len(sentences), 4), np.float32)

    texts = [f"第{k}句" for k in range(50)]
    with pytest.raises(KeyboardInterrupt):
        encode_once(texts, Encoder(), cache=tmp_path)
    assert len(VectorCache(tmp_path, "some-1").look_up(texts)[0]) == 30


@pytest.mark.parametrize("damage", [None, "[1]"])
def test_what_was_found_is_kept_when_a_run_is_interrupted_and_only_until_it_ends(tmp_path, monkeypatch, damage):
    batch = read_batch([resource("samples") / "batch.zip"])
    whole = pipeline.analyze(batch)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as at_first:
        at_first.setattr(pipeline, "label_sentences", interrupted)
        with pytest.raises(KeyboardInterrupt), kept_until_done():
            pipeline.analyze(batch, cache=tmp_path)
    (kept,) = (tmp_path / "unfinished").iterdir()
    assert batch.essays[0].text[:8] not in kept.read_text(encoding="utf-8")
    if damage:
        kept.write_text(damage)
    stale, other = kept.with_name("stale.jsonl"), kept.with_name("other.jsonl")
    for path in (stale, other):
        path.touch()
    os.utime(stale, (0, 0))
    compared = []
    find = pipeline.find_matches
    monkeypatch.setattr(pipeline, "find_matches", lambda *arguments: compared.append(1) or find(*arguments))
    with pytest.raises(OSError), kept_until_done():
        assert pipeline.analyze(batch, cache=tmp_path).matches == whole.matches
        full()  # before the report is saved
    assert bool(compared) == bool(damage) and kept.exists()
    with kept_until_done():
        assert pipeline.analyze(batch, cache=tmp_path).matches == whole.matches
    assert len(compared) == bool(damage) and not kept.exists() and other.exists() and stale.exists() != bool(damage)


def test_a_comparison_is_known_again_only_where_all_is_as_it_was():
    documents, quotes = quote_documents([(Essay(id=id, text="那天我值班，没有抬头。他走了。"), "batch") for id in "AB"], [])
    key = comparison_key(documents, None, "use")
    quoted = mask(documents[0], [(0, 5)])
    others = [comparison_key([quoted, documents[1]], None, "use"), comparison_key(documents[:1], None, "use"),
              comparison_key(documents, None, "e5"), comparison_key(documents, Counts(np.ones(1, np.uint64), np.ones(1)), "use")]
    assert not quotes and key == comparison_key(list(documents), None, "use") and len({key, *others}) == 5


def test_a_cache_that_goes_away_in_between_is_begun_anew(tmp_path, monkeypatch):
    import shutil

    monkeypatch.setattr(encoding, "BATCH", 10)
    monkeypatch.setattr(encoding, "SAVED_AFTER", 10)

    class Encoder:
        name, cache_key = "some", "some-1"

        def encode(self, sentences):
            shutil.rmtree(tmp_path / "cache", ignore_errors=True)
            return np.ones((len(sentences), 4), np.float32)

    texts = [f"第{k}句" for k in range(30)]
    assert len(encode_once(texts, Encoder(), cache=tmp_path / "cache")) == 30
    assert len(VectorCache(tmp_path / "cache", "some-1").look_up(texts)[0]) == 10


def test_a_document_without_pictures_is_written_where_they_cannot_be_drawn(tmp_path, monkeypatch):
    from docx import Document

    monkeypatch.setattr(drawing, "address_limit", lambda: 4 << 30)
    monkeypatch.setattr(drawing, "_APART", "import os; os.abort()")
    path = write_document(synthetic_report(), tmp_path / "报告.docx")
    text = "\n".join(p.text for p in Document(str(path)).paragraphs)
    assert "图没有画出来" in text and not Document(str(path)).inline_shapes


def test_a_chart_drawn_in_another_process_is_the_same(monkeypatch):
    import altair as alt
    import pandas as pd

    chart = alt.Chart(pd.DataFrame({"篇": ["甲", "乙"], "分": [1, 2]})).mark_bar().encode(x="篇", y="分")
    here = drawing.to_png(chart), drawing.to_svg(chart)
    monkeypatch.setattr(drawing, "address_limit", lambda: 4 << 30)
    assert (drawing.to_png(chart), drawing.to_svg(chart)) == here


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no limit on addresses")
@pytest.mark.parametrize("mebibytes", [200, 420, 1000])
def test_with_hardly_any_memory_the_command_says_so(mebibytes, essay, tmp_path):
    limited = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({mebibytes} << 20,) * 2)\n"
        f"from analyzer.cli import main; sys.exit(main(['analyze', {str(essay)!r}, '--no-cache', '--out', {str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=120)
    assert done.returncode == 1 and NO_MEMORY in done.stderr and "Traceback" not in done.stderr, done.stderr[-800:]
