"""What happened, in order, and can it still be believed? Events, each bound to the one before by its hash.

An event's hash is SHA-256 over the hash before it and the event's own columns. Changing, removing or inserting one
breaks every hash after it. Whoever can rewrite the whole table can also rewrite the whole chain: export the head now
and then to where they cannot reach, and compare (`tutela desk ledger head`, `tutela desk ledger verify --head`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from tutela.errors import LedgerBroken
from tutela.ledger.store import Store, Tx

NOTHING = b"\0" * 32
_PAGE = 5_000
_COLUMNS = "seq, at, kind, case_id, item, account, actor, body, hash"
_ENCODE = msgspec.json.Encoder(order="deterministic").encode


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened. `seq` and `hash` are set when it is appended.

    `at` is UTC in microseconds since 1970. `item` and `account` are keyed fingerprints, `actor` is a user's id,
    `engine`, `public`, `platform` or `clock`. `body` never holds text that somebody sent.
    """

    kind: str
    at: int
    actor: str
    body: dict[str, Any] = {}
    case_id: str | None = None
    item: str | None = None
    account: str | None = None
    seq: int = 0
    hash: bytes = b""


class Head(Struct, frozen=True, kw_only=True):
    """The end of the chain at a moment: enough to prove later that nothing before it was changed."""

    seq: int
    hash: str


class Check(Struct, frozen=True, kw_only=True):
    """What verifying found. `broken_at` is the first event that does not fit, None when all do."""

    events: int
    head: Head
    broken_at: int | None
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True when nothing was found wrong."""
        return self.broken_at is None and not self.problems


def link(before: bytes, seq: int, at: int, kind: str, names: tuple[str | None, ...], body: str) -> bytes:
    """The hash of an event that follows the one with the hash `before`. `names` are case, item, account, actor."""
    return hashlib.sha256(before + _ENCODE((seq, at, kind, names)) + body.encode()).digest()


def append(tx: Tx, events: Sequence[Event]) -> tuple[int, int]:
    """Appends events: (first number, last number). The transaction must have been begun by a session."""
    seq, before = tx.head
    first = seq + 1
    rows: list[tuple[Any, ...]] = []
    for event in events:
        seq += 1
        body = _ENCODE(event.body).decode()
        names = (event.case_id, event.item, event.account, event.actor)
        before = link(before, seq, event.at, event.kind, names, body)
        rows.append((seq, event.at, event.kind, event.case_id, event.item, event.account, event.actor, body, before))
    tx.insert("events", f"INSERT INTO events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", rows)
    tx.head = (seq, before)
    return first, seq


def events_of(tx: Tx, case_id: str) -> list[Event]:
    """Everything that happened to a case, oldest first."""
    return [_event(row) for row in tx.rows(f"SELECT {_COLUMNS} FROM events WHERE case_id = ? ORDER BY seq", case_id)]


def events_after(tx: Tx, seq: int, *, limit: int = _PAGE) -> list[Event]:
    """The next `limit` events after number `seq`."""
    return [
        _event(row)
        for row in tx.rows(f"SELECT {_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT {int(limit)}", seq)
    ]


def all_events(tx: Tx) -> Iterator[Event]:
    """Every event, oldest first, a page at a time."""
    seq = 0
    while page := events_after(tx, seq):
        yield from page
        seq = page[-1].seq


def told(tx: Tx, kinds: Sequence[str], *, before: int | None = None, limit: int = 100) -> list[Event]:
    """The newest events of some kinds, newest first; `before` is a number to page on from."""
    marks = ",".join("?" * len(kinds))
    return [
        _event(row)
        for row in tx.rows(
            f"SELECT {_COLUMNS} FROM events WHERE kind <> 'decided' AND kind IN ({marks}) AND seq < ?"
            f" ORDER BY seq DESC LIMIT {int(limit)}",
            *kinds,
            before if before is not None else 1 << 62,
        )
    ]


def head_of(tx: Tx) -> Head:
    """The chain's end."""
    found = tx.one("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
    return Head(seq=0, hash=NOTHING.hex()) if found is None else Head(seq=found[0], hash=bytes(found[1]).hex())


def verify(store: Store, *, known: Head | None = None) -> Check:
    """Follows the whole chain. `known` is a head exported earlier, which must lie on it."""
    return store.read(lambda tx: _verify(tx, known))


def _verify(tx: Tx, known: Head | None) -> Check:
    before, last, count, broken = NOTHING, 0, 0, None
    seen = known is None or known.seq == 0
    while page := tx.rows(f"SELECT {_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT {_PAGE}", last):
        for seq, at, kind, case_id, item, account, actor, body, stored in page:
            expected = link(before, seq, at, kind, (case_id, item, account, actor), body)
            if (seq != last + 1 or expected != bytes(stored)) and broken is None:
                broken = seq
            before, last, count = bytes(stored), seq, count + 1
            if known is not None and seq == known.seq:
                seen = before.hex() == known.hash
    problems = () if seen else (f"the chain does not hold the known head {known.seq if known else 0}",)
    return Check(events=count, head=Head(seq=last, hash=before.hex()), broken_at=broken, problems=problems)


def demand(check: Check) -> Check:
    """The same check when it holds. Raises LedgerBroken (T503) otherwise."""
    if not check.holds:
        place = f"event {check.broken_at}" if check.broken_at is not None else "ledger"
        raise LedgerBroken(
            "; ".join(check.problems) or "an event does not follow from the one before",
            where=place,
            next_step="restore a backup, and compare with heads exported before",
        )
    return check


def stamp(moment: datetime) -> int:
    """UTC microseconds since 1970."""
    return int(moment.timestamp() * 1_000_000)


def moment(at: int) -> datetime:
    """The aware time of a stamp."""
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def _event(row: Sequence[Any]) -> Event:
    return Event(
        seq=row[0],
        at=row[1],
        kind=row[2],
        case_id=row[3],
        item=row[4],
        account=row[5],
        actor=row[6],
        body=msgspec.json.decode(row[7]),
        hash=bytes(row[8]),
    )
