"""The left-out figures that docs and notebooks show: about the data as they are, and drawn from one place."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.agreement import median_level, rank_correlation, weighted_kappa
from analyzer.essay import Sentence
from analyzer.reflection import LABELS, load_models
from analyzer.reflection.features import SentenceTable, build_table
from analyzer.reflection.formulaic import FORMULAIC_FROM
from analyzer.text.encode import encode, load_encoder
from benchmarks import cered, depth, depth_charts
from benchmarks.out_of_fold import shipped
from models.corpora import load_campaigns
from models.reflection import counts


@pytest.fixture(scope="module")
def tables():
    return shipped()


def test_every_rated_essay_and_its_readings_are_there(tables):
    essays, sentences = tables
    stored = {(c.name, id): [r["depth"] for r in readings] for c in load_campaigns() for id, readings in c.ratings.items()}
    assert len(essays) == len(stored) and set(sentences.label) <= set(LABELS)
    for row in essays.itertuples():
        readings = stored[row.campaign, row.essay]
        assert sorted(readings) == sorted([row.reader_a, row.reader_b, row.reader_c]) and row.median == median_level(readings)


def test_the_figures_are_those_of_a_model_that_judges(tables):
    essays, sentences = tables
    assert (sentences.label == sentences.said).mean() > 0.7 and weighted_kappa(essays["median"], essays.level) > 0.85
    assert rank_correlation(essays["median"], essays.score) > 0.85 and (essays["median"] - essays.level).abs().max() <= 2
    sure = sentences[sentences.confidence > 0.9]
    assert (sure.label == sure.said).mean() > 0.9


def test_the_datasheet_counts_what_is_there():
    assert f"{counts.BEGIN}\n{counts.tables()}\n{counts.END}" in counts.SHEET.read_text(encoding="utf-8")


def test_charts_are_drawn(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(depth_charts, "FIGURES", tmp_path)
    depth_charts.write_figures(*tables, load_models()[1])
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in (depth.PAGE.parent / "figures").glob("depth-*.png")}


def test_figures_are_put_between_their_marks(tmp_path, monkeypatch):
    page = tmp_path / "reflection.md"
    page.write_text("a\n<!-- depth -->\nold\n<!-- end of depth -->\nb\n<!-- cered -->\n<!-- end of cered -->\n", encoding="utf-8")
    monkeypatch.setattr(depth, "PAGE", page)
    depth.quote("QWK  1 \n")
    depth.quote("accuracy", "cered")
    text = page.read_text(encoding="utf-8")
    assert "old" not in text and "```text\nQWK  1\n```" in text and text.index("b\n") < text.index("accuracy")


def test_a_table_without_some_rows_is_the_table_of_the_rest():
    texts = [["那天我值班。", "雄关漫道真如铁。", "我没有登记。"], ["我一定努力。"], ["从下周起先登记。", "月底检查。"]]
    essays = [[Sentence("E", 0, len(t), t) for t in essay] for essay in texts]
    vectors = [np.full((len(e), 4), k + 1.0) + np.arange(len(e))[:, None] for k, e in enumerate(essays)]
    rows = np.array([True, False, True, False, True, True])
    found = build_table(essays, vectors).only(rows)
    kept = build_table([[essays[0][0], essays[0][2]], [], essays[2]], [vectors[0][[0, 2]], vectors[1][:0], vectors[2]])
    assert (found.essay == kept.essay).all() and (found.vectors == kept.vectors).all()
    assert np.allclose(found.place, kept.place) and (found.hashed != kept.hashed).nnz == 0


@pytest.mark.parametrize("text, formulaic", [
    ("我要深刻反思、深刻剖析，刀刃向内。", True), ("究其原因，主要是宗旨意识有所淡化。", True),
    ("我反思的是，那天她走的时候我连头都没抬。", False), ("剖析原因，我怕案子立了破不掉，他的车就一直没登记。", False),
    ("我怕麻烦，就让人第二天再来。", False), ("三月的会上我检视了自己的二十份笔录。", False),
])
def test_what_is_formulaic(text, formulaic):
    table = build_table([[Sentence("E", 0, len(text), text)]], [encode([text], load_encoder())])
    assert (load_models()[0].formulaic.chance(table) >= FORMULAIC_FROM).tolist() == [formulaic]


def test_cered_is_read_from_a_clone(tmp_path):
    for split in ("train", "val", "test"):
        folder = tmp_path / "data" / "sentences" / "en" / split
        folder.mkdir(parents=True)
        (folder / "sentences.tsv").write_text(
            "idx\tcontext\tsentence\ty\tconfidence\ty_requires_context\n"
            "1\tIt rang. I felt lost that day. Then they left.\tI felt lost that day.\tFeeling\t[5, 6]\t\n"
            "2\t\tI will plan better.\tDifficulties\t[3, 4]\n", encoding="utf-8")
    rows = cered.read_split(tmp_path, "test")
    assert rows.y.tolist() == ["Feeling", "Difficulty"] and rows.confidence.tolist() == [5.5, 3.5]
    assert cered._around(rows.sentence[0], rows.context[0]) == ("It rang.", "Then they left.")
    assert cered._around("I felt lost this day", rows.context[0]) == ("It rang.", ". Then they left.") and cered._around("x", "") == ("", "")
    found = cered.load_sentences(tmp_path)
    assert len(found.rows("train")) == 2 and (found.label >= 0).sum() == 6 and len(found.label) == 12
    with pytest.raises(FileNotFoundError, match="clone"):
        cered.read_split(tmp_path / "nothing", "test")


def test_trees_say_what_scikit_learn_says(monkeypatch):
    """Trees of their own depth, some of whose leaves stand higher up."""
    from models.reflection import train

    rng = np.random.default_rng(0)
    features = rng.random((300, 5))
    label = (features[:, 0] + features[:, 1] > 1).astype(int) + (features[:, 2] > 0.9)
    monkeypatch.setattr(train, "tree_features", lambda *_: features)
    table = SentenceTable(np.zeros(300, int), features, np.zeros((300, 7)), features)
    t = train.Training([], table, label, None, None, None, None, None, None, None)
    fitted = []

    class Kept(train.HistGradientBoostingClassifier):
        def fit(self, *given):
            fitted.append(super().fit(*given))
            return self

    monkeypatch.setattr(train, "HistGradientBoostingClassifier", Kept)
    trees, counting = train.fit_trees(t, np.zeros((300, 2 * len(LABELS) + 1)), np.ones(300, bool))
    assert np.array_equal(trees.value, counting.value)  # nothing here is formulaic
    assert np.allclose(trees.scores(features), fitted[0].decision_function(features))
    assert (trees.scores(features).argmax(axis=1) == label).mean() > 0.95
