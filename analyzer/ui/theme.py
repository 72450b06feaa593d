"""The look of the app, and the few words of Streamlit's own that would otherwise stay English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

CSS = """
<style>
:root { --ink: #1d2733; --sub: #5d6b7a; --line: #dfe4ea; --accent: #0b5cad; --warn: #B5440D; }
.block-container, [data-testid="stMainBlockContainer"] { padding: 1.1rem 1.7rem 2rem; max-width: 1500px; }
[data-testid="stHeader"] { height: 0; min-height: 0; background: none; }
[data-testid="stMainMenu"], [data-testid="stAppDeployButton"], [data-testid="stStatusWidget"], [data-testid="stToolbar"],
[data-testid="stDecoration"], [data-testid="InputInstructions"], [data-testid="stElementToolbar"], [data-testid="stHeaderActionElements"],
[data-testid="stDataFrameColumnMenu"], .vega-embed summary, .vega-embed details { display: none !important; }
section[data-testid="stSidebar"] { width: 216px !important; min-width: 216px !important; border-right: 1px solid var(--line); }
[data-testid="stSidebarHeader"] { height: 0.6rem; min-height: 0; padding: 0; }
[data-testid="stSidebarCollapseButton"] { display: none; }
[data-testid="stSidebarContent"] { padding: 0; } [data-testid="stSidebarUserContent"] { padding: 0.9rem 0.8rem 1rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 0.3rem; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"] { padding: 0.35rem 0.6rem; border-radius: 6px; width: 100%; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"][aria-current="page"] { background: #e8f0fa; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"][aria-current="page"] p { color: var(--accent); font-weight: 600; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"] p { width: 100%; font-size: 14px; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"] span, [data-testid="stSidebar"] [data-testid="stPageLink-NavLink"] div { width: 100%; }
[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"] .stMarkdownBadge { float: right; width: auto; background: none !important; color: var(--ink) !important; font-weight: 650; }
[data-testid="stMain"] [data-testid="stPageLink-NavLink"] { padding: 0 0.2rem; } [data-testid="stMain"] [data-testid="stPageLink-NavLink"] p { color: var(--accent); text-decoration: underline; text-underline-offset: 3px; font-size: 13px; }
[data-testid="stSidebar"] [data-testid="stSelectbox"] * { font-size: 12.5px; }
.brand { font-size: 17px; font-weight: 650; line-height: 1.3; color: var(--ink); } .brand small { display: block; font-size: 12px; font-weight: 400; color: var(--sub); }
/* The one word of an empty choice. */
[data-testid="stSelectboxVirtualDropdown"] [role="option"][style*="contents"] > span { font-size: 0; }
[data-testid="stSelectboxVirtualDropdown"] [role="option"][style*="contents"] > span::after { content: "没有相符的"; font-size: 13px; }
.lede { color: var(--sub); margin: 0; font-size: 14px; }
.cards { display: flex; gap: 14px; } .card { flex: 1; background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; min-width: 0; }
.card h3 { margin: 0 0 6px; font-size: 14px; } .card p { margin: 2px 0 0; font-size: 14px; line-height: 1.6; }
.big { font-size: 30px; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.35; display: flex; align-items: baseline; gap: 8px; } .big small { font-size: 13px; font-weight: 400; line-height: 1.45; color: var(--sub); }
.say { border-left: 3px solid var(--accent); padding: 8px 12px; background: #fff; font-size: 14px; line-height: 1.7; } .say b { color: var(--accent); }
.say.warn { border-color: var(--warn); } .say.warn b { color: var(--warn); }
.tag { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: 12px; border: 1px solid var(--line); background: #fff; margin-right: 6px; line-height: 1.7; color: var(--ink); }
.tag.warn { border-color: var(--warn); color: var(--warn); } .isolate { unicode-bidi: isolate; }
.rating { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 12px 18px; line-height: 1.95; height: calc(100vh - 330px); min-height: 260px; overflow-y: auto; overflow-wrap: anywhere; }
.column { font-size: 13px; color: var(--sub); }
.traces { font-size: 13px; line-height: 1.6; color: var(--sub); max-height: 42px; overflow-y: auto; }
[class*="st-key-saves-"] button { border: none; background: none; min-height: 0; padding: 0 6px; color: var(--accent); } [class*="st-key-saves-"] button p { font-size: 13px; text-decoration: underline; text-underline-offset: 3px; }
.history { font-size: 12px; color: var(--sub); line-height: 1.7; }
.figures { border-collapse: collapse; width: 100%; font-size: 13px; background: #fff; } .figures th { font-weight: 500; color: var(--sub); text-align: left; }
.figures td, .figures th { padding: 5px 8px; border-bottom: 1px solid var(--line); } .figures .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
[data-testid="stVerticalBlockBorderWrapper"], .st-key-panel > div { background: #fff; }
[class*="st-key-panel"] { background: #fff; border-radius: 8px; }
[data-testid="stMain"] [data-testid="stPageLink-NavLink"] { background: none !important; } [data-testid="stMain"] [data-testid="stPageLink-NavLink"] p { font-weight: 400 !important; }
/* Streamlit's uploader speaks English: its words are hidden and said in Chinese instead. */
[data-testid="stFileUploaderDropzoneInstructions"] > * { display: none; }
[data-testid="stFileUploaderDropzoneInstructions"]::after { content: "或把文件拖到这里"; color: var(--sub); font-size: 13px; }
[data-testid="stFileUploaderDropzone"] button[data-testid="stBaseButton-secondary"] { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button[data-testid="stBaseButton-secondary"] > * { display: none; }
[data-testid="stFileUploaderDropzone"] button[data-testid="stBaseButton-secondary"]::after { content: "选择文件"; font-size: 14px; }
[data-testid="stFileUploaderDropzone"] { padding: 0.6rem 0.9rem; min-height: 0; }
</style>
"""

ROW = 31
"""Pixels of a grid's row at the font size of .streamlit/config.toml."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


LANGUAGE = "<script>document.documentElement.lang = 'zh-CN'</script>"
"""So that browsers take the Chinese forms of the letters and do not offer to translate the page."""


def apply() -> None:
    st.html(CSS)


def brand() -> None:
    st.html(f'<div class="brand">心得 Xinde<small>离线运行 · 不出本机</small></div>{LANGUAGE}', unsafe_allow_javascript=True)


def lede(text: str) -> None:
    """A quiet sentence under the heading; plain text."""
    st.html(f'<p class="lede">{escape(text)}</p>')


def say(*lines: tuple[str, str], warn: bool = False) -> None:
    """Conclusions in words: (what, sentence) each, plain text."""
    body = "<br>".join(f"<b>{escape(what)}：</b>{escape(text)}" for what, text in lines)
    st.html(f'<div class="say{" warn" if warn else ""}">{body}</div>')


def paragraphs(lines: Iterable[str]) -> None:
    """Sentences below each other; plain text."""
    st.html("".join(f'<p class="isolate" style="margin:0 0 4px;font-size:14px;line-height:1.7">{escape(line)}</p>' for line in lines))


def tags(*texts: str, warn: int = 1) -> str:
    """HTML of small labels, the first ``warn`` of them in the warning colour."""
    return "".join(
        f'<span class="tag{" warn" if i < warn else ""}">{escape(text)}</span>' for i, text in enumerate(texts) if text
    )


def heading(text: str, after: str = "") -> None:
    """The page's heading; ``after`` is HTML that stands beside it."""
    st.html(
        f'<h2 style="margin:0;font-weight:650">{escape(text)} <span style="font-weight:400;margin-left:8px">{after}</span></h2>'
    )


def plain(text: str) -> str:
    """Text for places that read Markdown (labels, links): nothing in it is markup, an emoji code or a formula."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def labels(named: Mapping[str, str]) -> dict[str, str]:
    """Labels for a choice, by value: where two are alike the value is added, since Streamlit tells options apart by their label."""
    count = Counter(named.values())
    return {value: label if count[label] == 1 else f"{label}（{value}）" for value, label in named.items()}


def grid_height(rows: int, most: int) -> int:
    """Pixels of a grid that shows ``rows`` rows and a header, at most ``most``."""
    return min(ROW * (rows + 1) + 3, most)


def figures(header: list[str], rows: list[list[str]], numbers: set[int]) -> str:
    """HTML of a small table; columns in ``numbers`` are right aligned."""
    cell = lambda tag, i, text: f"<{tag}{' class=n' if i in numbers else ''}>{escape(text)}</{tag}>"
    head = "".join(cell("th", i, text) for i, text in enumerate(header))
    body = "".join("<tr>" + "".join(cell("td", i, text) for i, text in enumerate(row)) + "</tr>" for row in rows)
    return f'<table class="figures"><tr>{head}</tr>{body}</table>'
