"""`tutela platform init|check`: write the platform's own profile, find what is wrong with one."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tutela.errors import TutelaError
from tutela.settings import Platform, load_platform

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Write and check the platform's own profile.",
)


@app.command()
def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("platform.toml"),
    name: Annotated[str, typer.Option(help="The platform's name.")] = "",
    domain: Annotated[list[str] | None, typer.Option(help="An official domain; may be given several times.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> int:
    """Write a profile with every field explained. It is valid at once and says nothing but the name."""
    if file.exists() and not force:
        print(f"T104 {file}: is there already\n     choose another name, or --force to write over it", file=sys.stderr)
        return 2
    template = resources.files("tutela").joinpath("cli", "platform_template.toml").read_text(encoding="utf-8")
    given = name or "My Platform"
    domains = ", ".join(_quoted(entry) for entry in domain or ())
    text = template.replace('name = "My Platform"', f"name = {_quoted(given)}")
    text = text.replace("domains = []", f"domains = [{domains}]", 1)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"T104 {file}: {(error.strerror or 'cannot be written').lower()}\n     check the path", file=sys.stderr)
        return 2
    print(f"wrote {file}; fill in what you know, then: tutela platform check {file}")
    return 0


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A profile, TOML or JSON.")]) -> int:
    """Check a profile: all defects with their places, what it says, and what it leaves open."""
    try:
        platform = load_platform(file)
    except TutelaError as error:
        print(error, file=sys.stderr)
        return 2
    console = Console()
    table = Table(box=None, padding=(0, 2), show_header=False)
    for label, entries in _said(platform):
        table.add_row(label, ", ".join(entries[:6]) + (f" and {len(entries) - 6} more" if len(entries) > 6 else ""))
    console.print(f"[bold]{platform.name}[/bold]", highlight=False)
    console.print(table, highlight=False, markup=False)
    for missing in _open(platform):
        console.print(f"  – {missing}", style="dim", highlight=False, markup=False)
    for path in platform.protected:
        if not Path(path).is_file():
            print(f"T104 protected: no file {path}\n     make it with `tutela protect add`", file=sys.stderr)
            return 2
    return 0


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(platform: Platform) -> list[tuple[str, tuple[str, ...]]]:
    rows = [
        ("spellings", platform.spellings),
        ("domains", platform.domains),
        ("short links", platform.shorteners),
        ("apps", tuple(app.id for app in platform.apps)),
        ("official accounts", platform.official_accounts),
        ("brands", tuple(brand.name for brand in platform.brands)),
        ("crawlers", tuple(crawler.name for crawler in platform.crawlers)),
        ("fetchers", tuple(fetcher.name for fetcher in platform.fetchers)),
        ("logos", tuple(logo.what or logo.pdq[:8] for logo in platform.logos)),
        ("protected", tuple(Path(path).name for path in platform.protected)),
    ]
    return [(label, entries) for label, entries in rows if entries]


def _open(platform: Platform) -> list[str]:
    """What cannot be found because the profile does not say it."""
    remarks = []
    if not platform.domains:
        remarks.append("no domains: links to the platform itself cannot be told from fakes")
    if not platform.official_accounts:
        remarks.append("no official accounts: every account with the platform's name counts as a look-alike")
    if not platform.apps:
        remarks.append("no apps: changed copies of the app are not recognised")
    for app in platform.apps:
        if not app.signing_cert_sha256 and not app.apple_team_ids:
            remarks.append(f"app {app.id} without a signing certificate: re-signed copies are not recognised")
    if not platform.logos:
        remarks.append("no logos: pictures that use them are not recognised")
    if not any(crawler.verified for crawler in platform.crawlers):
        remarks.append("no verified crawlers: search engines are judged like any other client")
    if len(platform.name.replace(" ", "")) < 5:
        remarks.append("the name is shorter than five letters: typing slips of it cannot be told from other words")
    return remarks
