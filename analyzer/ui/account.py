"""Who is logged in, at the foot of the sidebar; logging out, one's own password; writing down what is looked at."""

from __future__ import annotations

import os

import streamlit as st

from analyzer.labels import ROLE
from analyzer.serve import LOGIN
from analyzer.store import Store, data_folder
from analyzer.store.accounts import Accounts, LoginRefused
from analyzer.ui import context, session, theme

TO_THE_DOOR = "<script>window.top.location.href = '/login?next=' + encodeURIComponent(location.pathname + location.search)</script>"


def show() -> None:
    store = context.store()
    if not session.required():
        return
    st.caption(theme.plain(f"{store.name}（{ROLE[store.role]}{'，' + (store.scope() or '') if store.scope() else ''}）"))
    if session.by_openid():
        st.button("退出", on_click=st.logout, key="log-out")
        return
    left, right = st.columns(2)
    left.button("退出", on_click=lambda: _accounts().log_out(session.token()), key="log-out", width="stretch")
    if right.button("改密码", key="change-password", width="stretch"):
        _change_password()


@st.dialog("改密码")
def _change_password() -> None:
    with st.form("password", border=False):
        old = st.text_input("现在的密码", type="password")
        new = st.text_input("新密码", type="password")
        again = st.text_input("新密码再输一遍", type="password")
        if not st.form_submit_button("改密码", type="primary"):
            return
    name, accounts = context.store().name, _accounts()
    try:
        accounts.log_out(accounts.log_in(name, old, session.address()))
        if new != again:
            raise ValueError("两遍输入的不一样。")
        context.store().note("改密码")
        accounts.set_password(name, new)
    except (LoginRefused, ValueError) as refused:
        st.error(theme.plain(str(refused)))
    else:
        log_in_again("密码已改，请用新密码登录。")


def log_in_again(why: str) -> None:
    """Say that one has to log in, and go there."""
    st.warning(theme.plain(why))
    if session.by_openid():
        st.button("登录", type="primary", on_click=st.login)
    elif os.environ.get(LOGIN):
        st.html(TO_THE_DOOR, unsafe_allow_javascript=True)
        st.html('<a href="/login" target="_self">去登录</a>')
    else:
        st.error(
            "这个地址可以从别的电脑访问，但还没有设置登录。请用 xinde user add 添加用户，再用 xinde app --address 启动；或改用 localhost。"
        )


def note_view(page: str) -> None:
    """Write down which page of which batch and essay was opened; once, however often it is drawn again."""
    seen = (page, st.query_params.get("batch", ""), st.query_params.get("essay", ""))
    if page and page not in ("upload", "settings") and st.session_state.get("noted") != seen:
        st.session_state["noted"] = seen
        context.store().note("查看", seen[1], seen[2], detail=page)


def _accounts() -> Accounts:
    return Accounts(Store(data_folder()))
