"""`tutela redact`: write a copy of a file without what it exposes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tutela.cli.items import Failed, from_file
from tutela.engine import Engine
from tutela.errors import MissingFile
from tutela.model import Item

# Formats that come back in another one.
_ENDINGS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"%PDF": ".pdf", b"RIFF": "", b"OggS": ".ogg"}


def redact(
    file: Annotated[Path, typer.Argument(help="A picture, a clip, a sound or a PDF.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where the copy goes; by itself beside FILE.")] = None,
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> int:
    """Write a copy in which exposing regions are filled, spans silent, text gone, and hidden data removed.

    The copy is judged again; what is still found in it is removed too. The file itself is not touched.
    Exit status: 0 the copy is clean, or nothing had to be redacted; 1 the copy still breaks the policy for what it is
    about; 2 the file cannot be redacted.
    """
    from tutela.redaction import redact_until_clean

    entry = from_file(file)
    if isinstance(entry, Failed):
        raise entry.error
    engine = Engine.load(platform=platform, policy=policy)
    decision = engine.check(entry)
    if not any(evidence.where.part.startswith("media/") for evidence in decision.evidence):
        _say(f"nothing to redact: {decision.reason}", quiet=quiet)
        return 1 if decision.violates else 0
    left, now = redact_until_clean(entry, decision, engine.check)
    data = left.media[0].data or b""
    target = out if out is not None else _beside(file, data)
    try:
        target.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise MissingFile(reason, where=str(target), next_step="give another place with --out") from None
    _say(f"{target}: {_told(entry, len(decision.evidence))}", quiet=quiet)
    if now.violates:
        _say(f"the copy still breaks the policy: {now.reason}", quiet=quiet)
        return 1
    return 0


def _told(item: Item, places: int) -> str:
    verb = {"audio": "silenced", "video": "filled or silenced"}.get(item.media[0].kind, "filled")
    return f"{places} {'place' if places == 1 else 'places'} {verb}, hidden data removed"


def _beside(file: Path, data: bytes) -> Path:
    ending = next((ending for head, ending in _ENDINGS.items() if data.startswith(head)), "")
    if data[4:8] == b"ftyp":
        ending = ".mp4" if file.suffix.lower() not in (".m4a", ".mov", ".mp4") else file.suffix
    kept = file.suffix if not ending or (ending == ".jpg" and file.suffix.lower() == ".jpeg") else ending
    return file.with_name(f"{file.stem}.redacted{kept}")


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        print(text, file=sys.stderr)
