"""Put a ruling into the words of the contract: clauses, masked evidence, risks, a reason people understand."""

from __future__ import annotations

from collections.abc import Sequence

from tutela.model import ClauseVerdict, Decision, Evidence, Item, Trouble
from tutela.policy.form import Policy
from tutela.policy.judging import Finding, Ruling

# How sure a clean verdict is: one minus the share of violating texts that were passed on the product's measuring set.
CLEAN_CONFIDENCE = 0.97
# So many places are listed for one clause; a dump of ten thousand lines does not become ten thousand entries.
MOST_EVIDENCE = 500


def clean_reason(policy: Policy, lang: str | None, *, intent_off: bool) -> str:
    """The reason of a decision on an item in which nothing was found."""
    return _words(policy, lang, "clean") + (_intent_note(policy, lang) if intent_off else "")


def clean_decision(item: Item, policy: Policy, reason: str, took_ms: float = 0.0) -> Decision:
    """The decision on an item in which nothing was found. On the hot path: it only fills fields."""
    return Decision(
        id=item.id,
        violates=False,
        action="allow",
        clauses=(),
        evidence=(),
        risks=(),
        reason=reason,
        confidence=CLEAN_CONFIDENCE,
        policy=policy.id,
        took_ms=took_ms,
    )


def decide(item: Item, policy: Policy, ruling: Ruling, troubles: Sequence[Trouble], *, intent_off: bool) -> Decision:
    """The decision for a ruling. `redacted` is filled later, by who can redact."""
    note = _intent_note(policy, item.lang) if intent_off else ""
    if not ruling.findings:
        if not ruling.questions and not troubles:
            return clean_decision(item, policy, clean_reason(policy, item.lang, intent_off=intent_off))
        evidence = _evidence(ruling.questions)
        reasons = [_words(policy, item.lang, "unsure")] if ruling.questions else []
        reasons.extend(_trouble_words(policy, item.lang, trouble) for trouble in troubles[:5])
        confidence = max((finding.signal.confidence for finding in ruling.questions), default=0.5)
        return Decision(
            id=item.id,
            violates=False,
            action="review",
            clauses=(),
            evidence=evidence,
            risks=(),
            reason=" ".join(reasons) + note,
            confidence=1.0 - min(confidence, 0.95) if ruling.questions else 0.5,
            policy=policy.id,
        )
    by_clause: dict[str, list[Finding]] = {}
    for finding in ruling.findings:
        by_clause.setdefault(finding.clause.id, []).append(finding)
    clauses = tuple(
        ClauseVerdict(id=name, confidence=round(max(f.signal.confidence for f in group), 3))
        for name, group in by_clause.items()
    )
    risks = tuple(dict.fromkeys(risk for group in by_clause.values() for risk in group[0].clause.risks))
    reasons = [_reason(policy, item.lang, group) for group in by_clause.values()]
    if ruling.action == "review":
        reasons.append(_words(policy, item.lang, "person"))
    reasons.extend(_trouble_words(policy, item.lang, trouble) for trouble in troubles[:5])
    return Decision(
        id=item.id,
        violates=True,
        action=ruling.action,
        clauses=clauses,
        evidence=_evidence(ruling.findings),
        risks=risks,
        reason=" ".join(dict.fromkeys(reasons)) + note,
        confidence=max(clause.confidence for clause in clauses),
        policy=policy.id,
    )


def _evidence(findings: Sequence[Finding]) -> tuple[Evidence, ...]:
    rows: list[Evidence] = []
    for finding in findings:
        signal = finding.signal
        rows.extend(
            Evidence(
                clause=finding.clause.id,
                kind=signal.kind,
                where=where,
                shown_as=signal.shown_as or signal.says,
                detector=signal.detector,
                confidence=round(signal.confidence, 3),
            )
            for where in signal.where
        )
        if len(rows) >= MOST_EVIDENCE:
            return tuple(rows[:MOST_EVIDENCE])
    return tuple(rows)


def _reason(policy: Policy, lang: str | None, findings: Sequence[Finding]) -> str:
    clause = findings[0].clause
    language = lang if lang in clause.wording else "en"
    wording = clause.wording[language]
    kinds = dict.fromkeys(finding.signal.kind for finding in findings)
    what = ", ".join(policy.kind_name(kind, language) for kind in list(kinds)[:4])
    says = next((finding.signal.says for finding in findings if finding.signal.says), "")
    reason = wording.reason.format(what=what)
    # The detector's own sentence is in English: it is added where the rest is.
    says = says[:1].upper() + says[1:] + ("" if says.endswith(".") else ".") if says else ""
    return f"{reason} {says}" if says and language == "en" and clause.id.startswith("ps.") else reason


def _words(policy: Policy, lang: str | None, name: str) -> str:
    words = policy.wording.get(lang or "en") or policy.wording["en"]
    return words.get(name) or policy.wording["en"][name]


def _intent_note(policy: Policy, lang: str | None) -> str:
    return " " + _words(policy, lang, "intent_off")


def _trouble_words(policy: Policy, lang: str | None, trouble: Trouble) -> str:
    return _words(policy, lang, "trouble").format(what=f"{trouble.code} {trouble.what}")
