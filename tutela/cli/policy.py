"""`tutela policy show|list|lint`: read a policy, see which versions there are, find what is wrong with one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tutela.context import NAMES
from tutela.policy import load_book
from tutela.policy.book import lint as lint_policy
from tutela.policy.book import read_policy
from tutela.policy.form import Policy
from tutela.vocabulary import signal_names

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Show, list and check policies."
)


@app.command("list")
def list_versions() -> int:
    """The versions of the policy, with their dates."""
    table = Table(box=None, padding=(0, 2))
    for name in ("version", "policy", "released", "effective", "clauses"):
        table.add_column(name)
    for policy in load_book().versions:
        table.add_row(policy.id, policy.name, str(policy.released), str(policy.effective), str(len(policy.clauses)))
    Console().print(table)
    return 0


@app.command()
def show(
    version: Annotated[str | None, typer.Argument(help="A version; the newest without one.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the wording.")] = "en",
) -> int:
    """A version, clause by clause: wording, risks, what follows, and the rules that find it."""
    book = load_book()
    policy = book.version(version) if version else book.versions[-1]
    console = Console()
    console.print(f"[bold]{policy.name}[/bold] {policy.id} · released {policy.released} · effective {policy.effective}")
    for clause in sorted(policy.clauses, key=lambda clause: -clause.gravity):
        wording = clause.wording.get(lang) or clause.wording["en"]
        console.print(f"\n[bold]{clause.id}[/bold]  {wording.title}")
        console.print(f"  risks: {', '.join(clause.risks)}", style="dim")
        console.print(f"  then: {clause.then.default}; where a person should look: {clause.then.unsure}", style="dim")
        for rule in clause.rules:
            line = f"  {', '.join(rule.signals)} from {rule.at_least:.0%}"
            for word, names in (("needs", rule.needs), ("unless", rule.unless), ("unsure", rule.unsure)):
                line += f"; {word} {', '.join(names)}" if names else ""
            if len(rule.audiences) < 3:
                line += f"; seen by {', '.join(rule.audiences)}"
            console.print(line, markup=False)
        console.print(f"  advice: {wording.advice}", markup=False)
    return 0


@app.command()
def lint(
    file: Annotated[Path | None, typer.Argument(help="A policy file; all shipped versions without one.")] = None,
) -> int:
    """Check a policy: its form, the names it uses, its examples, and which clauses nothing installed can find."""
    if file is not None:
        try:
            policies: tuple[Policy, ...] = (read_policy(file.read_bytes(), str(file)),)
        except OSError as error:
            print(f"T104 {file}: {error.strerror}\n     check the path", file=sys.stderr)
            return 2
    else:
        policies = load_book().versions
    names = signal_names()
    found = 0
    for policy in policies:
        defects, remarks = lint_policy(policy, names, NAMES)
        defects.extend(_failed_examples(policy, file))
        for defect in defects:
            print(f"T204 {policy.name}/{policy.id}, {defect}\n     `tutela signals` lists all", file=sys.stderr)
        for remark in remarks:
            print(f"{policy.id}: {remark}")
        if not defects:
            print(f"{policy.id}: {len(policy.clauses)} clauses, no defect")
        found += len(defects)
    return 2 if found else 0


def _failed_examples(policy: Policy, file: Path | None) -> list[str]:
    from tutela.engine import Engine
    from tutela.model import Item

    engine = Engine.load(policy=file if file is not None else policy.id)
    defects = []
    for clause in policy.clauses:
        for number, example in enumerate(clause.examples, 1):
            decision = engine.check(Item(text=example.text, surface=example.surface, lang=example.lang))
            broken = any(verdict.id == clause.id for verdict in decision.clauses)
            if broken != example.violates:
                word = "is not found to break it" if example.violates else "is found to break it"
                defects.append(f"clause {clause.id}, example {number}: {word}")
    return defects
