"""From a post to its figures: decision, case, review, notice, appeal, reversal."""

from __future__ import annotations

import json

import pytest

from tutela.desk import Desk
from tutela.desk.forms import QueueFilter, ReportForm, Ruling
from tutela.errors import Conflict, Expired, Forbidden, NotFound

from .making import PHONE, Clock, Receiver, clean, finding, item, opened_case, person


def notice_token(receiver: Receiver, kind: str = "action.apply") -> str:
    for _, body, _ in reversed(receiver.got):
        message = json.loads(body)
        if message["type"] == kind and "notice_url" in message["data"]:
            return str(message["data"]["notice_url"]).rsplit("/", 1)[1]
    raise AssertionError(f"no {kind} with a notice")


def test_a_post_is_decided_reviewed_told_appealed_and_reversed(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    reviewer, judge = person(desk, "Rita", "reviewer"), person(desk, "Jo", "lead")
    case_id = opened_case(desk)

    (row,) = desk.review.queue(reviewer, QueueFilter())
    assert (row.case.id, row.case.queue, row.case.fast) == (case_id, "pi.contact", True)
    lease = desk.review.lease(case_id, reviewer)
    view = desk.review.case(case_id, reviewer)
    assert PHONE not in str(view)
    assert view.text is not None
    assert "••87" in view.text

    ruled = desk.review.decide(
        case_id, reviewer, Ruling(action="remove", clauses=("pi.contact",), note="plain"), version=lease.version
    )
    assert (ruled.case.state, ruled.case.action, ruled.case.automation) == ("closed", "remove", "partially")
    assert desk.strikes.of("author-of-post-1").points == 1

    assert desk.orders.deliver_due() >= 1
    token = notice_token(receiver)
    notice = desk.notices.read(token)
    assert "removed" in notice.title
    assert notice.may_appeal
    assert notice.findings[0].where.startswith("in the text")
    assert PHONE not in str(notice)
    assert desk.notices.read(token, lang="ar").rtl

    clock.pass_by(days=100)
    appeal = desk.appeals.file(token, "This is our bakery's line, it is on the door.")
    with pytest.raises(Forbidden):
        desk.appeals.judge(appeal.id, reviewer, uphold=True, reply="No, it stays as it is.")
    done = desk.appeals.judge(appeal.id, judge, uphold=False, reply="You are right, it is a shop's number.")
    assert done.state == "reversed"
    assert desk.strikes.of("author-of-post-1").points == 0
    after = desk.review.case(case_id, judge)
    assert (after.case.state, after.case.action, after.case.violates, after.case.reversed) == (
        "closed",
        "allow",
        False,
        True,
    )
    desk.orders.deliver_due()
    kinds = [json.loads(body)["type"] for _, body, _ in receiver.got]
    assert kinds.count("action.undo") == 1
    told = desk.notices.read(notice_token(receiver, "notice.ready"))
    assert any("shop's number" in line for line in told.paragraphs)

    found = desk.transparency.figures("2026-03-01", "2026-12-31")
    assert (found.violations, found.appeals, found.appeals_reversed) == (1, 1, 1)
    assert desk.upkeep.verify().problems == ()


def test_a_report_becomes_a_case_and_its_reporter_learns_the_outcome(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    form = ReportForm(
        topic="address",
        where="https://murmura.com/p/77?utm=1",
        what="my street and door number",
        contact="reporter@example.org",
        good_faith=True,
        lang="fr",
    )
    receipt = desk.reports.file(form, address="203.0.113.9")
    assert (receipt.lane, receipt.needs_confirmation) == ("fast", True)
    assert desk.reports.status(receipt.reference.lower().replace("-", " ")).state == "received"

    desk.orders.deliver_due()
    confirm = json.loads(receiver.got[-1][1])["data"]["confirm_url"].rsplit("/", 1)[1]
    assert desk.reports.confirm(confirm).confirmed
    with pytest.raises(NotFound):
        desk.reports.confirm(confirm)

    again = desk.reports.file(
        ReportForm(topic="address", where="https://www.murmura.com/p/77/", good_faith=True), address="203.0.113.10"
    )
    reviewer = person(desk, "Rita", "reviewer")
    (row,) = desk.review.queue(reviewer, QueueFilter())
    assert row.case.reports == 2
    case_id = row.case.id

    lease = desk.review.lease(case_id, reviewer)
    assert desk.reports.status(receipt.reference).state == "in_review"
    seen = desk.review.reveal(case_id, reviewer, "to judge the report")
    assert seen.reports[0].what == "my street and door number"
    desk.review.decide(case_id, reviewer, Ruling(action="allow"), version=lease.version)
    status = desk.reports.status(receipt.reference)
    assert status.state == "no_violation"
    assert status.appeal_until is not None

    desk.orders.deliver_due()
    token = notice_token(receiver, "report.outcome")
    notice = desk.notices.read(token)
    assert notice.lang == "fr"
    assert notice.may_appeal
    appeal = desk.appeals.file(token, "C'est bien mon adresse, regardez encore.")
    judge = person(desk, "Jo", "lead")
    desk.appeals.judge(
        appeal.id,
        judge,
        uphold=False,
        reply="Vous aviez raison, nous l'avons retirée.",
        ruling=Ruling(action="remove", clauses=("pi.contact",)),
    )
    assert desk.reports.status(again.reference).state == "action_taken"
    desk.orders.deliver_due()
    applied = [json.loads(body)["data"] for _, body, _ in receiver.got if b"action.apply" in body]
    assert applied[-1]["where"] == "https://murmura.com/p/77?utm=1"
    assert desk.upkeep.verify().problems == ()


def test_an_automatic_decision_acts_at_once_and_can_be_undone(desk: Desk, receiver: Receiver) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    case_id = opened_case(desk, action="redact")
    desk.orders.deliver_due()
    sent = json.loads(receiver.got[0][1])["data"]
    assert sent["redacted"] == {"text": "lost my phone again, new one is [phone number removed], text me there"}
    assert (sent["item"], sent["account"]) == ("post-1", "author-of-post-1")
    lead = person(desk, "Lea", "lead")
    assert desk.review.undo(case_id, lead, note="a mistake").state == "open"
    desk.orders.deliver_due()
    assert json.loads(receiver.got[-1][1])["type"] in ("action.undo", "notice.ready")
    assert desk.orders.list()[0].kind == "notice.ready"
    with pytest.raises(Conflict):
        desk.review.undo(case_id, lead)


def test_the_same_item_sent_again_opens_no_second_case(desk: Desk) -> None:
    of = item()
    first = desk.intake.record([of], [finding(of)])[0].case_id
    assert desk.intake.record([of], [finding(of)])[0].case_id == first
    assert len(desk.orders.list()) == 1


def test_a_clean_decision_is_one_event_and_no_case(desk: Desk) -> None:
    of = item(text="good morning")
    (recorded,) = desk.intake.record([of], [clean(of)])
    assert recorded.case_id is None
    assert desk.memory.read(lambda tx: tx.value("SELECT COUNT(*) FROM vault")) == 0


def test_an_appeal_after_the_policys_time_is_refused(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    opened_case(desk, action="remove")
    desk.orders.deliver_due()
    token = notice_token(receiver)
    clock.pass_by(days=184)
    with pytest.raises(Expired):
        desk.appeals.file(token, "I was away for half a year.")
    assert not desk.notices.read(token).may_appeal
