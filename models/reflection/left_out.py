"""What label models say of campaigns that they did not see, kept under out/ (not in git), so that it is computed once.

``out/left_out-KEY-A-B.npy``, without groups A and B: KEY changes with the data and with the code of the labels.
"""

from __future__ import annotations

import inspect
from hashlib import blake2b
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from analyzer.reflection.reflection import LABELS
from models.corpora import DATA
from models.reflection import train
from models.reflection.train import Training, Unseen, said_of

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "out"


GROUPS = 5
"""Groups of campaigns that are left out at once: to learn from what was said without the judged ones, each two
groups are left out too."""


def unseen(t: Training, fresh: bool = False) -> Unseen:
    """All campaigns by models that had not seen them (some ten minutes, or cached).

    Each fit is kept as soon as it is done, so that an interrupted run goes on where it was.
    """
    CACHE.mkdir(exist_ok=True)
    key, names = _key(), np.unique(t.campaign)
    group = np.searchsorted(names, t.row_campaign) % GROUPS
    pairs = [(a, b) for a in range(GROUPS) for b in range(a, GROUPS)]
    paths = {pair: CACHE / f"left_out-{key}-{pair[0]}-{pair[1]}.npy" for pair in pairs}
    missing = [pair for pair in pairs if fresh or not paths[pair].exists()]
    Parallel(n_jobs=-1)(delayed(_judge)(t, np.isin(group, pair), paths[pair]) for pair in missing)
    without = [np.zeros((len(t.label), 2 * len(LABELS) + 1)) for _ in range(GROUPS)]
    for (a, b), path in paths.items():
        rows, said = np.flatnonzero(np.isin(group, (a, b))), np.load(path, allow_pickle=False)
        for judged, other in ((a, b), (b, a)):
            without[judged][rows[group[rows] == other]] = said[group[rows] == other]
    return Unseen(group, without)


def _judge(t: Training, rows: np.ndarray, path: Path) -> None:
    unfinished = path.with_suffix(".part.npy")
    np.save(unfinished, said_of(t, rows))
    unfinished.replace(path)


def _key() -> str:
    """Of the data and of all code that the sentences' labels come from; the level is fitted anew each time."""
    digest = blake2b(digest_size=8)
    folder = ROOT / "analyzer" / "reflection"
    files = [folder / name for name in ("features.py", "sentences.py", "network.py", "formulaic.py")]
    for path in [*files, ROOT / "models" / "reflection" / "fit_network.py", *sorted(DATA.glob("*.jsonl")), *sorted(DATA.glob("*.txt"))]:
        digest.update(path.read_bytes())
    for part in (train.fit_labels, train._fit_first, train._first_readers, train.fit_formulaic, train.said_of):
        digest.update(inspect.getsource(part).encode())
    digest.update(repr((GROUPS, train.INNER, train.WORDS_C, train.VECTORS_C, train.FINAL_C, train.SEEDS, train.EMPTY_WEIGHT,
                        train.SHALLOW_WEIGHT, train.WRITTEN_WEIGHT, train.WORDS_SCALE)).encode())
    return digest.hexdigest()
