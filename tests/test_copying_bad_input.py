"""Bad input to the whole analysis, and what must hold for any input: sound figures, sound offsets, both sides alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.copying import find_matches, load_models, quote_documents
from analyzer.copying.align import runs
from analyzer.essay import Batch, Essay
from analyzer.pipeline import analyze
from analyzer.text.encode import encode, load_encoder
from tests.test_copying import OTHER, SPEECH, STORY

THIRD = (
    "食堂的账我管了六年，米面油一笔一笔都对得上。今年盘点少了两袋面粉，我查了三天，查出是我自己把进货单记重了。"
    "那三天里我疑过帮厨的老彭，问他话的口气很不好听，他没有还嘴。账平了以后我去给他赔不是，他摆摆手说干活吧。"
)
TEMPLATE = "作为{}的一名干部，我在{}分管{}工作，{}年来先后处理{}件事情。" + OTHER + THIRD

BATCHES = {
    "two-identical": [STORY + OTHER] * 2,
    "only-a-quotation": [f"讲话指出：“{SPEECH}”", STORY, OTHER],
    "quotation-alone-with-its-document": [SPEECH, STORY],
    "all-the-template": [TEMPLATE.format(*w) for w in zip(
        ("城东所", "城西所", "河口镇", "石桥乡", "林场", "水利站"), ("三中队", "四中队", "二组", "五组", "一队", "六队"),
        ("内勤", "外勤", "信访", "民政", "巡护", "灌溉"), "三五七二九四", ("12", "30", "7", "45", "9", "21"))],
    "five": [STORY, OTHER, THIRD, STORY[:90] + THIRD, OTHER + THIRD],
    "one": [STORY],
    "no-punctuation": ["".join(c for c in t if c.isalnum()) for t in (STORY + OTHER, STORY, THIRD)],
    "one-sentence-of-5000": [("我在前台值班登记丢失车辆并且逐件核对台账" * 300)[:5000], STORY, OTHER],
    "5000-copied": ["".join(c for c in (STORY + OTHER + THIRD) * 12 if c.isalnum())[:5000]] * 2,
    "mixed-english": [STORY.replace("，", ", and then, ") + " That is what I learned.", "I learned a lot: " + STORY, "Nothing in common here at all."],
    "emoji-and-rare": ["🚲𠮷𪚥" + STORY.replace("。", "。👨‍👩‍👧‍👦𠮟"), "𠀀" + STORY + "🀄", "𠮷" * 400],
    "odd": ["", " \n\n", "。。。……", "\ufffd坏字", STORY, "\x00\x01" + STORY, "﷽" * 50],
}


def shares(o):
    return (o.suspicion, o.copied, o.templated, o.quoted, o.own, o.repeated)


def analyzed(name):
    texts = BATCHES[name]
    essays = tuple(Essay(f"E{k}", text, author=f"人{k}", unit="某所") for k, text in enumerate(texts))
    library = [Essay("T", OTHER + THIRD, title="范文")] if name == "one" else []
    official = [Essay("O", SPEECH)] if name == "quotation-alone-with-its-document" else []
    return analyze(Batch(essays, files=len(essays)), official=official, library=library)


@pytest.fixture(scope="module")
def reports():
    return {name: analyzed(name) for name in BATCHES if name != "odd"}


@pytest.mark.parametrize("name", [n for n in BATCHES if n != "odd"])
def test_figures_and_offsets_are_sound(reports, name):
    assert_sound(reports[name])


def assert_sound(report):
    length = {e.id: len(e.text) for e in (*report.essays, *report.documents)}
    for m in report.matches:
        assert 0 <= m.start < m.end <= length[m.essay] and 0 <= m.other_start < m.other_end <= length[m.other]
        assert 0 <= m.similarity <= 1 and 0 <= m.rarity <= 1
    for essay in report.essays:
        assert all(math.isfinite(x) and 0 <= x <= 1 for x in shares(report.originality[essay.id]))
        for s in report.reflection[essay.id].sentences:
            assert 0 <= s.start < s.end <= len(essay.text)
    for f in report.findings:
        assert 0 <= f.start <= f.end <= length[f.essay]


def verdicts(report):
    return [report.originality[e.id].verdict for e in report.essays]


def test_what_bad_input_is_called(reports):
    assert verdicts(reports["two-identical"]) == ["copied"] * 2
    assert all(m.start == 0 and m.end == len(STORY + OTHER) for m in reports["two-identical"].matches)
    assert verdicts(reports["only-a-quotation"]) == ["clear"] * 3
    assert verdicts(reports["quotation-alone-with-its-document"]) == ["clear"] * 2
    assert reports["quotation-alone-with-its-document"].originality["E0"].quoted > 0.9
    assert set(verdicts(reports["all-the-template"])) <= {"templated", "copied"}
    assert verdicts(reports["one"]) == ["clear"]
    assert verdicts(reports["no-punctuation"])[2] == "clear" and verdicts(reports["no-punctuation"])[1] != "clear"
    assert verdicts(reports["one-sentence-of-5000"]) == ["clear"] * 3
    assert set(verdicts(reports["5000-copied"])) == {"copied"}
    assert verdicts(reports["mixed-english"])[2] == "clear" and verdicts(reports["mixed-english"])[0] != "clear"
    assert verdicts(reports["emoji-and-rare"]) == ["copied", "copied", "clear"]


def test_one_essay_beside_a_template_of_the_library():
    report = analyze(Batch((Essay("E", "城东所。" + OTHER + THIRD),)), library=[Essay("T", OTHER + THIRD, title="范文")])
    assert report.originality["E"].verdict == "templated"
    assert_sound(report)


def test_control_characters_and_empty_texts_do_no_harm():
    assert_sound(analyzed("odd"))


# --- what holds for any batch ----------------------------------------------------------------------------------------

SENTENCES = [s + "。" for s in (STORY + OTHER + THIRD).replace("？", "。").split("。") if s]
ENCODER = load_encoder()


def passages(texts):
    """Matches as a set of unordered pairs of (text number, start, end); the kinds with them."""
    order = {f"E{k}": k for k in range(len(texts))}

    def find(sequence):
        essays = [Essay(f"E{k}", texts[k]) for k in sequence]
        documents, _ = quote_documents([(e, "batch") for e in essays], [])
        rows = encode([r for d in documents for r in d.readings], ENCODER)
        vectors = np.split(rows, np.cumsum([len(d.sentences) for d in documents])[:-1])
        return {
            (frozenset([(order[m.essay], m.start, m.end), (order[m.other], m.other_start, m.other_end)]), m.kind)
            for m in find_matches(documents, vectors, load_models(ENCODER))
        }

    return find


@st.composite
def batches(draw):
    """Texts put together from few sentences, so that they share much, in every order."""
    text = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).map("".join)
    return draw(st.lists(text, min_size=2, max_size=5))


@settings(deadline=None, max_examples=12)
@given(batches(), st.randoms(use_true_random=False))
def test_order_and_sides_change_nothing(texts, random):
    find = passages(texts)
    order = list(range(len(texts)))
    shuffled = random.sample(order, len(order))
    assert find(order) == find(shuffled) == find(order[::-1])


@settings(deadline=None, max_examples=12)
@given(batches())
def test_a_verbatim_passage_is_the_same_up_to_normalization(texts):
    from analyzer.text.normalize import normalize

    essays = [Essay(f"E{k}", text) for k, text in enumerate(texts)]
    for sides, kind in passages(texts)(range(len(texts))):
        (a, start, end), (b, other_start, other_end) = sorted(sides)
        assert 0 <= start < end <= len(texts[a]) and 0 <= other_start < other_end <= len(texts[b]) and a != b
        if kind == "verbatim":
            mine, theirs = normalize(essays[a].text[start:end]).text, normalize(essays[b].text[other_start:other_end]).text
            assert abs(len(mine) - len(theirs)) <= 0.04 * (len(mine) + len(theirs))


def test_what_does_not_count_is_not_set_beside_itself():
    """Quoted and much repeated k-grams are 0: ten thousands of them on both sides must cost nothing."""
    zeros = np.zeros(30_000, np.uint64)
    assert runs(zeros, zeros).shape == (0, 3)
    assert runs(np.append(zeros, np.uint64(7)), np.append(np.uint64(7), zeros)).tolist() == [[30_000, 0, 5]]
