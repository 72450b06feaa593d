"""What looks like a person's name and what like a unit's, and who is meant by a file name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SURNAMES = frozenset(
    # the 200 most frequent (Yuan and Zhang, Chinese Surnames, 2002) and some rarer ones that are no everyday word alone
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申"
    "尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包"
    "司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭"
    "窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟郦雍桑寿蒲巫干支茅鞠储濮沙"
    "岑皮禹狄贝伏麻危骆昝裘缪宗宣杭诸钮嵇滑荀惠芮邴乌巴牧郗班仰秋伊暴厉祖束幸印怀鄂蔺阴胥闻莘劳扶璩扈浦尚农茹习鱼慎庾衡匡寇禄沃"
    "隆晁融訾巢荆桓付代佘盘邝麦敬肖闫归沐仝逄宓钭操占仉禤卿谌粟税旷青玉"
)
DOUBLE_SURNAMES = frozenset((
    "公羊", "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木", "宇文", "长孙", "南宫", "闻人", "轩辕",
))
WORDS = frozenset((
    # begin with a surname's character and are no names; what titles and file names are full of
    "方向", "方法", "方案", "高度", "高效", "温度", "温暖", "安全", "安心", "平安", "常态", "成长", "成绩", "时间", "时代", "时刻", "向前", "向上",
    "钟声", "钟情", "路上", "路径", "关于", "关键", "关系", "关爱", "文件", "文字", "文稿", "文档", "文明", "文化", "严格", "严肃", "党性", "党员", "党建",
    "党课", "党史", "党章", "党委", "党支部", "金句", "万能", "万里", "余生", "江湖", "白描", "石榴", "田野", "明白", "高处", "高压", "强化", "强国",
    "解放", "解读", "简介", "简报", "简单", "管理", "管好", "原稿", "原文", "来稿", "全文", "全部", "全市", "全县", "通知", "计划", "章节", "任务", "任职", "于心",
    "祝福", "和谐", "应该", "庄严", "成果", "成效", "成员", "华章", "华夏", "宁静", "边界", "边缘", "古今", "古城", "花开", "冷暖", "连心", "车间", "单位", "单纯",
    "方向盘", "高质量", "高标准", "马前卒", "金钥匙", "金钟罩", "安全感", "安全员", "白皮书", "成绩单", "时间表", "路线图", "明白人", "老实人", "方便面",
    "党旗红", "关键词", "文化人", "石头记", "万事通", "田间地头", "陈述", "陈列", "许多", "何为", "何谓", "余味", "汤圆", "孔子", "孟子", "施工", "申请", "申报", "申诉",
    "左右", "路面", "费用", "单行本", "项目", "项目部", "司机", "司法", "司法所", "古塘", "龙潭", "武装", "武器", "乐观", "易错", "常说", "常委", "施行", "谈话", "谈心", "谈谈",
    "代表", "代办", "青年", "青春", "习惯", "归来", "归零", "融入", "束手", "班子", "班组", "宣传", "宣讲", "宗旨", "扶贫", "劳动", "农村", "农业", "付出", "操守", "占用", "补短板", "补课", "怀念", "危机",
    "尚可", "惠民", "牧民", "印象", "玉米", "税务", "秋收", "计分", "支部", "支队", "干部", "干警", "干事", "官兵", "寿命", "冷静", "井然", "都是", "连续", "沙田", "商量", "封面", "封底", "花名册", "查摆", "查摆问题", "管教",
))
_NOISE = re.compile(
    r"(政法|队伍|教育|整顿|党史|主题|专题|作风|建设|集中|整治|警示|个人|学习|心得|体会|感想|有感|读后感|观后感|研讨|发言|材料|稿|自查|自纠|剖析|对照|检查|检视"
    r"|报告|总结|思想|汇报|的|同志|同学|终稿|定稿|初稿|修改|最终|最新|补交|补报|重交|重报|上报|报送|提交|电子版|打印版|副本|版|篇|份|共|年|月|日|第|[一二三四五六七八九十]|\d)+"
)
_FOLLOWS = re.compile(r"(同志|的|学习|心得|体会|个人|关于|政法|队伍|教育|党史|主题|专题|发言|材料|自查|剖析|对照|检视|总结|思想|研讨|整[改顿]|终稿|定稿|修改|最终|补[交报]|电子|副本|述|感|读|观)")
"""What follows a name in a file name without any sign between."""
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_UNIT = re.compile(
    r"[\u3400-\u9fff0-9A-Za-z（）()〇、—-]*(局|院|所|大队|中队|支队|队|庭|科|股|处|室|镇|乡|村|社区|街道|办|委|委员会|部|站|中心|公司|集团|厂|学校|中学|小学|大学"
    r"|党委|党组|政府|车间|班|班组|工会|联合会|银行|支行|馆|厅|库|管委会|党工委|协会|窗口|工作组|政治部)"
)
_NO_UNIT = re.compile(r"大局|全局|结局|心得|体会|感想|有感|学习(?!中心|处|科)|整顿(?!办)|教育活动|剖析|的|我|^(走进|关于|在|从|把|让|对|为)")
_PLACE = re.compile(r"[省市县区镇乡州旗厂局]|公司|集团|中心|法院|检察院|支队")
_SECTION = re.compile(r".{0,8}(派出所|司法所|科|股|室|庭|法庭|大队|中队|支队|部|处|队|站|办|所|执行局|组)$")
_ORGAN = re.compile(r".*(局|法院|检察院|院|委|委员会|政府|镇|乡|街道|公司|集团|厂|学校|中心|大队|支队)$")


def squeezed(text: str) -> str:
    """For comparing: width, case and white space do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def plain_name(text: str) -> str:
    """A name as people write it in tables (``张 三``, ``张三（女）``, ``张三*``) as the name itself."""
    bare = re.sub(r"[（(\[【].*?[）)\]】]|[*＊#★]", "", text)
    bare = re.sub(r"^\d+[.、\s]*", "", bare.strip())
    if _IDEOGRAPH.search(bare):
        bare = re.sub(r"\s+", "", bare)
    return bare.strip()


def looks_like_name(text: str) -> bool:
    """Two to three characters with a Chinese surname (three to four with a double one), or a transliterated name with a dot."""
    name = re.sub(r"\s+", "", text)
    if re.fullmatch(r"[\u3400-\u9fff]{2,8}([·•・][\u3400-\u9fff]{1,8}){1,3}", name):
        return True
    if not re.fullmatch(r"[\u3400-\u9fff]{2,4}", name) or name in WORDS or _NO_NAME.search(name):
        return False
    if name[:2] in DOUBLE_SURNAMES:
        return len(name) >= 3
    return len(name) <= 3 and name[0] in SURNAMES


_NO_NAME = re.compile(r"[的了与和及在是之我你他这那第们]|心得|体会|学习|教育|整顿|材料|工作|同志|单位|姓名|[局院所庭科股镇乡村委办厂站部室队处组班]$")


def may_be_name(text: str) -> bool:
    """Whether it could be a name where only a name can stand, after a unit: the surname may be any of the rare ones."""
    return looks_like_name(text) or bool(re.fullmatch(r"[\u3400-\u9fff]{2,3}", text) and text not in WORDS and not _NO_NAME.search(text))


def looks_like_unit(text: str, shortest: int = 3) -> bool:
    """Ends like a unit's name and is not a title that happens to."""
    return shortest <= len(text) <= 30 and bool(_UNIT.fullmatch(text)) and not _NO_UNIT.search(text)


def is_surely_unit(text: str) -> bool:
    """Moreover names a place or an organ within: ``禾川县公安局``, not ``派出所``."""
    return looks_like_unit(text) and bool(_PLACE.search(text[:-1])) and len(text) >= 5


def unit_of_folders(folders: Iterable[str]) -> str:
    """The unit that a path of folders names: the innermost that looks like one, under its parent where it is only a part of it."""
    units = [unit for unit in map(without_noise, folders) if looks_like_unit(unit, shortest=2)]
    if not units:
        return ""
    if len(units) > 1 and _SECTION.fullmatch(units[-1]) and _ORGAN.fullmatch(units[-2]) and not units[-1].startswith(units[-2]):
        return units[-2] + units[-1]
    return units[-1]


def without_noise(folder: str) -> str:
    """A folder's name without numbering and what everybody adds: ``03-禾川县公安局心得体会（12篇）`` is ``禾川县公安局``."""
    bare = re.sub(r"\.(zip|ZIP)$", "", folder)
    bare = re.sub(r"[（(【\[].*?[）)】\]]", "", bare)
    bare = re.sub(r"^[\d\s.、_—-]+", "", bare)
    parts = [part for part in re.split(r"[\s_—-]+", bare) if part and not _NOISE.fullmatch(part)]
    bare = parts[0] if parts else bare
    trimmed = re.sub(rf"{_NOISE.pattern}$", "", bare)
    return trimmed or bare


def tokens(stem: str) -> list[str]:
    """The parts of a file name between its separators, without what everybody adds (``心得体会``, ``终稿``, numbers)."""
    parts = re.split(r"[\s_—－–\-+＋、，,。.;；:：/|《》“”\"'【】\[\]（）()]+", unicodedata.normalize("NFKC", stem))
    return [part for part in parts if part and not _NOISE.fullmatch(part)]


def name_in_stem(stem: str) -> str:
    """The one person that a file name tells without any roster, or an empty string where it tells none or several."""
    found = []
    for token in tokens(stem):
        bare = re.sub(rf"{_NOISE.pattern}$", "", token)
        if looks_like_name(token) or looks_like_name(bare):
            found.append(token if looks_like_name(token) else bare)  # 王一 is a name, though 一 may be a number
        else:
            unit_and_name = re.fullmatch(rf"(?P<unit>{_UNIT.pattern})(?P<name>[\u3400-\u9fff]{{2,4}})", bare)
            if unit_and_name and looks_like_unit(unit_and_name["unit"]) and looks_like_name(unit_and_name["name"]):
                found.append(unit_and_name["name"])
    return found[0] if len(set(found)) == 1 else ""


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Which of these names the text (a file's stem, a folder) holds, in the order of their places.

    A name inside a longer known name does not count (王小 in 王小明), nor does a two-character name that goes on
    with one more character (张伟 in 张伟民): that is somebody else who is not on the list.
    """
    text = unicodedata.normalize("NFKC", text)
    together = re.sub(r"\s+", "", text)
    spans = []
    for name in names:
        if name not in together:
            continue  # nearly all of a long roster, without a pattern for each
        pattern = r"\s*".join(map(re.escape, name))
        spans += [(m.start(), m.end(), name) for m in re.finditer(pattern, text) if not _goes_on(name, text[m.end():])]
    outermost = [
        span for span in spans
        if not any(o[0] <= span[0] and span[1] <= o[1] and o[1] - o[0] > span[1] - span[0] for o in spans)
    ]
    return list(dict.fromkeys(name for _, _, name in sorted(outermost)))


def _goes_on(name: str, following: str) -> bool:
    if len(name) != 2 or not _IDEOGRAPH.match(following) or _FOLLOWS.match(following):
        return False
    after_one = following[1:]
    return not _IDEOGRAPH.match(after_one) or bool(_FOLLOWS.match(after_one))


def unit_fit(unit: str, clue: str) -> int:
    """How well a clue (folder, file name, heading) points to a unit: 4 the same, 3 one within the other,
    2 an abbreviation (城东所 for 柳沟分局城东派出所), 0 not at all."""
    unit, clue = squeezed(unit), squeezed(clue)
    if len(unit) < 2 or len(clue) < 2:
        return 0
    if unit == clue:
        return 4
    if unit in clue or (clue in unit and len(clue) >= 3):
        return 3
    rest = iter(unit)
    if len(clue) >= 3 and clue[-1] == unit[-1] and all(character in rest for character in clue):
        return 2
    return 0
