"""What do some logs tell? The way from files or standard input to findings, for access logs and for login events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tutela.errors import Unreadable
from tutela.settings import Platform
from tutela.traffic.accounts import Accounts
from tutela.traffic.events import EventReader
from tutela.traffic.excuses import HostNames
from tutela.traffic.finding import Finding
from tutela.traffic.lines import Reader
from tutela.traffic.logins import login_findings
from tutela.traffic.requests import Day, Requests
from tutela.traffic.source import Block, read_blocks

Format = Literal["auto", "combined", "json", "alb", "logins"]


class Told(Struct, frozen=True, kw_only=True):
    """What was read and found. `first_broken` gives place and shape of the first unreadable line, never its text."""

    logins: bool
    findings: tuple[Finding, ...]
    lines: int
    broken: int
    first_broken: str
    formats: dict[str, int]
    troubles: tuple[str, ...]
    actors: int
    day: Day | None = None


class Analysis:
    """One analysis of one or several logs of one kind, fed block by block.

    `policy_at` names the policy version in force at a finding's last request.
    """

    def __init__(
        self,
        platform: Platform,
        wanted: Format = "auto",
        *,
        hosts: HostNames | None = None,
        policy_at: Callable[[datetime], str] | None = None,
        most_actors: int | None = None,
    ) -> None:
        self._platform, self._wanted, self._policy_at = platform, wanted, policy_at
        self._requests = (
            Requests(platform, hosts=hosts)
            if most_actors is None
            else Requests(platform, hosts=hosts, most_actors=most_actors)
        )
        self._accounts = Accounts()
        self._reader = Reader("auto" if wanted == "logins" else wanted)
        self._events = EventReader()
        self._logins: bool | None = True if wanted == "logins" else None if wanted == "auto" else False
        self._cut = 0
        self._troubles: list[str] = []

    def feed(self, block: Block) -> None:
        """Takes one block of whole lines."""
        self._cut += block.cut
        if block.cut:
            self._troubles.append(f"{block.name}:{block.first_line}: {block.cut} line longer than 64 KiB was left out")
        if self._logins is None:
            self._logins = tells_of_accounts(block.text)
        if self._logins:
            for event in self._events.read(block.text, block.name, block.first_line):
                self._accounts.take(event)
        else:
            self._requests.take(self._reader.read(block.text, block.name, block.first_line))

    def feed_file(self, path: Path | None) -> Iterator[float]:
        """Feeds a whole file (None is standard input); gives the log's latest time after each block.

        A file that breaks off is a trouble, and what came before it counts.
        """
        try:
            for block in read_blocks(path):
                self.feed(block)
                yield self.latest
        except Unreadable as error:
            self._troubles.append(str(error))

    @property
    def latest(self) -> float:
        """The latest time seen, in seconds since 1970; 0.0 before the first."""
        return self._accounts.last if self._logins else self._requests.last

    def told(self) -> Told:
        """Everything up to now. Asking changes nothing."""
        reader: Reader | EventReader = self._events if self._logins else self._reader
        found = login_findings(self._accounts, self._platform) if self._logins else self._requests.findings()
        if self._policy_at is not None:
            found = [msgspec.structs.replace(finding, policy=self._policy_at(finding.to_at)) for finding in found]
        return Told(
            logins=bool(self._logins), findings=tuple(found), lines=reader.lines + self._cut, broken=reader.broken + self._cut,
            first_broken=reader.first_broken, formats=dict(reader.formats), troubles=tuple(self._troubles[:100]),
            actors=len(self._accounts.accounts) if self._logins else self._requests.actors,
            day=None if self._logins else self._requests.day(found),
        )  # fmt: skip


def tells_of_accounts(text: str) -> bool:
    """True when the first readable line is a login or account event, not a request."""
    reader = EventReader()
    for line in text.split("\n", 40)[:40]:
        if line.startswith("{"):
            keys = line[:2_000]
            return any(f'"{key}"' in keys for key in ("account", "account_id", "username")) and any(
                f'"{key}"' in keys for key in ("outcome", "result", "event", "success")
            )
        if reader.read(line + "\n", "sniffed"):
            return True
    return False


def in_time_order(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Files by the time of their first readable line, so that rotated logs come in the order they were written."""
    if len(paths) < 2:
        return paths
    return tuple(sorted(paths, key=lambda path: (_first_time(path), str(path))))


def _first_time(path: Path) -> float:
    try:
        for block in read_blocks(path):
            head = "\n".join(block.text.split("\n", 200)[:200])
            events = EventReader().read(head, str(path)) if tells_of_accounts(head) else []
            hits = [] if events else Reader().read(head, str(path))
            return events[0].at if events else hits[0][0] if hits else float("inf")
    except Unreadable:
        return float("inf")
    return float("inf")
