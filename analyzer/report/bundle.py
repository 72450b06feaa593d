"""Everything of a batch in one zip: to be archived, or handed to somebody who works without the app."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from analyzer.labels import TIER, VERDICT
from analyzer.report import document, workbook
from analyzer.report.case_file import Steps, case_file_html, group_case_html
from analyzer.report.groups_chart import group_members
from analyzer.report.hand_back import hand_back_html
from analyzer.report.harmless import file_name, harmless
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.suspects import suspects

COLUMNS = {
    "unit": "单位", "author": "姓名", "post": "职务", "tier": "层级", "title": "题目", "characters": "字数", "verdict": "结论",
    "suspicion": "疑似程度", "copied": "与他人雷同", "templated": "与范文相似", "quoted": "引用文件", "own": "自己的话", "level": "深度等级",
    "score": "思考深度", "score_own": "本人部分深度", "findings": "把关问题", "file": "文件", "id": "编号",
}  # fmt: skip


def bundle(report: Report, name: str, reviews: Mapping[str, Review], histories: Mapping[str, Steps]) -> bytes:
    """A zip with the list, the document, the data, a case file for each suspect and a page to hand back for each essay."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        root = Path(folder)
        for path in (workbook.write_workbook(report, root / workbook.NAME, reviews), document.write_document(report, root / document.NAME, name),
                     report.to_json(root / "report.json")):  # fmt: skip
            archive.write(path, path.name)
        archive.writestr("全部篇目.csv", essays_csv(report))
        for number, id in enumerate(report.suspects.id, 1):
            review = reviews.get(id, Review(id))
            archive.writestr(
                f"案卷/{number:03d} {_file_name(report, id)}.html", case_file_html(report, id, review, histories.get(id, ()))
            )
        for number, ids in group_members(report, suspects(report)).items():
            archive.writestr(f"案卷/第 {number} 组.html", group_case_html(report, number, ids, reviews, histories))
        for number, essay in enumerate(report.essays, 1):
            archive.writestr(f"退改意见/{number:04d} {_file_name(report, essay.id)}.html", hand_back_html(report, essay.id))
    return out.getvalue()


def _file_name(report: Report, id: str) -> str:
    """单位 姓名, without what file names cannot hold."""
    essay = report.essay(id)
    return file_name(f"{essay.unit} {essay.author}")


def essays_csv(report: Report) -> bytes:
    """One row an essay; UTF-8 with a byte order mark, since Excel would take it for GBK, and no cell that would run as a formula."""
    table = report.table
    shown = table[list(COLUMNS)].assign(tier=table.tier.map(TIER), verdict=table.verdict.map(VERDICT))
    text = [column for column in shown.columns if column in ("unit", "author", "post", "title", "file", "id")]
    shown[text] = shown[text].map(harmless)
    return shown.rename(columns=COLUMNS).to_csv(index=False).encode("utf-8-sig")
