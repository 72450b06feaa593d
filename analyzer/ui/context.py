"""What every page starts from: the store, the batch named in the URL, its report (read once and shared)."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analyzer.report.legible import with_legible_names
from analyzer.report.report import Report
from analyzer.report.suspects import Suspect, document_name, suspects
from analyzer.store import Store, StoredBatch, data_folder
from analyzer.store.access import Access, NotAllowed
from analyzer.ui import session
from analyzer.ui.theme import labels


OPENING = "正在打开这一批……"


@dataclass(frozen=True)
class Loaded:
    """A report with what the pages ask of it again and again."""

    report: Report
    table: pd.DataFrame
    suspects: tuple[Suspect, ...]
    names: dict[str, str]
    """How each essay is called in a choice, by id."""
    key: str
    """Names this state of this report, as far as the user sees it: what is worked out from it may be kept by this."""


def store() -> Access:
    """The store as whoever is at work in this tab may see and change it. Raises LoggedOut where nobody is."""
    whole, token, address = _store(str(data_folder())), session.token(), session.address()
    return Access(whole, lambda: session.user(whole, token), address)


@st.cache_resource(show_spinner=False)
def _store(home: str) -> Store:
    return Store(home)


def batches() -> list[StoredBatch]:
    return store().batches()


def selected() -> StoredBatch | None:
    """The batch named in the URL; the newest where none is named or it is gone. The URL then says which."""
    known = batches()
    if not known:
        return None
    wanted = st.query_params.get("batch")
    batch = next((batch for batch in known if batch.id == wanted), known[0])
    if wanted != batch.id:
        st.query_params["batch"] = batch.id
    return batch


def loaded(batch: StoredBatch) -> Loaded | None:
    """The batch's report, or None where it has not been analyzed yet."""
    asking = store()
    path = asking.report_path(batch.id)
    if not path.exists():
        return None
    unit = asking.scope()
    return _whole(str(path), batch.id, asking) if unit is None else _of_unit(str(path), batch.id, unit, asking)


@st.cache_resource(show_spinner=OPENING, max_entries=8, ttl="2h")
def _whole(path: str, batch: str, _asking: Access) -> Loaded:
    """Shared by all who see the whole of it; ``path`` names one state of one report."""
    return _open(path, batch, None, _asking)


@st.cache_resource(show_spinner=OPENING, max_entries=64, ttl="2h")
def _of_unit(path: str, batch: str, unit: str, _asking: Access) -> Loaded:
    """Shared by the reviewers of one unit. Many may be kept: there are more units than batches that are worked on, and they are small."""
    return _open(path, batch, unit, _asking)


def _open(path: str, batch: str, unit: str | None, asking: Access) -> Loaded:
    report = with_legible_names(asking.report(batch))
    if asking.scope() != unit:  # made a reviewer, or no longer, at this very moment: what is kept must not be another's
        raise NotAllowed("您的权限刚有变动，请重新打开这一页。")
    names = labels({essay.id: document_name(report, essay.id) for essay in report.essays})
    return Loaded(report, report.table, tuple(suspects(report)), names, f"{path}|{unit}")


def need_report() -> tuple[StoredBatch, Loaded]:
    """Batch and report of this page; where there is none, says what to do and ends the page."""
    batch = selected()
    found = loaded(batch) if batch else None
    if batch is None or found is None:
        st.info(
            "还没有分析过的批次。请先上传文稿，或试用示例。" if batch is None else "这一批还没有分析完。", icon=":material/info:"
        )
        link("upload", "去上传", batch)
        st.stop()
    return batch, found


PAGES = "pages"
"""Where this session keeps the pages that it may open, by url path, so that pages can link to each other. A page object belongs
to one session: shared, the one that is drawn first would use it up for all."""


def _page(path: str) -> st.Page | None:
    """None for a page that this user does not have, or that is shown on its own, as the tests do."""
    return st.session_state.get(PAGES, {}).get(path)


def link(page: str, label: str, batch: StoredBatch | None, icon: str | None = None, **parameters: str) -> None:
    """A link to another page of the same batch; ``parameters`` go into its URL."""
    query = ({"batch": batch.id} if batch else {}) | parameters
    if target := _page(page):
        st.page_link(target, label=label, icon=icon, query_params=query)
    else:
        st.caption(label)


def go(page: str, **parameters: str) -> None:
    """Open another page of the same batch."""
    if target := _page(page):
        st.switch_page(target, query_params={"batch": st.query_params.get("batch", ""), **parameters})


def who() -> str:
    """Who is at work, for the history of reviews: who logged in, else who was named on the review page, else the computer's user."""
    if name := store().name:
        return name
    if name := store().setting("who"):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no login name on this machine
        return "经办人"
