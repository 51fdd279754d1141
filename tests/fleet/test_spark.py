"""Spark: the same decisions as the plain run, and a killed worker costs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tutela.fleet import arrow, spark
from tutela.fleet.arrow import Setup

from .cluster import HOME, Cluster
from .posts import ROOT, decisions, failures, scan, table_of, write_parquet

SETUP = Setup(intent="off", columns={"text": "body", "id": "post_id"})
MAPPED = ("--map", "text=body,id=post_id", "--intent", "off")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.close()


def test_a_frame_is_decided_as_the_plain_run_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.sql import SparkSession

    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    )  # fmt: skip
    try:
        table = table_of(60)
        frame = session.createDataFrame(table.to_pandas()).repartition(3)
        told: pa.Table = spark.check(frame, columns=SETUP.columns, intent="off").toArrow()
        plain = arrow.check(table, SETUP)
        assert frame.rdd.getNumPartitions() == 3
        assert _sorted(told) == _sorted(plain)
    finally:
        session.stop()


def _sorted(table: pa.Table) -> list[dict[str, object]]:
    return sorted(table.drop_columns(["took_ms"]).to_pylist(), key=lambda row: str(row["id"]))


def test_two_workers_write_what_the_plain_run_writes(tmp_path: Path, cluster: Cluster) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 80, 10)
    plain = scan(source, "--out", tmp_path / "plain", *MAPPED, "--workers", "1")
    job = scan(source, "--out", tmp_path / "spark", *MAPPED, "--engine", "spark", "--master", cluster.master, **HOME)
    assert job.returncode == plain.returncode == 1, job.stderr
    assert decisions(tmp_path / "spark") == decisions(tmp_path / "plain")
    assert len(decisions(tmp_path / "spark")) == 8


def test_a_killed_worker_costs_nothing(tmp_path: Path, cluster: Cluster) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 6000, 100)
    out = tmp_path / "out"
    job = subprocess.Popen(
        [sys.executable, "-c", "from tutela.cli import main; main()", "scan", source, "--out", out, *MAPPED, "--engine", "spark",
         "--master", cluster.master],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **HOME},
    )  # fmt: skip
    deadline = time.monotonic() + 240
    while len(list(out.glob("part-*"))) < 4 and job.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    assert job.poll() is None, "the job was done before anything could be killed"
    assert cluster.kill_worker(2) >= 2
    said, _ = job.communicate(timeout=280)
    assert job.returncode == 1, said
    assert re.search(r"6,000 judged", said), said
    ids = [row["id"] for rows in decisions(out).values() for row in rows]
    assert sorted(map(str, ids)) == sorted(f"p{n}" for n in range(6000))
    assert failures(out) == []
