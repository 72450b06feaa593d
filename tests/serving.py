"""The app as a server of its own, for tests that come to it by HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analyzer.serve import command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(home: Path, port: int, login: bool = False, **environment: str) -> Iterator[str]:
    """The app on the data in ``home``, from when it answers; gives its address."""
    with open(home / "server.log", "wb") as log:
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
                assert time.monotonic() < until and server.poll() is None, (home / "server.log").read_text(encoding="utf-8")
                time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)
