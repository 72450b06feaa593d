"""What many test files start from."""

from __future__ import annotations

import pytest
from report_fixture import synthetic_report

from analyzer.store import Store


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
