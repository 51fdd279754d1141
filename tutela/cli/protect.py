"""`tutela protect add|status|find`: fingerprint sources and documents whose copies are to be found; never keep the text."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tutela.errors import BadSettings, MissingFile

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Fingerprint sources and documents whose copies are to be found.",
)
_LEFT_OUT_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "dist", "build"})
# Texts that everyone copies: a licence in a protected tree would make every project a copy of it.
_LEFT_OUT_STEMS = ("license", "licence", "copying", "notice", "authors", "changelog", "code_of_conduct", "unlicense")
_LEAST_TOKENS = 60
_MOST_BYTES = 16 << 20


def _files(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(f for f in folders if f not in _LEFT_OUT_FOLDERS)
                for name in sorted(names):
                    file = Path(folder) / name
                    if not file.is_symlink() and not name.lower().startswith(_LEFT_OUT_STEMS):
                        yield str(file.relative_to(path)), file
        elif path.exists():
            yield path.name, path
        else:
            raise MissingFile("no such file or folder", where=str(path), next_step="name a file or a folder")


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or archives to protect.")],
    to: Annotated[Path, typer.Option(help="The fingerprint file to write.")] = Path("protected.tpf"),
) -> None:
    """Fingerprint files and folders into one file, which replaces what it held before.

    Name that file in the platform profile's `protected` list. Names and fingerprints are kept, the texts are not.
    """
    from tutela.extract.files import inspect_file
    from tutela.extract.files.fingerprints import Prints, fingerprint
    from tutela.extract.files.kinds import identify
    from tutela.extract.files.protected import build, language_of_content
    from tutela.settings import Platform

    named: list[tuple[str, Prints]] = []
    unread = short = 0
    for name, file in _files(paths):
        if file.stat().st_size > _MOST_BYTES:
            unread += 1
            typer.echo(f"left out, larger than {_MOST_BYTES >> 20} MiB: {name}", err=True)
            continue
        data = file.read_bytes()
        found = inspect_file(data, name=file.name, part="file", platform=Platform.none())
        if found.extract.troubles and not found.extract.parts:
            unread += 1
            typer.echo(f"could not be read: {name}: {found.extract.troubles[0].what}", err=True)
        for part in found.extract.parts:
            if part.medium not in ("document", "source"):
                continue
            member = part.name.removeprefix("file").lstrip("/")
            kind = identify(part.text.encode(), member) if member else found.kind
            prints = fingerprint(part.text, language_of_content(kind, part.medium))
            if prints.tokens < _LEAST_TOKENS:
                short += 1
                continue
            named.append((f"{name}/{member}" if member else name, prints))
    if not named:
        raise BadSettings(
            "nothing that is long enough to be told from others", where=str(to), next_step="name sources or documents"
        )
    _replace(to, build(named))
    typer.echo(
        f"{len(named):,} texts fingerprinted into {to} ({to.stat().st_size:,} bytes); {short:,} too short, {unread:,} unread"
    )


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent if str(path.parent) else ".", prefix=".protect-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@app.command()
def status(file: Annotated[Path, typer.Argument(help="A fingerprint file.")]) -> None:
    """Show what a fingerprint file holds."""
    from tutela.extract.files.protected import load

    index = load(file)
    total = sum(sum(entry.sizes) for entry in index.entries)
    typer.echo(f"{len(index.entries):,} texts, {total:,} fingerprints, {file.stat().st_size:,} bytes")


@app.command()
def find(
    file: Annotated[Path, typer.Argument(help="A fingerprint file.")],
    paths: Annotated[list[Path], typer.Argument(help="Files or folders to compare with it.")],
) -> None:
    """Compare files with a fingerprint file; exit status 1 when something is a copy."""
    from tutela.extract.files import inspect_file
    from tutela.settings import Platform

    platform = Platform(name="protected", protected=(str(file.resolve()),))
    from tutela.extract.files.protected import load

    load(file)
    copies = 0
    for name, path in _files(paths):
        found = inspect_file(path.read_bytes(), name=path.name, part="file", platform=platform)
        for signal in found.extract.signals:
            if signal.name == "source.protected_copy":
                copies += 1
                typer.echo(f"{name}: {signal.says} ({signal.shown_as})")
    if copies:
        raise typer.Exit(1)
