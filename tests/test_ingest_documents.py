"""Every reader against the same text (tests/data/ingest/essay.txt), and what each refuses."""

import io
import zipfile
from datetime import datetime

import pytest

from analyzer.ingest import LIMITS, Limits
from analyzer.ingest.archive import File
from analyzer.ingest.documents import read_document
from analyzer.ingest.errors import REASONS, Unreadable
from analyzer.ingest.kinds import kind_of
from analyzer.ingest.word97 import _characters, _readable
from ingest_files import BODY, DATA, TEXT, docx, saved, zipped

TABLE = "措施\t时限\n逐件清理旧案\t三月底"
BOX = "框里的话：说到做到。"


def read(name: str, data: bytes, limits: Limits = LIMITS):
    return read_document(File(name, data, kind_of(name, data), False), limits)


def read_fixture(name: str):
    return read(name, (DATA / name).read_bytes())


@pytest.mark.parametrize("name", ["essay.doc", "essay.wps", "essay.odt"])
def test_word_97_wps_and_odt_with_table_and_text_box(name):
    text, traces = read_fixture(name)
    assert text == f"{TEXT}\n{TABLE}\n{BOX}"
    assert traces["author"] == "王建国" and traces["last_modified_by"] == "李文书"
    assert traces["created"] == "2021-03-05T09:00:00" and traces["modified"] == "2021-03-06T10:30:00"
    assert traces["revision"] == "7" and traces["editing_minutes"] == "95"


def test_rtf_with_table():
    text, _ = read_fixture("essay.rtf")
    assert text.startswith(f"{TEXT}\n")
    assert [line.rstrip("\t") for line in text[len(TEXT):].split("\n") if line.strip()] == TABLE.split("\n")


def test_pdf_lines_become_paragraphs_again_over_pages():
    text, traces = read_fixture("essay.pdf")
    assert text == TEXT
    assert traces["author"] == "王建国" and traces["application"] == "Writer"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_txt(encoding):
    assert read("心得.txt", TEXT.replace("\n", "\r\n").encode(encoding)) == (TEXT, {})


def test_docx_properties():
    text, traces = read("a.docx", docx("第一段。\n\n第二段。", author="王建国", last_modified_by="李文书", revision=3, created=datetime(2021, 3, 5, 9)))
    assert text == "第一段。\n\n第二段。"
    assert traces["author"] == "王建国" and traces["last_modified_by"] == "李文书" and traces["revision"] == "3"
    assert traces["created"].startswith("2021-03-05T09:00")


def test_docx_table_is_read_where_it_stands_and_merged_cells_once():
    from docx import Document

    document = Document()
    document.add_paragraph("表前。")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并的格子"
    table.cell(1, 0).text, table.cell(1, 1).text = "左", "右"
    table.cell(1, 1).add_table(1, 2).cell(0, 1).text = "套着的表"
    document.add_paragraph("表后。")
    text, _ = read("a.docx", saved(document))
    assert text == "表前。\n合并的格子\n左\t右\n\t套着的表\n\n表后。"


WML = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_of(paragraphs: str) -> bytes:
    """A docx whose body is this WordprocessingML."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx())) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            body = f"<w:document {WML} xmlns:mc='mc' xmlns:v='v'><w:body>{paragraphs}</w:body></w:document>"
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return file.getvalue()


@pytest.mark.parametrize(("paragraphs", "text"), [
    # a text box is stored twice, for new and for old programs
    ("<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>"
     "</mc:Choice><mc:Fallback><v:textbox><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></v:textbox>"
     "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>", "前后\n框"),
    # tracked changes: what was put in counts, what was taken out does not
    ("<w:p><w:ins><w:r><w:t>留</w:t></w:r></w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del></w:p>", "留"),
    ("<w:p><w:r><w:t>见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>不见</w:t></w:r></w:p>", "见"),
    ("<w:p><w:r><w:fldChar/><w:instrText>PAGE</w:instrText><w:t>3</w:t></w:r></w:p>", "3"),
    ("<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>右</w:t></w:r></w:p>", "上\n下\t右"),
    ("<w:sdt><w:sdtContent><w:p><w:r><w:t>控件里</w:t></w:r></w:p></w:sdtContent></w:sdt>", "控件里"),
])
def test_docx_as_a_reader_sees_it(paragraphs, text):
    assert read("a.docx", docx_of(paragraphs))[0] == text


@pytest.mark.parametrize(("source", "text"), [
    (rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0\'d0\'c4\'b5\'c3\par}", "心得"),
    # the second byte of a GBK character may be an ASCII letter, written as it is
    (rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0\'89N\'d0\'c4\par}", "塏心"),
    (rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset0 Arial;}}\f0" + b"".join(b"\\'%02x" % b for b in "心得体会写了很多遍".encode("gbk")) + rb"\par}",
     "心得体会写了很多遍"),
    (rb"{\rtf1\ansi\uc1\u24515?\u24471?\par}", "心得"),
])
def test_rtf_as_different_programs_write_it(source, text):
    if text == "塏心":
        text = b"\x89N".decode("gbk") + "心"
    assert read("a.rtf", source)[0].strip() == text


def test_word_97_pieces_out_of_order_as_fast_save_leaves_them():
    document = bytes(16) + "后一半".encode("utf-16-le") + b"ABC" + "前一半".encode("utf-16-le")
    places = [(25, 3, False), (16 + 6, 3, True), (16, 3, False)]
    places[0] = (16 + 6 + 3, 3, False)
    positions, descriptors = [0], b""
    for start, length, compressed in places:
        positions.append(positions[-1] + length)
        where = 2 * start | 0x40000000 if compressed else start
        descriptors += b"\0\0" + where.to_bytes(4, "little") + b"\0\0"
    table = b"".join(p.to_bytes(4, "little") for p in positions) + descriptors
    assert _characters(document, table) == "前一半ABC后一半"
    with pytest.raises(ValueError, match="piece outside"):
        _characters(document[:20], table)


@pytest.mark.parametrize("count", [0xFFFFFFFF, 3])
def test_word_97_properties_without_end_cost_the_traces_not_the_text(count):
    """Found by fuzzing: olefile goes through a vector that says it has four billion elements."""
    data = bytearray((DATA / "essay.doc").read_bytes())
    stream = data.index(bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")) - 28
    section = stream + int.from_bytes(data[stream + 44:stream + 48], "little")
    author = section + int.from_bytes(data[section + 12:section + 16], "little")
    data[author:author + 8] = (0x1001).to_bytes(4, "little") + count.to_bytes(4, "little")
    text, traces = read("a.doc", bytes(data))
    assert text.startswith(TEXT) and traces == {}


def test_word_97_fields_keep_their_result_only():
    assert _readable("看\x13 HYPERLINK \"a\" \x14这\x13 PAGE \x141\x15里\x15。\r单元\x07格\x07\x07") == "看这1里。\n单元\t格"


@pytest.mark.parametrize(("name", "reason"), [
    ("password.doc", "encrypted"), ("password.docx", "encrypted"), ("password.odt", "encrypted"), ("password.pdf", "encrypted"),
    ("scanned.pdf", "scanned"),
])
def test_refused_fixtures(name, reason):
    with pytest.raises(Unreadable, match=REASONS[reason][:4]):
        read_fixture(name)


@pytest.mark.parametrize("name", ["essay.doc", "essay.odt", "essay.pdf", "password.docx"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_truncated_file_is_unreadable_or_read_but_never_an_error(name, share):
    data = (DATA / name).read_bytes()
    kind = kind_of(name, data[:int(len(data) * share)])
    if kind in REASONS:
        assert kind == "corrupt"
        return
    with pytest.raises(Unreadable):
        read(name, data[:int(len(data) * share)])


@pytest.mark.parametrize(("name", "data", "kind"), [
    ("其实是docx.doc", docx(), "docx"),
    ("其实是docx.wps", docx(), "docx"),
    ("其实是doc.docx", (DATA / "essay.doc").read_bytes(), "ole"),
    ("其实是文本.doc", BODY.encode(), "txt"),
    ("其实是网页.doc", b"<!DOCTYPE html><html>", "web"),
    ("其实是rtf.doc", rb"{\rtf1 a}", "rtf"),
    ("半截.docx", docx()[:2000], "corrupt"),
    ("没有扩展名", BODY.encode(), "txt"),
    ("照片.jpg", b"\xff\xd8\xff\xe0", "image"),
    ("BM开头.txt", b"BMW", "txt"),
    ("压缩.rar", b"Rar!\x1a\x07", "archive"),
    ("压缩.zip", zipped({"a.txt": b"a"}), "zip"),
    ("坏.zip", b"PK\x03\x04....", "corrupt_zip"),
    ("旧表.xls", (DATA / "essay.doc").read_bytes(), "old_sheet"),
    ("程序.exe", b"MZ\x90\0", "unknown"),
])
def test_kinds_are_told_by_content_not_by_name(name, data, kind):
    assert kind_of(name, data) == kind


def test_empty_long_and_pictures_only():
    with pytest.raises(Unreadable, match="没有文字"):
        read("a.docx", docx(" \n　"))
    with pytest.raises(Unreadable, match="文字过长"):
        read("a.txt", BODY.encode(), Limits(text_characters=10))
    with pytest.raises(Unreadable, match="只有图片"):
        read("a.docx", docx_of('<w:p><w:r><v:imagedata/></w:r></w:p>'))


def test_a_docx_that_is_a_bomb_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<a/>")
        package.writestr("word/document.xml", b" " * (20 << 20))
    with pytest.raises(Unreadable, match="压缩炸弹"):
        read("a.docx", file.getvalue())
