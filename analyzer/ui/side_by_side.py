"""The component that shows two texts side by side: passages linked on click and by buttons, everything of the essays escaped.

The HTML is made by ``analyzer.report.pair_html`` (all text escaped); the script here only reacts to clicks: the keyboard has the two
buttons, since a stop at every piece of a passage would bury what comes after the texts.
"""

from __future__ import annotations

import streamlit as st

from analyzer.report.pair_html import CSS, LEGEND, pair_html
from analyzer.report.report import Report

STYLE = (
    CSS
    + """
.document { height: calc(100vh - 385px); min-height: 260px; }
[data-link] { cursor: pointer; }
[data-link].chosen { box-shadow: 0 0 0 2px #1d2733; }
.legend .places { margin-left: auto; display: inline-flex; gap: 6px; align-items: center; }
.legend button { font: inherit; border: 1px solid #dfe4ea; background: #fff; border-radius: 6px; padding: 1px 10px; cursor: pointer; color: #1d2733; }
"""
)

SCRIPT = """
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector('.reading');
  if (root.dataset.shown === data.shown) return;
  root.dataset.shown = data.shown;
  root.innerHTML = data.html;
  const links = [...new Set([...root.querySelectorAll('[data-link]')].map(mark => mark.dataset.link))];
  const position = root.querySelector('.position');
  let chosen = -1;
  const choose = (number, from) => {
    if (!links.length) return;
    chosen = (number + links.length) % links.length;
    const marks = root.querySelectorAll('[data-link]');
    marks.forEach(mark => mark.classList.toggle('chosen', mark.dataset.link === links[chosen]));
    root.querySelectorAll('.document').forEach(side => {
      const mark = side.querySelector(`[data-link="${links[chosen]}"]`);
      if (mark && !side.contains(from)) side.scrollTop += mark.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 3;
    });
    position.textContent = `第 ${chosen + 1} / ${links.length} 处`;
  };
  const of = event => event.target.closest('[data-link]');
  root.onclick = event => {
    const mark = of(event), step = event.target.closest('[data-step]');
    if (mark) choose(links.indexOf(mark.dataset.link), mark);
    if (step) choose(chosen + Number(step.dataset.step), null);
  };
  if (!links.length) position.parentElement.hidden = true;
}
"""

_component = st.components.v2.component("xinde_side_by_side", html='<div class="reading"></div>', css=STYLE, js=SCRIPT)


def side_by_side(report: Report, left: str, right: str) -> None:
    """Show two documents of a report (by id) side by side, as high as the window leaves room for the review below."""
    _component(key=f"pair-{left}-{right}", data={"html": reading_html(report, left, right), "shown": f"{left}|{right}"})


def reading_html(report: Report, left: str, right: str) -> str:
    """Legend and both texts."""
    places = (
        '<span class="places"><button data-step="-1">上一处</button><b class="position" aria-live="polite">点开一处，对面随之移动</b>'
        '<button data-step="1">下一处</button></span>'
    )
    return f'<div class="legend">{LEGEND}（引用文件不计入）{places}</div>{pair_html(report, left, right)}'
