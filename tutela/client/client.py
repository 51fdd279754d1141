"""How does a program ask the service? One connection, kept open; waits and asks again where the service says so."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from tutela.desk.forms import (
    Advice,
    AppealStatus,
    Notice,
    OrderView,
    ReportForm,
    ReportReceipt,
    ReportStatus,
    Standing,
    Transparency,
)
from tutela.errors import BadRequest, StoreGone, TutelaError
from tutela.model import Decision, Item

T = TypeVar("T")
BATCH = 500
_AGAIN = frozenset({429, 502, 503, 504})


class Refused(TutelaError):
    """The service said no. `code` is the code it gave, `status` the HTTP status."""

    def __init__(self, status: int, code: str, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.status = status
        self.code = code or self.code


class Waiting(Struct, frozen=True, kw_only=True):
    """A check in the background: `waiting`, or `done` with its decision."""

    id: str
    state: str
    decision: Decision | None = None


class _Problem(Struct, kw_only=True):
    code: str = ""
    detail: str = ""
    where: str = ""
    next_step: str = ""


class _Uploaded(Struct, kw_only=True):
    path: str


class Client:
    """Asks one service. Not to be shared between threads: each takes its own.

    Requests that may be repeated without harm are: checks carry an idempotency key, so an answer that was lost on the way
    is given again and nothing is stored twice. `tries` counts the first; between two the client waits as long as the
    service asked, else a little longer each time.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        timeout_s: float = 60.0,
        tries: int = 4,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest("http://… or https://… is expected", where="url")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self._key, self._timeout_s, self._tries, self._wait = key, timeout_s, tries, wait
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # Checks

    def check(self, item: Item) -> Decision:
        """Judges one item. Raises Refused."""
        return self._ask("POST", "/v1/check", Decision, item, once=True)

    def check_many(self, items: Iterable[Item], *, batch: int = BATCH) -> Iterator[Decision]:
        """Judges items lazily, in their order, up to 1,000 a request. Raises Refused."""
        source = iter(items)
        while chunk := list(islice(source, batch)):
            yield from self._ask("POST", "/v1/check/batch", tuple[Decision, ...], chunk, once=True)

    def check_later(self, item: Item) -> Waiting:
        """Hands an item over; its decision comes as the order `check.done`, and by `checked`. Raises Refused."""
        return self._ask("POST", "/v1/check/later", Waiting, item)

    def checked(self, name: str) -> Waiting:
        """How a check in the background stands. Raises Refused."""
        return self._ask("GET", f"/v1/checks/{quote(name, safe='')}", Waiting)

    def upload(self, data: bytes) -> str:
        """Sends a medium ahead; what comes back goes into `Media.path`, for an hour. Raises Refused."""
        return self._ask("POST", "/v1/media", _Uploaded, data).path

    # Reports, notices, appeals

    def report(self, form: ReportForm, *, item: Item | None = None) -> ReportReceipt:
        """Files a report, with the reported item where there is one. Raises Refused."""
        return self._ask(
            "POST", "/v1/reports", ReportReceipt, {"report": form, "item": item} if item else {"report": form}
        )

    def report_status(self, reference: str) -> ReportStatus:
        """How a report stands. Raises Refused."""
        return self._ask("GET", f"/v1/reports/{quote(reference, safe='')}", ReportStatus)

    def notice(self, token: str, *, lang: str = "") -> Notice:
        """A notice by the secret of its link. Raises Refused."""
        return self._ask("GET", f"/v1/notices/{quote(token, safe='')}", Notice, query={"lang": lang})

    def appeal(self, token: str, text: str) -> AppealStatus:
        """Appeals against what a notice said. Raises Refused."""
        return self._ask("POST", "/v1/appeals", AppealStatus, {"notice": token, "text": text})

    def advice(self, text: str, *, lang: str = "en") -> Advice:
        """Does a link or message look like a trick? Raises Refused."""
        return self._ask("POST", "/v1/advice", Advice, {"text": text, "lang": lang})

    # What is known

    def standing(self, account: str) -> Standing:
        """How an account of the platform stands. Raises Refused."""
        return self._ask("GET", "/v1/standing", Standing, query={"account": account})

    def orders(self, *, state: str = "", limit: int = 100, before: str = "") -> tuple[OrderView, ...]:
        """Orders, newest first. Raises Refused."""
        return self._ask(
            "GET", "/v1/orders", tuple[OrderView, ...], query={"state": state, "limit": str(limit), "before": before}
        )

    def figures(self, since: str = "", until: str = "") -> Transparency:
        """The figures of a period of days (`2026-05-17`); without one, the last thirty. Raises Refused."""
        return self._ask("GET", "/v1/transparency", Transparency, query={"since": since, "until": until})

    # The way

    def _ask(
        self,
        method: str,
        path: str,
        type: type[T],
        content: object = None,
        *,
        query: dict[str, str] | None = None,
        once: bool = False,
    ) -> T:
        body = content if isinstance(content, bytes) or content is None else msgspec.json.encode(content)
        headers = {"content-type": "application/octet-stream" if isinstance(content, bytes) else "application/json"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        if once:
            headers["idempotency-key"] = secrets.token_urlsafe(16)
        given = {name: value for name, value in (query or {}).items() if value}
        target = self._base + path + (f"?{urlencode(given)}" if given else "")
        safe = once or method == "GET"
        for number in range(1, self._tries + 1):
            last = number == self._tries
            try:
                status, retry_after, answer = self._send(method, target, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if last or not safe:
                    raise StoreGone(
                        f"the service cannot be reached ({error.__class__.__name__})",
                        where=self._host,
                        next_step="is it running?",
                    ) from None
                self._wait(0.25 * 2**number)
                continue
            if status in _AGAIN and not last:
                self._wait(retry_after if retry_after is not None else 0.25 * 2**number)
                continue
            if status >= 400:
                raise _refused(status, answer)
            return msgspec.json.decode(answer, type=type)
        raise AssertionError("unreachable: the last try returns or raises")

    def _send(self, method: str, target: str, body: Any, headers: dict[str, str]) -> tuple[int, float | None, bytes]:
        if self._connection is None:
            self._connection = self._kind(self._host, self._port, timeout=self._timeout_s)
        self._connection.request(method, target, body=body, headers=headers)
        reply = self._connection.getresponse()
        answer = reply.read()
        wait = reply.headers.get("retry-after", "")
        return reply.status, float(wait) if wait.isdecimal() else None, answer


def _refused(status: int, answer: bytes) -> Refused:
    try:
        problem = msgspec.json.decode(answer, type=_Problem)
    except msgspec.MsgspecError:
        problem = _Problem()
    return Refused(
        status, problem.code, problem.detail or f"HTTP {status}", where=problem.where, next_step=problem.next_step
    )


__all__ = ["BATCH", "Client", "Refused", "Waiting"]
