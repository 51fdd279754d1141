"""Judging login events: attacks, farms, shared and sold accounts; and the people who look like them."""

import random

import pytest

from bench.traffic import logins_play
from bench.traffic.logins_play import ALLOWED, FORBIDDEN, PLATFORM, Case, Hand, judge
from tutela.traffic.accounts import Accounts
from tutela.traffic.events import Event
from tutela.traffic.finding import Finding
from tutela.traffic.logins import login_findings
from tutela.traffic.travel import apart_km, country_km, distance_km


@pytest.mark.parametrize("part", ALLOWED, ids=lambda part: part.__name__)
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_no_allowed_kind_is_flagged(part: object, seed: int) -> None:
    case: Case = part(Hand(random.Random(seed)))  # type: ignore[operator]
    ((_, found),) = judge([case])
    assert found == []


@pytest.mark.parametrize("part", FORBIDDEN, ids=lambda part: part.__name__)
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_each_forbidden_kind_is_found(part: object, seed: int) -> None:
    case: Case = part(Hand(random.Random(seed)))  # type: ignore[operator]
    ((_, found),) = judge([case])
    assert found


def findings(events: list[Event]) -> list[Finding]:
    accounts = Accounts()
    for event in sorted(events, key=lambda event: event.at):
        accounts.take(event)
    return login_findings(accounts, PLATFORM)


def test_attacked_accounts_are_targets_not_culprits() -> None:
    case = logins_play.stuffing(Hand(random.Random(1)))
    (finding,) = findings(case.events)
    assert finding.accounts == ()
    assert finding.target_count >= 60
    assert finding.clauses[0].id == "ps.unauthorized_access"
    assert finding.action == "remove"
    assert finding.until is not None


def test_the_owner_of_a_guessed_account_is_never_locked_out() -> None:
    (finding,) = [f for f in findings(logins_play.guessing(Hand(random.Random(1))).events) if f.accounts]
    assert finding.action == "warn"


def test_a_farm_lists_its_accounts() -> None:
    case = logins_play.farm(Hand(random.Random(2)))
    (finding,) = findings(case.events)
    assert set(finding.accounts) == {event.account for event in case.events}
    assert finding.clauses[0].id == "ps.account_access"


def test_people_in_the_network_of_an_attack_are_left_out() -> None:
    hand = Hand(random.Random(6))
    attack = logins_play.network_stuffing(hand)
    network = attack.events[0].address.rsplit(".", 1)[0]
    free = sorted(set(range(1, 255)) - {int(e.address.rsplit(".", 1)[1]) for e in attack.events})[0]
    person = [hand.event(50_010 + i, "ann", f"{network}.{free}", "DE", "d-ann", "agent") for i in range(3)]
    for finding in findings([*attack.events, *person]):
        assert f"{network}.{free}" not in finding.addresses


def test_distances_have_their_slack() -> None:
    assert round(distance_km((51.5, -0.13), (48.86, 2.35))) == 343
    assert country_km("DE", "DE") == 0
    assert country_km("DE", "NL") < 500
    assert 13_000 < country_km("GB", "AU") < 14_500
    assert country_km("GB", "??") == 0
    assert apart_km(("GB", (51.5, -0.13)), ("GB", (55.95, -3.19))) > 400


def test_unknown_places_never_convict() -> None:
    events = [
        Event(
            at=1_700_000_000 + i * 60,
            account="ann",
            address=f"198.51.100.{i}",
            ok=True,
            event="login",
            device=f"d{i}",
            agent=f"a{i}",
        )
        for i in range(4)
    ]
    assert findings(events) == []
