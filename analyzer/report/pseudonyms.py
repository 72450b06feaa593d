"""Codes for names, and texts with the codes in: which stretches of a text are names, and where each offset moves to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from random import SystemRandom

from analyzer.essay import Essay

SHORTEST = 2
"""Names of one character are words, too, and stay."""
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:自治区|自治州|省|州|市|县|区|旗|镇|乡|街道|村|社区)")
_PART = re.compile(
    r"[\u4e00-\u9fff]{1,12}?(?:委员会|办公室|派出所|司法所|财政所|分局|法庭|法院|检察院|大队|支队|中队|中心|小学|中学|医院|公司|支行|分行|政府|党委|支部|局|院|所|队|站|庭|科|股|处|厅|委)"
)
_COMMON = re.compile(
    r"(?:人民|公安|司法|检察|教育|财政|民政|农业|农村|自然资源|水利|林业|卫生|健康|交通|运输|住房|城乡|建设|市场|监督|管理|税务|信访|审计|统计|应急|退役军人|事务"
    r"|纪律检查|组织|宣传|统战|政法|机关|直属|综合|刑侦|刑事|民事|行政|侦查|治安|巡警|特警|交警|交通警察|禁毒|法制|经侦|网安|户籍|立案|执行|审判|便民|服务|文化|旅游"
    r"|农经|农技|村镇|党群|党政|经济|发展|第[一二三四五六七八九十\d]+|[一二三四五六七八九十\d]+|县|市|区|镇|乡|村|和|与|总|分)*"
    r"(?:委员会|办公室|派出所|司法所|财政所|分局|法庭|法院|检察院|大队|支队|中队|中心|小学|中学|医院|公司|支行|分行|政府|党委|支部|局|院|所|队|站|庭|科|股|处|厅|委|部)*"
)
_ORDINARY = frozenset(
    ["和平", "新华", "朝阳", "团结", "解放", "建设", "中心", "城东", "城西", "城南", "城北", "城关", "东风", "红旗", "前进", "胜利", "幸福", "光明", "友谊", "人民", "公园", "长江", "黄河", "开发", "高新", "经济", "工业", "新城", "江北", "江南", "河东", "河西"]
)
"""Places that are words without their rank: 和平区 is replaced, 和平 is not."""


def parts_of_units(units: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Places and parts that give a unit away where its full name does not stand, each with the name it is short for.

    禾川县, 禾川 → 禾川县; 城关派出所, 城关所 → 城关派出所.
    """
    places, parts = {}, {}
    for unit in units:
        position = 2 if unit.startswith("中共") else 0
        while match := _PLACE.match(unit, position):
            place = match.group()
            places[place] = place
            stem = re.sub(r"(?:自治区|自治州|省|州|市|县|区|旗|镇|乡|街道|村|社区)$", "", place)
            if len(stem) >= SHORTEST and stem not in _ORDINARY:
                places.setdefault(stem, place)
            position = match.end()
        for part in _PART.findall(unit[position:]):
            if len(part) > SHORTEST and not _COMMON.fullmatch(part):
                parts[part] = part
                parts.setdefault(re.sub("(?:派出|司法|财政)所$", "所", part), part)
    return places, parts


class Codes:
    """Name → code; names that already have a code keep it.

    Numbers are dealt out at random: in the order of the names, whoever has the roster could count them off.
    """

    def __init__(self, prefix: str, width: int, known: Mapping[str, str] | None = None) -> None:
        self._prefix, self._width = prefix, width
        self.codes: dict[str, str] = dict(known or {})
        self._next = 1 + max((int(code[len(prefix) :]) for code in self.codes.values()), default=0)

    def add(self, names: Iterable[str]) -> None:
        new = sorted({name for name in names if name and name not in self.codes})
        SystemRandom().shuffle(new)
        for name in new:
            self.codes[name] = f"{self._prefix}{self._next:0{self._width}d}"
            self._next += 1

    def add_short(self, names: Mapping[str, str]) -> None:
        """Short names with the code of the long one."""
        self.add(names.values())
        for short, long in names.items():
            self.codes.setdefault(short, self.codes[long])

    def __getitem__(self, name: str) -> str:
        """The code of a name; a new one where it has none, nothing for nothing."""
        self.add([name])
        return self.codes.get(name, "")


class Names:
    """Finds many names at once, the longest at each place."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._codes = {name: code for name, code in codes.items() if len(name) >= SHORTEST}
        lengths: dict[str, set[int]] = {}
        for name in self._codes:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._first = re.compile("[" + "".join(map(re.escape, self._lengths)) + "]") if lengths else None

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and code of every name in the text, without overlaps."""
        found, free = [], 0
        for match in self._first.finditer(text) if self._first else ():
            start = match.start()
            if start < free:
                continue
            for length in self._lengths[match.group()]:
                if code := self._codes.get(text[start : start + length]):
                    free = start + length
                    found.append((start, free, code))
                    break
        return found

    def hide(self, text: str) -> str:
        return Recoded(text, self.spans(text)).text


class Recoded:
    """A text with some stretches replaced, and where its offsets have gone."""

    def __init__(self, text: str, spans: list[tuple[int, int, str]]) -> None:
        pieces, position, length = [], 0, 0
        self._starts: list[int] = []
        self._spans: list[tuple[int, int, int, int]] = []
        """Old start and end, new start and end."""
        for start, end, code in spans:
            pieces += [text[position:start], code]
            length += start - position
            self._starts.append(start)
            self._spans.append((start, end, length, length + len(code)))
            length += len(code)
            position = end
        self.text = "".join([*pieces, text[position:]])

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """A span's new place; one that begins or ends within a name takes in the whole code."""
        return self._at(start, last=False), self._at(end, last=True)

    def _at(self, offset: int, last: bool) -> int:
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        start, end, new_start, new_end = self._spans[index]
        if offset >= end:
            return new_end + offset - end
        if offset == start:
            return new_start
        return new_end if last else new_start


def surname_spans(text: str, surnames: Iterable[str], taken: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """小覃, 老石, 石庭长: a surname with how people are called, outside what is replaced already."""
    letters = "".join(sorted(set(surnames)))
    if not letters:
        return []
    pattern = re.compile(
        rf"(?<=[小老])[{letters}](?![\u4e00-\u9fff]{{0,1}}(?:百姓|师傅们|说八道))(?=[，。、！？：；“”啊呀哥姐叔\s的在说和]|$)"
        rf"|(?<![\u4e00-\u9fff])[{letters}](?=(?:副)?(?:书记|局长|院长|检察长|主任|所长|庭长|科长|队长|大队长|教导员|政委|站长|镇长|乡长|校长|会计|支书|老师|医生|大夫|法官|警官|检察官|大姐|大哥|师傅))"
        rf"|(?<=叫我)[{letters}](?=[\u4e00-\u9fff]{{2}}[，。、！？：；“”啊])"
    )
    busy = {i for start, end, _ in taken for i in range(start, end)}
    return [(m.start(), m.end(), "某") for m in pattern.finditer(text) if m.start() not in busy]


def surname(essay: Essay) -> str:
    """The author's surname, if he has a Chinese name."""
    author = essay.author.strip()
    return author[0] if 2 <= len(author) <= 4 and "\u4e00" <= author[0] <= "\u9fff" else ""
