"""The process that reads one foreign file after the other for reading.py, and may die of any.

A request on standard input is a line of JSON (name, kind, size, limits) and the file's bytes; the answer on standard
output is a line of JSON. JSON and not pickle: what a hijacked parser answers must not run in the program that asks.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from dataclasses import asdict, fields
from typing import Any, BinaryIO

from analyzer.ingest.archive import File
from analyzer.ingest.documents import read_document
from analyzer.ingest.errors import REASONS, Unreadable
from analyzer.ingest.kinds import SHEETS
from analyzer.ingest.limits import Limits
from analyzer.ingest.roster import Roster, Row, read_roster

try:
    import resource
except ModuleNotFoundError:  # Windows: reading.py watches the memory instead
    resource = None

IDLE = 60
"""Seconds without a request after which the process ends by itself."""
GRACE = 10
"""Seconds over the limit after which it ends by itself, should the program that asked be gone."""


def main() -> int:
    """Answer requests until standard input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints must not get among the answers
    _confine()
    with open(os.devnull, "w", encoding="utf-8") as sink:
        while True:
            # a C thread ends the process even where a parser holds the interpreter for ever
            faulthandler.dump_traceback_later(IDLE, exit=True, file=sink)
            line = requests.readline()
            if not line:
                return 0
            request = json.loads(line)
            data = requests.read(request["size"])
            limits = Limits(**request["limits"])
            faulthandler.dump_traceback_later(limits.seconds + GRACE, exit=True, file=sink)
            _limit_memory(limits)
            answer = answer_to(File(request["name"], data, request["kind"], False), limits)
            _write(answers, answer)
            if answer.get("key") == "memory" or _is_swollen(limits):
                return 0  # what this file has taken the next one might lack


def answer_to(file: File, limits: Limits) -> dict[str, Any]:
    """``text`` and ``traces`` of a document, ``roster`` of a table, ``reason`` and ``key``, or ``missing`` (a library)."""
    try:
        if file.kind in SHEETS:
            return {"roster": _packed(read_roster(file.name, file.data, file.kind, limits))}
        text, traces = read_document(file, limits)
        return {"text": text, "traces": dict(traces)}
    except Unreadable as error:
        return {"reason": str(error), "key": error.key}
    except ImportError as error:
        return {"missing": str(error)}
    except MemoryError:
        return {"reason": REASONS["memory"], "key": "memory"}


def _packed(roster: Roster) -> dict[str, Any]:
    """Without what is empty, which is most of a roster."""
    rows = [{name: value for name, value in asdict(row).items() if value or value == "" and name == "text"} for row in roster.rows]
    for row in rows:
        del row["file_of_roster"]
    return {"rows": rows, "columns": sorted(roster.columns), "problems": roster.problems}


def unpacked(file: str, roster: dict[str, Any]) -> Roster:
    """The roster out of an answer."""
    rows = tuple(Row(file, **row) for row in roster["rows"])
    return Roster(file, rows, frozenset(roster["columns"]), tuple((number, reason) for number, reason in roster["problems"]))


def request(file: File, limits: Limits) -> bytes:
    """What asks for this file, without its bytes."""
    wanted = {field.name: getattr(limits, field.name) for field in fields(limits)}
    return json.dumps({"name": file.name, "kind": file.kind, "size": len(file.data), "limits": wanted}).encode() + b"\n"


def _write(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _confine() -> None:
    """Nothing is written to disk, no crash leaves a dump of somebody's essay or a window that waits for a click."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)


def _is_swollen(limits: Limits) -> bool:
    if resource is None:
        return False
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit > limits.memory_bytes / 2


def _limit_memory(limits: Limits) -> None:
    if resource is not None and sys.platform != "darwin":  # macOS takes the call and does not keep to it
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = limits.memory_bytes if hard == resource.RLIM_INFINITY else min(limits.memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))

