"""`tutela signals`: list everything that can be seen, and by which detector."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from tutela.vocabulary import signal_rows


def signals(
    match: Annotated[str | None, typer.Argument(help="Only names that hold this.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON, one a line.")] = False,
) -> int:
    """List every signal: its name, the kind of evidence, who sees it, and what it says."""
    rows = [row for row in signal_rows() if match is None or match in row.name]
    if json or not sys.stdout.isatty():
        for row in rows:
            sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2))
    for name in ("signal", "kind", "seen by", "says"):
        table.add_column(name)
    for row in rows:
        table.add_row(row.name, row.kind, row.detector, row.says)
    Console().print(table)
    return 0
