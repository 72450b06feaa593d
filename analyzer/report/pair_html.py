"""Two texts side by side as HTML, for the app and for a case file that is read without it."""

from __future__ import annotations

from analyzer.essay import Essay
from analyzer.labels import MATCH_KIND, TIER, TRACE
from analyzer.report.marked import marked_html, pair_marks, visible
from analyzer.report.report import Report

CSS = """
.pair { display: flex; gap: 14px; color: #1d2733; font: 14px/1.95 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; }
.document { flex: 1; min-width: 0; background: #fff; border: 1px solid #dfe4ea; border-radius: 8px; padding: 12px 18px; overflow-y: auto;
  overflow-wrap: anywhere; box-sizing: border-box; }
.document h4 { margin: 0; font-size: 15px; line-height: 1.5; unicode-bidi: isolate; }
.document .who { color: #5d6b7a; font-size: 12px; margin-bottom: 8px; line-height: 1.6; unicode-bidi: isolate; }
.document .text { unicode-bidi: isolate; }
.verbatim { background: #d7e6f7; border-bottom: 2px solid #0072B2; }
.edited { background: #fdeecb; border-bottom: 2px dashed #b87700; }
.paraphrase { background: #d9f0e8; border-bottom: 2px dotted #007a59; }
.quote { color: #727d89; background: none; border-bottom: none; font-style: italic; }
.differs { background: #f7c9b5; border-radius: 2px; font-weight: 600; }
.control { font-size: 11px; color: #B5440D; border: 1px solid #dfe4ea; border-radius: 3px; padding: 0 2px; font-style: normal; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; margin: 0 0 8px; font-size: 13px; color: #5d6b7a; }
.legend span { padding: 0 3px; color: #1d2733; } .legend span.quote { color: #727d89; }
"""

LEGEND = "".join(f'<span class="{kind}">{word}</span>' for kind, word in MATCH_KIND.items()) + '<span class="differs">差异</span>'


def pair_html(report: Report, left: str, right: str) -> str:
    """Both documents whole, passages of the pair marked by kind, quotes greyed, differences inside edited passages set off."""
    a, b = report.essay(left), report.essay(right)
    matches = [m for m in report.matches_of(left) if m.other == right and m.kind != "quote"]
    quotes = [[m for m in report.matches_of(id) if m.kind == "quote"] for id in (left, right)]
    marks = pair_marks(a, b, matches, *quotes)
    return f'<div class="pair">{_document(a, marks[0])}{_document(b, marks[1])}</div>'


def _document(essay: Essay, marks) -> str:
    who = " · ".join(part for part in (essay.author, essay.unit, essay.post, TIER[essay.tier] if essay.author else "") if part)
    return (
        f'<div class="document"><h4>{visible(essay.title or "（无题）")}</h4><div class="who">{visible(who or essay.file)}</div>'
        f'<div class="text">{marked_html(essay.text, marks)}</div></div>'
    )


def traces_sentence(report: Report, left: str, right: str) -> str:
    """What the two files themselves tell about when and by whom they were made; empty where they tell nothing."""
    a, b = report.essay(left), report.essay(right)
    parts = []
    for side, essay in (("左", a), ("右", b)):
        known = [
            f"{word}{essay.traces[key][:16].replace('T', ' ')}"
            for key, word in (("created", "建于 "), ("modified", "改于 "), ("author", "作者 "))
            if essay.traces.get(key)
        ]
        if known:
            parts.append(f"{side}：{'，'.join(known)}")
    same = [
        word
        for key, word in (("author", "作者"), ("last_modified_by", "最后修改人"))
        if a.traces.get(key) and a.traces.get(key) == b.traces.get(key)
    ]
    if same:
        parts.append(f"两份文件的{'、'.join(same)}相同")
    told = [f"【{TRACE[t.kind]}】{t.note}" for t in report.traces_of(left, right)]
    return ("文档属性 " + "；".join(parts) if parts else "") + "".join(told)
