"""A Spark cluster on this machine, for tests and measuring: a standalone master and two workers of one core each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTED = 60
"""Seconds that a master or worker may take to answer."""


@contextmanager
def standalone(folder: Path, workers: int = 2, memory: str = "1g") -> Iterator[str]:
    """The master's address; logs and working files go to ``folder``, everything is stopped at the end."""
    import pyspark

    home = Path(pyspark.__file__).parent
    start = str(home / "bin" / ("spark-class.cmd" if sys.platform == "win32" else "spark-class"))
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "PYSPARK_PYTHON": sys.executable,
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1", "SPARK_LOCAL_DIRS": str(folder / "local"),
    }
    port, started = _free_port(), []

    def run(name: str, *arguments: str) -> None:
        with open(folder / f"{name}.log", "wb") as log:
            started.append(subprocess.Popen([start, *arguments], stdout=log, stderr=log, env=environment, cwd=folder))

    try:
        run("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _until(lambda: _answers(port), folder / "master.log")
        for number in range(workers):
            name = f"worker-{number}"
            run(name, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1",
                "--memory", memory, "--work-dir", str(folder / name), f"spark://127.0.0.1:{port}")
            _until(lambda: "Successfully registered" in (folder / f"{name}.log").read_text("utf-8", "replace"), folder / f"{name}.log")
        yield f"spark://127.0.0.1:{port}"
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(condition, log: Path) -> None:
    end = time.monotonic() + STARTED
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not started:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.2)
