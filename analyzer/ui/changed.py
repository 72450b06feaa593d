"""What changed since earlier batches, in the words of the document and the workbook."""

from __future__ import annotations

import streamlit as st

from analyzer.report.comparing import changes_table, what_changed
from analyzer.report.harmless import harmless
from analyzer.report.report import Report
from analyzer.ui import theme

MOST = 400
"""Pixels of the table that holds all of it."""


def show(report: Report, unit: str | None) -> None:
    """A panel with what is more than noise, and every change that was looked for; of one unit where it is named."""
    of = [change for change in report.changes if unit in (None, change.unit)]
    if not of:
        return
    with st.container(border=True, key="panel-changes"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="saves-changes"):
            st.html("<b>与以前批次相比</b>", width="stretch")
            table = changes_table(of)
            csv = lambda: table.map(harmless).to_csv(index=False).encode("utf-8-sig")
            st.download_button("CSV", csv, "批次变化.csv", "text/csv", on_click="ignore", key="CSV-changes")
        theme.paragraphs(what_changed(of, where="下面的表"))
        with st.expander(f"比较过的全部 {len(of)} 项"):
            st.dataframe(
                table, hide_index=True, height=theme.grid_height(len(table), MOST), key="changes",
                column_config={"结论": st.column_config.TextColumn(width="large")},
            )  # fmt: skip
