"""A Spark session, or in plain words why there is none."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "spark.app.name": "xinde",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # rows hold whole essays with the vectors of their sentences, about 50 KB
    "spark.sql.execution.arrow.maxRecordsPerBatch": "500",
    # the driver takes in the vectors of all sentences
    "spark.driver.maxResultSize": "0",
    "spark.executorEnv.PYTHONWARNINGS": "ignore::FutureWarning",
    # the work is done in Python: a JVM that only hands it rows needs neither compiled queries nor an optimizing compiler, which
    # take longer than they save (benchmarks/spark_cost.py)
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC",
}
"""Where spark-defaults.conf or PYSPARK_SUBMIT_ARGS say nothing else."""


class SparkError(ValueError):
    """The cluster cannot be reached or gave up; the message says in Chinese what to do."""


@contextmanager
def spark_session(master: str) -> Iterator:
    """A SparkSession at ``master`` (local[2], spark://host:7077, yarn, …), stopped at the end. Raises SparkError."""
    try:
        from py4j.protocol import Py4JError
        from pyspark import SparkConf
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkError('要用分布式计算，请先安装：pip install "xinde[spark]"（另需 Java 17 或更高版本）。') from error

    # workers on this machine must find the same packages; a cluster's own PYSPARK_PYTHON is left as it is
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for message in ("PySpark does not yet fully support pandas", "The copy keyword is deprecated"):
        warnings.filterwarnings("ignore", message)
    said = _said_elsewhere()
    conf = SparkConf().setMaster(master).setAll([(key, value) for key, value in SETTINGS.items() if key not in said])
    try:
        spark = SparkSession.builder.config(conf=conf).getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise SparkError(
            f"连不上 Spark（{master}）：请检查 --master 的写法、主节点是否已启动，以及本机是否装有 Java 17 或更高版本（java -version）。"
        ) from error
    try:
        yield spark
    except (PySparkException, Py4JError) as error:
        raise SparkError(
            f"集群上的计算没有完成（{type(error).__name__}）：详情见 Spark 的日志。常见原因：工作节点没有安装同一版本的 xinde，"
            "工作目录不是各节点都能读写的共享目录，或内存不够。"
        ) from error
    finally:
        spark.stop()


def _said_elsewhere() -> str:
    """What the cluster's own settings say; whatever is set in Python would come before it."""
    home = os.environ.get("SPARK_CONF_DIR") or os.path.join(os.environ.get("SPARK_HOME", ""), "conf")
    defaults = Path(home) / "spark-defaults.conf"
    return os.environ.get("PYSPARK_SUBMIT_ARGS", "") + (defaults.read_text(encoding="utf-8") if defaults.is_file() else "")
