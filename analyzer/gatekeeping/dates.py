"""A year or a campaign that does not fit the batch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from analyzer.essay import Essay
from analyzer.gatekeeping.finding import Finding
from analyzer.gatekeeping.reading import Reading

CAMPAIGNS = {
    r"党的群众路线教育实践活动": range(2013, 2015),
    r"[“\"]?三严三实[”\"]?(?:专题教育)?": range(2015, 2017),
    r"[“\"]?两学一做[”\"]?(?:学习教育)?": range(2016, 2020),
    r"[“\"]?不忘初心、?牢记使命[”\"]?主题教育": range(2019, 2021),
    r"党史学习教育": range(2021, 2023),
    r"(?:政法)?队伍教育整顿": range(2020, 2024),
    r"学习贯彻[^，。]{0,20}思想主题教育": range(2023, 2025),
    r"党纪学习教育": range(2024, 2025),
    r"深入贯彻中央八项规定精神学习教育": range(2025, 2026),
}
"""National study campaigns and the years they ran (from the notices that opened and closed them)."""
_THIS = r"(?:这次|此次|本次|这一次|这场)(?:开展的?)?"
_CLAIMED = tuple((re.compile(_THIS + f"(?P<name>{name})"), re.compile(name), years) for name, years in CAMPAIGNS.items())
_YEAR = r"(?P<year>20\d\d|二[〇○零]{1}[一二三四五六七八九〇○零]{2})"
_SIGNED = re.compile(
    r"^[（(]?(?:[\u4e00-\u9fff]{2,12}[ \u3000]+)?"
    + _YEAR
    + r"(?:[年.\-/](?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})(?:[月.\-/](?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?|月)?|年)[）)]?$"
)
_NOW = re.compile(
    r"(?:^|(?<=[。！？\n，]))[ \u3000]*(?P<all>今年是"
    + _YEAR
    + r"年|"
    + _YEAR.replace("year", "other")
    + r"年是[^，。]{0,16}之年)"
)
_TITLE = re.compile(_YEAR + r"年度?(?!的那|那)[^，。]{2,24}(?:心得|体会|学习教育|总结|发言|材料|报告)")
_DIGIT = {**dict(zip("一二三四五六七八九", "123456789")), "〇": "0", "○": "0", "零": "0", "二": "2"}
_NEAR = 3
"""Months by which a signature may lie off the batch: written before the turn of the year, collected after it."""


def year_of(batch: str) -> tuple[int, int] | None:
    """Year and month (0 if unknown) that a batch's name tells."""
    match = re.search(r"(20\d\d)(?:\D{0,2}(1[0-2]|0?[1-9])(?!\d))?", batch)
    return (int(match.group(1)), int(match.group(2) or 0)) if match else None


def batch_years(essays: Sequence[Essay]) -> dict[str, tuple[int, int]]:
    """Batch → year and month: from its name, else from how most of its essays are signed (at least five, four of five)."""
    found = {}
    for name in {essay.batch for essay in essays}:
        if year := year_of(name):
            found[name] = year
            continue
        signed = Counter(date[0] for essay in essays if essay.batch == name and (date := _signature(Reading(essay))))
        if signed and sum(signed.values()) >= 5 and signed.most_common(1)[0][1] >= 0.8 * sum(signed.values()):
            found[name] = signed.most_common(1)[0][0], 0
    return found


def wrong_dates(reading: Reading, when: tuple[int, int] | None, campaigns: Counter, essays: int) -> Iterator[Finding]:
    """``when``: year and month of the batch. ``campaigns``: how many of the batch's ``essays`` name each campaign."""
    if when is None:
        return
    essay, year = reading.essay, when[0]
    signed = _signature(reading)
    if signed and not _fits(signed[0], signed[1], when):
        yield Finding(essay.id, signed[2], signed[3], "wrong_date", f"落款是 {signed[0]} 年，这一批是 {year} 年的", 0.9)
    for match in _NOW.finditer(reading.text):
        told = _number(match.group("year") or match.group("other"))
        retold = match.group("other") and match.start() > 60
        if told != year and not retold and not reading.is_quoted(match.start("all")):
            yield Finding(
                essay.id, match.start("all"), match.end("all"), "wrong_date", f"写的是 {told} 年，这一批是 {year} 年的", 0.85
            )
    title = _TITLE.search(essay.title)
    if title and _number(title.group("year")) != year:
        yield Finding(essay.id, 0, 0, "wrong_date", f"题目写的是 {_number(title.group('year'))} 年，这一批是 {year} 年的", 0.85)
    for claimed, name, years in _CLAIMED:
        if campaigns[name.pattern] > max(2, 0.2 * essays) or year in years:
            continue
        for match in claimed.finditer(reading.text):
            if not reading.is_quoted(match.start()):
                start, end = match.span("name")
                yield Finding(
                    essay.id,
                    start,
                    end,
                    "wrong_date",
                    f"写的是“{reading.text[start:end].strip('“”')}”（{years[0]} 年起），与这一批（{year} 年）对不上",
                    0.85,
                )


def count_campaigns(essays: Sequence[Essay]) -> Counter:
    """How many essays name each campaign."""
    return Counter(name.pattern for essay in essays for _, name, _ in _CLAIMED if name.search(essay.text))


def _signature(reading: Reading) -> tuple[int, int, int, int] | None:
    """Year, month (0 if unknown), start and end of a date that stands alone in the last two lines."""
    for line in reversed(reading.lines[1:][-2:]):
        if match := _SIGNED.match(line.text):
            month = match.group("month") or "0"
            return _number(match.group("year")), int(month) if month.isdigit() else _month(month), line.start, line.end
    return None


def _fits(year: int, month: int, when: tuple[int, int]) -> bool:
    if year == when[0]:
        return True
    if abs(year - when[0]) > 1:
        return False
    if month and when[1]:
        return abs((year - when[0]) * 12 + month - when[1]) <= _NEAR
    return (month >= 11 and year < when[0]) or (0 < month <= 2 and year > when[0])


def _number(year: str) -> int:
    return int("".join(_DIGIT.get(c, c) for c in year))


def _month(month: str) -> int:
    return {"十": 10, "十一": 11, "十二": 12}.get(month) or "一二三四五六七八九".find(month) + 1
