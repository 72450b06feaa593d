"""Gate-keeping on labelled cases and on honest essays: how much of what it finds is right, how much it finds.

    python -m benchmarks.gatekeeping

The cases are those of tests/data; the parts ``fifth`` and ``sixth`` were measured before any rule was mended by them, the sixth
is as it was measured (tests/test_gatekeeping.py tells the story). Honest essays: models/reflection/data.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

from analyzer.compare.intervals import wilson
from analyzer.essay import Essay
from analyzer.gatekeeping import find_lapses
from analyzer.labels import FINDING

ROOT = Path(__file__).parent.parent


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def is_right(finding, case: dict) -> bool:
    overlaps = any((finding.start < end and start < finding.end) or (finding.end == end == 0) for start, end in case["spans"])
    return (finding.kind == case["kind"] and overlaps) or finding.kind == case.get("also")


def labelled() -> None:
    cases = lines(ROOT / "tests/data/gatekeeping.jsonl") + lines(ROOT / "tests/data/gatekeeping_unseen.jsonl")
    batch = [Essay(c["id"], c["text"], c["title"], c["author"], c["unit"], c["post"], batch=c["batch"]) for c in cases]
    found = defaultdict(list)
    for finding in find_lapses(batch):
        found[finding.essay].append(finding)
    print("一、有标注的片段（每部分约一半是形似而无过的）")
    for part in dict.fromkeys(c["part"] for c in cases):
        some = [c for c in cases if c["part"] == part]
        findings = [(f, c) for c in some for f in found[c["id"]]]
        right = sum(is_right(f, c) for f, c in findings)
        lapses = [c for c in some if c["kind"]]
        met = sum(any(is_right(f, c) for f in found[c["id"]]) for c in lapses)
        low, high = wilson(right, len(findings))
        print(
            f"  {part:9} {len(some):4} 例：准确率 {right}/{len(findings)} = {right / len(findings):.3f}（{low:.3f}–{high:.3f}），"
            f"找出 {met}/{len(lapses)} = {met / len(lapses):.2f}"
        )
    sixth = [c for c in cases if c["part"] == "sixth" and c["kind"]]
    by_kind = Counter((c["kind"], any(is_right(f, c) for f in found[c["id"]])) for c in sixth)
    kinds = sorted({kind for kind, _ in by_kind})
    print("  sixth 按类找出：" + "，".join(f"{FINDING[k]} {by_kind[k, True]}/{by_kind[k, True] + by_kind[k, False]}" for k in kinds))


def honest() -> None:
    print("\n二、各活动的整篇文章（models/reflection/data）：每类发现占篇数的比例")
    counts, essays = Counter(), Counter()
    for path in sorted((ROOT / "models/reflection/data").glob("*.jsonl")):
        if path.stem.count("."):
            continue
        documents = [d for d in lines(path) if d["kind"] == "essay"]
        template = {d["id"]: d.get("intended", {}).get("origin") == "template" for d in documents}
        batch = [
            Essay(d["id"], "".join(p["t"] for p in d["pieces"]), d["title"], d["author"], d["unit"], d.get("post", ""))
            for d in documents
        ]
        essays.update(template.values())
        counts.update((template[id], kind) for id, kind in {(f.essay, f.kind) for f in find_lapses(batch)})
    for is_template, name in ((False, "自己写的、引用的、抄写的"), (True, "套用范文的（故意留有占位、尾注）")):
        kinds = {kind: n for (t, kind), n in counts.items() if t == is_template}
        shown = "，".join(f"{FINDING[k]} {n} 篇（{n / essays[is_template]:.0%}）" for k, n in kinds.items()) or "没有任何发现"
        print(f"  {name} {essays[is_template]} 篇：{shown}")


if __name__ == "__main__":
    labelled()
    honest()
