"""The OpenAPI document is true: whatever is sent by it or against it, no fault of ours and no answer that is not described."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api.running import Service
from tutela.desk.people import SCOPES

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def bearer(service: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {service.desk.people.add_key('contract', SCOPES, actor='cli').secret}"}


@pytest.fixture(scope="module")
def described(service: Service) -> object:
    return schemathesis.openapi.from_url(f"{service.url}/openapi.json")


def test_answers_are_as_described(described: Any, bearer: dict[str, str]) -> None:
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(
            case=operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
        )
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=bearer, checks=CHECKS)

        ask()


def test_items_and_decisions_are_the_contracts(service: Service, bearer: dict[str, str]) -> None:
    document = json.loads(service.ask("/openapi.json")[2])
    parts = document["components"]["schemas"]
    assert {"Item", "Decision", "Evidence", "Where", "Problem"} <= set(parts)
    operation = document["paths"]["/v1/check"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Item"}
    jsonschema.Draft202012Validator.check_schema(parts["Item"])
    decision = json.loads(service.ask("/v1/check", {"id": "1", "text": "call me on (406) 662-4187"}, **bearer)[2])
    jsonschema.validate(decision, {"$ref": "#/components/schemas/Decision", "components": {"schemas": parts}})
