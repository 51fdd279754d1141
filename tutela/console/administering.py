"""Who may come in, which machines may ask, and where do orders go? The administrators' pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

import msgspec

from tutela.api.web import Request, Response, Route, whole
from tutela.console.pages import back, notice_of, page
from tutela.desk.forms import Grant, NewApiKey, Role, Scope
from tutela.desk.orders import KINDS
from tutela.errors import BadRequest, Conflict, TutelaError

if TYPE_CHECKING:
    from tutela.api.app import App

_DONE = {
    "saved": "Saved.",
    "on": "Switched on.",
    "off": "Switched off.",
    "test": "A test order is on its way; look at the orders.",
}


def _actor(request: Request) -> str:
    assert request.session is not None
    return request.session.who.id


def _own(request: Request) -> str:
    scheme = "https" if request.secure else "http"
    return f"{scheme}://{urlsplit('//' + request.headers.get('host', '')).netloc}"


def people(app: App, request: Request) -> Response:
    """Everybody who may sign in."""
    return _people(app, request)


def _people(app: App, request: Request, *, link: str = "", problem: TutelaError | None = None) -> Response:
    return page(
        app, request, "people.html", status=422 if problem else 200, rows=app.desk.people.users(), roles=get_args(Role), link=link,
        problem=problem, done=notice_of(request, _DONE), clauses=[clause.id for clause in app.engine.book.versions[-1].clauses],
    )  # fmt: skip


def _grants(request: Request) -> tuple[Grant, ...]:
    pairs = request.pairs()
    fields = dict(pairs)
    queues = tuple(word for word in fields.get("queues", "").replace(",", " ").split() if word)
    clauses = tuple(value for name, value in pairs if name == "clauses" and value)
    try:
        return tuple(
            msgspec.convert({"role": value, "queues": queues, "clauses": clauses}, Grant)
            for name, value in pairs
            if name == "roles"
        )
    except msgspec.ValidationError:
        raise BadRequest("no such role", where="roles") from None


def invite(app: App, request: Request) -> Response:
    """A new person, and the one-time link, shown this once."""
    try:
        made = app.desk.people.invite(request.form().get("name", ""), _grants(request), actor=_actor(request))
    except (BadRequest, Conflict) as error:
        return _people(app, request, problem=error)
    return _people(app, request, link=f"{_own(request)}/join/{made.token}")


def invite_again(app: App, request: Request) -> Response:
    """A new link for someone who lost a password or second factor."""
    made = app.desk.people.invite_again(request.params["user"], actor=_actor(request))
    return _people(app, request, link=f"{_own(request)}/join/{made.token}")


def grant(app: App, request: Request) -> Response:
    """Sets a person's roles."""
    try:
        app.desk.people.grant(request.params["user"], _grants(request), actor=_actor(request))
    except (BadRequest, Conflict) as error:
        return _people(app, request, problem=error)
    return back("/console/people", "saved")


def switch(app: App, request: Request) -> Response:
    """Lets a person in or shuts them out."""
    active = request.form().get("active") == "yes"
    try:
        app.desk.people.switch(request.params["user"], active=active, actor=_actor(request))
    except Conflict as error:
        return _people(app, request, problem=error)
    return back("/console/people", "on" if active else "off")


def machines(app: App, request: Request) -> Response:
    """Keys of machines, and endpoints."""
    return _machines(app, request)


def _machines(
    app: App, request: Request, *, key: NewApiKey | None = None, secret: str = "", problem: TutelaError | None = None
) -> Response:
    return page(
        app, request, "machines.html", status=422 if problem else 200, keys=app.desk.people.keys(), endpoints=app.desk.orders.endpoints(),
        scopes=get_args(Scope), kinds=KINDS, key=key, secret=secret, problem=problem, done=notice_of(request, _DONE),
    )  # fmt: skip


def add_key(app: App, request: Request) -> Response:
    """A new key, its secret shown this once."""
    form = request.form()
    scopes = [value for name, value in request.pairs() if name == "scopes"]
    try:
        made = app.desk.people.add_key(
            form.get("name", "").strip(), scopes, per_minute=whole(form, "per_minute", 60_000, least=1, most=100_000_000),  # type: ignore[arg-type]
            days_valid=whole(form, "days", 0, least=0, most=36_500) or None, actor=_actor(request),
        )  # fmt: skip
    except BadRequest as error:
        return _machines(app, request, problem=error)
    app.forget_keys()
    return _machines(app, request, key=made)


def switch_key(app: App, request: Request) -> Response:
    """Switches a key."""
    active = request.form().get("active") == "yes"
    app.desk.people.switch_key(request.params["key"], active=active, actor=_actor(request))
    app.forget_keys()
    return back("/console/machines", "on" if active else "off")


def add_endpoint(app: App, request: Request) -> Response:
    """A new place for orders, its secret shown this once."""
    form = request.form()
    kinds = tuple(value for name, value in request.pairs() if name == "kinds" and value in KINDS)
    try:
        made = app.desk.orders.add_endpoint(
            form.get("name", "").strip(), form.get("url", "").strip(), kinds=kinds, actor=_actor(request)
        )
    except BadRequest as error:
        return _machines(app, request, problem=error)
    return _machines(app, request, secret=made.secret or "")


def switch_endpoint(app: App, request: Request) -> Response:
    """Switches an endpoint."""
    active = request.form().get("active") == "yes"
    app.desk.orders.switch_endpoint(request.params["endpoint"], active=active, actor=_actor(request))
    return back("/console/machines", "on" if active else "off")


def change_secret(app: App, request: Request) -> Response:
    """A new secret beside the old one."""
    return _machines(
        app, request, secret=app.desk.orders.change_secret(request.params["endpoint"], actor=_actor(request))
    )


def test_endpoint(app: App, request: Request) -> Response:
    """Sends a harmless order to whoever wants its kind."""
    app.desk.orders.send_now("test.ping", {"hello": "This is a test."}, actor=_actor(request))
    return back("/console/machines", "test")


def _route(method: str, path: str, work: object, right: str) -> Route:
    return Route(method=method, path=f"/console/{path}", work=work, access=f"right:{right}", page=True)  # type: ignore[arg-type]


ROUTES = [
    _route("GET", "people", people, "people.manage"),
    _route("POST", "people", invite, "people.manage"),
    _route("POST", "people/{user}/grant", grant, "people.manage"),
    _route("POST", "people/{user}/switch", switch, "people.manage"),
    _route("POST", "people/{user}/invite", invite_again, "people.manage"),
    _route("GET", "machines", machines, "keys.manage"),
    _route("POST", "machines/keys", add_key, "keys.manage"),
    _route("POST", "machines/keys/{key}/switch", switch_key, "keys.manage"),
    _route("POST", "machines/endpoints", add_endpoint, "endpoint.manage"),
    _route("POST", "machines/endpoints/{endpoint}/switch", switch_endpoint, "endpoint.manage"),
    _route("POST", "machines/endpoints/{endpoint}/secret", change_secret, "endpoint.manage"),
    _route("POST", "machines/test", test_endpoint, "endpoint.manage"),
]
