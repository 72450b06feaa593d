"""``xinde app``: the pages in the browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer.cli.status import NOTHING


def add(commands) -> None:
    app = commands.add_parser("app", help="打开网页界面")
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--address", default="localhost", help="默认只有本机能打开；0.0.0.0 让别的电脑也能打开，这时都要登录")
    app.add_argument("--login", action="store_true", help="只有本机能打开时也要登录（前面有反向代理时用）")
    app.add_argument("--certificate", type=Path, metavar="PEM", help="HTTPS 证书")
    app.add_argument("--key", type=Path, metavar="PEM", help="证书的私钥")
    app.set_defaults(run=_app)


def _app(options: argparse.Namespace) -> int:
    from analyzer.serve import LOCAL, NobodyMayEnter, serve

    if bool(options.certificate) != bool(options.key):
        print("--certificate 和 --key 要一起写。", file=sys.stderr)
        return NOTHING
    if options.address not in LOCAL and not options.certificate:
        print("提醒：没有用 --certificate 配置 HTTPS，密码和文稿会在网络上明文传送，只宜用在可信的内网。", file=sys.stderr)
    try:
        return serve(options.port, options.address, options.login, options.certificate, options.key)
    except NobodyMayEnter as refused:
        print(f"没有启动：{refused}", file=sys.stderr)
        return NOTHING
