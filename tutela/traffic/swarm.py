"""Do many addresses act as one client? Bare first requests, joined by agent, by network and by path template."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any, Literal
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
# Share of the numbers of a range that are taken, from which on it is counting.
DENSE = 0.3
# Median gap of neighbours, as a share of all, from which on names are surely taken in order.
NEAR = 0.06
MOST_COUNTED = 200_000
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
        self.samples: list[tuple[float, Place, str]] = []
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
                self.samples.append((at, place, actor.address))
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
        self._actors: Counter[tuple[str, str]] = Counter()

    def take(self, actor: Actor, gentle: bool) -> None:
        """Takes what a finished actor leaves behind. Not for excused ones; `gentle` ones (the platform's own app, link
        previews) only count for what their agents look like.
        """
        text = actor.agent.text
        network = network_of(actor.address)
        counts = self._bare if actor.bare and actor.early is not None else self._shown
        if len(counts) > MOST_COUNTED:
            _halve(counts)
        if len(self._actors) > MOST_COUNTED:
            _halve(self._actors)
        if actor.agent.kind == "browser":
            self._actors["bare" if counts is self._bare else "shown", text] += 1
        counts[text] += actor.visits
        counts[network] += actor.visits
        if not actor.bare or actor.early is None:
            return
        if gentle or actor.visits > MOST_VISITS:
            return
        early = [
            (at, place) for at, place in actor.early if place.kind in (PAGE, API, PROFILE, SEARCH) and place.ident != ""
        ]
        if not early:
            return
        self._get("agent", text).take(actor, early)
        self._get("network", network).take(actor, early)
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
        order: dict[By, int] = {"fingerprint": 0, "network": 1, "agent": 2, "template": 3}
        for swarm in sorted(self._swarms.values(), key=lambda s: (order[s.by], -s.requests, s.name)):
            if len(swarm.addresses & taken) * 2 > len(swarm.addresses):
                continue
            signs = self._signs(swarm, taken)
            if signs:
                _leave_out_strangers(swarm, taken, ordered="hardly one twice" not in signs[1].says)
                found.append(_finding(swarm, signs))
                taken |= swarm.addresses
        return found

    def _signs(self, swarm: Swarm, taken: set[str]) -> list[Sign]:
        count = swarm.distinct.count()
        least = {"fingerprint": 8, "agent": 10, "network": 8, "template": 20}[swarm.by]
        if count < least or swarm.requests < 40 or swarm.requests > 40 * count:
            return []
        template, samples, many = _main_template(swarm, taken)
        if many < 0.6 * sum(sample[2] not in taken for sample in swarm.samples) or many < 25:
            return []
        things = len({place.thing for _, place in samples})
        if things < 0.8 * many:
            return []
        rises, falls = _steps(samples)
        steps = max(rises, falls) / (rises + falls) if rises + falls >= 20 else 0.0
        bare = self._bare_share(swarm)
        # People open fresh posts too, and their numbers rise with the day: there, only counting without holes convicts.
        numbers = _density(samples)
        ordered = (steps >= 0.85 and (numbers < 0 or numbers >= DENSE or bare >= 0.8)) or _neighbours(
            samples, numbers >= DENSE
        ) <= NEAR
        agent = read_agent(swarm.name) if swarm.by == "agent" else None
        sure = _sureness(swarm, agent, ordered, steps, bare, many)
        if not sure and agent is not None and many >= 40 and things >= 0.9 * many:
            sure = self._sticks_out(agent.text)
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
        how = f"{things} of {template}, hardly one twice"
        if steps >= 0.85:
            how = f"{template} in {'rising' if rises >= falls else 'falling'} order ({steps:.0%} of steps)"
        elif ordered:
            how = f"{things} of {template}, neighbours one after the other"
        signs.append(Sign("enumeration", sure, f"together they take {how}", True, COLLECTION))
        says = f"{bare:.0%} of such visits load no pictures, scripts or styles"
        signs.append(Sign("missing-assets", sure, says, True))
        return signs

    def _sticks_out(self, agent: str) -> float:
        """How sure it is that an agent is borrowed: far more of its clients show no page than of other browsers'.

        Where people open links with a warm cache, they do so with every browser alike.
        """
        counts: dict[str, list[int]] = {}
        for (kind, name), count in self._actors.items():
            counts.setdefault(name, [0, 0])[kind == "shown"] += count
        bare, shown = counts.pop(agent, [0, 0])
        # The median over the other browsers: one more borrowed agent must not hide this one.
        rates = sorted(b / (b + s) for b, s in counts.values() if b + s >= 5)
        if bare < 25 or len(rates) < 3:
            return 0.0
        rate, others = bare / (bare + shown), max(rates[len(rates) // 2], 0.02)
        return 0.86 if rate >= 0.2 and rate >= 5 * others else 0.0

    def used_by_people(self, agent: str) -> int:
        """Visits with that agent that looked like a browser's, among those that are no finding."""
        return self._shown[agent]

    def _bare_share(self, swarm: Swarm) -> float:
        """Share of the visits that look like no browser's: of the agent, or of the network, whatever the agent."""
        names = [swarm.name] if swarm.by in ("agent", "network") else list(swarm.agents)
        bare = sum(self._bare[name] for name in names)
        return bare / max(bare + sum(self._shown[name] for name in names), 1)


def _main_template(swarm: Swarm, taken: set[str]) -> tuple[str, list[tuple[float, Place]], int]:
    """The template most of the samples have, and they in order of time; without addresses that are explained already."""
    left = [(at, place) for at, place, address in swarm.samples if address not in taken]
    count = Counter(place.template for _, place in left)
    if not count:
        return "", [], 0
    template, many = count.most_common(1)[0]
    samples = sorted(((at, place) for at, place in left if place.template == template), key=lambda sample: sample[0])
    return template, samples, many


def _leave_out_strangers(swarm: Swarm, taken: set[str], *, ordered: bool) -> None:
    """Takes out who opened other pages, and in a sweep in order who merely opened one such page: what is next to it
    was taken at quite another time.
    """
    if swarm.every > 1 and swarm.by != "template":
        return  # thinned samples do not show every member, and few strangers share agent or network with so many
    template = _main_template(swarm, taken)[0]
    left = sorted(sample for sample in swarm.samples if sample[2] not in taken and sample[1].template == template)
    by_ident = sorted(
        (
            (place.template, type(place.ident).__name__, place.ident, rank, address)
            for rank, (_, place, address) in enumerate(left)
        ),
        key=lambda one: one[:4],
    )
    near = max(0.012 * len(left), 4)
    steps = sorted(
        b[2] - a[2] for a, b in itertools.pairwise(by_ident) if isinstance(a[2], int) and isinstance(b[2], int)
    )
    span = 20 * steps[len(steps) // 2] if steps else 0
    kept = set()
    for i, (*_, rank, address) in enumerate(by_ident):
        beside = [by_ident[k] for k in (i - 1, i + 1) if 0 <= k < len(by_ident)]
        fits = [abs(rank - other[3]) <= near and _close(by_ident[i][2], other[2], span) for other in beside]
        # Names of two clients lie between one another; numbers that are counted have both neighbours near.
        if not ordered or (all(fits) if isinstance(by_ident[i][2], int) else any(fits)):
            kept.add(address)
    swarm.addresses &= kept
    swarm.distinct = Distinct()
    for address in swarm.addresses:
        swarm.distinct.add(crc32(address.encode()))


def _close(a: int | str, b: int | str, span: int) -> bool:
    return abs(a - b) <= span if isinstance(a, int) and isinstance(b, int) else True


def _halve(counts: Counter[Any]) -> None:
    """Forgets the smaller half, so that memory stays bounded."""
    for key, _ in counts.most_common()[len(counts) // 2 :]:
        del counts[key]


def _steps(samples: list[tuple[float, Place]]) -> tuple[int, int]:
    rises = falls = 0
    for (_, a), (_, b) in itertools.pairwise(samples):
        if type(a.ident) is type(b.ident) and a.ident != b.ident:
            rises += b.ident > a.ident  # type: ignore[operator]
            falls += b.ident < a.ident  # type: ignore[operator]
    return rises, falls


def _density(samples: list[tuple[float, Place]]) -> float:
    """Share of the numbers between the tenth and the ninetieth percentile that were taken; -1 for names."""
    numbers = sorted({place.ident for _, place in samples if isinstance(place.ident, int)})
    if len(numbers) * 2 < len(samples):
        return -1.0
    inner = numbers[len(numbers) // 10 : len(numbers) - len(numbers) // 10]
    return len(inner) / (inner[-1] - inner[0] + 1)


def _neighbours(samples: list[tuple[float, Place]], counted: bool) -> float:
    """How far apart in time neighbours in the alphabet are taken: median of the rank gaps over their number.

    About 0.29 where names come as they like, near 0 where one or several clients go through them in order at once.
    For numbers only where they are `counted` without holes: new things are read in their order by people too.
    """
    names: list[tuple[Any, int]] = sorted(
        (place.ident, rank)
        for rank, (_, place) in enumerate(samples)
        if isinstance(place.ident, int if counted else str)
    )
    if len(names) < 60:
        return 1.0
    gaps = sorted(abs(b[1] - a[1]) for a, b in itertools.pairwise(names) if a[0] != b[0])
    return gaps[len(gaps) // 2] / len(samples) if gaps else 1.0


def _sureness(swarm: Swarm, agent: Agent | None, ordered: bool, steps: float, bare: float, many: int) -> float:
    """Order convicts; without it, only an agent, network or fingerprint that never looks like a browser does."""
    if ordered:
        return 0.96 if many >= 60 else 0.9
    if swarm.by == "template" or (agent is not None and agent.kind == "app"):
        return 0.0
    if bare >= 0.95 and many >= 60:
        return 0.9
    return 0.8 if steps >= 0.7 and bare >= 0.8 and many >= 60 else 0.0


def _finding(swarm: Swarm, signs: list[Sign]) -> Finding:
    sure = max(sign.confidence for sign in signs[:2])
    clauses = clause_verdicts([(COLLECTION, sure)])
    # Joined by nothing but the kind of page, a stranger may be among them: they have to prove themselves, no more.
    action, until = what_to_do(sure, swarm.last, shared=swarm.by == "template")
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
