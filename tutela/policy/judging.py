"""Join signals and circumstances under a policy: which clauses are broken, how surely, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tutela.model import Action, Item, Signal, Trouble
from tutela.policy.form import Clause, Policy, Rule

# From the mildest to the gravest. `review` stands outside: it is a question, not an answer.
_SEVERITY: dict[Action, int] = {"allow": 0, "warn": 1, "redact": 2, "restrict": 3, "remove": 4}

Circumstances = Mapping[str, bool]


class Finding(Struct, frozen=True, kw_only=True):
    """A signal that met a rule. `unsure` names the circumstances for which a person should look."""

    clause: Clause
    rule: Rule
    signal: Signal
    unsure: tuple[str, ...] = ()


class Weighing(Struct, frozen=True, kw_only=True):
    """How one signal fared against one rule, for explanations. `outcome` says it in a word.

    Outcomes: `broken`, `unsure`, `below` (under the threshold), `excused`, `lacking` (a need is not met), `elsewhere`
    (the rule does not hold for this audience).
    """

    clause: str
    signal: Signal
    outcome: str
    at_least: float
    because: tuple[str, ...] = ()


class Ruling(Struct, frozen=True, kw_only=True):
    """The judgement of one item. Findings are the gravest clause first, then the surest."""

    action: Action
    findings: tuple[Finding, ...]
    questions: tuple[Finding, ...]
    weighings: tuple[Weighing, ...]

    @property
    def violates(self) -> bool:
        """True when at least one clause is broken."""
        return bool(self.findings)


def weigh(signal: Signal, clause: Clause, rule: Rule, circumstances: Circumstances, audience: str) -> Weighing:
    """One signal against one rule."""

    def outcome(word: str, because: Sequence[str] = ()) -> Weighing:
        return Weighing(clause=clause.id, signal=signal, outcome=word, at_least=rule.at_least, because=tuple(because))

    if audience not in rule.audiences:
        return outcome("elsewhere", (audience,))
    excuses = [name for name in rule.unless if circumstances.get(name) is True]
    if excuses:
        return outcome("excused", excuses)
    missing = [name for name in rule.needs if circumstances.get(name) is not True]
    if missing:
        return outcome("lacking", missing)
    if signal.confidence < rule.at_least:
        if rule.review_from is not None and signal.confidence >= rule.review_from:
            return outcome("question")
        return outcome("below")
    doubts = [name for name in rule.unsure if circumstances.get(name) is True]
    return outcome("unsure", doubts) if doubts else outcome("broken")


def judge(
    policy: Policy,
    item: Item,
    signals: Sequence[Signal],
    circumstances: Sequence[Circumstances],
    troubles: Sequence[Trouble],
) -> Ruling:
    """Judges one item. `circumstances[i]` belongs to `signals[i]`; a name that is not in it is unknown."""
    audience = item.seen_by()
    findings: list[Finding] = []
    questions: list[Finding] = []
    weighings: list[Weighing] = []
    for signal, known in zip(signals, circumstances, strict=True):
        for clause, rule in policy.by_signal.get(signal.name, ()):
            weighing = weigh(signal, clause, rule, known, audience)
            weighings.append(weighing)
            if weighing.outcome == "broken":
                findings.append(Finding(clause=clause, rule=rule, signal=signal))
            elif weighing.outcome == "unsure":
                findings.append(Finding(clause=clause, rule=rule, signal=signal, unsure=weighing.because))
            elif weighing.outcome == "question":
                questions.append(Finding(clause=clause, rule=rule, signal=signal))
    findings = sorted(_once(findings), key=lambda f: (-f.clause.gravity, f.clause.id, -f.signal.confidence))
    return Ruling(
        action=_action(item, findings, questions, troubles),
        findings=tuple(findings),
        questions=tuple(questions),
        weighings=tuple(weighings),
    )


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each clause and signal: the one without a doubt where two rules agree."""
    best: dict[tuple[str, int], Finding] = {}
    for finding in findings:
        key = (finding.clause.id, id(finding.signal))
        if key not in best or (best[key].unsure and not finding.unsure):
            best[key] = finding
    return list(best.values())


def _action(
    item: Item, findings: Sequence[Finding], questions: Sequence[Finding], troubles: Sequence[Trouble]
) -> Action:
    """The gravest step of the sure findings; a person's look where there are only doubts, questions or troubles."""
    audience = item.seen_by()
    sure = [finding for finding in findings if not finding.unsure]
    steps: list[Action] = [f.rule.then or f.clause.then.step(item.surface, audience) for f in sure]
    if "remove" in steps:
        return "remove"
    if troubles or any(step == "review" for step in steps):
        return "review"
    if steps:
        return max(steps, key=_SEVERITY.__getitem__)
    if findings:
        return findings[0].clause.then.unsure
    return "review" if questions else "allow"
