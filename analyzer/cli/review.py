"""``xinde review``: what came of the suspects, and the list that goes out and comes back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer.cli.status import DONE, NOTHING, is_kept, unknown


def add(commands) -> None:
    review = commands.add_parser("review", help="核实结论").add_subparsers(required=True, metavar="list|export|import")
    for name, text, run in (("list", "列出", _list), ("export", "导出清单", _export), ("import", "读回填好的清单", _import)):
        one = review.add_parser(name, help=text)
        one.add_argument("batch", help="批次编号（xinde history list）")
        if name != "list":
            one.add_argument("file", type=Path, help="疑似雷同清单.xlsx")
        one.set_defaults(run=run)


def _list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    if not is_kept(store, options.batch):
        return unknown(options.batch, "xinde history list")
    report, reviews = store.report(options.batch), store.reviews(options.batch)
    for row in report.suspects.itertuples():
        review = reviews.get(row.id)
        print(f"{review.state if review else '待核实'}\t{row.unit}\t{row.author}\t{row.suspicion:.2f}")
    return DONE


def _export(options: argparse.Namespace) -> int:
    from analyzer.report.workbook import write_workbook
    from analyzer.store import Store

    store = Store()
    if not is_kept(store, options.batch):
        return unknown(options.batch, "xinde history list")
    print(write_workbook(store.report(options.batch), options.file, store.reviews(options.batch)))
    return DONE


def _import(options: argparse.Namespace) -> int:
    from analyzer.decisions import take_over
    from analyzer.report.filled_in import read_reviews
    from analyzer.store import Store

    store = Store()
    if not is_kept(store, options.batch):
        return unknown(options.batch, "xinde history list")
    if not options.file.exists():
        print(f"找不到“{options.file}”：请检查路径。", file=sys.stderr)
        return NOTHING
    try:
        filled_in = read_reviews(options.file)
    except ValueError as error:
        print(f"“{options.file}”读不了：{error}", file=sys.stderr)
        return NOTHING
    changed, strangers, taught = take_over(store, options.batch, filled_in, by="清单导入")
    print(f"更新 {changed} 条。" + (f"清单里有 {len(strangers)} 条不属于这一批，未导入。" if strangers else ""))
    for sentence in taught:
        print(sentence)
    return DONE
