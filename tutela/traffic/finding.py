"""What is said of one actor: the public form of a finding."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from tutela.model import Action, ClauseVerdict, Evidence

# Addresses and accounts listed by name in one finding; counts go on beyond.
MOST_LISTED = 5_000


class Finding(Struct, frozen=True, kw_only=True):
    """One actor that behaves like an automated client, attacks accounts, or shares or sells them.

    `actor` names it in one line: `address|agent`, or the account. `addresses`, `agents` and `accounts` are all that
    belong to it (at most 5,000 each; `address_count` and `account_count` go on). `targets` are accounts that it
    attacked: victims, not part of it. `action` is `warn` (challenge), `restrict` (throttle), `review` or `remove`
    (block); it holds until `until`, counted from the last request seen, never from a clock; None where nothing is to
    be done. `excused` says why an automated client is allowed; such a finding does not violate.
    """

    actor: str
    violates: bool
    action: Action
    clauses: tuple[ClauseVerdict, ...]
    evidence: tuple[Evidence, ...]
    reason: str
    confidence: float
    kind: str
    from_at: datetime = msgspec.field(name="from")
    to_at: datetime = msgspec.field(name="to")
    requests: int
    until: datetime | None = None
    addresses: tuple[str, ...] = ()
    address_count: int = 0
    networks: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    account_count: int = 0
    targets: tuple[str, ...] = ()
    target_count: int = 0
    risks: tuple[str, ...] = ()
    excused: str = ""
    policy: str = ""
    by_quarter_hour: tuple[int, ...] = ()

    def to_json(self) -> bytes:
        """One line of JSON, without a line break."""
        return msgspec.json.encode(self)


def moment(seconds: float) -> datetime:
    """A log's time as an aware one."""
    return datetime.fromtimestamp(int(seconds), UTC)
