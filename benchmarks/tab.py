"""A tab of the app without a browser: it says over the websocket what Streamlit's page would say, and sees what the server sends.

So one computer can be twenty people, whose own computers would draw what is sent. What is timed is the server: from the request
until the last element of the page has come.
"""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from analyzer.serve import COOKIE

SIDEBAR = 1
"""First number of the path of an element that stands in the sidebar."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def log_in(url: str, name: str, password: str) -> str:
    """The session's cookie. Raises ValueError where the door stays shut."""
    fields = urllib.parse.urlencode({"name": name, "password": password}).encode()
    try:
        urllib.request.build_opener(_NoRedirect).open(f"{url}/login", fields, timeout=60)
    except urllib.error.HTTPError as answer:
        cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
        if answer.code == 303 and cookie.startswith(f"{COOKIE}="):
            return cookie
        raise ValueError(f"{name} is not let in: {answer.code}") from answer
    raise ValueError(f"{name} is not let in")


@dataclass
class Shown:
    """One page as it came."""

    main: list[bytes] = field(default_factory=list)
    """Every message about the page itself; the sidebar, which lists all batches, left out."""
    elements: list = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Exceptions that the page showed."""

    def holds(self, text: str) -> bool:
        """Whether the page says this anywhere: in words, in a table, in a chart's data."""
        written = (text.encode(), text.encode("unicode_escape"))
        return any(form in message for message in self.main for form in written)

    def widget(self, kind: str, label: str) -> str:
        """Id of the first widget of this kind (button, text_input) with this label. Raises KeyError."""
        for element in self.elements:
            if element.WhichOneof("type") == kind and getattr(element, kind).label == label:
                return getattr(element, kind).id
        raise KeyError(f"{kind} {label}")

    def alerts(self) -> Iterator[str]:
        return (element.alert.body for element in self.elements if element.WhichOneof("type") == "alert")


class Tab:
    """One connection. Use ``async with Tab(url, cookie) as tab``."""

    def __init__(self, url: str, cookie: str):
        self._url, self._cookie = url, cookie
        self._pages: dict[str, str] = {}
        """Hash of each page by its path, as the server tells them."""
        self._wire: ClientConnection

    async def __aenter__(self) -> Tab:
        address = self._url.replace("http", "ws", 1) + "/_stcore/stream"
        self._wire = await connect(
            address, subprotocols=["streamlit"], origin=self._url, additional_headers={"Cookie": self._cookie}, max_size=None,
            open_timeout=60,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_) -> None:
        await self._wire.close()

    async def show(self, page: str, query: dict[str, str], widgets: tuple[WidgetState, ...] = ()) -> Shown:
        """Ask for a page, or for the same one after something was filled in or pressed, and take all of it."""
        asked = BackMsg()
        asked.rerun_script.query_string = urllib.parse.urlencode(query)
        asked.rerun_script.page_script_hash = self._pages.get(page, "")
        asked.rerun_script.page_name = "" if page in self._pages else page
        asked.rerun_script.widget_states.widgets.extend(widgets)
        await self._wire.send(asked.SerializeToString())
        shown = Shown()
        while True:
            raw = await self._wire.recv()
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                self._pages = {known.url_pathname: known.page_script_hash for known in message.navigation.app_pages}
            elif kind == "delta":
                self._take(shown, message, raw)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return shown

    @staticmethod
    def _take(shown: Shown, message: ForwardMsg, raw: bytes) -> None:
        if message.metadata.delta_path and message.metadata.delta_path[0] == SIDEBAR:
            return
        shown.main.append(raw)
        if message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            shown.elements.append(element)
            if element.WhichOneof("type") == "exception":
                shown.errors.append(f"{element.exception.type}: {element.exception.message}"[:200])


def typed(id: str, text: str) -> WidgetState:
    return WidgetState(id=id, string_value=text)


def pressed(id: str) -> WidgetState:
    return WidgetState(id=id, trigger_value=True)
