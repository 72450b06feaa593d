"""Another unit's or person's name where the author speaks of himself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.essay import Essay
from analyzer.gatekeeping.finding import Finding
from analyzer.gatekeeping.reading import Reading

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白"
    "孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪卫盘麻阳卜焦柏尚祝祁纪舒梅单骆戚岳温庞詹左樊管柳耿凌鲁翟欧"
    "穆宁屈甘池乔巴褚楚岑迟丛狄窦费郜巩古吉冀简靳景阚柯寇匡蓝劳廉蔺娄路栾苗闵缪聂裴蒲朴齐饶荣芮桑佘申苏眭滕佟屠宛翁巫邬伍奚席冼项萧邢薛荀鄢晏燕伊游虞郁喻原苑岳臧湛仲诸竺卓宗祖"
)
_ORGAN = r"(?:分?局|法院|检察院|派出所|[司财]\S{0,4}所|所|镇|乡|村|街道|社区|委员会|党委|政法委|办公室|大队|支队|支部|中心|站|厅|中学|小学|学校|医院|公司|政府|集团|[队部科馆矿厂处]|支行|分行|局|院)"
_POST = r"(?:民警|辅警|干警|干部|职工|教师|医生|医师|护士|法官|检察官|党员|书记|科员|工作人员|会计|所长|局长|院长|庭长|科长|主任)"
_SELF = re.compile(
    r"(?:作为|身为|我是|本人是)(?P<unit>[\u4e00-\u9fff]{2,24}?"
    + _ORGAN
    + r")的?(?=(?:一[名位员个])(?![^，。]{0,4}(?:家长|家属|患者|邻居|毕业生|学生|学员|客户|储户|群众|村民|居民|志愿者|义工|读者|旅客|乘客|会员|儿子|女儿|子女))|普通|"
    + _POST
    + ")"
)
_PAST = re.compile(r"曾|过去|以前|[年月天]前|之前|调[来到入]|当年|那时|时任|当时|原来|\d{4}年|刚.{0,6}时|那[年会]")
_HEAD = re.compile(
    r"^(?P<what>姓名|汇报人|撰稿人|撰写人|作者|发言人|报告人|单位|工作单位|所在单位|科室)[ \u3000]*[：:][ \u3000]*(?P<value>[\u4e00-\u9fff·]{2,24})$"
)
_CALLED = re.compile(
    r"(?:对|跟|问|叫|喊|拉着|拍着|把|告诉|冲|朝|望着|看着|劝|指着)我[^。！？\n“”「」]{0,16}[“「\"](?P<name>[小老](?P<surname>[\u4e00-\u9fff]))(?=[，,啊呀、！!])"
)
_NAMED = re.compile(r"(?:^|(?<=[。！？\n，]))我叫(?P<name>[\u4e00-\u9fff]{2,3})(?=[，,。])")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,3}?(省|自治区|州|市|县|区|旗|镇|乡|街道|村|社区)")
_NO_PLACE = re.compile("[全我本各该这某]|城乡|街道|所在|基层|辖区|乡镇|农村")
_LEVEL = {"自治区": "省", "县": "县", "区": "县", "旗": "县", "镇": "乡", "乡": "乡", "街道": "乡", "村": "村", "社区": "村"}


@dataclass(frozen=True)
class Roster:
    """Units and people of the batch."""

    units: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    @classmethod
    def of(cls, essays) -> Roster:
        return cls(
            frozenset(essay.unit.strip() for essay in essays if len(essay.unit.strip()) > 2),
            frozenset(essay.author.strip() for essay in essays if 2 <= len(essay.author.strip()) <= 4),
        )

    def is_another(self, unit: str, own: str) -> bool:
        """Whether ``unit`` cannot be the author's ``own``: another one of the batch, or in another place of the same rank."""
        if not own or unit in own or own in unit:
            return False
        for other in self.units:
            if other in unit and other not in own and own not in other:
                return True
        theirs, mine = places(unit), places(own)
        return any(rank in mine and mine[rank] != name for rank, name in theirs.items())


def places(unit: str) -> dict[str, str]:
    """Rank → place in a unit's name: ``{"县": "临江区", "村": "柳树村"}``."""
    found, position = {}, 0
    while (match := _PLACE.match(unit, position)) and not _NO_PLACE.match(match.group()):
        found[_LEVEL.get(match.group(1), match.group(1))] = match.group()
        position = match.end()
    return found


def other_names(reading: Reading, roster: Roster) -> Iterator[Finding]:
    essay = reading.essay
    for match in _SELF.finditer(reading.text):
        if reading.is_quoted(match.start()) or _PAST.search(reading.before(match.start())):
            continue
        if roster.is_another(match.group("unit"), essay.unit.strip()):
            yield _finding(essay, match, "unit", f"自称“{match.group('unit')}”，名单上是“{essay.unit}”", 0.9)
    yield from _heads(reading, roster)
    author = essay.author.strip()
    if not 2 <= len(author) <= 4:
        return
    for match in _CALLED.finditer(reading.text):
        surname = match.group("surname")
        if reading.text.find(match.group("name")) < match.start("name"):
            continue  # somebody of that name has been met before
        if surname in _SURNAMES and not author.startswith(surname) and surname not in author:
            yield _finding(essay, match, "name", f"别人称作者为“{match.group('name')}”，名单上是{author}", 0.8)
    for match in _NAMED.finditer(reading.text):
        name = match.group("name")
        if (
            name != author
            and (name[0] in _SURNAMES or name in roster.people)
            and not reading.is_quoted(match.start())
            and name not in author
        ):
            yield _finding(essay, match, "name", f"自称{name}，名单上是{author}", 0.85)


def _heads(reading: Reading, roster: Roster) -> Iterator[Finding]:
    """Lines such as 汇报人：某某 and a name or unit alone in the last two lines."""
    essay, author = reading.essay, reading.essay.author.strip()
    for line in reading.lines:
        head = _HEAD.match(line.text)
        if not head:
            continue
        value, start = head.group("value"), line.start + head.start("value")
        if head.group("what") in ("单位", "工作单位", "所在单位"):
            if roster.is_another(value, essay.unit.strip()):
                yield Finding(essay.id, start, line.end, "other_name", f"写的单位是“{value}”，名单上是“{essay.unit}”", 0.95)
        elif (
            head.group("what") != "科室"
            and author
            and len(value) <= 4
            and value != author
            and (value[0] in _SURNAMES or value in roster.people)
        ):
            yield Finding(essay.id, start, line.end, "other_name", f"写的姓名是{value}，名单上是{author}", 0.95)
    for line in reading.lines[1:][-2:]:
        if line.text in roster.people and author and line.text != author:
            yield Finding(essay.id, line.start, line.end, "other_name", f"落款是{line.text}，名单上是{author}", 0.9)
        elif line.text in roster.units and roster.is_another(line.text, essay.unit.strip()):
            yield Finding(essay.id, line.start, line.end, "other_name", f"落款单位是“{line.text}”，名单上是“{essay.unit}”", 0.9)


def _finding(essay: Essay, match: re.Match, group: str, note: str, certainty: float) -> Finding:
    return Finding(essay.id, match.start(group), match.end(group), "other_name", note, certainty)
