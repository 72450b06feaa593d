"""Figures on a labelled corpus: right where they can be worked out by hand, and printed by the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from analyzer.cli import main
from analyzer.copying.match import Match, Originality
from analyzer.agreement import bootstrap, macro_f1, rank_correlation, readers_kappa, weighted_kappa
from analyzer.evaluation.corpus import Campaign, load_campaign
from analyzer.evaluation.depth import score_levels, score_sentences
from analyzer.evaluation.passages import score_matches
from analyzer.evaluation.suspects import score_suspects
from analyzer.reflection import LabelledSentence, Reflection

DATA = Path(__file__).parent / "data"


def essay(id, *pieces, kind="essay"):
    return {"id": id, "kind": kind, "pieces": list(pieces)}


def taken(text, id, piece, edit="verbatim"):
    return {"t": text, "from": {"id": id, "piece": piece}, "edit": edit}


ROWS = (
    essay("A", {"t": "甲" * 60}, {"t": "乙" * 40}),
    essay("B", taken("甲" * 60, "A", 0), {"t": "丙" * 40}),
    essay("C", {"t": "丁" * 90}, {"t": "戊" * 10, "quote": "O"}),
    essay("O", {"t": "戊" * 10}, kind="official"),
)


def corpus(sentences=(), ratings=()):
    grouped = lambda rows: {id: [r for r in rows if r["id"] == id] for id in {r["id"] for r in rows}}
    return Campaign("t", ROWS, grouped(sentences), grouped(ratings))


def match(a, b, start=0, end=60, kind="verbatim", where="batch", low=None, high=None):
    return Match(a, start, end, b, start if low is None else low, end if high is None else high, kind, where, 1.0, 1.0)


def test_passages_by_hand():
    found = score_matches(corpus(), [match("B", "A", 0, 30), match("B", "A", 30, 60), match("C", "A", 0, 20, "edited")])
    # right: both sides of B–A, 120; wrong: both sides of C–A, 20 of C and 20 of A, which the first match covers too
    assert found["precision"]["all"] == pytest.approx(120 / 140)
    assert found["precision"]["verbatim"] == 1 and found["precision"]["edited"] == 0
    assert found["recall"] == {"all": 1.0, "verbatim": 1.0} and found["granularity"] == 2
    assert found["plagdet"] == pytest.approx(2 * (6 / 7) / (1 + 6 / 7) / np.log2(3))


def test_quotations_and_strangers_count_for_nothing():
    found = score_matches(corpus(), [match("C", "O", 90, 100, "quote", "official", 0, 10), match("B", "other batch")])
    assert found["precision"]["all"] == 0 and found["recall"]["all"] == 0


def test_suspects_by_hand():
    verdicts = {"A": ("clear", 0.9), "B": ("copied", 0.8), "C": ("copied", 0.85)}
    found = score_suspects(corpus(), {id: Originality(id, v, s, 0, 0, 0, 1) for id, (v, s) in verdicts.items()})
    assert (found["cases"], found["honest"], found["flagged"]) == (2, 1, 2)
    assert found["precision"] == 0.5 and found["recall"] == 0.5 and found["above_all_honest"] == 0.5
    assert found["average_precision"] == pytest.approx((1 + 2 / 3) / 2) and found["honest_quoting"] == (1, 1)


def reflection(id, level, score, *labels):
    return Reflection(id, level, score, score, score, {}, tuple(LabelledSentence(10 * k, 10 * k + 10, label, 1.0) for k, label in enumerate(labels)))


def test_sentences_take_the_label_that_covers_most():
    given = [{"id": "A", "start": 0, "end": 14, "label": "plan"}, {"id": "A", "start": 14, "end": 20, "label": "fact"},
             {"id": "A", "start": 50, "end": 60, "label": "fact"}]
    found = score_sentences(corpus(given), {"A": reflection("A", 1, 0.0, "plan", "pledge")})
    assert found["accuracy"] == pytest.approx(1 / 3) and found["f1"] == {"plan": 1.0, "fact": 0.0}


def test_levels_by_hand():
    given = [{"id": id, "rater": r, "depth": d} for id, depths in (("A", (1, 2)), ("B", (4, 4)), ("C", (3, 3))) for r, d in zip("ab", depths)]
    found = score_levels(corpus((), given), {"A": reflection("A", 2, 20.0), "B": reflection("B", 2, 90.0), "C": Reflection("C", None, None, None, None, {}, ())})
    assert found["essays"] == 2 and found["unrated"] == 1 and found["off_by_two"] == 1 and found["exact"] == 0.5
    assert found["readers"] == 2 and found["confusion"][3][1] == 1


def test_figures_are_the_usual_ones():
    rng = np.random.default_rng(0)
    one, other = rng.integers(1, 5, 200), rng.integers(1, 5, 200)
    other[:120] = one[:120]
    assert weighted_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other, weights="quadratic"))
    assert macro_f1(one, other) == pytest.approx(f1_score(one, other, average="macro"))
    assert readers_kappa(np.stack([one, other, one], axis=1)) == pytest.approx((2 * weighted_kappa(one, other) + 1) / 3)
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))
    low, high = bootstrap(lambda a, b: float((a == b).mean()), one, other)
    by_group = bootstrap(lambda a, b: float((a == b).mean()), one, other, groups=np.arange(200) // 40)
    assert low < (one == other).mean() < high and by_group[1] - by_group[0] > high - low


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Twelve real essays with what they were taken from, their labels and ratings."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = [json.loads(line) for line in (DATA / "rectification.jsonl").read_text(encoding="utf-8").splitlines()]
    by_id = {row["id"]: row for row in rows}
    essays = [row for row in rows if row["kind"] == "essay"]
    kept = {row["id"] for row in [*essays[:12], *(r for r in rows if r["kind"] == "official")]}
    waiting = list(kept)
    while waiting:
        for piece in by_id[waiting.pop()]["pieces"]:
            if (source := (piece.get("from") or {}).get("id")) and source not in kept:
                kept.add(source)
                waiting.append(source)
    for name in ("", ".sentences", ".ratings"):
        lines = (DATA / f"rectification{name}.jsonl").read_text(encoding="utf-8").splitlines()
        (folder / f"小{name}.jsonl").write_text("\n".join(line for line in lines if json.loads(line)["id"] in kept), encoding="utf-8")
    return folder / "小.jsonl"


def test_the_command_prints_every_part(small, tmp_path, capsys):
    assert main(["evaluate", str(small), "--json", str(tmp_path / "figures.json")]) == 0
    told = capsys.readouterr().out
    for part in ("雷同段落", "疑似名单", "句子类别", "深度等级", "QWK", "plagdet", "训练时用过"):
        assert part in told
    (figures,) = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    essays = sum(row["kind"] == "essay" for row in load_campaign(small).rows)
    assert figures["essays"] == figures["levels"]["essays"] == essays
    assert figures["sentences"]["accuracy"] > 0.7 and figures["passages"]["recall"]["all"] > 0.5
    assert np.sum(figures["levels"]["confusion"]) == essays


@pytest.mark.parametrize("line, told", [
    ('{"id": "A"}', "kind"), ("nonsense", "JSON"), ('{"id": "A", "kind": "essay", "pieces": []}', "pieces"),
    ('{"id": "A", "kind": "official", "pieces": [{"t": "甲"}]}', "没有心得体会"),
    ('{"id": "A", "kind": "essay", "pieces": [{"t": "甲", "from": {"id": "B", "piece": 0}}]}', "没有这一段"),
    ('{"id": "A", "kind": "essay", "pieces": [{"t": "甲", "from": {"id": "A", "piece": 0}}]}', "绕了一圈"),
])
def test_a_corpus_that_is_none_is_told_in_chinese(tmp_path, capsys, line, told):
    (tmp_path / "坏.jsonl").write_text(line, encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "坏.jsonl")]) == 1
    error = capsys.readouterr().err
    assert told in error and "坏.jsonl" in error and "Traceback" not in error
