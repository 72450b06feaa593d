"""Leftovers that a pattern can name: fill-in places, page furniture of 范文 sites, a generator's phrases, broken characters.

Each rule is a pattern, what to tell the organizer, how certain it is, and, where honest text uses the same characters,
a guard that looks at the sentence. Precision goes first: an honest essay must stay clean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analyzer.gatekeeping.finding import Finding
from analyzer.gatekeeping.reading import Reading


@dataclass(frozen=True)
class Rule:
    kind: str
    pattern: re.Pattern
    note: str
    certainty: float = 0.95
    guard: Callable[[Reading, re.Match], bool] | None = None
    """Whether a match counts."""
    quoted: bool = False
    """Whether it counts inside quotation marks too."""


# --- fill-in places ---------------------------------------------------------------------------------------------
# XX, ××, 某某 stand for two things: a place that nobody filled in, and a person or unit that a story does not name.
# The first speaks of the author (作为XX单位的一员), the second of a case (通报中XX县一名所长).

_MASK = r"(?:[XＸ×✕✖ｘx]{2,5}|[○〇◯●]{2,4}|[*＊]{2,6})"
_ORGAN = (
    r"(?:省|市(?!场)|县|区(?!别)|镇|乡|村|街道|社区|分?局|派出所|所|法?院|单位|部门|公司|学校|中学|小学|医院|大队|支队|支部|党委|党组|党支部"
    r"|政法|公安|司法|检察|法院|教育|税务|民政|机关|系统|同志|事业|岗位|行业|科室|股室|站|余?(?:字|人次|人|次|篇|件|户|万?元)|中心|集团|银行|人民政府|政府)"
)
_CASE = re.compile(
    r"通报|案件|一案|某[^某]|保护伞|挪用|受贿|落马|被查|曝光|报道|新闻|电影|网友|短信|链接|邻[县镇村]|外[地省县]|嫌疑人|被告|原告|当事人|案例"
)
_SELF_BEFORE = re.compile(r"(?:作为|身为|我是|我叫|我们?|本人|本单位|现任|任职于|带领|为|在|按照|根据|全)[^，。；]{0,5}$")
_SELF_AFTER = re.compile(
    r"^[^，。；]{0,14}(?:的?(?:坚强|正确)领导|的?统一?(?:部署|安排|要求)|的一[名员位个]|组织的|高质量发展|发展|贡献|争光|事业|班子)"
)
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
    ordered = re.search(r"(?:在|按照|根据|为)[^，。；]{0,3}$", before) and _SELF_AFTER.search(after)
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
    return not _CASE.search(reading.before(match.start()) + reading.after(match.end()))


_MENTION = re.compile(r"(?:[写填印标盖](?:着|的是|成)?|空着|落款是?|抬头是?|留着|叫作?|称为|改成|还是|念成)[^，。]{0,3}$")
"""The characters are talked about, not left over."""


def _in_prose(guard: Callable[[Reading, re.Match], bool] | None = None) -> Callable[[Reading, re.Match], bool]:
    return lambda reading, match: not _MENTION.search(reading.before(match.start())) and (guard is None or guard(reading, match))


_FILL = "像是没有填写的占位“{}”"
_PLACEHOLDERS = (
    Rule("placeholder", re.compile("(?:" + _MASK + _ORGAN + "){1,3}"), _FILL, 0.95, _in_prose(_of_the_author)),
    Rule(
        "placeholder",
        re.compile(r"(?:20[XＸ×xｘ○〇*]{2}|(?<![A-Za-zXＸ])[XＸ×xｘ]{2,4})年(?:[XＸ×xｘ\d]{1,2}月)?(?:[XＸ×xｘ\d]{1,2}日)?"),
        _FILL,
        0.95,
        _in_prose(_years),
    ),
    Rule("placeholder", re.compile(r"(?<![A-Za-zXＸ])[XＸ×xｘ]{1,2}月[XＸ×xｘ]{1,2}日"), _FILL, 0.95, _in_prose(_years)),
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
            r"^[ \u3000]*(?:某某?年某某?月(?:某某?日)?|[XＸ×xｘ]{2,4}年[XＸ×xｘ]{1,2}月(?:[XＸ×xｘ]{1,2}日)?)[ \u3000]*$", re.M
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
            r"[【\[〔｛{<＜](?:您的|你的|本人)?(?:单位|姓名|职务|部门|日期|时间|科室|学校|公司|地点|岗位|名字|会议|文件|(?:党)?支部|村|镇|局)(?:名称?|全称)?[】\]〕｝}>＞]"
        ),
        "占位“{}”没有换成自己的",
        0.9,
    ),
    Rule("placeholder", re.compile(r"[（(]单位(?:名称)?[）)]\s*[（(]姓名[）)]"), "占位“{}”没有换成自己的", 0.95),
    Rule("placeholder", re.compile(r"【[ \u3000]*】(?=" + _ORGAN + r"|同志|年|月)"), "空着的【】没有填写", 0.85, _in_prose()),
    Rule("placeholder", re.compile(r"[_＿]{2,}"), "空着的横线没有填写", 0.85, _in_prose(_no_form)),
    Rule("placeholder", re.compile(r"(?<=[\u4e00-\u9fff])[_＿](?=[\u4e00-\u9fff])"), "空着的横线没有填写", 0.85, _no_form),
    Rule(
        "placeholder",
        re.compile(
            r"(?:(?<=全)|(?<=我)|(?<=按照)|(?<=在)|(?<=中共))[xｘXＸ×](?=(?:公安|政法|司法|检察|法院|教育|卫生|税务|民政)(?:机关|系统|委|局|干警|部门|厅)|党委|[省市县区镇乡](?:委|政府|公安|政法))"
        ),
        "“{}”像是被遮掉的地名",
        0.9,
    ),
)

# --- page furniture ---------------------------------------------------------------------------------------------
# As public 范文 pages carry it.

_HEADING = r"^[ \u3000]*[【（(]?"
_NUMBER = r"[一二三四五六七八九十\d]{1,3}"
_FURNITURE = (
    r"(?:更新|发布|编辑|上传)(?:时间|日期)[：:][ \u3000]*\d{4}[^\n。]*",
    r"仅展示[ \u3000]*\d+[ \u3000]*字[^\n]*|全文共[ \u3000]*\d+[ \u3000]*字[^\n。]*",
    r"(?:以上|下面|本文)?(?:就?是|由)?(?:本站)?小编(?:为大家|给大家|为您|精心)?(?:整理|收集|推荐|分享|带来)[^\n]*",
    r"点此复制[^\n。]*|复制本页(?:地址|链接)[^\n。]*",
    r"您?需要(?:先)?登录(?:后)?(?:才能?|方可|才可以|可以)(?:查看|下载|阅读|浏览)[^\n。]*|登录后(?:查看|阅读|下载)(?:全文|更多|完整)[^\n。]*",
    _HEADING + r"篇" + _NUMBER + r"[】）)]?(?:[：:、 \u3000][^\n。]{0,40})?$",
    _HEADING + r"篇" + _NUMBER + r"[】）)][^\n。]{0,40}$",
    r"^[^\n。，；]{4,40}(?:[ \u3000]|[（(])篇" + _NUMBER + r"[）)]?[ \u3000]*$",
    r"^[ \u3000]*第" + _NUMBER + r"篇[：:][^\n。]{0,40}$",
    r"^[^\n。，；]{0,40}(?:范文|心得体会|发言稿)[（(]?(?:精选|通用|集锦|汇总|大全|合集|最新)?[ \u3000]*\d{1,2}[ \u3000]*篇[）)]?[ \u3000]*$",
    r"VIP[ \u3000]*(?:专免|专享|免费|会员)[^\n。]*|开通(?:VIP)?会员[^\n。]{0,20}(?:查看|下载|阅读)[^\n。]*|剩余[^\n。]{0,12}未?(?:阅读|查看)[^\n。]*",
    r"(?:本文|本站|(?:以上|上述)(?:内容|文章|资料|材料))[^\n。]{0,12}(?:由|来自|来源于?|转载自)[^\n。]{0,16}(?:网友|用户|互联网|网络)[^\n]*",
    r"版权归[^\n。]{0,8}(?:作者|所有)[^\n]*|侵权必究[^\n]*|侵权[^\n。]{0,6}(?:联系|删除)[^\n]*|未经(?:授权|允许|许可|同意)[^\n。]{0,6}(?:转载|复制)[^\n]*|转载请注明[^\n]*|^[ \u3000]*免责声明[^\n]*",
    r"(?:文章|本文|原文|本页|网页)(?:地址|链接|来源)[：:][^\n]*",
    r"^[ \u3000]*(?:上一篇|下一篇|相关(?:推荐|文章|阅读|热词|内容)|热门(?:推荐|文章|标签)|猜你喜欢|推荐阅读)[：:][^\n]*",
    r"(?:来源|出处)[：:][ \u3000]*(?:网络|互联网|网友|百度|未知)[^\n]*|(?:浏览|阅读|点击)(?:次数|量|数)[：:][ \u3000]*\d+[^\n]*",
    r"^[ \u3000]*[（(]?责任编辑[：:][^\n]*",
    r"作者[：:][ \u3000]*(?:某某|佚名|网友|未知|admin|匿名)[^\n]*",
    r"点击(?:这里|此处)?(?:下载|查看|展开|阅读)(?:文档|全文|原文|更多)[^\n。]*|(?:文档|下载)(?:格式)?(?:为|：)?[ \u3000]*(?:docx?|word|pdf)格式?[^\n。]*|^[ \u3000]*(?:展开|阅读|查看)(?:全文|更多|剩余)[^\n。]{0,12}$",
    r"^[ \u3000]*(?:https?://|www\.)[\w./?=&%#:-]+[ \u3000]*$",
    r"(?:关注|扫码|搜索)[^\n。]{0,10}公众号[^\n。]{0,10}(?:获取|领取|回复|下载|更多)[^\n。]*",
)


def _stands_alone(reading: Reading, match: re.Match) -> bool:
    """Page furniture begins a line or follows a full stop; in the middle of a sentence somebody tells of it."""
    return len(reading.before(match.start()).strip()) <= 10 and not _MENTION.search(reading.before(match.start()))


_FOOTERS = tuple(
    Rule("footer", re.compile(pattern, re.M), "网页上带下来的文字“{}”", 0.95, _stands_alone) for pattern in _FURNITURE
)
_TITLE_FOOTER = re.compile(
    r"[（(](?:精选|通用|集锦|汇总|大全|合集|范文|最新)[^）)]{0,6}[）)]|[ \u3000（(]篇"
    + _NUMBER
    + r"[）)]?$|(?:心得(?:体会)?|体会|感想|发言稿?|报告|总结|材料)范文|(?:精选|通用|集锦|汇总|合集)[ \u3000]*\d+[ \u3000]*篇"
)

# --- a generator's phrases --------------------------------------------------------------------------------------

_ANSWERS = (
    (
        r"^[ \u3000]*(?:好的|当然可以|当然|没问题|可以的)[！!，,。][ \u3000]*(?:以下|下面|这是|这里是|根据|为[您你])[^\n：。]{0,40}[：:。]?",
        0.97,
    ),
    (r"\A\s*当然可以[！!。]", 0.9),
    (r"(?:以下|下面)是(?:一篇|一份|为[您你]|我为[您你]|给[您你]|根据[您你])[^\n。]{0,50}[：:。]?", 0.95),
    (
        r"希望(?:以上|这篇|这份|本文|上述|这些)[^\n。！]{0,16}(?:对[您你](?:有|能)?(?:所|有)?帮助|能(?:够)?(?:帮到|满足|符合)[您你]?)[^\n]*",
        0.97,
    ),
    (r"如(?:果)?[您你]?(?:需要?|有)[^\n。]{0,16}(?:随时|请|欢迎)[^\n。]{0,4}(?:告诉|告知|联系)我[^\n]*", 0.95),
    (r"作为(?:一个|一名|一款)?(?:人工智能|AI|大)(?:语言)?(?:模型|助手)[^\n。]*", 0.95),
    (r"(?:^|(?<=[。！\n]))[ \u3000]*根据[您你](?:的|提供的)(?:要求|需求|提示|描述|信息)[，,][^\n。]*", 0.95),
    (
        r"(?:以上|上述)(?:内容|文字|范文|文章)?仅供参考[^\n]*|(?:^|(?<=[。！，,（(：:]))[ \u3000]*请根据(?:实际|自身|自己的?|个人)[^\n。]{0,10}(?:修改|调整|填写|补充|完善)[^\n]*",
        0.9,
    ),
    (r"[您你](?:可以?|也可以?)根据(?:实际|自己|自身|需要|具体)[^\n。]{0,14}(?:修改|调整|增减|补充)[^\n）)]*", 0.9),
    (r"[（(](?:全文|正文|字数|约)[：:约共]*[ \u3000]*\d{3,4}[ \u3000]*字(?:左右)?[^（）()\n]{0,24}[）)][ \u3000]*$", 0.8),
    (r"^[ \u3000]*#{1,6}[ \u3000]+\S[^\n]*", 0.85),
    (r"^[ \u3000]*\*\*[^*\n]{3,40}\*\*", 0.85),
)
_GENERATORS = tuple(
    Rule(
        "generator",
        re.compile(pattern, re.M),
        "写作软件的话“{}”没有删去" if certainty > 0.85 else "写作软件或网页的格式“{}”没有删去",
        certainty,
        lambda reading, match: not re.search(r"[说讲道写印念答][：:，,着]?[^，。]{0,4}$", reading.before(match.start())),
    )
    for pattern, certainty in _ANSWERS
)

# --- broken characters ------------------------------------------------------------------------------------------


def _turned_utf8(reading: Reading) -> Iterator[tuple[int, int]]:
    """Spans of hanzi that are UTF-8 read as GBK: their bytes, by three, are hanzi once more.

    In real text a byte of E4 to E9 hardly ever begins every third place, let alone three times in a row.
    """
    for run in re.finditer(r"[^\x00-\x7f，。！？、；：“”‘’《》（）]{5,}", reading.text):
        data = run.group().encode("gbk", errors="replace")
        if len(data) != 2 * len(run.group()):  # a character outside GBK has become a single "?"
            data = b"".join(c.encode("gbk", errors="replace").rjust(2, b"?") for c in run.group())
        for match in _UTF8_HANZI.finditer(data):
            yield run.start() + match.start() // 2, run.start() + (match.end() + 1) // 2


_UTF8_HANZI = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf][\x80-\xbf]){3,}")
_SYMBOLS = re.compile(r"[;:{}#&@*!%^~|<>$/\\`\[\]?=+]")


def _is_noise(reading: Reading, match: re.Match) -> bool:
    """A forum's random strokes against copying: many marks, no words."""
    text = match.group()
    return len(_SYMBOLS.findall(text)) >= 3 and not re.search(r"[A-Za-z]{3}", text)


_GARBLED = (
    Rule("garbled", re.compile("\ufffd+"), "有读不出的字符", 0.95, quoted=True),
    Rule("garbled", re.compile("(?:锟斤拷|烫烫烫|屯屯屯|ï¿½)+[锟斤拷烫屯]*"), "乱码“{}”", 0.97, quoted=True),
    Rule(
        "garbled",
        re.compile(r"(?:[\u00c2-\u00d6\u00d8-\u00ef][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{0,2}){3,}"),
        "乱码“{}”",
        0.9,
        quoted=True,
    ),
    Rule("garbled", re.compile(r"\?{4,}"), "一串问号，像是丢失的文字", 0.85),
    Rule("garbled", re.compile("□{3,}"), "一串方框，像是丢失的文字", 0.85),
    Rule("garbled", re.compile(r"(?:\\u[0-9a-fA-F]{4}){2,}"), "文字成了编码“{}”", 0.95),
    Rule(
        "garbled",
        re.compile(
            r"&(?:nbsp|lt|gt|amp|quot|[lr]dquo|#\d{2,5});(?:&\w+;)*|</?(?:p|br|div|span|font|strong|td|tr)(?:\s[^<>\n]*)?/?>"
        ),
        "网页代码“{}”",
        0.9,
    ),
    Rule("garbled", re.compile(r"[\x00-\x08\x0e-\x1f\x7f]+"), "有控制字符", 0.8),
    Rule(
        "garbled",
        re.compile(r"(?<![!-~])(?:[!-~]{1,4} {1,2}){3,}[!-~]{1,4}(?![!-~])"),
        "论坛防复制的乱码“{}”，文字是从网页上复制的",
        0.95,
        _is_noise,
    ),
)

RULES = (*_PLACEHOLDERS, *_FOOTERS, *_GENERATORS, *_GARBLED)


def leftovers(reading: Reading) -> Iterator[Finding]:
    """What the rules find, and a title that still says 范文."""
    for rule in RULES:
        for match in rule.pattern.finditer(reading.text):
            start, end = _trimmed(match)
            if not rule.quoted and reading.is_quoted(start):
                continue
            if rule.guard is None or rule.guard(reading, match):
                yield Finding(
                    reading.essay.id, start, end, rule.kind, rule.note.format(_short(reading.text[start:end])), rule.certainty
                )
    for start, end in _turned_utf8(reading):
        yield Finding(reading.essay.id, start, end, "garbled", f"乱码“{_short(reading.text[start:end])}”", 0.9)
    title = _TITLE_FOOTER.search(reading.essay.title)
    if title:
        yield Finding(reading.essay.id, 0, 0, "footer", f"题目里还留着“{title.group()}”，像是从范文网页带来的", 0.85)


def _trimmed(match: re.Match) -> tuple[int, int]:
    text = match.group()
    start = match.start() + len(text) - len(text.lstrip(" \t\r\n\u3000"))
    return start, max(start, match.end() - (len(text) - len(text.rstrip(" \t\r\n\u3000"))))


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:22] + "……"
