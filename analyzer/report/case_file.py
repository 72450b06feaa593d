"""案卷: one file about one suspect, to be read by a committee that has no such tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from analyzer.labels import MATCH_KIND, MATCH_WHERE, REVIEW, STATE, TIER
from analyzer.report.marked import differences, visible
from analyzer.report.pair_html import CSS, LEGEND, pair_html, traces_sentence
from analyzer.report.pdf import SAFE
from analyzer.report.report import Report
from analyzer.report.review import Review
from analyzer.report.suspects import counting_matches, document_name, passage, suspect

STYLE = (
    CSS
    + """
@page { size: A4 landscape; margin: 15mm; } body { font: 14px/1.8 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; color: #1d2733; max-width: 1180px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 22px; text-align: center; } h2 { font-size: 16px; margin: 24px 0 8px; border-bottom: 1px solid #dfe4ea; } table { border-collapse: collapse; width: 100%; font-size: 13px; }
tr { break-inside: auto; } td, th { border: 1px solid #dfe4ea; padding: 5px 8px; vertical-align: top; text-align: left; overflow-wrap: anywhere; } th { background: #f3f6fa; font-weight: 600; white-space: nowrap; }
thead { display: table-header-group; } .passages td:nth-child(-n+2) { white-space: nowrap; } .passages td:last-child { width: 9em; } .review th { width: 8em; }
h2 { break-after: avoid; } .review tr { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .case { margin-top: 32px; border-top: 3px solid #1d2733; break-before: page; } .note { color: #5d6b7a; font-size: 13px; }
"""
)


Steps = Sequence[tuple[str, str, str, str, str]]
"""A review's history: rows of (ISO time, who, field, old value, new value), oldest first."""

MOST_PARTNERS = 3
"""Other documents shown whole beside the essay; passages shared with further ones are in the table."""


def case_file_html(report: Report, id: str, review: Review, history: Steps = ()) -> str:
    """A self-contained page: who, why it is a lead, every passage beside its counterpart, both texts, the review and its history."""
    return _page("疑似雷同案卷", _case(report, id, review, history))


def group_case_html(
    report: Report, number: int, ids: Sequence[str], reviews: Mapping[str, Review], histories: Mapping[str, Steps]
) -> str:
    """The same for a group of essays that hang together: who belongs to it, then one case after the other."""
    rows = []
    for n, id in enumerate(ids, 1):
        s = suspect(report, id)
        rows.append(
            f"<tr><td>{n}</td><td>{visible(document_name(report, id))}</td><td>{s.kind}</td><td>{s.originality.suspicion:.2f}</td>"
            f"<td>{s.shared:.0%}</td><td>{STATE[reviews.get(id, Review(id)).state]}</td></tr>"
        )
    table = f"<table><tr><th>序号</th><th>篇目</th><th>疑似类型</th><th>疑似程度</th><th>雷同比例</th><th>核实状态</th></tr>{''.join(rows)}</table>"
    cases = "".join(
        f'<div class="case">{_case(report, id, reviews.get(id, Review(id)), histories.get(id, ()))}</div>' for id in ids
    )
    return _page(f"疑似雷同案卷（第 {number} 组，{len(ids)} 篇）", table + cases)


def _page(title: str, body: str) -> str:
    foot = f'<p class="note">由心得 Xinde 于 {datetime.now():%Y-%m-%d %H:%M} 导出，含文稿全文，请按内部材料保管。</p>'
    head = f'<meta charset="utf-8">{SAFE}<title>{title}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body><h1>{title}</h1>{body}{foot}</body></html>'


def _case(report: Report, id: str, review: Review, history: Steps) -> str:
    s = suspect(report, id)
    essay, o = s.essay, s.originality
    who = " ".join(part for part in (essay.unit, essay.author, essay.post, TIER[essay.tier]) if part)
    parts = [
        f"<p><b>{visible(who)}　《{visible(essay.title or '无题')}》　编号 {visible(essay.id)}</b></p>",
        f"<h2>一、为什么列为线索</h2><p>{s.kind}；疑似程度 {o.suspicion:.2f}（0 至 1，是程序估计的可能性，不是结论）；",
        f"雷同比例 {s.shared:.0%}，其中与他人相同 {o.copied:.0%}，与范文相似 {o.templated:.0%}；",
        f"引用官方文件 {o.quoted:.0%}（不计入）；自己的话 {o.own:.0%}。</p>",
        '<p class="note">本案卷只说明两处文字相同或相近，不说明谁抄谁；文件的时间属性可以被改动，仅供参考。</p>',
        f"<h2>二、逐处对照</h2>{_passages(report, id)}",
    ]
    for number, other in enumerate([p for p in s.partners if report.holds(p)][:MOST_PARTNERS], 1):
        where = next((m.where for m in report.matches_of(id) if m.other == other), "batch")
        traces = traces_sentence(report, id, other)
        parts.append(f"<h2>三、全文并排（{number}）：{visible(document_name(report, other, where))}</h2>")
        parts.append(f'<div class="legend">{LEGEND}</div>{pair_html(report, id, other)}')
        parts.append(f'<p class="note">{visible(traces)}</p>' if traces else "")
    parts.append(f"<h2>四、复核</h2>{_review(review, history)}")
    return "".join(parts)


def _passages(report: Report, id: str) -> str:
    rows = []
    for number, m in enumerate(counting_matches(report, id), 1):
        own, other = passage(report, m)
        left, right = _with_differences(own, other) if m.kind == "edited" else (visible(own), visible(other))
        rows.append(
            f"<tr><td>{number}</td><td>{MATCH_KIND[m.kind]}<br>相似 {m.similarity:.0%}<br>少见 {m.rarity:.0%}</td><td>{left}</td><td>{right}</td>"
            f"<td>{MATCH_WHERE[m.where]}<br>{visible(document_name(report, m.other, m.where))}</td></tr>"
        )
    if not rows:
        return "<p>没有可逐处对照的段落。</p>"
    head = "<thead><tr><th>序号</th><th>类型</th><th>本人段落</th><th>对方段落</th><th>对方</th></tr></thead>"
    return f"<table class=passages>{head}{''.join(rows)}</table>"


def _with_differences(a: str, b: str) -> tuple[str, str]:
    def marked(text: str, stretches: list[tuple[int, int]]) -> str:
        parts, at = [], 0
        for start, end in stretches:
            parts += [visible(text[at:start]), f'<span class="differs">{visible(text[start:end])}</span>']
            at = end
        return "".join(parts) + visible(text[at:])

    left, right = differences(a, b)
    return marked(a, left), marked(b, right)


def _review(review: Review, history: Steps) -> str:
    now = {
        "state": STATE[review.state],
        "responsible": review.responsible,
        "conclusion": review.conclusion,
        "measures": review.measures,
        "due": review.due,
        "note": review.note,
    }
    table = "".join(f"<tr><th>{REVIEW[name]}</th><td>{escape(value) or '（空）'}</td></tr>" for name, value in now.items())
    shown = lambda field, value: escape(STATE.get(value, value) if field == "state" else value) or "（空）"
    steps = "".join(
        f"<tr><td>{escape(at[:16].replace('T', ' '))}</td><td>{escape(by)}</td><td>{REVIEW[field]}</td><td>{shown(field, old)}</td><td>{shown(field, new)}</td></tr>"
        for at, by, field, old, new in history
    )
    changes = (
        f"<p>改动记录</p><table><tr><th>时间</th><th>经办人</th><th>栏目</th><th>原为</th><th>改为</th></tr>{steps}</table>"
        if steps
        else '<p class="note">尚无改动记录。</p>'
    )
    return f'<table class="review">{table}</table>{changes}'
