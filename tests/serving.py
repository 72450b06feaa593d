"""The app as a server of its own, for tests, benchmarks and pictures that come to it by HTTP; and the browser they use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from analyzer.serve import command

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
"""What Chromium is started with, so that it shows nothing and asks nobody."""


class Served(NamedTuple):
    url: str
    pid: int
    log: Path


def browser_path() -> str | None:
    """The path of a browser on this machine."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(home: Path, port: int, login: bool = False, **environment: str) -> Iterator[Served]:
    """The app on the data in ``home``, from when it answers until the block ends."""
    told = home / "server.log"
    with open(told, "wb") as log:
        server = subprocess.Popen(
            command(port, open_browser=False, login=login), env=os.environ | {"XINDE_HOME": str(home)} | environment,
            stdout=log, stderr=log,
        )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2).close()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert time.monotonic() < until and server.poll() is None, told.read_text(encoding="utf-8")
                time.sleep(0.2)
        yield Served(f"http://localhost:{port}", server.pid, told)
    finally:
        server.terminate()
        server.wait(20)
