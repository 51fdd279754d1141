"""`tutela traffic`: who in a log behaves like an automated client, and which accounts are shared, sold or attacked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tutela.traffic import Analysis, Finding, Told

OK, VIOLATES, UNJUDGED, USAGE = 0, 1, 2, 64


class LogFormat(StrEnum):
    """What the lines are; `auto` looks at each."""

    auto = "auto"
    combined = "combined"
    json = "json"
    alb = "alb"
    logins = "logins"


class Target(StrEnum):
    """Whose configuration an export is."""

    nginx = "nginx"
    fail2ban = "fail2ban"
    crowdsec = "crowdsec"


def traffic(
    logs: Annotated[
        list[str],
        typer.Argument(help="Log files or folders, plain, .gz or .zst; `-` is standard input.", metavar="LOG..."),
    ],
    format: Annotated[
        LogFormat, typer.Option("--format", help="What the lines are; auto recognises each line.")
    ] = LogFormat.auto,
    profile: Annotated[
        Path | None, typer.Option("--profile", "--platform", help="The platform's own profile, TOML or JSON.")
    ] = None,
    hosts: Annotated[
        Path | None, typer.Option(help="Recorded reverse DNS: address, host, its addresses, by tabs.")
    ] = None,
    policy: Annotated[
        str, typer.Option(help="Judge by this policy version instead of the one in force at the time.")
    ] = "",
    report: Annotated[
        Path | None, typer.Option(help="Write a page for people to this file.", metavar="FILE.html")
    ] = None,
    export: Annotated[Target | None, typer.Option(help="Print rules for this program instead of findings.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also automated clients that are allowed, and why.")
    ] = False,
    every: Annotated[
        float,
        typer.Option(
            help="On standard input: tell of new findings after so many seconds of log time; 0 waits for the end."
        ),
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON finding a line, on a terminal too.")] = False,
    table: Annotated[bool, typer.Option("--table", help="A table for people, also when piped.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No summary on standard error.")] = False,
) -> None:
    """Who behaves like an automated client, and which accounts are shared, sold or attacked.

    One finding an actor. Exit status: 0 nothing violates, 1 something violates, 2 something could not be judged.
    """
    from tutela.errors import TutelaError

    try:
        status = _run(
            logs, format.value, profile, hosts, policy, report, export, everything, every, as_json, table, quiet
        )
    except TutelaError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNJUDGED if error.code == "T312" else USAGE) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(OK) from None
    raise typer.Exit(status)


def _run(
    logs: list[str], wanted: str, profile: Path | None, hosts: Path | None, policy: str, report: Path | None,
    export: Target | None, everything: bool, every: float, as_json: bool, table: bool, quiet: bool,
) -> int:  # fmt: skip
    from typing import cast

    from tutela.settings import Platform, load_platform
    from tutela.traffic import Analysis, in_time_order
    from tutela.traffic.analysis import Format
    from tutela.traffic.excuses import HostNames
    from tutela.traffic.source import files_in

    platform = load_platform(profile) if profile is not None else Platform.none()
    names = HostNames(_text(hosts)) if hosts is not None else None
    analysis = Analysis(platform, cast("Format", wanted), hosts=names, policy_at=_policy_at(policy))
    lines = (as_json or not (table or sys.stdout.isatty())) and export is None
    paths: tuple[Path | None, ...] = (
        (None,) if logs == ["-"] else in_time_order(files_in(tuple(Path(log) for log in logs)))
    )
    live = _Live(analysis, every, everything) if lines and every > 0 and paths == (None,) else None
    for path in paths:
        for latest in analysis.feed_file(path):
            if live is not None:
                live.look(latest)
    told = analysis.told()
    shown = [finding for finding in told.findings if finding.violates or everything]
    if export is not None:
        from tutela.traffic.export import rules_for

        typer.echo(rules_for(export.value, told.findings), nl=False)
    elif live is not None:
        live.show(shown)
    elif lines:
        for finding in shown:
            _write(finding)
    else:
        _table(told, shown)
    if report is not None:
        from tutela.traffic.report import render

        report.write_text(render(told, platform), "utf-8")
    if not quiet:
        _summary(told, lines or export is not None)
    readable = sum(told.formats.values())
    if not readable or told.troubles or told.broken * 10 > told.lines:
        _say_unjudged(told)
        return VIOLATES if any(finding.violates for finding in told.findings) else UNJUDGED
    return VIOLATES if any(finding.violates for finding in told.findings) else OK


def _policy_at(wanted: str) -> Callable[[datetime], str]:
    """The version that a finding is judged by. Raises UnknownPolicy (T201) for a name that is in no book."""
    from tutela.policy.book import load_book

    book = load_book()
    fixed = book.version(wanted).id if wanted else ""
    return lambda at: fixed or book.in_force(at).id


class _Live:
    """Findings of a log that still grows: each told once, and again when it becomes graver."""

    def __init__(self, analysis: Analysis, every: float, everything: bool) -> None:
        self._analysis, self._every, self._everything = analysis, every, everything
        self._told: dict[str, str] = {}
        self._last = 0.0

    def look(self, latest: float) -> None:
        if self._last == 0.0:
            self._last = latest
        elif latest - self._last >= self._every:
            self._last = latest
            self.show([f for f in self._analysis.told().findings if f.violates or self._everything])

    def show(self, findings: list[Finding]) -> None:
        for finding in findings:
            # A group of addresses that grows keeps its agent; its count is no news by itself.
            who = finding.actor.partition("|")[2] if finding.address_count > 1 else finding.actor
            if self._told.get(who) != finding.action:
                self._told[who] = finding.action
                _write(finding)
        sys.stdout.flush()


def _write(finding: Finding) -> None:
    sys.stdout.buffer.write(finding.to_json() + b"\n")


def _text(path: Path) -> str:
    from tutela.errors import MissingFile

    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise MissingFile(
            "cannot be read as text", where=str(path), next_step="one line an address, fields by tabs"
        ) from None


def _table(told: Told, findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not findings:
        console.print("Nobody here behaves against the rules.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("action", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    table.add_column("actor", max_width=40, overflow="ellipsis", no_wrap=True)
    table.add_column("requests", justify="right", no_wrap=True)
    table.add_column("until (UTC)", no_wrap=True)
    table.add_column("why", ratio=1, min_width=24)
    colours = {"remove": "red", "restrict": "yellow", "warn": "cyan", "review": "magenta", "allow": "green"}
    for finding in findings:
        until = f"{finding.until:%m-%d %H:%M}" if finding.until else "—"
        # Text, not markup: an agent may hold square brackets.
        table.add_row(
            Text(finding.action, colours[finding.action]), f"{finding.confidence:.2f}", Text(finding.actor), f"{finding.requests:,}",
            until, Text(finding.reason),
        )  # fmt: skip
    console.print(table)


def _summary(told: Told, piped: bool) -> None:
    kinds = ", ".join(f"{name} {count:,}" for name, count in sorted(told.formats.items()))
    bad = sum(finding.violates for finding in told.findings)
    what = "accounts" if told.logins else "actors"
    typer.echo(f"{told.lines:,} lines ({kinds or 'none readable'}), {told.actors:,} {what}, {bad} violate", err=piped)
    if told.broken:
        typer.echo(
            f"{told.broken:,} lines could not be read; the first: {told.first_broken or 'longer than 64 KiB'}", err=True
        )
    if told.day is not None and told.day.jumps:
        typer.echo(
            f"{told.day.jumps:,} lines are more than an hour older than one before them: a clock jumped, or files overlap",
            err=True,
        )


def _say_unjudged(told: Told) -> None:
    for trouble in told.troubles:
        typer.echo(trouble, err=True)
    if not sum(told.formats.values()):
        typer.echo("T312 no line of the log could be read\n     --format names what the lines are", err=True)


def main() -> None:
    """`python -m tutela.cli.traffic`, for this command alone."""
    app = typer.Typer(add_completion=False)
    app.command()(traffic)
    try:
        status = app(standalone_mode=False)
    except Exception as error:
        # Typer carries a copy of click inside; its usage errors are known by how they show themselves.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        sys.exit(USAGE)
    sys.exit(status or OK)


if __name__ == "__main__":
    main()
