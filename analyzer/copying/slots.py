"""Is a changed passage the same but for its slots: names, units, places, posts, dates and numbers (只改了姓名、单位、数字)?

Differences are found character by character and read in their words: each must be a slot on both sides.
"""

from __future__ import annotations

import re
from functools import lru_cache

from analyzer.copying.match import Match
from analyzer.essay import Essay

CHANGED = 0.35
"""Share of the characters that may differ; with more, little is left that is the same."""

LONGEST = 14
"""Code points of the longest slot: a unit's full name."""

AROUND = 6
"""Code points read on either side of a difference, so that its words are found."""

_NUMBER = r"[\d.%％〇零一二两三四五六七八九十百千万亿半几多余第号年月日时点分秒岁上下午早晚旬初底末周星期]+"
_UNIT = (
    r".*(?:[省市县区镇乡村屯寨街路巷]|街道|社区|[局院所队科股站厂矿组班部处室园]|公司|学校|[中小]学|支行|银行|医院|中心|单位|系统|车间|支部|"
    r"事业|宿舍|小区|家属院)"
)
_POST = r".*(?:[所院局科股站厂矿校组班部处镇乡县市区村队庭行社]长|主任|支?书记|支书|主席|教导员|指导员|经理|干事|科员|民警|法官|检察官|助理|委员|会计|老师|同志)"
_PERSON = r"[老小阿]?[\u4e00-\u9fff]{0,2}(?:[她他您]|某+|婆婆?|公公?|奶奶|爷爷|大爷|大娘|大妈|大伯|老伯|大姐|大哥|大嫂|阿[公婆姨]|叔|婶|嫂|哥|姐|伯|老[一二三四五六七八九幺])"
_BLANK = r"[XxＸｘ×某*＊○〇_＿]+(?:单位|部门|同志)?"
_SLOT = re.compile("|".join(f"(?:{pattern})" for pattern in (_NUMBER, _UNIT, _POST, _PERSON, _BLANK)))
_TAGS = ("nr", "ns", "nt", "nz", "m", "mq", "t", "q")
"""jieba's names of persons, places, organs, others; numbers, time, measure words."""


def only_slots(a: Essay, b: Essay, match: Match) -> bool:
    """Whether the two passages of a match differ, and in slots only. ``match`` goes from ``a`` to ``b``."""
    if match.kind not in ("verbatim", "edited") or match.similarity == 1:
        return False
    names = tuple(sorted({name for e in (a, b) for name in (e.author, e.unit) if name}))
    return slots_differ(a.text[match.start : match.end], b.text[match.other_start : match.other_end], names)


@lru_cache(maxsize=4096)
def slots_differ(a: str, b: str, names: tuple[str, ...] = ()) -> bool:
    """The same of two passages; ``names`` are persons and units that are known."""
    from rapidfuzz.distance import Indel

    differences: list[list[int]] = []
    for step in Indel.opcodes(a, b):
        if step.tag == "equal":
            continue
        if differences and step.src_start - differences[-1][1] <= 1 and step.dest_start - differences[-1][3] <= 1:
            differences[-1][1], differences[-1][3] = step.src_end, step.dest_end  # one slot that shares a character by chance
        else:
            differences.append([step.src_start, step.src_end, step.dest_start, step.dest_end])
    differences = [d for d in differences if _says(a[d[0] : d[1]]) or _says(b[d[2] : d[3]])]
    if not differences or sum(max(d[1] - d[0], d[3] - d[2]) for d in differences) > CHANGED * max(len(a), len(b)):
        return False
    return all(_is_slot(a, d[0], d[1], names) and _is_slot(b, d[2], d[3], names) for d in differences)


def _says(text: str) -> bool:
    return any(c.isalnum() or c in "×○＿_*" for c in text)


def _is_slot(text: str, start: int, end: int, names: tuple[str, ...]) -> bool:
    """Whether this stretch, read in whole words, is a slot; an empty one lies inside or beside a slot on the other side."""
    from analyzer.text.segment import tagged_words

    if end - start > LONGEST:
        return False
    if _SLOT.fullmatch(text[start:end]) or any(text[start:end] and text[start:end] in name for name in names):
        return True
    low = max(0, start - AROUND)
    at, met = low, []
    for word, tag in tagged_words(text[low : end + AROUND]):
        if at < max(end, start + 1) and at + len(word) > start:
            met.append((word, tag))
        at += len(word)
    return bool(met) and all(tag in _TAGS or _SLOT.fullmatch(word) or not _says(word) for word, tag in met)
