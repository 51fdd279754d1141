"""`tutela check`: judge a text, files, a folder, or items as JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, Annotated

import typer

from tutela.cli.items import Entry, Failed, from_arguments, from_lines
from tutela.cli.loading import load_engine
from tutela.engine import BATCH, Engine
from tutela.errors import MissingFile
from tutela.model import Decision, Item

VIOLATES, NOT_JUDGED, USAGE = 1, 2, 64


def check(
    what: Annotated[list[str] | None, typer.Argument(help="A text, files, or folders.", metavar="TEXT|FILE…")] = None,
    jsonl: Annotated[str | None, typer.Option(help="Items, one JSON object a line; - for standard input.")] = None,
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print decisions as JSON, one a line.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print for people, also when piped.")] = False,
    jsonl_out: Annotated[Path | None, typer.Option(help="Write decisions to this file, one a line.")] = None,
    parquet_out: Annotated[Path | None, typer.Option(help="Write decisions to this Parquet file.")] = None,
    preview: Annotated[Path | None, typer.Option(help="For one picture: draw what was found into this PNG.")] = None,
    intent: Annotated[str, typer.Option(help="on, or off: do not judge what a text is trying to do.")] = "on",
    detectors: Annotated[list[Path] | None, typer.Option(help="A folder of further detectors.")] = None,
    rules: Annotated[list[Path] | None, typer.Option(help="A folder of YARA rules and hash lists of yours.")] = None,
    clamd: Annotated[str, typer.Option(help="A ClamAV daemon: unix:/path or tcp:host:port.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    progress: Annotated[bool | None, typer.Option(help="Show a progress bar; by itself on a terminal.")] = None,
) -> int:
    """Judge a text, files by their real type, folders, or items as JSON lines.

    Exit status: 0 nothing violates, 1 something violates, 2 an item could not be judged, 64 bad usage.
    """
    if bool(what) == (jsonl is not None):
        raise typer.BadParameter("give a text or files, or --jsonl FILE; not both, not neither")
    if intent not in ("on", "off"):
        raise typer.BadParameter("on or off", param_hint="--intent")
    engine = load_engine(
        platform=platform, policy=policy, intent=intent, detectors=detectors or (), rules=rules or (), clamd=clamd
    )
    with ExitStack() as stack:
        entries, total = _entries(what or [], jsonl, stack)
        writers = _Writers(
            stack,
            to_screen=not quiet,
            as_json=json or not (table or sys.stdout.isatty()),
            many=jsonl is not None or total != 1,
            jsonl_out=jsonl_out,
            parquet_out=parquet_out,
        )
        shown = _progress(entries, total, stack, progress, quiet=quiet)
        violates = failed = 0
        last: tuple[Entry, Decision] | None = None
        for entry, decision in judged(engine, shown):
            if isinstance(entry, Failed):
                failed += 1
                print(entry.error, file=sys.stderr)
            violates += decision.violates
            writers.write(entry, decision)
            last = (entry, decision)
        writers.close()
    if preview is not None and last is not None:
        _preview(last, preview)
    return NOT_JUDGED if failed else VIOLATES if violates else 0


def judged(engine: Engine, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Decision]]:
    """Each entry with its decision, in order; one that could not be read is for a person to review."""
    source = iter(entries)
    # The first answers come soon, then whole batches: someone may be waiting at a pipe.
    size = 16
    while chunk := list(islice(source, size)):
        size = BATCH
        decisions = engine.check_many([entry for entry in chunk if isinstance(entry, Item)])
        for entry in chunk:
            yield entry, next(decisions) if isinstance(entry, Item) else not_judged(engine, entry)


def not_judged(engine: Engine, failed: Failed) -> Decision:
    """The decision for an item that could not be read: `review`, with the reason."""
    return Decision(
        id=failed.id,
        violates=False,
        action="review",
        clauses=(),
        evidence=(),
        risks=(),
        reason=f"This item could not be judged ({failed.error.code} {failed.error.what}): a person should look.",
        confidence=0.0,
        policy=(engine.policy or engine.book.versions[-1]).id,
    )


def _entries(what: list[str], jsonl: str | None, stack: ExitStack) -> tuple[Iterable[Entry], int | None]:
    if jsonl is None:
        listed = from_arguments(what)
        return listed, len(listed)
    if jsonl == "-":
        return from_lines(sys.stdin.buffer, "standard input", Path.cwd()), None
    path = Path(jsonl)
    try:
        source: IO[bytes] = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise MissingFile(error.strerror or "cannot be read", where=jsonl, next_step="check the path") from None
    return from_lines(source, jsonl, path.parent), None


def _progress(
    entries: Iterable[Entry], total: int | None, stack: ExitStack, wanted: bool | None, *, quiet: bool
) -> Iterable[Entry]:
    if wanted is None:
        wanted = sys.stderr.isatty() and not quiet and (total is None or total > 50) and not sys.stdout.isatty()
    if not wanted:
        return entries
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    )
    stack.enter_context(bar)
    return bar.track(entries, total=total)


class _Writers:
    """Where decisions go: the screen as JSON or as a table, a file of lines, a Parquet file."""

    def __init__(
        self,
        stack: ExitStack,
        *,
        to_screen: bool,
        as_json: bool,
        many: bool,
        jsonl_out: Path | None,
        parquet_out: Path | None,
    ) -> None:
        self._json = to_screen and as_json
        self._table = to_screen and not as_json
        self._many = many
        self._shown: list[tuple[Entry, Decision]] = []
        self._lines: IO[bytes] | None = None
        self._parquet = None
        if jsonl_out is not None:
            try:
                self._lines = stack.enter_context(jsonl_out.open("wb"))
            except OSError as error:
                raise MissingFile(error.strerror or "cannot be written", where=str(jsonl_out)) from None
        if parquet_out is not None:
            from tutela.fleet.arrow import ParquetDecisions

            self._parquet = stack.enter_context(ParquetDecisions(parquet_out))

    def write(self, entry: Entry, decision: Decision) -> None:
        if self._json or self._lines is not None:
            line = decision.to_json() + b"\n"
            if self._json:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
            if self._lines is not None:
                self._lines.write(line)
        if self._parquet is not None:
            self._parquet.write(decision)
        if self._table:
            self._shown.append((entry, decision))

    def close(self) -> None:
        if not self._table or not self._shown:
            return
        from tutela.cli.printing import print_table, print_verdict

        if self._many or len(self._shown) > 1:
            print_table(self._shown)
        else:
            print_verdict(*self._shown[0])


def _preview(last: tuple[Entry, Decision], path: Path) -> None:
    entry, decision = last
    if not isinstance(entry, Item) or not entry.media or entry.media[0].data is None:
        raise typer.BadParameter("a preview needs one picture", param_hint="--preview")
    from tutela.redaction import draw_preview

    path.write_bytes(draw_preview(entry.media[0].data, decision))
