"""How the app is started: ``xinde app`` calls this; ``streamlit run app.py`` does the same in a checkout, for this computer only.

Settings (no telemetry, this computer only, look) are in ``.streamlit/config.toml`` beside app.py, which Streamlit reads by itself.
Where others are to reach it, the same app stands behind a door of our own (ui/front_door.py) at which everybody logs in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from analyzer.resources import resource

LOCAL = ("localhost", "127.0.0.1", "::1")

LOGIN = "XINDE_LOGIN"
"""Environment variable that says that the front door stands before the app."""
COOKIE = "xinde_session"
"""Holds the token of a session."""


class NobodyMayEnter(Exception):
    """The app was to be served to other computers, and nobody could log in."""


def command(port: int = 8501, address: str = "localhost", open_browser: bool = True, login: bool = False) -> list[str]:
    """The command line that serves the app; ``login``: behind the front door."""
    if login:
        return [sys.executable, "-m", "analyzer.ui.server", "--port", str(port), "--address", address]
    return [sys.executable, "-m", "streamlit", "run", str(app()), "--server.port", str(port), "--server.address", address,
            "--server.headless", str(not open_browser).lower()]  # fmt: skip


def app() -> Path:
    return resource("app.py")


def openid() -> bool:
    """True where the office's own login is set up: Streamlit's, by OpenID Connect."""
    places = (app().parent / ".streamlit", Path.cwd() / ".streamlit", Path.home() / ".streamlit")
    return any("[auth" in (place / "secrets.toml").read_text(encoding="utf-8") for place in places if (place / "secrets.toml").exists())


def serve(
    port: int = 8501, address: str = "localhost", login: bool = False, certificate: Path | None = None, key: Path | None = None
) -> int:
    """Serve until interrupted; returns the exit status.

    For another address than this computer's own, or with ``login``, everybody logs in. Raises NobodyMayEnter, in Chinese, where
    no user was added; ``certificate`` and ``key`` (PEM) make it https.
    """
    local = address in LOCAL
    line = command(port, address, open_browser=local)
    environment = dict(os.environ)
    environment.pop(LOGIN, None)
    if certificate and key:
        environment |= {"STREAMLIT_SERVER_SSL_CERT_FILE": str(certificate), "STREAMLIT_SERVER_SSL_KEY_FILE": str(key)}
    if (login or not local) and not openid():
        from analyzer.store import Store
        from analyzer.store.accounts import Accounts

        if not Accounts(Store()).users():
            raise NobodyMayEnter("别的电脑也能打开这个地址，须先有登录用户：xinde user add 姓名 --role 组织者，再启动。")
        line = command(port, address, login=True)
        environment[LOGIN] = "1"
    try:
        # not where xinde was called: -m imports from there first, and a lxml.py may lie among the essays
        return subprocess.call(line, stdin=subprocess.DEVNULL, env=environment, cwd=app().parent)
    except KeyboardInterrupt:
        return 0
