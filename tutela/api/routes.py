"""Which ways in are there? All of them, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutela.api import machine, status
from tutela.api.web import MiB, Request, Response, Route
from tutela.console import administering, oidc, overview, pages, policies, public, reviewing, signing_in
from tutela.errors import BadRequest
from tutela.model import Decision, Item

if TYPE_CHECKING:
    from tutela.api.app import App


def _on_the_fast_way(_: App, __: Request) -> Response:
    """`App` answers checks before the table is asked; this entry is their documentation and their line in the matrix."""
    raise BadRequest("send it with POST")


def all_routes() -> list[Route]:
    """Every route of the service."""
    checks = [
        Route(
            method="POST", path="/v1/check", work=_on_the_fast_way, access="key:check", says="Judge one item", takes=Item,
            gives=Decision, most_bytes=64 * MiB,
        ),
        Route(
            method="POST", path="/v1/check/batch", work=_on_the_fast_way, access="key:check", says="Judge up to 1,000 items",
            takes=list[Item], gives=list[Decision], most_bytes=64 * MiB,
        ),
    ]  # fmt: skip
    return [
        *checks, *machine.ROUTES, *status.ROUTES, *public.ROUTES, *signing_in.ROUTES, *oidc.ROUTES, *overview.ROUTES, *reviewing.ROUTES,
        *policies.ROUTES, *administering.ROUTES, *pages.ROUTES,
    ]  # fmt: skip
