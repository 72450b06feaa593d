"""Who is at work in this tab. On a computer of one's own nobody logs in; over a network, everybody does.

``front_door.py`` lets nobody through without a session and leaves its token in a cookie that scripts cannot read; here the token
is turned into a user, again at each step, so that a session that ends ends at once.
"""

from __future__ import annotations

import os

import streamlit as st
from streamlit.runtime import Runtime

from analyzer.serve import COOKIE, LOCAL, LOGIN
from analyzer.store.access import LoggedOut
from analyzer.store.accounts import Accounts, User
from analyzer.store.store import Store

HERE = User("", "organizer")
"""Who sits at this computer."""


def required() -> bool:
    """True where the app can be reached from other computers, or was told to ask for a login."""
    return bool(os.environ.get(LOGIN)) or (Runtime.exists() and (st.get_option("server.address") or "") not in LOCAL)


def by_openid() -> bool:
    """True where the office's own login is set up (OpenID Connect, ``[auth]`` in secrets.toml)."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:  # no secrets.toml
        return False


def user(store: Store, token: str | None) -> User:
    """Whose session it is. Raises LoggedOut where a login is required and there is none."""
    if not required():
        return HERE
    if by_openid():
        return _by_openid(store)
    found = Accounts(store).user_of(token)
    if found is None:
        raise LoggedOut("登录已过期，请重新登录。")
    return found


def _by_openid(store: Store) -> User:
    """Whoever the office's login vouches for; where users were added, only those (by e-mail or name, with their role)."""
    if not st.user.get("is_logged_in"):
        raise LoggedOut("请先登录。")
    names = [str(name) for name in (st.user.get("email"), st.user.get("name")) if name]
    accounts = Accounts(store)
    if not accounts.users():
        return User(names[-1] if names else "", "organizer")
    found = next((known for known in map(accounts.user, names) if known), None)
    if found is None:
        raise LoggedOut("您的账号还没有加入本程序，请联系管理员（xinde user add）。")
    return found


def token() -> str | None:
    found = st.context.cookies.get(COOKIE) if os.environ.get(LOGIN) else None
    return found if isinstance(found, str) else None


def address() -> str:
    """Where from, for the record."""
    found = st.context.ip_address if Runtime.exists() else None
    return found if isinstance(found, str) else "本机"  # none for this computer, none of the kind in a test
