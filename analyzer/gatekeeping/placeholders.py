"""Places that nobody filled in: XX, ××, 某某, ____, 【单位名称】.

XX, ××, 某某 stand for two things: a place that nobody filled in, and a person or unit that a story does not name.
The first speaks of the author (作为XX单位的一员), the second of a case (通报中XX县一名所长).
"""

from __future__ import annotations

import re

from analyzer.gatekeeping.reading import Reading
from analyzer.gatekeeping.rule import Rule, in_prose

_MASK = r"(?:[XＸ×✕✖ｘx]{2,5}|[○〇◯●]{2,4}|[*＊]{2,6})"
_ORGAN = (
    r"(?:省|市(?!场)|县|区(?!别)|镇|乡|村|街道|社区|分?局|派出所|所|法?院|单位|部门|公司|学校|中学|小学|医院|大队|支队|支部|党委|党组|党支部"
    r"|政法|公安|司法|检察|法院|教育|税务|民政|机关|系统|同志|事业|岗位|行业|科室|股室|站|余?(?:字|人次|人|次|篇|件|户|万?元)|中心|集团|银行|人民政府|政府"
    r"|支行|分行|班组|学院|(?:供电|税务|电力|烟草|气象|邮政|消防)\S{0,3}(?:公司|局|所|站|队)|队|馆|科(?![技学目幻])|名(?![字义单称列声]))"
)
_CASE = re.compile(
    r"通报|案件|一案|某[^某]|保护伞|挪用|受贿|落马|被查|曝光|报道|新闻|电影|网友|短信|链接|邻[县镇村]|外[地省县]|嫌疑人|被告|原告|当事人|案例"
)
_SELF_BEFORE = re.compile(r"(?:作为|身为|我是|我叫|我们?|本人|本单位|现任|任职于|带领|为|在|按照|根据|全)[^，。；]{0,5}$")
_SELF_AFTER = re.compile(
    r"^[^，。；]{0,14}?(?:的?(?:坚强|正确)领导|的?统一?(?:部署|安排|要求)|的一[名员位个]|组织的|关于[^，。；]{0,20}(?:要求|通知|部署|安排|精神)|高质量发展|发展|贡献|争光|事业|班子)"
)
_BLANK = r"(?:姓名|名字|名称?|全称|单位|部门|职务|职位|科室|学校|公司|社区|村镇?|支部|局|地点|时间|日期|年份|岗位|会议|文件|数字|人数|标题|主题|内容|事例|案例|事迹|例子|领导|基地|书记|同志)"
_STORY = re.compile(r"通报|案件|一案|某[^某]|曝光|报道|被告|原告|嫌疑人|当事人|起诉|判决")
_FORM = re.compile(r"签[名字章]|盖章|日期|承诺人|审核人|年[_＿ ]*月|得分|分数")


def _of_the_author(reading: Reading, match: re.Match) -> bool:
    before, after = reading.before(match.start()), reading.after(match.end())
    if _SELF_AFTER.search(after) or re.search(r"(?:作为|身为|我是|我叫|本人|现任)[^，。；]{0,5}$", before):
        return True
    return not _CASE.search(before + after)


def _plainly_of_the_author(reading: Reading, match: re.Match) -> bool:
    """For 某某, which honest stories use most."""
    before, after = reading.before(match.start()), reading.after(match.end())
    speaks = re.search(r"(?:作为|身为|我是|本人是|现任)[^，。；]{0,5}$", before)
    ordered = re.search(r"(?:在|按照|根据|为|贯彻|落实|响应)[^，。；]{0,3}$", before) and _SELF_AFTER.search(after)
    return bool(speaks or ordered) and not _CASE.search(before)


def _no_form(reading: Reading, match: re.Match) -> bool:
    """A line to sign on is meant to be empty when handed in; strokes alone divide; between words they may join a name."""
    line = reading.line_at(match.start())
    return (
        not _FORM.search(line)
        and bool(re.search(r"[\u4e00-\u9fff]", line))
        and (len(line) > 25 or "。" in line or len(match.group()) > 1)
    )


def _years(reading: Reading, match: re.Match) -> bool:
    return not _STORY.search(reading.before(match.start()) + reading.after(match.end()))


def _amid_words(reading: Reading, match: re.Match) -> bool:
    """【…】 on a line of its own is a heading; after 填写 a form is described."""
    if re.search(r"[写填印标][^，。]{0,3}$", reading.before(match.start())):
        return False
    return reading.line_at(match.start()).strip() != match.group()


_FILL = "像是没有填写的占位“{}”"
PLACEHOLDERS = (
    Rule("placeholder", re.compile("(?:" + _MASK + _ORGAN + "){1,3}"), _FILL, 0.95, in_prose(_of_the_author)),
    Rule(
        "placeholder",
        re.compile(r"(?:20[XＸ×xｘ○〇*]{2}|(?<![A-Za-zXＸ])[XＸ×xｘ]{2,4})年(?:[XＸ×xｘ\d]{1,2}月)?(?:[XＸ×xｘ\d]{1,2}日)?"),
        _FILL,
        0.95,
        in_prose(_years),
    ),
    Rule("placeholder", re.compile(r"(?<![A-Za-zXＸ])[XＸ×xｘ]{1,2}月[XＸ×xｘ]{1,2}日"), _FILL, 0.95, in_prose(_years)),
    Rule("placeholder", re.compile(r"(?<![与及和])(?<=我叫|我是|本人)[XＸ×xｘ某*＊]{2,3}(?![\w])"), "姓名没有填写", 0.95),
    Rule(
        "placeholder",
        re.compile(
            r"(?:(?<=姓名[：:])|(?<=汇报人[：:])|(?<=撰稿人[：:])|(?<=作者[：:])|(?<=单位[：:])|(?<=发言人[：:]))[ \u3000]*(?:[XＸ×xｘ*＊]{2,}|某某某?)(?=\s|$)"
        ),
        "没有填写",
        0.95,
    ),
    Rule(
        "placeholder",
        re.compile(
            r"^[ \u3000]*(?:某某?年某某?月(?:某某?日)?|[XＸ×xｘ]{2,4}年[XＸ×xｘ]{1,2}月(?:[XＸ×xｘ]{1,2}日)?)[ \u3000]*$",
            re.MULTILINE,
        ),
        "日期没有填写",
        0.95,
    ),
    Rule(
        "placeholder",
        re.compile(
            r"某某(?=省|市(?!场)|县|区(?!别)|镇|乡|村|街道|社区|分?局|派出所|法院|检察院|单位|部门|公司|学校|医院|大队|支部|党委|党组|同志)"
        ),
        _FILL,
        0.9,
        _plainly_of_the_author,
    ),
    Rule(
        "placeholder",
        re.compile(
            r"[【\[〔（(｛{<＜](?:(?:此处|这里|在此|请)[^】\]〕）)｝}>＞\n]{0,24}(?:填|写|补充|插入|展开|结合|替换|注明|举例)[^】\]〕）)｝}>＞\n]{0,16}"
            r"|(?:填写|填入|插入|替换为?)[^】\]〕）)｝}>＞\n]{1,16})[】\]〕）)｝}>＞]"
        ),
        "填写说明“{}”留在文中",
        0.95,
    ),
    Rule(
        "placeholder",
        re.compile(
            r"[【\[〔｛{<＜](?:您的|你的|本人|具体)?[\u4e00-\u9fff]{0,4}?" + _BLANK + r"(?:名称?|全称)?[】\]〕｝}>＞]"
            r"|[【\[〔（(]某某?[\u4e00-\u9fff]{1,10}[】\]〕）)]"
            r"|[（(](?:您的|你的|本人)?(?:单位|社区|学校|公司|[乡村]镇?|支行|部门|科室|医院|支部|领导|职务|活动|文件|会议)?(?:名称|名字|姓名|名)[）)]"
        ),
        "占位“{}”没有换成自己的",
        0.9,
        _amid_words,
    ),
    Rule("placeholder", re.compile(r"[（(]单位(?:名称)?[）)]\s*[（(]姓名[）)]"), "占位“{}”没有换成自己的", 0.95),
    Rule("placeholder", re.compile(r"【[ \u3000]*】(?=" + _ORGAN + r"|同志|年|月)"), "空着的【】没有填写", 0.85, in_prose()),
    Rule("placeholder", re.compile(r"[_＿]{2,}"), "空着的横线没有填写", 0.85, in_prose(_no_form)),
    Rule("placeholder", re.compile(r"(?<=[\u4e00-\u9fff])[_＿](?=[\u4e00-\u9fff])"), "空着的横线没有填写", 0.85, _no_form),
    Rule(
        "placeholder",
        re.compile(
            r"(?:(?<=全)|(?<=我)|(?<=按照)|(?<=在)|(?<=中共))[xｘXＸ×](?=(?:公安|政法|司法|检察|法院|教育|卫生|税务|民政)(?:机关|系统|委|局|干警|部门|厅)|党委|[省市县区镇乡](?:委|政府|公安|政法))"
        ),
        "“{}”像是被遮掉的地名",
        0.9,
    ),
    Rule(
        "placeholder",
        re.compile(
            r"(?:^|(?<=[，。；：、\n \u3000]))[xｘXＸ×*＊](?=[省市县区镇乡](?:委|政府|农|公安|政法|教育|卫生|司法|人民))",
            re.MULTILINE,
        ),
        "“{}”像是被遮掉的地名",
        0.9,
        in_prose(_of_the_author),
    ),
)
