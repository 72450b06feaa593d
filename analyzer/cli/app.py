"""``xinde app``: the pages in the browser."""

from __future__ import annotations

import argparse


def add(commands) -> None:
    app = commands.add_parser("app", help="打开网页界面")
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--address", default="localhost", help="默认只有本机能打开")
    app.set_defaults(run=_app)


def _app(options: argparse.Namespace) -> int:
    from analyzer.serve import serve

    return serve(options.port, options.address)
