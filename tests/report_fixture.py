"""A realistic Report made from a labelled corpus: what was really copied, rated and labelled, put in as if it had been found.

The views (workbook, document, charts, app) are tested on it, so that they do not need the analysis to run.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from analyzer.compare import compare
from analyzer.copying.match import Match, Originality
from analyzer.essay import Essay, Problem
from analyzer.gatekeeping import Finding
from analyzer.reflection.reflection import ASPECTS, LabelledSentence, Reflection
from analyzer.report.report import Report

DATA = Path(__file__).parent / "data"
KIND = {"verbatim": "verbatim", "names": "edited", "light": "edited", "heavy": "paraphrase", "summary": "paraphrase"}
ORGANS = (
    "柳沟区公安分局",
    "柳沟区人民法院",
    "柳沟区司法局",
    "柳沟区人民检察院",
    "禾川县公安局",
    "禾川县人民法院",
    "禾川县司法局",
    "禾川县人民检察院",
    "临澄市公安局",
    "临澄市南渡区司法局",
    "临澄市南渡区人民法院",
    "临澄市南渡区人民检察院",
)

HOSTILE = "X901"
"""An essay whose every field tries something: a formula, markup, markdown, LaTeX, an emoji code, a right-to-left mark."""


def synthetic_report() -> Report:
    """60 essays and one hostile one, 3 tiers, some 15 units, matches of all kinds, findings, comparisons."""
    rows = _lines("rectification.jsonl")
    labels: dict[str, list] = {}
    for row in _lines("rectification.sentences.jsonl"):
        labels.setdefault(row["id"], []).append(LabelledSentence(row["start"], row["end"], row["label"], 0.8))
    ratings: dict[str, list] = {}
    for row in _lines("rectification.ratings.jsonl"):
        ratings.setdefault(row["id"], []).append(row)

    texts = {row["id"]: "".join(piece["t"] for piece in row["pieces"]) for row in rows}
    texts["R136"] += "本文由互联网用户分享整理，文章地址：http://www.example.com/fanwen/1029.html\n"
    texts["R119"] = texts["R119"].replace("全县", "XX", 1)
    kinds = {row["id"]: row["kind"] for row in rows}
    matches = tuple(match for row in rows if row["kind"] == "essay" for match in _matches(row, rows, texts, kinds))
    essays, documents = [], []
    for row in rows:
        essay = Essay(
            row["id"],
            texts[row["id"]],
            row["title"],
            row["author"],
            _organ(row["unit"]),
            row["post"],
            row["tier"],
            "2021-03",
            f"{_organ(row['unit'])}/{row['author']}.docx" if row["kind"] == "essay" else "",
        )
        (essays if row["kind"] == "essay" else documents).append(essay)
    essays[7] = replace(essays[7], tier="")
    essays.append(_hostile())
    return assemble(tuple(essays), tuple(documents), matches, labels, ratings)


def large_report(essays: int) -> Report:
    """The same batch over and over until there are so many, each time with other people; only the comparisons are still of one."""
    one = synthetic_report()
    rounds = range(-(-essays // len(one.essays)))
    name = lambda id, n: id if id in documents else f"{id}-{n}"
    documents = {document.id for document in one.documents}
    groups = max(o.group or 0 for o in one.originality.values())

    def again(n: int, essay: Essay) -> Essay:
        return replace(essay, id=name(essay.id, n), author=f"{essay.author}{n}", unit=f"{essay.unit}{n % 20}", file=f"{n}/{essay.file}")

    def each(found):
        return {name(id, n): replace(of, essay=name(id, n)) for n in rounds for id, of in found.items()}

    originality = {
        name(id, n): replace(o, essay=name(id, n), group=o.group and o.group + n * groups, partner=o.partner and name(o.partner, n))
        for n in rounds for id, o in one.originality.items()
    }  # fmt: skip
    return replace(
        one,
        essays=tuple(again(n, essay) for n in rounds for essay in one.essays),
        originality=originality,
        reflection=each(one.reflection),
        reflection_own=each(one.reflection_own),
        matches=tuple(replace(m, essay=name(m.essay, n), other=name(m.other, n)) for n in rounds for m in one.matches),
        findings=tuple(replace(f, essay=name(f.essay, n)) for n in rounds for f in one.findings),
        files=len(rounds) * len(one.essays) + len(one.problems),
    )


def assemble(essays, documents, matches, labels, ratings) -> Report:
    originality, whole, own = {}, {}, {}
    groups = _groups(matches)
    for essay in essays:
        o = originality[essay.id] = _originality(essay, matches, groups)
        rated = ratings.get(essay.id, [])
        sentences = tuple(labels.get(essay.id, ()))
        whole[essay.id] = _reflection(essay.id, rated, sentences, 1.0)
        own[essay.id] = _reflection(essay.id, rated if o.own > 0.2 else [], (), o.own + o.quoted)
    report = Report(
        essays=essays,
        documents=documents,
        originality=originality,
        reflection=whole,
        reflection_own=own,
        matches=matches,
        findings=tuple(_findings(essays)),
        comparisons=(),
        problems=(
            Problem("禾川县司法局/扫描件.pdf", "扫描件没有文字层，无法读取；请用识别软件转成文字后重新提交。"),
            Problem("柳沟区公安分局/王大力.docx", "文件损坏，无法打开；请向本人要一份能打开的。"),
        ),
        absent=(Essay("absent-1", "", author="覃小勇", unit="禾川县公安局", post="民警", tier="frontline"),),
        notes=("名单中 1 人没有交稿。",),
        files=len(essays) + 2,
        settings={"encoder": "universal-sentence-encoder-multilingual-3"},
        versions={"xinde": "0.1.0"},
    )
    return replace(report, comparisons=compare(report.table, resamples=400))


def _lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _organ(unit: str) -> str:
    return next((organ for organ in ORGANS if unit.startswith(organ)), unit)


def _hostile() -> Essay:
    text = (
        "<script>document.title='坏了'</script><img src=x onerror=alert(1)>这是正文第一句。\n"
        "**加粗** `代码` $x^2$ :smile: [链接](javascript:alert(1)) \u202e反转\u202c 第二句。\n第三句& < > \" ' 完。"
    )
    return Essay(
        HOSTILE,
        text,
        '=HYPERLINK("http://x.invalid","点我")',
        "@某甲",
        "+单位<b>",
        "-1+1|cmd",
        "frontline",
        "2021-03",
        "=cmd.docx",
    )


def _spans(pieces: list[dict]) -> list[tuple[int, int]]:
    ends = np.cumsum([len(piece["t"]) for piece in pieces]).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _matches(row: dict, rows: list[dict], texts: dict[str, str], kinds: dict[str, str]) -> list[Match]:
    """Pieces taken from one document, in order and next to each other, make one match."""
    by_id = {r["id"]: r for r in rows}
    found: list[Match] = []
    text = texts[row["id"]]
    for piece, (start, end) in zip(row["pieces"], _spans(row["pieces"]), strict=True):
        end = start + len(text[start:end].rstrip())
        if "quote" in piece:
            at = texts[piece["quote"]].find(piece["t"].strip())
            if at >= 0:
                found.append(Match(row["id"], start, end, piece["quote"], at, at + end - start, "quote", "official", 1.0, 0.9))
        if "from" not in piece:
            continue
        source = piece["from"]["id"]
        a, b = _spans(by_id[source]["pieces"])[piece["from"]["piece"]]
        b = a + len(texts[source][a:b].rstrip())
        kind, where = KIND[piece["edit"]], "library" if kinds[source] == "template" else "batch"
        similarity = {"verbatim": 1.0, "edited": 0.86, "paraphrase": 0.71}[kind]
        last = found[-1] if found else None
        if last and (last.other, last.kind) == (source, kind) and 0 <= a - last.other_end < 3 and start - last.end < 3:
            found[-1] = replace(last, end=end, other_end=b)
        else:
            found.append(Match(row["id"], start, end, source, a, b, kind, where, similarity, 0.8))
    return found


def _covered(essay: str, matches, where: tuple[str, ...], quote: bool) -> int:
    inside: set[int] = set()
    for m in matches:
        if (m.kind == "quote") != quote or m.where not in where:
            continue
        if m.essay == essay:
            inside.update(range(m.start, m.end))
        elif m.other == essay:
            inside.update(range(m.other_start, m.other_end))
    return len(inside)


def _groups(matches) -> dict[str, int]:
    root: dict[str, str] = {}

    def find(x: str) -> str:
        while root.setdefault(x, x) != x:
            x = root[x]
        return x

    for m in matches:
        if m.where == "batch" and m.end - m.start > 60:
            root[find(m.essay)] = find(m.other)
    numbers: dict[str, int] = {}
    return {x: numbers.setdefault(find(x), len(numbers) + 1) for x in list(root)}


def _originality(essay: Essay, matches, groups: dict[str, int]) -> Originality:
    n = max(len(essay.text), 1)
    copied = _covered(essay.id, matches, ("batch", "history"), False) / n
    templated = _covered(essay.id, matches, ("library",), False) / n
    quoted = _covered(essay.id, matches, ("official",), True) / n
    verdict = "templated" if templated >= 0.3 and templated >= copied else "copied" if copied >= 0.3 else "clear"
    weight: dict[str, int] = {}
    for m in matches:
        if m.kind != "quote" and essay.id in (m.essay, m.other):
            other = m.other if m.essay == essay.id else m.essay
            weight[other] = weight.get(other, 0) + m.end - m.start
    suspicion = round(1 / (1 + np.exp(-9 * (max(copied, templated) - 0.25))), 4)
    return Originality(
        essay.id,
        verdict,
        float(suspicion),
        copied,
        templated,
        quoted,
        max(0.0, 1 - copied - templated - quoted),
        groups.get(essay.id),
        max(weight, key=weight.get) if weight else "",
    )


def _reflection(id: str, rated: list[dict], sentences: tuple[LabelledSentence, ...], share: float) -> Reflection:
    if not rated:
        return Reflection(id, None, None, None, None, {}, sentences, (), ("文字太少，无法评价深度。",))
    full = [r for r in rated if "experience" in r]  # some raters gave the level only
    aspects = {aspect: int(median(r[aspect] for r in full)) for aspect in ASPECTS}
    level = int(median(r["depth"] for r in rated))
    score = round(min(97.0, (6 + 14 * (level - 1) + 3 * sum(aspects.values())) * (0.6 + 0.4 * share)), 1)
    evidence = tuple(i for i, s in enumerate(sentences) if s.label in ("experience", "cause", "insight"))[:3]
    missing = {
        "experience": "写一件自己亲身经历的具体事。",
        "cause": "写到了问题，还没有写为什么会这样。",
        "plan": "打算怎么改，写明谁、什么时候、做到什么程度。",
    }
    advice = tuple(text for aspect, text in missing.items() if aspects[aspect] < 2)
    return Reflection(id, level, score, max(0.0, score - 9), min(100.0, score + 9), aspects, sentences, evidence, advice)


def _findings(essays):
    for essay in essays:
        for match in re.finditer("XX|某某", essay.text):
            yield Finding(essay.id, match.start(), match.end(), "placeholder", f"“{match.group()}”没有改成真实内容。")
        for match in re.finditer("本文由互联网.*html", essay.text):
            yield Finding(essay.id, match.start(), match.end(), "footer", "网页尾注没有删掉，说明文字来自网上。")
        if len(essay.text) < 200:
            yield Finding(essay.id, 0, len(essay.text), "too_short", f"全文只有 {len(essay.text)} 个字。")
