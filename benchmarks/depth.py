"""How well sentences and levels are judged: ``python -m benchmarks.depth [--fresh] [--write] [--cered CLONE [--joined]]``.

Every figure is of a campaign that the judging model did not see in any step of its fit. The first run takes some minutes;
what the models said is cached under out/. ``--write`` keeps it for the notebooks, and writes the figures and charts of
docs/reflection.md. ``--cered`` trains the same
sentence classifier on CEReD (a clone of github.com/EduMUNI/reflection-classification) instead, and ``--joined`` asks
whether its sentences help on ours.
"""

from __future__ import annotations

import argparse
import contextlib
import io
from pathlib import Path

import numpy as np
import pandas as pd

from analyzer.essay import TIERS
from analyzer.agreement import (
    LEVELS, bootstrap, class_f1, confusion, macro_f1, rank_correlation, readers_kappa, weighted_kappa,
)
from analyzer.reflection.reflection import LABELS
from benchmarks.baselines import level_baselines, reader_levels, sentence_baselines
from benchmarks.out_of_fold import HARD, essay_table, judged, sentence_table, write

LENGTHS = (0, 500, 700, 10_000)
"""Characters; about a third of the essays each."""
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reflection.md"
TARGETS = {"accuracy": 0.80, "macro F1": 0.78, "QWK": 0.90, "Spearman": 0.93}


def accuracy(true, said) -> float:
    return float(np.mean(np.asarray(true) == np.asarray(said)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", action="store_true", help="fit again even where a run is cached")
    parser.add_argument("--write", action="store_true", help="keep what was said in benchmarks/out_of_fold/")
    parser.add_argument("--cered", type=Path, help="a clone of EduMUNI/reflection-classification, or its git directory")
    parser.add_argument("--joined", action="store_true", help="with --cered: also whether its sentences help on ours")
    options = parser.parse_args()
    if options.cered:
        from benchmarks.cered import report

        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            report(options.cered, options.joined)
        print(told.getvalue())
        if options.write:
            quote(told.getvalue(), "cered")
        return
    t, out = judged(options.fresh)
    essays, sentences = essay_table(t, out), sentence_table(t, out)
    if not options.write:
        figures(t, essays, sentences)
        return
    from analyzer.reflection import load_models
    from benchmarks.depth_charts import write_figures

    write(essays, sentences)
    write_figures(essays, sentences, load_models()[1])
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        figures(t, essays, sentences)
    quote(told.getvalue())
    print(told.getvalue())


def quote(told: str, name: str = "depth") -> None:
    """Put what was printed between the marks of docs/reflection.md that bear this name."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, tail = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    told = "\n".join(line.rstrip() for line in told.strip("\n").splitlines())
    PAGE.write_text(f"{head}\n```text\n{told}\n```\n{tail}", encoding="utf-8", newline="\n")


def figures(t, essays: pd.DataFrame, sentences: pd.DataFrame) -> None:
    true = np.array([LABELS.index(label) for label in sentences.label])
    said = np.array([LABELS.index(label) for label in sentences.said])
    overall(t, essays, true, said, (sentences.campaign + sentences.essay).to_numpy())
    parts(essays, sentences, true, said)
    hard_essays(essays)
    losses(essays, true, said)


def overall(t, essays: pd.DataFrame, true: np.ndarray, said: np.ndarray, group: np.ndarray) -> None:
    print(f"Sentences: {len(true)} of {len(essays)} essays, 95 % intervals by bootstrap over essays\n")
    print(f"{'':18}{'accuracy':>22}{'macro F1':>22}")
    labelled = t.label >= 0
    guesses = {"model": said} | {name: guess[labelled] for name, guess in sentence_baselines(t).items()}
    for name, guess in guesses.items():
        print(f"{name:18}{_with_interval(accuracy, true, guess, groups=group)}{_with_interval(macro_f1, true, guess, groups=group)}")
    print(f"{'target':18}{TARGETS['accuracy']:>22.2f}{TARGETS['macro F1']:>22.2f}\n")
    _confusion(confusion(true, said, len(LABELS)), LABELS, "label \\ said", class_f1(true, said))

    print(f"\nLevel: {len(essays)} essays, 95 % intervals by bootstrap over essays\n")
    print(f"{'':18}{'QWK':>22}{'Spearman':>22}{'exact':>8}{'off by 2+':>11}{'Spearman with length':>22}")
    rated = t.levels > 0
    rows = {"model": (essays.level.to_numpy(), essays.score.to_numpy())}
    rows |= {name: (levels[rated], scores[rated]) for name, (levels, scores) in level_baselines(t).items()}
    for name, (levels, scores) in rows.items():
        _level_row(name, essays, levels, scores)
    readers = reader_levels(essays)
    print(f"{'readers together':18}{readers_kappa(readers):>22.3f}{'':>22}{'':>8}{'':>11}"
          f"{rank_correlation(readers.mean(axis=1), essays.characters):>22.2f}")
    print(f"{'target':18}{TARGETS['QWK']:>22.2f}{TARGETS['Spearman']:>22.2f}{'':>8}{0:>11}\n")
    _confusion(confusion(essays["median"] - 1, essays.level - 1, LEVELS), [f"level {k}" for k in range(1, 5)], "readers \\ said")


def _level_row(name: str, essays: pd.DataFrame, levels, scores) -> None:
    median = essays["median"].to_numpy()
    print(f"{name:18}{_with_interval(weighted_kappa, median, levels)}{_with_interval(rank_correlation, median, scores)}"
          f"{accuracy(median, levels):>8.3f}{(np.abs(median - levels) > 1).sum():>11}{rank_correlation(scores, essays.characters):>22.2f}")


def parts(essays: pd.DataFrame, sentences: pd.DataFrame, true: np.ndarray, said: np.ndarray) -> None:
    """By campaign, tier and length."""
    key = essays.set_index(essays.campaign + essays.essay)
    of_sentence = key.loc[sentences.campaign + sentences.essay]
    length = lambda characters: pd.cut(characters, LENGTHS, right=False).map(_span).astype(str)
    print(f"\n{'':22}{'sentences':>10}{'accuracy':>10}{'macro F1':>10}{'essays':>8}{'QWK':>22}{'Spearman':>10}{'off by 2+':>11}")
    for of_essays, of_rows, order in (
        (essays.campaign, sentences.campaign, None), (essays.tier, of_sentence.tier, TIERS),
        (length(essays.characters), length(of_sentence.characters), [_span(pd.Interval(a, b)) for a, b in zip(LENGTHS, LENGTHS[1:])]),
    ):
        for name in order or sorted(of_essays.unique()):
            row, part = (of_rows == name).to_numpy(), essays[(of_essays == name).to_numpy()]
            print(f"{name:22}{row.sum():>10}{accuracy(true[row], said[row]):>10.3f}{macro_f1(true[row], said[row]):>10.3f}{len(part):>8}"
                  f"{_with_interval(weighted_kappa, part['median'], part.level)}{rank_correlation(part['median'], part.score):>10.3f}"
                  f"{(part['median'] - part.level).abs().gt(1).sum():>11}")
        print()


def _span(characters: pd.Interval) -> str:
    return f"{characters.left}–{characters.right - 1} characters" if characters.right < LENGTHS[-1] else f"{characters.left} and more"


def hard_essays(essays: pd.DataFrame) -> None:
    print("Hard essays: the model with the readers' median, and with each reader, beside the readers with each other\n")
    print(f"{'':12}{'essays':>8}{'model–median':>22}{'model–reader':>14}{'reader–reader':>22}{'exact':>8}{'off by 2+':>11}")
    for name in ("all hard", *HARD, "not hard"):
        kinds = {"all hard": HARD, "not hard": ("",)}.get(name, (name,))
        part = essays[essays.hard.isin(kinds)]
        readers = reader_levels(part)
        single = np.mean([weighted_kappa(readers[:, k], part.level) for k in range(readers.shape[1])])
        far = (part["median"] - part.level).abs()
        print(f"{name:12}{len(part):>8}{_with_interval(weighted_kappa, part['median'], part.level)}{single:>14.3f}"
              f"{_with_interval(lambda *r: readers_kappa(np.stack(r, axis=1)), *readers.T)}{(far == 0).mean():>8.3f}{(far > 1).sum():>11}")


def losses(essays: pd.DataFrame, true: np.ndarray, said: np.ndarray) -> None:
    """What is still lost: the commonest confusions and the essays that are furthest off."""
    wrong = pd.Series([f"{LABELS[a]} → {LABELS[b]}" for a, b in zip(true[true != said], said[true != said])]).value_counts()
    print("\nCommonest confusions: " + ", ".join(f"{what} {n}" for what, n in wrong.head(8).items()))
    off = (essays.score - 100 * (reader_levels(essays).mean(axis=1) - 1) / 3).abs()
    print("Essays furthest off (score beside the readers' levels):")
    for k in off.sort_values(ascending=False).index[:8]:
        e = essays.loc[k]
        print(f"  {e.campaign} {e.essay} {e.hard or '-'}: score {e.score:.0f}, level {e.level}, readers {reader_levels(essays.loc[[k]])[0].tolist()}")


def _with_interval(figure, *columns, groups=None) -> str:
    low, high = bootstrap(figure, *columns, groups=groups, resamples=500)
    return f"{figure(*columns):.3f} ({low:.3f}–{high:.3f})".rjust(22)


def _confusion(table: np.ndarray, names, corner: str, f1: dict[int, float] | None = None) -> None:
    print(f"{corner:14}" + "".join(f"{name[:8]:>9}" for name in names) + ("       F1" if f1 else ""))
    for k, (name, row) in enumerate(zip(names, table)):
        print(f"{name:14}" + "".join(f"{n or '·':>9}" for n in row) + (f"{f1[k]:>9.3f}" if f1 else ""))


if __name__ == "__main__":
    main()
