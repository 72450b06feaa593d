"""No text of an essay can act on the page that shows it, and none of it is lost."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from report_fixture import HOSTILE, synthetic_report

from analyzer.report.legible import with_legible_names
from analyzer.report.marked import Mark, differences, marked_html, pair_marks, visible


class Shown(HTMLParser):
    """What a browser would show, and which tags it would make."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.text, self.tags, self.inside = "", [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data):
        self.text += data


plain = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co")), max_size=60)
marks = st.lists(
    st.builds(
        lambda a, n, css, link: Mark(a, a + n, css, link),
        st.integers(0, 60),
        st.integers(0, 30),
        st.sampled_from(["verbatim", "quote", "differs"]),
        st.sampled_from(["", "m1", "m2"]),
    ),
    max_size=6,
)


@given(plain, marks)
def test_all_of_the_text_is_shown_and_only_spans_are_made(text, marks):
    shown = Shown(marked_html(text, marks))
    assert shown.text == text
    assert {tag for tag, _ in shown.tags} <= {"span"}


@given(plain, marks)
def test_exactly_the_marked_characters_are_inside_spans(text, marks):
    html = marked_html(text, marks)
    outside = "".join(part.split("</span>")[-1] for part in html.split("<span"))
    inside = sum(any(m.start <= i < m.end for m in marks) for i in range(len(text)))
    assert len(Shown(outside).text) == len(text) - inside


def test_hostile_text_stays_text():
    text = synthetic_report().essay(HOSTILE).text
    shown = Shown(marked_html(text, [Mark(0, 10, "verbatim", 'm"><b>', '"<x>')]))
    assert {tag for tag, _ in shown.tags} == {"span", "br", "i"}
    assert "<script>document.title" in shown.text and "$x^2$ :smile:" in shown.text
    assert "U+202E" in shown.text and "\u202e" not in shown.text


def test_control_characters_are_made_visible():
    assert visible("a\x00b\r\nc\td") == 'a<i class="control">U+0000</i>b<br>c\td'


def test_differences_are_what_differs():
    a, b = "我当时连头都没抬。", "我那会儿连头都没抬。"
    left, right = differences(a, b)
    assert [a[s:e] for s, e in left] == ["我当时"] and [b[s:e] for s, e in right] == ["我那会儿"]
    assert differences(a, a) == ([], [])


@given(plain, plain)
def test_removing_the_differences_leaves_the_same_text(a, b):
    left, right = differences(a, b)
    keep = lambda text, gaps: "".join(c for i, c in enumerate(text) if not any(s <= i < e for s, e in gaps))
    assert keep(a, left) == keep(b, right)


def test_both_sides_of_a_match_carry_the_same_link():
    report = synthetic_report()
    match = next(m for m in report.matches if m.kind == "edited" and m.where == "batch")
    left, right = pair_marks(report.essay(match.essay), report.essay(match.other), [match], [], [])
    assert {m.link for m in left} == {m.link for m in right} == {"m1"}
    assert any(m.css == "differs" for m in left)


def test_names_hold_nothing_unseen():
    report = synthetic_report()
    trick = "张\u202e三\u200b"
    first = replace(report.essays[0], author=trick, unit=trick, text=report.essays[0].text + "\u202e")
    shown = with_legible_names(replace(report, essays=(first, *report.essays[1:]), notes=(trick,)))
    assert shown.essays[0].author == shown.essays[0].unit == shown.notes[0] == "张⟨U+202E⟩三⟨U+200B⟩"
    assert shown.essays[0].text == first.text and shown.essays[1:] == report.essays[1:]
