"""单篇: one essay with its sentences by what they do, its level, what backs it, and advice to hand back."""

from __future__ import annotations

from html import escape

import streamlit as st

from analyzer.labels import ASPECT, FINDING, LEVEL, MATCH_KIND, PATTERN, SENTENCE, SHARED_SOURCE, TIER, TRACE, VERDICT
from analyzer.report.hand_back import hand_back_html
from analyzer.report.harmless import file_name
from analyzer.report.marked import label_marks, marked_html, visible
from analyzer.report.pdf import browser, page_to_pdf
from analyzer.report.suspects import counting_matches, document_name
from analyzer.store import StoredBatch
from analyzer.ui import context
from analyzer.ui.context import Loaded

STYLE = """<style>
.reading { background: #fff; border: 1px solid #dfe4ea; border-radius: 8px; padding: 14px 20px; font-size: 15px; line-height: 2.05; max-height: 560px;
  overflow-y: auto; overflow-wrap: anywhere; unicode-bidi: isolate; }
.label-experience { background: #d7e6f7; border-bottom: 2px solid #0072B2; } .label-shortcoming { background: #fbe3d8; border-bottom: 2px solid #B5440D; }
.label-cause { background: #fdeecb; border-bottom: 2px dashed #b87700; } .label-insight { background: #d9f0e8; border-bottom: 2px solid #007a59; }
.label-plan { background: #ece4f5; border-bottom: 2px dotted #6a3d9a; } .label-slogan, .label-pledge { color: #727d89; text-decoration: underline wavy #b9c1c9 1px; text-underline-offset: 5px; }
.label-restate { color: #727d89; font-style: italic; } .evidence { font-weight: 600; }
.control { font-size: 11px; color: #B5440D; border: 1px solid #dfe4ea; border-radius: 3px; padding: 0 2px; font-style: normal; }
.keys { font-size: 13px; line-height: 2; } .keys span { padding: 0 3px; margin-right: 12px; }
.aspects { width: 100%; font-size: 13px; } .aspects td { padding: 2px 0; } .dots { letter-spacing: 3px; color: #0b5cad; text-align: right; }
.side { font-size: 13px; line-height: 1.7; } .side p { margin: 0 0 4px; } .side b { font-size: 14px; }
</style>"""

SHOWN = ("experience", "shortcoming", "cause", "insight", "plan", "slogan", "restate")


def page() -> None:
    batch, found = context.need_report()
    ids = [essay.id for essay in found.report.essays]
    wanted = st.query_params.get("essay")
    id = wanted if wanted in found.report.originality else ids[0]
    chosen = st.selectbox(
        "选一篇（可输入姓名、单位或题目）",
        ids,
        index=ids.index(id),
        format_func=found.names.get,
        key=f"essay-{id}",
    )
    if chosen != wanted:
        st.query_params["essay"] = chosen
        if chosen != id:
            st.rerun()
    essay, reflection = found.report.essay(id), found.report.reflection[id]
    who = " · ".join(part for part in (essay.unit, essay.author, essay.post, TIER[essay.tier], f"{len(essay.text)} 字") if part)
    left, right = st.columns([2.1, 1])
    with left:
        st.html(
            f'{STYLE}<b style="font-size:17px" class="isolate">{visible(essay.title or "（无题）")}</b><p class="lede isolate">{visible(who)}</p>'
        )
        keys = "".join(f'<span class="label-{label}">{SENTENCE[label]}</span>' for label in SHOWN)
        st.html(f'<div class="keys">{keys}<span class="evidence">加粗：评级的主要依据</span></div>')
        st.html(f'<div class="reading">{marked_html(essay.text, label_marks(reflection.sentences, reflection.evidence))}</div>')
    with right:
        st.html(f'<div class="card side">{_level(found, id)}</div>')
        st.html(f'<div class="card side">{_advice(found, id)}</div>')
        st.html(f'<div class="card side">{_evidence(found, id)}</div>')
        if counting_matches(found.report, id):
            context.link("suspects", "与相似的一篇并排看", batch, icon=":material/compare:", essay=id)
        if context.store().may("export"):
            _hand_back(batch, found, id)


def _level(found: Loaded, id: str) -> str:
    whole, own = found.report.reflection[id], found.report.reflection_own[id]
    if whole.level is None:
        return f"<b>{LEVEL[None]}</b>"
    between = (
        f"<small>（多数落在 {whole.low:.0f}–{whole.high:.0f}）</small>"
        if whole.low is not None and whole.high is not None
        else ""
    )
    ownly = (
        f"只算本人写的部分：{own.score:.0f} 分，{LEVEL[own.level]}"
        if own.score is not None
        else "去掉引文和雷同段落后文字太少，不另评"
    )
    rows = "".join(
        f'<tr><td>{word}</td><td class="dots" aria-label="{whole.aspects.get(aspect, 0)}（满分 3）">{"●" * whole.aspects.get(aspect, 0)}{"○" * (3 - whole.aspects.get(aspect, 0))}</td></tr>'
        for aspect, word in ASPECT.items()
    )
    return f'<b>{LEVEL[whole.level]}</b><div class="big">{whole.score:.0f} <small>分{between}</small></div><p>{ownly}</p><table class="aspects">{rows}</table>'


def _advice(found: Loaded, id: str) -> str:
    advice = found.report.reflection[id].advice
    return "<b>建议</b>" + ("".join(f"<p>· {escape(line)}</p>" for line in advice) or "<p>没有需要补充的方面。</p>")


def _evidence(found: Loaded, id: str) -> str:
    o = found.report.originality[id]
    lines = [
        f"<b>{VERDICT[o.verdict]}</b>（疑似程度 {o.suspicion:.2f}）",
        f"<p>自己的话 {o.own:.0%}，与他人相同 {o.copied:.0%}，与范文相似 {o.templated:.0%}，引用文件 {o.quoted:.0%}</p>",
    ]
    if o.repeated:
        lines.append(f"<p>· {PATTERN['repeated']}：与本人以前的心得体会相同 {o.repeated:.0%}（不作为雷同线索）</p>")
    for m in (m for m in found.report.matches_of(id) if m.kind == "quote" and m.where == "batch"):
        lines.append(f"<p>· {SHARED_SOURCE} {m.end - m.start} 字：{visible(document_name(found.report, m.other))}</p>")
    for m in sorted(counting_matches(found.report, id), key=lambda m: m.start - m.end)[:3]:
        lines.append(
            f"<p>· {MATCH_KIND[m.kind]} {m.end - m.start} 字：{visible(document_name(found.report, m.other, m.where))}</p>"
        )
    lines += [f"<p>· {FINDING[f.kind]}：{visible(f.note)}</p>" for f in found.report.findings_of(id)]
    lines += [f"<p>· 文档痕迹（{TRACE[t.kind]}）：{visible(t.note)}</p>" for t in found.report.traces_of(id)]
    return "".join(lines)


def _hand_back(batch: StoredBatch, found: Loaded, id: str) -> None:
    store, name = context.store(), f"退改意见-{file_name(found.report.essay(id).author or id)}"
    html = lambda: hand_back_html(found.report, id)
    kinds = [("退改意见（网页）", "html", "text/html", lambda: html().encode())]
    if browser():
        kinds.append(("退改意见（PDF）", "pdf", "application/pdf", lambda: page_to_pdf(html())))
    for cell, (label, ending, mime, make) in zip(st.columns(2), kinds, strict=False):
        cell.download_button(
            label, store.exporting(batch.id, name, make), f"{name}.{ending}", mime,
            on_click="ignore", width="stretch", key=f"hand-back-{ending}",
        )  # fmt: skip
