"""``xinde selfcheck``: copies of the organizer's own essays are mixed in; how many are found?"""

from __future__ import annotations

import argparse
import sys

from analyzer.cli.analyze import add_inputs
from analyzer.cli.status import DONE, NOTHING


def add(commands) -> None:
    check = commands.add_parser("selfcheck", help="把试抄的文稿混入本批，看能找出多少")
    add_inputs(check)
    check.add_argument("--encoder", default="use", help="句子编码器，同 xinde analyze")
    check.add_argument("--seed", type=int, default=0, help="随机数种子；同一种子试抄同样的篇目（默认 0）")
    check.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from analyzer.ingest import read_batch, read_documents
    from analyzer.labels import PLANTED
    from analyzer.progress import bars
    from analyzer.selfcheck import self_check

    with bars() as progress:
        batch = read_batch(options.paths, roster=options.roster)
        official = read_documents(options.official) if options.official else []
        library = read_documents(options.library) if options.library else []
        try:
            result = self_check(batch.essays, official, library, options.encoder, options.seed,
                                lambda done, total: progress("自检", done, total))
        except ValueError as error:
            print(f"无法自检：{error}", file=sys.stderr)
            return NOTHING
    print(f"自检：从本批 {result.essays} 篇中选取与别篇不雷同的篇目，试抄后混入，再从头比对。\n")
    print("抄法　　　　　　　混入　列为线索　找到出处　对上的文字")
    for row in result.rows:
        name = PLANTED[row.kind]
        print(f"{name}{'　' * (9 - len(name))}{row.planted:4}{row.listed:9}{row.with_source:10}{row.aligned:12.0%}")
    planted, listed = (sum(getattr(row, field) for row in result.rows) for field in ("planted", "listed"))
    print(f"\n共混入 {planted} 篇，列为线索 {listed} 篇（{listed / planted:.0%}）。")
    print(f"未被试抄、原本未见异常的 {result.clear} 篇中，被误列 {len(result.disturbed)} 篇"
          + (f"：{'、'.join(_named(batch.essays, result.disturbed))}" if result.disturbed else "") + "。")
    print("试抄由程序按规则改写，比人细心改写的容易找；人细心改写的，找到的会少些。")
    return DONE


def _named(essays, ids) -> list[str]:
    by_id = {essay.id: essay for essay in essays}
    return [by_id[id].author or by_id[id].file or id for id in ids]
