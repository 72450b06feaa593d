"""The command ``xinde``: one file a command; heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import sys

from analyzer import __version__
from analyzer.cli import analyze, app, backup, calibrate, doctor, evaluate, forget, history, library, review, selfcheck, user
from analyzer.cli.status import NOTHING
from analyzer.trouble import need_memory, told

COMMANDS = (analyze, app, library, history, review, calibrate, evaluate, selfcheck, doctor, backup, forget, user)
"""Modules with ``add(commands)``, in the order that the help shows."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console is GBK
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        need_memory()
        return _run(options)
    except KeyboardInterrupt:
        print("已停止，原有的结果没有改动。已经编码的句子、已经完成的比对留着，再次运行时不必重算。", file=sys.stderr)
    except Exception as error:
        if not (why := told(error)):
            raise
        print(f"无法继续：{why}", file=sys.stderr)
    return NOTHING


def _run(options: argparse.Namespace) -> int:
    from analyzer.ingest.errors import IngestError
    from analyzer.spark.session import SparkError
    from analyzer.store.database import StoreError
    from analyzer.text.encode import EncoderError

    try:
        return options.run(options)
    except (IngestError, EncoderError, SparkError, StoreError) as error:
        print(f"无法继续：{error}", file=sys.stderr)
        return NOTHING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xinde", description="心得体会分析：亲自动手、认真思考、严格把关。离线运行，文稿不出本机。")
    parser.add_argument("--version", action="version", version=f"xinde {__version__}")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")
    for command in COMMANDS:
        command.add(commands)
    return parser
