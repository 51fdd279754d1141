"""What may machines ask besides checks? Reports, notices, appeals, advice, figures, cases, standings, orders, keys' tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from tutela.api.web import MiB, Request, Response, Route, json, whole
from tutela.desk.advice import advise
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
    Verified,
)
from tutela.desk.memory import SECOND
from tutela.errors import BadRequest, Erased, NotFound
from tutela.model import Decision, Item, decode_item

if TYPE_CHECKING:
    from tutela.api.app import App

MOST_MEDIA_BYTES = 48 * MiB
_UPLOAD_S = 3_600


class Uploaded(Struct, frozen=True, kw_only=True):
    """A medium that was sent ahead. Name it in an item as `path`; it is kept for an hour."""

    path: str
    size_bytes: int


class Accepted(Struct, frozen=True, kw_only=True):
    """An asynchronous check that was taken; its outcome comes as the order `check.done` and at `/v1/checks/{id}`."""

    id: str
    state: str
    decision: Decision | None = None


class AppealForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An appeal: the secret of the notice's link, and why."""

    notice: str
    text: str


class AdviceForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link or a message to look at."""

    text: str
    lang: str = "en"


class FiledReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report by way of the platform, with the reported item where the platform has it."""

    report: ReportForm
    item: Item | None = None


class Pinged(Struct, frozen=True, kw_only=True):
    """The id of the order that was made."""

    order: str


def upload(app: App, request: Request) -> Response:
    """Takes a medium's bytes ahead of the items that name it."""
    if not request.body:
        raise BadRequest("no bytes came", where="body")
    memory = app.desk.memory
    at = memory.now()
    name = memory.write(
        lambda tx: memory.vault.seal(tx, "upload", request.body, at=at, expires=at + _UPLOAD_S * SECOND)
    )
    return json(Uploaded(path=f"upload/{name}", size_bytes=len(request.body)), status=201)


def resolve(app: App, item: Item) -> Item:
    """The item with uploaded media in place of their paths. Raises Erased (T505) for one that is gone."""
    if not any(media.path and media.path.startswith("upload/") for media in item.media):
        return item
    memory = app.desk.memory
    found = []
    for media in item.media:
        if media.data is None and media.path and media.path.startswith("upload/"):
            name = media.path.removeprefix("upload/")
            data = memory.read(lambda tx, name=name: _bytes(memory, tx, name))  # type: ignore[misc]
            media = msgspec.structs.replace(media, data=data, path=None)
        found.append(media)
    return msgspec.structs.replace(item, media=tuple(found))


def _bytes(memory: Any, tx: Any, name: str) -> bytes:
    if tx.value("SELECT kind FROM vault WHERE id = ?", name) != "upload":
        raise Erased("there is no such upload any more", where="media", next_step="send it again")
    data: bytes = memory.vault.open(tx, name, bytes)
    return data


def check_later(app: App, request: Request) -> Response:
    """Takes one item, answers at once, judges it in the background; what was taken survives the end of the process."""
    item = resolve(app, decode_item(request.body))
    memory = app.desk.memory
    at = memory.now()
    name = memory.write(lambda tx: memory.vault.seal(tx, "queued", item, at=at, expires=at + 7 * 86_400 * SECOND))
    return json(Accepted(id=name, state="waiting"), status=202)


def checked(app: App, request: Request) -> Response:
    """How an asynchronous check stands."""
    memory, name = app.desk.memory, request.params["check"]

    def job(tx: Any) -> Accepted:
        kind = tx.value("SELECT kind FROM vault WHERE id = ?", name)
        if kind == "queued":
            return Accepted(id=name, state="waiting")
        answer = tx.value("SELECT sealed FROM answers WHERE scope = 'later' AND name = ?", memory.keys.token_hash(name))
        if answer is None:
            raise NotFound("there is no such check, or its answer was kept long enough", where="check")
        return Accepted(id=name, state="done", decision=Decision.from_json(memory.vault.open(tx, answer, bytes)))

    return json(memory.read(job))


def file_report(app: App, request: Request) -> Response:
    """Files a report."""
    filed = request.read(FiledReport)
    item = None if filed.item is None else resolve(app, decode_item(filed.item.to_json()))
    decision = None if item is None else app.engine.check(item)
    address = request.address if request.key is None else ""
    return json(app.desk.reports.file(filed.report, item=item, decision=decision, address=address), status=201)


def report_status(app: App, request: Request) -> Response:
    """How a report stands, for the holder of its reference."""
    return json(app.desk.reports.status(request.params["reference"]))


def read_notice(app: App, request: Request) -> Response:
    """A notice, by the secret of its link."""
    return json(app.desk.notices.read(request.params["token"], lang=request.query.get("lang", "")[:2]))


def file_appeal(app: App, request: Request) -> Response:
    """Files an appeal."""
    form = request.read(AppealForm)
    return json(app.desk.appeals.file(form.notice, form.text), status=201)


def ask_advice(app: App, request: Request) -> Response:
    """Looks at a link or a message; nothing is stored."""
    form = request.read(AdviceForm)
    app.slow_down(request.address)
    return json(advise(app.engine, form.text, lang=form.lang))


def _period(request: Request) -> tuple[str, str]:
    today = datetime.now(UTC).date()
    return request.query.get("since") or (today - timedelta(days=29)).isoformat(), request.query.get(
        "until"
    ) or today.isoformat()


def figures(app: App, request: Request) -> Response:
    """The figures of a period of days."""
    since, until = _period(request)
    return json(app.desk.transparency.figures(since, until, rows=request.query.get("rows") == "yes"))


def statement(app: App, request: Request) -> Response:
    """A case's statement of reasons in the schema of the European transparency database."""
    return json(app.desk.statements.of_case(request.params["case"]))


def standing(app: App, request: Request) -> Response:
    """How an account of the platform stands: points in force and the ladder's step."""
    account = request.query.get("account", "")
    if not 1 <= len(account) <= 200:
        raise BadRequest("1 to 200 characters are expected", where="account")
    return json(app.desk.strikes.of(account))


def list_orders(app: App, request: Request) -> Response:
    """Orders, newest first: for a platform that would rather ask than listen."""
    limit = whole(request.query, "limit", 100, least=1, most=500)
    state = request.query.get("state", "")
    if state not in ("", "due", "delivered", "dead"):
        raise BadRequest("due, delivered or dead", where="state")
    return json(app.desk.orders.list(state=state, limit=limit, before=request.query.get("before", "")[:40]))


def ping(app: App, request: Request) -> Response:
    """Sends a harmless order to every endpoint that takes its kind, to try the way."""
    actor = request.key.id if request.key else "api"
    return json(
        Pinged(order=app.desk.orders.send_now("test.ping", {"hello": "This is a test."}, actor=actor)), status=202
    )


def verify(app: App, request: Request) -> Response:
    """Follows the ledger's chain and folds every case anew."""
    return json(app.desk.upkeep.verify())


ROUTES = [
    Route(method="POST", path="/v1/media", work=upload, access="key:check", says="Send a medium ahead", takes=bytes, gives=Uploaded, status=201, most_bytes=MOST_MEDIA_BYTES),
    Route(method="POST", path="/v1/check/later", work=check_later, access="key:check", says="Judge one item in the background", takes=Item, gives=Accepted, status=202, most_bytes=64 * MiB),
    Route(method="GET", path="/v1/checks/{check}", work=checked, access="key:check", says="How a background check stands", gives=Accepted),
    Route(method="POST", path="/v1/reports", work=file_report, access="key:report", says="File a report", takes=FiledReport, gives=ReportReceipt, status=201, most_bytes=64 * MiB),
    Route(method="GET", path="/v1/reports/{reference}", work=report_status, access="public", says="How a report stands", gives=ReportStatus),
    Route(method="GET", path="/v1/notices/{token}", work=read_notice, access="public", says="Read a notice", gives=Notice, query=("lang",)),
    Route(method="POST", path="/v1/appeals", work=file_appeal, access="public", says="File an appeal", takes=AppealForm, gives=AppealStatus, status=201),
    Route(method="POST", path="/v1/advice", work=ask_advice, access="public", says="Is this a trick?", takes=AdviceForm, gives=Advice),
    Route(method="GET", path="/v1/transparency", work=figures, access="public", says="Figures of a period", gives=Transparency, query=("since", "until", "rows")),
    Route(method="GET", path="/v1/cases/{case}/statement", work=statement, access="key:transparency", says="Statement of reasons", gives=dict[str, Any]),
    Route(method="GET", path="/v1/standing", work=standing, access="key:read", says="How an account stands", gives=Standing, query=("account",)),
    Route(method="GET", path="/v1/orders", work=list_orders, access="key:read", says="Orders, newest first", gives=tuple[OrderView, ...], query=("state", "limit", "before")),
    Route(method="POST", path="/v1/orders/test", work=ping, access="key:admin", says="Send a test order", gives=Pinged, status=202),
    Route(method="GET", path="/v1/ledger", work=verify, access="key:admin", says="Verify the ledger", gives=Verified),
]  # fmt: skip
