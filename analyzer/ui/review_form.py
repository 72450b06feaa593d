"""The form that records what came of a suspect: saved at once, never over somebody else's change unseen."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from analyzer.decisions import flow_back
from analyzer.labels import CLOSED, REVIEW, STATE
from analyzer.report.report import Report
from analyzer.report.review import EDITABLE, Review, changes, with_fields
from analyzer.store import Conflict, Store, StoredBatch
from analyzer.store.access import NotAllowed
from analyzer.ui import context, theme

WIDTHS = (1.15, 1.1, 1.35, 2, 2, 1.8)
KEYS = dict(zip(CLOSED, "123", strict=True))
"""Keyboard shortcuts of the buttons that record a decision."""


def review_form(store: Store, batch: StoredBatch, report: Report, id: str, other: str = "") -> None:
    """Show and save the review of one suspect. A save names the version that was on the screen (store.save_review).

    ``other``: the suspect on the other side of the pair, for which the same can be recorded in one go; empty for none.
    """
    slot = f"review-{batch.id}-{id}"
    base = st.session_state.get(slot)
    if base is None or f"{slot}-{base.version}-state" not in st.session_state:
        base = st.session_state[slot] = store.review(batch.id, id)  # newly opened: what stands now is what is shown
    key = f"{slot}-{base.version}"
    if told := st.session_state.pop(f"{slot}-told", None):
        {"saved": st.success, "conflict": st.warning}[told[0]](theme.plain(told[1]))
    if not store.may("review"):
        theme.lede(f"{REVIEW['state']}：{STATE[base.state]}。只读用户不能填写。")
        _history(store, batch.id, id)
        return
    with st.form(key, border=False):
        cells = st.columns(WIDTHS)
        states = list(STATE)
        cells[0].selectbox(
            REVIEW["state"], states, index=states.index(base.state), format_func=STATE.get, key=f"{key}-state", filter_mode=None
        )
        cells[1].text_input(REVIEW["responsible"], base.responsible, key=f"{key}-responsible")
        cells[2].date_input(
            REVIEW["due"], date.fromisoformat(base.due) if base.due else None, key=f"{key}-due", format="YYYY-MM-DD"
        )
        for cell, name in zip(cells[3:], ("conclusion", "measures", "note"), strict=True):
            cell.text_input(REVIEW[name], getattr(base, name), key=f"{key}-{name}")
        cells = st.columns([1.15, 3.2, 1.25, 1.25, 1.25], vertical_alignment="center")
        save = {"on_click": _save, "width": "stretch"}
        cells[0].form_submit_button("保存", type="primary", shortcut="S", args=(store, batch.id, report, base, other), **save)
        if other:
            cells[1].checkbox("对方一篇还没有人核实，一并这样记", key=f"{key}-both")
        for cell, state in zip(cells[2:], CLOSED, strict=True):
            cell.form_submit_button(
                f"记为{STATE[state]}", shortcut=KEYS[state], args=(store, batch.id, report, base, other, state),
                key=f"{key}-{state}", help=_meaning(state), **save,
            )  # fmt: skip
    _history(store, batch.id, id)


def _meaning(state: str) -> str | None:
    return {
        "quotation": "相同的段落记入官方文件库，以后的分析不再计入；改回别的状态就取出来。",
        "unfounded": "以后的批次里同样两个人、同样的段落，会注明“此前已核实不属实”，不再算待核实。",
    }.get(state)


def _save(store: Store, batch: str, report: Report, base: Review, other: str, state: str = "") -> None:
    slot = f"review-{batch}-{base.essay}"
    key = f"{slot}-{base.version}"
    typed = {name: st.session_state[f"{key}-{name}"] for name in EDITABLE}
    typed["due"] = typed["due"].isoformat() if typed["due"] else ""
    typed["state"] = state or typed["state"]
    wanted = with_fields(base, **typed)
    try:
        saved = store.save_review(batch, wanted, context.who())
    except Conflict as conflict:
        st.session_state[slot], told = conflict.current, ("conflict", _lost(conflict.current, wanted))
    except NotAllowed as refused:
        told = ("conflict", f"没有保存：{refused}")
    else:
        st.session_state[slot] = saved
        lines = ["已保存。", flow_back(store, report, base.essay, base.state, saved.state)]
        if other and st.session_state[f"{key}-both"]:
            lines.append(_save_other(store, batch, other, typed, report))
        told = ("saved", "".join(lines))
    st.session_state[f"{slot}-told"] = told


def _save_other(store: Store, batch: str, other: str, typed: dict[str, str], report: Report) -> str:
    try:
        saved = store.save_review(batch, Review(other, **typed), context.who())
    except Conflict as conflict:
        return f"对方一篇刚由 {conflict.current.by} 记过，没有改动。"
    return "对方一篇也已保存。" + flow_back(store, report, other, "pending", saved.state)


def _lost(current: Review, wanted: Review) -> str:
    lost = "；".join(f"{REVIEW[name]}“{shown(name, new)}”" for name, (_, new) in changes(current, wanted).items())
    return (
        f"没有保存：{current.by} 已在 {current.changed[:16].replace('T', ' ')} 改过这一条。"
        f"下面是最新内容；您刚才填的是：{lost or '同样的内容'}。请看过后再改。"
    )


def shown(field: str, value: str) -> str:
    return STATE.get(value, value) if field == "state" else value or "（空）"


def _history(store: Store, batch: str, essay: str) -> None:
    known = store.review_history(batch, essay)
    if known:
        lines = "<br>".join(
            f"{escape(c.at[:16].replace('T', ' '))}　{escape(c.by)}　{REVIEW[c.field]}：{escape(shown(c.field, c.old))} → {escape(shown(c.field, c.new))}"
            for c in reversed(known[-12:])
        )
        st.html(f'<div class="history isolate">改动记录<br>{lines}</div>')
