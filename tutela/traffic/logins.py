"""Which accounts are attacked, shared, sold or farmed? Judges what `accounts` remembers, each verdict with its figures.

Over 400 lines because the order of the questions matters: a source explains addresses, what is left is asked of the
accounts, and each question may assume that the ones above it were answered with no.
"""

from __future__ import annotations

import itertools
from collections import Counter

from tutela.model import Evidence, Where
from tutela.settings import Platform
from tutela.traffic.accounts import Account, Accounts, Source
from tutela.traffic.address import Ranges, network_of
from tutela.traffic.events import Event
from tutela.traffic.finding import MOST_LISTED, Finding, moment
from tutela.traffic.judge import clause_verdicts, risks_of, say, what_to_do
from tutela.traffic.rules import ACCESS, Sign
from tutela.traffic.travel import FASTEST_KMH, apart_km, speed_kmh

SHARING = "ps.account_access"
# A family's or a shop's device has a handful of accounts; sixty signed up on one is a farm.
FARM_ACCOUNTS = 8
# Places nearer than this are one region: commuters, border towns, address databases that err.
FAR_KM = 500.0
IDLE_S = 1_800.0


def login_findings(accounts: Accounts, platform: Platform) -> list[Finding]:
    """All findings of a login log, the gravest first."""
    shared = Ranges(r for network in platform.shared_networks for r in network.ranges)
    found, explained = _source_findings(accounts, shared)
    for account in accounts.accounts.values():
        finding = _guessing(account, explained) or _account_finding(account)
        if finding is not None:
            found.append(finding)
    return sorted(found, key=lambda f: (not f.violates, -f.confidence, -f.requests, f.actor))


def _source_findings(accounts: Accounts, shared: Ranges) -> tuple[list[Finding], set[str]]:
    """Attacks and farms by source, the narrowest source first; addresses that one explains need no second finding."""
    order = {"device": 0, "address": 1, "agent": 2, "network": 3}
    found, explained = [], set[str]()
    for source in sorted(accounts.sources.values(), key=lambda s: (order[s.by], "|" in s.name, -s.attempts, s.name)):
        hostile = [a for a in source.hostile() if a not in explained and not _on_one_account(accounts, a)]
        if hostile and (signs := _stuffing(source, hostile)):
            found.append(_source_finding(source, signs, shared, tuple(sorted(hostile))))
            explained |= set(hostile)
            continue
        signing = [address for address in source.addresses if address not in explained]
        if len(signing) * 2 > len(source.addresses) and (signs := _farm(source, shared)):
            if source.by != "device":
                signing = [address for address in signing if source.addresses[address][2]]
            found.append(_source_finding(source, signs, shared, tuple(sorted(signing))))
            explained |= {a for a in signing if source.by != "device" or _only(accounts, a, source)}
    return _joined(found), explained


def _on_one_account(accounts: Accounts, address: str) -> bool:
    """True for an address that tries few accounts often: that is guessing, or somebody who forgot the password."""
    whole = accounts.sources.get(("address", address, -1))
    return whole is not None and whole.attempts >= 5 and whole.tried.count() * 4 <= whole.attempts


def _only(accounts: Accounts, address: str, device: Source) -> bool:
    """True when hardly anybody but this device's accounts uses the address."""
    whole = accounts.sources.get(("address", address, -1))
    return whole is not None and whole.accounts.count() <= device.accounts.count() * 1.2


def _stuffing(source: Source, hostile: list[str]) -> list[Sign]:
    """Many accounts, few successes. The more addresses are joined, the surer the share of refusals must be."""
    fails = sum(source.addresses[address][0] for address in hostile)
    attempts = fails + sum(source.addresses[address][1] for address in hostile)
    tried = min(source.tried.count(), attempts)
    least, share = {"device": (12, 0.7), "address": (15, 0.7), "network": (25, 0.8), "agent": (25, 0.8)}[source.by]
    if attempts < least or tried < min(least, 12) or fails < share * attempts:
        return []
    if source.by == "agent" and len(hostile) < 5:
        return []
    each = attempts / max(tried, 1)
    hours = (source.last - source.first) / 3_600
    spraying = each >= 2 and hours >= 3 and source.codes == 0
    kind = (
        "code-guessing"
        if source.codes * 2 > source.attempts
        else "password-spraying"
        if spraying
        else "credential-stuffing"
    )
    refused = fails / attempts
    sure = 0.97 if attempts >= 60 and refused >= 0.85 else 0.92 if attempts >= 30 else 0.86
    way = f"{tried} accounts tried {attempts} times, {refused:.0%} refused"
    signs = [Sign(kind, sure, way, True, ACCESS)]
    if len(source.addresses) >= 5:
        signs.append(
            Sign("distributed", 0.9, f"from {len(source.addresses)} addresses with the same {_thing(source)}", True)
        )
    if 0 <= source.gaps.rhythm <= 0.6:
        signs.append(Sign("regular-rhythm", 0.85, f"gaps between tries differ by {source.gaps.rhythm:.0%} only", True))
    known = set(hostile)
    hit = sum(address in known for address in source.hit.values())
    if hit:
        signs.append(
            Sign(
                "account-takeover",
                0.85,
                f"{hit} tries succeeded: those accounts need new passwords",
                False,
                ACCESS,
            )
        )
    return signs


def _thing(source: Source) -> str:
    return {"agent": "browser version", "device": "device", "network": "network", "address": "address"}[source.by]


def _farm(source: Source, shared: Ranges) -> list[Sign]:
    """Many accounts that one device signs up and runs; without sign-ups, many more and in a program's rhythm."""
    count = source.accounts.count()
    even = 0 <= (source.gaps if source.by == "device" else source.signup_gaps).rhythm <= 0.5
    if source.by == "device" and count >= FARM_ACCOUNTS:
        sure = 0.0
        if source.signups >= max(4, count // 4):
            sure = 0.96 if count >= 15 else 0.88
        elif count >= 20 and (even or _fast(source)):
            sure = 0.88
        elif count >= 40:
            sure = 0.75
        if sure:
            signs = [
                Sign(
                    "account-farm",
                    sure,
                    f"one device runs {count} accounts and signed up {source.signups} of them",
                    True,
                    SHARING,
                )
            ]
            return signs + (
                [Sign("regular-rhythm", 0.85, f"gaps differ by {source.gaps.rhythm:.0%} only", True)] if even else []
            )
    if source.by in ("address", "network") and source.signups >= 20 and source.signups >= 0.6 * count:
        lone = not any(address in shared for address in source.addresses)
        if lone and (even or source.signups >= 60):
            text = f"{source.signups} accounts signed up from one {_thing(source)}"
            return [Sign("account-farm", 0.86 if even else 0.75, text, even, SHARING)]
    return []


def _fast(source: Source) -> bool:
    """Accounts follow one another faster than a person signs out and in."""
    return source.gaps.count >= 20 and source.gaps.total / source.gaps.count < 90


def _source_finding(source: Source, signs: list[Sign], shared: Ranges, addresses: tuple[str, ...]) -> Finding:
    sure = _sure(signs)
    clauses = clause_verdicts(
        [(s.clause, min(s.confidence, sure) if s.kind == "account-takeover" else sure) for s in signs if s.clause]
    )
    farm = signs[0].clause == SHARING
    action, until = what_to_do(sure, source.last, shared=not farm and any(address in shared for address in addresses))
    requests = sum(source.addresses[a][0] + source.addresses[a][1] + source.addresses[a][2] for a in addresses)
    agents = (source.name,) if source.by == "agent" else tuple(sorted(source.agents))
    if len(addresses) == 1:
        name = _with_agent(addresses[0], agents)
    else:
        many = source.name if source.by == "network" else f"{len(addresses)} addresses"
        name = f"device {source.name}" if source.by == "device" else _with_agent(many, agents)
    listed = tuple(sorted(source.signed if farm and source.by != "device" else source.listed))
    count = source.accounts.count() if source.by == "device" else len(listed)
    return Finding(
        actor=name, violates=True, action=action, clauses=clauses, evidence=_evidence(signs, source.first, source.last, requests, clauses[0].id),
        reason=say(signs), confidence=round(sure, 3), kind=signs[0].kind, from_at=moment(source.first), to_at=moment(source.last),
        requests=requests, until=until, addresses=addresses, address_count=len(addresses),
        networks=(source.name,) if source.by == "network" else (), agents=agents, accounts=listed if farm else (),
        account_count=count if farm else 0, targets=() if farm else listed,
        target_count=0 if farm else min(source.tried.count(), requests), risks=risks_of(clauses),
    )  # fmt: skip


def _with_agent(address: str, agents: tuple[str, ...]) -> str:
    return f"{address}|{agents[0]}" if len(agents) == 1 else f"{address}|{len(agents)} agents"


def _joined(found: list[Finding]) -> list[Finding]:
    """Bursts of one agent on several parts of a day are one attack."""
    from tutela.traffic.requests import join

    by_agent: dict[str, Finding] = {}
    out: list[Finding] = []
    for finding in found:
        key = finding.actor.partition("|")[2] if " addresses|" in finding.actor else ""
        if not key:
            out.append(finding)
        elif key not in by_agent:
            by_agent[key] = finding
        else:
            import msgspec

            a, b = by_agent[key], finding
            addresses = tuple(sorted({*a.addresses, *b.addresses}))[:MOST_LISTED]
            targets = tuple(sorted({*a.targets, *b.targets}))[:MOST_LISTED]
            by_agent[key] = msgspec.structs.replace(
                join(a, b), actor=f"{len(addresses)} addresses|{key}", addresses=addresses, address_count=len(addresses),
                targets=targets, target_count=max(len(targets), a.target_count, b.target_count),
            )  # fmt: skip
    return [*out, *by_agent.values()]


def _guessing(account: Account, explained: set[str]) -> Finding | None:
    """One account under many refused tries from devices that never got in. The tries are the violation, not the account."""
    good = {event.device for event in account.events if event.device}
    fails = [f for f in account.fails if (not f.device or f.device not in good) and f.address not in explained]
    if len(fails) < 25:
        return None
    addresses = Counter(f.address for f in fails)
    span = fails[-1].at - fails[0].at
    if len(addresses) < 3 and len(fails) < 50:
        return None
    sure = 0.97 if len(fails) >= 60 else 0.9
    codes = sum(f.event == "code" for f in fails) * 2 > len(fails)
    text = f"{len(fails)} refused tries on one account from {len(addresses)} addresses within {max(span / 3_600, 0.1):.1f} hours"
    sign = Sign("code-guessing" if codes else "password-guessing", sure, text, True, ACCESS)
    return _about(account, fails, [sign], sure, attacked=True)


def _account_finding(account: Account) -> Finding | None:
    events = sorted(account.events, key=lambda event: event.at)
    if len(events) < 2:
        return None
    for look in (_token, _sold, _shared, _travel):
        signs = look(events)
        if signs:
            return _about(account, events, signs, _sure(signs), attacked=signs[0].clause == ACCESS)
    return None


def _spot(event: Event) -> tuple[str, tuple[float, float] | None]:
    return event.country, event.place


def _system(agent: str) -> str:
    """The system an agent names: what changes only with the device."""
    for word, system in (
        ("iPhone", "ios"),
        ("iPad", "ios"),
        ("Android", "android"),
        ("Windows", "windows"),
        ("Mac OS X", "mac"),
        ("CrOS", "chromeos"),
        ("Linux", "linux"),
    ):
        if word in agent:
            return system
    return agent.partition("/")[0]


def _token(events: list[Event]) -> list[Sign]:
    """One session or device mark used from two places or on two systems, in turn."""
    by_token: dict[str, list[Event]] = {}
    for event in events:
        mark = event.token or event.device
        if mark:
            by_token.setdefault(mark, []).append(event)
    for uses in by_token.values():
        switches = far = 0
        for a, b in itertools.pairwise(uses):
            other = bool(a.agent and b.agent) and _system(a.agent) != _system(b.agent)
            km = apart_km(_spot(a), _spot(b))
            # The same session on another system is a copied one; on the same system only physics tells.
            switches += other and (a.address != b.address)
            far += (
                km > FAR_KM
                and speed_kmh(km, b.at - a.at) > FASTEST_KMH
                and (other or (a.token != "" and a.device != b.device))
            )
        if switches >= 2 or far >= 1:
            text = f"one session mark used on different systems or in far places {max(switches, far)} times"
            return [Sign("token-two-places", 0.93 if switches >= 2 else 0.85, text, True, ACCESS)]
    return []


def _sold(events: list[Event]) -> list[Sign]:
    """From one moment on everything is another's: device, system, place, language, e-mail; the old never come back."""
    for i in range(1, len(events)):
        before, after = events[:i], events[i:]
        if len(before) < 2 or len(after) < 2 or not (before[-1].device and after[0].device):
            continue
        if {e.device for e in before} & {e.device for e in after} or {e.address for e in before} & {
            e.address for e in after
        }:
            continue
        countries = {e.country for e in before if e.country}, {e.country for e in after if e.country}
        if not countries[0] or not countries[1] or countries[0] & countries[1]:
            continue
        languages = {e.language for e in before if e.language}, {e.language for e in after if e.language}
        language = bool(languages[0] and languages[1]) and not languages[0] & languages[1]
        emails = {e.email for e in before if e.email}, {e.email for e in after if e.email}
        email = any(e.event == "email_change" for e in after[:12]) or (
            bool(emails[0] and emails[1]) and not emails[0] & emails[1]
        )
        password = any(e.event == "password_change" for e in after[:12])
        changes = ["device", "country"] + ["language"] * language + ["e-mail address"] * email + ["password"] * password
        systems = not {_system(e.agent) for e in before} & {_system(e.agent) for e in after}
        if len(changes) >= 4 or (len(changes) == 3 and (email or systems)):
            sure = 0.95 if len(changes) >= 4 else 0.85
            text = f"{', '.join(changes)} changed at once on {moment(after[0].at):%Y-%m-%d %H:%M} and never came back"
            return [Sign("sold-account", sure, text, False, SHARING)]
    return []


def _shared(events: list[Event]) -> list[Sign]:
    """Several people: sessions that overlap far apart on different devices, hand-overs, more devices than one has."""
    overlaps, pairs = _overlaps(events)
    if overlaps >= 3:
        text = f"sessions overlap {overlaps} times on different devices in {pairs}"
        return [Sign("shared-account", 0.95 if overlaps >= 6 else 0.88, text, False, SHARING)]
    turns, places = _hand_overs(events)
    if turns >= 6:
        text = f"{turns} hand-overs between devices in {places}, faster or more often than anyone travels"
        return [Sign("shared-account", 0.92, text, False, SHARING)]
    jumps, devices, places = _jumps(events)
    if jumps >= 2 and devices >= 3:
        text = f"{devices} devices in {places} take turns {jumps} times faster than anyone travels"
        return [Sign("shared-account", 0.92, text, False, SHARING)]
    return _crowd(events)


def _overlaps(events: list[Event]) -> tuple[int, str]:
    """Times a device is used while another, surely far away, is in the middle of a session; and the countries."""
    count, where = 0, set[str]()
    for i, event in enumerate(events):
        for other in events[i + 1 : i + 12]:
            if other.at - event.at > IDLE_S:
                break
            if _others(event, other) and apart_km(_spot(event), _spot(other)) > FAR_KM:
                count += 1
                where |= {event.country, other.country}
                break
    return count, _listed(where)


def _others(a: Event, b: Event) -> bool:
    """True for two devices of two people: another mark and another browser. One browser whose mark is new each time
    is one person who clears cookies, and the places are those of a relay.
    """
    return a.device != b.device and bool(a.device and b.device) and (a.agent != b.agent or not a.agent)


def _listed(countries: set[str]) -> str:
    return " and ".join(sorted(countries - {""})[:6]) or "far places"


def _hand_overs(events: list[Event]) -> tuple[int, str]:
    """Switches between far places where the devices differ and the places come back: people, not a journey."""
    turns, visited = 0, Counter[str]()
    for a, b in itertools.pairwise(events):
        if _others(a, b) and apart_km(_spot(a), _spot(b)) > FAR_KM:
            visited[b.country or "?"] += 1
            turns += b.at - a.at < 24 * 3_600
    again = sum(count - 1 for count in visited.values())
    return (turns if again >= 3 else 0), _listed(set(visited))


def _jumps(events: list[Event]) -> tuple[int, int, str]:
    """Switches to another device that nobody can have travelled; the devices and the countries in them."""
    count, devices, where = 0, set[str](), set[str]()
    for a, b in itertools.pairwise(events):
        km = apart_km(_spot(a), _spot(b))
        if _others(a, b) and km > FAR_KM and speed_kmh(km, b.at - a.at) > FASTEST_KMH:
            count += 1
            devices |= {a.device, b.device}
            where |= {a.country, b.country}
    return count, len(devices), _listed(where)


def _crowd(events: list[Event]) -> list[Sign]:
    """More devices on more networks within two days than a person has."""
    start = 0
    for end in range(len(events)):
        while events[end].at - events[start].at > 48 * 3_600:
            start += 1
        inside = events[start : end + 1]
        devices = {(e.device, _system(e.agent)) for e in inside if e.device}
        if len(devices) < 7:
            continue
        networks, agents = {network_of(e.address) for e in inside}, {e.agent for e in inside}
        if len(networks) >= 6 and len(agents) >= 4:
            text = f"{len(devices)} devices on {len(networks)} networks within two days"
            return [Sign("shared-account", 0.88, text, False, SHARING)]
    return []


def _travel(events: list[Event]) -> list[Sign]:
    """A new device signs in where its owner cannot be yet. The same device in two places is a relay, not a journey."""
    if _behind_a_relay(events):
        return []
    known: dict[str, None] = {}
    worst: tuple[float, float, Event, Event] | None = None
    for a, b in itertools.pairwise(events):
        known[a.device] = None
        if b.device and b.device not in known and b.event == "login":
            km = apart_km(_spot(a), _spot(b))
            speed = speed_kmh(km, b.at - a.at)
            if km > FAR_KM and speed > FASTEST_KMH and (worst is None or speed > worst[0]):
                worst = (speed, km, a, b)
    if worst is None:
        return []
    speed, km, a, b = worst
    minutes = (b.at - a.at) / 60
    text = (
        f"from {a.country or 'one place'} to {b.country or 'another'} on a new device: at least {km:,.0f} km in {minutes:.0f} minutes, "
        f"{speed:,.0f} km/h where an airliner does {FASTEST_KMH:,.0f}"
    )
    return [Sign("impossible-travel", 0.86, text, False, ACCESS)]


def _behind_a_relay(events: list[Event]) -> bool:
    """True when one and the same device or browser is seen to jump between countries: its places say nothing."""
    for mark in ("device", "agent"):
        by_mark: dict[str, list[Event]] = {}
        for event in events:
            by_mark.setdefault(getattr(event, mark), []).append(event)
        for name, uses in by_mark.items():
            far = sum(
                apart_km(_spot(a), _spot(b)) > FAR_KM
                and speed_kmh(apart_km(_spot(a), _spot(b)), b.at - a.at) > FASTEST_KMH
                for a, b in itertools.pairwise(uses)
            )
            if name and far >= (1 if mark == "device" else 3):
                return True
    return False


def _sure(signs: list[Sign]) -> float:
    sure = max(sign.confidence for sign in signs if sign.clause)
    return sure + (1 - sure) / 3 if len(signs) > 1 and any(s.automatic for s in signs[1:]) else sure


def _about(account: Account, events: list[Event], signs: list[Sign], sure: float, *, attacked: bool) -> Finding:
    clauses = clause_verdicts([(sign.clause, sure) for sign in signs if sign.clause])
    first, last = min(e.at for e in events), max(e.at for e in events)
    action, until = what_to_do(sure, last, shared=False)
    # The owner of an attacked account is a victim: never block the account, ask for proof of who signs in.
    if attacked and action in ("remove", "restrict"):
        action = "warn"
    elif action == "remove":
        action = "restrict"
    addresses = tuple(sorted({event.address for event in events}))
    return Finding(
        actor=account.name, violates=True, action=action, clauses=clauses,
        evidence=_evidence(signs, first, last, len(events), clauses[0].id), reason=say(signs), confidence=round(sure, 3),
        kind=signs[0].kind, from_at=moment(first), to_at=moment(last), requests=len(events), until=until, addresses=addresses,
        address_count=len(addresses), agents=tuple(sorted({e.agent for e in events if e.agent}))[:50], accounts=(account.name,),
        account_count=1, risks=risks_of(clauses),
    )  # fmt: skip


def _evidence(signs: list[Sign], first: float, last: float, requests: int, clause: str) -> tuple[Evidence, ...]:
    where = Where(part="log", from_at=moment(first), to_at=moment(last), requests=requests)
    return tuple(
        Evidence(
            clause=s.clause or clause,
            kind=s.kind,
            where=where,
            shown_as=s.says,
            detector="traffic.logins",
            confidence=round(s.confidence, 3),
        )
        for s in signs
    )
