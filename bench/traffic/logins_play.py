"""A played login log: homes, families, travellers, offices, carriers; and attacks, farms, shared and sold accounts.

    python -m bench.traffic.logins_play --days 5

Kinds after: Thomas and others, "Data breaches, phishing, or malware? Understanding the risks of stolen credentials",
CCS 2017; Doerfler and others, "Evaluating login challenges as a defense against account takeover", WWW 2019; OWASP
OAT-007 (cracking), OAT-008 (stuffing), OAT-019 (account creation).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.traffic.people import DAY, address, browser
from bench.traffic.play import START
from tutela.settings import Platform, SharedNetwork
from tutela.traffic.accounts import Accounts
from tutela.traffic.address import plain_address
from tutela.traffic.events import Event
from tutela.traffic.finding import Finding
from tutela.traffic.logins import login_findings

NEAR = {"GB": "IE", "DE": "NL", "US": "CA", "ES": "PT", "FR": "BE"}
FAR = {"GB": "AU", "DE": "BR", "US": "VN", "ES": "PH", "FR": "IN"}
NAT = "198.51.100.9"


@dataclass
class Case:
    """Some accounts or addresses that belong together. Found by account, or by address where `by_address`."""

    kind: str
    bad: bool
    events: list[Event] = field(default_factory=list)
    by_address: bool = False


class Hand:
    """Draws what a case needs."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._count = 0

    def account(self) -> str:
        self._count += 1
        return f"u{self.rng.randrange(10**6):06d}{self._count}"

    def device(self) -> str:
        return f"d-{self.rng.randrange(16**8):08x}"

    def country(self) -> str:
        return self.rng.choice(sorted(NEAR))

    def event(
        self,
        at: float,
        account: str,
        who: str,
        country: str,
        device: str,
        agent: str,
        ok: bool = True,
        event: str = "login",
        **more: str,
    ) -> Event:
        return Event(
            at=START + at,
            account=account,
            address=plain_address(who),
            ok=ok,
            event=event,
            agent=agent,
            device=device,
            country=country,
            **more,
        )


def _daily(
    hand: Hand,
    account: str,
    who: str,
    country: str,
    device: str,
    agent: str,
    days: int,
    *,
    first: int = 0,
    fails: float = 0.05,
) -> list[Event]:
    rng, events = hand.rng, []
    for day in range(first, first + days):
        at = day * DAY + rng.uniform(6, 22) * 3_600
        if rng.random() < fails:
            events.append(hand.event(at - 20, account, who, country, device, agent, ok=False))
        events.append(hand.event(at, account, who, country, device, agent))
        events += [
            hand.event(at + i * 900, account, who, country, device, agent, event="refresh")
            for i in range(1, rng.randrange(2, 6))
        ]
    return events


def home(hand: Hand) -> Case:
    return Case(
        "home",
        False,
        _daily(hand, hand.account(), address(hand.rng), hand.country(), hand.device(), browser(hand.rng), 3),
    )


def phone_and_laptop(hand: Hand) -> Case:
    account, country, wifi = hand.account(), hand.country(), address(hand.rng)
    events = _daily(hand, account, wifi, country, hand.device(), browser(hand.rng), 3)
    phone, agent = hand.device(), browser(hand.rng)
    for who in (wifi, address(hand.rng), address(hand.rng)):
        events += _daily(hand, account, who, country, phone, agent, 3)
    return Case("phone and laptop", False, events)


def family_tablet(hand: Hand) -> Case:
    who, country, device, agent = address(hand.rng), hand.country(), hand.device(), browser(hand.rng)
    return Case(
        "family on one tablet",
        False,
        [e for _ in range(5) for e in _daily(hand, hand.account(), who, country, device, agent, 3)],
    )


def traveller(hand: Hand) -> Case:
    """The same phone, in another part of the world after the time of a flight."""
    account, country, phone, agent = hand.account(), hand.country(), hand.device(), browser(hand.rng)
    events = _daily(hand, account, address(hand.rng), country, phone, agent, 1)
    far, at = FAR[country], DAY + 20 * 3_600
    events += [hand.event(at + i * 7_200, account, address(hand.rng), far, phone, agent) for i in range(12)]
    return Case("traveller", False, events)


def traveller_with_home_computer(hand: Hand) -> Case:
    """While the owner travels, the computer at home goes on refreshing its session."""
    case = traveller(hand)
    account, country = case.events[0].account, case.events[0].country
    who, pc, agent = address(hand.rng), hand.device(), browser(hand.rng)
    case.events += [
        hand.event(i * 3_600 + 100, account, who, country, pc, agent, event="login" if not i else "refresh")
        for i in range(20)
    ]
    case.kind = "traveller, computer on at home"
    return case


def relay_user(hand: Hand) -> Case:
    """A relay: the same device, each day in other countries."""
    account, phone, agent = hand.account(), hand.device(), browser(hand.rng)
    places = [*NEAR, *FAR.values()]
    return Case(
        "relay, one device",
        False,
        [hand.event(i * 3_000, account, address(hand.rng), hand.rng.choice(places), phone, agent) for i in range(25)],
    )


def forgetful_relay_user(hand: Hand) -> Case:
    """A relay and a browser that forgets its cookies: one agent, new mark and place each time."""
    account, agent, places = hand.account(), browser(hand.rng), [*NEAR, *FAR.values()]
    return Case(
        "relay, cookies cleared",
        False,
        [
            hand.event(i * 5_000, account, address(hand.rng), hand.rng.choice(places), hand.device(), agent)
            for i in range(15)
        ],
    )


def forgotten_password(hand: Hand) -> Case:
    account, who, country, device, agent = (
        hand.account(),
        address(hand.rng),
        hand.country(),
        hand.device(),
        browser(hand.rng),
    )
    at = hand.rng.random() * DAY
    events = [
        hand.event(at + i * 25, account, who, country, device, agent, ok=False)
        for i in range(hand.rng.randrange(5, 22))
    ]
    events += [
        hand.event(at + 900, account, who, country, device, agent, event="password_change"),
        hand.event(at + 930, account, who, country, device, agent),
    ]
    return Case("forgotten password", False, events)


def new_phone(hand: Hand) -> Case:
    account, who, country = hand.account(), address(hand.rng), hand.country()
    return Case(
        "new phone",
        False,
        _daily(hand, account, who, country, hand.device(), browser(hand.rng), 2)
        + _daily(hand, account, who, country, hand.device(), browser(hand.rng), 2, first=2),
    )


def commuter(hand: Hand) -> Case:
    """Lives on one side of a border and works on the other, with two computers."""
    account, country = hand.account(), hand.country()
    return Case(
        "commuter over a border",
        False,
        _daily(hand, account, address(hand.rng), country, hand.device(), browser(hand.rng), 4)
        + _daily(hand, account, address(hand.rng), NEAR[country], hand.device(), browser(hand.rng), 4),
    )


def office(hand: Hand) -> Case:
    who, country, events = address(hand.rng), hand.country(), []
    agents = [browser(hand.rng) for _ in range(3)]
    for _ in range(120):
        account, device, at = hand.account(), hand.device(), 9 * 3_600 + hand.rng.gauss(0, 900)
        agent = hand.rng.choice(agents)
        if hand.rng.random() < 0.12:
            events.append(hand.event(at - 30, account, who, country, device, agent, ok=False))
        events.append(hand.event(at, account, who, country, device, agent))
    return Case("office at nine", False, events, by_address=True)


def carrier(hand: Hand) -> Case:
    events = []
    for _ in range(400):
        account, device, at, agent = hand.account(), hand.device(), hand.rng.random() * DAY, browser(hand.rng)
        if hand.rng.random() < 0.06:
            events.append(hand.event(at - 30, account, NAT, "GB", device, agent, ok=False))
        events.append(hand.event(at, account, NAT, "GB", device, agent))
    return Case("carrier's shared address", False, events, by_address=True)


def library(hand: Hand) -> Case:
    """Fifteen people sign in, one after the other, at a library's computer."""
    who, country, device, agent = address(hand.rng), hand.country(), hand.device(), browser(hand.rng)
    return Case(
        "library computer",
        False,
        [
            hand.event(8 * 3_600 + i * 1_800 + hand.rng.random() * 900, hand.account(), who, country, device, agent)
            for i in range(15)
        ],
        by_address=True,
    )


def class_signs_up(hand: Hand) -> Case:
    """A school class signs up in one lesson, each on an own phone."""
    who, country = address(hand.rng), hand.country()
    return Case(
        "class signs up",
        False,
        [
            hand.event(
                36_000 + hand.rng.expovariate(1 / 400),
                hand.account(),
                who,
                country,
                hand.device(),
                browser(hand.rng),
                event="signup",
            )
            for _ in range(28)
        ],
        by_address=True,
    )


def stuffing(hand: Hand) -> Case:
    who, agent, device = (
        address(hand.rng),
        hand.rng.choice([browser(hand.rng), "python-requests/2.31.0"]),
        hand.device(),
    )
    new = hand.rng.random() < 0.5
    return Case("stuffing from one address", True, [
        hand.event(40_000 + i * hand.rng.uniform(1, 3), hand.account(), who, "NL", hand.device() if new else device, agent, ok=hand.rng.random() < 0.01) for i in range(hand.rng.randrange(60, 500))
    ], by_address=True)  # fmt: skip


def slow_stuffing(hand: Hand) -> Case:
    """Many addresses, a few tries each, over a day."""
    agent, pool = browser(hand.rng).replace("Chrome/12", "Chrome/10"), [address(hand.rng) for _ in range(60)]
    return Case("stuffing from many addresses", True, [
        hand.event(hand.rng.random() * DAY, hand.account(), hand.rng.choice(pool), "US", hand.device(), agent, ok=hand.rng.random() < 0.01) for _ in range(240)
    ], by_address=True)  # fmt: skip


def spraying(hand: Hand) -> Case:
    """One password on all accounts, the next one hours later."""
    who, agent, device, accounts = (
        address(hand.rng),
        browser(hand.rng),
        hand.device(),
        [hand.account() for _ in range(60)],
    )
    return Case(
        "password spraying",
        True,
        [
            hand.event(r * 14_000 + i * 20, a, who, "US", device, agent, ok=False)
            for r in range(4)
            for i, a in enumerate(accounts)
        ],
        by_address=True,
    )


def network_stuffing(hand: Hand) -> Case:
    """A rented network, another agent and mark with each try."""
    net = hand.rng.randrange(256)
    return Case("stuffing from one network", True, [
        hand.event(50_000 + i * 15, hand.account(), f"198.19.{net}.{hand.rng.randrange(1, 255)}", "DE", hand.device(), browser(hand.rng), ok=False) for i in range(150)
    ], by_address=True)  # fmt: skip


def guessing(hand: Hand) -> Case:
    account = hand.account()
    events = _daily(hand, account, address(hand.rng), "ES", hand.device(), browser(hand.rng), 2)
    pool = [address(hand.rng) for _ in range(hand.rng.choice([4, 30]))]
    event = hand.rng.choice(["login", "code"])
    events += [
        hand.event(
            60_000 + i * 18,
            account,
            hand.rng.choice(pool),
            "TR",
            hand.device(),
            browser(hand.rng),
            ok=False,
            event=event,
        )
        for i in range(hand.rng.randrange(40, 200))
    ]
    return Case("one account guessed", True, events)


def farm(hand: Hand) -> Case:
    who, device, agent, events = address(hand.rng), hand.device(), browser(hand.rng), []
    for i in range(hand.rng.randrange(12, 70)):
        account = hand.account()
        events += [
            hand.event(i * 400, account, who, "ID", device, agent, event="signup"),
            hand.event(i * 400 + 60, account, who, "ID", device, agent, event="refresh"),
        ]
    return Case("farm on one device", True, events)


def farm_without_sign_ups(hand: Hand) -> Case:
    """Accounts made elsewhere, run by turns from one device in an even rhythm."""
    who, device, agent, accounts = (
        address(hand.rng),
        hand.device(),
        browser(hand.rng),
        [hand.account() for _ in range(40)],
    )
    return Case(
        "farm run by turns",
        True,
        [hand.event(i * 45 + hand.rng.random() * 5, a, who, "ID", device, agent) for i, a in enumerate(accounts * 3)],
    )


def sign_up_line(hand: Hand) -> Case:
    """Sign-ups in an even rhythm from one network, another mark each time."""
    net = hand.rng.randrange(256)
    return Case("sign-ups in a row", True, [
        hand.event(i * 240 + hand.rng.random() * 20, hand.account(), f"198.18.{net}.{hand.rng.randrange(1, 9)}", "VN", hand.device(), browser(hand.rng), event="signup") for i in range(50)
    ], by_address=True)  # fmt: skip


def shared_far(hand: Hand) -> Case:
    """Three people in three countries use one account in the same hours."""
    account, events = hand.account(), []
    for country in hand.rng.sample(["GB", "BR", "IN", "US", "AU"], 3):
        who, device, agent = address(hand.rng), hand.device(), browser(hand.rng)
        for day in range(2):
            start = day * DAY + hand.rng.uniform(12, 14) * 3_600
            events += [
                hand.event(start + i * 500, account, who, country, device, agent, event="login" if not i else "refresh")
                for i in range(8)
            ]
    return Case("shared over countries", True, events)


def shared_in_shifts(hand: Hand) -> Case:
    """Handed over by the clock: three shifts in three far countries."""
    account, events = hand.account(), []
    for shift, country in enumerate(["US", "GB", "PH"]):
        who, device, agent = address(hand.rng), hand.device(), browser(hand.rng)
        for day in range(4):
            events += [
                hand.event(
                    day * DAY + shift * 8 * 3_600 + i * 2_500,
                    account,
                    who,
                    country,
                    device,
                    agent,
                    event="login" if not i else "refresh",
                )
                for i in range(9)
            ]
    return Case("shared in shifts", True, events)


def rented(hand: Hand) -> Case:
    """Sold by the hour: ten people of one country in two days."""
    account = hand.account()
    return Case(
        "rented by the hour",
        True,
        [hand.event(i * 9_000, account, address(hand.rng), "DE", hand.device(), browser(hand.rng)) for i in range(14)],
    )


def sold(hand: Hand) -> Case:
    account, country = hand.account(), hand.country()
    events = _daily(hand, account, address(hand.rng), country, hand.device(), browser(hand.rng), 3)
    who, device, agent, at = address(hand.rng), hand.device(), browser(hand.rng), 4 * DAY
    events += [
        hand.event(at, account, who, FAR[country], device, agent),
        hand.event(at + 300, account, who, FAR[country], device, agent, event="email_change"),
        hand.event(at + 500, account, who, FAR[country], device, agent, event="password_change"),
    ]
    events += _daily(hand, account, who, FAR[country], device, agent, 2, first=5)
    return Case("sold account", True, events)


def taken_over(hand: Hand) -> Case:
    account, country = hand.account(), hand.country()
    events = _daily(hand, account, address(hand.rng), country, hand.device(), browser(hand.rng), 1)
    last = max(e.at for e in events) - START
    events.append(hand.event(last + 1_200, account, address(hand.rng), FAR[country], hand.device(), browser(hand.rng)))
    return Case("impossible travel", True, events)


def stolen_token(hand: Hand) -> Case:
    account, token, agent, country = (
        hand.account(),
        f"t{hand.rng.randrange(10**9)}",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        hand.country(),
    )
    who, device, thief, other = address(hand.rng), hand.device(), address(hand.rng), hand.device()
    events = []
    for i in range(6):
        events.append(hand.event(i * 1_200, account, who, country, device, agent, event="refresh", token=token))
        events.append(
            hand.event(
                i * 1_200 + 300,
                account,
                thief,
                FAR[country],
                other,
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                event="refresh",
                token=token,
            )
        )
    return Case("stolen token", True, events)


ALLOWED: tuple[Callable[[Hand], Case], ...] = (
    home, phone_and_laptop, family_tablet, traveller, traveller_with_home_computer, relay_user, forgetful_relay_user, forgotten_password,
    new_phone, commuter, office, carrier, library, class_signs_up,
)  # fmt: skip
FORBIDDEN: tuple[Callable[[Hand], Case], ...] = (
    stuffing, slow_stuffing, spraying, network_stuffing, guessing, farm, farm_without_sign_ups, sign_up_line, shared_far, shared_in_shifts,
    rented, sold, taken_over, stolen_token,
)  # fmt: skip
PLATFORM = Platform(name="Plaza", shared_networks=(SharedNetwork(ranges=(f"{NAT}/32",), what="carrier"),))


def play(seed: int, *, homes: int = 150) -> list[Case]:
    """A log's cases. The same seed plays the same."""
    hand = Hand(random.Random(seed))
    return [*(home(hand) for _ in range(homes)), *(part(hand) for part in (*ALLOWED, *ALLOWED, *FORBIDDEN))]


def judge(cases: list[Case]) -> list[tuple[Case, list[Finding]]]:
    """Each case with the violating findings that mean it."""
    accounts = Accounts()
    for event in sorted((event for case in cases for event in case.events), key=lambda event: event.at):
        accounts.take(event)
    by_account: defaultdict[str, list[Finding]] = defaultdict(list)
    by_address: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in login_findings(accounts, PLATFORM):
        for account in finding.accounts:
            by_account[account].append(finding)
        if finding.accounts != (finding.actor,):
            for who in finding.addresses:
                by_address[who].append(finding)
    found = []
    for case in cases:
        hits = [f for who in {e.account for e in case.events} for f in by_account[who]]
        if case.by_address or not case.bad:
            hits += [f for who in {e.address for e in case.events} for f in by_address[who]]
        found.append((case, hits))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=100)
    args = parser.parse_args()
    count: Counter[tuple[str, bool, bool]] = Counter()
    for seed in range(args.first_seed, args.first_seed + args.days):
        for case, hits in judge(play(seed)):
            count[case.kind, case.bad, bool(hits)] += 1
            if bool(hits) != case.bad:
                print(f"  seed {seed}: {case.kind}: {hits[0].kind + ' ' + hits[0].reason if hits else 'missed'}")
    for kind, bad in sorted({(k, b) for k, b, _ in count}, key=lambda pair: (pair[1], pair[0])):
        print(
            f"{'violates' if bad else 'allowed ':9} {kind:34} found {count[kind, bad, True]:4} of {count[kind, bad, True] + count[kind, bad, False]}"
        )
    tp, fp = (sum(n for (_, bad, hit), n in count.items() if hit and bad is wanted) for wanted in (True, False))
    print(
        f"precision {tp / max(tp + fp, 1):.3f}, recall {tp / max(sum(n for (_, b, _), n in count.items() if b), 1):.3f}, allowed flagged {fp}"
    )


if __name__ == "__main__":
    main()
