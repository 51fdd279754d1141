"""How verdicts look on a terminal: one verdict in full, many as a table with what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tutela.cli.items import Entry, Failed
from tutela.engine import Explanation
from tutela.model import Decision, Evidence, Item, Where

_COLOUR = {
    "allow": "green",
    "warn": "yellow",
    "redact": "yellow",
    "restrict": "magenta",
    "review": "cyan",
    "remove": "red",
}
_SIGN = {"allow": "✓", "warn": "!", "redact": "▒", "restrict": "◐", "review": "?", "remove": "✗"}
# The decision holds every place; a person at a terminal wants the first few.
_MOST_PLACES = 12


def action_text(action: str) -> Text:
    """The action with its sign, in its colour; the sign alone tells it without colour."""
    return Text(f"{_SIGN[action]} {action}", style=f"bold {_COLOUR[action]}")


def print_verdict(entry: Entry, decision: Decision, console: Console | None = None) -> None:
    """One verdict: action, reason, each place, and the text as it may stand."""
    console = console or Console()
    if isinstance(entry, Failed):
        return
    head = action_text(decision.action)
    if decision.clauses:
        head.append("  " + ", ".join(f"{clause.id} {clause.confidence:.0%}" for clause in decision.clauses), "default")
    body = Text(decision.reason)
    console.print(Panel(body, title=head, title_align="left", border_style=_COLOUR[decision.action]))
    if decision.evidence:
        table = Table(box=None, padding=(0, 2), header_style="dim")
        for name in ("what", "where", "shown as", "sure", "seen by"):
            table.add_column(name)
        for evidence in decision.evidence[:_MOST_PLACES]:
            table.add_row(
                evidence.kind,
                place(evidence.where),
                Text(evidence.shown_as),
                f"{evidence.confidence:.0%}",
                evidence.detector,
            )
        console.print(table)
        if len(decision.evidence) > _MOST_PLACES:
            console.print(f"  … and {len(decision.evidence) - _MOST_PLACES} more; --json shows all", style="dim")
    if decision.redacted:
        for name, text in decision.redacted.items():
            console.print(
                Text.assemble(("  may stand as ", "dim"), (f"({name}) " if name != "text" else "", "dim"), text)
            )
    risks = f"risks: {', '.join(decision.risks)} · " if decision.risks else ""
    console.print(f"  {risks}policy {decision.policy} · {decision.took_ms:.1f} ms", style="dim")


def print_table(rows: Sequence[tuple[Entry, Decision]], console: Console | None = None) -> None:
    """Many verdicts: a row each, then how many of each action, and what to do next."""
    console = console or Console()
    table = Table(show_lines=False, header_style="bold", row_styles=["", "dim"] if not console.color_system else None)
    table.add_column("item", overflow="fold", max_width=18)
    table.add_column("verdict", no_wrap=True, min_width=10)
    table.add_column("clause", no_wrap=True, min_width=12)
    table.add_column("text, as it may stand", overflow="fold", ratio=5)
    table.add_column("what was seen", overflow="fold", ratio=3)
    table.add_column("reason", overflow="fold", ratio=4)
    for entry, decision in rows:
        name = entry.where if isinstance(entry, Failed) else decision.id or entry.surface
        table.add_row(
            Text(name),
            action_text(decision.action),
            "\n".join(clause.id for clause in decision.clauses) or "–",
            Text(text_shown(entry, decision)),
            seen(decision.evidence),
            Text(decision.reason if decision.action != "allow" else "–"),
        )
    console.print(table)
    counts = Counter(decision.action for _, decision in rows)
    line = Text(f"{len(rows)} judged: ")
    for number, (action, count) in enumerate(counts.most_common()):
        line.append(", " if number else "")
        line.append(f"{count} {action}", style=_COLOUR[action])
    console.print(line)


def text_shown(entry: Entry, decision: Decision) -> str:
    """The item's text without what it exposes; a dash where there is none, or none that may be shown."""
    if isinstance(entry, Failed) or not entry.text:
        return "–"
    if decision.redacted and "text" in decision.redacted:
        text = decision.redacted["text"]
    elif any(evidence.kind not in ("intent", "link", "handle", "file", "image") for evidence in decision.evidence):
        return "–"
    else:
        text = entry.text
    return text if len(text) <= 160 else text[:159] + "…"


def seen(evidence: Sequence[Evidence]) -> Text:
    """The first places, one a line."""
    lines = [f"{entry.kind} {entry.shown_as}".strip() for entry in evidence]
    unique = list(dict.fromkeys(lines))
    more = f"\n… {len(unique) - 3} more" if len(unique) > 3 else ""
    return Text("\n".join(unique[:3]) + more if unique else "–")


def place(where: Where) -> str:
    """A place in words."""
    bits = [where.part] if where.part else []
    if where.member:
        bits.append(where.member)
    if where.start is not None:
        bits.append(f"{where.start}–{where.end}")
    if where.from_s is not None:
        bits.append(f"{where.from_s:.1f}–{where.to_s or where.from_s:.1f} s")
    if where.box is not None:
        x, y, width, height = where.box
        bits.append(f"{width}×{height} at {x},{y}")
    return " ".join(bits)


def print_explanation(explanation: Explanation, entry: Item, console: Console | None = None) -> None:
    """Why: the verdict, then each signal with its circumstances and what each rule made of it."""
    console = console or Console()
    print_verdict(entry, explanation.decision, console)
    if not explanation.signals:
        console.print("  No detector saw anything.", style="dim")
    for signal, known in zip(explanation.signals, explanation.circumstances, strict=True):
        console.print()
        where = place(signal.where[0]) if signal.where else ""
        console.print(
            Text.assemble(
                ("  signal ", "dim"), (signal.name, "bold"), f"  {signal.confidence:.0%}  {signal.shown_as}  {where}"
            )
        )
        if signal.says:
            console.print(f"    {signal.says}", style="dim")
        yes = sorted(name for name, value in known.items() if value)
        no = sorted(name for name, value in known.items() if not value)
        if yes:
            console.print(f"    it is: {', '.join(yes)}")
        if no:
            console.print(f"    it is not: {', '.join(no)}")
        rules = [weighing for weighing in explanation.weighings if weighing.signal is signal]
        for weighing in rules:
            because = f" ({', '.join(weighing.because)})" if weighing.because else ""
            console.print(
                f"    {weighing.clause}: {_OUTCOME[weighing.outcome]}{because}, threshold {weighing.at_least:.0%}",
                style=_COLOUR["remove"] if weighing.outcome == "broken" else "default",
            )
        if not rules:
            console.print("    no clause asks for it", style="dim")
    for trouble in explanation.troubles:
        console.print(f"  not judged: {trouble.code} {trouble.what}", style="cyan")


_OUTCOME = {
    "broken": "broken",
    "unsure": "broken, but a person should look",
    "below": "below the threshold",
    "excused": "excused",
    "lacking": "lacks what the rule needs",
    "elsewhere": "does not hold for this audience",
    "question": "a person should look",
}
