"""Items, decisions made by hand (the engine has its own tests), people, a clock that the test moves, a receiver."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tutela.desk import Desk
from tutela.desk.forms import Grant, Role, Who
from tutela.enforce.sending import Answer
from tutela.model import Author, ClauseVerdict, Decision, Evidence, Item, Where

PHONE = "(406) 662-4187"
TEXT = f"lost my phone again, new one is {PHONE}, text me there"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def pass_by(self, **spans: float) -> None:
        self.now += timedelta(**spans)


class Receiver:
    """The platform's end: keeps what it was sent and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, dict[str, str]]] = []
        self.answers: Callable[[int], Answer] = lambda _: Answer(status=200)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.got.append((url, body, headers))
        return self.answers(len(self.got))


def item(name: str = "post-1", text: str = TEXT, *, author: str | None = "account-1", **more: object) -> Item:
    who = None if author is None else Author(id=author, handle="@" + author)
    return Item(id=name, surface="comment", text=text, author=who, lang="en", **more)  # type: ignore[arg-type]


def finding(of: Item, action: str = "redact", clause: str = "pi.contact", *, policy: str = "2024-05-17") -> Decision:
    text = of.text or ""
    start = text.find(PHONE)
    where = Where(part="text", start=start, end=start + len(PHONE)) if start >= 0 else Where(part="text")
    return Decision(
        id=of.id,
        violates=True,
        action=action,  # type: ignore[arg-type]
        clauses=(ClauseVerdict(id=clause, confidence=0.97),),
        evidence=(
            Evidence(
                clause=clause,
                kind="phone",
                where=where,
                shown_as="(•••) •••-••87",
                detector="phone",
                confidence=0.97,
            ),
        ),
        risks=("stalking", "fraud"),
        reason="Shows a private phone number.",
        confidence=0.97,
        policy=policy,
        redacted={"text": text.replace(PHONE, "[phone number removed]")} if action in ("redact", "review") else None,
    )


def clean(of: Item) -> Decision:
    return Decision(
        id=of.id,
        violates=False,
        action="allow",
        clauses=(),
        evidence=(),
        risks=(),
        reason="Nothing found that breaks the policy.",
        confidence=0.97,
        policy="2024-05-17",
    )


def person(desk: Desk, name: str, role: Role, *, queues: tuple[str, ...] = (), clauses: tuple[str, ...] = ()) -> Who:
    grant = Grant(role=role, queues=queues, clauses=clauses)
    invitation = desk.people.invite(name, (grant,), actor="cli")
    return desk.people.accept(invitation.token, f"long enough for {name}").who


def opened_case(desk: Desk, name: str = "post-1", action: str = "review", clause: str = "pi.contact") -> str:
    of = item(name, author=f"author-of-{name}")
    (recorded,) = desk.intake.record([of], [finding(of, action, clause)])
    assert recorded.case_id is not None
    return recorded.case_id
