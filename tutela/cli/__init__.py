"""The command line: `tutela COMMAND`. Each command's module is imported when it is called, and only then."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.metadata import version
from typing import Any

import typer
from typer.core import TyperGroup

from tutela.errors import TutelaError

# command -> (module, its Typer application or function, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "check": ("tutela.cli.check", "check", "Judge a text, files, a folder, or items as JSON lines."),
    "explain": ("tutela.cli.explain", "explain", "Show why a text is decided as it is."),
    "redact": ("tutela.cli.redact", "redact", "Write a copy of a file without what it exposes."),
    "link": ("tutela.cli.link", "link", "Explain one address: is it safe to click?"),
    "traffic": ("tutela.cli.traffic", "traffic", "Find automated clients and attacked, shared or sold accounts in logs."),
    "scan": ("tutela.cli.scan", "scan", "Judge Parquet, JSON lines or CSV at scale, here or on Spark or Ray."),
    "stream": ("tutela.cli.stream", "stream", "Judge items from a message broker as they come."),
    "serve": ("tutela.cli.serve", "serve", "Start the service: API, console, public pages, background work."),
    "desk": ("tutela.cli.desk", "app", "Keep the desk's memory: verify, back up, restore, erase, keys, users."),
    "ledger": ("tutela.cli.desk", "ledger", "Verify the ledger and export its heads."),
    "erase": ("tutela.cli.desk", "erase", "Erase what is held about a subject, and prove it."),
    "policy": ("tutela.cli.policy", "app", "Show, list and check policies."),
    "platform": ("tutela.cli.platform", "app", "Write and check the platform's own profile."),
    "feeds": ("tutela.cli.feeds", "app", "Load threat lists and show their age."),
    "protect": ("tutela.cli.protect", "app", "Fingerprint sources and documents whose copies are to be found."),
    "signals": ("tutela.cli.signals", "signals", "List everything that can be seen, and by which detector."),
    "schema": ("tutela.cli.schema", "schema", "Print the JSON Schema of an item or a decision."),
}  # fmt: skip

NOT_JUDGED, USAGE = 2, 64
# Typer carries its own copy of Click: the base of all its usage errors is reached through the public one.
_UsageError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


class _Lazy(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name, (module, _, _) in COMMANDS.items() if importlib.util.find_spec(module) is not None]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, member, help_line = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(module), member)
        if isinstance(found, typer.Typer):
            app = found
        else:
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(name=cmd_name)(found)
        command = typer.main.get_command(app)
        command.name = cmd_name
        command.short_help = help_line
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        # The default would import every command's module for its help line.
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits with its status; 64 for bad usage, 2 for an error the product raises on purpose."""
    given = sys.argv[1:] if arguments is None else arguments
    if given == ["--version"]:
        print(f"tutela {version('tutela')}")
        sys.exit(0)
    group = _Lazy(
        name="tutela",
        help="Judge what people post and what clients do under a privacy and security policy.",
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
    )
    try:
        status = group.main(given or ["--help"], prog_name="tutela", standalone_mode=False)
    except _UsageError as error:
        error.show()  # type: ignore[attr-defined]
        sys.exit(USAGE)
    except typer.Abort:
        sys.exit(130)
    except TutelaError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_JUDGED)
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not complain at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
