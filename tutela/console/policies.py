"""Which policy versions are there, and what would another one change? Past cases judged beside what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutela.api.web import Request, Response, Route, whole
from tutela.console.pages import page
from tutela.desk.forms import ShadowResult
from tutela.engine import Engine
from tutela.errors import TutelaError, UnknownPolicy

if TYPE_CHECKING:
    from tutela.api.app import App


def policies(app: App, request: Request) -> Response:
    """The versions."""
    return _shown(app, request, None, None)


def try_policy(app: App, request: Request) -> Response:
    """Judges past cases by a version, without acting."""
    form = request.form()
    try:
        policy = app.engine.book.version(form.get("policy", "")[:40])
        other = Engine.load(platform=app.engine.platform, policy=policy.id)
        limit = whole(form, "limit", 500, least=1, most=5_000)
        assert request.session is not None
        result = app.desk.shadow.past(other, limit=limit, actor=request.session.who.id)
    except UnknownPolicy as error:
        return _shown(app, request, None, error)
    return _shown(app, request, result, None)


def _shown(app: App, request: Request, result: ShadowResult | None, problem: TutelaError | None) -> Response:
    return page(
        app, request, "policies.html", status=422 if problem else 200, versions=app.engine.book.versions, result=result,
        current=app.desk.memory.policy_now(), problem=problem,
    )  # fmt: skip


ROUTES = [
    Route(method="GET", path="/console/policy", work=policies, access="right:policy.shadow", page=True),
    Route(method="POST", path="/console/policy", work=try_policy, access="right:policy.shadow", page=True),
]
