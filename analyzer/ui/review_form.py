"""The form that records what came of a suspect: saved at once, never over somebody else's change unseen."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from analyzer.essay import Essay
from analyzer.labels import REVIEW, STATE
from analyzer.report.report import Report
from analyzer.report.review import EDITABLE, Review, changes, with_fields
from analyzer.report.suspects import counting_matches
from analyzer.store import Conflict, Store, StoredBatch
from analyzer.ui import context


def review_form(store: Store, batch: StoredBatch, essay: Essay, report: Report) -> None:
    """Show and save the review of one suspect. A save names the version that was on the screen (store.save_review)."""
    slot = f"review-{batch.id}-{essay.id}"
    base = st.session_state.get(slot)
    if base is None or f"{slot}-{base.version}-state" not in st.session_state:
        base = st.session_state[slot] = store.review(batch.id, essay.id)  # newly opened: what stands now is what is shown
    key = f"{slot}-{base.version}"
    if told := st.session_state.pop(f"{slot}-told", None):
        {"saved": st.success, "conflict": st.warning}[told[0]](told[1])
    with st.form(key, border=False):
        cells = st.columns([1.2, 1.2, 1.2, 2.4, 2.4])
        states = list(STATE)
        cells[0].selectbox(
            REVIEW["state"], states, index=states.index(base.state), format_func=STATE.get, key=f"{key}-state", filter_mode=None
        )
        cells[1].text_input(REVIEW["responsible"], base.responsible, key=f"{key}-responsible")
        cells[2].date_input(
            REVIEW["due"], date.fromisoformat(base.due) if base.due else None, key=f"{key}-due", format="YYYY-MM-DD"
        )
        cells[3].text_input(REVIEW["conclusion"], base.conclusion, key=f"{key}-conclusion")
        cells[4].text_input(REVIEW["measures"], base.measures, key=f"{key}-measures")
        cells = st.columns([3.4, 2, 1], vertical_alignment="bottom")
        cells[0].text_input(REVIEW["note"], base.note, key=f"{key}-note")
        cells[1].checkbox("属引用时，把相同段落记入官方文件库，以后不再计入", value=True, key=f"{key}-teach")
        cells[2].form_submit_button(
            "保存", type="primary", on_click=_save, args=(store, batch, base, slot, report), width="stretch"
        )
    _history(store, batch.id, essay.id)


def _save(store: Store, batch: StoredBatch, base: Review, slot: str, report: Report) -> None:
    key = f"{slot}-{base.version}"
    typed = {name: st.session_state[f"{key}-{name}"] for name in EDITABLE}
    typed["due"] = typed["due"].isoformat() if typed["due"] else ""
    wanted = with_fields(base, **typed)
    try:
        saved = store.save_review(batch.id, wanted, context.who())
    except Conflict as conflict:
        current = conflict.current
        lost = "；".join(f"{REVIEW[name]}“{shown(name, new)}”" for name, (_, new) in changes(current, wanted).items())
        told = (
            "conflict",
            f"没有保存：{current.by} 已在 {current.changed[:16].replace('T', ' ')} 改过这一条。"
            f"下面是最新内容；您刚才填的是：{lost or '同样的内容'}。请看过后再改。",
        )
        st.session_state[slot] = current
    else:
        told = ("saved", "已保存。")
        if saved.state == "quotation" and st.session_state[f"{key}-teach"]:
            told = ("saved", f"已保存；{teach(store, report, base.essay)} 段相同文字记入官方文件库，下次分析起不再计入。")
        st.session_state[slot] = saved
    st.session_state[f"{slot}-told"] = told


def teach(store: Store, report: Report, id: str) -> int:
    """Put the passages that turned out to be quotations into the official documents; returns how many are new."""
    essay = report.essay(id)
    passages = [
        Essay("", essay.text[m.start : m.end], title=f"经核实属引用：{essay.text[m.start : m.start + 12]}……")
        for m in counting_matches(report, id)
    ]
    return store.add_documents("official", passages)


def shown(field: str, value: str) -> str:
    return STATE.get(value, value) if field == "state" else value or "（空）"


def _history(store: Store, batch: str, essay: str) -> None:
    known = store.review_history(batch, essay)
    if known:
        lines = "<br>".join(
            f"{escape(c.at[:16].replace('T', ' '))}　{escape(c.by)}　{REVIEW[c.field]}：{escape(shown(c.field, c.old))} → {escape(shown(c.field, c.new))}"
            for c in reversed(known[-12:])
        )
        st.html(f'<div style="font-size:12px;color:#5d6b7a;line-height:1.7">改动记录<br>{lines}</div>')
