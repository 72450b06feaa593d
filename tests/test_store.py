"""What is stored outlives a run, and two people cannot overwrite each other."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, replace

import pytest

from analyzer.essay import Essay
from analyzer.report.filled_in import read_reviews
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook
from analyzer.store import Conflict, Store, StoreError, data_folder
from analyzer.store.care import examine
from analyzer.store.schema import MIGRATIONS, _to_2


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "数据")


@pytest.fixture
def batch(store):
    """An empty one to hang reviews on."""
    return store.new_batch("一批")


def test_the_data_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("XINDE_HOME", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("XINDE_HOME")
    assert data_folder().name == "xinde"


def test_a_batch_survives_and_can_be_deleted_without_trace(store, report):
    id = store.add_report("三月", report)
    again = Store(store.home)
    assert again.batch(id).status == "done" and again.batch(id).suspects == len(report.suspects)
    assert again.report(id).matches == report.matches
    again.save_review(id, Review(report.essays[0].id, "talked"), "甲")
    again.delete_batch(id)
    assert again.batches() == [] and again.history() == () and again.reviews(id) == {}
    assert not again.folder(id).exists()
    with pytest.raises(KeyError):
        again.batch(id)


def test_earlier_batches_are_there_to_compare_with(store, report):
    first, second = store.add_report("三月", report), store.add_report("四月", report)
    history = store.history(without=second)
    assert {essay.id for essay in history} == {f"{first}/{essay.id}" for essay in report.essays}
    assert history[0].text == report.essays[0].text


def test_a_batch_uploaded_again_is_no_earlier_batch(store, report):
    store.add_report("三月", report)
    other = replace(report, essays=tuple(replace(e, text=f"另写的{e.id}") if n else e for n, e in enumerate(report.essays)))
    second = store.add_report("四月", other)
    third = store.add_report("五月", other)
    assert {essay.id.split("/")[0] for essay in store.history(without=third, unlike=report.essays)} == {second}
    assert len(store.history()) == 3 * len(report.essays)
    assert [name for name, _ in store.earlier_tables()] == ["三月", "四月", "五月"]
    assert [name for name, _ in store.earlier_tables(before=third)] == ["三月", "四月"]
    assert [name for name, _ in store.earlier_tables(before=third, unlike=other.essays)] == ["三月"]


def test_a_document_is_kept_once(store):
    speech = Essay("a", "全文", "讲话")
    assert store.add_documents("official", [speech, replace(speech, id="b")]) == 1
    assert store.add_documents("official", [speech]) == 0
    (kept,) = store.documents("official")
    assert (kept.title, kept.text) == ("讲话", "全文") and store.documents("library") == ()
    store.remove_document(kept.id)
    assert store.documents("official") == ()
    with pytest.raises(KeyError):
        store.remove_document(kept.id)


def test_settings_are_kept(store):
    assert store.setting("encoder", "use") == "use"
    store.set_setting("encoder", "some/model")
    assert Store(store.home).setting("encoder", "use") == "some/model"


def test_a_review_keeps_who_changed_what(store, batch):
    saved = store.save_review(batch, Review("e", "talked", responsible="赵某"), "甲")
    saved = store.save_review(batch, replace(saved, state="confirmed"), "乙")
    assert (saved.version, saved.state, saved.by) == (2, "confirmed", "乙")
    assert [(c.version, c.by, c.field, c.old, c.new) for c in store.review_history(batch, "e")] == [
        (1, "甲", "state", "pending", "talked"),
        (1, "甲", "responsible", "", "赵某"),
        (2, "乙", "state", "talked", "confirmed"),
    ]
    assert store.save_review(batch, saved, "丙") == saved  # nothing changed, nothing recorded
    assert store.reviews(batch) == {"e": saved}


def test_the_second_of_two_tabs_is_told(store, batch):
    mine = yours = store.review(batch, "e")
    store.save_review(batch, replace(mine, state="talked"), "甲")
    with pytest.raises(Conflict) as told:
        store.save_review(batch, replace(yours, state="unfounded"), "乙")
    assert told.value.current.state == "talked" and told.value.current.by == "甲"
    assert store.review(batch, "e").state == "talked"


def test_of_many_saves_at_once_one_wins(store, batch):
    def save(name: str) -> bool:
        try:
            store.save_review(batch, Review("e", "talked", responsible=name), name)
            return True
        except Conflict:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, "甲乙丙丁戊己庚辛")) == 1
    assert store.review(batch, "e").version == 1


def test_a_list_filled_in_offline_is_taken_over(store, report, tmp_path):
    batch = store.add_report("三月", report)
    id = report.suspects.id[0]
    kept = store.save_review(batch, Review(id, "talked", note="电话谈过"), "甲")
    path = write_workbook(report, tmp_path / "清单.xlsx", {id: replace(kept, state="confirmed")})
    changed, unknown = store.import_reviews(batch, read_reviews(path) | {"nobody": Review("nobody")}, "乙")
    assert (changed, unknown) == (1, ["nobody"])
    assert store.review(batch, id).state == "confirmed" and store.review(batch, id).note == "电话谈过"


def test_an_unknown_state_is_refused(store, batch):
    with pytest.raises(ValueError, match="核实状态"):
        store.save_review(batch, Review("e", "whatever"), "甲")
    with pytest.raises(ValueError, match="unknown status"):
        store.update(store.new_batch("x"), status="whatever")


VERSION_1 = """
CREATE TABLE batches (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, status TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, message TEXT NOT NULL DEFAULT '',
    started TEXT NOT NULL DEFAULT '', beat TEXT NOT NULL DEFAULT '', essays INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL DEFAULT 0, suspects INTEGER NOT NULL DEFAULT 0);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('official', 'library')), added TEXT NOT NULL, essay TEXT NOT NULL);
CREATE TABLE history (batch TEXT NOT NULL, essay TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (batch, essay));
CREATE TABLE reviews (
    batch TEXT NOT NULL, essay TEXT NOT NULL, state TEXT NOT NULL, responsible TEXT NOT NULL, conclusion TEXT NOT NULL,
    measures TEXT NOT NULL, due TEXT NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL, changed TEXT NOT NULL, by TEXT NOT NULL,
    PRIMARY KEY (batch, essay));
CREATE TABLE review_changes (
    batch TEXT NOT NULL, essay TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, field TEXT NOT NULL,
    old TEXT NOT NULL, new TEXT NOT NULL);
CREATE INDEX review_changes_of ON review_changes (batch, essay, version);
"""
"""As version 0.1 of the program created them."""


def store_of_version_1(home, report):
    home.mkdir(mode=0o700)
    report.to_json(home / "batches" / "alt" / "report.json")
    first = report.suspects.id[0]
    with closing(sqlite3.connect(home / "xinde.sqlite3")) as db, db:
        db.executescript(VERSION_1)
        db.execute("INSERT INTO batches (id, name, created, status, essays, suspects) VALUES ('alt', '旧', '2021', 'done', 61, 9)")
        db.execute("INSERT INTO settings VALUES ('encoder', 'some/model')")
        db.executemany("INSERT INTO history VALUES ('alt', ?, ?)",
                       [(e.id, json.dumps(asdict(e), ensure_ascii=False)) for e in report.essays])  # fmt: skip
        for batch in ("alt", "deleted long ago"):
            db.execute(f"INSERT INTO reviews VALUES ('{batch}', '{first}', 'talked', '赵某', '', '', '', '', 1, '2021', '甲')")
            db.execute(f"INSERT INTO review_changes VALUES ('{batch}', '{first}', 1, '2021', '甲', 'state', 'pending', 'talked')")
    return first


def test_an_older_store_is_copied_and_brought_up_to_date(tmp_path, report):
    home = tmp_path / "旧"
    first = store_of_version_1(home, report)
    store = Store(home)
    assert store.report("alt").matches == report.matches and store.setting("encoder") == "some/model"
    assert store.review("alt", first).responsible == "赵某" and len(store.review_history("alt", first)) == 1
    assert len(store.history()) == len(report.essays)
    unit = report.essay(first).unit
    suspects = report.suspects
    assert store.unit_of("alt", first) == unit
    assert store.of_unit(unit)["alt"][1] == (suspects.unit == unit).sum()
    (copied,) = (home / "backups").iterdir()
    with closing(sqlite3.connect(copied)) as db:
        assert db.execute("SELECT count(*) FROM reviews").fetchone() == (2,)
    assert Store(home).batches() == store.batches() and len(list((home / "backups").iterdir())) == 1
    assert examine(home) == []


def test_an_older_store_with_a_damaged_report_opens_all_the_same(tmp_path, report):
    home = tmp_path / "旧"
    store_of_version_1(home, report)
    store = Store(home)  # brought up to date once, then as version 3 left it
    with closing(sqlite3.connect(home / "xinde.sqlite3")) as db, db:
        db.execute("ALTER TABLE history DROP COLUMN measures")
        db.execute("PRAGMA user_version = 3")
    store.report_path("alt").write_text("{", encoding="utf-8")
    store = Store(home)
    assert len(store.history()) == len(report.essays)
    assert list(store.earlier_tables()) == []  # what was measured is lost, and nothing is claimed about it


def test_an_older_store_is_opened_by_many_at_once(tmp_path, report):
    home = tmp_path / "旧"
    store_of_version_1(home, report)
    with ThreadPoolExecutor(6) as pool:
        assert {len(store.batches()) for store in pool.map(lambda _: Store(home), range(6))} == {1}


def test_a_migration_that_fails_changes_nothing(tmp_path, report, monkeypatch):
    home = tmp_path / "旧"
    store_of_version_1(home, report)

    def breaks(db, home):
        _to_2(db, home)
        raise OSError("磁盘坏了")

    monkeypatch.setitem(MIGRATIONS, 2, breaks)
    with pytest.raises(OSError):
        Store(home)
    with closing(sqlite3.connect(home / "xinde.sqlite3")) as db:
        assert db.execute("SELECT count(*) FROM history").fetchone() == (len(report.essays),)
        assert db.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_store_of_a_newer_version_is_left_alone(store):
    with closing(sqlite3.connect(store.home / "xinde.sqlite3")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="更新的版本"):
        Store(store.home)
    assert examine(store.home)[0].serious


def test_a_damaged_database_is_told_in_words(store):
    (store.home / "xinde.sqlite3").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match="xinde doctor"):
        Store(store.home)


def test_every_connection_flushes_and_overwrites(store):
    with store._database() as db:
        pragma = lambda name: db.execute(f"PRAGMA {name}").fetchone()[0]
        assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys"), pragma("secure_delete")) == ("wal", 2, 1, 1)


def test_a_report_that_nobody_committed_is_not_shown(store, report, monkeypatch):
    id = store.add_report("三月", report)
    monkeypatch.setattr(Store, "_commit_report", lambda *arguments: (_ for _ in ()).throw(StoreError("断电")))
    with pytest.raises(StoreError):
        store.keep_report(id, replace(report, matches=()))
    assert store.report(id).matches == report.matches
    assert [ailment.kind for ailment in examine(store.home)] == ["leftover"]
    monkeypatch.undo()
    store.keep_report(id, replace(report, matches=()))
    assert store.report(id).matches == () and examine(store.home) == []


def test_a_batch_deleted_during_its_analysis_does_not_come_back(store, report):
    id = store.new_batch("三月")
    store.delete_batch(id)
    with pytest.raises(KeyError):
        store.keep_report(id, report)
    with pytest.raises(KeyError):
        store.save_review(id, Review("e", "talked"), "甲")
    assert not store.folder(id).exists() and store.history() == ()


def test_a_deletion_that_was_interrupted_is_finished(store, report, monkeypatch):
    id = store.add_report("三月", report)
    monkeypatch.setattr("analyzer.store.store.shutil.rmtree", lambda path: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        store.delete_batch(id)
    monkeypatch.undo()
    assert store.folder(id).exists() and [ailment.kind for ailment in examine(store.home)] == ["removed"]
    assert not Store(store.home).folder(id).exists() and examine(store.home) == []


def test_a_list_is_imported_whole_or_not_at_all(store, report, tmp_path):
    batch = store.add_report("三月", report)
    first, second = report.suspects.id[:2]
    with pytest.raises(ValueError):
        store.import_reviews(batch, {first: Review(first, "talked"), second: Review(second, "whatever")}, "乙")
    assert store.reviews(batch) == {}


def test_ratings_are_kept_and_go_with_their_batch(store, report):
    id, (one, two, *_) = store.add_report("三月", report), report.essays
    store.rate(id, one.id, 2, "甲")
    store.rate(id, one.id, 3, "乙")
    store.rate(id, two.id, 1, "甲")
    store.rate(id, two.id, None, "甲")
    assert Store(store.home).ratings(id) == {one.id: 3}
    store.delete_batch(id)
    assert store.ratings(id) == {}
