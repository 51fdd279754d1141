"""Files in units on this machine: what is judged, what is named, what goes on after a stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tutela.errors import BadSettings, MissingFile, StoreFull
from tutela.fleet import arrow, plain, units
from tutela.fleet.arrow import DECISIONS, FAILURES, Setup

from .posts import ROOT, decisions, failures, scan, table_of, text_of, write_parquet

SETUP = Setup(intent="off", columns={"text": "body", "id": "post_id"})


def run(source: Path, out: Path, setup: Setup = SETUP, workers: int = 1) -> list[units.Report]:
    found = units.units_of(str(source))
    units.open_job(found, out, setup)
    return list(plain.run(found, str(out), setup, workers=workers))


def ids(folder: Path) -> list[str]:
    return sorted(str(row["id"]) for rows in decisions(folder).values() for row in rows)


def test_arrow_check_answers_row_for_row() -> None:
    table = table_of(30)
    checked = arrow.check(table, SETUP)
    assert checked.schema.equals(DECISIONS)
    assert checked.column("id").to_pylist() == table.column("post_id").to_pylist()
    assert [row["id"] for row in checked.to_pylist() if row["violates"]] == [f"p{n}" for n in range(0, 30, 7)]


def test_decisions_are_those_of_the_engine_one_by_one() -> None:
    engine = arrow.engine_of(SETUP)
    for row in arrow.check(table_of(15), SETUP).to_pylist():
        alone = engine.check(arrow.Item(id=row["id"], text=text_of(int(row["id"][1:]))))
        told = arrow.to_table([alone]).to_pylist()[0]
        assert {**row, "took_ms": 0} == {**told, "took_ms": 0}


def test_formats_give_the_same_decisions(tmp_path: Path) -> None:
    table = table_of(40)
    write_parquet(tmp_path / "posts.parquet", 40, 16)
    rows = table.to_pylist()
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "posts.csv").write_text(
        "\ufeffpost_id,body\r\n" + "".join(f'{row["post_id"]},"{row["body"]}"\r\n' for row in rows), newline=""
    )
    told = []
    for name in ("posts.parquet", "posts.jsonl", "posts.csv"):
        run(tmp_path / name, tmp_path / f"out-{name}")
        found = [row for rows in decisions(tmp_path / f"out-{name}").values() for row in rows]
        told.append(sorted(found, key=lambda row: str(row["id"])))
        assert failures(tmp_path / f"out-{name}") == []
    assert told[0] == told[1] == told[2]


def test_two_processes_decide_as_one(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 60, 10)
    run(source, tmp_path / "one")
    run(source, tmp_path / "two", workers=2)
    assert decisions(tmp_path / "one") == decisions(tmp_path / "two")
    assert len(ids(tmp_path / "one")) == 60


def test_a_json_line_that_is_none_is_named_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 200)
    lines = [json.dumps({"post_id": f"p{n}", "body": text_of(n)}).encode() for n in range(40)]
    lines[4] = b'{"post_id": "p4", "body": '
    lines[17] = b'{"post_id": "p17", "body": "\xff\xfe"}'
    lines[18] = b""
    lines[31] = b"[" * 5000
    lines[35] = b'{"post_id": "p35", "body": 12}'
    (tmp_path / "posts.jsonl").write_bytes(b"\n".join(lines))
    assert len(units.units_of(str(tmp_path / "posts.jsonl"))) > 5
    run(tmp_path / "posts.jsonl", tmp_path / "out")
    assert sorted((row["row"], row["code"]) for row in failures(tmp_path / "out")) == [
        (5, "T101"), (18, "T101"), (32, "T101"), (36, "T101"),
    ]  # fmt: skip
    assert len(ids(tmp_path / "out")) == 35


def test_csv_rows_keep_their_line_breaks_and_broken_ones_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 64)
    (tmp_path / "posts.csv").write_bytes(
        b"post_id,body\n"
        b'p0,"two\nlines, one post"\n'
        b"p1,plain\n"
        b"p2,one,too many\n"
        b'p3,a "word" in quotes\n'
        b'p4,5" of rain\n'
        b"p5,after it\n"
        b"p6,\xff\xfe\n"
        b'p7,"she said ""hi"""\n'
        b"p8,last"
    )
    run(tmp_path / "posts.csv", tmp_path / "out")
    found = {str(row["id"]): row for rows in decisions(tmp_path / "out").values() for row in rows}
    assert {"p0", "p1", "p3", "p4", "p5", "p7", "p8"} == set(found)
    assert sorted(row["row"] for row in failures(tmp_path / "out")) == [5, 9]


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    rows = [f"p{n},{text_of(n).replace(',', ';')}" for n in range(50)]
    rows[20] = 'p20,"never closed'
    (tmp_path / "posts.csv").write_text("post_id,body\n" + "\n".join(rows))
    run(tmp_path / "posts.csv", tmp_path / "out")
    assert [row["row"] for row in failures(tmp_path / "out")] == [22]
    assert len(ids(tmp_path / "out")) == 49


def test_a_parquet_row_group_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_ROWS", 7)
    source = write_parquet(tmp_path / "posts.parquet", 50, 20)
    assert [(u.start, u.end) for u in units.units_of(str(source))] == [
        (0, 7), (7, 14), (14, 20), (20, 27), (27, 34), (34, 40), (40, 47), (47, 50),
    ]  # fmt: skip
    run(source, tmp_path / "out")
    assert ids(tmp_path / "out") == sorted(f"p{n}" for n in range(50))


def test_poisoned_rows_are_named_and_cost_no_other(tmp_path: Path) -> None:
    spoiled = pa.array([b"fine", b"\xff\xfe spoiled", b"fine too", None], pa.binary()).view(pa.string())
    table = pa.table({
        "post_id": ["a", "b", "c", "d"], "body": spoiled,
        "surface": pa.array(["post", "post", "my +44 20 7946 0999", "post"]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "posts.parquet")
    run(tmp_path / "posts.parquet", tmp_path / "out")
    assert ids(tmp_path / "out") == ["a"]
    side = failures(tmp_path / "out")
    assert [(row["row"], row["id"], row["code"]) for row in side] == [
        (2, "b", "T101"),
        (3, "c", "T101"),
        (4, "d", "T101"),
    ]
    assert "7946" not in str(side)


def test_a_corrupt_file_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    write_parquet(folder / "a.parquet", 20, 10)
    (folder / "b.parquet").write_bytes(b"PAR1 no parquet at all")
    damaged = bytearray(write_parquet(folder / "c.parquet", 4000, 2000).read_bytes())
    at = len(damaged) * 3 // 4
    damaged[at : at + 200] = bytes(200)
    (folder / "c.parquet").write_bytes(damaged)
    reports = run(folder, tmp_path / "out")
    named = {Path(str(row["source"])).name: row for row in failures(tmp_path / "out")}
    assert named["b.parquet"]["row"] == 1
    assert "c.parquet" in named
    assert {row["code"] for row in named.values()} == {"T312"}
    assert sum(1 for report in reports if report.problem) == 2
    assert {f"p{n}" for n in range(20)} <= set(ids(tmp_path / "out"))


def test_a_stopped_job_goes_on_and_judges_nothing_twice(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 60, 10)
    out = tmp_path / "out"
    found = units.units_of(str(source))
    units.open_job(found, out, SETUP)
    stopped = plain.run(found, str(out), SETUP, workers=1)
    for _ in range(2):
        next(stopped)
    stopped.close()
    before = {part.name: part.stat().st_mtime_ns for part in out.glob("part-*")}
    assert len(before) == 2
    reports = run(source, out)
    assert sum(report.before for report in reports) == 2
    assert sum(report.judged for report in reports) == 60
    assert sum(report.violates for report in reports) == 9
    assert all((out / name).stat().st_mtime_ns == at for name, at in before.items())
    assert ids(out) == sorted(f"p{n}" for n in range(60))


def test_decisions_of_two_jobs_are_never_mixed(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 10, 10)
    run(source, tmp_path / "out")
    with pytest.raises(BadSettings, match="other settings"):
        run(source, tmp_path / "out", Setup(intent="off", columns={"text": "body"}))
    write_parquet(tmp_path / "posts.parquet", 12, 10)
    with pytest.raises(BadSettings, match="has changed"):
        run(source, tmp_path / "out")


def test_what_cannot_be_found_or_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        units.units_of(str(tmp_path / "nothing-*.parquet"))
    (tmp_path / "posts.txt").write_text("x")
    with pytest.raises(BadSettings):
        units.units_of(str(tmp_path / "posts.txt"))
    source = write_parquet(tmp_path / "posts.parquet", 10, 10)
    with pytest.raises(BadSettings, match="no column"):
        run(source, tmp_path / "out", Setup(intent="off", columns={"text": "words"}))


def test_a_full_disk_stops_the_job_and_it_goes_on_with_room(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 400, 100)
    out = tmp_path / "out"
    arguments = (source, "--out", out, "--map", "text=body,id=post_id", "--intent", "off", "--workers", "1")
    # No file may grow beyond 2,000 bytes: what a full disk or a quota does to a writer.
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))"
    stopped = scan(*arguments, prepare=small)
    assert stopped.returncode == 2
    assert "T502" in stopped.stderr
    assert "goes on where it was" in stopped.stderr
    assert list(out.glob(".part-*")) == []
    again = scan(*arguments)
    assert again.returncode == 1, again.stderr
    assert ids(out) == sorted(f"p{n}" for n in range(400))


def test_a_full_disk_in_a_worker_process_is_told(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 20, 10)
    found = units.units_of(str(source))
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(StoreFull):
        list(plain.run(found, str(tmp_path / "out"), SETUP, workers=2))


def test_killed_processes_cost_nothing(tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "posts.parquet", 3000, 100)
    out = tmp_path / "out"
    code = "import sys; from tutela.cli import main\nif __name__ == '__main__': main(['scan', *sys.argv[1:]])"
    (tmp_path / "job.py").write_text(code)
    job = subprocess.Popen(
        [sys.executable, tmp_path / "job.py", source, "--out", out, "--map", "text=body,id=post_id", "--intent", "off",
         "--workers", "2"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 240
    while len(list(out.glob("part-*"))) < 2 and job.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    workers = [pid for pid in _children(job.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    if workers:
        os.kill(workers[0], signal.SIGKILL)
    _, said = job.communicate(timeout=240)
    assert job.returncode == 1, said
    assert ids(out) == sorted(f"p{n}" for n in range(3000))
    assert failures(out) == []


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_side_table_has_its_documented_columns(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("no json\n")
    run(tmp_path / "posts.jsonl", tmp_path / "out")
    (part,) = (tmp_path / "out" / "_failed").glob("part-*.parquet")
    assert pq.read_schema(part).equals(FAILURES)
