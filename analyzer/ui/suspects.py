"""雷同线索: the ranked list with filters, who hangs together, and one pair side by side."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from analyzer.decisions import CARRIED
from analyzer.labels import MATCH_WHERE, STATE, TIER
from analyzer.report.groups_chart import MOST, group_members, groups_chart
from analyzer.report.pair_html import traces_sentence
from analyzer.report.review import Review
from analyzer.report.suspects import Suspect, counting_matches, document_name, suspect
from analyzer.store import StoredBatch
from analyzer.ui import context, drawn, theme
from analyzer.ui.context import Loaded
from analyzer.ui.export import case_downloads
from analyzer.ui.review_form import review_form
from analyzer.ui.side_by_side import side_by_side

VIEWS = ("清单", "成组")

MOST_LISTED = 12
"""Essays of a group that are listed below the chart."""

RARE = 0.7
"""Passages at least this rare count as a rare detail."""


def page() -> None:
    batch, found = context.need_report()
    id = st.query_params.get("essay")
    if id and id in found.report.originality:
        _pair(batch, found, id)
    else:
        _list(batch, found)


def _list(batch: StoredBatch, found: Loaded) -> None:
    theme.heading("雷同线索")
    theme.lede("按疑似程度排列；都是线索，须核实后方可认定，不说明谁抄谁。选中一行即并排看。")
    if not found.suspects:
        st.success("没有发现疑似雷同或套用模板的篇目。", icon=":material/check:")
        return
    wanted = st.query_params.get("view")
    view = st.segmented_control(
        "看", VIEWS, default=wanted if wanted in VIEWS else VIEWS[0], required=True, label_visibility="collapsed", key="suspects-view"
    )
    if view != (wanted or VIEWS[0]):
        st.query_params["view"] = view
    if view == VIEWS[0]:
        _ranked(_filtered(_table(found, context.store().reviews(batch.id)), batch.id))
    else:
        _groups(batch, found)


def _table(found: Loaded, reviews) -> pd.DataFrame:
    rows = []
    for s in found.suspects:
        e, review = s.essay, reviews.get(s.essay.id)
        rows.append(
            {
                "id": e.id,
                "单位": e.unit,
                "姓名": e.author,
                "层级": TIER[e.tier],
                "类型": s.kind,
                "程度": s.originality.suspicion,
                "雷同比例": 100 * s.shared,
                "核实状态": state_word(review),
                "组": str(s.originality.group or ""),
                "相似对象": document_name(found.report, s.closest.other, s.closest.where) if s.closest else "多篇共用的文字",
            }
        )
    return pd.DataFrame(rows)


FILTERS = {"单位": "unit", "层级": "tier", "类型": "kind", "核实状态": "state"}


def _filtered(table: pd.DataFrame, batch: str) -> pd.DataFrame:
    """The rows that are asked for. What was asked for outlasts a look at a pair, during which Streamlit forgets its widgets."""
    asked = st.session_state.setdefault(f"suspects-asked-{batch}", {})
    total = len(table)
    cells = st.columns([1.5, 2, 1.3, 1.3, 1.3, 1.5])
    sought = cells[0].text_input("找人", placeholder="姓名、单位", **_as_asked(asked, "sought", batch))
    if sought and sought.strip():
        words = table["单位"] + " " + table["姓名"] + " " + table["相似对象"]
        table = table[words.str.contains(sought.strip(), case=False, regex=False)]
    for cell, (name, key) in zip(cells[1:], FILTERS.items(), strict=False):
        options = sorted(table[name].unique())
        if asked.get(key) not in options:
            asked.pop(key, None)
        choice = cell.selectbox(name, options, index=None, placeholder="全部", **_as_asked(asked, key, batch))
        if choice is not None:
            table = table[table[name] == choice]
    least = cells[5].slider("疑似程度不低于", 0.0, 1.0, step=0.05, **_as_asked(asked, "least", batch))
    table = table[table["程度"] >= least]
    if len(table) < total:
        theme.lede(f"{total} 条中的 {len(table)} 条。“上一对”“下一对”只在这些里翻。")
    return table


def _as_asked(asked: dict[str, Any], name: str, batch: str) -> dict[str, Any]:
    """Key and callback of a widget that shows what was asked for before, and notes what is asked for now."""
    key = f"suspects-{name}-{batch}"
    if key not in st.session_state and asked.get(name) is not None:
        st.session_state[key] = asked[name]
    return {"key": key, "on_change": lambda: asked.__setitem__(name, st.session_state[key])}


def _ranked(table: pd.DataFrame) -> None:
    if table.empty:
        st.info("没有符合条件的篇目，请放宽筛选。", icon=":material/filter_alt:")
        return
    st.session_state["order"] = table["id"].tolist()
    share = st.column_config.ProgressColumn("雷同比例", format="%d%%", min_value=0, max_value=100, width=110)
    event = st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height=theme.grid_height(len(table), 530),
        on_select="rerun",
        selection_mode="single-row",
        key="suspects-list",
        column_order=[name for name in table.columns if name != "id"],
        column_config={
            "单位": st.column_config.TextColumn(width=140),
            "雷同比例": share,
            "程度": st.column_config.NumberColumn(format="%.2f", width=60),
            "组": st.column_config.TextColumn(width=45),
            "层级": st.column_config.TextColumn(width=75),
            "类型": st.column_config.TextColumn(width=85),
            "核实状态": st.column_config.TextColumn(width=75),
            "相似对象": st.column_config.TextColumn(width="large"),
        },
    )
    if event.selection.rows:
        _open(table.iloc[event.selection.rows[0]]["id"])


def _open(id: str) -> None:
    st.query_params["essay"] = id
    st.query_params.pop("other", None)
    st.rerun()


def _groups(batch: StoredBatch, found: Loaded) -> None:
    members = group_members(found.report, found.suspects)
    if not members:
        st.info("没有三篇以上互相雷同的情况，也没有成对的组。", icon=":material/info:")
        return
    pages = -(-len(members) // MOST)
    cells = st.columns([6, 1.4], vertical_alignment="bottom")
    with cells[0]:
        theme.lede(f"共 {len(members)} 组，大的在前。一点是一篇，线越粗，相同的文字越多；点开即并排看。")
    at = cells[1].number_input(f"第几页（共 {pages} 页）", 1, pages, key="groups-page") if pages > 1 else 1
    shown = dict(list(members.items())[(at - 1) * MOST : at * MOST])
    drawn.show(found.key, f"groups-{at}", lambda: groups_chart(found.report, shown, lambda id: f"suspects?batch={batch.id}&essay={quote(id)}"))
    for number, ids in shown.items():
        with st.container(border=True, key=f"panel-group-{number}", gap="xsmall"):
            st.html(f"<b>第 {number} 组 · {len(ids)} 篇</b>")
            for id in ids[:MOST_LISTED]:
                s = suspect(found.report, id)
                left, right = st.columns([6, 1], vertical_alignment="center")
                left.text(f"{document_name(found.report, id)}　{s.kind}　雷同 {s.shared:.0%}")
                with right:
                    context.link("suspects", "并排看", batch, essay=id)
            if len(ids) > MOST_LISTED:
                theme.lede(f"还有 {len(ids) - MOST_LISTED} 篇，在清单里。")


def _pair(batch: StoredBatch, found: Loaded, id: str) -> None:
    s = suspect(found.report, id)
    reviews = context.store().reviews(batch.id)
    partners = [p for p in s.partners if found.report.holds(p)]
    other = st.query_params.get("other", "")
    if other not in partners:
        other = s.closest.other if s.closest and s.closest.other in partners else (partners[0] if partners else "")
    shared = [m for m in counting_matches(found.report, id) if m.other == other]
    rare = sum(m.rarity >= RARE for m in shared)
    theme.heading(
        "并排看",
        theme.tags(
            f"疑似程度 {s.originality.suspicion:.2f}",
            s.kind,
            f"雷同 {s.shared:.0%}",
            f"共 {len(shared)} 处" if shared else "",
            f"少见的 {rare} 处" if rare else "",
            state_word(reviews.get(id)),
        ),
    )
    _steps(batch, found, s, partners, other, reviews)
    if other:
        side_by_side(found.report, id, other)
        cells = st.columns([9, 1.2], vertical_alignment="center")
        told = "；".join(part for part in ("谁先谁后未知", traces_sentence(found.report, id, other).rstrip("。")) if part)
        cells[0].html(f'<div class="traces isolate">{escape(told)}。</div>')
        if context.store().may("export"):
            case_downloads(cells[1:], batch, found.report, id)
    else:
        st.info("没有可以并排的另一篇：相近的文字散见于多篇，或对方文本不在手边。", icon=":material/info:")
    listed = {listed.essay.id for listed in found.suspects}
    with st.container(border=True, key="panel-review"):
        review_form(context.store(), batch, found.report, id, other if other in listed and other not in reviews else "")


def state_word(review: Review | None) -> str:
    """核实状态 as a list shows it: what was carried over from an earlier batch says so."""
    if review and review.state == "unfounded" and review.by == CARRIED:
        return "此前已核实不属实"
    return STATE[review.state if review else "pending"]


def _name(found: Loaded, s: Suspect, other: str) -> str:
    where = next((m.where for m in found.report.matches_of(s.essay.id) if m.other == other), "batch")
    characters = sum(m.end - m.start for m in counting_matches(found.report, s.essay.id) if m.other == other)
    return f"对方：{document_name(found.report, other, where)}（{MATCH_WHERE[where]}，共 {characters} 字）"


def _steps(batch: StoredBatch, found: Loaded, s: Suspect, partners: list[str], other: str, reviews) -> None:
    """Back, previous, next, the next open one (by keyboard, too), and which other document to compare with."""
    id = s.essay.id
    order = st.session_state.get("order") or []
    if id not in order:
        order = [listed.essay.id for listed in found.suspects]
    at = order.index(id) if id in order else -1
    still_open = [i for i in (*order[at + 1 :], *order[: max(at, 0)]) if i not in reviews or not reviews[i].closed]
    cells = st.columns([1, 0.85, 0.85, 1.1, 3.2, 0.95], vertical_alignment="center")
    if cells[0].button("返回清单", icon=":material/arrow_back:", width="stretch"):
        st.query_params.pop("essay", None)
        st.query_params.pop("other", None)
        st.rerun()
    if cells[1].button("上一对", disabled=at <= 0, shortcut="Left", width="stretch"):
        _open(order[at - 1])
    if cells[2].button("下一对", disabled=at < 0 or at >= len(order) - 1, shortcut="Right", width="stretch"):
        _open(order[at + 1])
    if cells[3].button("下一未查结", disabled=not still_open, shortcut="N", width="stretch", help=f"还有 {len(still_open)} 条没有查结"):
        _open(still_open[0])
    if partners:
        names = theme.labels({p: _name(found, s, p) for p in partners})
        chosen = cells[4].selectbox(
            "对方",
            partners,
            index=partners.index(other),
            format_func=names.get,
            key=f"other-{id}-{other}",
            label_visibility="collapsed",
        )
        if chosen != other:
            st.query_params["other"] = chosen
            st.rerun()
    with cells[5]:
        context.link("essay", f"看单篇 {at + 1}/{len(order)}" if at >= 0 else "看单篇", batch, essay=id)
