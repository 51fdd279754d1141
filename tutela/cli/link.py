"""`tutela link ADDRESS`: for a person who wonders whether to click. Nothing is opened."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tutela.links import Address, Found, find, inspect, parse
from tutela.links.address import targets
from tutela.links.feeds import Feeds, load_feeds
from tutela.model import Signal
from tutela.settings import Platform, load_platform

_LEVELS = ("fine", "unsure", "careful", "danger")
_HEADS = {
    "danger": ("red", "✗ Do not open it."),
    "careful": ("yellow", "! Be careful."),
    "unsure": ("cyan", "? Where it leads cannot be told."),
    "fine": ("green", "✓ Nothing speaks against it."),
}
_GRAVE = frozenset((
    "link.lookalike", "link.brand_lookalike", "link.fake_platform", "link.phishing", "link.listed", "link.userinfo_trick", "link.script_uri",
    "link.data_uri", "link.store_foreign_app", "link.mixed_letters",
))  # fmt: skip


def link(
    address: Annotated[str, typer.Argument(help="An address, or a text with addresses in it.")],
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    feeds: Annotated[Path | None, typer.Option(help="Folder of threat lists (`tutela feeds update`).")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> int:
    """Explain one address: is it safe to click? Exit status 1 when it is not, 0 when nothing speaks against it."""
    from tutela.cli.feeds import default_folder

    profile = load_platform(platform) if platform else Platform.none()
    lists = load_feeds(feeds or default_folder())
    found = find(address)
    if not found:
        read = parse(address)
        if read is None or not read.site or ("." not in read.host and not read.ip):
            print("T101 no address is in that text\n     give one such as https://example.com/page", file=sys.stderr)
            return 64
        found = (Found(start=0, end=len(address), form="bare", address=read),)
    console = Console()
    worst = 0
    for one in found:
        signals = inspect(address[one.start : one.end], part="links/0", platform=profile, feeds=lists)
        level = _level(signals)
        worst = max(worst, _LEVELS.index(level))
        if json or not sys.stdout.isatty():
            print(_as_json(one.address, level, signals))
        else:
            _print(console, one.address, level, signals, lists)
    return 1 if worst >= 2 else 0


def _level(signals: tuple[Signal, ...]) -> str:
    level = "fine"
    for signal in signals:
        if signal.name in _GRAVE:
            # A link that was made harmless in writing is still dangerous when somebody puts it together again.
            sure = 0.8 if "defanged" in signal.marks else signal.confidence
            level = max(level, "danger" if sure >= 0.6 else "careful", key=_LEVELS.index)
        elif signal.name in ("link.raw_ip", "link.executable_download"):
            level = max(level, "careful", key=_LEVELS.index)
        elif signal.name == "link.shortener":
            level = max(level, "unsure", key=_LEVELS.index)
    return level


def _as_json(address: Address, level: str, signals: tuple[Signal, ...]) -> str:
    import msgspec

    rows: list[dict[str, Any]] = [
        {"name": signal.name, "confidence": signal.confidence, "says": signal.says, "shown_as": signal.shown_as}
        for signal in signals
    ]
    return msgspec.json.encode(
        {"shown_as": address.shown(), "site": address.site, "verdict": level, "signals": rows}
    ).decode()


def _print(console: Console, address: Address, level: str, signals: tuple[Signal, ...], lists: Feeds) -> None:
    colour, head = _HEADS[level]
    body = Text()
    reasons = [signal for signal in signals if signal.name != "link.official"]
    for signal in reasons[:6]:
        body.append(f"{signal.says[:1].upper()}{signal.says[1:]}. ({signal.confidence:.0%})\n")
    if any(signal.name == "link.official" for signal in signals):
        body.append("It is one of the platform's own addresses.\n")
    elif not reasons:
        body.append("Its form shows no trick, and no list names it. The page itself was not looked at.\n")
    console.print(Panel(Text(str(body).rstrip()), title=head, title_align="left", border_style=colour))
    table = Table(box=None, padding=(0, 2), show_header=False)
    table.add_row("shown so that nobody can click it", Text(address.shown()))
    if address.site:
        table.add_row("whose site it is", Text(address.site.replace(".", "[.]")))
    for inner in targets(address)[:3]:
        table.add_row("leads on to", Text(inner.shown()))
    total = sum(len(feed.prefixes) for feed in lists.lists)
    table.add_row(
        "threat lists asked",
        f"{len(lists.lists)} with {total:,} entries" if lists.lists else "none (`tutela feeds update`)",
    )
    console.print(table)
