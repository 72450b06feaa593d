"""``xinde forget``: remove a person, a batch or everything without trace."""

from __future__ import annotations

import argparse
import sys

from analyzer.cli.status import DONE, NOTHING, is_kept, unknown


def add(commands) -> None:
    forget = commands.add_parser("forget", help="彻底删除一个人、一批或全部（不能恢复）")
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--person", metavar="姓名", help="此人的文稿、结果和复核记录，从所有批次和库中删除")
    what.add_argument("--batch", metavar="编号", help="一批（编号见 xinde history list）")
    what.add_argument("--everything", action="store_true", help="全部批次、库、记录；设置和登录用户保留")
    forget.add_argument("--unit", default="", help="有同名的人时，只删这个单位的")
    forget.add_argument("--mentions", action="store_true", help="别人文稿、复核意见里提到的这个姓名也改成×")
    forget.add_argument("--yes", action="store_true", help="不再询问")
    forget.set_defaults(run=_forget)


def _forget(options: argparse.Namespace) -> int:
    from analyzer.store import Store
    from analyzer.store.forget import forget_batch, forget_everything

    store = Store()
    if options.batch and not is_kept(store, options.batch):
        return unknown(options.batch, "xinde history list")
    what = f"“{options.person}”" if options.person else f"批次 {options.batch}" if options.batch else "全部数据"
    if not options.yes and not _sure(f"将彻底删除{what}，备份文件夹也会清空，不能恢复。确定请输入“删除”："):
        print("没有删除。")
        return NOTHING
    if options.person:
        return _person(store, options)
    forget_batch(store, options.batch) if options.batch else forget_everything(store)
    print(f"已彻底删除{what}。网页界面若开着，请重新启动，让内存里的也清掉。另存到别处的备份不在此列。")
    return DONE


def _person(store, options: argparse.Namespace) -> int:
    from analyzer.store.forget import forget_person

    result = forget_person(store, options.person, options.unit, options.mentions)
    for name in result.unread:
        print(f"批次“{name}”上传后还没有读取，无法判断里面有没有此人：请先读取，或整批删除。", file=sys.stderr)
    if not result.anything and not (options.mentions and result.mentions):
        print(f"没有找到“{options.person}”" + (f"（{options.unit}）" if options.unit else "") + "的文稿。", file=sys.stderr)
        if result.mentions:
            print(f"别人的文稿或复核意见里有 {result.mentions} 处提到这个姓名；要改成×，请加 --mentions。", file=sys.stderr)
        return NOTHING
    print(f"已删除 {result.essays} 篇文稿、{result.documents} 份库中文件，涉及 {len(result.batches)} 批：{'、'.join(result.batches)}。")
    if result.batches:
        print("这些批次上传的原始文件（压缩包、名单）一并删除了；其余各篇和结果保留。")
    if result.mentions:
        more = "已改成×" if options.mentions else "没有改动；要改成×，请再加 --mentions"
        print(f"别人的文稿或复核意见里有 {result.mentions} 处提到这个姓名，{more}。")
    if result.account:
        print(f"“{options.person}”还是登录用户：删除请用 xinde user remove {options.person}。")
    print("网页界面若开着，请重新启动，让内存里的也清掉。另存到别处的备份不在此列。")
    return DONE


def _sure(question: str) -> bool:
    try:
        return input(question).strip() == "删除"
    except EOFError:
        return False
