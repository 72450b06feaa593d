"""The app: its pages, and the sidebar that leads to them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analyzer.store import StoredBatch
from analyzer.store.access import LoggedOut, NotAllowed
from analyzer.ui import account, context, essay, export, overview, review, settings, suspects, theme, tiers, upload

ICON = Path(__file__).with_name("icon.png")
"""A file of our own: Streamlit fetches icons named by an emoji or a symbol from the net."""

MODULES = (
    ("upload", "上传", upload),
    ("overview", "总览", overview),
    ("tiers", "层级对比", tiers),
    ("suspects", "雷同线索", suspects),
    ("essay", "单篇", essay),
    ("review", "复核", review),
    ("export", "导出", export),
    ("settings", "设置", settings),
)


ROLES = {"manage": ("upload", "settings"), "export": ("export",)}
"""What one must be allowed to do to have a page at all; the rest is for everybody."""


def main() -> None:
    st.set_page_config(page_title="心得 Xinde", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded")
    theme.apply()
    try:
        store = context.store()
        hidden = {path for what, paths in ROLES.items() if not store.may(what) for path in paths}
        pages = {path: st.Page(module.page, title=title, url_path=path) for path, title, module in MODULES if path not in hidden}
        st.session_state[context.PAGES] = pages
        # a page of its own, since Streamlit gives the default page no path
        start = st.Page(_start, title="开始", default=True, visibility="hidden")
        current = st.navigation([start, *pages.values()], position="hidden")
        with st.sidebar:
            _sidebar(context.selected(), list(pages))
            account.show()
        account.note_view(current.url_path)
        current.run()
    except LoggedOut as reason:
        account.log_in_again(str(reason))
    except NotAllowed as refused:
        st.error(theme.plain(str(refused)))


def _start() -> None:
    """Where somebody who names no page begins: with the results there are, else with the upload."""
    batch = context.selected()
    if batch is None and not context.store().may("manage"):
        st.info("还没有分析过的批次。请等组织者上传并分析。", icon=":material/info:")
        return
    context.go("overview" if batch and batch.status == "done" else "upload")


def _sidebar(batch: StoredBatch | None, pages: list[str]) -> None:
    theme.brand()
    if batch:
        known = context.batches()
        ids = [b.id for b in known]
        names = theme.labels({b.id: b.name for b in known})
        chosen = st.selectbox(
            "批次", ids, index=ids.index(batch.id), format_func=names.get, key=f"batch-{batch.id}-{len(ids)}", filter_mode=None
        )
        st.caption(f"{batch.essays} 篇 · {batch.units} 个单位" if batch.essays else "尚未分析")
        if chosen != batch.id:
            st.query_params.clear()
            st.query_params["batch"] = chosen
            st.rerun()
    counts = _counts(batch)
    for path, title, _ in MODULES:
        if path not in pages:
            continue
        badge = f" :gray-badge[{counts[path]}]" if counts.get(path) else ""
        context.link(path, title + badge, batch)


def _counts(batch: StoredBatch | None) -> dict[str, int]:
    """How many suspects there are, and how many of them nobody has closed yet."""
    if batch is None or not batch.suspects:
        return {}
    reviews = context.store().reviews(batch.id)
    return {"suspects": batch.suspects, "review": batch.suspects - sum(r.closed for r in reviews.values())}
