"""What is kept can be checked, mended, copied away, put back and wiped."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime

import pytest

from analyzer.cli import main
from analyzer.essay import Batch, Essay, Problem
from analyzer.report.review import Review
from analyzer.store import Store, StoreError
from analyzer.store.backup import backup, restore
from analyzer.store.care import examine
from analyzer.store.forget import forget_person
from analyzer.store.mending import mend

NAME, OTHER, MARK = "欧阳忘川", "上官记得", "此处是只有他写过的一句话"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XINDE_HOME", str(tmp_path / "数据"))
    return tmp_path / "数据"


@pytest.fixture
def store(home):
    return Store(home)


def kinds(home) -> list[str]:
    return [ailment.kind for ailment in examine(home)]


def database(home):
    return closing(sqlite3.connect(home / "xinde.sqlite3"))


def test_a_healthy_store_is_called_so(store, report, capsys):
    store.add_report("三月", report)
    store.save_review(store.batches()[0].id, Review(report.suspects.id[0], "talked"), "甲")
    assert main(["doctor"]) == 0 and "一切正常" in capsys.readouterr().out


def test_a_damaged_report_is_found_and_can_be_computed_again(store, report, home, capsys):
    id = store.add_report("三月", report)
    store.keep_batch(id, Batch(report.essays))
    store.save_review(id, Review(report.suspects.id[0], "talked"), "甲")
    whole = store.report_path(id).read_bytes()
    store.report_path(id).write_bytes(whole[: len(whole) // 2])
    assert main(["doctor"]) == 1 and "损坏" in capsys.readouterr().out
    assert main(["doctor", "--repair"]) == 0 and "重新分析" in capsys.readouterr().out
    assert store.batch(id).status == "read" and not store.report_path(id).exists() and store.reviews(id)
    store.keep_report(id, report)
    assert kinds(home) == []


def test_what_an_interrupted_process_left_is_tidied_up(store, report, home):
    id = store.add_report("三月", report)
    store.update(id, status="analyzing", stage="编码句子", started=datetime.now().astimezone().isoformat())
    (store.folder(id) / "report-12345678.json.part").write_text("{", encoding="utf-8")
    (store.folder(id) / "report-87654321.json").write_text("{}", encoding="utf-8")
    assert sorted(kinds(home)) == ["job", "leftover", "leftover"] and main(["doctor"]) == 0
    kept, done = mend(home)
    assert kept.exists() and len(done) == 3 and kinds(home) == []
    assert store.batch(id).status == "failed" and store.report(id).essays == report.essays


def test_rows_without_an_owner_and_unreadable_ones_go(store, report, home):
    id = store.add_report("三月", report)
    store.save_review(id, Review(report.suspects.id[0], "talked"), "甲")
    with database(home) as db, db:  # foreign keys are off in a bare connection
        db.execute("UPDATE review_changes SET batch = 'gone'")
        db.execute("UPDATE history SET content = '{' WHERE rowid = 1")
    assert sorted(kinds(home)) == ["astray", "steps", "unreadable"]
    kept, _ = mend(home)
    assert kinds(home) == [] and len(store.history()) == len(report.essays) - 1
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT count(*) FROM review_changes WHERE batch = 'gone'").fetchone() == (1,)


def test_a_lost_database_gives_its_batches_back(store, report, home):
    id = store.add_report("三月", report)
    for suffix in ("", "-wal", "-shm"):
        (home / f"xinde.sqlite3{suffix}").unlink(missing_ok=True)
    assert kinds(home) == ["database"]
    mend(home)
    assert kinds(home) == [] and Store(home).report(id).matches == report.matches and len(Store(home).history()) == len(report.essays)


@pytest.mark.parametrize("where", ["a page", "the header"])
def test_a_damaged_database_gives_back_what_can_be_read(store, report, home, where):
    id = store.add_report("三月", report)
    for essay in report.suspects.id:
        store.save_review(id, Review(essay, "talked", responsible="赵某"), "甲")
    before = store.reviews(id)
    with database(home) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = db.execute("PRAGMA page_size").fetchone()[0]
        leaf = db.execute("SELECT pageno FROM dbstat WHERE name = 'history' AND pagetype = 'leaf'").fetchone() if has_dbstat(db) else None
    path = home / "xinde.sqlite3"
    content = bytearray(path.read_bytes())
    at = 0 if where == "the header" else (leaf[0] - 1) * size if leaf else len(content) // 2 // size * size
    content[at : at + (100 if where == "the header" else size)] = b"\xff" * (100 if where == "the header" else size)
    path.write_bytes(content)
    assert "database" in kinds(home)
    kept, _ = mend(home)
    assert kept.exists() and not [ailment for ailment in examine(home) if ailment.serious]
    assert Store(home).report(id).matches == report.matches
    if where == "a page":
        assert Store(home).reviews(id) == before and 0 < len(Store(home).history()) < len(report.essays)


def has_dbstat(db) -> bool:
    try:
        db.execute("SELECT 1 FROM dbstat LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def test_a_backup_holds_everything_and_comes_back(store, report, home, tmp_path, monkeypatch, capsys):
    id = store.add_report("三月", report)
    (store.folder(id) / "files").mkdir()
    (store.folder(id) / "files" / "稿.zip").write_bytes(b"zip")
    (home / "tiers.toml").write_text("[posts]\n", encoding="utf-8")
    store.save_review(id, Review(report.suspects.id[0], "talked"), "甲")
    file = tmp_path / "备份.zip"
    assert main(["backup", str(file)]) == 0
    assert main(["backup", str(file)]) == 1 and "已经存在" in capsys.readouterr().err
    monkeypatch.setenv("XINDE_HOME", str(tmp_path / "新机器"))
    assert main(["restore", str(file)]) == 0
    moved = Store(tmp_path / "新机器")
    assert moved.report(id).matches == report.matches and moved.reviews(id) == store.reviews(id)
    assert (moved.folder(id) / "files" / "稿.zip").read_bytes() == b"zip" and (moved.home / "tiers.toml").exists()
    assert kinds(moved.home) == []


def test_restoring_over_data_needs_force_and_keeps_them_aside(store, report, home, tmp_path, capsys):
    old = store.add_report("三月", report)
    backup(home, tmp_path / "备份.zip")
    new = store.add_report("四月", replace(report, matches=()))
    store.delete_batch(old)
    assert main(["restore", str(tmp_path / "备份.zip")]) == 1 and "--force" in capsys.readouterr().err
    assert {batch.id for batch in store.batches()} == {new}
    kept = restore(home, tmp_path / "备份.zip", force=True)
    assert {batch.id for batch in store.batches()} == {old} and kinds(home) == [] and not store.folder(new).exists()
    restore(home, kept, force=True)
    assert {batch.id for batch in store.batches()} == {new} and store.report(new).matches == ()


def test_a_damaged_database_can_be_replaced_by_a_backup(store, report, home, tmp_path):
    id = store.add_report("三月", report)
    backup(home, tmp_path / "备份.zip")
    (home / "xinde.sqlite3").write_bytes(b"\xff" * 5000)
    restore(home, tmp_path / "备份.zip", force=True)
    assert store.report(id).matches == report.matches and kinds(home) == []


@pytest.mark.parametrize("what", ["not a zip", "another zip", "cut", "a path out"])
def test_a_backup_that_is_none_changes_nothing(store, report, home, tmp_path, what):
    id = store.add_report("三月", report)
    file = tmp_path / "备份.zip"
    backup(home, file)
    if what in ("not a zip", "cut"):
        file.write_bytes(b"no" if what == "not a zip" else file.read_bytes()[:-2000])
    else:
        with zipfile.ZipFile(file, "w" if what == "another zip" else "a") as archive:
            archive.writestr("../outside.txt", "x")
    with pytest.raises(StoreError):
        restore(home, file, force=True)
    assert store.batch(id).status == "done" and not (tmp_path / "outside.txt").exists() and kinds(home) == []


def test_a_backup_during_use_is_whole(store, report, home, tmp_path, monkeypatch):
    id = store.add_report("三月", report)
    from analyzer.store import backup as module

    real, turns = module.copy, []

    def copy(source, target):  # somebody analyzes the batch again between the copy of the database and that of the files
        real(source, target)
        if not turns:
            turns.append(store.keep_report(id, replace(report, matches=())))

    monkeypatch.setattr(module, "copy", copy)
    backup(home, tmp_path / "备份.zip")
    monkeypatch.undo()
    restore(tmp_path / "另一处", tmp_path / "备份.zip")
    assert Store(tmp_path / "另一处").report(id).matches == ()


def traces(home, *words: str) -> list[str]:
    """Files under the folder that hold one of the words, in UTF-8, UTF-16, GBK or escaped as JSON does."""
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                content += b"".join(archive.read(name) + name.encode() for name in archive.namelist())
        for word in words:
            forms = [word.encode(code) for code in ("utf-8", "utf-16-le", "gbk")] + [json.dumps(word)[1:-1].encode()]
            if any(form in content for form in forms) or word in path.name:
                found.append(f"{path.relative_to(home)}: {word}")
    return found


def with_person(report):
    """A report in which one suspect's author is NAME, with a sentence nobody else wrote, and another's is OTHER."""
    id, partner = report.suspects.id[0], report.suspects.id[1]
    essays = tuple(
        replace(e, author=NAME, text=e.text + MARK, file=f"{e.unit}/{NAME}.docx")
        if e.id == id
        else replace(e, author=OTHER, reviewer=NAME)
        if e.id == partner
        else e
        for e in report.essays
    )
    problems = (*report.problems, Problem(f"某处/{NAME}-补交.docx", "文件损坏"))
    return replace(report, essays=essays, problems=problems, notes=(*report.notes, f"{NAME} 交了两份。")), id


@pytest.fixture
def filled(store, report):
    """A store in which the person is everywhere: two batches, uploads, reviews, library, audit, a copy of an earlier version."""
    known, id = with_person(report)
    batch = store.add_report("三月", known)
    store.keep_batch(batch, Batch(known.essays, known.problems, len(known.essays), (), known.notes))
    (store.folder(batch) / "files").mkdir()
    with zipfile.ZipFile(store.folder(batch) / "files" / "稿.zip", "w") as archive:
        archive.writestr(f"{NAME}.txt", MARK)
    store.save_review(batch, Review(id, "talked", note=f"与{NAME}谈过"), "甲")
    earlier = next(e for e in known.essays if e.id == id)
    second = store.add_report("四月", replace(report, documents=(*report.documents, replace(earlier, id=f"{batch}/{id}"))))
    store.add_documents("library", [Essay("x", MARK, author=NAME), Essay("y", "别人的范文", author=OTHER)])
    store.cache.mkdir()
    (store.cache / "1.keys.npy").write_text(MARK, encoding="utf-8")
    (store.home / "backups").mkdir()
    (store.home / "backups" / "xinde-版本1.sqlite3").write_text(NAME + MARK, encoding="utf-8")
    return batch, second, id


def test_a_person_is_forgotten_without_trace(filled, store, home, report, capsys):
    batch, second, id = filled
    assert len(traces(home, NAME, MARK)) > 6
    assert main(["forget", "--person", NAME, "--yes"]) == 0
    said = capsys.readouterr().out
    assert "1 篇文稿、1 份库中文件，涉及 2 批：四月、三月" in said
    assert traces(home, NAME, MARK) == []
    rest = store.report(batch)
    assert len(rest.essays) == len(report.essays) - 1 and OTHER in {e.author for e in rest.essays}
    assert id not in rest.originality and not any(id in (m.essay, m.other) for m in rest.matches)
    assert store.batch(batch).status == "done" and len(store.read_batch(batch).essays) == len(rest.essays)
    assert store.reviews(batch) == {} and len(store.report(second).essays) == len(report.essays)
    assert [d.author for d in store.documents("library")] == [OTHER] and kinds(home) == []
    assert main(["forget", "--person", NAME, "--yes"]) == 1 and "没有找到" in capsys.readouterr().err


def test_mentions_by_others_are_masked_only_when_asked_for(filled, store, home, report):
    batch, _, id = filled
    other = next(e for e in report.essays if e.id != id)
    told = replace(other, text=other.text + f"我也要向{NAME}学习。")
    known = store.report(batch)
    store.keep_report(batch, replace(known, essays=tuple(told if e.id == other.id else e for e in known.essays)))
    store.save_review(batch, Review(other.id, "talked", responsible=NAME), "甲")
    assert forget_person(store, NAME).mentions == 2
    assert store.report(batch).essay(other.id).text == told.text
    assert forget_person(store, NAME, mentions=True).mentions == 2
    assert store.report(batch).essay(other.id).text == told.text.replace(NAME, "××××")
    assert store.review(batch, other.id).responsible == "××××" and traces(home, NAME, MARK) == []


def test_people_of_one_name_are_told_apart_by_their_unit(store, report):
    first, second = report.essays[0], next(e for e in report.essays if e.unit != report.essays[0].unit)
    same = tuple(replace(e, author=NAME) if e.id in (first.id, second.id) else e for e in report.essays)
    batch = store.add_report("三月", replace(report, essays=same))
    assert forget_person(store, NAME, first.unit).essays == 1
    assert [e.id for e in store.report(batch).essays if e.author == NAME] == [second.id]


def test_a_batch_and_everything_are_forgotten_without_trace(filled, store, home, capsys):
    batch, second, _ = filled
    store.set_setting("encoder", "some/model")
    assert main(["forget", "--batch", "unknown", "--yes"]) == 1
    assert main(["forget", "--batch", second, "--yes"]) == 0
    assert main(["forget", "--batch", batch, "--yes"]) == 0
    assert [line for line in traces(home, NAME, OTHER, MARK) if "sqlite3" not in line] == []  # the library still names both
    assert main(["forget", "--everything", "--yes"]) == 0
    assert traces(home, NAME, OTHER, MARK) == [] and store.setting("encoder") == "some/model" and kinds(home) == []


def test_forgetting_asks_first(filled, store, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert main(["forget", "--everything"]) == 1 and len(store.batches()) == 2
    monkeypatch.setattr("builtins.input", lambda _: "删除")
    assert main(["forget", "--everything"]) == 0 and store.batches() == []


def test_a_batch_nobody_read_is_named(store, home, capsys):
    id = store.new_batch("五月")
    (store.folder(id) / "files").mkdir()
    assert main(["forget", "--person", NAME, "--yes"]) == 1 and "五月" in capsys.readouterr().err


def test_offsets_still_hold_after_masking(store, report):
    author = report.essays[0].author
    known = store.add_report("三月", report)
    forget_person(store, author, mentions=True)
    left = store.report(known)
    texts = {e.id: e.text for e in report.essays}
    assert all(len(e.text) == len(texts[e.id]) for e in left.essays) and author not in json.dumps(
        [asdict(e) for e in left.essays], ensure_ascii=False
    )
