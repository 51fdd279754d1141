"""`tutela feeds update|status`: load threat lists the operator names, keep them sealed, show their age."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tutela.errors import BadSettings, MissingFile, TooLarge, TutelaError
from tutela.links.feeds import MOST_BYTES, Feed, Format, kept_bytes, read_feed, read_kept

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Load threat lists and show their age."
)
# A list that lost this share of its entries is rather broken than better.
LEAST_SHARE = 0.5
FETCH_TIMEOUT_S = 60
OLD_DAYS = 7


def default_folder() -> Path:
    """Where lists are kept: `TUTELA_FEEDS`, else the user's data folder."""
    named = os.environ.get("TUTELA_FEEDS")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tutela" / "feeds"


@app.command()
def update(
    sources: Annotated[list[str], typer.Argument(help="Files or https addresses of lists; NAME=SOURCE gives a name.")],
    folder: Annotated[Path | None, typer.Option(help="Where lists are kept.")] = None,
    format: Annotated[str, typer.Option(help="auto, urlhaus, phishtank, openphish, domains or hashes.")] = "auto",
    threat: Annotated[str, typer.Option(help="What the lists name: phishing, malware …")] = "phishing",
    sha256: Annotated[
        str, typer.Option(help="The list's SHA-256 as its maker publishes it; refused when it differs.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Take a list though it is much smaller than the one kept.")
    ] = False,
) -> int:
    """Load lists. One that is empty, malformed or much smaller than the one kept never replaces it."""
    if format not in ("auto", "urlhaus", "phishtank", "openphish", "domains", "hashes"):
        print("T207 --format: one of auto, urlhaus, phishtank, openphish, domains, hashes", file=sys.stderr)
        return 64
    place = folder or default_folder()
    place.mkdir(parents=True, exist_ok=True)
    failed = 0
    for source in sources:
        name, equals, address = source.partition("=")
        if not equals or "/" in name or "." in name:
            name, address = _name(source), source
        try:
            feed = _load(address, name, format, threat, sha256)  # type: ignore[arg-type]
            before = _kept(place, name)
            if before is not None and len(feed.prefixes) < LEAST_SHARE * len(before.prefixes) and not force:
                raise BadSettings(
                    f"{len(feed.prefixes):,} entries, and the list kept has {len(before.prefixes):,}; the old one stays",
                    where=name, next_step="look at the source; --force takes it",
                )  # fmt: skip
            _keep(place, feed)
        except TutelaError as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        remark = f", {feed.skipped:,} lines not read" if feed.skipped else ""
        print(f"{name}: {len(feed.prefixes):,} entries as {feed.format}{remark}; SHA-256 {feed.digest[:16]}…")
    return 2 if failed else 0


@app.command()
def status(
    folder: Annotated[Path | None, typer.Option(help="Where lists are kept.")] = None,
) -> int:
    """The lists kept: entries, what they name, age, seal. Exit status 1 when one is older than a week or broken."""
    place = folder or default_folder()
    table = Table(box=None, padding=(0, 2))
    for column in ("list", "names", "entries", "format", "loaded", "its own date", "SHA-256"):
        table.add_column(column)
    trouble = False
    paths = sorted(place.glob("*.tutelafeed")) if place.is_dir() else []
    for path in paths:
        age = (time.time() - path.stat().st_mtime) / 86400
        try:
            feed = read_kept(path)
        except TutelaError as error:
            print(error, file=sys.stderr)
            trouble = True
            continue
        trouble |= age > OLD_DAYS
        table.add_row(
            feed.name, feed.threat, f"{len(feed.prefixes):,}", feed.format,
            f"{_days(age)}{' – old' if age > OLD_DAYS else ''}", str(feed.made_at.date()) if feed.made_at else "unknown", f"{feed.digest[:16]}…",
        )  # fmt: skip
    if paths:
        Console().print(table)
    else:
        print(f"no lists in {place}\nload one: tutela feeds update FILE")
    return 1 if trouble else 0


def _days(age: float) -> str:
    return f"{age * 24:.0f} hours ago" if age < 2 else f"{age:.0f} days ago"


def _name(source: str) -> str:
    stem = source.rstrip("/").rpartition("/")[2].partition("?")[0].partition(".")[0]
    kept = "".join(char if char.isalnum() or char in "-_" else "-" for char in stem)[:60]
    return kept or "list"


def _load(source: str, name: str, format: Format, threat: str, sha256: str) -> Feed:
    import hashlib

    data = _fetched(source) if "://" in source else _from_file(source)
    if sha256 and hashlib.sha256(data).hexdigest() != sha256.strip().lower():
        raise BadSettings("the SHA-256 is not the one given", where=name, next_step="fetch it again, or ask its maker")
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, name)
    return read_feed(data, name=name, format=format, threat=threat)


def _from_file(source: str) -> bytes:
    path = Path(source)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge(f"larger than {MOST_BYTES >> 20} MiB", where=source)
        return path.read_bytes()
    except OSError as error:
        raise MissingFile(
            (error.strerror or "cannot be read").lower(), where=source, next_step="check the path"
        ) from None


def _fetched(source: str) -> bytes:
    """An https address, within a minute and 512 MiB. The only place where links ever meet a network."""
    import urllib.error
    import urllib.request

    if not source.startswith("https://"):
        raise BadSettings("only https addresses are fetched", where=source[:60], next_step="use https, or a file")
    started = time.monotonic()
    pieces: list[bytes] = []
    size = 0
    try:
        with urllib.request.urlopen(source, timeout=FETCH_TIMEOUT_S) as answer:
            while piece := answer.read(1 << 20):
                size += len(piece)
                pieces.append(piece)
                if size > MOST_BYTES or time.monotonic() - started > FETCH_TIMEOUT_S:
                    raise TooLarge("too large or too slow", where=source[:60], next_step="load it as a file")
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise MissingFile(f"cannot be fetched: {reason}", where=source[:60], next_step="check the address") from None
    return b"".join(pieces)


def _unpacked(data: bytes, name: str) -> bytes:
    import zlib

    try:
        unpacker = zlib.decompressobj(31)
        text = unpacker.decompress(data, MOST_BYTES + 1)
    except zlib.error:
        raise BadSettings("cannot be unpacked", where=name, next_step="fetch it again") from None
    if len(text) > MOST_BYTES:
        raise TooLarge(f"larger than {MOST_BYTES >> 20} MiB when unpacked", where=name)
    if not unpacker.eof:
        raise BadSettings("cut short", where=name, next_step="fetch it again")
    return text


def _kept(place: Path, name: str) -> Feed | None:
    path = place / f"{name}.tutelafeed"
    try:
        return read_kept(path) if path.is_file() else None
    except TutelaError:
        # A broken list is no reason to refuse a whole one.
        return None


def _keep(place: Path, feed: Feed) -> None:
    handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
    with os.fdopen(handle, "wb") as out:
        out.write(kept_bytes(feed))
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, place / f"{feed.name}.tutelafeed")
