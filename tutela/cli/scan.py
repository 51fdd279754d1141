"""`tutela scan`: judge Parquet, JSON lines or CSV at scale, on this machine, on Spark or on Ray."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Target(StrEnum):
    """Where the work is done."""

    here = "here"
    spark = "spark"
    ray = "ray"


def scan(
    source: Annotated[str, typer.Argument(help="A file, a folder, or a pattern such as 'posts/*.parquet'.")],
    out: Annotated[Path, typer.Option(help="Folder for the decisions, as Parquet.")],
    columns: Annotated[str | None, typer.Option("--map", help="Columns by field: text=body,id=post_id.")] = None,
    engine: Annotated[Target, typer.Option(help="here, spark or ray.")] = Target.here,
    master: Annotated[str | None, typer.Option(help="Spark's master or Ray's address.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes on this machine; one a core without it.")] = None,
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    intent: Annotated[str, typer.Option(help="on, or off: do not judge what a text is trying to do.")] = "on",
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with 0 also when something violates.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> int:
    """Judge a source of any size. A stopped job goes on where it was when it is started again with the same --out.

    Decisions are written to OUT/part-*.parquet, what could not be judged to OUT/_failed/part-*.parquet with its reason.
    Exit status: 0 nothing violates, 1 something violates, 2 something could not be judged, 64 bad usage.
    """
    from tutela.fleet.arrow import Setup, engine_of, read_map
    from tutela.fleet.units import Report, open_job, units_of

    setup = Setup(
        platform=None if platform is None else str(platform.resolve()),
        policy=policy,
        intent=intent,
        columns=read_map(columns),
    )
    units = units_of(source)
    # A wrong policy or profile is said before a worker starts.
    engine_of(setup)
    open_job(units, out, setup)
    started = time.monotonic()
    reports: Iterator[Report]
    if engine is Target.spark:
        from tutela.fleet import spark

        reports = spark.run(units, str(out.resolve()), setup, master=master)
    elif engine is Target.ray:
        from tutela.fleet import ray

        reports = ray.run(units, str(out.resolve()), setup, address=master or "local")
    else:
        from tutela.fleet import plain

        reports = plain.run(units, str(out.resolve()), setup, workers=workers)
    judged = violates = failed = 0
    problems: list[str] = []
    for number, report in enumerate(reports, 1):
        judged += report.judged
        violates += report.violates
        failed += report.failed
        if report.problem:
            problems.append(f"{report.path}: {report.problem}")
        if not quiet and sys.stderr.isatty():
            rate = judged / max(time.monotonic() - started, 0.001)
            print(f"\r{number} of {len(units)} units, {judged:,} posts, {rate:,.0f} a second ", end="", file=sys.stderr)
    for problem in problems:
        print(f"T312 {problem}\n     named in {out}/_failed", file=sys.stderr)
    if not quiet:
        took = time.monotonic() - started
        print(f"{judged:,} judged, {violates:,} violate, {failed:,} could not be judged, {took:.1f} s, in {out}")
    return 2 if failed or problems else 1 if violates and not exit_zero else 0
