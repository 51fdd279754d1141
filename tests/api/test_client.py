"""The client against the real service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import Service, running
from tutela import Engine, Item
from tutela.api.app import ServeSettings
from tutela.api.checking import Limits
from tutela.client import Client, Refused
from tutela.desk.forms import ReportForm
from tutela.desk.people import SCOPES
from tutela.errors import StoreGone

PHONE = "call me on (406) 662-4187 tonight"


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[Client]:
    made = service.desk.people.add_key("client", SCOPES, actor="cli")
    with Client(service.url, key=made.secret) as opened:
        yield opened


def test_checks_come_back_as_decisions_in_order(client: Client) -> None:
    assert client.check(Item(id="a", text=PHONE)).violates
    found = list(client.check_many((Item(id=str(number), text="hello") for number in range(25)), batch=10))
    assert [decision.id for decision in found] == [str(number) for number in range(25)]


def test_a_report_can_be_filed_followed_and_its_figures_read(client: Client) -> None:
    receipt = client.report(
        ReportForm(topic="phone", where="post-9", good_faith=True), item=Item(id="post-9", text=PHONE)
    )
    assert receipt.lane == "fast"
    assert client.report_status(receipt.reference).state in ("received", "in_review")
    assert client.figures().reports == 1
    assert client.advice("hello").verdict == "nothing_found"
    assert client.standing("nobody").points == 0
    assert isinstance(client.orders(limit=5), tuple)


def test_a_refusal_carries_the_services_code(service: Service, client: Client) -> None:
    with pytest.raises(Refused) as refused:
        client.notice("no-such-notice")
    assert (refused.value.status, refused.value.code) == (404, "T404")
    with pytest.raises(Refused) as refused:
        Client(service.url).check(Item(text="a"))
    assert (refused.value.status, refused.value.code) == (401, "T401")


def test_it_waits_as_long_as_the_service_asks_then_gives_up(tmp_path: Path, quick_engine: Engine) -> None:
    waits: list[float] = []
    with (
        running(tmp_path, quick_engine, settings=ServeSettings(limits=Limits(waiting=0))) as full,
        Client(full.url, tries=3, wait=waits.append) as client,
        pytest.raises(Refused) as refused,
    ):
        client.check(Item(text="a"))
    assert refused.value.status == 429
    assert waits == [2.0, 2.0]


def test_a_service_that_is_gone_is_said_so() -> None:
    with pytest.raises(StoreGone):
        Client("http://127.0.0.1:9", tries=2, wait=lambda _: None).figures()
