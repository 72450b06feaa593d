"""设置 → 列入线索: from which degree of suspicion an essay is listed, with how many that would be."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from analyzer.copying.suspicion import SUSPECTED
from analyzer.report.charts import INK, styled
from analyzer.report.relist import HIGHEST, LOWEST
from analyzer.store import StoredBatch
from analyzer.ui import context, jobs, preferences, theme
from analyzer.ui.context import Loaded


def show(batch: StoredBatch | None, found: Loaded | None) -> None:
    store = context.store()
    now = preferences.suspected(store)
    theme.lede(
        f"疑似程度是估计的可能性；到多少就列入清单，由您定。现在是 {now:.2f}（自带 {SUSPECTED:.2f}）。"
        "调低，漏的少，要核实的多；调高，核实的少，漏的多。"
    )
    least = st.slider("疑似程度不低于", LOWEST, HIGHEST, now, 0.05, key="threshold")
    if found is None:
        theme.lede("分析过一批之后，这里可以看到会列出多少篇。")
    else:
        _preview(found.table, least)
    cells = st.columns([1, 1.6, 5])
    if cells[0].button("保存", type="primary", disabled=least == now, key="threshold-save", width="stretch"):
        preferences.set_suspected(store, least)
        st.rerun()
    if batch is None or found is None:
        return
    used = float(found.report.settings.get("suspected", SUSPECTED))
    if cells[1].button("这一批按现在的界限重列", disabled=used == now or least != now, key="relist", width="stretch"):
        jobs.start(store, batch.id, "relist")
        context.go("upload", view="本批")
    theme.lede(f"保存后用于以后的分析。这一批是按 {used:.2f} 列的" + ("。" if used == now else "，可以按现在的界限重列；复核记录不变。"))


def _preview(table: pd.DataFrame, least: float) -> None:
    flagged = table[table.suspicion >= least]
    listed = int((flagged.verdict != "clear").sum())
    gone = int((table.verdict != "clear").sum()) - listed
    theme.say(
        (
            "会列出",
            f"{len(flagged)} 篇，占 {len(flagged) / max(len(table), 1):.1%}；比现在的清单多 {len(flagged) - listed} 篇，少 {gone} 篇。",
        )
    )
    bars = (
        alt.Chart(_counted(table))
        .mark_bar(stroke="#ffffff")
        .encode(
            alt.X("from:Q", bin="binned", title="疑似程度", scale=alt.Scale(domain=[0, 1])),
            alt.X2("to:Q"),
            alt.Y("篇数:Q"),
            alt.Color("listed:N", scale=alt.Scale(domain=[False, True], range=["#d9dee4", "#4f8fc7"]), legend=None),
            tooltip=["篇数:Q"],
        )
        .transform_calculate(listed=f"datum.from >= {least} - 0.001")
    )
    line = (
        alt.Chart(pd.DataFrame({"at": [least]}))
        .mark_rule(color=INK, strokeWidth=2, strokeDash=[5, 3])
        .encode(alt.X("at:Q", title="疑似程度"))
    )
    st.altair_chart(styled((bars + line).properties(width=640, height=190)), theme=None, width="content", key="threshold-chart")


def _counted(table: pd.DataFrame) -> pd.DataFrame:
    """How many essays there are in each twentieth of the degrees: a few figures, whatever the batch's size."""
    place = (table.suspicion.clip(0, 0.9999) * 20).astype(int).value_counts()
    return pd.DataFrame({"from": [i / 20 for i in range(20)], "to": [(i + 1) / 20 for i in range(20)],
                         "篇数": [int(place.get(i, 0)) for i in range(20)]})  # fmt: skip
