"""Which pairs of documents are worth a look, as joins: the fingerprint side of analyzer.copying.candidates on many machines."""

from __future__ import annotations

from analyzer.copying.candidates import COMMON, SHARED


def lexical_pairs(prepared, batch: int):
    """(a, b) with a < b of documents that share SHARED fingerprints which at most COMMON documents hold; a < ``batch``,
    the number of essays of the batch."""
    from pyspark.sql import functions as F

    held = prepared.select("number", F.explode("prints").alias("print"))
    times = held.groupBy("print").count().where(F.col("count").between(2, COMMON)).select("print")
    rare = held.join(times, "print")
    first = rare.where(F.col("number") < batch).withColumnRenamed("number", "a")
    second = rare.withColumnRenamed("number", "b")
    both = first.join(second, "print").where("a < b")
    return both.groupBy("a", "b").count().where(F.col("count") >= SHARED).select("a", "b")


def kgram_frequencies(prepared):
    """(kgram, count): k-grams that at least two documents hold, and how many do."""
    from pyspark.sql import functions as F

    return prepared.select(F.explode("kgrams").alias("kgram")).groupBy("kgram").count().where("count > 1")
