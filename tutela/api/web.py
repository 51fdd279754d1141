"""What is a request, what is an answer, and which route takes it? Small types over ASGI; no framework.

One table of routes is the router, the OpenAPI document and the matrix of who may do what, so that the three cannot
differ. A framework's own cost, 150 to 330 µs a request, is more than judging a text takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from tutela.desk.forms import ApiKey, SignedIn
from tutela.errors import (
    BadItem,
    BadRequest,
    Conflict,
    Erased,
    Expired,
    Forbidden,
    MissingPart,
    NotFound,
    NotSignedIn,
    NotText,
    StoreFull,
    StoreGone,
    TooLarge,
    TooMany,
    TutelaError,
    UnknownPolicy,
    Unreadable,
)

if TYPE_CHECKING:
    from tutela.api.app import App

T = TypeVar("T")
MiB = 1 << 20
MOST_FIELDS = 200

STATUS: dict[type[TutelaError], int] = {
    BadItem: 422, NotText: 400, TooLarge: 413, UnknownPolicy: 422, Unreadable: 422, NotSignedIn: 401, Forbidden: 403,
    NotFound: 404, Conflict: 409, Expired: 410, BadRequest: 422, TooMany: 429, StoreGone: 503, StoreFull: 507, Erased: 410,
    MissingPart: 501,
}  # fmt: skip
# "method not allowed" and "not acceptable type" have no class: nobody raises them but the router.
WORDS = {
    400: "Bad request", 401: "Not signed in", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 410: "Gone", 413: "Too large", 415: "Unsupported type", 422: "Not as expected", 429: "Too many",
    500: "Something went wrong here", 501: "Not installed", 503: "Not available", 507: "Storage is full",
}  # fmt: skip


class Request(Struct, kw_only=True):
    """One request, read whole. `headers` by lower-case name; `address` is the caller's, `params` come from the path."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    address: str
    secure: bool
    id: str
    params: dict[str, str] = {}
    session: SignedIn | None = None
    key: ApiKey | None = None

    def cookie(self, name: str) -> str:
        """A cookie's value; empty when there is none."""
        try:
            found = SimpleCookie(self.headers.get("cookie", "")[:8192]).get(name)
        except CookieError:
            return ""
        return "" if found is None else found.value

    def form(self) -> dict[str, str]:
        """A form's fields; of a name given twice the last counts. Raises BadRequest (T422)."""
        return dict(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """A form's fields in order. Raises BadRequest (T422)."""
        try:
            return parse_qsl(
                self.body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
            )
        except ValueError:
            raise BadRequest("the form is not in form", next_step="send it url-encoded in UTF-8") from None

    def read(self, type: type[T]) -> T:
        """The body as JSON of that type. Raises BadRequest (T422) that names the field, never its value."""
        try:
            return msgspec.json.decode(self.body, type=type)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadRequest(without_values(str(error)), next_step="`/openapi.json` has the schema") from None

    def wants_page(self) -> bool:
        """True for a browser that asks for a page."""
        return "text/html" in self.headers.get("accept", "")


class Response(Struct, kw_only=True):
    """One answer."""

    body: bytes = b""
    status: int = 200
    type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Work = Callable[["App", Request], Response]


class Route(Struct, frozen=True, kw_only=True):
    """One way in.

    `access`: `public`; `key:SCOPE` for machines; `person` for anyone signed in; `pending` for a sign-in that lacks its
    second factor; `right:RIGHT` for persons with that right. `page` answers with HTML, errors too. `takes` and `gives` are the types of the
    bodies, for the document. `most_bytes` limits the body.
    """

    method: str
    path: str
    work: Work
    access: str
    says: str = ""
    page: bool = False
    takes: Any = None
    gives: Any = None
    status: int = 200
    query: tuple[str, ...] = ()
    gives_type: str = "application/json"
    most_bytes: int = MiB


class Table:
    """All routes, found by method and path."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = tuple(routes)
        self._plain = {(route.method, route.path): route for route in routes if "{" not in route.path}
        self._shaped = [(_pattern(route.path), route) for route in routes if "{" in route.path]
        self._paths = {route.path for route in routes}

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route, with what stands in the path's places. None when the path is unknown.

        Raises MethodError when the path is known with other methods.
        """
        asked = "GET" if method == "HEAD" else method
        route = self._plain.get((asked, path))
        if route is not None:
            return route, {}
        known = path in self._paths
        for pattern, route in self._shaped:
            match = pattern.fullmatch(path)
            if match is not None:
                if route.method == asked:
                    return route, match.groupdict()
                known = True
        if known:
            raise MethodError(self._methods(path))
        return None

    def _methods(self, path: str) -> str:
        fits = [route.method for route in self.routes if route.path == path]
        fits += [route.method for pattern, route in self._shaped if pattern.fullmatch(path)]
        return ", ".join(sorted(set(fits)))


class MethodError(Exception):
    """A known path asked for with a method that it does not have; `allowed` lists those it has."""

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[A-Za-z0-9_.~-]{1,128})", re.escape(path)))


def json(content: object, *, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(body=msgspec.json.encode(content), status=status)


def redirect(to: str, *headers: tuple[str, str]) -> Response:
    """Sends a browser on with a GET."""
    return Response(status=303, type="text/plain", headers=(("location", to), *headers))


def status_of(error: TutelaError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(
    status: int, *, code: str = "", what: str = "", where: str = "", next_step: str = "", request_id: str = "",
    retry_after_s: int = 0, headers: tuple[tuple[str, str], ...] = (),
) -> Response:  # fmt: skip
    """An error as RFC 9457 has it, with the product's code."""
    body: dict[str, Any] = {
        "type": f"urn:tutela:error:{code or status}",
        "title": WORDS.get(status, "Error"),
        "status": status,
    }
    for name, value in (
        ("code", code),
        ("detail", what),
        ("where", where),
        ("next_step", next_step),
        ("request_id", request_id),
    ):
        if value:
            body[name] = value
    if retry_after_s:
        headers = (*headers, ("retry-after", str(retry_after_s)))
    return Response(body=msgspec.json.encode(body), status=status, type="application/problem+json", headers=headers)


def problem_of(error: TutelaError, request_id: str = "") -> Response:
    """An error the product raised on purpose, as an answer."""
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, NotSignedIn):
        headers = (("www-authenticate", 'Bearer realm="tutela"'),)
    wait = error.retry_after_s if isinstance(error, TooMany) else 5 if isinstance(error, StoreGone) else 0
    return problem(
        status_of(error), code=error.code, what=error.what, where=error.where, next_step=error.next_step,
        request_id=request_id, retry_after_s=wait, headers=headers,
    )  # fmt: skip


# msgspec quotes the offending value in some messages; a value may be personal.
_QUOTED = re.compile(r"'[^'`]*'(?= - at|$)", re.S)


def without_values(message: str) -> str:
    """A decoder's message without the value it is about."""
    return _QUOTED.sub("", message)[:300]


def headers_of(raw: Any) -> dict[str, str]:
    """Header fields by lower-case name; of one given twice the last counts."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def query_of(raw: bytes) -> dict[str, str]:
    """Query fields; of one given twice the last counts. Raises BadRequest (T422)."""
    if not raw:
        return {}
    try:
        return dict(
            parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
        )
    except ValueError:
        raise BadRequest("the query is not in form", where="query") from None


def whole(values: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    """A whole number from a query or form. Raises BadRequest (T422) that names the field."""
    text = values.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 12 and least <= int(text) <= most):
        raise BadRequest(f"a whole number from {least} to {most} is expected", where=name)
    return int(text)
