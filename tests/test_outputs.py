"""What strangers wrote into their essays, names and titles does nothing in whatever is handed out."""

import csv
import io
import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from zipfile import ZipFile

import openpyxl
import pytest

from analyzer.essay import Problem
from analyzer.report.bundle import bundle, essays_csv
from analyzer.report.case_file import case_file_html
from analyzer.report.document import write_document
from analyzer.report.hand_back import hand_back_html
from analyzer.report.harmless import file_name, harmless
from analyzer.report.pdf import converter
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook
from report_fixture import synthetic_report

FORMULAS = ('=HYPERLINK("http://x.invalid")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1+1", "＝1+1")
MARKUP = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'><a href="javascript:x">', "[a](javascript:x) ![b](http://x.invalid/c.png)", "\\input{/etc/passwd} $\\write18{id}$"
NAMES = ("../../etc/passwd", "..\\..\\a", "C:\\a", "/abs", "con", "a\u202egpj.exe", "a\0b", "a\nb", " . ", "长" * 300)


@pytest.fixture(scope="module")
def report():
    """Every field that an essay's author or a file's name fills holds something that acts."""
    report = synthetic_report()
    bad = (*FORMULAS, *MARKUP, *NAMES)
    pick = lambda n: bad[n % len(bad)]
    essays = tuple(
        replace(e, title=pick(n), author=pick(n + 1), unit=pick(n + 2), post=pick(n + 3), file=pick(n + 4)) for n, e in enumerate(report.essays)
    )
    problems = tuple(Problem(name, f"{name}：坏了") for name in bad)
    return replace(report, essays=essays, problems=problems, notes=bad)


@pytest.fixture(scope="module")
def workbook(report, tmp_path_factory):
    id = report.suspects.id[0]
    return write_workbook(report, tmp_path_factory.mktemp("out") / "a.xlsx", {id: Review(id, "talked", *FORMULAS[:1])})


def test_no_cell_of_the_workbook_is_a_formula(workbook):
    book = openpyxl.load_workbook(workbook)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    begin = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in "=+-@\t\r"]
    assert len(begin) > 20 and all(cell.quotePrefix for cell in begin)


@pytest.mark.skipif(converter() is None, reason="no LibreOffice on this machine")
def test_libreoffice_opens_them_and_finds_no_formula(workbook, report, tmp_path):
    (tmp_path / "b.csv").write_bytes(essays_csv(report))
    command = [converter(), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    subprocess.run([*command, workbook, tmp_path / "b.csv"], check=True, capture_output=True, timeout=180)
    for name, at_least in (("a.xlsx", 60), ("b.xlsx", 60)):
        book = openpyxl.load_workbook(tmp_path / "out" / name)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        assert sum(sheet.max_row for sheet in book) > at_least


def test_no_cell_of_the_csv_is_a_formula(report):
    rows = list(csv.reader(io.StringIO(essays_csv(report).decode("utf-8-sig"), newline="")))
    assert len(rows) == len(report.essays) + 1
    assert all(harmless(cell) == cell and row[-1] for row in rows[1:] for cell in row if not re.fullmatch(r"-?[\d.]+", cell))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_starts_a_formula(text):
    flat = re.sub("[\t\r\n]", " ", text)
    assert harmless(text) == f"'{flat}" and harmless(f"心得{text}") == f"心得{flat}" and harmless("") == ""


class _Acting(HTMLParser):
    """Collects what could act in a page: scripts, handlers, links, and everything fetched."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "img", "iframe", "object", "embed", "link", "form", "a", "base"):
            self.found.append(tag)
        self.found += [name for name, value in attributes if name.startswith("on") or name in ("href", "src", "action")]


def test_nothing_acts_in_the_pages(report):
    pages = [case_file_html(report, id, Review(id, "talked", MARKUP[0]), [("2021", MARKUP[0], "note", "", MARKUP[0])]) for id in report.suspects.id[:5]]
    pages += [hand_back_html(report, essay.id) for essay in report.essays]
    for page in pages:
        acting = _Acting()
        acting.feed(page)
        assert not acting.found


def test_nothing_acts_in_the_document(report, tmp_path):
    with ZipFile(write_document(report, tmp_path / "a.docx", MARKUP[0])) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist() if name.endswith((".xml", ".rels"))}
    assert not any('TargetMode="External"' in part for name, part in parts.items() if name.endswith(".rels"))
    assert not any("<w:hyperlink" in part or "HYPERLINK" in "".join(re.findall(r"<w:instrText[^>]*>([^<]*)", part)) for part in parts.values())


def test_names_in_the_bundle_stay_where_they_are(report):
    names = ZipFile(io.BytesIO(bundle(report, MARKUP[0], {}, {}))).namelist()
    assert len(names) == len(set(names))
    for name in names:
        assert name.count("/") <= 1 and not name.startswith(("/", ".")) and "\\" not in name and ".." not in name.split("/")
        assert name.isprintable() and len(name) < 120


@pytest.mark.parametrize("name", NAMES)
def test_names_of_downloads(name):
    safe = file_name(name)
    assert safe and safe.isprintable() and len(safe) <= 61 and not set(safe) & set('\\/:*?"<>|') and safe.lower() != "con" and safe.strip(". ") == safe
