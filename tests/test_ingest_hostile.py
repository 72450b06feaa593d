"""Files that mean harm: each is listed with a reason, and costs nothing but itself."""

import io
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analyzer.essay import Problem
from analyzer.ingest import LIMITS, IngestError, Limits, read_batch
from analyzer.ingest import reading
from analyzer.ingest.archive import File, files_in
from analyzer.ingest.limits import load_limits
from analyzer.store import Store
from analyzer.ui import jobs
from hostile_files import MAY_BE_READ, SORTS, replaced, strange_files, zip_names
from ingest_files import BODY, DATA, docx, write, zipped
from test_jobs import Upload, wait

GOOD = {"好一.docx": docx(BODY + "一"), "好二.txt": (BODY + "二").encode(), "好三.odt": (DATA / "essay.odt").read_bytes()}


def read(folder: Path, limits: Limits = LIMITS):
    """Essays by file and reasons by file; all that came in is one or the other."""
    batch = read_batch(folder, limits=limits)
    assert batch.files == len(batch.essays) + len(batch.problems)
    return {essay.file: essay for essay in batch.essays}, {problem.file: problem.reason for problem in batch.problems}


# ------------------------------------------------------------------ every sort

def test_every_sort_is_listed_with_its_reason_and_the_good_ones_are_read(tmp_path):
    files = {f"坏{number}{extension}": (make(number), reason) for number, (extension, make, reason) in enumerate(SORTS.values())}
    write(tmp_path, GOOD | {name: data for name, (data, _) in files.items()})
    strange = strange_files(tmp_path)
    essays, problems = read(tmp_path, Limits(seconds=4))
    assert set(GOOD) == set(essays)
    for name, reason in ({name: reason for name, (_, reason) in files.items()} | strange).items():
        found = [told for file, told in problems.items() if file == name or file.startswith(f"{name}/")]
        assert len(found) == 1 and re.search(reason, found[0]), (name, found)
        assert "：" in found[0], "says what to do"


def test_damaged_files_are_read_or_listed(tmp_path):
    write(tmp_path, GOOD | {f"坏{n}{sort}": make(n) for n in range(5) for sort, make in MAY_BE_READ.values()})
    essays, problems = read(tmp_path)
    assert len(essays) + len(problems) == 3 + 5 * len(MAY_BE_READ) and set(GOOD) <= set(essays)


def test_a_member_without_a_name_costs_only_itself(tmp_path):
    """Found by fuzzing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("zzz.txt", BODY)
        archive.writestr("甲.txt", BODY + "甲")
    (tmp_path / "批.zip").write_bytes(packed.getvalue().replace(b"zzz.txt", b"\0zz.txt"))
    essays, problems = read(tmp_path)
    assert len(essays) + len(problems) == 2 and len(essays) >= 1


def test_a_docx_that_calls_home_or_brings_a_program_is_read_and_calls_nobody(tmp_path):
    """A template and a picture from the network, a macro: what Word would fetch or offer to run."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        home = f"http://127.0.0.1:{server.getsockname()[1]}/a"
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="{home}" TargetMode="External"/>'
            f'<Relationship Id="rId91" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="{home}" TargetMode="External"/>'
            "</Relationships>"
        )
        data = replaced(docx(), word__vbaProject_dot_bin=b"Auto_Open", word___rels__document_dot_xml_dot_rels=relations)
        assert "word/_rels/document.xml.rels" in zipfile.ZipFile(io.BytesIO(data)).namelist()
        write(tmp_path, {"a.docm": data})
        essays, _ = read(tmp_path)
        assert essays["a.docm"].text == BODY
        with pytest.raises(TimeoutError):
            server.accept()


# ------------------------------------------------------------------ parsers that fail

PARSER = """
import os, time
def rtf_to_text(source, **_):
    if "HANG" in source:
        while True: pass
    if "SWELL" in source:
        return "心" * (3 << 30)
    if "ABORT" in source:
        os.abort()
    if "PRINT" in source:
        print("{} not an answer", flush=True); os.write(1, b"{}" + bytes([10]))
    if "WRITE" in source:
        open("left", "w").write(source)
    return source
"""


@pytest.fixture
def parser(tmp_path, monkeypatch):
    """striprtf replaced, in the reading process, by one that does whatever the file says."""
    (tmp_path / "lib" / "striprtf").mkdir(parents=True)
    (tmp_path / "lib" / "striprtf" / "__init__.py").touch()
    (tmp_path / "lib" / "striprtf" / "striprtf.py").write_text(PARSER, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    reading.end_readers()
    yield
    reading.end_readers()


@pytest.mark.parametrize("limited_by_system", [True, False])
def test_a_parser_that_hangs_swells_or_crashes_costs_that_file(tmp_path, parser, monkeypatch, limited_by_system):
    if not limited_by_system:  # as on Windows and macOS
        pytest.importorskip("psutil")
        monkeypatch.setattr(reading, "_is_memory_limited", lambda: False)
    folder = tmp_path / "in"
    kinds = ("HANG", "SWELL", "ABORT", "PRINT")
    write(folder, GOOD | {f"{kind}{n}.rtf": rb"{\rtf1 %s %d}" % (kind.encode(), n) for kind in kinds for n in range(2)})
    essays, problems = read(folder, Limits(seconds=2, processes=2))
    assert set(essays) == set(GOOD) | {"PRINT0.rtf", "PRINT1.rtf"}
    words = {"HANG": "超时", "SWELL": "内存", "ABORT": "弄崩"}
    assert {file: next(w for w in words.values() if w in reason) for file, reason in problems.items()} == {
        f"{kind}{n}.rtf": word for kind, word in words.items() for n in range(2)}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on what a process may write")
def test_a_parser_cannot_write_to_disk(tmp_path, parser, monkeypatch):
    folder = tmp_path / "in"
    write(folder, GOOD | {"a.rtf": rb"{\rtf1 WRITE}"})
    monkeypatch.chdir(tmp_path)
    essays, _ = read(folder)
    assert set(GOOD) <= set(essays)
    assert (tmp_path / "left").stat().st_size == 0, "made, but empty"


def test_a_process_that_ended_while_idle_costs_no_file(tmp_path):
    write(tmp_path, GOOD)
    read(tmp_path)
    assert reading._idle, "kept for the next file"
    for reader in reading._idle:
        reader.process.kill()  # not waited for: it may die while it is being asked
    essays, problems = read(tmp_path)
    assert set(essays) == set(GOOD) and not problems


def test_a_module_among_the_essays_is_not_imported(tmp_path, monkeypatch):
    write(tmp_path, GOOD | {name: b"open('ran', 'w')" for name in ("docx.py", "lxml.py", "json.py", "striprtf.py", "olefile.py")})
    write(tmp_path, {"a.rtf": (DATA / "essay.rtf").read_bytes()})
    monkeypatch.chdir(tmp_path)
    reading.end_readers()
    essays, _ = read(tmp_path)
    assert set(GOOD) <= set(essays) and not (tmp_path / "ran").exists()


def test_the_app_s_worker_does_not_import_it_either(tmp_path, monkeypatch):
    write(tmp_path / "here", {name: b"open('ran', 'w')" for name in ("lxml.py", "jieba.py", "docx.py", "numpy.py")})
    monkeypatch.chdir(tmp_path / "here")
    store = Store(Path("..") / "home")
    id = store.new_batch("三月")
    jobs.save_uploads(store, id, {"files": [Upload(name, data) for name, data in GOOD.items()], "roster": []})
    jobs.start(store, id, "read")
    assert wait(store, id, ("read", "failed")) == "read", store.batch(id).message
    assert not (tmp_path / "here" / "ran").exists()


def test_reading_works_without_a_main_module(tmp_path):
    """As from a notebook or python -c, where multiprocessing could not start a process."""
    write(tmp_path, GOOD)
    program = f"from analyzer.ingest import read_batch; print(len(read_batch({str(tmp_path)!r}).essays))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("3", "")


def test_a_real_document_that_swells(tmp_path):
    cells = "<w:p><w:r><w:t>心</w:t></w:r></w:p>" * 300_000
    body = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{cells}</w:body></w:document>'
    write(tmp_path, GOOD | {"胀.docx": replaced(docx(), word__document_dot_xml=body, word__a_dot_bin=os.urandom(1 << 20))})
    essays, problems = read(tmp_path, Limits(memory_bytes=200 << 20))
    assert set(essays) == set(GOOD) and re.search("内存|损坏|弄崩", problems["胀.docx"])  # libxml2 reports a failed allocation as "unknown error"


# ------------------------------------------------------------------ zips

def found(data: bytes, folder: Path, limits: Limits = LIMITS):
    (folder / "收.zip").write_bytes(data)
    return list(files_in([folder / "收.zip"], limits))


def test_names_are_shown_without_what_cannot_be_seen_and_each_once(tmp_path):
    files = found(zip_names("a.txt", "a.txt", "甲/\u202etxt.exe", "b\x1b[31m.txt", "c\n.txt", "长" * 3000 + ".txt", "d\u00ad\U000e0041.txt"), tmp_path)
    names = [file.name for file in files if isinstance(file, File)] + [file.file for file in files if isinstance(file, Problem)]
    assert len(names) == len(set(names)) == 7 and {"a.txt", "a（2）.txt", "b�[31m.txt", "c�.txt", "甲/�txt.exe", "d��.txt"} <= set(names)
    assert all(name.isprintable() and len(name) <= 301 for name in names)


def test_a_name_on_disk_that_is_no_text(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff\xfe.txt")).write_text(BODY, encoding="utf-8")
    except OSError:
        pytest.skip("the disk takes names in UTF-8 only")
    essays, _ = read(tmp_path)
    json.dumps(list(essays), ensure_ascii=False).encode("utf-8")


def test_one_zip_may_not_use_up_what_the_batch_may_have(tmp_path):
    inner = {f"{n}.zip": zipped({f"{m}.txt": os.urandom(2000) for m in range(20)}) for n in range(5)}
    write(tmp_path, GOOD | {"多.zip": zipped(inner)})
    essays, problems = read(tmp_path, Limits(zip_bytes=150_000))
    assert set(GOOD) <= set(essays) and any("过多" in reason for reason in problems.values())
    essays, problems = read(tmp_path, Limits(zip_files=50))
    assert set(GOOD) <= set(essays) and any("过多" in reason for reason in problems.values())


def test_many_small_bombs_are_one(tmp_path):
    write(tmp_path, GOOD | {"多.zip": zipped({f"{n}.txt": b"0" * (2 << 20) for n in range(20)})})
    _, problems = read(tmp_path)
    assert list(problems) == ["多.zip"] and "压缩炸弹" in problems["多.zip"]


def test_a_package_with_lzma_or_a_password_in_the_zip_is_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    write(tmp_path, GOOD | {"a.docx": file.getvalue()})
    assert "损坏" in read(tmp_path)[1]["a.docx"]


# ------------------------------------------------------------------ tables

def test_tables_without_end(tmp_path):
    deep = b"[" * 100_000 + b"\n" + b'{"author": ' + b"9" * 5000 + b"}\n" + '{"author": "王芳", "text": "好"}\n'.encode()
    write(tmp_path, {"a.jsonl": deep, "b.csv": ("姓名,正文\n" + "李强,好\n" * 50).encode()})
    batch = read_batch(tmp_path, limits=Limits(roster_rows=20))
    reasons = {problem.file: problem.reason for problem in batch.problems}
    assert {essay.author for essay in batch.essays} == {"王芳", "李强"}
    assert all("JSON" in reasons[f"a.jsonl 第{n}行"] for n in (1, 2))
    assert "行数过多" in reasons["b.csv 第21行"]
    with pytest.raises(IngestError, match="名单.*读不了.*过大"):
        read_batch(tmp_path, roster=tmp_path / "b.csv", limits=Limits(file_bytes=100))


def test_an_xlsx_roster_with_entities_is_told_to_the_organizer(tmp_path):
    write(tmp_path / "in", GOOD)
    _, make, reason = SORTS["xlsx: XML bomb"]
    (tmp_path / "名单.xlsx").write_bytes(make(1))
    with pytest.raises(IngestError, match=f"名单.xlsx.*{reason}"):
        read_batch(tmp_path / "in", roster=tmp_path / "名单.xlsx")


# ------------------------------------------------------------------ limits

def test_limits_from_a_file(tmp_path):
    path = tmp_path / "limits.toml"
    path.write_text("pages = 2000\nseconds = 5\n", encoding="utf-8")
    assert load_limits(path) == Limits(pages=2000, seconds=5) and load_limits() == LIMITS
    for text, words in (("page = 1", "不认识的限额“page”"), ("pages = -1", "整数"), ("pages = true", "整数"), ("pages", "格式不对")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(IngestError, match=words):
            load_limits(path)
    with pytest.raises(IngestError, match="找不到"):
        load_limits(tmp_path / "没有.toml")
