"""Which way does a request take? The ASGI application: the fast way for checks, one table of routes for all else."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import secrets
import sys
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from tutela.api.checking import Asked, Checker, Limits, read_many, read_one
from tutela.api.metrics import Metrics
from tutela.api.web import (
    MethodError,
    MiB,
    Request,
    Response,
    Route,
    Table,
    headers_of,
    problem,
    problem_of,
    query_of,
    redirect,
    status_of,
)
from tutela.console.oidc import Provider
from tutela.desk import Desk
from tutela.desk.forms import ApiKey
from tutela.engine import Engine
from tutela.errors import BadRequest, Forbidden, NotSignedIn, TooLarge, TooMany, TutelaError
from tutela.ledger.keys import KeyRing

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COOKIE = "tutela_session"
MOST_CHECK_BYTES = 64 * MiB
_KEYS_FRESH_S = 5.0
_OPEN_A_MINUTE = 30
# Nothing is loaded from elsewhere, nothing is inline but what the page's own hash-free policy allows: no script, no style.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_GUARDS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", CSP.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
# Where people may go to turn their second factor on, while one is demanded.
_WITHOUT_SECOND = frozenset({"/console/me", "/console/me/second", "/sign-out"})
_HOT = {"/v1/check": False, "/v1/check/batch": True}


class ServeSettings(Struct, frozen=True, kw_only=True):
    """How the service behaves. `open_checks`: callers on this machine need no key for checks while no key exists."""

    open_checks: bool = True
    logs: bool = True
    limits: Limits = Limits()
    most_check_bytes: int = MOST_CHECK_BYTES
    oidc: Provider | None = None


class App:
    """The application. Give it to an ASGI server; it opens the desk's background work with the server's lifespan."""

    def __init__(self, *, desk: Desk, engine: Engine, keys: KeyRing, settings: ServeSettings | None = None) -> None:
        from tutela.api.routes import all_routes

        self.desk = desk
        self.engine = engine
        self.keys = keys
        self.settings = settings or ServeSettings()
        self.metrics = Metrics()
        self.table = Table(all_routes())
        self.started = time.time()
        self._checker: Checker | None = None
        self._known: dict[bytes, tuple[float, ApiKey]] = {}
        self._spent: dict[str, tuple[int, int]] = {}
        self._keyless: tuple[float, bool] = (0.0, False)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.metrics.watch("tutela_waiting_items", "Items that wait to be judged.", lambda: self.checker.waiting)
        self.metrics.watch(
            "tutela_store_waiting", "Jobs that wait for the database.", lambda: self.desk.memory.store.waiting()
        )

    @property
    def checker(self) -> Checker:
        """Who judges; made on the running loop at first use."""
        if self._checker is None:
            self._checker = Checker(self.engine, self.desk, limits=self.settings.limits, seen=self.metrics.decided)
        return self._checker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if scope["path"] in _HOT and scope["method"] == "POST":
                await self._hot(scope, receive, send)
            else:
                await self._any(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    # Living

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        """Starts the background work: deliveries every second, what the calendar asks for every minute, async checks."""
        from tutela.api.background import beats

        _ = self.checker
        for name, every_s, work in beats(self):
            thread = threading.Thread(target=self._beat, args=(name, every_s, work), name=f"tutela-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finishes what was taken, then closes."""
        self._stop.set()
        if self._checker is not None:
            self._checker.close()
        for thread in self._threads:
            thread.join(timeout=20)
        self.desk.close()

    def _beat(self, name: str, every_s: float, work: Callable[[], int]) -> None:
        wait = every_s
        while not self._stop.wait(wait):
            try:
                # More may be due: go on at once.
                wait = 0.0 if work() else every_s
            except Exception as error:  # noqa: BLE001 - the boundary: the work must go on when the database is back
                self.log(
                    event="background.failed", work=name, error=type(error).__name__, code=getattr(error, "code", "")
                )
                wait = max(every_s, 5.0)

    # The fast way

    async def _hot(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        many = _HOT[scope["path"]]
        request_id = ""
        response: Response | None = None
        answer = b""
        try:
            headers = headers_of(scope["headers"])
            request_id = _request_id(headers)
            key = await self._may_check(scope, headers)
            body = await _read(receive, headers, self.settings.most_check_bytes)
            asked = read_many(body, self.engine) if many else read_one(body)
            self._spend(key, len(asked.items))
            name = headers.get("idempotency-key", "")
            if key is not None or name:
                asked = msgspec.structs.replace(
                    asked,
                    actor=key.id if key else "engine",
                    scope=key.id if key else "open",
                    key=name,
                    request=body if name else b"",
                )
            before = await self._answered(asked, name)
            answer = before if before is not None else await self._judged(asked)
        except TutelaError as error:
            response = problem_of(error, request_id)
        except _Gone:
            return
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of ours is an answer too, without its words
            response = self._fault(error, request_id)
        status = 200 if response is None else response.status
        if response is None:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [
                        (b"content-type", b"application/json"),
                        (b"content-length", str(len(answer)).encode()),
                        (b"x-request-id", request_id.encode()),
                        (b"cache-control", b"no-store"),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": answer})
        else:
            await self._send(send, response, request_id, head=False)
        seconds = time.perf_counter() - started
        self.metrics.answered(scope["path"], "POST", status, seconds)
        if status != 200:
            self._log_request(request_id, "POST", scope["path"], status, seconds)

    async def _answered(self, asked: Asked, name: str) -> bytes | None:
        if not name:
            return None
        if len(name) > 200:
            raise BadRequest("an idempotency key has at most 200 characters", where="Idempotency-Key")
        return await self.desk.run(self.desk.intake.answered, asked.scope, asked.key, asked.request)

    async def _judged(self, asked: Asked) -> bytes:
        if not asked.items:
            return b"[]" if not asked.wrapped else b'{"decisions":[]}'
        return await self.checker.check(asked)

    async def _may_check(self, scope: Scope, headers: dict[str, str]) -> ApiKey | None:
        secret = _bearer(headers)
        if secret:
            return await self._key(secret, "check")
        if await self._open_here(scope, headers):
            return None
        raise NotSignedIn(
            "a key is needed",
            where="Authorization",
            next_step="send `Bearer` and a key's secret; an administrator makes keys",
        )

    async def _open_here(self, scope: Scope, headers: dict[str, str]) -> bool:
        """True for a caller on this machine, not by way of a proxy or a foreign page, while no key was made."""
        if (
            not self.settings.open_checks
            or not _is_local(scope)
            or "x-forwarded-for" in headers
            or "forwarded" in headers
        ):
            return False
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") or not _same_origin(headers):
            return False
        at, keyless = self._keyless
        if time.monotonic() - at > _KEYS_FRESH_S or not at:
            keyless = not any(key.active for key in await self.desk.run(self.desk.people.keys))
            self._keyless = (time.monotonic(), keyless)
        return keyless

    async def _key(self, secret: str, scope: str) -> ApiKey:
        mark = self.keys.token_hash(secret)
        known = self._known.get(mark)
        if known is None or time.monotonic() - known[0] > _KEYS_FRESH_S:
            if len(self._known) > 10_000:
                self._known.clear()
            known = (time.monotonic(), await self.desk.run(self.desk.people.key, secret))
            self._known[mark] = known
        if scope not in known[1].scopes:
            raise Forbidden(f"this key may not {scope}", where="Authorization", next_step="make one with that scope")
        return known[1]

    def forget_keys(self) -> None:
        """Asks the database anew: keys were changed here."""
        self._known.clear()
        self._keyless = (0.0, False)

    def _spend(self, key: ApiKey | None, count: int) -> None:
        if key is None:
            return
        minute, used = self._spent.get(key.id, (0, 0))
        now = int(time.time())
        if minute != now // 60:
            minute, used = now // 60, 0
        if used + count > key.per_minute and used:
            raise TooMany("this key's limit for a minute is reached", retry_after_s=60 - now % 60)
        self._spent[key.id] = (minute, used + count)

    def slow_down(self, address: str) -> None:
        """Counts what costs us and is open to all. Raises TooMany (T429) beyond 30 a minute from an address."""
        minute, used = self._spent.get(f"@{address}", (0, 0))
        now = int(time.time())
        if len(self._spent) > 100_000:
            self._spent.clear()
        used = used + 1 if minute == now // 60 else 1
        self._spent[f"@{address}"] = (now // 60, used)
        if used > _OPEN_A_MINUTE:
            raise TooMany("asked for too often", retry_after_s=60 - now % 60)

    # Every other way

    async def _any(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = headers_of(scope["headers"])
        request_id = _request_id(headers)
        name, route = "none", None
        request = Request(
            method=scope["method"], path=scope["path"], query={}, headers=headers, body=b"", id=request_id,
            address=(scope.get("client") or ("",))[0], secure=scope.get("scheme") == "https",
        )  # fmt: skip
        try:
            found = self.table.find(scope["method"], scope["path"])
            if found is None:
                response = self._error(request, None, problem(404, what="there is no such page", request_id=request_id))
            else:
                route, request.params = found
                name = route.path
                request.query = query_of(scope.get("query_string", b""))
                request.body = await _read(receive, headers, route.most_bytes)
                response = await self._asked(scope, route, request)
        except MethodError as error:
            response = problem(
                405, what="this path takes other methods", request_id=request_id, headers=(("allow", error.allowed),)
            )
        except TutelaError as error:
            response = self._refused(request, route, error)
        except _Gone:
            return
        except Exception as error:  # noqa: BLE001 - the boundary, as above
            response = self._error(request, route, self._fault(error, request_id))
        await self._send(send, response, request_id, head=scope["method"] == "HEAD")
        seconds = time.perf_counter() - started
        self.metrics.answered(name, scope["method"] if route else "OTHER", response.status, seconds)
        self._log_request(request_id, scope["method"], name, response.status, seconds)

    async def _asked(self, scope: Scope, route: Route, request: Request) -> Response:
        if request.method not in ("GET", "HEAD") and (
            request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
            or not _same_origin(request.headers)
        ):
            raise Forbidden(
                "a page from elsewhere sent this", where="Origin", next_step="send it from this service's own page"
            )
        kind, _, what = route.access.partition(":")
        if kind == "key":
            secret = _bearer(request.headers)
            if secret:
                request.key = await self._key(secret, what)
            elif what != "check" or not await self._open_here(scope, request.headers):
                raise NotSignedIn(
                    "a key is needed", where="Authorization", next_step="send `Bearer` and a key's secret"
                )
        elif kind != "public":
            await self._person(route, request, kind, what)
        return await self.desk.run(route.work, self, request)

    async def _person(self, route: Route, request: Request, kind: str, right: str) -> None:
        token = request.cookie(COOKIE)
        if not token:
            raise NotSignedIn("nobody is signed in", next_step="sign in")
        request.session = await self.desk.run(self.desk.people.who, token)
        if request.session.whole == (kind == "pending"):
            raise NotSignedIn("the second factor is missing", next_step="sign in again")
        if request.method not in ("GET", "HEAD"):
            given = request.headers.get("x-csrf-token") or request.form().get("csrf", "")
            if not secrets.compare_digest(given.encode("utf-8", "replace"), request.session.csrf.encode()):
                raise Forbidden("the form has run out", where="csrf", next_step="load the page again")
        if (
            self.desk.memory.settings.demand_totp
            and not (request.session.who.has_totp or kind == "pending")
            and route.path not in _WITHOUT_SECOND
        ):
            raise Forbidden(
                "a second factor is needed here", where="second factor", next_step="turn it on at /console/me"
            )
        if kind == "right":
            self.desk.people.demand(request.session.who, right)  # type: ignore[arg-type]

    # Answers

    def _refused(self, request: Request, route: Route | None, error: TutelaError) -> Response:
        if (
            isinstance(error, NotSignedIn)
            and route is not None
            and route.page
            and request.method == "GET"
            and request.wants_page()
        ):
            return redirect(f"/sign-in?next={quote(request.path)}")
        if isinstance(error, Forbidden) and error.where == "second factor" and request.method == "GET":
            return redirect("/console/me")
        return self._error(request, route, problem_of(error, request.id))

    def _error(self, request: Request, route: Route | None, response: Response) -> Response:
        if (route is None or route.page) and request.wants_page():
            from tutela.console.pages import error_page

            return error_page(self, request, response)
        return response

    def _fault(self, error: Exception, request_id: str) -> Response:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else ""
        # The kind and the line alone: a message may hold what was judged.
        self.log(event="fault", request=request_id, error=type(error).__name__, where=where)
        return problem(
            500,
            code="T000",
            what="a fault of this service; nothing was let through",
            request_id=request_id,
            next_step="the request id leads to the log",
        )

    async def _send(self, send: Send, response: Response, request_id: str, *, head: bool) -> None:
        headers = [
            (b"content-type", _typed(response.type)),
            (b"content-length", str(len(response.body)).encode()),
            (b"x-request-id", request_id.encode()),
            *_GUARDS,
        ]
        names = {name for name, _ in response.headers}
        if "cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))
        headers.extend((name.encode(), value.encode("latin-1", "replace")) for name, value in response.headers)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else response.body})

    # Logs

    def log(self, **facts: object) -> None:
        """One line of JSON on standard error: names, numbers and codes; never a path, an address or content."""
        if self.settings.logs:
            line = msgspec.json.encode({"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **facts})
            sys.stderr.write(line.decode() + "\n")

    def _log_request(self, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        self.log(
            event="request",
            request=request_id,
            method=method if method.isalpha() else "",
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )


class _Gone(Exception):
    """The caller hung up before the body was whole."""


async def _read(receive: Receive, headers: dict[str, str], most: int) -> bytes:
    length = headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:18]) > most:
        raise TooLarge(f"at most {most // MiB} MiB are taken here", where="body", next_step="send less at once")
    message = await receive()
    if message["type"] == "http.disconnect":
        raise _Gone
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > most:
            raise TooLarge(f"at most {most // MiB} MiB are taken here", where="body", next_step="send less at once")
        return body
    pieces, size = [body], len(body)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise TooLarge(f"at most {most // MiB} MiB are taken here", where="body", next_step="send less at once")
        pieces.append(piece)
    return b"".join(pieces)


def _request_id(headers: dict[str, str]) -> str:
    given = headers.get("x-request-id", "")
    if 8 <= len(given) <= 64 and given.isascii() and all(char.isalnum() or char in "-_." for char in given):
        return given
    return secrets.token_hex(8)


def _bearer(headers: dict[str, str]) -> str:
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip()[:200] if kind.lower() == "bearer" else ""


def _is_local(scope: Scope) -> bool:
    client = scope.get("client")
    if client is None:
        return True
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _same_origin(headers: dict[str, str]) -> bool:
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def _typed(kind: str) -> bytes:
    return (kind + "; charset=utf-8" if kind.startswith("text/") else kind).encode()


__all__ = ["COOKIE", "App", "ServeSettings", "status_of"]
