"""Is the service well? Health, readiness, metrics, and its own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutela.api.web import Request, Response, Route, json, problem
from tutela.errors import TutelaError

if TYPE_CHECKING:
    from tutela.api.app import App


def health(_: App, __: Request) -> Response:
    """The process answers."""
    return json({"status": "ok"})


def ready(app: App, _: Request) -> Response:
    """The engine is loaded and the database answers."""
    try:
        app.desk.memory.read(lambda tx: tx.value("SELECT MAX(step) FROM schema_step"))
    except TutelaError as error:
        return problem(503, code=error.code, what=error.what, retry_after_s=5)
    return json({"status": "ready", "policy": app.desk.memory.policy_now().id})


def metrics(app: App, _: Request) -> Response:
    """Counters for Prometheus."""
    return Response(body=app.metrics.text(), type="text/plain; version=0.0.4")


def document(app: App, _: Request) -> Response:
    """The OpenAPI document."""
    from tutela.api.openapi import document_of

    return Response(body=document_of(app.table))


ROUTES = [
    Route(
        method="GET", path="/healthz", work=health, access="public", says="Is the process alive?", gives=dict[str, str]
    ),
    Route(method="GET", path="/readyz", work=ready, access="public", says="Can it decide?", gives=dict[str, str]),
    Route(
        method="GET",
        path="/metrics",
        work=metrics,
        access="public",
        says="Counters for Prometheus",
        gives=str,
        gives_type="text/plain",
    ),
    Route(
        method="GET",
        path="/openapi.json",
        work=document,
        access="public",
        says="This document",
        gives=dict[str, Any],
    ),
]
