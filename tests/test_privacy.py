"""Nothing of an essay stays where nobody looks for it, and nothing leaves the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.store import Store
from analyzer.ui import jobs
from ingest_files import BODY, docx, write
from test_jobs import Upload, wait

MARKER = "槑烎囧鯮嫑"
"""In no other text on earth."""
WATCHER = '''
import os, sys
def heard(event, arguments, log=os.environ["XINDE_TEST_LOG"], own=("localhost", "127.0.0.1", "::1", "", None)):
    if event in ("socket.connect", "socket.sendto"):
        where = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        where = arguments[0]
    else:
        return
    where = where.decode() if isinstance(where, bytes) else where
    if where not in own:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{event} {arguments[1:]} {sys.argv}\\n")
sys.addaudithook(heard)
'''
"""As sitecustomize.py it is in every Python process that is started, readers and workers too."""


@pytest.fixture
def room(tmp_path):
    """A home, a temp folder and an environment of their own; whoever asks for the network is noted in ``asked``."""
    for name in ("home", "tmp", "site", "in", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "XINDE_"))} | {
        "HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home"), "LOCALAPPDATA": str(tmp_path / "home" / "local"),
        "TMPDIR": str(tmp_path / "tmp"), "TEMP": str(tmp_path / "tmp"), "TMP": str(tmp_path / "tmp"),
        "PYTHONPATH": os.pathsep.join((str(tmp_path / "site"), str(Path(__file__).parents[1]))),
        "XINDE_TEST_LOG": str(tmp_path / "asked"), "PYTHONUTF8": "1",
    }  # fmt: skip
    return tmp_path, environment


def xinde(room, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    folder, environment = room
    return subprocess.run([*before, sys.executable, "-m", "analyzer.cli", *arguments], env=environment, cwd=folder / "work",
                          capture_output=True, text=True, encoding="utf-8", timeout=240)  # fmt: skip


def holding(folder: Path) -> list[str]:
    """Files below the folder in whose bytes the marker stands, in any encoding that this program writes."""
    wanted = [MARKER.encode(encoding) for encoding in ("utf-8", "utf-16-le", "gb18030")]
    wanted.append(MARKER.encode("unicode_escape"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(path.relative_to(folder)) for path in files if any(word in path.read_bytes() for word in wanted))


def essays() -> dict[str, bytes]:
    story = f"{BODY}那天我记下了{MARKER}这几个字。"
    return {
        "张三.docx": docx(story), "李四.txt": (story + "后来我又想了很久。").encode(), "王五.txt": (BODY[::-1] + MARKER).encode(),
        "坏.docx": docx(story)[:3000], "坏.pdf": f"%PDF-1.7 {MARKER}".encode(), "坏.rtf": rb"{\rtf1 " + MARKER.encode("gbk", "replace") + MARKER.encode(),
    }  # fmt: skip


def test_an_analysis_leaves_nothing_but_what_it_puts_out(room):
    folder, _ = room
    write(folder / "in", essays())
    done = xinde(room, "analyze", str(folder / "in"), "--out", str(folder / "out"))
    assert done.returncode == 0, done.stderr
    assert holding(folder / "out") == ["report.json"], "and packed within the workbook and the document"
    assert [holding(folder / name) for name in ("home", "tmp", "work")] == [[], [], []]
    assert MARKER not in done.stderr and MARKER not in done.stdout.replace(f"{folder}", "")
    assert not (folder / "asked").exists()


def test_an_error_tells_nothing_of_the_essays(room):
    folder, _ = room
    write(folder / "in", {name: data for name, data in essays().items() if name.startswith("坏.")})
    done = xinde(room, "analyze", str(folder / "in"), "--out", str(folder / "out"))
    assert MARKER not in done.stderr + done.stdout and "Traceback" not in done.stderr


def test_the_app_s_worker_leaves_texts_in_the_batch_s_folder_and_nothing_in_logs(room, monkeypatch):
    folder, environment = room
    for name in ("HOME", "TMPDIR", "TEMP", "TMP", "PYTHONPATH", "XINDE_TEST_LOG"):
        monkeypatch.setenv(name, environment[name])
    store = Store(folder / "home" / "xinde")
    id = store.new_batch("三月")
    jobs.save_uploads(store, id, {"files": [Upload(name, data) for name, data in essays().items()], "roster": []})
    jobs.start(store, id, "all")
    assert wait(store, id, ("done", "failed"), 120) == "done", store.batch(id).message
    kept = holding(folder / "home")
    assert kept and all(path.startswith(str(Path("xinde", "batches", id))) or "sqlite3" in path for path in kept), kept
    assert not [path for path in kept if path.endswith(".log")] and not holding(folder / "tmp")
    assert not (folder / "asked").exists()


def test_the_demo_asks_nobody(room):
    """In a network namespace without any route where the system lets us make one; asking is noted in any case."""
    folder, _ = room
    apart = ("unshare", "-rn") if shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0 else ()
    done = xinde(room, "demo", "--out", str(folder / "out"), before=apart)
    assert done.returncode == 0, done.stderr
    assert "疑似雷同" in done.stdout and not (folder / "asked").exists()


def test_asking_would_be_noted(room):
    """The tests above would see it."""
    folder, environment = room
    program = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.1)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", program], env=environment, timeout=30)
    assert "192.0.2.1" in (folder / "asked").read_text(encoding="utf-8")
