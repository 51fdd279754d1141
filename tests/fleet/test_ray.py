"""Ray: the same decisions as the plain run, and a killed worker costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .cluster import below
from .posts import ROOT, decisions, failures, scan, write_parquet

MAPPED = ("--map", "text=body,id=post_id", "--intent", "off")


def test_ray_writes_what_the_plain_run_writes_though_a_worker_is_killed(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 4000, 100)
    plain = scan(source, "--out", tmp_path / "plain", *MAPPED, "--workers", "1")
    out = tmp_path / "ray"
    job = subprocess.Popen(
        [sys.executable, "-c", "from tutela.cli import main; main()", "scan", source, "--out", out, *MAPPED, "--engine", "ray"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ},
    )  # fmt: skip
    deadline = time.monotonic() + 100
    while len(list(out.glob("part-*"))) < 2 and job.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    assert job.poll() is None, job.communicate()[0]
    # Not Ray's own helpers, which take the whole node with them.
    busy: list[int] = []
    while not busy:
        titles = {pid: _title(pid) for pid in below(job.pid)}
        busy = [pid for pid, title in titles.items() if "MapBatches" in title]
        assert job.poll() is None, "the job was done before anything could be killed"
        assert time.monotonic() < deadline, titles
    os.kill(busy[0], signal.SIGKILL)
    said, _ = job.communicate(timeout=280)
    assert job.returncode == plain.returncode == 1, said
    assert decisions(out) == decisions(tmp_path / "plain"), said
    ids = [row["id"] for rows in decisions(out).values() for row in rows]
    assert sorted(map(str, ids)) == sorted(f"p{n}" for n in range(4000))
    assert failures(out) == []


def test_a_data_set_is_decided_as_the_plain_run_decides(tmp_path: Path) -> None:
    code = """
import sys, ray, pyarrow.parquet as pq
from tutela.fleet import arrow, ray as fleet_ray
from tutela.fleet.arrow import Setup
columns = {"text": "body", "id": "post_id"}
table = pq.read_table(sys.argv[1])
ray.init(address="local", num_cpus=2, include_dashboard=False, logging_level=40)
told = fleet_ray.check(ray.data.from_arrow(table), columns=columns, intent="off", batch_size=20).take_all()
plain = arrow.check(table, Setup(intent="off", columns=columns)).to_pylist()
key = lambda row: row["id"]
without = lambda row: {k: v for k, v in row.items() if k not in ("took_ms", "redacted")}
assert sorted(map(without, told), key=key) == sorted(map(without, plain), key=key)
assert [dict(r["redacted"] or ()) for r in sorted(told, key=key)] == [dict(r["redacted"] or ()) for r in sorted(plain, key=key)]
ray.shutdown()
"""
    source = write_parquet(tmp_path / "posts.parquet", 60, 60)
    done = subprocess.run(
        [sys.executable, "-c", code, source], cwd=ROOT, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stderr[-3000:]


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
    except OSError:
        return ""
