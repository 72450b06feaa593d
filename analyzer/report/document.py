"""分析报告.docx: the three questions answered in the form of an official document, to be sent up as it is or edited."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from docx.document import Document as DocumentObject

from analyzer.labels import FINDING, LEVEL, TIER
from analyzer.report.circulation import for_circulation
from analyzer.report.compared_section import write_compared
from analyzer.report.official_form import (
    body,
    caption,
    heading,
    new_document,
    right,
    table,
)
from analyzer.report.report import Report
from analyzer.report.summary import accounts, answers
from analyzer.report.suspects import Suspect, document_name, passage, person, suspects
from analyzer.saving import whole

NAME = "分析报告.docx"
LISTED = 40
"""Suspects in the document's table; all of them are in the workbook."""
EXAMPLES = 3
PASSAGE = 120


def write_document(report: Report, path: str | Path, name: str = "", circulated: bool = False) -> Path:
    """Write the document; ``name`` is what the batch is called (2021-03 学习教育环节).

    ``circulated``: for wider circulation, nobody is named and groups of fewer than five essays show no figures.
    """
    report = for_circulation(report) if circulated else report
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    found = suspects(report)
    about = name.removesuffix("心得体会").strip()
    document = new_document(f"关于{about}\n心得体会撰写情况的分析报告" if about else "关于心得体会撰写情况的分析报告")
    body(
        document,
        f"按照工作安排，对本批心得体会是否亲自动手、是否认真思考、提交前是否严格把关，逐篇作了比对分析。{accounts(report)}现将情况报告如下。",
    )
    _overall(document, report)
    write_compared(document, report)
    _suspects(document, report, [] if circulated else found, len(found))
    _findings(document, report, circulated)
    _advice(document, report, found)
    _reading(document, report)
    today = date.today()
    right(document, f"{today.year}年{today.month}月{today.day}日")
    with whole(path) as unfinished:
        document.save(str(unfinished))
    return path


def _overall(document: DocumentObject, report: Report) -> None:
    heading(document, "一、总体情况", 1)
    for number, answer in zip("一二三", answers(report), strict=True):
        heading(document, f"（{number}）{answer.question}", 2)
        body(document, f"{answer.number}{answer.unit}。{answer.sentence}")


def _suspects(document: DocumentObject, report: Report, found: list[Suspect], total: int) -> None:
    """``found`` is what is listed, ``total`` how many there are: nobody is listed in what goes round."""
    heading(document, "三、疑似雷同线索", 1)
    if total and not found:
        body(document, f"共 {total} 条线索，须经核实方可认定；具体篇目另行通知所在单位，本件不列。")
        return
    if not found:
        body(
            document,
            "没有发现需要核实的篇目。这不等于每一篇都是本人所写，只说明在本批、往批和范文库范围内没有找到相同或相近的文字。",
        )
        return
    body(
        document,
        f"共 {len(found)} 条线索，按疑似程度由高到低列于表2"
        + (f"（前 {LISTED} 条，其余见《疑似雷同清单》）" if len(found) > LISTED else "")
        + "。线索须经核实方可认定；双方文字相同，不说明谁抄谁。",
    )
    caption(document, "表2　疑似雷同线索")
    rows = []
    for number, s in enumerate(found[:LISTED], 1):
        rows.append(
            [
                str(number),
                s.essay.unit,
                s.essay.author,
                TIER[s.essay.tier],
                s.kind,
                f"{s.originality.suspicion:.2f}",
                f"{s.shared:.0%}",
                _partner(report, s),
            ]
        )
    table(
        document,
        ["序号", "单位", "姓名", "层级", "疑似类型", "程度", "雷同比例", "相似对象"],
        rows,
        [7, 17, 11, 13, 13, 8, 9, 22],
        {0, 5, 6},
    )
    shown = [s for s in found if s.closest][:EXAMPLES]
    if shown:
        heading(document, "（一）典型段落", 2)
        for number, s in enumerate(shown, 1):
            own, other = passage(report, s.closest)
            heading(document, f"{number}.{s.essay.unit}{s.essay.author}（{s.kind}，雷同比例 {s.shared:.0%}）", 3)
            body(document, f"“{_clip(own)}”", lead="本人：")
            body(document, f"“{_clip(other)}”", lead=f"{document_name(report, s.closest.other, s.closest.where)}：")


def _partner(report: Report, s: Suspect) -> str:
    """Who the likeness is with, short enough for a table; the list has the titles."""
    if s.closest is None:
        return "多篇共用的文字"
    if s.closest.where == "batch" and report.holds(s.closest.other):
        return person(report.essay(s.closest.other))
    return document_name(report, s.closest.other, s.closest.where)


def _clip(text: str) -> str:
    flat = "".join(line.strip() for line in text.splitlines())
    return flat if len(flat) <= PASSAGE else flat[:PASSAGE] + "……"


def _findings(document: DocumentObject, report: Report, circulated: bool) -> None:
    heading(document, "四、把关问题", 1)
    if not report.findings:
        body(document, "没有发现未改占位、网页尾注、别单位名称等提交前本应改掉的问题。")
        return
    body(document, "，".join(f"{FINDING[kind]} {n} 篇" for kind, n in report.finding_counts().items()) + ("。" if circulated else "。逐篇见表3。"))
    if circulated:
        return
    caption(document, "表3　把关问题")
    rows = []
    for number, finding in enumerate(report.findings[:LISTED], 1):
        essay = report.essay(finding.essay)
        rows.append([str(number), essay.unit, essay.author, FINDING[finding.kind], finding.note])
    table(document, ["序号", "单位", "姓名", "问题", "说明"], rows, [6, 20, 10, 14, 50], {0})
    if len(report.findings) > LISTED:
        body(document, f"以上列出前 {LISTED} 条，其余见《疑似雷同清单》“把关问题”表。")


def _advice(document: DocumentObject, report: Report, found: list[Suspect]) -> None:
    heading(document, "五、工作建议", 1)
    points = []
    if found:
        points.append(
            f"对 {len(found)} 条疑似线索逐条核实，先看双方原文再谈话，在《疑似雷同清单》中填写责任人、核实结论、整改措施和完成时限。"
        )
    shallow = report.table[report.table.level.fillna(9) <= 2] if len(report.table) else report.table
    if len(shallow):
        points.append(
            f"对停在{LEVEL[1]}、{LEVEL[2]}的 {len(shallow)} 篇，按单篇建议退改，要求写自己经历的事、自己的原因和可检查的措施；不按字数要求。"
        )
    if report.findings:
        points.append(f"对 {len({f.essay for f in report.findings})} 篇带有把关问题的退回改正，并了解所在单位的审核环节。")
    unknown = sum(not essay.tier for essay in report.essays)
    if unknown or report.problems or report.absent:
        points.append(
            f"补齐层级待补 {unknown} 人，处理未能读取的文件 {len(report.problems)} 份，催交 {len(report.absent)} 人，之后重新分析。"
        )
    if not points:
        points.append("本批没有需要处理的事项。")
    for number, point in enumerate(points, 1):
        body(document, f"{number}.{point}")


def _reading(document: DocumentObject, report: Report) -> None:
    heading(document, "六、怎样读这份报告", 1)
    for title, text in (
        (
            "（一）疑似程度。",
            "取值 0 至 1，是程序根据相同文字的多少、少见程度、接近程度和先后次序估计的可能性，不是结论。引用官方文件、带出处的引文不计入；"
            "同题目的人写出相近的套话、结构，也不计入。",
        ),
        (
            "（二）思考深度。",
            "分四级：一级只有套话，二级写到对文件或问题的理解，三级联系自己的经历和不足，四级还剖析原因、改变认识并提出可检查的措施。"
            "字数多少、用语好坏不影响评级。层级之间只比较本人写的部分。",
        ),
        (
            "（三）比较。",
            "区间表示同样条件下数字会有多大出入；δ（Cliff’s delta）是两组中各任取一篇，前者较高的机会减去较低的机会，0 为没有差别，±1 为完全分开，0.33 起算中等；篇数不足 8 篇的层级、单位仅供参考，不足 3 篇的不作统计。层级之间的差别说明现象，不说明原因。",
        ),
        (
            "（四）不能回答的问题。",
            "本批、往批和范文库以外的来源查不到；请人代写、机器代写而又与别处不同的，查不出；谁抄谁，查不出。评级与熟悉情况的人不一致时，以人为准。",
        ),
    ):
        body(document, text, lead=title)
    made = "，".join(f"{name} {version}" for name, version in list(report.versions.items())[:1])
    encoder = report.settings.get("encoder", "")
    last = body(document, f"本报告由心得 Xinde（{made}{'，句向量 ' + str(encoder) if encoder else ''}）在本机生成，文稿未上传。")
    last.paragraph_format.keep_with_next = True  # a date alone on a page would look forgotten
