"""What is stored outlives a run, and two people cannot overwrite each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from report_fixture import synthetic_report

from analyzer.essay import Essay
from analyzer.report.filled_in import read_reviews
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook
from analyzer.store import Conflict, Store, data_folder


@pytest.fixture(scope="module")
def report():
    return synthetic_report()


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
    assert {essay.id.split("/")[0] for essay in store.history(unlike=report.essays)} == {second}
    assert len(store.history()) == 2 * len(report.essays)


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
