"""Leases, two people at once, second approval, reveals, blind reviews, bulk rulings and their undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tutela.desk import Desk, DeskSettings
from tutela.desk.forms import Preferences, QueueFilter, Ruling
from tutela.errors import BadRequest, Conflict, Forbidden, NotFound, TooMany
from tutela.ledger.chain import told

from .conftest import open_desk
from .making import PHONE, TEXT, Clock, Receiver, opened_case, person

REMOVE = Ruling(action="remove", clauses=("pi.contact",))


def test_two_people_at_once_never_both_decide(desk: Desk, clock: Clock) -> None:
    case_id = opened_case(desk)
    one, two = person(desk, "One", "reviewer"), person(desk, "Two", "reviewer")
    lease = desk.review.lease(case_id, one)
    with pytest.raises(Conflict, match="another person"):
        desk.review.lease(case_id, two)
    assert desk.review.next(two) is None
    with pytest.raises(Conflict, match="another person"):
        desk.review.decide(case_id, two, REMOVE, version=lease.version)
    clock.pass_by(seconds=299)
    desk.review.heartbeat(case_id, one)
    clock.pass_by(seconds=299)
    with pytest.raises(Conflict):
        desk.review.lease(case_id, two)
    clock.pass_by(seconds=10)
    other = desk.review.lease(case_id, two)
    with pytest.raises(Conflict):
        desk.review.heartbeat(case_id, one)
    with pytest.raises(Conflict):
        desk.review.decide(case_id, one, REMOVE, version=lease.version)
    desk.review.decide(case_id, two, REMOVE, version=other.version)
    with pytest.raises(Conflict, match="closed"):
        desk.review.decide(case_id, two, REMOVE, version=other.version)


def test_an_expired_lease_and_an_old_version_are_refused(desk: Desk, clock: Clock) -> None:
    case_id = opened_case(desk)
    who = person(desk, "One", "reviewer")
    lease = desk.review.lease(case_id, who)
    desk.review.note(case_id, who, "seen before")
    with pytest.raises(Conflict, match="changed"):
        desk.review.decide(case_id, who, REMOVE, version=lease.version)
    clock.pass_by(seconds=301)
    with pytest.raises(Conflict, match="run out"):
        desk.review.decide(case_id, who, REMOVE, version=lease.version + 1)


def test_a_ruling_that_makes_no_sense_is_refused(desk: Desk) -> None:
    case_id = opened_case(desk)
    who = person(desk, "One", "reviewer")
    lease = desk.review.lease(case_id, who)
    for ruling in (
        Ruling(action="remove"),
        Ruling(action="allow", clauses=("pi.contact",)),
        Ruling(action="remove", clauses=("pi.nothing",)),
        Ruling(action="remove", clauses=("pi.contact", "pi.contact")),
        replace(REMOVE, note="x" * 4_001),
    ):
        with pytest.raises(BadRequest):
            desk.review.decide(case_id, who, ruling, version=lease.version)
    with pytest.raises(NotFound):
        desk.review.case("c_nothing", who)


def test_where_the_policy_asks_a_second_person_approves(desk: Desk) -> None:
    policy = desk.memory.policy_now()
    clauses = tuple(
        replace(clause, second_approval=True) if clause.id == "pi.contact" else clause for clause in policy.clauses
    )
    desk.memory.fixed = replace(policy, clauses=clauses)
    case_id = opened_case(desk, action="remove")
    one, lead = person(desk, "One", "lead"), person(desk, "Two", "lead")
    assert desk.orders.list() == ()
    lease = desk.review.lease(case_id, one)
    ruled = desk.review.decide(case_id, one, REMOVE, version=lease.version)
    assert ruled.waits_for_second
    assert desk.orders.list() == ()
    with pytest.raises(Forbidden):
        desk.review.approve(case_id, one, version=ruled.case.version, agree=True)
    done = desk.review.approve(case_id, lead, version=ruled.case.version, agree=True)
    assert (done.case.state, done.case.action, done.case.reviewers) == ("closed", "remove", (one.id, lead.id))
    assert len(desk.orders.list()) == 1


def test_a_second_person_who_disagrees_sends_the_case_back(desk: Desk) -> None:
    policy = desk.memory.policy_now()
    clauses = tuple(replace(clause, second_approval=True) for clause in policy.clauses)
    desk.memory.fixed = replace(policy, clauses=clauses)
    case_id = opened_case(desk)
    one, lead = person(desk, "One", "reviewer"), person(desk, "Two", "lead")
    lease = desk.review.lease(case_id, one)
    ruled = desk.review.decide(case_id, one, REMOVE, version=lease.version)
    back = desk.review.approve(case_id, lead, version=ruled.case.version, agree=False, note="a bakery")
    assert (back.case.state, back.case.proposal) == ("open", None)


def test_a_reveal_needs_a_reason_is_logged_and_is_limited(
    database: str, tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    desk = open_desk(database, tmp_path, clock, receiver, reveals_a_day=2)
    case_id = opened_case(desk)
    who = person(desk, "One", "reviewer")
    with pytest.raises(BadRequest):
        desk.review.reveal(case_id, who, " ")
    seen = desk.review.reveal(case_id, who, "the mask hides the area")
    assert seen.item.text == TEXT
    assert (seen.exposure.seen, seen.exposure.limit) == (1, 2)
    desk.review.reveal(case_id, who, "once more")
    with pytest.raises(TooMany):
        desk.review.reveal(case_id, who, "and again")
    events = desk.memory.read(lambda tx: told(tx, ["revealed"]))
    assert [event.actor for event in events] == [who.id, who.id]
    assert "mask" not in str([event.body for event in events])
    clock.pass_by(days=1)
    strict = replace(who, preferences=Preferences(reveals_a_day=1))
    assert desk.review.reveal(case_id, strict, "a new day").exposure.limit == 1
    desk.close()


def test_a_blind_second_review_shows_no_ruling_and_is_compared(
    database: str, tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    desk = open_desk(database, tmp_path, clock, receiver)
    desk.memory.settings = DeskSettings(blind_share=1.0)
    one, two = person(desk, "One", "reviewer"), person(desk, "Two", "reviewer")
    for number, second in enumerate(("remove", "allow", "remove")):
        case_id = opened_case(desk, f"post-{number}")
        lease = desk.review.lease(case_id, one)
        desk.review.decide(case_id, one, REMOVE, version=lease.version)
        with pytest.raises(Forbidden):
            desk.review.blind_rule(case_id, one, REMOVE)
        assert [row.case.id for row in desk.review.queue(two, QueueFilter(state="blind"))] == [case_id]
        view = desk.review.blind_case(case_id, two)
        assert (view.timeline, view.orders, view.case.action, view.case.reviewers) == ((), (), "review", ())
        desk.review.blind_rule(case_id, two, REMOVE if second == "remove" else Ruling(action="allow"))
    overall = desk.review.agreement()[0]
    assert (overall.clause, overall.pairs, overall.same_verdict) == ("", 3, 2)
    assert desk.upkeep.verify().problems == ()
    desk.close()


def test_a_bulk_ruling_is_planned_counted_carried_out_once_and_undone(desk: Desk) -> None:
    cases = [opened_case(desk, f"post-{number}") for number in range(12)]
    lead, other = person(desk, "Lea", "lead"), person(desk, "Rita", "reviewer")
    desk.review.lease(cases[0], other)
    plan = desk.review.plan_bulk(lead, QueueFilter(clause="pi.contact"))
    assert (plan.count, plan.skipped, len(plan.sample)) == (11, 1, 10)
    changed = desk.review.lease(cases[1], other)
    desk.review.decide(cases[1], other, Ruling(action="allow"), version=changed.version)
    with pytest.raises(Conflict):
        desk.review.bulk(lead, plan.token, REMOVE, count=12)
    done = desk.review.bulk(lead, plan.token, REMOVE, count=11)
    assert (done.done, done.skipped) == (10, 1)
    with pytest.raises(Conflict):
        desk.review.bulk(lead, plan.token, REMOVE, count=11)
    assert desk.strikes.of("author-of-post-5").points == 1
    assert desk.review.undo_bulk(lead, done.id) == 10
    assert desk.review.count(lead, QueueFilter()) == 11
    assert desk.strikes.of("author-of-post-5").points == 0
    assert desk.upkeep.verify().problems == ()


def test_the_queue_puts_the_fast_lane_and_what_is_due_first(desk: Desk, clock: Clock) -> None:
    slow = opened_case(desk, "slow", clause="pi.other")
    clock.pass_by(hours=1)
    fast = opened_case(desk, "fast", clause="pi.contact")
    who = person(desk, "One", "reviewer")
    rows = desk.review.queue(who, QueueFilter())
    assert [row.case.id for row in rows] == [fast, slow]
    clock.pass_by(hours=5)
    assert desk.review.count(who, QueueFilter(overdue=True)) == 1
    sums = {one.queue: one for one in desk.review.queues(who)}
    assert (sums["pi.contact"].overdue, sums["pi.contact"].fast, sums["pi.other"].overdue) == (1, 1, 0)


def test_an_escalated_case_moves_and_is_due_soon(desk: Desk) -> None:
    case_id = opened_case(desk, clause="pi.other")
    who = person(desk, "One", "reviewer")
    after = desk.review.escalate(case_id, who, note="needs a lawyer")
    assert (after.queue, after.escalated) == ("leads", True)
    with pytest.raises(BadRequest):
        desk.review.escalate(case_id, who, queue=f"call {PHONE}")


def test_strikes_climb_the_ladder_expire_and_come_down(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    from .making import finding, item

    for number in range(4):
        of = item(f"p{number}", f"{TEXT} {number}", author="repeater")
        desk.intake.record([of], [finding(of, "remove")])
    standing = desk.strikes.of("repeater")
    assert (standing.points, standing.step) == (4, "restrict")
    kinds = [order.kind for order in desk.orders.list()]
    assert (kinds.count("account.apply"), kinds.count("account.undo")) == (2, 1)
    clock.pass_by(days=91)
    assert desk.strikes.expire_due() == 1
    standing = desk.strikes.of("repeater")
    assert (standing.points, standing.step) == (0, "")
