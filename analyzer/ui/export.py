"""导出: the list, the document, the data, a case file; and a list that was filled in offline, back in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from analyzer.labels import TIER, VERDICT
from analyzer.report.anonymize import anonymize
from analyzer.report.case_file import case_file_html
from analyzer.report.document import write_document
from analyzer.report.filled_in import read_reviews
from analyzer.report.report import Report
from analyzer.report.workbook import write_workbook
from analyzer.store import StoredBatch
from analyzer.ui import context, theme
from analyzer.ui.context import Loaded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = {
    "unit": "单位",
    "author": "姓名",
    "post": "职务",
    "tier": "层级",
    "title": "题目",
    "characters": "字数",
    "verdict": "结论",
    "suspicion": "疑似程度",
    "copied": "与他人雷同",
    "templated": "与范文相似",
    "quoted": "引用文件",
    "own": "自己的话",
    "level": "深度等级",
    "score": "思考深度",
    "score_own": "本人部分深度",
    "findings": "把关问题",
    "file": "文件",
    "id": "编号",
}


def page() -> None:
    batch, found = context.need_report()
    theme.heading("导出")
    hidden = st.toggle("脱敏（姓名、单位改成代号，正文里的也改）", key="hidden")
    report = _hidden(batch.id, found) if hidden else found.report
    reviews = {} if hidden else context.store().reviews(batch.id)
    suffix = "-脱敏" if hidden else ""
    for name, what, label, file, mime, make in (
        (
            "疑似雷同清单",
            "一行一人，带双方原文和待填栏；有筛选、下拉和打印设置。填好可以再导入。",
            "下载 Excel",
            f"疑似雷同清单{suffix}.xlsx",
            XLSX,
            lambda: _file("a.xlsx", lambda path: write_workbook(report, path, reviews)),
        ),
        (
            "分析报告",
            "按公文格式写成，带图表、结论和读法，可以直接改。",
            "下载 Word",
            f"分析报告{suffix}.docx",
            DOCX,
            lambda: _file("a.docx", lambda path: write_document(report, path, batch.name)),
        ),
        (
            "全部篇目",
            "每篇一行的数据表，Excel 和统计软件都能读。",
            "下载 CSV",
            f"全部篇目{suffix}.csv",
            "text/csv",
            lambda: _csv(report),
        ),
        (
            "全部结果",
            "程序用的完整结果 report.json，可存档或交给别的程序。",
            "下载 JSON",
            f"report{suffix}.json",
            "application/json",
            lambda: _file("a.json", report.to_json),
        ),
    ):
        with st.container(border=True, key=f"panel-export-{name}"):
            cells = st.columns([1.2, 5, 1.3], vertical_alignment="center")
            cells[0].html(f"<b>{name}</b>")
            cells[1].html(f'<span style="font-size:14px">{what}</span>')
            cells[2].download_button(label, make, file, mime, on_click="ignore", width="stretch", key=f"export-{name}")
    if found.suspects:
        _case(batch, found)
    _import(batch)


@st.cache_resource(show_spinner="正在脱敏……", max_entries=2)
def _hidden(batch: str, _found: Loaded) -> Report:
    return anonymize(_found.report)[0]


def _file(name: str, write: Callable) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _csv(report: Report) -> bytes:
    table = report.table
    shown = table[list(COLUMNS)].assign(tier=table.tier.map(TIER), verdict=table.verdict.map(VERDICT))
    # a spreadsheet program would run such a cell as a formula
    text = shown.select_dtypes(exclude="number").columns
    shown[text] = shown[text].apply(
        lambda column: column.astype(str).map(lambda value: "'" + value if value[:1] in "=+-@\t\r" and value else value)
    )
    return shown.rename(columns=COLUMNS).to_csv(index=False).encode("utf-8-sig")


def _case(batch: StoredBatch, found: Loaded) -> None:
    with st.container(border=True, key="panel-case"):
        cells = st.columns([1.2, 5, 1.3], vertical_alignment="center")
        cells[0].html("<b>案卷</b>")
        ids = [s.essay.id for s in found.suspects]
        id = cells[1].selectbox("案卷对象", ids, format_func=found.names.get, label_visibility="collapsed", key="case")
        history = context.store().review_history(batch.id, id)
        review = context.store().review(batch.id, id)
        cells[2].download_button(
            "下载案卷",
            lambda: case_file_html(found.report, id, review, [(c.at, c.by, c.field, c.old, c.new) for c in history]).encode(),
            f"案卷-{found.report.essay(id).author or id}.html",
            "text/html",
            on_click="ignore",
            width="stretch",
            key="export-case",
        )
        theme.lede("一个文件，含双方原文、逐处对照、依据和复核经过；用浏览器打开，不需要本程序，可打印成 PDF。")


def _import(batch: StoredBatch) -> None:
    with st.container(border=True, key="panel-import"):
        st.html("<b>导入填好的清单</b>")
        file = st.file_uploader("填好的疑似雷同清单.xlsx", ["xlsx"], key="filled-in", label_visibility="collapsed")
        if file and st.button("导入", type="primary", key="import"):
            try:
                filled = _file_in(file)
            except ValueError as error:
                st.error(theme.plain(str(error)))
                return
            changed, unknown = context.store().import_reviews(batch.id, filled, context.who())
            st.success(f"已导入：{changed} 条有改动。" + (f"{len(unknown)} 条不属于这一批，没有导入。" if unknown else ""))


def _file_in(file):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name.replace("\\", "/")).name
        path.write_bytes(file.getbuffer())
        return read_reviews(path)
