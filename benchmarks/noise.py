"""Character noise: ``python -m benchmarks.noise [--texts N]``.

The public homework of 论文查重 repositories: an original and its ``_add``, ``_del``, ``_dis_1``, ``_dis_10`` and
``_dis_15`` variants at 0.8, where a fifth of the characters is put in at random, taken out, or moved by up to 1, 10 or
15 places. The variants are made here, from essays of the labelled campaigns. Each must be found as a copy, with at
least 0.90 of what survives of the original aligned; a text of the same length about something else must share nothing.
"""

from __future__ import annotations

import argparse
import random

import numpy as np

from analyzer.copying import find_matches, judge, load_logistic, load_models, quote_documents
from analyzer.essay import Essay
from analyzer.text.encode import encode, load_encoder
from models.corpora import load_campaigns

RATE = 0.2
VARIANTS = ("add", "del", "dis_1", "dis_10", "dis_15", "unrelated")


def vary(text: str, variant: str, rng: random.Random, alphabet: str) -> tuple[str, np.ndarray]:
    """The variant, and (len(variant),) bool: which of its characters are the original's."""
    if variant == "add":
        pieces = [(c, True) if k % 2 else (rng.choice(alphabet), False)
                  for c in text for k in ((0, 1) if rng.random() < RATE else (1,))]
        return "".join(c for c, _ in pieces), np.array([own for _, own in pieces])
    if variant == "del":
        kept = "".join(c for c in text if rng.random() >= RATE)
        return kept, np.ones(len(kept), bool)
    far = int(variant.rpartition("_")[2])
    place = [k + (rng.uniform(-far - 0.5, far + 0.5) if rng.random() < RATE else 0.0) for k in range(len(text))]
    moved = "".join(text[k] for k in sorted(range(len(text)), key=lambda k: place[k]))
    return moved, np.ones(len(moved), bool)


def measure(original: str, variant: str, survives: np.ndarray, models, suspicion, encoder) -> tuple[float, float, int, str]:
    """Share of the surviving characters that are aligned with the original, of all others, matches, verdict."""
    essays = [Essay("original", original), Essay("variant", variant)]
    documents, _ = quote_documents([(e, "batch") for e in essays], [])
    rows = encode([r for d in documents for r in d.readings], encoder)
    vectors = np.split(rows, np.cumsum([len(d.sentences) for d in documents])[:-1])
    matches = find_matches(documents, vectors, models)
    covered = np.zeros(len(variant), bool)
    for m in matches:
        start, end = (m.start, m.end) if m.essay == "variant" else (m.other_start, m.other_end)
        covered[start:end] = True
    verdict = judge(essays, matches, suspicion)["variant"].verdict
    return covered[survives].mean() if survives.any() else 0.0, covered.mean(), len(matches), verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=20)
    count = parser.parse_args().texts
    rng = random.Random(0)
    campaigns = load_campaigns()
    own = [[e.text for e in c.documents("essay") if c.copies_nothing(e.id)] for c in campaigns]
    alphabet = "".join(sorted({c for texts in own for text in texts for c in text if "\u4e00" <= c <= "\u9fff"}))
    encoder = load_encoder()
    models, suspicion = load_models(encoder), load_logistic("suspicion")
    results: dict[str, list] = {variant: [] for variant in VARIANTS}
    for number in range(count):
        original = own[number % len(own)][number // len(own)]
        for variant in VARIANTS:
            if variant == "unrelated":
                text = own[(number + 1) % len(own)][-1 - number // len(own)][: len(original)]
                survives = np.ones(len(text), bool)
            else:
                text, survives = vary(original, variant, rng, alphabet)
            results[variant].append(measure(original, text, survives, models, suspicion, encoder))
    print(f"{count} originals\n{'variant':10}{'aligned: mean':>14}{'least':>8}{'matches':>9}{'found as copy':>15}")
    for variant, rows in results.items():
        aligned = [row[0] for row in rows]
        print(f"{variant:10}{np.mean(aligned):14.3f}{min(aligned):8.3f}{np.mean([row[2] for row in rows]):9.2f}"
              f"{sum(row[3] != 'clear' for row in rows):12}/{count}")


if __name__ == "__main__":
    main()
