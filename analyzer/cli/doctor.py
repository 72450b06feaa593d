"""``xinde doctor``: is what is kept whole?"""

from __future__ import annotations

import argparse

from analyzer.cli.status import DONE, NOTHING


def add(commands) -> None:
    doctor = commands.add_parser("doctor", help="检查留存的数据，必要时修复")
    doctor.add_argument("--repair", action="store_true", help="先另存一份，再修复能修的（请先关掉网页界面）")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from analyzer.store import data_folder
    from analyzer.store.care import examine

    home = data_folder()
    print(f"数据存在：{home}")
    if not home.exists():
        print("还没有数据。")
        return DONE
    found = examine(home)
    if options.repair and found:
        from analyzer.store.mending import mend

        _tell(found)
        kept, done = mend(home)
        if kept:
            print(f"修复前的数据库另存为：{kept}")
        for line in done:
            print(f"已修复　{line}")
        found = examine(home)
        print("修复以后：" if found else "修复以后一切正常。")
    elif not found:
        print("一切正常：数据库完整，每一批的结果都能打开。")
    _tell(found)
    if found and not options.repair:
        print("可以修复的，用 xinde doctor --repair（会先另存一份）。")
    return NOTHING if any(ailment.serious for ailment in found) else DONE


def _tell(found) -> None:
    for ailment in found:
        print(f"{'损坏' if ailment.serious else '留意'}　{ailment.words}")
