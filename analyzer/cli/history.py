"""``xinde history``: the batches that are kept."""

from __future__ import annotations

import argparse

from analyzer.cli.status import DONE, is_kept, unknown


def add(commands) -> None:
    history = commands.add_parser("history", help="以前的批次").add_subparsers(required=True, metavar="list|remove")
    history.add_parser("list", help="列出").set_defaults(run=_list)
    forget = history.add_parser("remove", help="删除一批")
    forget.add_argument("id")
    forget.set_defaults(run=_remove)


def _list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    for batch in Store().batches():
        print(f"{batch.id}\t{batch.created}\t{batch.essays} 篇\t疑似 {batch.suspects}\t{batch.name}")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    if not is_kept(store, options.id):
        return unknown(options.id, "xinde history list")
    store.delete_batch(options.id)
    return DONE
