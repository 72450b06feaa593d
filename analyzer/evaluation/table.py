"""An evaluation as lines of Chinese text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from analyzer.evaluation.evaluate import Evaluation
from analyzer.labels import LEVEL, MATCH_KIND, SENTENCE
from analyzer.reflection.reflection import LABELS, LEVELS

EDIT = {"verbatim": "照抄", "names": "换名称", "light": "轻改", "heavy": "重写", "summary": "缩写"}
"""How a passage of a labelled corpus was taken over (docs/labelled-corpus.md)."""


def describe(evaluation: Evaluation) -> str:
    """All figures of one corpus."""
    lines = [f"═══ {evaluation.name}：{evaluation.essays} 篇 ═══"]
    for title, figures, part in (
        ("雷同段落（按字计）", evaluation.passages, _passages), ("疑似名单（按篇计）", evaluation.suspects, _suspects),
        ("句子类别", evaluation.sentences, _sentences), ("深度等级", evaluation.levels, _levels),
    ):
        lines += ["", f"【{title}】"] + (part(figures) if figures else ["  语料中没有这一项标注，不评。"])
    return "\n".join(lines)


def _passages(f: dict) -> list[str]:
    precision, recall = dict(f["precision"]), dict(f["recall"])
    kinds = "　".join(f"{MATCH_KIND[k]} {precision[k]:.3f}" for k in MATCH_KIND if k in precision)
    edits = "　".join(f"{EDIT[e]} {recall[e]:.3f}" for e in EDIT if e in recall)
    return [
        f"  精确率 {precision['all']:.3f}　其中 {kinds}",
        f"  召回率 {recall['all']:.3f}　其中 {edits}",
        f"  粒度 {f['granularity']:.3f}（1 最好：一段只报一次）　综合 plagdet {f['plagdet']:.3f}",
    ]


def _suspects(f: dict) -> list[str]:
    flagged, quoting = f["honest_quoting"]
    return [
        f"  应列 {f['cases']} 篇，清白 {f['honest']} 篇，列出 {f['flagged']} 篇",
        f"  精确率 {f['precision']:.3f}　召回率 {f['recall']:.3f}　F1 {f['f1']:.3f}　平均精确率 {f['average_precision']:.3f}",
        f"  排在所有清白篇目之前的比例 {f['above_all_honest']:.3f}　规范引用的清白篇目被列出 {flagged}/{quoting}",
    ]


def _sentences(f: dict) -> list[str]:
    f1 = "　".join(f"{SENTENCE[label]} {f['f1'][label]:.2f}" for label in LABELS if label in f["f1"])
    return [
        f"  {f['sentences']} 句　正确率 {f['accuracy']:.3f}　宏平均 F1 {f['macro_f1']:.3f}",
        f"  各类 F1：{f1}",
        *confusion_table(f["confusion"], [SENTENCE[label] for label in LABELS]),
    ]


def _levels(f: dict) -> list[str]:
    readers = f"；{f['readers']} 位评者彼此 {f['readers_qwk']:.3f}" if f["readers_qwk"] is not None else ""
    unrated = f"（另有 {f['unrated']} 篇文字过少，不评）" if f["unrated"] else ""
    return [
        f"  {f['essays']} 篇{unrated}　加权一致性 QWK {f['qwk']:.3f}{readers}",
        f"  等级相同 {f['exact']:.1%}　差两级及以上 {f['off_by_two']} 篇　得分与评者等级的秩相关 {f['spearman']:.3f}",
        f"  与篇幅的秩相关：得分 {f['length']:.2f}，评者 {f['readers_length']:.2f}",
        *confusion_table(f["confusion"], [LEVEL[level] for level in LEVELS]),
    ]


def confusion_table(counts: Sequence[Sequence[int]], names: Sequence[str]) -> list[str]:
    """Rows are what is true, columns what was said; empty cells are dots."""
    wide = 10
    cell = lambda text: " " * (wide - cell_len(text)) + text
    head = "  " + set_cell_size("实际＼判为", 12) + "".join(cell(name) for name in names)
    body = ["  " + set_cell_size(name, 12) + "".join(cell(str(n) if n else "·") for n in row) for name, row in zip(names, counts)]
    return [head, *body]

