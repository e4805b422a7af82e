"""Candidates and their comparison on Apache Spark, for lists that outgrow one machine's patience.

The join is the text that DuckDB runs; pairs are compared where they come to lie, by the same compiled code, and
come back as row numbers and levels, small integers. What is learned, weighed and assigned is then the same
computation on the same numbers, so that the matches are the same to the pair, however the work was split.

Names lie on no disk of this machine in the clear: Spark's files are encrypted with a key of the session and lie
in a private folder that goes with it. Nothing is fetched at run time.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from obmin.core.errors import Incomplete
from obmin.core.matching.compare import FIELDS, compare
from obmin.core.matching.keys import LARGEST, keys
from obmin.core.matching.parts import Lexicon
from obmin.core.matching.people import Both
from obmin.engines.candidates import ALL_PAIRS, CANDIDATES, Compared
from obmin.files import scratch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MASTER: Final = "OBMIN_SPARK_MASTER"
LOGGED: Final = Path(__file__).with_name("spark-log4j2.properties")
BATCH: Final = 500_000  # pairs compared in one go: words are made ready once for each
_SCHEMA: Final = "i long, j long, " + ", ".join(f"f{at} tinyint" for at in range(len(FIELDS)))
_ARROW: Final = pa.schema(
    [("i", pa.int64()), ("j", pa.int64()), *((f"f{at}", pa.int8()) for at in range(len(FIELDS)))]
)


def compared(both: Both, words: Lexicon) -> Compared:
    """The pairs worth a look, in order, and the level of each in each field of `FIELDS`.

    Runs in this machine's own processes, or on the cluster that OBMIN_SPARK_MASTER names; there every node
    must have this program installed in the same version.

    Raises:
        Incomplete: Spark or Java is not installed.
    """
    with session() as spark:
        pairs = _pairs(spark, both)
        known = spark.sparkContext.broadcast(pickle.dumps((both, words)))
        found = pairs.mapInArrow(_comparison(known), _SCHEMA).toArrow()
        known.destroy()
    i, j = (np.asarray(found[name].to_numpy(), dtype=np.int64) for name in "ij")
    order = np.lexsort((j, i))
    levels = {
        field.name: np.asarray(found[f"f{at}"].to_numpy(), dtype=np.int8)[order]
        for at, field in enumerate(FIELDS)
    }
    return Compared(i[order], j[order], levels)


def _pairs(spark: SparkSession, both: Both) -> DataFrame:
    left, right = len(both.left), len(both.right)
    if left * right <= ALL_PAIRS:
        every = spark.range(left * right)
        return every.selectExpr(f"id div {right} as i", f"id % {right} as j")
    keys_a, keys_b = keys(both)
    for name, table in (("keys_a", keys_a), ("keys_b", keys_b)):
        spark.createDataFrame(_plain(table)).createOrReplaceTempView(name)
    return spark.sql(CANDIDATES.format(largest=LARGEST))


def _plain(table: pl.DataFrame) -> pa.Table:
    return table.to_arrow(compat_level=pl.CompatLevel.oldest())


def _comparison(known: Any) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What each of Spark's Python processes does with its pairs."""

    def compare_all(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        both, words = pickle.loads(known.value)  # noqa: S301 - made by this program, for this session alone
        for batch in batches:
            i, j = (np.asarray(batch[name].to_numpy(), dtype=np.int64) for name in "ij")
            levels = compare(words, both, i, j)
            columns = [pa.array(i), pa.array(j), *(pa.array(levels[field.name]) for field in FIELDS)]
            yield pa.RecordBatch.from_arrays(columns, schema=_ARROW)

    return compare_all


@contextmanager
def session() -> Iterator[SparkSession]:
    """A session that listens on this machine alone, keeps its files in a private folder and leaves none."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise Incomplete(
            "The engine spark needs Apache Spark, which is not installed: pip install 'obmin[spark]'."
        ) from missing
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Incomplete("The engine spark needs Java 17 or later: apt-get install openjdk-17-jre-headless.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with scratch.folder() as place:
        builder = SparkSession.builder.appName("obmin")
        for name, value in _settings(str(place)).items():
            builder = builder.config(name, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of its maker to its makers
            spark = builder.getOrCreate()
            try:
                yield spark
            finally:
                _end(spark)


def _end(spark: SparkSession) -> None:
    """Ends Java's process too, whose last deed would be to make its folder again."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    spark.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def _settings(place: str) -> dict[str, str]:
    master = os.environ.get(MASTER, "")
    here = {
        "spark.master": "local[*]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "8",
    }
    return ({"spark.master": master} if master else here) | {
        "spark.local.dir": place,
        "spark.sql.warehouse.dir": place,
        "spark.jars.ivy": place,
        "spark.io.encryption.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={LOGGED.as_uri()}",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.maxResultSize": "0",
    }
