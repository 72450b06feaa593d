"""What tests of other processes need."""

from __future__ import annotations

import time
from pathlib import Path

PATIENCE = 60
"""Seconds in which another process must have started, on a busy machine."""


def wait_for(mark: Path) -> None:
    """Until another process has made the file; AssertionError where none does."""
    until = time.monotonic() + PATIENCE
    while not mark.exists():
        assert time.monotonic() < until, "no other process did anything"
        time.sleep(0.02)
