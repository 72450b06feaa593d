"""The background process: what it reads and tells, that it can be cancelled, that its end is noticed."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from analyzer.store import Store
from analyzer.ui import jobs
from analyzer.ui.worker import Progress, main


class Upload(BytesIO):
    """As Streamlit hands files over."""

    def __init__(self, name: str, content: bytes):
        super().__init__(content)
        self.name = name


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def wait(store: Store, id: str, statuses: tuple[str, ...], seconds: float = 30) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if store.batch(id).status in statuses:
            return store.batch(id).status
        time.sleep(0.1)
    raise AssertionError(f"still {store.batch(id).status} after {seconds} s")


def zipped(**texts: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"{name}.txt", text)
    return out.getvalue()


def test_uploads_are_read_in_a_process_of_their_own(store):
    id = store.new_batch("三月")
    text = "上个月我值班，一位大姐来报丢了电动车，我头也没抬。\n后来她投诉了，我才想明白是自己怕麻烦。"
    jobs.save_uploads(store, id, {"files": [Upload("稿子.zip", zipped(城东所_张三=text, 城西所_李四=text[::-1]))], "roster": []})
    jobs.start(store, id, "read")
    assert wait(store, id, ("read", "failed")) == "read", store.batch(id).message
    batch = store.read_batch(id)
    assert len(batch.essays) == 2 and batch.files == 2 and store.batch(id).essays == 2
    assert text in {essay.text for essay in batch.essays}


def test_what_cannot_be_read_is_told_in_words(store):
    id = store.new_batch("空")
    jobs.save_uploads(store, id, {"files": [Upload("空.zip", zipped())]})
    assert main([str(store.home), id, "read"]) == 1
    failed = store.batch(id)
    assert failed.status == "failed" and "空.zip" in failed.message and "Traceback" not in failed.message


def test_files_of_one_name_are_both_kept_and_cannot_leave_their_folder(store):
    id = store.new_batch("x")
    jobs.save_uploads(store, id, {"files": [Upload("a.txt", b"1"), Upload("a.txt", b"2"), Upload("../../b.txt", b"3"), Upload("..\\c.txt", b"4")]})
    assert sorted(p.name for p in (store.folder(id) / "files").iterdir()) == ["a.txt", "a（2）.txt", "b.txt", "c.txt"]


def test_a_cancelled_worker_ends_whatever_it_is_doing(store):
    id = store.new_batch("x")
    busy = "import sys, time; from analyzer.ui import worker; worker._read = lambda *a: time.sleep(60); sys.exit(worker.main(sys.argv[1:]))"
    store.update(id, status="reading")
    process = subprocess.Popen([sys.executable, "-c", busy, str(store.home), id, "read"])
    try:
        time.sleep(1.5)
        assert process.poll() is None
        jobs.cancel(store, id)
        process.wait(10)
    finally:
        process.kill()
    assert store.batch(id).status == "cancelled"


def test_a_worker_that_fell_silent_is_noticed_and_replaced(store):
    id = store.new_batch("x")
    long_ago = (datetime.now().astimezone() - timedelta(minutes=5)).isoformat()
    store.update(id, status="analyzing", started=long_ago)
    assert jobs.gone(store, store.batch(id))
    jobs.start(store, id, "read")
    assert not jobs.gone(store, store.batch(id))
    wait(store, id, ("failed",))  # there are no files


def test_progress_and_remaining_time(store):
    id = store.new_batch("x")
    progress = Progress(store, id)
    progress("比对", 1, 10)
    store.update(id, started=(datetime.now().astimezone() - timedelta(seconds=10)).isoformat())
    assert store.batch(id).stage == "比对" and jobs.remaining(store.batch(id)) == pytest.approx(90, abs=15)
    progress("比对", 2, 10)  # too soon to be written
    assert store.batch(id).done == 1
    progress("比对", 10, 10)
    assert store.batch(id).done == 10
