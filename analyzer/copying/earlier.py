"""Of a long history, the essays that a new one may have something from, without preparing all of it again.

What the comparison of an earlier essay begins with is kept on disk, by the hash of its text: its fingerprints and the hashes of
its sentences in a database (DuckDB), the sentences' vectors in an index (faiss). A new batch asks which earlier essays share
telling fingerprints with it or say what its sentences say; these alone are then compared, like any other document. The folder
may be deleted at any time; hashes give no text back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from analyzer.copying.candidates import COMMON, GAP, PARTNERS, RANKINGS, SHARED, fingerprints, most_votes, summed
from analyzer.copying.commonness import Counts, rarity
from analyzer.copying.document import Document, mask, prepare
from analyzer.copying.fingerprints import DENSITY
from analyzer.copying.neighbours import NEAREST, OFTEN, SEARCHED
from analyzer.copying.quotes import marked_quotes
from analyzer.copying.sentence_index import SentenceIndex
from analyzer.essay import Essay
from analyzer.parallel import each
from analyzer.text.encode import Encoder, Vectors, encode_once

LONG = 2_000
"""Earlier essays up to which all of them are compared."""

LEAST, TELLING = 2.5, 4.0
"""Weight of shared fingerprints from which an earlier essay may be one of the PARTNERS of a new one, and from which it is compared
however many others share as much. A passage needs the evidence of 10 k-grams (finder.LEAST_EVIDENCE); of 10 in a row at least LEAST are
fingerprints (one in each WINDOW), TELLING on the average (fingerprints.DENSITY)."""

GROWTH = 4
"""The index is laid out anew once there are so many times the essays that it was laid out for."""

_AT_ONCE = 10_000
"""Essays that are added at once."""

_SEARCHED = 2 * SEARCHED
"""Sentences looked up for each: the index may also hold what is not to be compared now, this batch as it was before perhaps."""

_SENTENCES = 24
"""Of an essay, about; what the index is laid out for."""

_TABLES_FILE, _INDEX_FILE = "earlier.duckdb", "sentences.faiss"

_TABLES = """
CREATE TABLE IF NOT EXISTS essays (essay INTEGER, text BLOB);
CREATE TABLE IF NOT EXISTS prints (print UBIGINT, essay INTEGER);
CREATE TABLE IF NOT EXISTS said (sentence BIGINT, essay INTEGER, place INTEGER);
CREATE TABLE IF NOT EXISTS laid_out (essays INTEGER);
"""

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


def worth_comparing(
    documents: Sequence[Document], vectors: Vectors, history: Sequence[Essay], encoder: Encoder, cache: Path,
    progress: Progress | None = None,
) -> tuple[list[Essay], Counts | None]:
    """The essays of ``history`` that the new ones may share something with, and how common the new ones' k-grams are in all of it.

    Parameters
    ----------
    documents : new ones, quotations masked.
    vectors : of all their sentences in order.
    history : earlier essays; those that were never seen are added first, which takes as long as reading them.
    cache : folder that holds ``earlier/`` and the vectors of sentences.

    All of ``history`` and no counts where the encoder does not say what vectors it gives, or the folder cannot be written.
    """
    import duckdb

    key = getattr(encoder, "cache_key", "")
    if not key:
        return list(history), None
    folder = cache / "earlier" / blake2b(key.encode(), digest_size=8).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            for _ in range(2):
                try:
                    with _open(folder, len(history)) as archive:
                        known = archive.add(history, encoder, cache, progress)
                        chosen = archive.partners(documents, vectors, known)
                        worth = [essay for essay, number in zip(history, known.tolist()) if number in chosen]
                        return worth, archive.counts(documents, known)
                except (duckdb.Error, RuntimeError) as error:  # cut off, overwritten or of another version: begun anew
                    _log.warning("earlier essays: %s, %s removed", type(error).__name__, folder.name)
                    _remove(folder)
    except OSError as error:  # no room, no right to write
        _log.warning("earlier essays not kept: %s", error.strerror or type(error).__name__)
    return list(history), None


def _remove(folder: Path) -> None:
    for name in (_TABLES_FILE, _INDEX_FILE):
        (folder / name).unlink(missing_ok=True)


@contextmanager
def _open(folder: Path, expected: int) -> Iterator[_Archive]:
    import duckdb

    with duckdb.connect(folder / _TABLES_FILE) as db:
        db.execute(_TABLES)
        laid_out, = db.execute("SELECT max(essays) FROM laid_out").fetchone()
        sentences, = db.execute("SELECT count(DISTINCT sentence) FROM said").fetchone()
        index = SentenceIndex(folder / _INDEX_FILE, _SENTENCES * expected)
        # another number of sentences: the file was lost, or a run was killed between index and tables
        if laid_out is None or expected > GROWTH * laid_out or len(index) != sentences:
            for table in ("essays", "prints", "said", "laid_out"):
                db.execute(f"DELETE FROM {table}")
            db.execute("INSERT INTO laid_out VALUES (?)", (expected,))
            (folder / _INDEX_FILE).unlink(missing_ok=True)
            index = SentenceIndex(folder / _INDEX_FILE, _SENTENCES * expected)
        yield _Archive(db, index)


class _Archive:
    """Earlier essays by number."""

    def __init__(self, db, index: SentenceIndex) -> None:
        self._db, self._index = db, index

    def add(self, essays: Sequence[Essay], encoder: Encoder, cache: Path, progress: Progress | None) -> np.ndarray:
        """(len(essays),) their numbers; what was not known is taken in."""
        keys = [blake2b(essay.text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for essay in essays]
        numbers = {text: number for number, text in self._db.execute("SELECT essay, text FROM essays").fetchall()}
        new = [(key, essay) for key, essay in dict(zip(keys, essays)).items() if key not in numbers]
        for start in range(0, len(new), _AT_ONCE):
            part = new[start : start + _AT_ONCE]
            added = {key: len(numbers) + k for k, (key, _) in enumerate(part)}
            within = progress and (lambda done, total: progress(start + len(part) * done // total, len(new)))
            self._take_in(added, [essay for _, essay in part], encoder, cache, within)
            numbers |= added
        return np.array([numbers[key] for key in keys], np.int32)

    def _take_in(
        self, numbers: dict[bytes, int], essays: Sequence[Essay], encoder: Encoder, cache: Path, progress: Progress | None
    ) -> None:
        prints, readings = zip(*each(_beginnings, essays))
        number = np.array(list(numbers.values()), np.int32)
        texts = [text for those in readings for text in those]
        sentence = _sentence_numbers(texts)
        prints_ = pd.DataFrame({"print": np.concatenate(prints), "essay": np.repeat(number, [len(p) for p in prints])})
        places = np.concatenate([np.arange(len(those)) for those in readings])
        said = pd.DataFrame({"sentence": sentence, "essay": np.repeat(number, [len(r) for r in readings]), "place": places})
        different, first = np.unique(sentence, return_index=True)
        unseen = ~np.isin(different, self._among("said", "sentence", different))
        vectors = encode_once([texts[k] for k in first[unseen]], encoder, progress, cache)
        self._index.add(different[unseen], vectors)
        self._index.save()
        essays_ = pd.DataFrame({"essay": number, "text": list(numbers)})
        self._db.begin()
        for table, rows in (("essays", essays_), ("prints", prints_), ("said", said)):
            self._db.execute(f"INSERT INTO {table} SELECT * FROM rows")
        self._db.commit()

    def _among(self, table: str, column: str, asked: np.ndarray) -> np.ndarray:
        """Those of ``asked`` that the column holds."""
        wanted = pd.DataFrame({column: asked})
        return self._db.execute(f"SELECT DISTINCT {column} FROM {table} SEMI JOIN wanted USING ({column})").fetchnumpy()[column]

    def counts(self, documents: Sequence[Document], among: np.ndarray) -> Counts:
        """In how many of the essays ``among`` the documents' k-grams stand, reckoned from how many have them as fingerprints."""
        wanted = pd.DataFrame({"print": np.unique(np.concatenate([document.hashes for document in documents]))})
        allowed = pd.DataFrame({"essay": np.unique(among)})
        found = self._db.execute(
            "SELECT print, count(*) AS times FROM prints SEMI JOIN wanted USING (print) SEMI JOIN allowed USING (essay) "
            "GROUP BY print ORDER BY print").fetchnumpy()
        # one at least was seen; of the others, each is seen with this chance
        return Counts(found["print"], 1 + (found["times"] - 1) / DENSITY)

    def partners(self, documents: Sequence[Document], vectors: Vectors, among: np.ndarray) -> set[int]:
        """Numbers of the essays ``among`` that are worth comparing with one of the documents."""
        allowed = pd.DataFrame({"essay": np.unique(among)})
        return self._sharing(documents, allowed) | self._saying(documents, vectors, allowed)

    def _sharing(self, documents: Sequence[Document], allowed: pd.DataFrame) -> set[int]:
        print_, document = fingerprints(documents)
        ours = pd.DataFrame({"print": print_, "document": document})
        found = self._db.execute(
            "WITH held AS (SELECT print, essay FROM prints SEMI JOIN ours USING (print) SEMI JOIN allowed USING (essay)), "
            f"rare AS (SELECT print, count(*) AS times FROM held GROUP BY print HAVING times < {COMMON}) "
            "SELECT document, essay, times FROM ours JOIN rare USING (print) JOIN held USING (print)").fetchnumpy()
        document, essay, weight = found["document"], found["essay"], rarity(found["times"] + 1)
        key, place, shared = np.unique(document.astype(np.int64) << 32 | essay, return_inverse=True, return_counts=True)
        weight = np.bincount(place, weight, len(key)).round(6)  # rows come in any order, and sums differ with it in the last digit
        enough = (shared >= SHARED) & (weight >= LEAST)
        document, essay, weight = key[enough] >> 32, key[enough] & 0xFFFFFFFF, weight[enough]
        return {*most_votes(document, essay, weight, PARTNERS)[1].tolist(), *essay[weight >= TELLING].tolist()}

    def _saying(self, documents: Sequence[Document], vectors: Vectors, allowed: pd.DataFrame) -> set[int]:
        places = np.flatnonzero(np.concatenate([~document.quoted_sentences() for document in documents]))
        owner = np.repeat(np.arange(len(documents)), [len(document.sentences) for document in documents])[places]
        stored, row = np.unique(vectors.index[places], return_inverse=True)
        near, cosine = self._index.search(Vectors(vectors.unique, stored), _SEARCHED)
        found = near != -1
        around = cosine[:, :NEAREST].sum(axis=1) / np.maximum(found[:, :NEAREST].sum(axis=1), 1)
        csls = 2 * (cosine - around[:, None])  # the other side's mean is not known: as on this side
        votes = pd.DataFrame({"sentence_row": np.nonzero(found)[0], "sentence": near[found], "csls": csls[found].astype(float)})
        voted = self._db.execute(
            "WITH held AS (SELECT * FROM said SEMI JOIN votes USING (sentence) SEMI JOIN allowed USING (essay)), "
            f"rare AS (SELECT sentence FROM held GROUP BY sentence HAVING count(DISTINCT essay) <= {OFTEN}), "
            "nearest AS (SELECT *, row_number() OVER (PARTITION BY sentence_row ORDER BY csls DESC, sentence) AS rank "
            "FROM votes SEMI JOIN rare USING (sentence)) "
            f"SELECT sentence_row, rank, csls, essay, place FROM nearest JOIN held USING (sentence) WHERE rank <= {SEARCHED} "
            "ORDER BY sentence_row, essay, place").df()
        asking = pd.DataFrame({"sentence_row": row, "document": owner, "at": np.arange(len(row)) + GAP * owner})
        voted = asking.merge(voted, on="sentence_row")
        essays, number = np.unique(voted["essay"].to_numpy(), return_inverse=True)
        there = number * (voted["place"].to_numpy().max(initial=0) + GAP) + voted["place"].to_numpy()
        chosen = set()
        for most, weighed in RANKINGS:
            asked = (voted["rank"] <= most).to_numpy()
            votes = weighed(voted["at"].to_numpy()[asked], there[asked], voted["csls"].to_numpy()[asked])
            _, choice = most_votes(*summed(voted["document"].to_numpy()[asked], number[asked], votes), PARTNERS)
            chosen |= set(essays[choice].tolist())
        return chosen


def _beginnings(essay: Essay) -> tuple[np.ndarray, list[str]]:
    """Fingerprints of an earlier essay, and what its sentences say."""
    document = prepare(essay, "history")
    document = mask(document, marked_quotes(essay.text))
    own = ~document.quoted_sentences()
    return fingerprints([document])[0], [reading for reading, kept in zip(document.readings, own) if kept]


def _sentence_numbers(texts: Sequence[str]) -> np.ndarray:
    """(n,) int64 hashes."""
    digests = b"".join(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, np.int64)
