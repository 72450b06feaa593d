"""设置 → 使用记录: who saw and changed what, for the organizer."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analyzer.labels import ROLE
from analyzer.report.suspects import document_name
from analyzer.store import Store, data_folder
from analyzer.store.access import NotAllowed
from analyzer.store.audit import HEADER, Entry, as_csv, entries
from analyzer.ui import context, theme
from analyzer.ui.context import Loaded

MOST = 500
"""Lines shown; all of them are in the download."""
DAYS = 30
"""Shown at first."""


def show(found: Loaded | None) -> None:
    asking = context.store()
    if not asking.may("manage"):
        raise NotAllowed("使用记录只有组织者能看。")
    store = Store(data_folder())
    theme.lede("谁在什么时候看过、改过、导出过什么。删除一批或一个人时，有关的记录一并删除。")
    cells = st.columns([1.6, 1.6, 1.6, 4], vertical_alignment="bottom")
    known = entries(store)
    who = cells[0].selectbox("谁", sorted({e.who for e in known}), index=None, placeholder="全部", key="record-who")
    action = cells[1].selectbox("做了什么", sorted({e.action for e in known}), index=None, placeholder="全部", key="record-action")
    since = cells[2].date_input("从哪天起", date.today() - timedelta(days=DAYS), key="record-since", format="YYYY-MM-DD")
    lines = entries(store, who=who or "", action=action or "", since=since.isoformat() if since else "")
    names = {batch.id: batch.name for batch in asking.batches()}
    table = pd.DataFrame([_row(entry, names, found) for entry in lines[:MOST]], columns=HEADER)
    st.dataframe(table, hide_index=True, placeholder="", height=theme.grid_height(len(table), 420), key="record")
    if len(lines) > MOST:
        theme.lede(f"共 {len(lines)} 条，只显示最近 {MOST} 条。")
    cells[3].download_button(
        "下载 CSV", asking.exporting("", "使用记录", lambda: as_csv(lines)), "使用记录.csv", "text/csv", on_click="ignore", key="record-csv"
    )


def _row(entry: Entry, batches: dict[str, str], found: Loaded | None) -> tuple[str, ...]:
    essay = document_name(found.report, entry.essay) if found and entry.essay and found.report.holds(entry.essay) else entry.essay
    at = entry.at[:19].replace("T", " ")
    return at, entry.who, ROLE.get(entry.role, ""), entry.address, entry.action, batches.get(entry.batch, entry.batch), essay, entry.detail
