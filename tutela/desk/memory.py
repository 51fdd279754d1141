"""What do all use cases stand on? The store, the vault, the engine and the clock, and the one way to let things happen."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from tutela.engine import Engine
from tutela.errors import NotFound, TooMany
from tutela.ledger import KeyRing, Store, Tx
from tutela.ledger.chain import Event, append, moment, stamp
from tutela.ledger.fold import Case, fold, keep, keep_new, load
from tutela.ledger.vault import Vault
from tutela.policy import Book, load_book
from tutela.policy.form import Policy

T = TypeVar("T")
SECOND = 1_000_000
DAY = 86_400 * SECOND


class DeskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator may set. Times in seconds or days as named; shares 0.0 to 1.0.

    `public_url` is where people reach notices, `policy_url` where they read the policy (`{policy}` stands
    for the version). `due_s` is how soon a case should be decided, by lane and by the
    clause's gravity: fast lane; 70 and more; 40 and more; the rest. `blind_share` of ruled cases get a blind second
    review. `reveals_a_day` limits how many originals a reviewer opens.
    """

    public_url: str = "http://127.0.0.1:8000"
    policy_url: str = ""
    lease_s: int = 300
    due_s: tuple[int, int, int, int] = (4 * 3600, 24 * 3600, 72 * 3600, 168 * 3600)
    appeal_due_s: int = 7 * 86_400
    blind_share: float = 0.05
    reveals_a_day: int = 200
    session_s: int = 12 * 3600
    idle_s: int = 3600
    answers_s: int = 86_400
    most_media_bytes: int = 8 << 20
    reports_an_hour: int = 10
    demand_totp: bool = False


class Memory:
    """The desk's ground. `clock` gives the aware time now; tests pass their own."""

    def __init__(
        self,
        *,
        store: Store,
        keys: KeyRing,
        engine: Engine | Callable[[], Engine],
        clock: Callable[[], datetime],
        settings: DeskSettings,
    ) -> None:
        self.store = store
        self.keys = keys
        self.vault = Vault(keys)
        self._engine = engine
        self.settings = settings
        self._clock = clock
        self._last = 0

    @cached_property
    def engine(self) -> Engine:
        """The engine; loaded now where the desk was opened with a way to load it."""
        return self._engine if isinstance(self._engine, Engine) else self._engine()

    @cached_property
    def book(self) -> Book:
        """The policy's versions. Known without the engine: most upkeep judges nothing."""
        return self._engine.book if isinstance(self._engine, Engine) else load_book()

    @cached_property
    def fixed(self) -> Policy | None:
        """The version that the engine judges everything by; None when each item is judged by its own time's."""
        return self._engine.policy if isinstance(self._engine, Engine) else None

    def now(self) -> int:
        """The stamp now. Never earlier than one given before: a clock set back must not reorder the ledger."""
        self._last = max(self._last, stamp(self._clock()))
        return self._last

    def read(self, job: Callable[[Tx], T]) -> T:
        """Runs a job that only reads."""
        return self.store.read(job)

    def write(self, job: Callable[[Tx], T]) -> T:
        """Runs a job that writes and waits for its commit."""
        return self.store.write(job)

    def policy_of(self, case: Case) -> Policy:
        """The version the case was judged by; the newest where that file is gone."""
        versions = self.book.versions
        own = self.fixed
        if own is not None and own.id == case.policy:
            return own
        return next((policy for policy in versions if policy.id == case.policy), versions[-1])

    def policy_at(self, at: datetime | None) -> Policy:
        """The version that judges an item of that time."""
        return self.fixed or self.book.in_force(at)

    def policy_now(self) -> Policy:
        """The version in force now."""
        return self.policy_at(moment(self.now()))

    def due_after(self, at: int, *, fast: bool, gravity: int) -> int:
        """When a case that opened at `at` should be decided."""
        lanes = self.settings.due_s
        seconds = lanes[0] if fast else lanes[1] if gravity >= 70 else lanes[2] if gravity >= 40 else lanes[3]
        return at + seconds * SECOND

    # Letting things happen

    def happen(
        self,
        tx: Tx,
        kind: str,
        *,
        actor: str,
        case: Case | None = None,
        body: dict[str, Any] | None = None,
        account: str | None = None,
        at: int | None = None,
    ) -> Case | None:
        """Appends an event; for a case also keeps its new fold, which is given back."""
        event = Event(
            kind=kind,
            at=self.now() if at is None else at,
            actor=actor,
            body=body or {},
            case_id=None if case is None else case.id,
            item=None if case is None else case.item,
            account=account if case is None else case.account,
        )
        append(tx, [event])
        if case is None:
            return None
        after = fold(case, event)
        if after is not None and after is not case:
            keep(tx, after)
        return after

    def of_case(
        self, tx: Tx, kind: str, case: Case, *, actor: str, body: dict[str, Any] | None = None, at: int | None = None
    ) -> Case:
        """`happen` for a case."""
        after = self.happen(tx, kind, actor=actor, case=case, body=body, at=at)
        assert after is not None
        return after

    def open_case(self, tx: Tx, case: Case, *, kind: str, actor: str, body: dict[str, Any] | None = None) -> Case:
        """Appends the event that opens a case and stores its fold. The event's body carries the case's facts."""
        event = opening(case, kind=kind, actor=actor, body=body)
        append(tx, [event])
        folded = fold(None, event)
        assert folded is not None
        keep_new(tx, [folded])
        return folded

    def case(self, tx: Tx, case_id: str) -> Case:
        """The case. Raises NotFound (T404)."""
        found = load(tx, case_id)
        if found is None:
            raise NotFound("no such case", where="case", next_step="the queue lists those you may see")
        return found

    # Figures

    def count(self, tx: Tx, rows: Iterable[tuple[tuple[str, str, str, str, str, str, str, str], int, int]]) -> None:
        """Adds to figures: ((day, measure, clause, surface, lang, source, automation, action), n, total)."""
        tx.many(
            "INSERT INTO figures (day, measure, clause, surface, lang, source, automation, action, n, total)"
            " VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (day, measure, clause, surface, lang, source, automation, action)"
            " DO UPDATE SET n = figures.n + excluded.n, total = figures.total + excluded.total",
            [(*names, n, total) for names, n, total in rows],
        )

    def count_case(self, tx: Tx, measure: str, case: Case, *, at: int, total: int = 1, action: str = "") -> None:
        """Adds one to a figure about a case."""
        names = (
            day_of(at), measure, case.clause, case.surface, case.lang, case.source, case.automation,
            action or case.action,
        )  # fmt: skip
        self.count(tx, [(names, 1, total)])

    def spend(self, tx: Tx, name: str, *, limit: int, window_s: int) -> int:
        """Counts one use of a limited thing; how many there are now in this window.

        Raises TooMany (T429) beyond `limit`. Counted in the database, so that all processes share it; `name` holds
        fingerprints, never what they are of.
        """
        now = self.now()
        window = window_s * SECOND
        since = now - now % window
        tx.run(
            "INSERT INTO counts (name, since, n) VALUES (?,?,1) ON CONFLICT (name, since) DO UPDATE SET n = counts.n + 1",
            name,
            since,
        )
        used = int(tx.value("SELECT n FROM counts WHERE name = ? AND since = ?", name, since))
        if used > limit:
            raise TooMany("asked for too often", retry_after_s=max(1, (since + window - now) // SECOND))
        return used

    def mark_account(self, author_id: str) -> str:
        """The fingerprint of a platform's account."""
        return self.keys.mark("account", author_id)

    def mark_item(self, item_id: str) -> str:
        """The fingerprint of a platform's item."""
        return self.keys.mark("item", item_id)


def opening(case: Case, *, kind: str, actor: str, body: dict[str, Any] | None = None) -> Event:
    """The event that opens a case."""
    import msgspec

    facts = msgspec.to_builtins(case)
    for name in ("id", "opened"):
        del facts[name]
    return Event(
        kind=kind,
        at=case.opened,
        actor=actor,
        body={**(body or {}), "case": facts},
        case_id=case.id,
        item=case.item,
        account=case.account,
    )


def new_id(prefix: str, at: int) -> str:
    """A new identifier that sorts by time: 11 characters of time, 10 of chance, in digits and letters a to v."""
    return f"{prefix}_{_base32(at, 11)}{_base32(secrets.randbits(50), 10)}"


def _base32(number: int, size: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuv"
    return "".join(digits[number >> 5 * place & 31] for place in reversed(range(size)))


def day_of(at: int) -> str:
    """The UTC day of a stamp: `2026-05-17`."""
    return moment(at).date().isoformat()


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


def maybe(at: int | None) -> datetime | None:
    """The time of a stamp that may be unknown."""
    return None if at is None else moment(at)


def days(count: int) -> int:
    """Days as microseconds."""
    return int(timedelta(days=count).total_seconds()) * SECOND


def placeholders(values: Sequence[object]) -> str:
    """`?,?,?` for so many values."""
    return ",".join("?" * len(values))
