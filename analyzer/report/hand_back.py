"""退改意见: one page to hand back to an author, with what is good, what is missing, and the sentences that show it."""

from __future__ import annotations

from html import escape

from analyzer.labels import ASPECT, FINDING, LEVEL, SENTENCE, TIER
from analyzer.report.marked import visible
from analyzer.report.pdf import SAFE
from analyzer.report.report import Report
from analyzer.report.suspects import suspect

STYLE = """@page { size: A4; margin: 25mm 22mm; } body { font: 12pt/1.8 "FangSong", "仿宋", "Noto Serif CJK SC", serif; color: #111; max-width: 170mm; margin: 10mm auto; }
h1 { font: 600 18pt/1.5 "SimHei", "黑体", "Noto Sans CJK SC", sans-serif; text-align: center; margin: 0 0 6mm; } h2 { font: 600 13pt/1.6 "SimHei", "黑体", "Noto Sans CJK SC", sans-serif; margin: 5mm 0 1mm; }
p { margin: 0 0 1.5mm; } blockquote { margin: 0 0 1.5mm 6mm; } .control { font-size: 9pt; font-style: normal; border: 1px solid #999; } .foot { color: #555; font-size: 10pt; margin-top: 8mm; }"""


def hand_back_html(report: Report, id: str) -> str:
    """A self-contained page; nothing of the essay can act in it."""
    essay, reflection, s = report.essay(id), report.reflection[id], suspect(report, id)
    who = " ".join(part for part in (essay.unit, essay.author, essay.post, TIER[essay.tier]) if part)
    parts = [
        f"<h1>心得体会退改意见</h1><p>{visible(who)}</p><p>题目：{visible(essay.title or '（无题）')}（{len(essay.text)} 字）</p>"
    ]
    level = LEVEL[reflection.level] + (f"，{reflection.score:.0f} 分（满分 100）" if reflection.score is not None else "")
    parts.append(f"<h2>一、思考深度</h2><p>{escape(level)}</p>")
    if reflection.aspects:
        words = {0: "没有写到", 1: "提到", 2: "具体", 3: "具体并有剖析"}
        parts.append("<p>" + "；".join(f"{ASPECT[a]}：{words[n]}" for a, n in reflection.aspects.items()) + "。</p>")
    if reflection.evidence:
        parts.append("<p>写得实在的句子：</p>")
        parts += [
            f"<blockquote>“{visible(essay.text[t.start : t.end].strip())}”（{SENTENCE[t.label]}）</blockquote>"
            for t in (reflection.sentences[i] for i in reflection.evidence)
        ]
    parts.append(
        "<h2>二、建议补充</h2>"
        + ("".join(f"<p>{n}. {escape(line)}</p>" for n, line in enumerate(reflection.advice, 1)) or "<p>没有需要补充的方面。</p>")
    )
    parts.append("<h2>三、需要说明或改正</h2>")
    told = [f"{FINDING[f.kind]}：{visible(f.note)}" for f in report.findings_of(id)]
    if s.originality.verdict != "clear":
        told.append(f"有 {s.shared:.0%} 的文字与其他文稿或范文相同、相近，请说明来源，并用自己的话重写这些部分。")
    parts.append("".join(f"<p>{n}. {line}</p>" for n, line in enumerate(told, 1)) or "<p>没有。</p>")
    parts.append('<p class="foot">以上由程序比对得出，供参考；如有出入，请向经办人说明。</p>')
    return f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{SAFE}<title>退改意见</title><style>{STYLE}</style></head><body>{"".join(parts)}</body></html>'
