"""What is the state of a case? The fold of its events, and nothing else: no clock, no database.

`cases` holds each fold so that queues can be asked for; `recheck` folds everything anew and compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tutela.ledger.chain import Event
from tutela.ledger.store import Tx
from tutela.model import Action, Evidence

State = Literal["open", "waiting", "closed", "appealed"]
Source = Literal["engine", "report", "person"]
Automation = Literal["fully", "partially", "not"]


class Proposal(Struct, frozen=True, kw_only=True):
    """A ruling that waits for a second person."""

    reviewer: str
    action: Action
    clauses: tuple[str, ...]
    at: int
    note: str | None = None


class Case(Struct, frozen=True, kw_only=True):
    """A case as it stands. Times are stamps (UTC microseconds); identifiers of people and items are fingerprints.

    `state`: `open` waits for a reviewer, `waiting` for a second approval, `closed` is decided, `appealed` waits for a
    judge. `action` is what is in force now. `source` is how the case came to be, `detected` whether a detector (not a
    report) found it first. `original` and `notes` name entries of the vault. `reviewers` are all who ruled on it.
    """

    id: str
    opened: int
    state: State
    source: Source
    queue: str
    clauses: tuple[str, ...]
    gravity: int
    fast: bool
    due: int | None
    surface: str
    audience: str
    lang: str
    item: str
    account: str | None
    policy: str
    action: Action
    violates: bool
    confidence: float
    risks: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    original: str | None = None
    item_at: int | None = None
    detected: bool = True
    version: int = 1
    closed: int | None = None
    reports: int = 0
    reviewers: tuple[str, ...] = ()
    proposal: Proposal | None = None
    escalated: bool = False
    notes: tuple[str, ...] = ()
    blind: int = 0
    reversed: bool = False
    automation: Automation = "fully"
    seen_again: int = 0

    @property
    def clause(self) -> str:
        """The gravest clause; empty while nobody named one."""
        return self.clauses[0] if self.clauses else ""


class Ruled(Struct, frozen=True, kw_only=True):
    """The body of `ruled`: what a person (or, on an appeal, a judge) decided."""

    action: Action
    clauses: tuple[str, ...]
    violates: bool
    role: str
    gravity: int = 0
    policy: str = ""
    note: str | None = None
    took_s: int = 0
    blind: int = 0


def fold(case: Case | None, event: Event) -> Case | None:
    """The case after the event. None before the event that opened it."""
    body = event.body
    if case is None:
        opening = body.get("case")
        if opening is None:
            return None
        return msgspec.convert({**opening, "id": event.case_id, "opened": event.at}, Case)
    changed = _changed(case, event, body)
    return replace(changed, version=changed.version + 1) if changed is not case else case


def _changed(case: Case, event: Event, body: dict[str, Any]) -> Case:
    match event.kind:
        case "decided":
            return replace(case, seen_again=case.seen_again + 1)
        case "report.filed":
            return replace(
                case,
                reports=case.reports + 1,
                fast=case.fast or bool(body.get("fast")),
                gravity=max(case.gravity, int(body.get("gravity", 0))),
                due=_sooner(case.due, body.get("due")),
                state="open" if body.get("reopens") else case.state,
                closed=None if body.get("reopens") else case.closed,
            )
        case "proposed":
            return replace(
                case,
                state="waiting",
                proposal=msgspec.convert({**body, "reviewer": event.actor, "at": event.at}, Proposal),
                reviewers=_with(case.reviewers, event.actor),
            )
        case "declined":
            return replace(case, state="open", proposal=None, reviewers=_with(case.reviewers, event.actor))
        case "ruled":
            ruled = msgspec.convert(body, Ruled)
            return replace(
                case,
                state="closed",
                closed=event.at,
                action=ruled.action,
                clauses=ruled.clauses if ruled.violates else case.clauses,
                violates=ruled.violates,
                policy=ruled.policy or case.policy,
                gravity=ruled.gravity or case.gravity,
                proposal=None,
                reviewers=_with(case.reviewers, event.actor),
                notes=(*case.notes, ruled.note) if ruled.note else case.notes,
                blind=ruled.blind,
                automation="partially" if case.detected else "not",
            )
        case "blind.ruled":
            return replace(case, blind=max(0, case.blind - 1), reviewers=_with(case.reviewers, event.actor))
        case "undone":
            return replace(
                case,
                state="open",
                closed=None,
                action="review",
                proposal=None,
                due=body.get("due"),
                reviewers=_with(case.reviewers, event.actor),
            )
        case "escalated":
            return replace(case, queue=str(body["queue"]), escalated=True, due=_sooner(case.due, body.get("due")))
        case "noted":
            return replace(case, notes=(*case.notes, str(body["note"])))
        case "appeal.filed":
            return replace(case, state="appealed")
        case "appeal.judged":
            if body["outcome"] == "upheld":
                return replace(case, state="closed", reviewers=_with(case.reviewers, event.actor))
            ruled = msgspec.convert(body["ruling"], Ruled)
            return replace(
                case,
                state="closed",
                closed=event.at,
                action=ruled.action,
                violates=ruled.violates,
                clauses=ruled.clauses if ruled.violates else case.clauses,
                reversed=True,
                automation="partially" if case.detected else "not",
                reviewers=_with(case.reviewers, event.actor),
            )
        case "erased":
            gone = set(body.get("entries", ()))
            return replace(
                case,
                original=None if case.original in gone else case.original,
                notes=tuple(note for note in case.notes if note not in gone),
                account=None if body.get("account") else case.account,
            )
        case _:
            return case


def case_of(events: Iterable[Event]) -> Case | None:
    """The case that these events, oldest first, make."""
    case: Case | None = None
    for event in events:
        case = fold(case, event)
    return case


_KEPT = (
    "id, opened, state, source, queue, clause, gravity, fast, due, surface, audience, lang, item, account, policy,"
    " action, violates, version, closed, reports, original, item_at, holder, held_until, blind, body"
)
_ENCODE = msgspec.json.Encoder(order="deterministic").encode
_DECODE = msgspec.json.Decoder(Case).decode


def _row(case: Case) -> tuple[Any, ...]:
    return (
        case.id, case.opened, case.state, case.source, case.queue, case.clause, case.gravity, int(case.fast), case.due,
        case.surface, case.audience, case.lang, case.item, case.account, case.policy, case.action, int(case.violates),
        case.version, case.closed, case.reports, case.original, case.item_at, None, None, case.blind,
        _ENCODE(case).decode(),
    )  # fmt: skip


def keep_new(tx: Tx, cases: list[Case]) -> None:
    """Stores the folds of cases that were just opened."""
    tx.insert("cases", f"INSERT INTO cases ({_KEPT}) VALUES ({','.join('?' * 26)})", [_row(case) for case in cases])


def keep(tx: Tx, case: Case) -> None:
    """Stores a case's new fold. Who holds the case is no part of the fold and stays."""
    row = _row(case)
    names = [name.strip() for name in _KEPT.split(",")]
    pairs = [
        (name, value) for name, value in zip(names, row, strict=True) if name not in ("id", "holder", "held_until")
    ]
    tx.run(
        f"UPDATE cases SET {', '.join(f'{name} = ?' for name, _ in pairs)} WHERE id = ?",
        *(value for _, value in pairs),
        case.id,
    )


def load(tx: Tx, case_id: str) -> Case | None:
    """The stored fold of a case."""
    body = tx.value("SELECT body FROM cases WHERE id = ?", case_id)
    return None if body is None else _DECODE(body)


def loads(bodies: Iterable[str]) -> list[Case]:
    """Cases from their stored bodies."""
    return [_DECODE(body) for body in bodies]


def recheck(tx: Tx) -> list[str]:
    """Folds every case anew from its events and compares with what is stored: the ids of cases that differ."""
    from tutela.ledger.chain import events_of

    wrong: list[str] = []
    last = ""
    while page := tx.rows("SELECT id, body FROM cases WHERE id > ? ORDER BY id LIMIT 500", last):
        for case_id, body in page:
            folded = case_of(events_of(tx, case_id))
            if folded is None or _ENCODE(folded).decode() != body:
                wrong.append(case_id)
            last = case_id
    return wrong


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _sooner(a: int | None, b: Any) -> int | None:
    if not isinstance(b, int):
        return a
    return b if a is None else min(a, b)


__all__ = ["Case", "Proposal", "Ruled", "case_of", "fold", "keep", "keep_new", "load", "loads", "recheck"]
