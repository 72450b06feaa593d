"""The shipped samples are what they say they are (samples/build.py)."""

import json
import zipfile
from collections import Counter
from pathlib import PurePosixPath

import pytest

from analyzer.essay import TIERS
from analyzer.ingest import read_batch, read_documents
from analyzer.resources import resource


@pytest.fixture(scope="module")
def source():
    lines = resource("samples", "source", "rectification.jsonl").read_text(encoding="utf-8").split("\n")
    return {row["author"] if row["kind"] == "essay" else row["id"]: row for row in map(json.loads, filter(None, lines))}


@pytest.fixture(scope="module")
def batch():
    return read_batch(resource("samples", "batch.zip"), roster=resource("samples", "roster.xlsx"))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_essay_comes_out_of_its_file_whole(batch, source):
    assert len(batch.essays) >= 48
    for essay in batch.essays:
        row = source[essay.author]
        assert squeezed(row["text"]) in squeezed(essay.text), essay.file
        assert essay.title == row["title"], essay.file


def test_paragraphs_survive_every_format(batch, source):
    formats = Counter(PurePosixPath(essay.file).suffix for essay in batch.essays)
    assert formats.most_common(1)[0][0] == ".docx" and set(formats) == {".docx", ".doc", ".wps", ".pdf", ".txt", ".rtf", ".odt"}
    for essay in batch.essays:
        paragraphs = [line.strip() for line in source[essay.author]["text"].split("\n") if line.strip()]
        assert set(paragraphs) <= {line.strip() for line in essay.text.split("\n")}, essay.file


def test_roster_folders_and_posts_give_unit_and_tier(batch, source):
    tiers = Counter(essay.tier for essay in batch.essays)
    assert set(TIERS) <= set(tiers) and tiers[""] == 1
    assert all(essay.tier in ("", source[essay.author]["tier"]) for essay in batch.essays)
    assert len({essay.unit for essay in batch.essays}) >= 8 and all(essay.unit and essay.post or not essay.tier for essay in batch.essays)


def test_what_went_wrong_is_told(batch):
    assert batch.files == 60 == len(batch.essays) + len(batch.problems)
    assert [reason for reason in ("扫描件", "文件损坏", "重复提交") if any(reason in p.reason for p in batch.problems)] == ["扫描件", "文件损坏", "重复提交"]
    assert [person.author for person in batch.absent] == ["蒋浩"]
    assert any("有 2 篇没有和名单对上" in note for note in batch.notes)


def test_it_is_packed_as_chinese_windows_packs(batch):
    path = resource("samples", "batch.zip")
    assert path.stat().st_size < 3_000_000
    with zipfile.ZipFile(path) as archive:
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())
    assert any(".zip/" in essay.file for essay in batch.essays)


def test_a_light_copy_was_made_in_the_file_of_the_one_copied_from(batch, source):
    traces = {essay.author: essay.traces for essay in batch.essays}
    names = {row["id"]: author for author, row in source.items()}
    copies = [(author, names[row["file_of"]]) for author, row in source.items() if "file_of" in row]
    assert len(copies) == 6
    for copier, first in copies:
        assert traces[copier]["author"] == first and traces[copier]["created"] == traces[first]["created"]
        assert traces[copier]["last_modified_by"] == copier


def test_documents(source):
    official, library = (read_documents(resource("samples", folder)) for folder in ("official", "library"))
    assert len(official) == 2 and len(library) == 3
    texts = {squeezed(row["text"]) for row in source.values() if row["kind"] != "essay"}
    assert all(any(text in squeezed(document.text) for text in texts) for document in official + library)
    assert any("讲话" in document.title for document in official)
