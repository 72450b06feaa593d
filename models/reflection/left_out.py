"""What label models say of campaigns that they did not see, kept under out/ (not in git), so that it is computed once.

``out/left_out-KEY-CAMPAIGN.npy``: KEY changes with the data and with the code of the labels.
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
from models.reflection.train import Training, said_of

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "out"


def unseen_probabilities(t: Training, fresh: bool = False) -> np.ndarray:
    """(2, rows, labels): each campaign's sentences by a model that saw only the others, as labelled and as they count.

    Some minutes, or cached; each campaign is kept as soon as it is judged, so that an interrupted run goes on where it was.
    """
    CACHE.mkdir(exist_ok=True)
    key = _key()
    paths = {name: CACHE / f"left_out-{key}-{name}.npy" for name in np.unique(t.campaign).tolist()}
    missing = [name for name, path in paths.items() if fresh or not path.exists()]
    Parallel(n_jobs=-1)(delayed(_judge)(t, name, paths[name]) for name in missing)
    probabilities = np.zeros((2, len(t.label), len(LABELS)))
    for name, path in paths.items():
        probabilities[:, t.row_campaign == name] = np.load(path, allow_pickle=False)
    return probabilities


def _judge(t: Training, name: str, path: Path) -> None:
    unfinished = path.with_suffix(".part.npy")
    np.save(unfinished, said_of(t, name))
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
    digest.update(repr((train.INNER, train.WORDS_C, train.VECTORS_C, train.FINAL_C, train.SEEDS, train.EMPTY_WEIGHT,
                        train.SHALLOW_WEIGHT, train.WRITTEN_WEIGHT, train.WORDS_SCALE)).encode())
    return digest.hexdigest()
