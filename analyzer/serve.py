"""How the app is started: ``xinde app`` calls this; ``streamlit run app.py`` does the same in a checkout.

Settings (no telemetry, this computer only, look) are in ``.streamlit/config.toml`` beside app.py, which Streamlit reads by itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from analyzer.resources import resource

LOCAL = ("localhost", "127.0.0.1", "::1")


def command(port: int = 8501, address: str = "localhost", open_browser: bool = True) -> list[str]:
    """The command line that serves the app."""
    return [sys.executable, "-m", "streamlit", "run", str(app()), "--server.port", str(port), "--server.address", address,
            "--server.headless", str(not open_browser).lower()]  # fmt: skip


def app() -> Path:
    return resource("app.py")


def serve(port: int = 8501, address: str = "localhost", open_browser: bool = True) -> int:
    """Serve until interrupted; returns the exit status. For another address than this computer's own a login must be set up (main.py)."""
    try:
        return subprocess.call(command(port, address, open_browser), stdin=subprocess.DEVNULL)
    except KeyboardInterrupt:
        return 0
