"""The command ``xinde``: parse, call, show. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer import __version__

DONE, NOTHING, USAGE = 0, 1, 2
"""Exit status: done; nothing could be analyzed; wrong usage (argparse's own)."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows console is GBK
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    from analyzer.ingest.errors import IngestError
    from analyzer.text.encode import EncoderError

    try:
        return options.run(options)
    except (IngestError, EncoderError) as error:
        print(f"无法继续：{error}", file=sys.stderr)
        return NOTHING
    except KeyboardInterrupt:
        print("已停止。", file=sys.stderr)
        return NOTHING


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xinde", description="心得体会分析：亲自动手、认真思考、严格把关。离线运行，文稿不出本机。")
    parser.add_argument("--version", action="version", version=f"xinde {__version__}")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")

    demo = commands.add_parser("demo", help="分析自带的示例，显示结果")
    demo.add_argument("--out", type=Path, default=Path("xinde-demo"), help="结果放在哪个文件夹（默认 xinde-demo）")
    demo.set_defaults(run=_demo)

    analyze = commands.add_parser("analyze", help="分析一批心得体会")
    analyze.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="文件夹、压缩包、文件，或带正文列的名单")
    analyze.add_argument("--roster", type=Path, help="名单：xlsx、csv 或 jsonl")
    analyze.add_argument("--official", type=Path, action="append", default=[], help="人人可以引用的讲话、通知（可多次）")
    analyze.add_argument("--library", type=Path, action="append", default=[], help="范文（可多次）")
    analyze.add_argument("--history", action="store_true", help="与以前留存的批次比对，并留存本批")
    analyze.add_argument("--kept", action="store_true", help="同时使用 xinde library 留存的文件和范文")
    analyze.add_argument("--tiers", type=Path, help="自己的职务层级规则（tiers.toml）")
    analyze.add_argument("--characters", type=int, help="要求的字数")
    analyze.add_argument("--encoder", default="use", help="句子编码器：use（自带），或 SentenceTransformer 的名称、路径")
    analyze.add_argument("--anonymize", action="store_true", help="结果中的姓名、单位换成代号，对照表另存")
    analyze.add_argument("--out", type=Path, default=Path("xinde-out"), help="结果放在哪个文件夹（默认 xinde-out）")
    analyze.set_defaults(run=_analyze)

    app = commands.add_parser("app", help="打开网页界面")
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--address", default="localhost", help="默认只有本机能打开")
    app.set_defaults(run=_app)

    library = commands.add_parser("library", help="留存范文和官方文件").add_subparsers(required=True, metavar="add|list|remove")
    add = library.add_parser("add", help="加入")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--official", action="store_true", help="是官方文件（不加则为范文）")
    add.set_defaults(run=_library_add)
    library.add_parser("list", help="列出").set_defaults(run=_library_list)
    remove = library.add_parser("remove", help="移除")
    remove.add_argument("id")
    remove.set_defaults(run=_library_remove)

    history = commands.add_parser("history", help="以前的批次").add_subparsers(required=True, metavar="list|remove")
    history.add_parser("list", help="列出").set_defaults(run=_history_list)
    forget = history.add_parser("remove", help="删除一批")
    forget.add_argument("id")
    forget.set_defaults(run=_history_remove)

    review = commands.add_parser("review", help="核实结论").add_subparsers(required=True, metavar="list|export|import")
    for name, text, run in (("list", "列出", _review_list), ("export", "导出清单", _review_export), ("import", "读回填好的清单", _review_import)):
        one = review.add_parser(name, help=text)
        one.add_argument("batch", help="批次编号（xinde history list）")
        if name != "list":
            one.add_argument("file", type=Path, help="疑似雷同清单.xlsx")
        one.set_defaults(run=run)
    return parser


def _demo(options: argparse.Namespace) -> int:
    from analyzer.resources import resource

    samples = resource("samples")
    demo = argparse.Namespace(
        paths=[samples / "batch.zip"], roster=samples / "roster.xlsx", official=[samples / "official"],
        library=[samples / "library"], history=False, kept=False, tiers=None, characters=None, encoder="use",
        anonymize=False, out=options.out,
    )
    status = _analyze(demo)
    print("\n打开界面：xinde app　　分析自己的文件：xinde analyze 文件夹或压缩包 --roster 名单.xlsx")
    return status


def _analyze(options: argparse.Namespace) -> int:
    from analyzer.ingest import read_batch, read_documents
    from analyzer.pipeline import STAGES, analyze
    from analyzer.progress import bars

    with bars() as progress:
        progress(STAGES[0], 0, 1)
        batch = read_batch(options.paths, roster=options.roster, tiers=options.tiers)
        official = read_documents(options.official) if options.official else []
        library = read_documents(options.library) if options.library else []
        progress(STAGES[0], 1, 1)
        earlier = ()
        if options.kept or options.history:
            from analyzer.store import Store

            store = Store()
            if options.kept:
                official, library = [*official, *store.documents("official")], [*library, *store.documents("library")]
            earlier = store.history(unlike=batch.essays) if options.history else ()
        report = analyze(batch, official, library, earlier, options.encoder, options.characters, progress)
    if options.history:
        print(f"本批已留存，编号 {store.add_report(options.out.name, report)}", file=sys.stderr)
    _write(report, options.out, options.anonymize)
    return DONE


def _write(report, out: Path, anonymous: bool) -> None:
    import json

    from analyzer.report.document import write_document
    from analyzer.report.text import summarize
    from analyzer.report.workbook import write_workbook

    out.mkdir(parents=True, exist_ok=True)
    if anonymous:
        from analyzer.report.anonymize import anonymize

        report, key = anonymize(report)
        beside = out.with_name(out.name + "-对照表.json")
        beside.write_text(json.dumps(key, ensure_ascii=False, indent=1), encoding="utf-8")
        print(f"代号对照表（请单独保管）：{beside}", file=sys.stderr)
    report.to_json(out / "report.json")
    workbook = write_workbook(report, out / "疑似雷同清单.xlsx")
    document = write_document(report, out / "分析报告.docx")
    print(summarize(report))
    print(f"\n清单　{workbook}\n报告　{document}\n数据　{out / 'report.json'}")


def _app(options: argparse.Namespace) -> int:
    from analyzer.serve import serve

    return serve(options.port, options.address)


def _library_add(options: argparse.Namespace) -> int:
    from analyzer.ingest import read_documents
    from analyzer.store import Store

    added = Store().add_documents("official" if options.official else "library", read_documents(options.paths))
    print(f"新加入 {added} 篇。")
    return DONE


def _library_list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    for kind, name in (("official", "官方文件"), ("library", "范文")):
        for document in store.documents(kind):
            print(f"{document.id}\t{name}\t{len(document.text)} 字\t{document.title}")
    return DONE


def _library_remove(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    return _remove(Store().remove_document, options.id, "xinde library list")


def _history_list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    for batch in Store().batches():
        print(f"{batch.id}\t{batch.created}\t{batch.essays} 篇\t疑似 {batch.suspects}\t{batch.name}")
    return DONE


def _history_remove(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    if options.id not in {batch.id for batch in store.batches()}:
        return _unknown(options.id, "xinde history list")
    store.delete_batch(options.id)
    return DONE


def _remove(remove, id: str, where: str) -> int:
    try:
        remove(id)
    except KeyError:
        return _unknown(id, where)
    return DONE


def _unknown(id: str, where: str) -> int:
    print(f"没有编号“{id}”：请用 {where} 查看现有的编号。", file=sys.stderr)
    return NOTHING


def _review_list(options: argparse.Namespace) -> int:
    from analyzer.store import Store

    store = Store()
    if options.batch not in {batch.id for batch in store.batches()}:
        return _unknown(options.batch, "xinde history list")
    report, reviews = store.report(options.batch), store.reviews(options.batch)
    for row in report.suspects.itertuples():
        review = reviews.get(row.id)
        print(f"{review.state if review else '待核实'}\t{row.unit}\t{row.author}\t{row.suspicion:.2f}")
    return DONE


def _review_export(options: argparse.Namespace) -> int:
    from analyzer.report.workbook import write_workbook
    from analyzer.store import Store

    store = Store()
    if options.batch not in {batch.id for batch in store.batches()}:
        return _unknown(options.batch, "xinde history list")
    print(write_workbook(store.report(options.batch), options.file, store.reviews(options.batch)))
    return DONE


def _review_import(options: argparse.Namespace) -> int:
    from analyzer.report.filled_in import read_reviews
    from analyzer.store import Store

    store = Store()
    if options.batch not in {batch.id for batch in store.batches()}:
        return _unknown(options.batch, "xinde history list")
    if not options.file.exists():
        print(f"找不到“{options.file}”：请检查路径。", file=sys.stderr)
        return NOTHING
    try:
        filled_in = read_reviews(options.file)
    except ValueError as error:
        print(f"“{options.file}”读不了：{error}", file=sys.stderr)
        return NOTHING
    changed, strangers = store.import_reviews(options.batch, filled_in, by="清单导入")
    print(f"更新 {changed} 条。" + (f"清单里有 {len(strangers)} 条不属于这一批，未导入。" if strangers else ""))
    return DONE


if __name__ == "__main__":
    sys.exit(main())
