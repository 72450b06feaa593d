import io
import zipfile
from pathlib import Path

import pytest

from analyzer.essay import Problem
from analyzer.ingest import LIMITS, IngestError, Limits
from analyzer.ingest.archive import files_in, is_leftover
from ingest_files import BODY, write, zipped

TEXT = BODY.encode()


def names(paths, limits=LIMITS):
    return [f.file if isinstance(f, Problem) else f.name for f in files_in(paths, limits)]


def problems(paths, limits=LIMITS):
    return {f.file: f.reason for f in files_in(paths, limits) if isinstance(f, Problem)}


@pytest.mark.parametrize(("encoding", "flagged"), [("utf-8", True), ("utf-8", False), ("gbk", False), ("gb18030", False)])
def test_names_in_zips_from_windows_and_macos(tmp_path, encoding, flagged):
    members = {"梅岭派出所/王芳.txt": TEXT, "梅岭派出所/联通.txt": TEXT, "a.txt": TEXT}
    (tmp_path / "收.zip").write_bytes(zipped(members, encoding, flagged))
    assert sorted(names([tmp_path / "收.zip"])) == sorted(members)


def test_gbk_names_whose_second_byte_is_a_backslash(tmp_path):
    name = "誠.txt"
    assert b"\\" in name.encode("gbk")
    (tmp_path / "a.zip").write_bytes(zipped({f"所/{name}": TEXT}, "gbk"))
    assert names([tmp_path / "a.zip"]) == [f"所/{name}"]


def test_zips_within_zips_to_depth_two(tmp_path):
    deepest = zipped({"丁.txt": TEXT})
    nested = zipped({"丙.txt": TEXT, "三.zip": deepest})
    inner = zipped({"乙.txt": TEXT, "二.zip": nested})
    (tmp_path / "收.zip").write_bytes(zipped({"甲.txt": TEXT, "一.zip": inner}))
    assert sorted(names([tmp_path / "收.zip"])) == sorted(["甲.txt", "一.zip/乙.txt", "一.zip/二.zip/丙.txt", "一.zip/二.zip/三.zip"])
    assert list(problems([tmp_path / "收.zip"])) == ["一.zip/二.zip/三.zip"]


def test_folder_and_several_paths(tmp_path):
    write(tmp_path, {"甲单位/一.txt": TEXT, "乙单位/一.txt": TEXT, "丙.zip": zipped({"一.txt": TEXT})})
    assert sorted(names([tmp_path])) == sorted(["丙.zip/一.txt", "乙单位/一.txt", "甲单位/一.txt"])
    assert names([tmp_path / "甲单位", tmp_path / "丙.zip"]) == ["甲单位/一.txt", "丙.zip/一.txt"]
    assert names([tmp_path / "甲单位" / "一.txt"]) == ["一.txt"]


@pytest.mark.parametrize("name", [
    "__MACOSX/所/._王芳.docx", "~$王芳.docx", ".DS_Store", "所/Thumbs.db", "desktop.ini", "~WRL0001.tmp", ".git/config", "._a.docx",
])
def test_leftovers_do_not_count(tmp_path, name):
    assert is_leftover(name)
    (tmp_path / "a.zip").write_bytes(zipped({name: b"x", "王芳.txt": TEXT}))
    assert names([tmp_path / "a.zip"]) == ["王芳.txt"]


def test_members_damaged_packed_strangely_or_with_a_password(tmp_path):
    whole = bytearray(zipped({"甲.txt": TEXT * 50, "乙.txt": TEXT}))
    start = whole.index(b".txt") + 10
    whole[start:start + 20] = bytes(20)
    (tmp_path / "坏.zip").write_bytes(whole)
    assert problems([tmp_path / "坏.zip"])["甲.txt"].startswith("文件损坏")

    strange = bytearray(zipped({"甲.txt": TEXT}))
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        strange[strange.index(signature) + at] = 9  # Deflate64, as Windows packs big files
    (tmp_path / "怪.zip").write_bytes(strange)
    assert "压缩方法" in problems([tmp_path / "怪.zip"])["甲.txt"]

    locked = bytearray(zipped({"甲.txt": TEXT}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + at] |= 1
    (tmp_path / "锁.zip").write_bytes(locked)
    assert "密码" in problems([tmp_path / "锁.zip"])["甲.txt"]


def test_empty_zip_and_broken_zip(tmp_path):
    write(tmp_path, {"空.zip": zipped({}), "坏.zip": b"PK\x03\x04" + bytes(40), "零.docx": b""})
    found = problems([tmp_path])
    assert "没有文件" in found["空.zip"] and "压缩包损坏" in found["坏.zip"] and "0 字节" in found["零.docx"]


def test_names_that_climb_out_are_shown_harmless_and_nothing_is_written(tmp_path, monkeypatch):
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "a.zip").write_bytes(zipped({"../../etc/坏.txt": TEXT, "C:\\Windows\\坏.txt": TEXT, "/abs/坏.txt": TEXT}))
    monkeypatch.chdir(inside)
    assert sorted(names([tmp_path / "a.zip"])) == ["Windows/坏.txt", "abs/坏.txt", "etc/坏.txt"]
    assert [path.name for path in tmp_path.iterdir()] and list(inside.iterdir()) == []


def test_bombs_and_limits(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("炸.txt", b"0" * (17 << 20))
    (tmp_path / "a.zip").write_bytes(file.getvalue())
    assert "压缩炸弹" in problems([tmp_path / "a.zip"])["炸.txt"]
    assert "文件过大" in problems([tmp_path / "a.zip"], Limits(file_bytes=1 << 20, ratio_from=1 << 30))["炸.txt"]
    write(tmp_path / "多", {f"{n}.txt": TEXT for n in range(5)})
    with pytest.raises(IngestError, match="超过 4 个"):
        names([tmp_path / "多"], Limits(files=4))
    with pytest.raises(IngestError, match="请分批提交"):
        names([tmp_path / "多"], Limits(total_bytes=len(TEXT) * 3))


def test_a_zip_may_be_bigger_than_any_file_in_it(tmp_path):
    (tmp_path / "大.zip").write_bytes(zipped({"甲.txt": TEXT, "乙.txt": TEXT}))
    limits = Limits(file_bytes=len(TEXT))
    assert (tmp_path / "大.zip").stat().st_size > limits.file_bytes
    assert sorted(names([tmp_path / "大.zip"], limits)) == ["乙.txt", "甲.txt"]
    assert names([tmp_path], limits)[0].startswith("大.zip/")


def test_a_size_in_the_directory_that_lies_does_not_help(tmp_path):
    data = bytearray(zipped({"甲.txt": b"0" * 100_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at:at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(data)
    found = list(files_in([tmp_path / "a.zip"], Limits(file_bytes=1000)))
    assert len(found) == 1 and (isinstance(found[0], Problem) or len(found[0].data) <= 1000)


def test_missing_path(tmp_path):
    with pytest.raises(IngestError, match="找不到.*没有.docx.*请检查"):
        names([tmp_path / "没有.docx"])


def test_a_file_that_another_program_holds(tmp_path, monkeypatch):
    def held(path):
        raise PermissionError(13, "Permission denied")

    write(tmp_path, {"a.txt": TEXT})
    monkeypatch.setattr(Path, "read_bytes", held)
    assert "读不出来" in problems([tmp_path])["a.txt"]
