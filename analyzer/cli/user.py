"""``xinde user``: who may log in when the app is open to other computers; ``xinde audit``: who saw and changed what."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer.cli.status import DONE, NOTHING, unknown
from analyzer.labels import ROLE


def add(commands) -> None:
    user = commands.add_parser("user", help="网页界面的登录用户").add_subparsers(required=True, metavar="add|list|remove|password")
    new = user.add_parser("add", help="添加")
    new.add_argument("name", metavar="姓名")
    new.add_argument("--role", default="organizer", metavar="角色", help="组织者、复核员或只读（默认组织者）")
    new.add_argument("--unit", default="", metavar="单位", help="复核员只看这个单位的")
    new.set_defaults(run=_add)
    user.add_parser("list", help="列出").set_defaults(run=_list)
    remove = user.add_parser("remove", help="删除")
    remove.add_argument("name", metavar="姓名")
    remove.set_defaults(run=_remove)
    password = user.add_parser("password", help="改密码")
    password.add_argument("name", metavar="姓名")
    password.set_defaults(run=_password)
    for one in (new, password):
        one.add_argument("--password-stdin", action="store_true", help="从标准输入读密码（脚本用）")

    audit = commands.add_parser("audit", help="谁在何时看过、改过什么")
    audit.add_argument("--user", default="", metavar="姓名")
    audit.add_argument("--batch", default="", metavar="编号")
    audit.add_argument("--since", default="", metavar="日期", help="从哪天起，如 2021-04-02")
    audit.add_argument("--csv", type=Path, metavar="FILE", help="另存为表格")
    audit.set_defaults(run=_audit)


def _accounts():
    from analyzer.store import Store
    from analyzer.store.accounts import Accounts

    return Accounts(Store())


def _typed(options: argparse.Namespace) -> str:
    """Never an argument: those are seen by everybody on the computer. Raises ValueError where the two differ."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    import getpass

    first = getpass.getpass("密码：")
    if first != getpass.getpass("再输一遍："):
        raise ValueError("两遍输入的不一样。")
    return first


def _add(options: argparse.Namespace) -> int:
    from analyzer.store.accounts import User

    role = {word: role for role, word in ROLE.items()}.get(options.role, options.role)
    accounts = _accounts()
    try:
        if accounts.user(options.name):
            raise ValueError(f"已经有用户“{options.name}”了。")
        accounts.add(User(options.name, role, options.unit), _typed(options))
    except ValueError as error:
        print(f"没有添加：{error}", file=sys.stderr)
        return NOTHING
    print(f"已添加{ROLE[role]}“{options.name}”" + (f"（{options.unit}）。" if options.unit else "。"))
    return DONE


def _list(options: argparse.Namespace) -> int:
    for user in _accounts().users():
        print(f"{user.name}\t{ROLE[user.role]}\t{user.unit}")
    return DONE


def _remove(options: argparse.Namespace) -> int:
    try:
        _accounts().remove(options.name)
    except KeyError:
        return unknown(options.name, "xinde user list")
    except ValueError as error:
        print(f"没有删除：{error}", file=sys.stderr)
        return NOTHING
    print(f"已删除“{options.name}”，正在用的也已退出。")
    return DONE


def _password(options: argparse.Namespace) -> int:
    accounts = _accounts()
    if accounts.user(options.name) is None:
        return unknown(options.name, "xinde user list")
    try:
        accounts.set_password(options.name, _typed(options))
    except ValueError as error:
        print(f"没有改：{error}", file=sys.stderr)
        return NOTHING
    print("已改，用旧密码登录的都已退出。")
    return DONE


def _audit(options: argparse.Namespace) -> int:
    from analyzer.store import Store
    from analyzer.store.audit import as_csv, entries

    found = entries(Store(), who=options.user, batch=options.batch, since=options.since)
    if options.csv:
        options.csv.write_bytes(as_csv(found))
        print(f"{len(found)} 条，已存为 {options.csv}")
        return DONE
    for entry in reversed(found):
        print("\t".join((entry.at, entry.who, ROLE.get(entry.role, ""), entry.address, entry.action, entry.batch, entry.essay, entry.detail)))
    return DONE
