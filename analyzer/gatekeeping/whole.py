"""What only the whole essay shows: far too short, broken off, a title about something else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from analyzer.essay import Essay
from analyzer.gatekeeping.finding import Finding
from analyzer.gatekeeping.reading import Reading

FAR_TOO_SHORT = 0.5
"""Of the asked length."""
BESIDE_OTHERS = 0.2
"""Of the batch's median length, where no length was asked for and there are enough essays."""
HARDLY_ANYTHING = 50
"""Characters that no 心得体会 can do with."""
_ENOUGH = 10
"""Essays from which the batch itself is a yardstick."""
_SAMPLE = 400
"""Essays read to learn what a batch is about."""
_BROKEN_OFF = re.compile(
    r"[，、：,:；;“‘（(《]$|(?:(?<=[，。；：、])|(?<=^))(?:[一二三四五]是|首先|其次|再次|最后|另外|因为|并且|而且|以及|但是|同时|例如|比如|与此同时)$|[（(](?:未完|待续|待补充)[^）)]*[）)]$"
)
_RUN = re.compile(r"[\u4e00-\u9fff]{4,}")
_FORM = re.compile(r"签[名字]|审[核阅]|日期|承诺|汇报人|单位|姓名|联系|电话|此致|附")
_STUDY_TITLE = re.compile(r"(?:心得体会|学习心得|学习体会|心得|体会|感想)(?:[（(][^）)]*[）)])?$")
_GENERIC = re.compile(
    r"学习(?:贯彻|教育|活动|宣传)?|关于|参加|开展|个人|知识|工作|活动|专题|主题|集中|培训|会议|讲话|精神|心得体会|心得|体会|感想|总结|教育|年度|的|和|及|与|我|[（(][^）)]*[）)]|[\d年月日]+"
)


@dataclass(frozen=True)
class Theme:
    """What a batch is about: strings of four hanzi that at least half of its essays use, and the essays they come from."""

    core: frozenset[str]
    sample: tuple[str, ...]

    @classmethod
    def of(cls, essays: Sequence[Essay]) -> Theme:
        if len(essays) < _ENOUGH:
            return cls(frozenset(), ())
        step = max(1, len(essays) // _SAMPLE)
        sample = tuple(essay.title + "\n" + essay.text for essay in essays[::step])
        counts: Counter[str] = Counter()
        for text in sample:
            counts.update({gram for run in _RUN.findall(text) for gram in _grams(run, 4)})
        core = {gram for gram, count in counts.items() if count >= len(sample) / 2 and not _GENERIC.fullmatch(gram)}
        return cls(frozenset(core), sample)


def too_short(reading: Reading, asked: int | None, usual: float | None) -> Iterator[Finding]:
    """``asked``: characters asked for, if any; ``usual``: the batch's median length, if it is a yardstick."""
    essay = reading.essay
    length = characters(essay.text)
    if asked and length < FAR_TOO_SHORT * asked:
        yield Finding(essay.id, 0, len(essay.text), "too_short", f"只有 {length} 字，要求 {asked} 字，不到一半", 0.97)
    elif not asked and length < HARDLY_ANYTHING:
        yield Finding(essay.id, 0, len(essay.text), "too_short", f"只有 {length} 字，算不上一篇", 0.9)
    elif not asked and usual and length < BESIDE_OTHERS * usual:
        yield Finding(essay.id, 0, len(essay.text), "too_short", f"只有 {length} 字，同批多在 {usual:.0f} 字上下", 0.8)


def usual_length(essays: Sequence[Essay]) -> float | None:
    return median(characters(essay.text) for essay in essays) if len(essays) >= _ENOUGH else None


def characters(text: str) -> int:
    """As an organizer counts: without spaces and line breaks."""
    return len(re.sub(r"\s", "", text))


def unfinished(reading: Reading) -> Iterator[Finding]:
    if not reading.lines:
        return
    last = reading.lines[-1]
    match = _BROKEN_OFF.search(last.text)
    if match and not (_FORM.search(last.text) and len(last.text) < 14):
        yield Finding(
            reading.essay.id, last.start + match.start(), last.end, "unfinished", f"文章停在“{last.text[-8:]}”，没有写完", 0.9
        )


def off_topic(reading: Reading, theme: Theme) -> Iterator[Finding]:
    """A study essay by its title, about something that nobody else in the batch mentions, and not about what they all do."""
    essay = reading.essay
    title = essay.title.strip() or (reading.lines[0].text if reading.lines and len(reading.lines[0].text) <= 30 else "")
    if not theme.core or "《" in title or not _STUDY_TITLE.search(title):
        return
    subject = max(re.split(r"[—\-:：，,、 \u3000]+|" + _GENERIC.pattern, title), key=len)
    if len(subject) < 3 or any(gram in essay.text or gram in title for gram in theme.core):
        return
    written_of = any(gram in essay.text for gram in _grams(subject, 2))
    others = sum(subject in text or any(gram in text for gram in _grams(subject, min(4, len(subject)))) for text in theme.sample)
    if written_of and others <= 2 + 0.01 * len(theme.sample):
        yield Finding(essay.id, 0, 0, "off_topic", f"题目谈的是“{subject}”，同批都在写“{_name(theme)}”", 0.8)


def _grams(run: str, size: int) -> set[str]:
    return {run[i : i + size] for i in range(len(run) - size + 1)}


def _name(theme: Theme) -> str:
    return max(theme.core, key=lambda gram: (sum(gram in text for text in theme.sample), gram))
