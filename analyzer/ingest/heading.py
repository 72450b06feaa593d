"""Title, unit, post and author at the head (or, signed, at the foot) of a document, told from its body."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from analyzer.ingest.names import is_surely_unit, looks_like_name, looks_like_unit, may_be_name, plain_name, squeezed

_HEAD_LINES = 8
_FOOT_LINES = 4
_LONGEST_TITLE = 40
_LONGEST_SIGNATURE = 60
_LABELS = {
    "title": ("题目", "标题", "文章标题", "文题"),
    "unit": ("单位", "部门", "科室", "所在单位", "所在部门", "所属单位", "工作单位", "单位名称", "单位(部门)", "单位及部门"),
    "author": ("姓名", "作者", "撰写人", "学习人", "报告人", "交流人", "发言人", "汇报人", "署名", "供稿人"),
    "post": ("职务", "岗位", "职位", "职务(岗位)", "单位职务"),
    "": ("时间", "日期", "撰写时间", "提交时间", "电话", "联系电话", "警号", "政治面貌", "职级", "年龄", "性别", "审核", "审核人", "字数"),
}
_FIELD_OF = {label: field for field, labels in _LABELS.items() for label in labels}


def _label_pattern() -> str:
    """Any label with the spaces and the brackets that people put in (``姓    名``, ``单位（部门）``), longest first."""
    labels = sorted(_FIELD_OF, key=len, reverse=True)
    spaced = (r"\s*".join(label).replace("(", "[（(]").replace(")", "[）)]") for label in labels)
    return "|".join(spaced)


_LABEL = re.compile(rf"(?P<label>{_label_pattern()})\s*(?:[:：]|\t|(?<=\S)\|)\s*")
_NUMBER = "[0-9〇○零一二三四五六七八九十]"
_DATE = re.compile(rf"[（(]?\s*{_NUMBER}{{2,4}}\s*[年.\-/]\s*{_NUMBER}{{1,3}}\s*[月.\-/]?\s*({_NUMBER}{{1,3}}\s*[日号]?)?\s*[）)]?")
_SENTENCE = re.compile(r"[。；！？!?;]")
_SECTION = re.compile(r"\s*([（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．]|第[一二三四五六七八九十]+[章节部分]|[（(][一二三四五六七八九十\d]{1,3}[）)])")
_SALUTATION = re.compile(r".*(同志们|领导|同事们?|组织|党支部)\s*[:：]$")
_TITLE_END = re.compile(r".*(体会|心得|感想|有感|感悟|报告|材料|总结|发言|提纲|讲话|通知|汇报)([（(].{1,12}[）)])?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the lines before the body tell; empty where they do not."""

    title: str = ""
    unit: str = ""
    author: str = ""
    post: str = ""
    body: int = 0
    """Where the body begins, a code point index into the text."""


def read_heading(text: str, names: Collection[str] = (), units: Collection[str] = ()) -> Heading:
    """The heading of a document; ``names`` and ``units`` are those that the roster knows, which need not look like any.

    Nothing is cut: the text stays whole, ``body`` says where its heading ends.
    """
    reader = _Reader(frozenset(names), frozenset(units))
    heading = Heading()
    for number, (start, line) in enumerate(_lines(text)[:_HEAD_LINES]):
        further = reader.read(line, heading, number == 0)
        if further is None:
            break
        heading = replace(further, body=start + len(line))
    if not heading.author:
        heading = reader.read_foot(text[heading.body:], heading)
    after = re.compile(r"\s*").match(text, heading.body)
    return replace(heading, body=after.end()) if heading.body else heading


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines that are not blank, with where they start."""
    return [(m.start(), m.group()) for m in re.finditer(r"[^\n\r]+", text) if not m.group().isspace()]


@dataclass(frozen=True, slots=True)
class _Reader:
    names: frozenset[str]
    units: frozenset[str]

    def read(self, line: str, heading: Heading, first: bool) -> Heading | None:
        """The heading with what this line adds, or None where the body begins."""
        bare = line.strip().strip("\ufeff")
        labelled = self._labelled(bare, heading)
        if labelled is not None:
            return labelled
        together = re.sub(r"\s+", "", bare)
        if len(together) > _LONGEST_SIGNATURE or _SECTION.match(bare) or _SALUTATION.match(bare):
            return None
        if _DATE.fullmatch(bare):
            return heading
        signed = self._signed(bare, heading, alone=not first)
        if signed is not None:
            return signed
        if len(together) > _LONGEST_TITLE:
            return None
        if bare.startswith(("——", "--", "—")) and heading.title:
            return replace(heading, title=heading.title + bare) if not _ends_a_sentence(bare) else None
        if _ends_a_sentence(bare) or bare.endswith(("：", ":", "，", ",")):
            return None
        if not heading.title:
            return replace(heading, title=_untangled(bare))
        if not heading.author and not heading.unit and _TITLE_END.fullmatch(bare) and not _TITLE_END.fullmatch(heading.title):
            return replace(heading, title=heading.title + _untangled(bare))
        return None

    def read_foot(self, text: str, heading: Heading) -> Heading:
        """Who signed at the end; the body is not shortened by it."""
        foot = heading
        for _, line in reversed(_lines(text[-200:])[-_FOOT_LINES:]):
            bare = line.strip()
            if _DATE.fullmatch(bare):
                continue
            signed = self._labelled(bare, foot) or self._signed(bare, foot, alone=True)
            if signed is None or len(bare) > _LONGEST_SIGNATURE:
                break
            foot = signed
        return replace(foot, title=heading.title) if foot.author else heading

    def _labelled(self, line: str, heading: Heading) -> Heading | None:
        """``单位：…  姓名：…`` and the like, any number in one line; table cells are parted by tabs."""
        marks = list(_LABEL.finditer(line))
        if not marks or line[:marks[0].start()].strip(" \u3000\t|（(《") or len(line) > 120:
            return None
        found: dict[str, str] = {}
        for mark, following in zip(marks, [*marks[1:], None]):
            value = line[mark.end():following.start() if following else len(line)].strip(" \u3000\t|，,；;（()）")
            if _SENTENCE.search(value):
                return None  # a sentence that begins with 单位：
            field = _FIELD_OF[squeezed(mark["label"])]
            if field and value and not getattr(heading, field):
                found[field] = plain_name(value) if field == "author" else _untangled(value)
        return replace(heading, **found)

    def _signed(self, line: str, heading: Heading, alone: bool) -> Heading | None:
        """A line that holds nothing but unit, post and name; ``alone``: whether a mere name may be taken for one."""
        bare = line.strip(" \u3000\t").strip("（）()[]【】").lstrip("—-– ").strip(" \u3000\t")
        bare = re.sub(r"^(作者|文|撰稿|文/|文／)\s*[/／:：]?\s*", "", bare) if not looks_like_name(bare) else bare
        together = re.sub(r"\s+", "", bare)
        if together in self.names or (alone and (looks_like_name(bare) or (heading.unit and _may_sign(bare)))):
            return None if heading.author else replace(heading, author=plain_name(bare))
        parts = _rejoined([part for part in re.split(r"[\s\u3000·•|/／、，,]+", bare) if part])
        is_unit = together in self.units or is_surely_unit(together) or (alone and looks_like_unit(together))
        if is_unit and len(parts) == 1:
            return None if heading.unit else replace(heading, unit=together)
        signed = self._parts(parts, heading) if parts else None
        if signed is None and is_unit and not heading.unit:
            return replace(heading, unit=together)
        return signed

    def _parts(self, parts: list[str], heading: Heading) -> Heading | None:
        named = [part for part in parts if part in self.names] or [part for part in parts if looks_like_name(part)]
        if len(named) > 1:
            named = [part for part in named if not _is_post(part)]  # 文书 and 安检员 begin with a surname too
        if not named and _may_sign(parts[-1]) and any(part in self.units or is_surely_unit(part) for part in parts[:-1]):
            named = parts[-1:]
        if len(named) == 1 and len(parts) > 1 and not heading.author:
            name = named[0]
        elif len(parts) == 1 and not heading.author:
            name = self._name_after_unit(parts[0])
            if not name:
                return None
            parts = [parts[0][: -len(name)]]
        else:
            return None
        unit = [part for part in parts if part != name and (part in self.units or looks_like_unit(part))]
        post = [part for part in parts if part != name and part not in unit]
        if not unit and not (post and parts[-1] == name and all(len(part) <= 10 for part in post) and _is_post(post[-1])):
            return None
        if len(post) > 2 or any(len(part) > 12 for part in post):
            return None
        return replace(heading, author=name, unit=heading.unit or "".join(unit), post=heading.post or "、".join(post))

    def _name_after_unit(self, line: str) -> str:
        """``禾川县公安局张三``: a unit and a name with nothing between."""
        for length in (3, 2, 4):
            unit, name = line[:-length], line[-length:]
            if (name in self.names or looks_like_name(name)) and (unit in self.units or is_surely_unit(unit)):
                return name
        return ""


def _ends_a_sentence(line: str) -> bool:
    return bool(re.search(r"[。；;]", line)) or (line.endswith(("！", "？", "!", "?")) and len(line) > 25)


def _may_sign(word: str) -> bool:
    return may_be_name(word) and not _is_post(word)


def _is_post(word: str) -> bool:
    return bool(re.search(r"(员|警|长|任|记|官|理|委|师|工|书|岗|手|干部|助理)$", word))


def _untangled(value: str) -> str:
    """A title or unit without outer white space and book marks; ``心 得 体 会`` is spaced for looks and is one word."""
    value = re.sub(r"[ \t\u3000]+", " ", value.strip())
    if re.fullmatch(r"(\S )+\S", value):
        return value.replace(" ", "")
    if value.startswith("《") and value.endswith("》"):
        return value[1:-1]
    return value


def _rejoined(parts: list[str]) -> list[str]:
    """``张 三`` written with a space, among other parts, is one name again."""
    joined = list(parts)
    for n in range(len(parts) - 1):
        if len(parts[n]) == 1 and len(parts[n + 1]) == 1 and looks_like_name(parts[n] + parts[n + 1]):
            joined = [*parts[:n], parts[n] + parts[n + 1], *parts[n + 2:]]
            break
    return joined
