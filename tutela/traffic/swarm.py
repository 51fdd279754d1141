"""Do many addresses act as one client? Bare first requests, joined by agent, by network and by path template."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Literal
from zlib import crc32

from tutela.model import Evidence, Where
from tutela.traffic.actor import SLOT_S, SLOTS, Actor
from tutela.traffic.address import network_of
from tutela.traffic.agents import Agent, read_agent
from tutela.traffic.finding import MOST_LISTED, Finding, moment
from tutela.traffic.judge import clause_verdicts, risks_of, say, what_to_do
from tutela.traffic.paths import API, PAGE, PROFILE, SEARCH, Place
from tutela.traffic.rules import COLLECTION, Sign
from tutela.traffic.sketch import Distinct

By = Literal["agent", "network", "template", "fingerprint"]
MOST_SWARMS = 20_000
MOST_SAMPLES = 2_048
# An address that asked for more than this shows by itself what it is.
MOST_VISITS = 60


class Swarm:
    """Bare requests that share one thing. Samples are thinned evenly when they are too many."""

    __slots__ = (
        "actors",
        "addresses",
        "agents",
        "by",
        "day",
        "distinct",
        "every",
        "first",
        "last",
        "name",
        "requests",
        "samples",
        "skipped",
    )

    def __init__(self, by: By, name: str) -> None:
        self.by, self.name = by, name
        self.requests = 0
        self.actors = 0
        self.addresses: set[str] = set()
        self.distinct = Distinct()
        self.agents: set[str] = set()
        self.samples: list[tuple[float, Place]] = []
        self.every, self.skipped = 1, 0
        self.first, self.last = float("inf"), 0.0
        self.day: dict[int, int] = {}

    def take(self, actor: Actor, early: list[tuple[float, Place]]) -> None:
        self.actors += 1
        self.requests += actor.visits
        self.distinct.add(crc32(actor.address.encode()))
        if len(self.addresses) < MOST_LISTED:
            self.addresses.add(actor.address)
        if len(self.agents) < 50:
            self.agents.add(actor.agent.text)
        self.first, self.last = min(self.first, actor.first), max(self.last, actor.last)
        for at, place in early:
            slot = int(at) // SLOT_S % SLOTS
            self.day[slot] = self.day.get(slot, 0) + 1
            self.skipped += 1
            if self.skipped >= self.every:
                self.skipped = 0
                self.samples.append((at, place))
        if len(self.samples) > MOST_SAMPLES:
            self.samples.sort(key=lambda sample: sample[0])
            del self.samples[::2]
            self.every *= 2


class Swarms:
    """All swarms of a log, and for each agent how many of its visits looked like a browser's."""

    def __init__(self) -> None:
        self._swarms: dict[tuple[By, str], Swarm] = {}
        self._shown: Counter[str] = Counter()
        self._bare: Counter[str] = Counter()

    def take(self, actor: Actor, ours: bool) -> None:
        """Takes what a finished actor leaves behind. Not for excused ones."""
        text = actor.agent.text
        if not actor.bare or actor.early is None:
            self._shown[text] += actor.visits
            return
        self._bare[text] += actor.visits
        if ours or actor.visits > MOST_VISITS:
            return
        early = [
            (at, place) for at, place in actor.early if place.kind in (PAGE, API, PROFILE, SEARCH) and place.ident != ""
        ]
        if not early:
            return
        self._get("agent", text).take(actor, early)
        self._get("network", network_of(actor.address)).take(actor, early)
        if actor.print:
            self._get("fingerprint", actor.print).take(actor, early)
        template = Counter(place.template for _, place in early).most_common(1)[0][0]
        self._get("template", template).take(actor, early)

    def _get(self, by: By, name: str) -> Swarm:
        swarm = self._swarms.get((by, name))
        if swarm is None:
            if len(self._swarms) >= MOST_SWARMS:
                few = sorted(self._swarms, key=lambda key: self._swarms[key].requests)[: MOST_SWARMS // 2]
                for key in few:
                    del self._swarms[key]
            swarm = self._swarms[by, name] = Swarm(by, name)
        return swarm

    def findings(self) -> list[Finding]:
        """One finding a swarm; a swarm whose addresses are mostly in one already found says nothing new."""
        found: list[Finding] = []
        taken: set[str] = set()
        order: dict[By, int] = {"fingerprint": 0, "agent": 1, "network": 2, "template": 3}
        for swarm in sorted(self._swarms.values(), key=lambda s: (order[s.by], -s.requests, s.name)):
            if len(swarm.addresses & taken) * 2 > len(swarm.addresses):
                continue
            signs = self._signs(swarm)
            if signs:
                found.append(_finding(swarm, signs))
                taken |= swarm.addresses
        return found

    def _signs(self, swarm: Swarm) -> list[Sign]:
        count = swarm.distinct.count()
        least = {"fingerprint": 8, "agent": 10, "network": 8, "template": 20}[swarm.by]
        if count < least or swarm.requests < 40 or swarm.requests > 40 * count:
            return []
        template, samples, many = _main_template(swarm)
        if many < 0.6 * len(swarm.samples) or many < 25:
            return []
        things = len({place.thing for _, place in samples})
        if things < 0.8 * many:
            return []
        rises, falls = _steps(samples)
        ordered = max(rises, falls) / (rises + falls) if rises + falls >= 20 else 0.0
        agent = read_agent(swarm.name) if swarm.by == "agent" else None
        bare = self._bare_share(swarm, agent)
        sure = _sureness(swarm, agent, ordered, bare, many)
        if not sure:
            return []
        shared = {
            "agent": "one agent",
            "network": "one network",
            "template": "one kind of page",
            "fingerprint": "one fingerprint",
        }[swarm.by]
        signs = [
            Sign(
                "rotating-addresses",
                sure,
                f"{count} addresses with {shared} make {swarm.requests} requests, few each",
                True,
                COLLECTION,
            )
        ]
        if ordered >= 0.8:
            way = "rising" if rises >= falls else "falling"
            signs.append(
                Sign(
                    "enumeration",
                    min(ordered, 0.97),
                    f"together they take {template} in {way} order ({ordered:.0%} of steps)",
                    True,
                    COLLECTION,
                )
            )
        else:
            signs.append(
                Sign(
                    "enumeration",
                    sure,
                    f"together they take {things} of {template}, hardly one twice",
                    True,
                    COLLECTION,
                )
            )
        signs.append(
            Sign("missing-assets", sure, f"{bare:.0%} of such visits load no pictures, scripts or styles", True)
        )
        return signs

    def _bare_share(self, swarm: Swarm, agent: Agent | None) -> float:
        names = [agent.text] if agent is not None else list(swarm.agents)
        bare = sum(self._bare[name] for name in names)
        return bare / max(bare + sum(self._shown[name] for name in names), 1)


def _main_template(swarm: Swarm) -> tuple[str, list[tuple[float, Place]], int]:
    count = Counter(place.template for _, place in swarm.samples)
    if not count:
        return "", [], 0
    template, many = count.most_common(1)[0]
    samples = sorted(
        ((at, place) for at, place in swarm.samples if place.template == template), key=lambda sample: sample[0]
    )
    return template, samples, many


def _steps(samples: list[tuple[float, Place]]) -> tuple[int, int]:
    rises = falls = 0
    for (_, a), (_, b) in itertools.pairwise(samples):
        if type(a.ident) is type(b.ident) and a.ident != b.ident:
            rises += b.ident > a.ident  # type: ignore[operator]
            falls += b.ident < a.ident  # type: ignore[operator]
    return rises, falls


def _sureness(swarm: Swarm, agent: Agent | None, ordered: float, bare: float, many: int) -> float:
    """Order convicts; without it, only an agent, network or fingerprint that never looks like a browser does."""
    if ordered >= 0.85:
        return 0.96 if many >= 60 else 0.9
    if swarm.by == "template" or (agent is not None and agent.kind == "app"):
        return 0.0
    if bare >= 0.95 and many >= 60:
        return 0.9
    return 0.8 if ordered >= 0.7 and bare >= 0.8 and many >= 60 else 0.0


def _finding(swarm: Swarm, signs: list[Sign]) -> Finding:
    sure = max(sign.confidence for sign in signs[:2])
    clauses = clause_verdicts([(COLLECTION, sure)])
    action, until = what_to_do(sure, swarm.last, shared=False)
    where = Where(part="log", from_at=moment(swarm.first), to_at=moment(swarm.last), requests=swarm.requests)
    count = swarm.distinct.count()
    who = {
        "agent": f"{count} addresses",
        "network": swarm.name,
        "template": f"{count} addresses",
        "fingerprint": f"fingerprint {swarm.name}",
    }[swarm.by]
    agents = sorted(swarm.agents)
    return Finding(
        actor=f"{who}|{agents[0] if len(agents) == 1 else f'{len(agents)} agents'}", violates=True, action=action, clauses=clauses,
        evidence=tuple(
            Evidence(clause=COLLECTION, kind=s.kind, where=where, shown_as=s.says, detector="traffic.swarm", confidence=round(s.confidence, 3))
            for s in signs
        ),
        reason=say(signs), confidence=round(sure, 3), kind="rotating-addresses", from_at=moment(swarm.first), to_at=moment(swarm.last),
        requests=swarm.requests, until=until, addresses=tuple(sorted(swarm.addresses)), address_count=count,
        networks=(swarm.name,) if swarm.by == "network" else (), agents=tuple(agents), risks=risks_of(clauses),
        by_quarter_hour=tuple(swarm.day.get(slot, 0) for slot in range(SLOTS)),
    )  # fmt: skip
