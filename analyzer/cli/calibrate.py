"""``xinde calibrate``: levels as this organizer gives them, learnt from 20 to 40 essays that they rate themselves."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analyzer.cli.status import DONE, is_kept, read_report, unknown


def add(commands) -> None:
    calibrate = commands.add_parser(
        "calibrate", help="按自己的评级校准深度等级",
        description="自己评 20–40 篇，等级的分界随之调整。先用 --sheet 得到空表，填好“等级”列（1–4），再用 --ratings 校准；"
        "以后 xinde analyze --calibration 校准.json 使用。",
    )
    batch = calibrate.add_mutually_exclusive_group(required=True)
    batch.add_argument("--report", type=Path, help="哪一批：xinde analyze 写出的 report.json（或它所在的文件夹）")
    batch.add_argument("--batch", help="哪一批：留存的批次编号（xinde history list）")
    what = calibrate.add_mutually_exclusive_group(required=True)
    what.add_argument("--ratings", type=Path, help="评好的表：xlsx、csv 或 jsonl，有“等级”列和“编号”“文件名”“姓名”之一")
    what.add_argument("--sheet", type=Path, help="写出一张待评的空表（xlsx），从浅到深各挑几篇，不显示模型的评分")
    calibrate.add_argument("--essays", type=int, default=30, help="空表里放多少篇（默认 30）")
    calibrate.add_argument("--out", type=Path, default=Path("校准.json"), help="校准写到哪个文件（默认 校准.json）")
    calibrate.set_defaults(run=_calibrate)


def _calibrate(options: argparse.Namespace) -> int:
    if options.batch is not None:
        from analyzer.store import Store

        store = Store()
        if not is_kept(store, options.batch):
            return unknown(options.batch, "xinde history list")
        report = store.report(options.batch)
    else:
        report = read_report(options.report / "report.json" if options.report.is_dir() else options.report, "请给 xinde analyze 写出的 report.json。")
    if options.sheet:
        from analyzer.report.rating_sheet import write_rating_sheet

        print(f"请在“等级”列填 1–4，再运行 xinde calibrate --ratings：{write_rating_sheet(report, options.sheet, options.essays)}")
        return DONE
    return _fit(report, options.ratings, options.out)


def _fit(report, sheet: Path, out: Path) -> int:
    from analyzer.reflection.calibrate import calibrate, uncalibrated_scores
    from analyzer.reflection.ratings import put_to_essays, read_ratings

    levels, problems = put_to_essays(read_ratings(sheet), report.essays)
    rated = [essay for essay in report.essays if essay.id in levels]
    scores = uncalibrated_scores(rated)
    short = sum(score is None for score in scores)
    used = [(score, levels[essay.id]) for essay, score in zip(rated, scores) if score is not None]
    for problem in problems:
        print(problem, file=sys.stderr)
    if short:
        print(f"有 {short} 篇文字过少，模型不评，未用于校准。", file=sys.stderr)
    found = calibrate(*(zip(*used) if used else ((), ())))
    print(describe(found))
    print(f"\n校准　{found.save(out)}\n使用　xinde analyze … --calibration {out}")
    return DONE


def describe(found) -> str:
    """A calibration as lines of Chinese text."""
    from analyzer.labels import LEVEL

    counts = "，".join(f"{LEVEL[level]} {n} 篇" for level, n in enumerate(found.levels, 1))
    rows = [("校准前", found.before), ("校准后（交叉验证）", found.after)]
    lines = [f"用 {found.essays} 篇校准：{counts}", "", "与您的评级　　　　　加权一致性 QWK　等级相同"]
    lines += [f"{name:　<10}{agreement.qwk:14.3f}{agreement.exact:10.0%}" for name, agreement in rows]
    lines += ["", "分界移动（正数：比原来严）：" + "，".join(f"{k}／{k + 1} 级 {new - old:+.2f}" for k, (old, new) in enumerate(zip(found.shipped, found.cuts), 1))]
    return "\n".join([*lines, *(f"注意：{warning}" for warning in found.warnings)])
