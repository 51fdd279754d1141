"""Signing in, the second factor, sessions, rights by queue and clause, keys for machines."""

from __future__ import annotations

import pyotp
import pytest

from tutela.desk import Desk
from tutela.desk.forms import Grant, QueueFilter, Ruling
from tutela.desk.people import RIGHTS
from tutela.errors import BadRequest, Conflict, Expired, Forbidden, NotSignedIn, TooMany

from .making import Clock, opened_case, person

PASSWORD = "a long and plain password"


def test_the_first_start_makes_an_administrator_with_a_link_that_works_once(desk: Desk, clock: Clock) -> None:
    first = desk.people.first_invitation()
    second = desk.people.first_invitation()
    assert first is not None
    assert second is not None
    with pytest.raises(Expired):
        desk.people.accept(first.token, PASSWORD)
    assert desk.people.invited(second.token) == "admin"
    with pytest.raises(BadRequest):
        desk.people.accept(second.token, "short")
    signed = desk.people.accept(second.token, PASSWORD)
    assert "people.manage" in desk.people.rights(signed.who)
    with pytest.raises(Expired):
        desk.people.accept(second.token, PASSWORD)
    assert desk.people.first_invitation() is None


def test_a_wrong_name_and_a_wrong_password_are_told_alike_and_are_limited(desk: Desk, clock: Clock) -> None:
    person(desk, "Rita", "reviewer")
    errors = set()
    for name in ("Rita", "Nobody"):
        with pytest.raises(NotSignedIn) as caught:
            desk.people.sign_in(name, "not the password")
        errors.add(str(caught.value))
    assert len(errors) == 1
    for _ in range(7):
        with pytest.raises(NotSignedIn):
            desk.people.sign_in("Rita", "not the password")
    with pytest.raises(TooMany) as too_many:
        desk.people.sign_in("Rita", "long enough for Rita")
    assert too_many.value.retry_after_s > 0
    clock.pass_by(minutes=16)
    assert desk.people.sign_in("Rita", "long enough for Rita").whole


def test_a_second_factor_is_asked_for_and_each_code_counts_once(desk: Desk, clock: Clock) -> None:
    who = person(desk, "Rita", "reviewer")
    secret, address = desk.people.start_totp(who)
    assert address.startswith("otpauth://totp/")
    codes = pyotp.TOTP(secret)
    with pytest.raises(NotSignedIn):
        desk.people.confirm_totp(who, secret, "000000")
    desk.people.confirm_totp(who, secret, codes.at(clock.now))
    clock.pass_by(seconds=60)
    half = desk.people.sign_in("Rita", "long enough for Rita")
    assert not half.whole
    with pytest.raises(NotSignedIn):
        desk.people.second(half.token, "123")
    code = codes.at(clock.now)
    whole = desk.people.second(half.token, code)
    assert whole.whole
    assert whole.token != half.token
    with pytest.raises(NotSignedIn):
        desk.people.who(half.token)
    again = desk.people.sign_in("Rita", "long enough for Rita")
    with pytest.raises(NotSignedIn):
        desk.people.second(again.token, code)


def test_codes_cannot_be_guessed(desk: Desk, clock: Clock) -> None:
    who = person(desk, "Rita", "reviewer")
    secret, _ = desk.people.start_totp(who)
    desk.people.confirm_totp(who, secret, pyotp.TOTP(secret).at(clock.now))
    half = desk.people.sign_in("Rita", "long enough for Rita")
    for _ in range(8):
        with pytest.raises(NotSignedIn):
            desk.people.second(half.token, "000000")
    with pytest.raises(TooMany):
        desk.people.second(half.token, pyotp.TOTP(secret).at(clock.now))
    with pytest.raises(NotSignedIn):
        desk.people.second(half.token, pyotp.TOTP(secret).at(clock.now))


def test_a_session_ends_by_idleness_by_time_and_when_somebody_is_shut_out(desk: Desk, clock: Clock) -> None:
    who = person(desk, "Rita", "reviewer")
    admin = person(desk, "Ada", "admin")
    one = desk.people.sign_in("Rita", "long enough for Rita")
    assert desk.people.who(one.token).who.id == who.id
    clock.pass_by(minutes=61)
    with pytest.raises(NotSignedIn):
        desk.people.who(one.token)
    two = desk.people.sign_in("Rita", "long enough for Rita")
    desk.people.switch(who.id, active=False, actor=admin.id)
    with pytest.raises(NotSignedIn):
        desk.people.who(two.token)
    with pytest.raises(NotSignedIn):
        desk.people.sign_in("Rita", "long enough for Rita")
    with pytest.raises(Conflict):
        desk.people.switch(admin.id, active=False, actor=admin.id)


def test_rights_are_limited_to_queues_and_clauses(desk: Desk) -> None:
    case_id = opened_case(desk)
    money = person(desk, "Mona", "reviewer", clauses=("pi.financial",))
    contact = person(desk, "Cora", "reviewer", queues=("pi.contact",))
    assert desk.review.queue(money, QueueFilter()) == ()
    assert desk.review.count(contact, QueueFilter()) == 1
    assert desk.review.next(money) is None
    for step in (
        lambda: desk.review.case(case_id, money),
        lambda: desk.review.lease(case_id, money),
        lambda: desk.review.reveal(case_id, money, "to look"),
        lambda: desk.review.escalate(case_id, money),
    ):
        with pytest.raises(Forbidden):
            step()
    assert desk.review.case(case_id, contact).case.id == case_id


@pytest.mark.parametrize("role", ["admin", "lead", "reviewer", "analyst", "auditor"])
def test_each_role_may_exactly_what_its_row_says(desk: Desk, role: str) -> None:
    case_id = opened_case(desk)
    who = person(desk, "Somebody", role)  # type: ignore[arg-type]
    steps = {
        "case.see": lambda: desk.review.case(case_id, who),
        "case.reveal": lambda: desk.review.reveal(case_id, who, "to look"),
        "case.escalate": lambda: desk.review.escalate(case_id, who),
        "case.bulk": lambda: desk.review.plan_bulk(who, QueueFilter()),
        "case.hold": lambda: desk.review.hold(case_id, who, held=True),
        "appeal.judge": lambda: desk.appeals.list(who),
        "case.decide": lambda: desk.review.note(case_id, who, "a note"),
    }
    for right, step in steps.items():
        if right in RIGHTS[role]:  # type: ignore[index]
            step()
        else:
            with pytest.raises(Forbidden):
                step()


def test_a_machines_key_is_known_by_its_secret_until_it_is_off_or_over(desk: Desk, clock: Clock) -> None:
    made = desk.people.add_key("poster", ("check",), per_minute=10, days_valid=30, actor="cli")
    assert desk.people.key(made.secret).id == made.key.id
    with pytest.raises(NotSignedIn):
        desk.people.key(made.secret + "x")
    clock.pass_by(days=31)
    with pytest.raises(NotSignedIn):
        desk.people.key(made.secret)
    other = desk.people.add_key("other", ("read",), actor="cli")
    desk.people.switch_key(other.key.id, active=False, actor="cli")
    with pytest.raises(NotSignedIn):
        desk.people.key(other.secret)
    with pytest.raises(BadRequest):
        desk.people.add_key("bad", ("everything",), actor="cli")  # type: ignore[arg-type]


def test_a_provider_of_identities_signs_in_only_who_was_linked(desk: Desk) -> None:
    who = person(desk, "Rita", "reviewer")
    with pytest.raises(NotSignedIn):
        desk.people.oidc_sign_in("https://id.example", "42")
    desk.people.oidc_link(who, "https://id.example", "42")
    assert desk.people.oidc_sign_in("https://id.example", "42").who.id == who.id
    with pytest.raises(NotSignedIn):
        desk.people.oidc_sign_in("https://other.example", "42")


def test_the_timeline_names_people_by_their_alias(desk: Desk) -> None:
    case_id = opened_case(desk)
    who = person(desk, "Rita Realname", "reviewer")
    desk.people.set_alias(who, "heron")
    lease = desk.review.lease(case_id, who)
    desk.review.decide(case_id, who, Ruling(action="allow"), version=lease.version)
    view = desk.review.case(case_id, who)
    assert "Realname" not in str(view)
    assert any(row.actor == "heron" and row.kind == "ruled" for row in view.timeline)


def test_granting_changes_what_a_live_session_may(desk: Desk) -> None:
    who = person(desk, "Rita", "reviewer")
    signed = desk.people.sign_in("Rita", "long enough for Rita")
    person(desk, "Ada", "admin")
    desk.people.grant(who.id, (Grant(role="analyst"),), actor="cli")
    assert desk.people.rights(desk.people.who(signed.token).who) == RIGHTS["analyst"]
