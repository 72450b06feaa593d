"""What an essay lacks, said plainly and kindly to its writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.reflection.reflection import LabelledSentence

MOST = 3
"""Pieces of advice: more is not read."""

EMPTY = ("slogan", "pledge", "restate")


def advise(aspects: Mapping[str, int] | None, sentences: Sequence[LabelledSentence]) -> tuple[str, ...]:
    """At most three sentences of advice; ``aspects`` is None where there was too little text to rate."""
    if aspects is None:
        return ("自己写的文字太少，无法评价；可以从亲身经历的一件小事写起。",)
    advice = []
    if aspects["experience"] <= 1:
        advice.append("多是道理，没有写自己亲身经历的一件事：什么时候、在哪里、和谁、怎么做的。")
    if aspects["shortcoming"] <= 1:
        advice.append("没有写到自己具体哪里做得不够。" if aspects["experience"] <= 1 else "写到了经历，没有写自己当时哪里做得不够。")
    elif aspects["cause"] <= 1:
        advice.append("写到了问题，没有写为什么会这样。")
    if aspects["cause"] >= 2 and aspects["insight"] <= 1:
        advice.append("分析了原因，没有写自己的看法因此有了什么变化。")
    if aspects["plan"] <= 1:
        advice.append("打算还停留在表态，可以写明做什么、到什么时候、怎样检验。")
    empty = sum(s.end - s.start for s in sentences if s.label in EMPTY)
    if empty > 0.6 * sum(s.end - s.start for s in sentences):
        advice.append("套话和复述占了大半，删去以后，自己的话还剩多少？")
    return tuple(advice[:MOST])
