"""Writes the measured part of `docs/intent.md` and its curves from `tutela/intent/weights/figures.json`.

.venv/bin/python -m training.intent.card
"""

from __future__ import annotations

import json
from typing import Any

from training.intent.corpus import ROOT
from tutela.intent.weights import SHIPPED

PAGE = ROOT / "docs" / "intent.md"
CURVE = ROOT / "docs" / "intent-reliability.svg"
_BEGIN, _END = "<!-- figures: written by training.intent.card -->", "<!-- end of figures -->"


def main() -> None:
    figures = json.loads((SHIPPED / "figures.json").read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    head, rest = page.split(_BEGIN)
    tail = rest.split(_END)[1]
    PAGE.write_text(f"{head}{_BEGIN}\n{section(figures)}{_END}{tail}", "utf-8")
    draw(figures)


def section(figures: dict[str, Any]) -> str:
    """The measured part as Markdown."""
    measure, ordinary = figures["measure"], figures["ordinary"]
    lines = [
        f"Weights of {figures['version']}, on the {measure['lines']} lines ({measure['violating']} violating) of the measuring part.",
        "",
        "| what | figure |",
        "| --- | --- |",
        f"| F1 of the verdict at 0.5 | {measure['f1']:.3f} |",
        f"| recall | {measure['recall']:.3f} |",
        f"| false alarms on allowed lines (all of them made to sound alike) | {measure['false_alarms']:.1%} |",
        f"| both sides of a minimal pair right | {measure['pairs']['both_right']:.1%} of {measure['pairs']['count']} |",
        f"| first clause right, where a violation is seen | {measure['first_clause_right']:.1%} |",
        f"| lines that stand in a thread | F1 {measure['with_thread']['f1']:.3f} |",
        f"| violating lines that open the gate | {figures['gate_recall']:.1%} |",
        f"| violating lines that the linear stage lets pass | {measure['passed_by_linear']:.1%} |",
        "",
        f"On {ordinary['posts']:,} ordinary posts that nothing was trained or tuned on: {ordinary['gate']:.1%} open the gate, "
        f"{ordinary['encoder']:.2%} reach the encoder, {ordinary['alarms_in_10000']:g} in 10,000 are called violations.",
        "",
        "**By language** (lines, F1, false alarms)",
        "",
        "| language | lines | F1 | false alarms |",
        "| --- | --- | --- | --- |",
        *(
            f"| {lang} | {row['lines']} | {row['f1']:.2f} | {row['false_alarms']:.1%} |"
            for lang, row in measure["by_language"].items()
        ),
        "",
        "**By intent** (recall of the verdict)",
        "",
        "| intent | lines | recall |",
        "| --- | --- | --- |",
        *(f"| `{name}` | {row['lines']} | {row['recall']:.2f} |" for name, row in measure["recall_by_intent"].items()),
        "",
        "**By counter-label** (allowed lines called violations)",
        "",
        "| counter-label | lines | false alarms |",
        "| --- | --- | --- |",
        *(f"| `{name}` | {row['lines']} | {row['alarms']:.1%} |" for name, row in measure["alarms_by_counter"].items()),
        "",
        "**At each threshold**",
        "",
        "| threshold | F1 | recall | false alarms |",
        "| --- | --- | --- | --- |",
        *(
            f"| {row['at']} | {row['f1']:.3f} | {row['recall']:.3f} | {row['false_alarms']:.1%} |"
            for row in measure["thresholds"]
        ),
        "",
        "**Is a confidence what it says?** ![said against true](intent-reliability.svg)",
        "",
        "| said | lines | mean said | true |",
        "| --- | --- | --- | --- |",
        *(
            f"| {row['from']:.1f} to {row['to']:.1f} | {row['lines']} | {row['said']:.2f} | {row['true']:.2f} |"
            for row in measure["reliability"]
        ),
        "",
        "**Disguises** (recall on the violating lines without a thread)",
        "",
        "| disguise | recall |",
        "| --- | --- |",
        *(f"| {kind.replace('_', ' ')} | {recall:.3f} |" for kind, recall in figures["disguises"].items()),
        "",
    ]
    return "\n".join(lines) + "\n"


def draw(figures: dict[str, Any]) -> None:
    """The reliability curve and the trade-off at each threshold, side by side."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "tutela"
    from matplotlib import pyplot as plt

    measure = figures["measure"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    left.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
    left.plot(
        [r["said"] for r in measure["reliability"]],
        [r["true"] for r in measure["reliability"]],
        marker="o",
        color="#1b5e8c",
    )
    left.set(xlabel="confidence said", ylabel="share that violates", title="Reliability", xlim=(0, 1), ylim=(0, 1))
    at = [r["at"] for r in measure["thresholds"]]
    right.plot(at, [r["recall"] for r in measure["thresholds"]], marker="o", color="#1b5e8c", label="recall")
    right.plot(
        at, [r["false_alarms"] for r in measure["thresholds"]], marker="s", color="#b3541e", label="false alarms"
    )
    right.set(xlabel="threshold", title="Trade-off", ylim=(0, 1))
    right.legend()
    figure.tight_layout()
    figure.savefig(CURVE, metadata={"Date": None})


if __name__ == "__main__":
    main()
