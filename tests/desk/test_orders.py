"""The outbox: signed, at least once, tried for days, laid aside, replayed; two senders at once; secrets that change."""

from __future__ import annotations

import json

import pytest

from tutela.desk import Desk
from tutela.enforce import verify
from tutela.enforce.sending import Answer
from tutela.errors import BadRequest, NotFound, NotSignedIn

from .making import Clock, Receiver, opened_case


def endpoint(desk: Desk, **more: object) -> tuple[str, str]:
    made = desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli", **more)  # type: ignore[arg-type]
    assert made.secret is not None
    return made.id, made.secret


def test_an_order_arrives_signed_with_its_own_id(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    _, secret = endpoint(desk)
    opened_case(desk, action="remove")
    assert desk.orders.deliver_due() == 1
    url, body, headers = receiver.got[0]
    assert url == "http://127.0.0.1:9/hook"
    (order,) = desk.orders.list()
    assert verify(headers, body, (secret,), now_s=int(clock.now.timestamp())) == order.id
    message = json.loads(body)
    assert (message["type"], message["data"]["order"], message["data"]["action"]) == (
        "action.apply",
        order.id,
        "remove",
    )
    assert order.deliveries[0].state == "delivered"
    assert desk.orders.deliver_due() == 0


def test_a_receiver_that_is_down_for_a_day_gets_everything_in_the_end(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    endpoint(desk)
    opened_case(desk, action="remove")
    receiver.answers = lambda _: Answer(status=503, problem="HTTP 503")
    assert desk.orders.deliver_due() == 1
    assert desk.orders.deliver_due() == 0
    for _ in range(24):
        clock.pass_by(hours=1)
        desk.orders.deliver_due()
    (delivery,) = desk.orders.list()[0].deliveries
    assert (delivery.state, delivery.status, delivery.problem) == ("due", 503, "HTTP 503")
    assert delivery.attempts == 7
    receiver.answers = lambda _: Answer(status=204)
    clock.pass_by(hours=24)
    desk.orders.deliver_due()
    assert desk.orders.list()[0].deliveries[0].state == "delivered"
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1


def test_after_three_days_an_order_is_laid_aside_and_can_be_replayed(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    endpoint(desk)
    opened_case(desk, action="remove")
    receiver.answers = lambda _: Answer(status=None, problem="ConnectError")
    for _ in range(12):
        desk.orders.deliver_due()
        clock.pass_by(days=1, hours=3)
    (dead,) = desk.orders.list(state="dead")
    assert dead.deliveries[0].attempts == 10
    receiver.answers = lambda _: Answer(status=200)
    assert desk.orders.replay(dead.id, actor="cli") == 1
    desk.orders.deliver_due()
    assert desk.orders.list()[0].deliveries[0].state == "delivered"
    with pytest.raises(NotFound):
        desk.orders.replay("o_nothing", actor="cli")


def test_a_receiver_that_says_gone_is_not_asked_again(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    endpoint(desk)
    opened_case(desk, action="remove")
    receiver.answers = lambda _: Answer(status=410, problem="HTTP 410")
    desk.orders.deliver_due()
    assert desk.orders.list()[0].deliveries[0].state == "dead"


def test_a_claim_of_a_process_that_died_runs_out(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    endpoint(desk)
    opened_case(desk, action="remove")

    class Dies(Exception):
        pass

    def die(_: int) -> Answer:
        raise Dies

    receiver.answers = die
    with pytest.raises(Dies):
        desk.orders.deliver_due()
    receiver.answers = lambda _: Answer(status=200)
    assert desk.orders.deliver_due() == 0
    clock.pass_by(seconds=121)
    assert desk.orders.deliver_due() == 1
    assert len({headers["webhook-id"] for _, _, headers in receiver.got}) == 1


def test_endpoints_get_the_kinds_they_want_and_stop_when_switched_off(
    desk: Desk, clock: Clock, receiver: Receiver
) -> None:
    name, _ = endpoint(desk, kinds=("account.apply",))
    opened_case(desk, "one", action="remove")
    assert desk.orders.deliver_due() == 0
    desk.orders.switch_endpoint(name, active=False, actor="cli")
    assert not desk.orders.endpoints()[0].active
    other, _ = endpoint(desk)
    opened_case(desk, "two", action="remove")
    desk.orders.switch_endpoint(other, active=False, actor="cli")
    assert desk.work_due() == 0
    desk.orders.switch_endpoint(other, active=True, actor="cli")
    assert desk.work_due() == 1
    assert desk.orders.endpoints()[0].secret is None
    with pytest.raises(BadRequest):
        endpoint(desk, kinds=("action.explode",))
    with pytest.raises(BadRequest):
        desk.orders.add_endpoint("bad", "file:///etc/passwd", actor="cli")


def test_a_changed_secret_lets_the_receiver_follow(desk: Desk, clock: Clock, receiver: Receiver) -> None:
    name, old = endpoint(desk)
    fresh = desk.orders.change_secret(name, actor="cli")
    opened_case(desk, action="remove")
    desk.orders.deliver_due()
    _, body, headers = receiver.got[0]
    now_s = int(clock.now.timestamp())
    assert verify(headers, body, (old,), now_s=now_s) == verify(headers, body, (fresh,), now_s=now_s)
    with pytest.raises(NotSignedIn):
        verify(headers, body, ("whsec_AAAA",), now_s=now_s)


def test_the_answer_of_an_asynchronous_check_goes_the_same_way(desk: Desk, receiver: Receiver) -> None:
    endpoint(desk)
    desk.orders.send_now("check.done", {"decision": {"violates": False}}, actor="engine")
    desk.orders.deliver_due()
    assert json.loads(receiver.got[0][1])["type"] == "check.done"
    with pytest.raises(BadRequest):
        desk.orders.send_now("anything", {}, actor="engine")
