"""Who in an access log behaves like an automated client? One pass, in memory that does not grow with the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from tutela.settings import Platform
from tutela.traffic.actor import SLOT_S, SLOTS, Actor
from tutela.traffic.address import plain_address
from tutela.traffic.agents import Agent, read_agent
from tutela.traffic.behaviour import program_like
from tutela.traffic.excuses import GENTLE, Excuses, HostNames, Standing
from tutela.traffic.finding import Finding
from tutela.traffic.judge import judge
from tutela.traffic.lines import Hit
from tutela.traffic.paths import Map
from tutela.traffic.robots import Robots
from tutela.traffic.rules import signs_of
from tutela.traffic.swarm import Swarms

MOST_ACTORS = 60_000
MOST_FINDINGS = 20_000
JUMP_S = 3_600.0
FEW = 10


class Day(Struct, frozen=True, kw_only=True):
    """What a whole log tells beside its findings. Counts by quarter of an hour of the day, UTC."""

    first: float
    last: float
    requests: int
    actors: int
    people: tuple[int, ...]
    excused: tuple[int, ...]
    violating: tuple[int, ...]
    jumps: int
    forgotten: int


class Requests:
    """Takes hits, gives findings. At any time, as often as wanted; asking changes nothing.

    At most `most_actors` are followed at once; whoever was silent longest is judged and let go. Who comes back starts
    anew, and its findings are joined; so with more actors than that within a session a count may be low, never high.
    """

    def __init__(self, platform: Platform, *, hosts: HostNames | None = None, most_actors: int = MOST_ACTORS) -> None:
        self._robots = Robots(platform.robots_txt)
        self._map = Map(platform, self._robots)
        self._excuses = Excuses(platform, hosts)
        self._most = most_actors
        self._actors: dict[tuple[str, str, str], Actor] = {}
        self._addresses: dict[str, str] = {}
        self._agents: dict[str, Agent] = {}
        self._gone = Swarms()
        self._done: dict[str, Finding] = {}
        self._all = [0] * SLOTS
        self.requests = 0
        self.actors = 0
        self.forgotten = 0
        self.jumps = 0
        self.first, self.last = float("inf"), 0.0

    def take(self, hits: Iterable[Hit]) -> None:
        """Takes hits in the log's order."""
        actors, read, everything = self._actors, self._map.read, self._all
        count, last = 0, self.last
        for at, address, agent, method, target, status, referrer, account, fingerprint in hits:
            count += 1
            # An account or a cookie stays when address and agent change; without one, all three together are the actor.
            key = (account, "", fingerprint) if account else (address, agent, fingerprint)
            actor = actors.get(key)
            if actor is None:
                actor = self._new(key, address, agent, account, fingerprint, at)
            actor.see(at, read(target, method), method, status, referrer)
            everything[int(at) // SLOT_S % SLOTS] += 1
            if at > last:
                last = at
            elif last - at > JUMP_S:
                self.jumps += 1
            if at < self.first:
                self.first = at
        self.requests += count
        self.last = last

    def _new(
        self, key: tuple[str, str, str], address: str, agent: str, account: str, fingerprint: str, at: float
    ) -> Actor:
        if len(self._actors) >= self._most:
            self._forget()
        if len(self._addresses) > 4 * MOST_ACTORS:
            self._addresses.clear()
        plain = self._addresses.get(address)
        if plain is None:
            plain = self._addresses[address] = plain_address(address) or address[:64]
        known = read_agent(agent)
        # One spelling for one address: the second notation of an IPv6 address meets the actor of the first.
        tidy = key if account or plain == address else (plain, agent, fingerprint)
        actor = self._actors.get(tidy)
        if actor is None:
            actor = self._actors[tidy] = Actor("", plain, known, account, fingerprint, at)
            self.actors += 1
        if tidy is not key:
            self._actors[key] = actor
        return actor

    def _forget(self) -> None:
        """Lets the tenth go that was silent longest."""
        many = max(self._most // 10, 1)
        # By value and not by key: sorting floats alone takes a third of the time.
        cutoff = sorted([actor.last for actor in self._actors.values()])[many - 1]
        order = [key for key, actor in self._actors.items() if actor.last <= cutoff][:many]
        seen: set[int] = set()
        for key in order:
            actor = self._actors.pop(key)
            if id(actor) not in seen:
                seen.add(id(actor))
                self.forgotten += 1
                self._close(actor, self._gone, self._done)

    def _close(self, actor: Actor, swarms: Swarms, findings: dict[str, Finding]) -> None:
        finding, standing = self._judge(actor)
        if finding is not None:
            known = findings.get(finding.actor)
            if known is None and len(findings) >= MOST_FINDINGS:
                return
            findings[finding.actor] = finding if known is None else join(known, finding)
        elif not standing.proof and actor.visits:
            swarms.take(actor, standing.ours or standing.purpose in GENTLE)

    def _judge(self, actor: Actor) -> tuple[Finding | None, Standing]:
        standing = self._excuses.standing(actor.agent, actor.address)
        if actor.visits < FEW and actor.agent.kind in ("browser", "app") and not (actor.probed or actor.honeypots):
            return None, standing  # no rule speaks of so little, and most actors of a large log are like that
        signs = signs_of(actor, standing, self._robots)
        chance, why = program_like(actor) if signs else (0.0, ())
        return judge(actor, standing, signs, chance, why), standing

    def findings(self) -> list[Finding]:
        """All findings up to now, the gravest first."""
        import copy

        swarms, findings = copy.deepcopy(self._gone), dict(self._done)
        for actor in {id(actor): actor for actor in self._actors.values()}.values():
            self._close(actor, swarms, findings)
        joined = _families([*findings.values(), *swarms.findings()], swarms)
        return sorted(joined, key=lambda f: (not f.violates, -f.confidence, -f.requests, f.actor))

    def day(self, findings: list[Finding]) -> Day:
        """The day at a glance, for findings of this log."""
        excused, violating = [0] * SLOTS, [0] * SLOTS
        for finding in findings:
            for slot, count in enumerate(finding.by_quarter_hour):
                (violating if finding.violates else excused)[slot] += count
        people = [max(a - e - v, 0) for a, e, v in zip(self._all, excused, violating, strict=True)]
        return Day(
            first=self.first if self.requests else 0.0, last=self.last, requests=self.requests, actors=self.actors,
            people=tuple(people), excused=tuple(excused), violating=tuple(violating), jumps=self.jumps, forgotten=self.forgotten,
        )  # fmt: skip


def join(a: Finding, b: Finding) -> Finding:
    """Two findings on one actor, made before and after it was let go."""
    import msgspec

    strong, weak = (a, b) if (a.violates, a.confidence) >= (b.violates, b.confidence) else (b, a)
    kinds = {evidence.kind for evidence in strong.evidence}
    longer = max(len(a.by_quarter_hour), len(b.by_quarter_hour))
    day = tuple(
        (a.by_quarter_hour[i] if i < len(a.by_quarter_hour) else 0)
        + (b.by_quarter_hour[i] if i < len(b.by_quarter_hour) else 0)
        for i in range(longer)
    )
    return msgspec.structs.replace(
        strong, evidence=strong.evidence + tuple(e for e in weak.evidence if e.kind not in kinds), from_at=min(a.from_at, b.from_at),
        to_at=max(a.to_at, b.to_at), requests=a.requests + b.requests, by_quarter_hour=day,
        until=max((u for u in (a.until, b.until) if u), default=None),
    )  # fmt: skip


def _families(findings: list[Finding], swarms: Swarms) -> list[Finding]:
    """Findings of one kind from several addresses with an agent that nobody else has are one actor that moves."""
    import msgspec

    groups: dict[tuple[object, ...], list[Finding]] = {}
    out: list[Finding] = []
    common = Counter(f.agents[0] for f in findings if f.agents and f.violates)
    for finding in findings:
        agent = finding.agents[0] if len(finding.agents) == 1 else ""
        own = agent and common[agent] > 1 and swarms.used_by_people(agent) * 20 <= finding.requests
        if finding.violates and own and not finding.accounts:
            groups.setdefault((agent, finding.kind), []).append(finding)
        else:
            out.append(finding)
    for group in groups.values():
        first = max(group, key=lambda f: (f.confidence, f.requests))
        if len(group) == 1:
            out.append(first)
            continue
        whole = first
        for other in group:
            if other is not first:
                whole = join(whole, other)
        addresses = tuple(dict.fromkeys(a for f in (first, *group) for a in f.addresses))
        count = max(len(addresses), max(f.address_count for f in group))
        out.append(
            msgspec.structs.replace(
                whole,
                actor=f"{count} addresses|{first.agents[0]}",
                addresses=addresses,
                address_count=count,
                clauses=first.clauses,
                reason=f"{first.reason[:-1]}; the same from {count} addresses.",
            )
        )
    return out
