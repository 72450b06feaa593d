"""What the command line needs of a cluster: read a batch, find its copies, leave the matches as a table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analyzer.copying.match import Match
from analyzer.essay import Batch
from analyzer.ingest import read_batch
from analyzer.ingest.errors import IngestError
from analyzer.ingest.limits import LIMITS, Limits
from analyzer.pipeline import FindCopies
from analyzer.spark.engine import find_copies_on
from analyzer.spark.session import spark_session
from analyzer.spark.tables import is_parquet, read_parquet, write_matches


@dataclass(frozen=True)
class Cluster:
    """A session, and ``work``: the address of a folder that driver and workers all see."""

    spark: Any
    work: str

    def read_batch(self, paths: Sequence[str | os.PathLike[str]], roster=None, tiers=None, *, limits: Limits = LIMITS) -> Batch:
        """As ingest.read_batch; Parquet tables too."""
        tables = [path for path in paths if is_parquet(path)]
        if not tables:
            return read_batch(paths, roster, tiers, limits=limits)
        if len(tables) < len(paths) or roster is not None:
            raise IngestError("Parquet 表不能与其他文件或名单一起分析：姓名、单位、职务等请放在表里")
        return read_parquet(self.spark, tables, tiers, limits)

    @property
    def find_copies(self) -> FindCopies:
        return partial(find_copies_on, self.spark, self.work)

    def write_matches(self, matches: Sequence[Match]) -> str:
        """Writes ``matches.parquet`` into ``work``; returns where."""
        path = f"{self.work}/matches.parquet"
        write_matches(self.spark, matches, path)
        return path


@contextmanager
def cluster(master: str, work: str | os.PathLike[str]) -> Iterator[Cluster]:
    """Raises SparkError."""
    # not as_uri(): Hadoop takes %E5 for the name itself
    address = str(work) if "://" in str(work) else f"file:///{Path(work).absolute().as_posix().lstrip('/')}"
    with spark_session(master) as spark:
        yield Cluster(spark, address.rstrip("/"))
