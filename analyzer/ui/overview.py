"""总览: the three questions answered in three numbers and a sentence each, and what to look at first."""

from __future__ import annotations

from html import escape

import streamlit as st

from analyzer.report.summary import Answer, Attention, accounts, answers, attention, tier_sentence
from analyzer.store import StoredBatch
from analyzer.ui import context, theme

WIDTHS = (1.1, 3.4, 4.4, 0.8, 0.9)


def page() -> None:
    batch, found = context.need_report()
    theme.heading("这一批怎么样")
    theme.lede(accounts(found.report))
    st.html(f'<div class="cards">{"".join(map(_card, answers(found.report)))}</div>')
    theme.say(("层级", tier_sentence(found.report)))
    items = attention(found.report, list(found.suspects))
    with st.container(border=True, key="panel-first", gap="xsmall"):
        st.html("<b>先看这些</b>")
        if not items:
            st.html('<p class="lede">没有需要先看的事项。</p>')
        else:
            _header()
        for item in items:
            _row(item, batch)


def _card(answer: Answer) -> str:
    return (
        f'<div class="card"><h3>{escape(answer.question)}</h3><div class="big">{escape(answer.number)} <small>{escape(answer.unit)}</small></div>'
        f"<p>{escape(answer.sentence)}</p></div>"
    )


def _header() -> None:
    cells = st.columns(WIDTHS)
    for n, (cell, title) in enumerate(zip(cells, ("事项", "对象", "依据", "程度"), strict=False)):
        cell.html(f'<div class="column" style="text-align:{"right" if n == 3 else "left"}">{title}</div>')


def _row(item: Attention, batch: StoredBatch) -> None:
    cells = st.columns(WIDTHS, vertical_alignment="center")
    for cell, text in zip(cells[:3], (item.what, item.who, item.why), strict=True):
        cell.html(f'<span class="isolate" style="font-size:13px">{escape(text)}</span>')
    degree = f"{item.degree:.2f}" if item.degree is not None else "确定" if item.kind == "finding" else "–"
    cells[3].html(f'<div style="text-align:right;font-size:13px;font-variant-numeric:tabular-nums">{degree}</div>')
    with cells[4]:
        page, label, parameters = {
            "pair": ("suspects", "并排看", {"essay": item.essay}),
            "finding": ("essay", "打开", {"essay": item.essay}),
            "tier": ("upload", "填写", {}),
            "file": ("upload", "查看", {}),
        }[item.kind]
        context.link(page, label, batch, **parameters)
