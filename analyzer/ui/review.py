"""复核: the whole list as a grid to work through, what is closed by unit, what is overdue."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from analyzer.compare import Comparison
from analyzer.decisions import flow_back
from analyzer.labels import REVIEW, STATE
from analyzer.report.comparing import closing
from analyzer.report.report import Report
from analyzer.report.review import EDITABLE, Review, changes, with_fields
from analyzer.store import Conflict, StoredBatch
from analyzer.store.access import NotAllowed
from analyzer.ui import context, theme
from analyzer.ui.context import Loaded
from analyzer.ui.review_form import shown

WORDS = {word: state for state, word in STATE.items()}


def page() -> None:
    batch, found = context.need_report()
    store = context.store()
    reviews = store.reviews(batch.id)
    theme.heading("复核")
    if not found.suspects:
        theme.lede("这一批没有需要复核的篇目。")
        return
    today = date.today().isoformat()
    closed = closing(found.report, reviews)
    overdue = [id for id, review in reviews.items() if review.overdue(today)]
    theme.say(
        ("进度", closed.conclusion),
        *[("逾期", f"{len(overdue)} 条已过完成时限还没有查结。")] * bool(overdue),
        warn=bool(overdue),
    )
    if told := st.session_state.pop("review-told", None):
        st.warning(told)
    cells = st.columns([1.6, 2.4, 2, 2.6], vertical_alignment="bottom")
    which = cells[0].segmented_control("显示", ["全部", "未查结", "逾期"], default="全部", required=True, key="review-which")
    units = sorted({s.essay.unit for s in found.suspects if s.essay.unit})
    unit = cells[1].selectbox("单位", units, index=None, placeholder="全部单位", key="review-unit")
    if not store.name:  # nobody logged in
        name = cells[2].text_input("经办人（记入改动记录）", store.setting("who"), key="who", placeholder=context.who())
        if name.strip() != store.setting("who"):
            store.set_setting("who", name.strip())
    keep = {"全部": lambda r: True, "未查结": lambda r: not r.closed, "逾期": lambda r: r.overdue(today)}[which]
    rows = [
        s for s in found.suspects if keep(reviews.get(s.essay.id, Review(s.essay.id))) and (unit is None or s.essay.unit == unit)
    ]
    _grid(batch, found, rows, f"{which}-{unit}")
    theme.lede("点格子就能改，改完即存；每一处改动都记下谁、何时、改了什么。要看原文，到“雷同线索”打开那一对。")
    _by_unit(closed)


def _grid(batch: StoredBatch, found: Loaded, rows, filters: str) -> None:
    """An editable grid. It keeps the table it was opened with (so that it is not drawn anew at each change) beside what is saved."""
    slot = f"grid-{batch.id}-{filters}"
    state = st.session_state.get(slot)
    if state is None or f"{slot}-{state['turn']}" not in st.session_state:
        stored = context.store().reviews(batch.id)
        saved = {s.essay.id: stored.get(s.essay.id, Review(s.essay.id)) for s in rows}
        state = st.session_state[slot] = {
            "turn": (state or {"turn": 0})["turn"] + 1,
            "saved": saved,
            "table": _table(rows, saved),
        }
    if state["table"].empty:
        st.info("没有这样的条目。", icon=":material/check:")
        return
    key = f"{slot}-{state['turn']}"
    st.data_editor(
        state["table"],
        hide_index=True,
        placeholder="",
        key=key,
        disabled=["单位", "姓名", "类型", "程度"] if context.store().may("review") else True,
        height=theme.grid_height(len(state["table"]), 430),
        on_change=_changed,
        args=(batch.id, found.report, slot, key),
        column_config={
            "核实状态": st.column_config.SelectboxColumn(options=list(WORDS), required=True),
            "完成时限": st.column_config.DateColumn(format="YYYY-MM-DD"),
            "程度": st.column_config.NumberColumn(format="%.2f", width=55),
            "核实结论": st.column_config.TextColumn(width="medium", max_chars=500),
            "整改措施": st.column_config.TextColumn(width="medium", max_chars=500),
        },
    )


def _table(rows, saved: dict[str, Review]) -> pd.DataFrame:
    table = pd.DataFrame(
        [
            {
                "单位": s.essay.unit,
                "姓名": s.essay.author,
                "类型": s.kind,
                "程度": s.originality.suspicion,
                **{REVIEW[name]: shown(name, getattr(r, name)) if name == "state" else getattr(r, name) for name in EDITABLE},
            }
            for s in rows
            for r in [saved[s.essay.id]]
        ],
        index=[s.essay.id for s in rows],
    )
    if not table.empty:
        table[REVIEW["due"]] = pd.to_datetime(table[REVIEW["due"]].replace("", None)).dt.date
    return table


def _changed(batch: str, report: Report, slot: str, key: str) -> None:
    """Save each edited row against the version it was shown with; who comes second is told and sees what stands."""
    state, store = st.session_state[slot], context.store()
    names = {word: name for name, word in REVIEW.items()}
    told = []
    for row, edits in st.session_state[key]["edited_rows"].items():
        id = state["table"].index[row]
        known = state["saved"][id]
        wanted = with_fields(
            known, **{names[column]: _value(names[column], value) for column, value in edits.items() if column in names}
        )
        if not changes(known, wanted):
            continue
        try:
            state["saved"][id] = store.save_review(batch, wanted, context.who())
            if taught := flow_back(store, report, id, known.state, wanted.state):
                st.toast(f"{theme.plain(state['table'].loc[id, '姓名'])}：{taught}", duration="long")
        except Conflict as conflict:
            current = conflict.current
            lost = "；".join(f"{REVIEW[name]}“{shown(name, new)}”" for name, (_, new) in changes(current, wanted).items())
            told.append(
                f"{state['table'].loc[id, '姓名']}：{current.by} 已在 {current.changed[:16].replace('T', ' ')} 改过这一条，您的改动没有保存（{lost}）。下面是最新内容。"
            )
        except NotAllowed as refused:
            told.append(f"没有保存：{refused}")
    if told:
        st.session_state["review-told"] = "\n\n".join(map(theme.plain, told))
        del st.session_state[slot]


def _value(name: str, value) -> str:
    if name == "state":
        return WORDS.get(value, "pending")
    return "" if value is None else str(value)[:10] if name == "due" else str(value)


def _by_unit(closed: Comparison) -> None:
    rows = [[g.name or "（单位不明）", str(g.n), f"{g.mean:.0%}" if g.mean is not None else "–"] for g in closed.groups]
    if rows:
        with st.expander("各单位查结率"):
            st.html(theme.figures(["单位", "疑似", "查结率"], rows, {1, 2}))
