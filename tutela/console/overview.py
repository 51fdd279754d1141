"""How is the platform doing right now? The first page after signing in, its figures renewed while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutela.api.web import Request, Response, Route, redirect
from tutela.console.pages import page
from tutela.console.plots import bars, days_plot
from tutela.errors import Forbidden

if TYPE_CHECKING:
    from tutela.api.app import App


def overview(app: App, request: Request) -> Response:
    """The page."""
    assert request.session is not None
    rights = app.desk.people.rights(request.session.who)
    if not rights & {"figures.see", "case.decide"}:
        return redirect("/console/me")
    return _shown(app, request, "overview.html")


def live(app: App, request: Request) -> Response:
    """The part of the page that renews itself."""
    return _shown(app, request, "live.html")


def _shown(app: App, request: Request, template: str) -> Response:
    assert request.session is not None
    who = request.session.who
    rights = app.desk.people.rights(who)
    if not rights & {"figures.see", "case.decide"}:
        raise Forbidden("this is not among your rights", where="figures.see", next_step="an administrator can grant it")
    state = app.desk.transparency.overview(who)
    policy = app.engine.book.versions[-1]
    titles = {clause.id: clause.wording["en"].title for clause in policy.clauses}
    return page(
        app, request, template, state=state, days=days_plot(state.days, "Decisions", "Violations"), titles=titles,
        top=bars([(titles.get(name, name) or "Unnamed", count) for name, count in state.top_clauses]),
    )  # fmt: skip


ROUTES = [
    Route(method="GET", path="/console", work=overview, access="person", page=True),
    Route(method="GET", path="/console/live", work=live, access="person", page=True),
]
