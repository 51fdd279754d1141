"""`tutela explain`: show why a text, a file or one item is decided as it is. Values stay masked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tutela.cli.items import Failed, from_arguments
from tutela.cli.loading import load_engine
from tutela.engine import Explanation
from tutela.model import Item


def explain(
    what: Annotated[str, typer.Argument(help="A text, a file, or - for one item as JSON on standard input.")],
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    surface: Annotated[str, typer.Option(help="Where a text stands: post, comment, dm …")] = "post",
    lang: Annotated[str | None, typer.Option(help="Language of a text.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
) -> int:
    """Show why: every signal, what the surroundings said of it, and what each rule made of it.

    Exit status as for check.
    """
    if what == "-":
        entry = Item.from_json(sys.stdin.buffer.read())
    else:
        first = from_arguments([what])[0]
        if isinstance(first, Failed):
            raise first.error
        entry = first
        if entry.text is not None:
            try:
                entry = msgspec.convert(
                    {"id": entry.id, "text": entry.text, "surface": surface, **({"lang": lang} if lang else {})}, Item
                )
            except msgspec.ValidationError:
                raise typer.BadParameter("no such surface", param_hint="--surface") from None
    explanation = load_engine(platform=platform, policy=policy).explain(entry)
    if json or not sys.stdout.isatty():
        sys.stdout.buffer.write(msgspec.json.encode(as_json(explanation)) + b"\n")
    else:
        from tutela.cli.printing import print_explanation

        print_explanation(explanation, entry)
    return 1 if explanation.decision.violates else 0


def as_json(explanation: Explanation) -> dict[str, object]:
    """The explanation for machines; signals without their values."""
    return {
        "decision": explanation.decision,
        "signals": [
            {
                "name": signal.name,
                "kind": signal.kind,
                "confidence": round(signal.confidence, 4),
                "detector": signal.detector,
                "where": signal.where,
                "shown_as": signal.shown_as,
                "says": signal.says,
                "circumstances": known,
                "rules": [
                    {
                        "clause": weighing.clause,
                        "outcome": weighing.outcome,
                        "because": weighing.because,
                        "at_least": weighing.at_least,
                    }
                    for weighing in explanation.weighings
                    if weighing.signal is signal
                ],
            }
            for signal, known in zip(explanation.signals, explanation.circumstances, strict=True)
        ],
        "troubles": explanation.troubles,
    }
