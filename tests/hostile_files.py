"""Files that mean harm, or came to harm: one function a sort, each making a different one for every number.

Used by test_ingest_hostile.py and benchmarks/robustness.py.
"""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from analyzer.ingest.limits import LIMITS
from ingest_files import BODY, DATA, NameInBytes, docx, xlsx, zipped

MEBI = 1 << 20
BOMB = '<!DOCTYPE x [<!ENTITY a0 "心得">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
"""Billion laughs: 2 · 10^11 characters in half a kilobyte."""
EXTERNAL = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
WML = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


# ------------------------------------------------------------------ documents

def replaced(package: bytes, **parts: bytes | str) -> bytes:
    """The package with these members in the place of its own, or added; ``__`` in a name stands for ``/``, ``_dot_`` for a dot."""
    wanted = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, wanted.pop(name, None) or old.read(name))
        for name, part in wanted.items():
            new.writestr(name, part)
    return file.getvalue()


def word(body: str, before: str = "") -> bytes:
    """A docx whose document.xml is this."""
    return replaced(docx(), word__document_dot_xml=f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document {WML}><w:body>{body}</w:body></w:document>')


def docx_xml_bomb(n: int) -> bytes:
    return word(f"<w:p><w:r><w:t>{n}&a11;</w:t></w:r></w:p>", BOMB)


def docx_external_entity(n: int) -> bytes:
    return word(f"<w:p><w:r><w:t>{n}&file;</w:t></w:r></w:p>", EXTERNAL)


def docx_zip_bomb(n: int) -> bytes:
    return replaced(docx(), word__media__a_dot_bin=b"\0" * ((17 + n % 3) * MEBI))


def docx_deep(n: int) -> bytes:
    depth = 200 + 2000 * (n % 5)
    return word("<w:sdt><w:sdtContent>" * depth + f"<w:p><w:r><w:t>{n}</w:t></w:r></w:p>" + "</w:sdtContent></w:sdt>" * depth)


def docx_truncated(n: int) -> bytes:
    whole = docx(BODY * 3 + str(n))
    return whole[: len(whole) * (n % 9 + 1) // 11]


def docx_many_parts(n: int) -> bytes:
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a") as package:
        for number in range(5_100 + n):
            package.writestr(f"word/media/{number}.png", b"")
    return file.getvalue()


def docx_without_document(n: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/nothing.xml", str(n))
    return file.getvalue()


def odt_xml_bomb(n: int) -> bytes:
    return replaced((DATA / "essay.odt").read_bytes(), content_dot_xml=f'{BOMB}<office:document-content xmlns:office="o" xmlns:text="t"><office:body><text:p>{n}&a11;</text:p></office:body></office:document-content>')


def odt_endless_spaces(n: int) -> bytes:
    return replaced((DATA / "essay.odt").read_bytes(), content_dot_xml=(
        '<office:document-content xmlns:office="o" xmlns:text="t"><office:body><text:p>'
        f'<text:s text:c="{10 ** (9 + n % 5)}"/></text:p></office:body></office:document-content>'))


def xlsx_xml_bomb(n: int) -> bytes:
    return replaced(xlsx(["姓名", "单位"], [f"王{n}", "甲局"]), xl__sharedStrings_dot_xml=f'{BOMB}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&a11;</t></si></sst>')


def pdf(objects: list[bytes], root: int = 1) -> bytes:
    """A PDF of these objects, numbered from 1."""
    data, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, table)


def pdf_ten_thousand_pages(n: int) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    count = 10_000 + n
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)] + [page] * count)


def pdf_loop(n: int) -> bytes:
    """A page tree whose branches are each other's."""
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[3 0 R]>>" % (n + 1), b"<</Type/Pages/Count %d/Parent 2 0 R/Kids[2 0 R]>>" % (n + 1)])


def pdf_script(n: int) -> bytes:
    """JavaScript and a program to start when it is opened, and a page without text."""
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</S/JavaScript/JS(while(%d){app.launchURL('http://127.0.0.1:9/')})/Next<</S/Launch/F(/bin/sh)>>>>" % (n + 1),
    ])


def pdf_recursive_form(n: int) -> bytes:
    """A picture that contains itself."""
    content = b"/X Do " * (n % 7 + 1)
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length %d>>stream\n%s\nendstream" % (len(content), content)
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Contents 5 0 R>>", form,
        b"<</Length 5>>stream\n/X Do\nendstream",
    ])


def broken(name: str) -> Callable[[int], bytes]:
    """A fixture with one in five hundred of its bytes after the first kilobyte changed."""
    def make(n: int) -> bytes:
        data, chance = bytearray((DATA / name).read_bytes()), random.Random(n)
        for _ in range(len(data) // 500):
            data[chance.randrange(1024, len(data))] = chance.randrange(256)
        return bytes(data)
    return make


def doc_loop(n: int) -> bytes:
    """The allocation table of an OLE file, every sector of which leads back to an earlier one ([MS-CFB] 2.3)."""
    data = bytearray((DATA / "essay.doc").read_bytes())
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    for entry in range(128):
        struct.pack_into("<I", data, table + 4 * entry, max(0, entry - 1 - n % 5))
    return bytes(data)


def doc_directory_loop(n: int) -> bytes:
    """Directory entries that are each other's siblings."""
    data = bytearray((DATA / "essay.doc").read_bytes())
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    for entry in range(4):
        struct.pack_into("<III", data, directory + 128 * entry + 68, (entry + 1 + n) % 4, (entry + 2) % 4, (entry + 3) % 4)
    return bytes(data)


def rtf_deep(n: int) -> bytes:
    return rb"{\rtf1" + b"{" * (100_000 + n) + b"}" * 10


def rtf_huge_numbers(n: int) -> bytes:
    return rb"{\rtf1\ansi\uc1" + rb"\u%d?" % (10 ** (20 + n)) + rb"\bin%d }" % (10 ** 15)


def binary_txt(n: int) -> bytes:
    return random.Random(n).randbytes(4000)


def empty(n: int) -> bytes:
    return b""


def program(n: int) -> bytes:
    return b"MZ\x90\0" + random.Random(n).randbytes(500)


# ------------------------------------------------------------------ zips

def zip_bomb(n: int) -> bytes:
    return zipped({f"炸{n}.txt": b"0" * (17 * MEBI)})


def zip_of_zips(n: int) -> bytes:
    data = zipped({f"{n}.txt": BODY.encode()})
    for _ in range(6):
        data = zipped({"里.zip": data})
    return data


def zip_many(n: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(LIMITS.zip_files + 1 + n):
            archive.writestr(f"{number}.txt", b"")
    return file.getvalue()


def zip_directory_bomb(n: int) -> bytes:
    """A directory that says it takes two gigabytes."""
    data = bytearray(zipped({f"{n}.txt": b"a"}))
    at = data.rindex(b"PK\5\6")
    struct.pack_into("<II", data, at + 12, 2 << 30, 0)
    return bytes(data)


def zip_link(n: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(f"链接{n}.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def zip_lzma(n: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(f"{n}.txt", BODY)
    return file.getvalue()


def zip_names(*names: str) -> bytes:
    """A zip whose members have these very names, also where zipfile would mend them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(names):
            info = NameInBytes(name)
            info.raw = name.encode()
            archive.writestr(info, BODY + str(number))
    return file.getvalue()


# ------------------------------------------------------------------ all of them

SORTS: dict[str, tuple[str, Callable[[int], bytes], str]] = {
    # extension, maker, what the reason says
    "docx: XML bomb": (".docx", docx_xml_bomb, "实体"),
    "docx: external entity": (".docx", docx_external_entity, "实体"),
    "docx: zip bomb": (".docx", docx_zip_bomb, "压缩炸弹"),
    "docx: nested too deeply": (".docx", docx_deep, "损坏"),
    "docx: cut off": (".docx", docx_truncated, "损坏"),
    "docx: 5,100 parts": (".docx", docx_many_parts, "部件过多"),
    "docx: no document in it": (".docx", docx_without_document, "损坏"),
    "odt: XML bomb": (".odt", odt_xml_bomb, "实体"),
    "odt: 10^9 spaces": (".odt", odt_endless_spaces, "没有文字"),
    "xlsx: XML bomb": (".xlsx", xlsx_xml_bomb, "实体"),
    "pdf: 10,000 pages": (".pdf", pdf_ten_thousand_pages, "页数过多"),
    "pdf: page tree in a loop": (".pdf", pdf_loop, "没有文字|损坏"),
    "pdf: JavaScript and a program": (".pdf", pdf_script, "没有文字"),
    "pdf: a picture within itself": (".pdf", pdf_recursive_form, "没有文字|弄崩|超时|内存"),
    "doc: sectors in a loop": (".doc", doc_loop, "损坏|不是 Word|没有文字"),
    "doc: directory in a loop": (".doc", doc_directory_loop, "损坏|不是 Word|没有文字"),
    "rtf: 100,000 groups": (".rtf", rtf_deep, "没有文字|损坏"),
    "rtf: numbers without end": (".rtf", rtf_huge_numbers, "没有文字|损坏"),
    "txt: no text": (".txt", binary_txt, "编码"),
    "0 bytes": (".docx", empty, "0 字节"),
    "a program": (".exe", program, "认不出"),
    "zip: bomb": (".zip", zip_bomb, "压缩炸弹"),
    "zip: in a zip in a zip …": (".zip", zip_of_zips, "套了太多层"),
    "zip: 20,001 members": (".zip", zip_many, "过多"),
    "zip: directory of 2 GB": (".zip", zip_directory_bomb, "过多|损坏"),
    "zip: a link to /etc/passwd": (".zip", zip_link, "快捷方式"),
    "zip: LZMA": (".zip", zip_lzma, "压缩方法"),
}
"""Each gives no essay."""
MAY_BE_READ = {
    "pdf: 0.2 % changed": (".pdf", broken("essay.pdf")),
    "odt: 0.2 % changed": (".odt", broken("essay.odt")),
    "doc: 0.2 % changed": (".doc", broken("essay.doc")),
    "rtf: 0.2 % changed": (".rtf", broken("essay.rtf")),
}
"""Of a damaged file as much is read as there is, or none."""


def strange_files(folder: Path) -> dict[str, str]:
    """What only a disk can hold, written into the folder: name to what the reason says. Fewer on Windows."""
    with open(folder / "二G.txt", "wb") as file:
        file.truncate(2 << 30)  # sparse: takes no room
    strange = {"二G.txt": "文件过大"}
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "管道.txt")
        os.symlink("/etc/passwd", folder / "链接.txt")
        os.symlink("/etc", folder / "文件夹链接")
        strange |= {"管道.txt": "不是普通文件", "链接.txt": "快捷方式", "文件夹链接": "快捷方式"}
    return strange
