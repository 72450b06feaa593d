"""What a decision teaches: what was found to be quotation, and likeness that was looked into before and found to be none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.essay import Essay
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.suspects import counting_matches, passage
from analyzer.store import Store

CARRIED = "沿用此前核实"
"""Who is named in the history for what was carried over from an earlier batch."""

TAUGHT = "经核实属引用："
"""How the titles of official documents begin that a decision put there."""

SHINGLE = 8
"""Characters of the pieces by which two passages are told to be the same."""
SAME_PASSAGE = 0.8
"""Share of a passage's pieces that must have been in the passages looked into: where passages begin and end shifts a little
with the batch they are found in."""
SAME_LIKENESS = 0.9
"""Share of an essay's matched characters that must have been looked into before: anything more is new and stays open."""


def flow_back(store: Store, report: Report, id: str, before: str, after: str) -> str:
    """What a changed state (of labels.STATE) teaches the official documents, or takes back; told in a sentence, or nothing."""
    if (before == "quotation") == (after == "quotation"):
        return ""
    if not store.may("manage"):  # what everybody's analyses leave out is for the organizer to decide
        return "官方文件库由组织者增减。"
    if after == "quotation":
        return f"{teach_quotations(store, report, id)} 段相同文字记入官方文件库，下次分析起不再计入。"
    return f"{forget_quotations(store, report, id)} 段记为引用的文字已从官方文件库取出。"


def take_over(store: Store, batch: str, filled_in: Mapping[str, Review], by: str) -> tuple[int, list[str], list[str]]:
    """``Store.import_reviews``, and what it teaches: (changed, ids not in this batch, what was taught, a sentence each)."""
    before = store.reviews(batch)
    changed, strangers = store.import_reviews(batch, dict(filled_in), by)
    report, told = store.report(batch), []
    for id, review in store.reviews(batch).items():
        told.append(flow_back(store, report, id, before.get(id, Review(id)).state, review.state))
    return changed, strangers, [sentence for sentence in told if sentence]


def teach_quotations(store: Store, report: Report, id: str) -> int:
    """Put an essay's matched passages, found to be quotations, into the official documents; returns how many are new."""
    passages = _matched_passages(report, id)
    return store.add_documents("official", [Essay("", text, title=f"{TAUGHT}{text[:12]}……") for text in passages])


def forget_quotations(store: Store, report: Report, id: str) -> int:
    """Take the passages out again; returns how many were there."""
    passages = _matched_passages(report, id)
    taught = [d for d in store.documents("official") if d.title.startswith(TAUGHT) and d.text in passages]
    for document in taught:
        store.remove_document(document.id)
    return len(taught)


def _matched_passages(report: Report, id: str) -> list[str]:
    text = report.essay(id).text
    return [text[start:end] for start, end in sorted({(m.start, m.end) for m in counting_matches(report, id)})]


def carry_over(store: Store, batch: str, report: Report) -> int:
    """Record 不属实 for suspects whose likeness with the same people was found so in another batch; returns how many.

    Nothing that somebody recorded about this batch is touched, and who decided, when and in which batch is said.
    """
    known = list(_unfounded(store, batch))
    kept = store.reviews(batch) if known else {}
    carried = 0
    for id in report.suspects.id if known else ():
        earlier = _looked_into(report, id, known) if id not in kept else None
        if earlier is not None:
            store.save_review(batch, Review(id, "unfounded", earlier.review.responsible, earlier.told), CARRIED)
            carried += 1
    return carried


@dataclass(frozen=True)
class _Decision:
    """One essay's likeness that was found to be none, by the person on the other side."""

    who: str
    review: Review
    told: str
    pieces: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    """Pieces of the essay's own passages and of the other's, by who the other is."""

    def covers(self, other: str, own_passage: str, other_passage: str) -> bool:
        return other in self.pieces and all(
            _share(passage, pieces) >= SAME_PASSAGE
            for passage, pieces in zip((own_passage, other_passage), self.pieces[other], strict=True)
        )


def _unfounded(store: Store, but: str) -> Iterator[_Decision]:
    for batch in store.batches():
        unfounded = [r for r in store.reviews(batch.id).values() if r.state == "unfounded"] if batch.id != but else []
        if not unfounded or not store.report_path(batch.id).exists():
            continue
        report = store.report(batch.id)
        for review in unfounded:
            if report.holds(review.essay):
                yield _decision(report, review, batch.name)


def _decision(report: Report, review: Review, batch: str) -> _Decision:
    told = review.conclusion
    if review.by != CARRIED:  # what was carried over names its first source already
        told = f"此前已核实不属实（{batch}，{review.changed[:10]}，{review.by}）" + (f"：{told}" if told else "")
    decision = _Decision(_who(report.essay(review.essay)), review, told)
    for m in counting_matches(report, review.essay):
        if report.holds(m.other):
            own, other = decision.pieces.setdefault(_who(report.essay(m.other)), (set(), set()))
            for pieces, text in zip((own, other), passage(report, m), strict=True):
                pieces |= _pieces(text)
    return decision


def _looked_into(report: Report, id: str, known: list[_Decision]) -> _Decision | None:
    """The decision that covers all of this essay's likeness, if there is one."""
    who, matches = _who(report.essay(id)), counting_matches(report, id)
    matched = {at for m in matches for at in range(m.start, m.end)}
    for decision in known:
        if decision.who != who or not matched:
            continue
        covered: set[int] = set()
        for m in matches:
            if report.holds(m.other) and decision.covers(_who(report.essay(m.other)), *passage(report, m)):
                covered.update(range(m.start, m.end))
        if len(covered) >= SAME_LIKENESS * len(matched):
            return decision
    return None


def _who(document: Essay) -> str:
    """The author; the title of what has none, as 范文. Units are written differently from batch to batch."""
    return document.author or document.title or document.file


def _pieces(text: str) -> set[str]:
    letters = "".join(filter(str.isalnum, text))
    return {letters[i : i + SHINGLE] for i in range(max(1, len(letters) - SHINGLE + 1))}


def _share(text: str, known: set[str]) -> float:
    pieces = _pieces(text)
    return len(pieces & known) / len(pieces)
