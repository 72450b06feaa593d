"""``xinde evaluate``: how good the results are, on essays whose truth is known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer.cli.status import DONE, read_report


def add(commands) -> None:
    evaluate = commands.add_parser(
        "evaluate", help="在有标注的语料上检验准确程度",
        description="在有标注的语料上检验：雷同段落、疑似名单、句子类别、深度等级。不给语料时用自带的示例语料。格式见 docs/labelled-corpus.md。",
    )
    evaluate.add_argument("corpora", nargs="*", type=Path, metavar="语料.jsonl", help="有标注的语料（可多份）")
    evaluate.add_argument("--report", type=Path, help="不再分析，只给这份 report.json 评分（配一份语料）")
    evaluate.add_argument("--encoder", default="use", help="句子编码器，同 xinde analyze")
    evaluate.add_argument("--second-encoder", help="再用一种编码器细看，同 xinde analyze")
    evaluate.add_argument("--json", type=Path, help="同时把全部数字写进这个文件")
    evaluate.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    import json

    from analyzer.evaluation.corpus import load_campaign
    from analyzer.evaluation.evaluate import evaluate, run
    from analyzer.evaluation.seen import DEFAULT, already_seen
    from analyzer.evaluation.table import describe
    from analyzer.ingest.errors import IngestError
    from analyzer.progress import bars
    from analyzer.resources import resource

    if options.report and len(options.corpora) != 1:
        raise IngestError("--report 要配一份语料：xinde evaluate 语料.jsonl --report report.json")
    figures = []
    for path in options.corpora or [resource(*DEFAULT)]:
        campaign = load_campaign(path)
        if options.report:
            report = read_report(options.report, "请检查路径。")
        else:
            with bars() as progress:
                report = run(campaign, encoder=options.encoder, second_encoder=options.second_encoder, progress=progress)
        evaluation = evaluate(campaign, report)
        if not evaluation.essays:
            raise IngestError(f"“{options.report}”与“{path}”没有编号相同的篇目：请核对是不是同一批。")
        print(describe(evaluation))
        if seen := already_seen(campaign):
            print(f"\n注意：其中 {seen} 篇是随附模型训练时用过的，上面的数字偏高；换一份模型没见过的语料才说明问题。")
        print()
        figures.append(evaluation.to_dict())
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
        print(f"数字：{options.json}", file=sys.stderr)
    return DONE
