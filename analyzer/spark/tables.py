"""Parquet tables that come in and go out: essays with the text in a column, matches."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import pandas as pd

from analyzer.copying.match import Match
from analyzer.essay import Batch, Problem
from analyzer.ingest.assemble import Candidate, essay_of_row, with_unique_ids, without_duplicates
from analyzer.ingest.errors import REASONS, IngestError
from analyzer.ingest.limits import LIMITS, Limits
from analyzer.ingest.roster import Row, columns_of
from analyzer.ingest.tiers import load_tiers



MATCHES = (
    "essay string, start int, end int, other string, other_start int, other_end int, kind string, `where` string, "
    "similarity double, rarity double"
)
"""The fields of ``Match``, in their order."""


def is_parquet(path: str | os.PathLike[str]) -> bool:
    """Whether Spark is to read this: a file or folder ``….parquet``, or an address (hdfs://…, s3a://…)."""
    return "://" in str(path) or Path(path).suffix == ".parquet"


def read_parquet(
    spark, paths: Sequence[str | os.PathLike[str]], tiers: str | os.PathLike[str] | None = None, limits: Limits = LIMITS,
) -> Batch:
    """Essays of tables whose columns are called as in a roster (正文, 姓名, 单位, … or text, author, unit, …).

    Raises IngestError where a table cannot be read or has no text.
    """
    rules = load_tiers(tiers)
    candidates, problems = [], []
    for row in (row for path in paths for row in _rows(spark, str(path))):
        if not row.text or not row.text.strip():
            problems.append(Problem(row.place, REASONS["empty_row"]))
        elif len(row.text) > limits.text_characters:
            problems.append(Problem(row.place, REASONS["long"]))
        else:
            candidates.append(Candidate(essay_of_row(row, rules)))
    files = len(candidates) + len(problems)
    essays, duplicates = without_duplicates(candidates)
    if not essays:
        raise IngestError(f"“{'、'.join(map(str, paths))}”里没有一篇心得体会：请检查表中是否有内容")
    essays, notes = with_unique_ids(essays)
    return Batch(tuple(essays), tuple(problems + duplicates), files, (), tuple(notes))


def _rows(spark, path: str) -> list[Row]:
    from pyspark.errors import AnalysisException

    try:
        table = spark.read.parquet(path)
    except AnalysisException as error:
        raise IngestError(f"读不了“{path}”：请检查路径，以及它是不是 Parquet 表") from error
    known = {table.columns[index]: field for index, field in columns_of(table.columns).items()}
    if "text" not in known.values():
        raise IngestError(f"“{path}”里没有正文列：请把正文一列命名为“正文”或 text")
    name = Path(path).name
    named = table.selectExpr(*(f"cast(`{column}` as string) `{field}`" for column, field in known.items()))
    records = named.toPandas().fillna("").to_dict("records")
    return [Row(name, number, **record) for number, record in enumerate(records, 1)]


def write_matches(spark, matches: Sequence[Match], path: str) -> None:
    """A row a match, fields as in ``Match``; what was there before is replaced."""
    rows = pd.DataFrame([asdict(match) for match in matches], columns=[field.name for field in fields(Match)])
    spark.createDataFrame(rows, MATCHES).write.mode("overwrite").parquet(path)
