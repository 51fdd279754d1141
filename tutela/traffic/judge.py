"""What follows from the signs of an actor: violation or excuse, action and its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from tutela.model import Action, ClauseVerdict, Evidence, Where
from tutela.traffic.actor import Actor
from tutela.traffic.excuses import GENTLE, Standing
from tutela.traffic.finding import Finding, moment
from tutela.traffic.rules import COLLECTION, Sign

# From what confidence on a client is stopped, slowed, or asked to prove itself; below the last, a person looks.
BLOCK, SLOW, ASK = 0.95, 0.85, 0.7
# How long: twice as long as an address is usually lent (24 h) for a block, and shorter where people may share it.
HOURS: dict[Action, int] = {"remove": 48, "restrict": 12, "warn": 4, "review": 24}
GRAVITY = ("ps.unauthorized_access", "ps.malware", "ps.deceptive_collection", "ps.account_access", "ps.other")
RISKS = {
    "ps.unauthorized_access": ("identity theft", "fraud"),
    "ps.deceptive_collection": ("phishing", "identity theft", "stalking"),
    "ps.account_access": ("fraud", "identity theft"),
    "ps.other": ("fraud",),
}
# From what the behaviour model counts, and from how many visits.
MODEL, MODEL_VISITS = 0.9, 40
_DETECTOR = "traffic"


def judge(actor: Actor, standing: Standing, signs: list[Sign], model: float, why: tuple[str, ...]) -> Finding | None:
    """The finding on one actor, None where nothing speaks of automation.

    `model` is the probability of the behaviour model, `why` its main reasons; it counts only beside a harm.
    """
    harms = [sign for sign in signs if sign.clause]
    automatic = [sign for sign in signs if sign.automatic]
    if standing.proof:
        kept = _keeps_rules(actor, standing, signs)
        if kept:
            return _excused(actor, signs, standing.proof) if automatic or actor.visits >= 100 else None
        harms = [sign for sign in harms if sign.kind in ("robots-broken", "vulnerability-probe", "flood", "honeypot")]
    elif not standing.lie and (excuse := _behaves(actor, standing, harms)):
        return _excused(actor, signs, excuse) if automatic else None
    if model >= MODEL and actor.visits >= MODEL_VISITS and harms and not standing.ours and not standing.shared:
        # Never above what a challenge asks for by itself: on real logs the model errs more than on played ones.
        sign = Sign("behaviour-model", min(model, 0.8), f"moves like a program ({model:.0%}): {', '.join(why)}", True)
        automatic, signs = [*automatic, sign], [*signs, sign]
    if not harms or not automatic:
        return None
    sure = min(max(s.confidence for s in automatic), max(s.confidence for s in harms))
    # A second, different sign of automation makes one more sure, by half of what is left.
    if len({s.kind for s in automatic} - {"missing-referrers", "behaviour-model"}) >= 2:
        sure += (1 - sure) / 2
    if _unproven(standing, harms):
        sure = min(sure, 0.8)
    return _violation(actor, standing, signs, harms, round(sure, 3))


def _unproven(standing: Standing, harms: list[Sign]) -> bool:
    """True for a well-known crawler that nothing proves and nothing refutes, and that does no more than crawl."""
    return (
        standing.purpose in ("search-engine", "ai", "crawler")
        and not standing.lie
        and all(s.kind in ("breadth", "enumeration", "profile-sweep") for s in harms)
    )


def _keeps_rules(actor: Actor, standing: Standing, signs: list[Sign]) -> bool:
    if standing.purpose in ("fetcher", "research"):
        return not any(sign.kind == "vulnerability-probe" for sign in signs)
    return not any(sign.kind in ("robots-broken", "vulnerability-probe", "flood") for sign in signs)


def _behaves(actor: Actor, standing: Standing, harms: list[Sign]) -> str:
    """The excuse of a client whose harmless claim fits what it does, "" when it does not fit."""
    grave = [
        sign
        for sign in harms
        if sign.kind in ("vulnerability-probe", "honeypot", "login-attack", "code-guessing", "bulk-actions", "flood")
    ]
    ordered = any(sign.automatic and sign.clause == COLLECTION for sign in harms)
    if grave or ordered:
        return ""
    visits = max(actor.visits, 1)
    if actor.feeds * 10 >= visits * 9 and actor.feeds >= 3:
        return "reads feeds, which are there to be read by programs"
    if (
        actor.distinct() <= 5
        and actor.logins == 0
        and actor.actions == 0
        and actor.posts * 10 <= visits
        and actor.peak <= 60
    ):
        return f"asks for the same {actor.distinct()} pages again and again, as a monitor does"
    if standing.purpose in GENTLE and actor.disallowed * 50 <= visits and actor.peak <= 120:
        return f"{standing.name}: takes single pages for people and keeps to robots.txt"
    if actor.agent.accessible and visits < 300 and actor.peak <= 30:
        return "a text or accessibility browser at a person's pace"
    return ""


def _excused(actor: Actor, signs: list[Sign], excuse: str) -> Finding:
    evidence = tuple(_evidence(actor, sign, "") for sign in signs if sign.automatic)
    return Finding(
        actor=name_of(actor), violates=False, action="allow", clauses=(), evidence=evidence, reason=f"Allowed: {excuse}.",
        confidence=0.95, kind="excused", from_at=moment(actor.first), to_at=moment(actor.last), requests=actor.requests,
        addresses=(actor.address,), address_count=1, agents=(actor.agent.text,), excused=excuse, by_quarter_hour=actor.quarters(),
    )  # fmt: skip


def _violation(actor: Actor, standing: Standing, signs: list[Sign], harms: list[Sign], sure: float) -> Finding:
    clauses = clause_verdicts(
        [(sign.clause, min(sign.confidence, sure) if sure < sign.confidence else sure) for sign in harms]
    )
    main = clauses[0].id
    action, until = what_to_do(sure, actor.last, shared=bool(standing.shared))
    order = sorted(signs, key=lambda sign: (-bool(sign.clause), -sign.confidence, sign.kind))
    worst = max(harms, key=lambda sign: (sign.clause == main, sign.confidence))
    return Finding(
        actor=name_of(actor), violates=True, action=action, clauses=clauses,
        evidence=tuple(_evidence(actor, sign, sign.clause or main) for sign in order),
        reason=say(order), confidence=sure, kind=worst.kind, from_at=moment(actor.first), to_at=moment(actor.last),
        requests=actor.requests, until=until, addresses=(actor.address,), address_count=1, agents=(actor.agent.text,),
        accounts=(actor.account,) if actor.account else (), account_count=1 if actor.account else 0,
        risks=risks_of(clauses), by_quarter_hour=actor.quarters(),
    )  # fmt: skip


def name_of(actor: Actor) -> str:
    """The contract's name of an actor: `address|agent`; the account or cookie stands for the address where logged."""
    return f"{actor.account or actor.address}|{actor.agent.text}"


def clause_verdicts(broken: list[tuple[str, float]]) -> tuple[ClauseVerdict, ...]:
    """One verdict a clause with its highest confidence, the gravest clause first."""
    best: dict[str, float] = {}
    for clause, sure in broken:
        best[clause] = max(best.get(clause, 0.0), sure)
    order = sorted(best, key=lambda clause: (GRAVITY.index(clause), clause))
    return tuple(ClauseVerdict(id=clause, confidence=round(best[clause], 3)) for clause in order)


def risks_of(clauses: tuple[ClauseVerdict, ...]) -> tuple[str, ...]:
    """The risks by which the clauses are judged, each once."""
    return tuple(dict.fromkeys(risk for clause in clauses for risk in RISKS[clause.id]))


def what_to_do(sure: float, last: float, *, shared: bool) -> tuple[Action, datetime]:
    """The action for a confidence, and its end counted from the last request.

    Where people share the address nobody is blocked: the client has to prove itself.
    """
    action: Action = "remove" if sure >= BLOCK else "restrict" if sure >= SLOW else "warn" if sure >= ASK else "review"
    if shared and action in ("remove", "restrict"):
        action = "warn"
    return action, moment(last) + timedelta(hours=HOURS[action])


def say(signs: list[Sign]) -> str:
    """One or two sentences for a lay person, from the strongest signs."""
    parts = list(dict.fromkeys(sign.says for sign in signs))[:4]
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


def _evidence(actor: Actor, sign: Sign, clause: str) -> Evidence:
    where = Where(part="log", from_at=moment(actor.first), to_at=moment(actor.last), requests=actor.requests)
    return Evidence(
        clause=clause,
        kind=sign.kind,
        where=where,
        shown_as=sign.says,
        detector=_DETECTOR,
        confidence=round(sign.confidence, 3),
    )
