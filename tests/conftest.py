"""What many test files start from."""

from __future__ import annotations

import sys

import pytest
from report_fixture import synthetic_report

from analyzer.store import Store


_MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def main_as_it_was():
    """Streamlit's AppTest puts a script of its own in the place of ``__main__``, which every process that is started then runs."""
    sys.modules["__main__"] = _MAIN
    yield
    sys.modules["__main__"] = _MAIN


@pytest.fixture(scope="module")
def report():
    return synthetic_report()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """An empty one, where whatever asks for the data folder finds it."""
    monkeypatch.setenv("XINDE_HOME", str(tmp_path))
    return Store(tmp_path)


@pytest.fixture
def batch(store, report):
    return store.add_report("三月", report)
