"""``xinde analyze``, and ``xinde demo`` that runs it on the embedded samples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from analyzer.cli.status import DONE


def add(commands) -> None:
    demo = commands.add_parser("demo", help="分析自带的示例，显示结果")
    demo.add_argument("--out", type=Path, default=Path("xinde-demo"), help="结果放在哪个文件夹（默认 xinde-demo）")
    demo.set_defaults(run=_demo)

    analyze = commands.add_parser("analyze", help="分析一批心得体会")
    add_inputs(analyze)
    analyze.add_argument("--history", action="store_true", help="与以前留存的批次比对，并留存本批")
    analyze.add_argument("--kept", action="store_true", help="同时使用 xinde library 留存的文件和范文")
    analyze.add_argument("--tiers", type=Path, help="自己的职务层级规则（tiers.toml）")
    analyze.add_argument("--limits", type=Path, help="自己的读取限额（limits.toml，如 pages = 2000）")
    analyze.add_argument("--characters", type=int, help="要求的字数")
    analyze.add_argument("--calibration", type=Path, help="按自己的评级校准过的等级（xinde calibrate 写出的文件）")
    analyze.add_argument("--encoder", default="use", help="句子编码器：use（自带），或 SentenceTransformer 的名称、路径")
    analyze.add_argument("--second-encoder", help="再用一种更强的编码器细看可疑的篇目，多认出一些改写和缩写，较慢：e5（需 pip install "
                         "\"xinde[e5]\"，Linux），或 SentenceTransformer 的名称、路径")
    analyze.add_argument("--anonymize", action="store_true", help="结果中的姓名、单位换成代号，对照表另存")
    analyze.add_argument("--circulate", action="store_true", help="另出可以通报的表格和报告：不点名，不足 5 篇的单位、层级不显示数字")
    analyze.add_argument("--out", type=Path, default=Path("xinde-out"), help="结果放在哪个文件夹（默认 xinde-out）")
    analyze.add_argument("--engine", choices=("embedded", "spark"), default="embedded",
                         help="embedded：本机（默认）；spark：Apache Spark 集群，可读 Parquet 表（需 pip install \"xinde[spark]\"）")
    analyze.add_argument("--master", default="local[*]", help="Spark 主节点，如 spark://主机:7077、yarn（默认 local[*]，即本机）")
    analyze.add_argument("--work", help="各节点都能读写的文件夹或地址（hdfs://…），放正文和 matches.parquet（默认用 --out）")
    analyze.add_argument("--no-cache", action="store_true", help="不留存句子向量和中断前的比对结果（默认留存，再次分析时不必重算；可随时删除）")
    analyze.set_defaults(run=_analyze)


def add_inputs(command: argparse.ArgumentParser) -> None:
    """The batch, and what it is compared with."""
    command.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="文件夹、压缩包、文件，或带正文列的名单")
    command.add_argument("--roster", type=Path, help="名单：xlsx、csv 或 jsonl")
    command.add_argument("--official", type=Path, action="append", default=[], help="人人可以引用的讲话、通知（可多次）")
    command.add_argument("--library", type=Path, action="append", default=[], help="范文（可多次）")


def _path(given: str) -> Path | str:
    """An address (hdfs://…) is no path."""
    return given if "://" in given else Path(given)


def _demo(options: argparse.Namespace) -> int:
    from analyzer.resources import resource

    samples = resource("samples")
    demo = argparse.Namespace(
        paths=[samples / "batch.zip"], roster=samples / "roster.xlsx", official=[samples / "official"],
        library=[samples / "library"], history=False, kept=False, tiers=None, limits=None, characters=None, encoder="use",
        second_encoder=None, calibration=None, engine="embedded", anonymize=False, no_cache=True, circulate=False, out=options.out,
    )
    status = _analyze(demo)
    print("\n打开界面：xinde app　　分析自己的文件：xinde analyze 文件夹或压缩包 --roster 名单.xlsx")
    return status


def _analyze(options: argparse.Namespace) -> int:
    from analyzer.copying.kept_comparison import kept_until_done

    with kept_until_done():
        return _analyze_and_write(options)


def _analyze_and_write(options: argparse.Namespace) -> int:
    from analyzer.ingest import load_limits, read_documents
    from analyzer.parallel import processes
    from analyzer.pipeline import STAGES, analyze
    from analyzer.progress import bars
    from analyzer.reflection.calibrate import Calibration
    from analyzer.store import data_folder

    calibration = Calibration.load(options.calibration) if options.calibration else None
    with bars() as progress, _engine(options) as engine:
        progress(STAGES[0], 0, 1)
        limits = load_limits(options.limits)
        batch = engine.read_batch(options.paths, roster=options.roster, tiers=options.tiers, limits=limits)
        official = read_documents(options.official, limits=limits) if options.official else []
        library = read_documents(options.library, limits=limits) if options.library else []
        progress(STAGES[0], 1, 1)
        earlier = ()
        if options.kept or options.history:
            from analyzer.store import Store

            store = Store()
            if options.kept:
                official, library = [*official, *store.documents("official")], [*library, *store.documents("library")]
            earlier = store.history(unlike=batch.essays) if options.history else ()
        cache = None if options.no_cache else data_folder() / "cache"
        with processes():
            report = analyze(batch, official, library, earlier, options.encoder, options.characters, progress, calibration, cache,
                             engine.find_copies, options.second_encoder)
        if options.engine == "spark" and not options.anonymize:
            print(f"雷同片段表　{engine.write_matches(report.matches)}", file=sys.stderr)
    if options.history:
        from analyzer.decisions import carry_over
        from analyzer.report.comparing import with_changes

        report = with_changes(report, store.earlier_tables(unlike=report.essays), options.out.name)
        kept = store.add_report(options.out.name, report)
        print(f"本批已留存，编号 {kept}", file=sys.stderr)
        if carried := carry_over(store, kept, report):
            print(f"{carried} 条此前已核实不属实，不再算待核实。", file=sys.stderr)
    _write(report, options.out, options.anonymize, options.circulate)
    return DONE


@contextmanager
def _engine(options: argparse.Namespace) -> Iterator:
    """What reads the batch and finds its copies: this process, or a cluster."""
    if options.engine == "spark":
        from analyzer.spark.cluster import cluster
        from analyzer.spark.session import SparkError

        if options.second_encoder:
            raise SparkError("--second-encoder 只能在本机用，不能与 --engine spark 同用：请去掉其中一项。")
        with cluster(options.master, options.work or options.out) as engine:
            yield engine
    else:
        from analyzer.ingest import read_batch
        from analyzer.pipeline import find_copies

        yield SimpleNamespace(read_batch=read_batch, find_copies=find_copies)


def _write(report, out: Path, anonymous: bool, circulate: bool = False) -> None:
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
    if circulate:
        open_workbook = write_workbook(report, out / "通报-对比表.xlsx", circulated=True)
        open_document = write_document(report, out / "通报-分析报告.docx", circulated=True)
        print(f"可以通报的：{open_workbook}　{open_document}", file=sys.stderr)
    print(summarize(report))
    print(f"\n清单　{workbook}\n报告　{document}\n数据　{out / 'report.json'}")
