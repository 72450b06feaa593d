"""``xinde backup`` and ``xinde restore``."""

from __future__ import annotations

import argparse
from pathlib import Path

from analyzer.cli.status import DONE


def add(commands) -> None:
    backup = commands.add_parser("backup", help="把留存的数据备份成一个文件（可以边用边备）")
    backup.add_argument("file", type=Path, metavar="FILE", help="备份文件，例如 心得备份.zip")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="从备份恢复")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--force", action="store_true", help="已有数据也替换（现有的先另存一份）")
    restore.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> int:
    from analyzer.store import data_folder
    from analyzer.store.backup import backup

    size = backup(data_folder(), options.file)
    print(f"已备份并核对：{options.file}（{size / 2**20:.1f} MB）。里面有文稿和复核记录，请妥善保管。")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from analyzer.store import data_folder
    from analyzer.store.backup import restore

    kept = restore(data_folder(), options.file, options.force)
    print(f"已恢复并核对：{data_folder()}")
    if kept:
        print(f"原来的数据另存为：{kept}")
    return DONE
