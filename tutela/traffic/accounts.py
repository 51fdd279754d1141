"""What has happened to each account, and from where were accounts tried? State of bounded size, event by event."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Literal
from zlib import crc32

from tutela.traffic.address import network_of
from tutela.traffic.events import Event
from tutela.traffic.finding import MOST_LISTED
from tutela.traffic.sketch import Distinct

By = Literal["address", "device", "network", "agent"]
MOST_ACCOUNTS = 200_000
MOST_EVENTS = 256
MOST_SOURCES = 200_000
BURST_S = 6 * 3_600
# A person's forgotten password: failures that a success on the same device follows within this time.
FORGIVEN_S = 3_600.0


class Gaps:
    """Time between things of one kind."""

    __slots__ = ("count", "last", "square", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = self.square = self.last = 0.0

    def see(self, at: float) -> None:
        gap = at - self.last
        if self.last and 0 <= gap < BURST_S:
            self.count += 1
            self.total += gap
            self.square += gap * gap
        self.last = max(at, self.last)

    @property
    def rhythm(self) -> float:
        """Coefficient of variation; -1 when too few."""
        if self.count < 8 or self.total <= 0:
            return -1.0
        mean = self.total / self.count
        return float(max(self.square / self.count - mean * mean, 0.0) ** 0.5 / mean)


class Source:
    """Tries that share an address, a device, a network or an agent."""

    __slots__ = (
        "accounts", "addresses", "agents", "attempts", "by", "codes", "devices", "fails", "first", "gaps", "hit", "last", "listed", "name",
        "signed", "signup_gaps", "signups", "tried",
    )  # fmt: skip

    def __init__(self, by: By, name: str, at: float) -> None:
        self.by, self.name = by, name
        self.attempts = self.fails = self.signups = self.codes = 0
        self.accounts, self.tried, self.devices = Distinct(), Distinct(), Distinct()
        self.listed: dict[str, None] = {}
        # By address: refused, successful, sign-ups.
        self.addresses: dict[str, list[int]] = {}
        self.agents: dict[str, None] = {}
        self.hit: dict[str, str] = {}
        self.signed: dict[str, None] = {}
        self.first = self.last = at
        self.gaps, self.signup_gaps = Gaps(), Gaps()

    def take(self, event: Event, unfamiliar: bool) -> None:
        self.gaps.see(event.at)
        self.first, self.last = min(self.first, event.at), max(self.last, event.at)
        which = crc32(event.account.encode("utf-8", "replace"))
        self.accounts.add(which)
        if event.device:
            self.devices.add(crc32(event.device.encode("utf-8", "replace")))
        tally = self.addresses.get(event.address)
        if tally is None:
            tally = [0, 0, 0]
            if len(self.addresses) < MOST_LISTED:
                self.addresses[event.address] = tally
        _keep(self.agents, event.agent, 50)
        _keep(self.listed, event.account)
        if event.event == "signup":
            self.signups += 1
            tally[2] += 1
            self.signup_gaps.see(event.at)
            _keep(self.signed, event.account)
        elif event.event in ("login", "code") and unfamiliar:
            self.attempts += 1
            self.tried.add(which)
            if not event.ok:
                self.fails += 1
                tally[0] += 1
                self.codes += event.event == "code"
            else:
                tally[1] += 1
                if len(self.hit) < MOST_LISTED:
                    self.hit[event.account] = event.address
        elif event.ok:
            tally[1] += 1

    def forgive(self, address: str) -> None:
        """Takes back one refused try: who made it got in afterwards."""
        self.fails -= 1
        if (tally := self.addresses.get(address)) is not None:
            tally[0] -= 1

    def hostile(self) -> list[str]:
        """Addresses from which tries are mostly refused; others only share agent or network with them."""
        return [address for address, (fails, good, _) in self.addresses.items() if fails > 2 * good]


class Account:
    """The last events of one account, what is familiar to it, and the refused tries against it."""

    __slots__ = ("created", "events", "fails", "familiar", "name", "pending")

    def __init__(self, name: str) -> None:
        self.name = name
        self.events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self.fails: deque[Event] = deque(maxlen=MOST_EVENTS)
        self.familiar: dict[str, None] = {}
        self.pending: dict[str, list[tuple[Source, str]]] = {}
        self.created = 0.0


class Accounts:
    """All accounts and sources of a log."""

    def __init__(self) -> None:
        self.accounts: OrderedDict[str, Account] = OrderedDict()
        self.sources: OrderedDict[tuple[By, str, int], Source] = OrderedDict()
        self.events = 0
        self.first, self.last = float("inf"), 0.0
        self.forgotten = 0

    def take(self, event: Event) -> None:
        """Takes one event, in the log's order; small steps back in time do no harm."""
        self.events += 1
        self.first, self.last = min(self.first, event.at), max(self.last, event.at)
        account = self._account(event)
        device = event.device or f"{event.agent}|{network_of(event.address)}"
        unfamiliar = device not in account.familiar
        sources = self._sources(event, unfamiliar)
        if event.ok:
            account.events.append(event)
            _keep(account.familiar, device, 32)
            # Somebody who got in at last, on that device, had only forgotten or mistyped.
            for source, address in account.pending.pop(device, ()):
                source.forgive(address)
            if event.event == "signup":
                account.created = event.at
        elif event.event in ("login", "code"):
            account.fails.append(event)
            if unfamiliar and len(account.pending) < 8:
                waiting = account.pending.setdefault(device, [])
                if len(waiting) < 400:
                    waiting += [(source, event.address) for source in sources]

    def _account(self, event: Event) -> Account:
        account = self.accounts.get(event.account)
        if account is None:
            if len(self.accounts) >= MOST_ACCOUNTS:
                self.accounts.popitem(last=False)
                self.forgotten += 1
            account = self.accounts[event.account] = Account(event.account)
        else:
            self.accounts.move_to_end(event.account)
        return account

    def _sources(self, event: Event, unfamiliar: bool) -> list[Source]:
        burst = int(event.at // BURST_S)
        keys: list[tuple[By, str, int]] = [("address", event.address, -1)]
        if event.device:
            keys.append(("device", event.device, -1))
        if event.event in ("login", "code", "signup"):
            keys.append(("network", network_of(event.address), -1))
            if event.agent:
                keys += [("agent", event.agent, burst), ("address", f"{event.address}|{event.agent}", -1)]
        return [self._source(key, event, unfamiliar) for key in keys]

    def _source(self, key: tuple[By, str, int], event: Event, unfamiliar: bool) -> Source:
        source = self.sources.get(key)
        if source is None:
            if len(self.sources) >= MOST_SOURCES:
                self.sources.popitem(last=False)
            source = self.sources[key] = Source(key[0], key[1], event.at)
        elif len(self.sources) > MOST_SOURCES // 2:
            self.sources.move_to_end(key)
        source.take(event, unfamiliar)
        return source


def _keep(table: dict[str, None], value: str, most: int = MOST_LISTED) -> None:
    if value and value not in table and len(table) < most:
        table[value] = None
