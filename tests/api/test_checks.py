"""Checks over HTTP: the contract's answers, bad input, limits, repeated requests, overload and lateness."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.running import Service, running
from tutela import Decision, Engine
from tutela.api.app import ServeSettings
from tutela.api.checking import Limits

PHONE = "call me on (406) 662-4187 tonight"


def test_one_item_is_answered_with_a_decision(service: Service) -> None:
    status, headers, body = service.ask("/v1/check", {"id": "a", "text": PHONE}, X_Request_Id="trace-0001")
    decision = Decision.from_json(body)
    assert (status, decision.id, decision.violates) == (200, "a", True)
    assert headers["x-request-id"] == "trace-0001"
    assert b"4187" not in body


def test_a_batch_keeps_its_order_and_bad_items_their_places(service: Service) -> None:
    items = [{"id": "1", "text": "hello"}, {"id": "2", "nope": 1}, "no item", {"id": "4", "text": PHONE}, {"id": "5"}]
    status, _, body = service.ask("/v1/check/batch", items)
    decisions = json.loads(body)
    assert status == 200
    assert [entry["id"] for entry in decisions] == ["1", "2", "", "4", "5"]
    assert [entry["action"] for entry in decisions] == ["allow", "review", "review", "redact", "review"]
    assert "nope" in decisions[1]["reason"]


def test_a_batch_may_stand_under_items_and_be_empty(service: Service) -> None:
    assert (
        json.loads(service.ask("/v1/check/batch", {"items": [{"id": "1", "text": "hi"}]})[2])["decisions"][0]["id"]
        == "1"
    )
    assert service.ask("/v1/check/batch", [])[2] == b"[]"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/check", b"{", 422, "T101"),
        ("/v1/check", b"\xff\xfe", 422, "T101"),
        ("/v1/check", b'{"text": "a", "unknown": 1}', 422, "T101"),
        ("/v1/check", b'{"id": "no content"}', 422, "T101"),
        ("/v1/check", b'{"text": "a", "media": [{"kind": "file", "path": "/etc/passwd"}]}', 422, "T101"),
        ("/v1/check/batch", b'{"other": []}', 422, "T422"),
        ("/v1/check/batch", b"[" + b",".join([b'{"text":"a"}'] * 1_001) + b"]", 422, "T422"),
        ("/v1/advice", b'{"text": 5}', 422, "T422"),
        ("/v1/appeals", b'{"notice": "none", "text": "long enough a text"}', 404, "T404"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_problem_with_the_products_code(
    service: Service, path: str, body: bytes, status: int, code: str
) -> None:
    found, headers, answer = service.ask(path, body)
    assert (found, json.loads(answer)["code"]) == (status, code)
    assert headers["content-type"] == "application/problem+json"


def test_a_problem_never_repeats_what_was_sent(service: Service) -> None:
    for body in (b'{"text": "x", "surface": "secret-value-77"}', b'{"text": "x", "created_at": "secret-value-77"}'):
        assert b"secret-value-77" not in service.ask("/v1/check", body)[2]


def test_too_large_a_body_is_refused_before_it_is_read(tmp_path: Path, quick_engine: Engine) -> None:
    with running(tmp_path, quick_engine, settings=ServeSettings(most_check_bytes=1_000)) as small:
        status, _, body = small.ask("/v1/check", {"text": "a" * 2_000})
        assert (status, json.loads(body)["code"]) == (413, "T103")


def test_the_same_idempotency_key_gives_the_same_answer_and_stores_once(service: Service) -> None:
    before = service.desk.upkeep.verify().cases
    first = service.ask("/v1/check", {"id": "twice", "text": PHONE}, Idempotency_Key="k-1")
    second = service.ask("/v1/check", {"id": "twice", "text": PHONE}, Idempotency_Key="k-1")
    other = service.ask("/v1/check", {"id": "other", "text": PHONE}, Idempotency_Key="k-1")
    assert first[2] == second[2]
    assert (other[0], json.loads(other[2])["code"]) == (409, "T409")
    assert service.desk.upkeep.verify().cases == before + 1


def test_many_callers_at_once_each_get_their_own_answer(service: Service) -> None:
    def ask(number: int) -> str:
        return str(json.loads(service.ask("/v1/check", {"id": f"n{number}", "text": f"post {number}"})[2])["id"])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(200))) == [f"n{number}" for number in range(200)]


def test_overload_refuses_and_says_when_to_come_back(tmp_path: Path, quick_engine: Engine) -> None:
    with running(tmp_path, quick_engine, settings=ServeSettings(limits=Limits(waiting=5))) as small:
        status, headers, _ = small.ask("/v1/check/batch", [{"text": "a"}] * 6)
        assert status == 429
        assert int(headers["retry-after"]) > 0
        assert small.ask("/v1/check/batch", [{"text": "a"}] * 5)[0] == 200


def test_what_takes_too_long_is_for_a_person_and_never_passes(tmp_path: Path, quick_engine: Engine) -> None:
    with running(tmp_path, quick_engine, settings=ServeSettings(limits=Limits(timeout_s=0.0))) as late:
        decision = Decision.from_json(late.ask("/v1/check", {"id": "late", "text": PHONE})[2])
        assert (decision.id, decision.action) == ("late", "review")


def test_a_medium_sent_ahead_is_judged_in_the_background_and_told(service: Service) -> None:
    service.desk.orders.add_endpoint("platform", "https://platform.example/hooks", actor="cli")
    uploaded = json.loads(
        service.ask("/v1/media", base64.b64decode("UEsDBAoAAAAAAAAA"), Content_Type="application/octet-stream")[2]
    )
    item = {"id": "m", "text": PHONE, "media": [{"kind": "file", "name": "a.zip", "path": uploaded["path"]}]}
    status, _, body = service.ask("/v1/check/later", item)
    assert status == 202
    name = json.loads(body)["id"]
    from tutela.api.background import check_waiting

    check_waiting(service.app)
    answer = json.loads(service.ask(f"/v1/checks/{name}")[2])
    assert (answer["state"], answer["decision"]["id"], answer["decision"]["violates"]) == ("done", "m", True)
    while service.desk.orders.deliver_due():
        pass
    done = [order for order in service.sent if order["type"] == "check.done"]
    assert [order["data"]["check"] for order in done] == [name]


def test_a_key_is_needed_once_there_is_one_and_its_limit_holds(tmp_path: Path, quick_engine: Engine) -> None:
    with running(tmp_path, quick_engine) as keyed:
        made = keyed.desk.people.add_key("tests", ["check"], per_minute=3, actor="cli")
        keyed.app.forget_keys()
        assert keyed.ask("/v1/check", {"text": "a"})[0] == 401
        bearer = {"Authorization": f"Bearer {made.secret}"}
        assert keyed.ask("/v1/check/batch", [{"text": "a"}] * 3, **bearer)[0] == 200
        assert keyed.ask("/v1/check", {"text": "a"}, **bearer)[0] == 429
        assert keyed.ask("/v1/ledger", **bearer)[0] == 403


def test_a_foreign_page_or_a_proxy_is_not_this_machine(service: Service) -> None:
    assert service.ask("/v1/check", {"text": "a"}, Origin="https://elsewhere.example")[0] == 401
    assert service.ask("/v1/check", {"text": "a"}, Forwarded="for=192.0.2.1")[0] == 401


def test_health_readiness_and_metrics_tell_the_state(service: Service) -> None:
    assert service.ask("/healthz")[0] == 200
    assert json.loads(service.ask("/readyz")[2])["status"] == "ready"
    assert b'tutela_decisions_total{action="redact",clause="pi.contact"}' in service.ask("/metrics")[2]


def test_methods_and_paths_that_are_none_are_said_so(service: Service) -> None:
    status, headers, _ = service.ask("/v1/check", method="DELETE")
    assert (status, headers["allow"]) == (405, "POST")
    assert service.ask("/nowhere")[0] == 404
