"""导出: the list, the document, the data, a case file; and a list that was filled in offline, back in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from analyzer.decisions import take_over
from analyzer.report.anonymize import anonymize
from analyzer.report.bundle import bundle, essays_csv
from analyzer.report.case_file import case_file_html, group_case_html
from analyzer.report.document import write_document
from analyzer.report.filled_in import read_reviews
from analyzer.report.groups_chart import group_members
from analyzer.report.harmless import file_name
from analyzer.report.pdf import browser, converter, page_to_pdf, to_pdf
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.workbook import write_workbook
from analyzer.store import StoredBatch
from analyzer.store.access import Access
from analyzer.ui import context, theme
from analyzer.ui.context import Loaded

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Offer(NamedTuple):
    """One thing to download; ``make`` is called on the click."""

    name: str
    what: str
    files: tuple[tuple[str, str, str, Callable[[], bytes]], ...]
    """(label of the button, file name, media type, make) each."""


def page() -> None:
    batch, found = context.need_report()
    theme.heading("导出")
    hidden = st.toggle("脱敏（姓名、单位改成代号，正文里的也改）", key="hidden")
    store = context.store()  # taken now: what is downloaded is made later, outside of this page
    report = _hidden(str(store.report_path(batch.id)), store.scope(), found) if hidden else found.report
    reviews = {} if hidden else store.reviews(batch.id)
    for offer in _offers(store, batch, report, reviews, "-脱敏" if hidden else ""):
        with st.container(border=True, key=f"panel-export-{offer.name}"):
            cells = st.columns([1.2, 4.4, 1.2, 1.2], vertical_alignment="center")
            cells[0].html(f"<b>{offer.name}</b>")
            cells[1].html(f'<span style="font-size:14px">{offer.what}</span>')
            for cell, (label, file, mime, make) in zip(reversed(cells), reversed(offer.files), strict=False):
                cell.download_button(label, store.exporting(batch.id, file, make), file, mime, on_click="ignore", width="stretch", key=f"export-{file}")
    if found.suspects:
        _case(batch, found)
    _import(batch)


def _offers(store: Access, batch: StoredBatch, report: Report, reviews: Mapping[str, Review], suffix: str) -> list[Offer]:
    word = lambda: _file("a.docx", lambda path: write_document(report, path, batch.name))
    pdf = lambda: _file("a.docx", lambda path: write_document(report, path, batch.name), to_pdf)
    documents = [("下载 Word", f"分析报告{suffix}.docx", DOCX, word)]
    if converter():
        documents.append(("下载 PDF", f"分析报告{suffix}.pdf", "application/pdf", pdf))
    excel = lambda: _file("a.xlsx", lambda path: write_workbook(report, path, reviews))
    data = lambda: _file("a.json", report.to_json)
    open_word = lambda: _file("a.docx", lambda path: write_document(report, path, batch.name, circulated=True))
    open_excel = lambda: _file("a.xlsx", lambda path: write_workbook(report, path, circulated=True))
    whole = lambda: bundle(report, batch.name, reviews, {id: _steps(store, batch.id, id) for id in reviews})
    return [
        Offer("疑似雷同清单", "一行一人，带双方原文和待填栏；有筛选、下拉和打印设置。填好可以再导入。",
              (("下载 Excel", f"疑似雷同清单{suffix}.xlsx", XLSX, excel),)),
        Offer("分析报告", "按公文格式写成，带图表、结论和读法，可以直接改。", tuple(documents)),
        Offer("通报", "可以发给大家看的：只有总体、层级和单位，不点名；不足 5 篇的组不显示数字。",
              (("下载 Excel", f"通报-对比表{suffix}.xlsx", XLSX, open_excel), ("下载 Word", f"通报-分析报告{suffix}.docx", DOCX, open_word))),
        Offer("数据", "全部篇目每篇一行（CSV）；程序用的完整结果（JSON），可存档或交给别的程序。",
              (("下载 CSV", f"全部篇目{suffix}.csv", "text/csv", lambda: essays_csv(report)),
               ("下载 JSON", f"report{suffix}.json", "application/json", data))),
        Offer("整批打包", "以上各项，加上每条线索的案卷和每一篇的退改意见。",
              (("下载 ZIP", f"{file_name(batch.name)}{suffix}.zip", "application/zip", whole),)),
    ]  # fmt: skip


def _steps(store: Access, batch: str, id: str) -> list[tuple[str, str, str, str, str]]:
    return [(c.at, c.by, c.field, c.old, c.new) for c in store.review_history(batch, id)]


@st.cache_resource(show_spinner="正在脱敏……", max_entries=2)
def _hidden(path: str, scope: str | None, _found: Loaded) -> Report:
    return anonymize(_found.report)[0]


def _file(name: str, write: Callable[[Path], object], read: Callable[[Path], bytes] = Path.read_bytes) -> bytes:
    """What ``write`` puts into a file, as ``read`` gives it back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return read(path)


def _case(batch: StoredBatch, found: Loaded) -> None:
    groups = group_members(found.report, found.suspects)
    choices = {s.essay.id: found.names[s.essay.id] for s in found.suspects}
    choices |= {number: f"第 {number} 组（{len(ids)} 篇）" for number, ids in groups.items()}
    with st.container(border=True, key="panel-case"):
        cells = st.columns([1.2, 4.4, 1.2, 1.2], vertical_alignment="center")
        cells[0].html("<b>案卷</b>")
        chosen = cells[1].selectbox("案卷对象", list(choices), format_func=choices.get, label_visibility="collapsed", key="case")
        case_downloads(cells[2:], batch, found.report, chosen, groups.get(chosen))
        theme.lede("一人或一组一个文件，含双方原文、逐处对照、依据和复核经过；网页用浏览器打开，不需要本程序。")


def case_downloads(cells, batch: StoredBatch, report: Report, chosen: str | int, ids: list[str] | None = None) -> None:
    """Buttons in ``cells`` for the case file of one suspect, or of the group ``chosen`` of ``ids``: as a page and, with two, as PDF."""
    store = context.store()
    name = f"案卷-{file_name(report.essay(chosen).author or str(chosen))}" if ids is None else f"案卷-第{chosen}组"
    html = lambda: _case_html(store, batch, report, chosen, ids)
    kinds = [("下载网页", "html", "text/html", lambda: html().encode())]
    if len(cells) > 1 and browser():
        kinds.append(("下载 PDF", "pdf", "application/pdf", lambda: page_to_pdf(html())))
    for cell, (label, ending, mime, make) in zip(reversed(cells), reversed(kinds), strict=False):
        cell.download_button(
            label if len(cells) > 1 else "案卷", store.exporting(batch.id, name, make), f"{name}.{ending}", mime,
            on_click="ignore", width="stretch", key=f"export-case-{ending}",
        )  # fmt: skip


def _case_html(store: Access, batch: StoredBatch, report: Report, chosen: str | int, ids: list[str] | None) -> str:
    reviews = store.reviews(batch.id)
    if ids is None:
        return case_file_html(report, chosen, reviews.get(chosen, Review(chosen)), _steps(store, batch.id, chosen))
    return group_case_html(report, chosen, ids, reviews, {id: _steps(store, batch.id, id) for id in ids})


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
            changed, unknown, taught = take_over(context.store(), batch.id, filled, context.who())
            st.success(f"已导入：{changed} 条有改动。" + (f"{len(unknown)} 条不属于这一批，没有导入。" if unknown else ""))
            for sentence in taught:
                st.info(sentence, icon=":material/menu_book:")


def _file_in(file):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name.replace("\\", "/")).name
        path.write_bytes(file.getbuffer())
        return read_reviews(path)
