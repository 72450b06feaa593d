"""A few of benchmarks/kills.py's kills: each kind of work, killed with signal 9 at a moment of its own."""

from __future__ import annotations

import pytest

from benchmarks.kills import one_round, prepare


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("kills") / "home"
        patch.setenv("XINDE_HOME", str(home))
        yield prepare(home)


@pytest.mark.parametrize("kind, seed", [("analysis", 11), ("analysis", 12), ("review", 3), ("library", 4), ("workbook", 5), ("workbook", 6)])
def test_a_kill_loses_nothing_that_was_acknowledged(analyzed, kind, seed):
    store, id, seconds = analyzed
    one_round(kind, store, id, seconds, seed)
