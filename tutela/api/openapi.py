"""How is the service described for programs? OpenAPI 3.1, made from the table of routes and the types themselves."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

import msgspec
from msgspec import Struct

from tutela.api.web import WORDS, Route, Table


class Problem(Struct, kw_only=True):
    """An error after RFC 9457: `code` is the product's, `where` names the field or header, `next_step` what to do."""

    type: str
    title: str
    status: int
    code: str | None = None
    detail: str | None = None
    where: str | None = None
    next_step: str | None = None
    request_id: str | None = None


def document_of(table: Table) -> bytes:
    """The document's JSON. Pages for people are not in it."""
    routes = [route for route in table.routes if not route.page and route.says]
    types: list[Any] = [Problem]
    for route in routes:
        types.extend(kind for kind in (route.takes, route.gives) if kind not in (None, bytes, str))
    schemas, parts = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    by_type = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_type, schemas[0])
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Tutela",
                "version": version("tutela"),
                "summary": "Judges what people post; keeps reports, cases, notices and appeals.",
            },
            "paths": paths,
            "components": {
                "schemas": parts,
                "securitySchemes": {
                    "key": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "A key's secret; its scopes say what it may.",
                    }
                },
            },
        }
    )


def _operation(route: Route, by_type: dict[int, Any], problem: Any) -> dict[str, Any]:
    def body(kind: Any, media: str) -> dict[str, Any]:
        if kind is bytes:
            return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        if kind is str:
            return {media: {"schema": {"type": "string"}}}
        return {media: {"schema": by_type[id(kind)]}}

    keyed = route.access.startswith("key:")
    statuses = {400, 413, 422, 500, 501, 503, 507}
    if keyed:
        statuses |= {401, 403, 429}
    if "{" in route.path or route.takes is not None:
        statuses |= {404, 409, 410, 429}
    wrong = {
        str(status): {"description": WORDS[status], "content": {"application/problem+json": {"schema": problem}}}
        for status in sorted(statuses)
    }
    found: dict[str, Any] = {
        "summary": route.says,
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}_{route.path.strip('/')}").rstrip("_"),
        "responses": {
            str(route.status): {"description": "As asked", "content": body(route.gives, route.gives_type)},
            **wrong,
        },
    }
    if route.status == 200 and route.path == "/readyz":
        found["responses"]["503"]["description"] = "Not yet"
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_.~-]+$"},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in route.query
    ]
    if route.path in ("/v1/check", "/v1/check/batch"):
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 200},
            }
        )
    if parameters:
        found["parameters"] = parameters
    if route.takes is not None:
        found["requestBody"] = {"required": True, "content": body(route.takes, "application/json")}
    if keyed:
        found["security"] = [{"key": []}, {}] if route.access == "key:check" else [{"key": []}]
    if route.access.startswith("key:"):
        found["description"] = f"Needs a key with the scope `{route.access[4:]}`" + (
            "; callers on the same machine need none while no key exists." if route.access == "key:check" else "."
        )
    return found
