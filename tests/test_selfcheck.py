"""``xinde selfcheck``: planted copies are what they claim, are found, and set off no false alarm."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from analyzer.cli import main
from analyzer.essay import Essay
from analyzer.labels import PLANTED
from analyzer.selfcheck import plant, self_check
from models.corpora import load_campaigns


@pytest.fixture(scope="module")
def essays() -> list[Essay]:
    campaign = next(c for c in load_campaigns() if c.name == "mine")
    return [e for e in campaign.documents("essay") if campaign.copies_nothing(e.id)][:12]


def test_copies_are_of_each_kind_and_name_their_sources(essays):
    plants = plant(essays, random.Random(1))
    texts = {e.id: e.text for e in essays}
    assert {p.kind for p in plants} == set(PLANTED) and plants == plant(essays, random.Random(1))
    assert len({p.essay.id for p in plants} | set(texts)) == len(plants) + len(texts)
    for p in plants:
        assert len(p.sources) == (2 if p.kind == "merged" else 1) == len(set(p.sources))
        source = texts[p.sources[0]]
        if p.kind == "verbatim":
            assert p.essay.text == source
        else:
            assert p.essay.text and p.essay.text != source
        if p.kind == "reordered":
            assert sorted(p.essay.text) == sorted(c for c in source if c != "\n")


def test_what_is_planted_is_found_and_the_honest_stay_clear(essays):
    result = self_check(essays, seed=3)
    assert result.essays == len(essays) and result.clear > 0 and result.disturbed == ()
    for row in result.rows:
        assert row.listed == row.planted > 0 and row.with_source == row.planted and row.aligned > 0.85, row


def test_nothing_to_copy_from_is_said():
    with pytest.raises(ValueError, match="不足"):
        self_check([Essay("a", "太短。"), Essay("b", "也短。")])


def test_the_command_prints_a_table(essays, tmp_path, capsys):
    roster = tmp_path / "batch.jsonl"
    roster.write_text("\n".join(json.dumps({"id": e.id, "author": e.author, "unit": e.unit, "text": e.text}, ensure_ascii=False)
                                for e in essays), encoding="utf-8")
    assert main(["selfcheck", str(roster)]) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in PLANTED.values()) and "被误列 0 篇" in told
    empty = tmp_path / "one.txt"
    Path(empty).write_text("只有一篇，也不长。", encoding="utf-8")
    assert main(["selfcheck", str(empty)]) == 1 and "无法自检" in capsys.readouterr().err
