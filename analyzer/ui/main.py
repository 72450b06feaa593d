"""The app: its pages, and the sidebar that leads to them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime import Runtime

from analyzer.store import StoredBatch
from analyzer.ui import context, essay, export, overview, review, settings, suspects, theme, tiers, upload
from analyzer.serve import LOCAL

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


def main() -> None:
    st.set_page_config(page_title="心得 Xinde", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded")
    theme.apply()
    _log_in()
    context.PAGES.update({path: st.Page(module.page, title=title, url_path=path) for path, title, module in MODULES})
    # a page of its own, since Streamlit gives the default page no path
    start = st.Page(_start, title="开始", default=True, visibility="hidden")
    current = st.navigation([start, *context.PAGES.values()], position="hidden")
    with st.sidebar:
        _sidebar(context.selected())
    current.run()


def _log_in() -> None:
    """Whoever reaches the app over a network logs in first (Streamlit's own login, OpenID Connect, set up in secrets.toml)."""
    if (st.get_option("server.address") or "") in LOCAL or not Runtime.exists():
        return
    try:
        known = "auth" in st.secrets
    except FileNotFoundError:  # no secrets.toml
        known = False
    if not known:
        st.error(
            "这个地址可以从别的电脑访问，但还没有设置登录。请在 .streamlit/secrets.toml 里写好 [auth]，或改用 localhost 启动。"
        )
        st.stop()
    if not st.user.is_logged_in:
        st.button("登录", type="primary", on_click=st.login)
        st.stop()


def _start() -> None:
    """Where somebody who names no page begins: with the results there are, else with the upload."""
    batch = context.selected()
    context.go("overview" if batch and batch.status == "done" else "upload")


def _sidebar(batch: StoredBatch | None) -> None:
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
        badge = f" :gray-badge[{counts[path]}]" if counts.get(path) else ""
        context.link(path, title + badge, batch)


def _counts(batch: StoredBatch | None) -> dict[str, int]:
    """How many suspects there are, and how many of them nobody has closed yet."""
    if batch is None or not batch.suspects:
        return {}
    reviews = context.store().reviews(batch.id)
    return {"suspects": batch.suspects, "review": batch.suspects - sum(r.closed for r in reviews.values())}
