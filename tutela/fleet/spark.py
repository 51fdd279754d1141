"""The engine on Spark: `check(df)` for a frame, `run(units)` for files, both by `mapInArrow`.

The compiled patterns and the weights are loaded once for each Python worker and used for all its batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from tutela.errors import MissingPart
from tutela.fleet.arrow import Setup
from tutela.fleet.arrow import check as check_arrow
from tutela.fleet.units import Report, Unit, run_unit, told

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = (
    "id string, violates boolean, action string, clauses array<struct<id:string,confidence:double>>, "
    "evidence array<struct<clause:string,kind:string,where:struct<part:string,start:bigint,end:bigint,box:array<int>,"
    "from_s:double,to_s:double,member:string>,shown_as:string,detector:string,confidence:double>>, risks array<string>, "
    "reason string, confidence double, policy string, redacted map<string,string>, took_ms double"
)


def check(df: DataFrame, *, columns: dict[str, str] | None = None, platform: str | None = None,
          policy: str | None = None, intent: str = "on") -> DataFrame:  # fmt: skip
    """Decisions for a frame of posts, one a row; partitions and the order inside each are kept.

    `columns` maps an item's field to the frame's column (`{"text": "body"}`). Files named by `platform` must be
    readable on every worker.
    """
    setup = Setup(platform=platform, policy=policy, intent=intent, columns=columns or {})
    packed = msgspec.json.encode(setup)

    def judge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        unpacked = msgspec.json.decode(packed, type=Setup)
        for batch in batches:
            yield from check_arrow(batch, unpacked).to_batches()

    return df.mapInArrow(judge, SCHEMA)


def run(units: Sequence[Unit], dest: str, setup: Setup, *, master: str | None = None) -> Iterator[Report]:
    """Judges units as a Spark job and tells their reports. `dest` must be reachable from every worker.

    `master` is Spark's (`local[2]`, `spark://…`); without it the environment's, or this machine. A task that dies is
    run again by Spark, and a unit that is done is not judged twice.
    """
    session, own = _session(master)
    try:
        lines = [(msgspec.json.encode(unit).decode(),) for unit in units]
        # One task a unit: units are as long as a task should be.
        frame = session.createDataFrame(session.sparkContext.parallelize(lines, max(len(lines), 1)), "unit string")
        packed = msgspec.json.encode(setup)

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            unpacked = msgspec.json.decode(packed, type=Setup)
            for batch in batches:
                for line in batch.column("unit").to_pylist():
                    report = run_unit(msgspec.json.decode(line, type=Unit), dest, unpacked)
                    yield pa.RecordBatch.from_pydict({"report": [msgspec.json.encode(report).decode()]})

        # Not toLocalIterator: it runs one partition after the other.
        for row in frame.mapInArrow(work, "report string").collect():
            yield told(msgspec.json.decode(row["report"], type=Report))
    finally:
        if own:
            session.stop()


def _session(master: str | None) -> tuple[SparkSession, bool]:
    """A session, and whether it is ours to stop."""
    import os
    import sys

    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingPart("Spark is not installed", next_step="pip install 'tutela[spark]'") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    builder: Any = SparkSession.builder.appName("tutela").config("spark.ui.enabled", "false")
    if master or "SPARK_MASTER" not in os.environ:
        builder = builder.master(master or "local[*]")
    if (master or "local").startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "65536").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session, True
