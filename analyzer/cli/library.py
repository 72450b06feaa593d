"""``xinde library``: 范文 and official documents that are kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from analyzer.cli.status import DONE, unknown


def add(commands) -> None:
    library = commands.add_parser("library", help="留存范文和官方文件").add_subparsers(required=True, metavar="add|list|remove")
    new = library.add_parser("add", help="加入")
    new.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    new.add_argument("--official", action="store_true", help="是官方文件（不加则为范文）")
    new.set_defaults(run=_add)
    library.add_parser("list", help="列出").set_defaults(run=_list)
    remove = library.add_parser("remove", help="移除")
    remove.add_argument("id")
    remove.set_defaults(run=_remove)


def _add(options: argparse.Namespace) -> int:
    from analyzer.ingest import read_documents
    from analyzer.store import Store

    added = Store().add_documents("official" if options.official else "library", read_documents(options.paths))
    print(f"新加入 {added} 篇。")
    return DONE


def _list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    for kind, name in (("official", "官方文件"), ("library", "范文")):
        for document in store.documents(kind):
            print(f"{document.id}\t{name}\t{len(document.text)} 字\t{document.title}")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    try:
        Store().remove_document(options.id)
    except KeyError:
        return unknown(options.id, "xinde library list")
    return DONE
