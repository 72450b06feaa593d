"""What stands before the app when others can reach it: nobody gets as far as Streamlit without a session.

Streamlit itself would open a connection, and take uploads, for anybody who finds the address; a login drawn by the page comes too
late for that, and a page cannot set a cookie that scripts cannot read. So this is an ASGI middleware and a form of plain HTML.
"""

from __future__ import annotations

from html import escape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from analyzer.serve import COOKIE
from analyzer.store.accounts import Accounts, LoginRefused
from analyzer.store.audit import note
from analyzer.store.store import Store

OPEN = ("/login", "/static/", "/favicon", "/_stcore/health")
"""Paths that say nothing about anybody: the form, Streamlit's own scripts and fonts, the sign of life."""

LONGEST_FORM = 8192
"""Bytes of a login form."""

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>登录 · 心得 Xinde</title><style>
body {{ margin: 0; background: #f7f8fa; color: #1d2733; font: 15px/1.6 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; }}
form {{ width: 320px; margin: 14vh auto 0; padding: 26px 28px 30px; background: #fff; border: 1px solid #dfe4ea; border-radius: 8px; }}
h1 {{ font-size: 18px; margin: 0 0 2px; }} p {{ margin: 0 0 14px; color: #5d6b7a; font-size: 13px; }} p.wrong {{ color: #b5440d; font-size: 14px; }}
label {{ display: block; margin-top: 10px; font-size: 13px; }} input {{ width: 100%; box-sizing: border-box; padding: 8px 10px; font: inherit;
border: 1px solid #c6ced7; border-radius: 6px; }} button {{ width: 100%; margin-top: 18px; padding: 9px; font: inherit; color: #fff; background: #0b5cad;
border: 0; border-radius: 6px; cursor: pointer; }} :focus-visible {{ outline: 2px solid #0b5cad; outline-offset: 2px; }}
</style></head><body><form method="post" action="/login?next={next}"><h1>心得 Xinde</h1><p>离线运行 · 文稿不出本单位</p>{told}
<label for="name">用户名</label><input id="name" name="name" value="{name}" autocomplete="username" maxlength="64" required autofocus>
<label for="password">密码</label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
<button>登录</button></form></body></html>"""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none at all, browsers send the form from an origin called null
}


class FrontDoor:
    """ASGI middleware: requests and connections with a session go on, others are sent to the form or refused."""

    def __init__(self, app: ASGIApp, accounts: Accounts):
        self.app, self.accounts = app, accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(OPEN):
            await self.app(scope, receive, send)
        elif await to_thread.run_sync(self.accounts.user_of, token_of(scope)) is not None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "login"})
        elif scope["method"] == "GET":
            wanted = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
            await RedirectResponse(f"/login?next={quote(wanted)}", 303, HEADERS)(scope, receive, send)
        else:
            await PlainTextResponse("请先登录。", 403, HEADERS)(scope, receive, send)


def token_of(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return None
            if found:
                return found.value
    return None


def login_route(store: Store, accounts: Accounts) -> Route:
    """The form, and what becomes of it."""

    async def login(request: Request) -> Response:
        wanted = _inside(request.query_params.get("next", "/"))
        if request.method == "GET":
            return _form(wanted)
        if not _from_here(request) or int(request.headers.get("content-length") or 0) > LONGEST_FORM:
            return PlainTextResponse("这个请求不是从登录页发出的。", 403, HEADERS)
        fields = parse_qs((await request.body())[:LONGEST_FORM].decode("utf-8", "replace"), keep_blank_values=True)
        name, password = ((fields.get(field) or [""])[0] for field in ("name", "password"))
        address = request.client.host if request.client else ""
        try:
            token = await to_thread.run_sync(_log_in, store, accounts, name, password, address)
        except LoginRefused as refused:
            headers = {"Retry-After": str(int(refused.wait) + 1)} if refused.wait else {}
            return _form(wanted, name, str(refused), 429 if refused.wait else 401, headers)
        response = RedirectResponse(wanted, 303, HEADERS)
        response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return response

    return Route("/login", login, methods=["GET", "POST"])


def _log_in(store: Store, accounts: Accounts, name: str, password: str, address: str) -> str:
    try:
        token = accounts.log_in(name, password, address)
    except LoginRefused as refused:
        if known := accounts.user(name.strip()):  # a name that is none may be a password typed in the wrong place
            note(store, known, address, "登录失败", detail=str(refused))
        raise
    note(store, accounts.user_of(token), address, "登录")
    return token


def _form(wanted: str, name: str = "", told: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    words = f'<p class="wrong" role="alert">{escape(told)}</p>' if told else ""
    page = PAGE.format(next=escape(quote(wanted)), name=escape(name), told=words)
    return HTMLResponse(page, status, HEADERS | (headers or {}))


def _inside(wanted: str) -> str:
    """A path of this app, and never another site's address."""
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/login")) and not parts.scheme and not parts.netloc
    return wanted if safe and wanted.isprintable() else "/"


def _from_here(request: Request) -> bool:
    """Browsers name the page that a form was sent from."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
