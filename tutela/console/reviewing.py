"""How do reviewers work? Queues, the case, what is done with it, and appeals.

Over 400 lines with its routes: one case goes through all of these hands, and each is a few lines.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlencode

import msgspec

from tutela.api.web import Request, Response, Route, json, redirect, whole
from tutela.console.pages import back, notice_of, page, spans_marked
from tutela.desk.forms import CaseView, QueueFilter, Revealed, Right, Ruling, SignedIn
from tutela.desk.showing import masked_by_engine
from tutela.errors import BadRequest, Conflict, NotFound, TutelaError
from tutela.model import Item, Media

if TYPE_CHECKING:
    from tutela.api.app import App

ROWS = 50
_FILTERS = ("state", "queue", "clause", "surface", "lang", "source", "action")
_STATES = ("open", "waiting", "closed", "appealed", "blind")
_DONE = {
    "decided": "Decided. The order is on its way.", "waits": "Your ruling waits for a second person.", "undone": "Taken back: the case is open again.",
    "escalated": "Escalated to the leads.", "noted": "Note added, sealed.", "released": "Given back to its queue.", "held": "Originals are on hold.",
    "lifted": "The hold is lifted.", "none": "Nothing is waiting that you may take.", "approved": "Approved; the order is on its way.",
    "declined": "Declined; the case is back in its queue.", "judged": "Judged; the person is told.", "bulk": "Done, one ruling for each case.",
    "bulk-undone": "Taken back, one by one.", "blind": "Your second look is stored.",
}  # fmt: skip


def _signed(request: Request) -> SignedIn:
    assert request.session is not None
    return request.session


def _filter(values: dict[str, str], *, limit: int = ROWS) -> QueueFilter:
    chosen: dict[str, Any] = {name: values[name][:80] for name in _FILTERS if values.get(name)}
    chosen["state"] = chosen.get("state", "open")
    if chosen["state"] not in _STATES:
        raise BadRequest(f"one of {', '.join(_STATES)}", where="state")
    number = whole(values, "page", 1, least=1, most=2_000)
    return msgspec.convert(
        {
            **chosen,
            "overdue": "overdue" in values,
            "mine": "mine" in values,
            "account": values.get("account", "")[:80],
            "limit": limit,
            "offset": (number - 1) * limit,
        },
        QueueFilter,
    )


def queue(app: App, request: Request) -> Response:
    """Cases, the most pressing first."""
    who = _signed(request).who
    wanted = _filter(request.query)
    review = app.desk.review
    total = review.count(who, wanted)
    number = wanted.offset // ROWS + 1
    kept = {name: value for name, value in request.query.items() if name in (*_FILTERS, "overdue", "mine", "account")}

    def link(**changed: object) -> str:
        merged = {**kept, **{name: str(value) for name, value in changed.items()}}
        return "/console/queue?" + urlencode({name: value for name, value in merged.items() if value})

    return page(
        app, request, "queue.html", rows=review.queue(who, wanted), total=total, wanted=wanted, sums=review.queues(who), link=link,
        number=number, pages=-(-total // ROWS) or 1, states=_STATES, done=notice_of(request, _DONE), query=urlencode(kept),
        clauses=[clause.id for clause in app.engine.book.versions[-1].clauses],
    )  # fmt: skip


def take_next(app: App, request: Request) -> Response:
    """Leases the most pressing case and opens it."""
    form = request.form()
    lease = app.desk.review.next(_signed(request).who, _filter({**form, "page": ""}))
    return redirect(f"/console/case/{lease.case_id}") if lease else back("/console/queue", "none")


def case(app: App, request: Request) -> Response:
    """A case, masked."""
    return _case(app, request)


def _case(
    app: App,
    request: Request,
    *,
    revealed: Revealed | None = None,
    problem: TutelaError | None = None,
    status: int = 200,
) -> Response:
    who = _signed(request).who
    view = app.desk.review.case(request.params["case"], who)
    policy = app.desk.memory.policy_of(view.case)
    ruled = view.case.state in ("open", "waiting") and who.id in view.case.reviewers
    return page(
        app, request, "case.html", status=status, view=view, case=view.case, mine=view.holder == who.alias, problem=problem,
        revealed=None if revealed is None else _shown(revealed), masks=[entry.shown_as for entry in view.evidence],
        clauses=policy.clauses, prefs=who.preferences, done=notice_of(request, _DONE), may=frozenset(view.rights), ruled=ruled,
        blind=False, lease_s=app.desk.memory.settings.lease_s,
    )  # fmt: skip


def _shown(revealed: Revealed) -> dict[str, Any]:
    item = revealed.item
    spans = []
    if revealed.decision is not None:
        spans = [
            (entry.where.start, entry.where.end)
            for entry in revealed.decision.evidence
            if entry.where.part == "text" and entry.where.start is not None and entry.where.end is not None
        ]
    return {
        "text": None if item.text is None else spans_marked(item.text, spans),
        "thread": [message.text for message in item.thread],
        "links": item.links,
        "media": [(media.kind, _data_uri(media)) for media in item.media],
        "author": item.author,
        "notes": revealed.notes,
        "reports": revealed.reports,
    }


_MAGIC = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"RIFF", "image/webp"))


def _data_uri(media: Media) -> str:
    """A picture, sound or clip for the page; empty for anything a browser should not open."""
    data = media.data or b""
    if media.kind == "image":
        kind = next((name for magic, name in _MAGIC if data.startswith(magic)), "")
    elif media.kind == "audio":
        kind = (
            "audio/mpeg"
            if data[:3] == b"ID3" or data[:1] == b"\xff"
            else "audio/ogg"
            if data[:4] == b"OggS"
            else "audio/wav"
        )
    elif media.kind == "video":
        kind = "video/webm" if data[:4] == b"\x1a\x45\xdf\xa3" else "video/mp4"
    else:
        kind = ""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if kind and data else ""


def take(app: App, request: Request) -> Response:
    """Leases the case."""
    try:
        app.desk.review.lease(request.params["case"], _signed(request).who)
    except Conflict as error:
        return _case(app, request, problem=error, status=409)
    return redirect(_path(request))


def heartbeat(app: App, request: Request) -> Response:
    """Renews the lease; the page asks every minute."""
    return json({"until": app.desk.review.heartbeat(request.params["case"], _signed(request).who).until})


def release(app: App, request: Request) -> Response:
    """Gives the case back."""
    app.desk.review.release(request.params["case"], _signed(request).who)
    return back("/console/queue", "released")


def reveal(app: App, request: Request) -> Response:
    """Shows the original, once, on this answer alone. The reason is stored first."""
    try:
        revealed = app.desk.review.reveal(
            request.params["case"], _signed(request).who, request.form().get("reason", "")
        )
    except (BadRequest, TutelaError) as error:
        from tutela.api.web import status_of

        return _case(app, request, problem=error, status=status_of(error))
    return _case(app, request, revealed=revealed)


def _ruling(request: Request) -> Ruling:
    pairs = request.pairs()
    clauses = tuple(dict.fromkeys(value for name, value in pairs if name == "clauses"))
    fields = dict(pairs)
    action = fields.get("action", "")
    try:
        return msgspec.convert(
            {"action": action, "clauses": () if action == "allow" else clauses, "note": fields.get("note", "")[:4_000]},
            Ruling,
        )
    except msgspec.ValidationError:
        raise BadRequest("choose an action", where="action") from None


def decide(app: App, request: Request) -> Response:
    """Rules."""
    signed = _signed(request)
    try:
        version = whole(request.form(), "version", 0, least=0, most=1_000_000)
        ruled = app.desk.review.decide(request.params["case"], signed.who, _ruling(request), version=version)
    except (Conflict, BadRequest) as error:
        return _case(app, request, problem=error, status=409 if isinstance(error, Conflict) else 422)
    if "onward" in request.form():
        lease = app.desk.review.next(signed.who)
        if lease is not None:
            return back(f"/console/case/{lease.case_id}", "waits" if ruled.waits_for_second else "decided")
    return back(_path(request), "waits" if ruled.waits_for_second else "decided")


def approve(app: App, request: Request) -> Response:
    """The second person's word."""
    form = request.form()
    agree = form.get("agree") == "yes"
    version = whole(form, "version", 0, least=0, most=1_000_000)
    try:
        app.desk.review.approve(
            request.params["case"],
            _signed(request).who,
            version=version,
            agree=agree,
            note=form.get("note", "")[:4_000],
        )
    except TutelaError as error:
        from tutela.api.web import status_of

        return _case(app, request, problem=error, status=status_of(error))
    return back(_path(request), "approved" if agree else "declined")


def escalate(app: App, request: Request) -> Response:
    """Moves the case to the leads."""
    form = request.form()
    app.desk.review.escalate(
        request.params["case"],
        _signed(request).who,
        queue=form.get("queue") or "leads",
        note=form.get("note", "")[:4_000],
    )
    return back("/console/queue", "escalated")


def undo(app: App, request: Request) -> Response:
    """Takes the decision back."""
    try:
        app.desk.review.undo(request.params["case"], _signed(request).who, note=request.form().get("note", "")[:4_000])
    except Conflict as error:
        return _case(app, request, problem=error, status=409)
    return back(_path(request), "undone")


def note(app: App, request: Request) -> Response:
    """Adds a note."""
    try:
        app.desk.review.note(request.params["case"], _signed(request).who, request.form().get("note", "")[:4_000])
    except BadRequest as error:
        return _case(app, request, problem=error, status=422)
    return back(_path(request), "noted")


def hold(app: App, request: Request) -> Response:
    """Sets or lifts the legal hold."""
    held = request.form().get("held") == "yes"
    app.desk.review.hold(request.params["case"], _signed(request).who, held=held)
    return back(_path(request), "held" if held else "lifted")


def _path(request: Request) -> str:
    return f"/console/case/{request.params['case']}"


# Second looks that nobody acts on


def blind(app: App, request: Request) -> Response:
    """A ruled case without its ruling."""
    who = _signed(request).who
    view: CaseView = app.desk.review.blind_case(request.params["case"], who)
    policy = app.desk.memory.policy_of(view.case)
    return page(
        app, request, "case.html", view=view, case=view.case, mine=True, problem=None, revealed=None, ruled=False, blind=True,
        masks=[entry.shown_as for entry in view.evidence], clauses=policy.clauses, prefs=who.preferences, done="",
        may=frozenset(view.rights), lease_s=app.desk.memory.settings.lease_s,
    )  # fmt: skip


def blind_rule(app: App, request: Request) -> Response:
    """Stores the second look."""
    app.desk.review.blind_rule(request.params["case"], _signed(request).who, _ruling(request))
    return back("/console/queue?state=blind", "blind")


# Many at once


def plan_bulk(app: App, request: Request) -> Response:
    """What a bulk ruling would touch."""
    wanted = _filter({**request.query, "page": ""})
    plan = app.desk.review.plan_bulk(_signed(request).who, wanted)
    policy = app.engine.book.versions[-1]
    return page(
        app,
        request,
        "bulk.html",
        plan=plan,
        wanted=wanted,
        clauses=policy.clauses,
        result=None,
        done=notice_of(request, _DONE),
    )


def bulk(app: App, request: Request) -> Response:
    """Carries a plan out."""
    form = request.form()
    result = app.desk.review.bulk(
        _signed(request).who,
        form.get("token", ""),
        _ruling(request),
        count=whole(form, "count", 0, least=0, most=100_000),
    )
    return page(app, request, "bulk.html", plan=None, wanted=None, clauses=(), result=result, done=_DONE["bulk"])


def undo_bulk(app: App, request: Request) -> Response:
    """Takes a bulk action back."""
    app.desk.review.undo_bulk(_signed(request).who, request.params["bulk"])
    return back("/console/queue?state=closed", "bulk-undone")


# Appeals


def appeals(app: App, request: Request) -> Response:
    """Appeals that the person may judge."""
    return page(
        app, request, "appeals.html", rows=app.desk.appeals.list(_signed(request).who), done=notice_of(request, _DONE)
    )


def appeal(app: App, request: Request) -> Response:
    """One appeal beside its case."""
    return _appeal(app, request, None)


def _appeal(app: App, request: Request, problem: TutelaError | None) -> Response:
    who = _signed(request).who
    task = app.desk.appeals.get(request.params["appeal"], who)
    view = app.desk.review.case(task.case_id, who)
    policy = app.desk.memory.policy_of(view.case)
    if task.text is not None:
        # Who appeals often repeats what was exposed.
        masked = masked_by_engine(
            app.engine, task.text, Item(surface="post", text=task.text, lang=view.case.lang or None)
        )
        task = msgspec.structs.replace(task, text=masked)
    return page(
        app, request, "appeal.html", status=422 if problem else 200, task=task, view=view, case=view.case, clauses=policy.clauses,
        masks=[entry.shown_as for entry in view.evidence], problem=problem,
    )  # fmt: skip


def judge(app: App, request: Request) -> Response:
    """Judges the appeal."""
    form = request.form()
    verdict = form.get("verdict")
    if verdict not in ("uphold", "reverse"):
        return _appeal(app, request, BadRequest("choose whether the decision stands", where="verdict"))
    try:
        ruling = _ruling(request) if form.get("action") else None
        app.desk.appeals.judge(
            request.params["appeal"], _signed(request).who, uphold=verdict == "uphold", reply=form.get("reply", "")[:4_000],
            ruling=ruling if verdict == "reverse" else None,
        )  # fmt: skip
    except (BadRequest, Conflict) as error:
        return _appeal(app, request, error)
    return back("/console/appeals", "judged")


def orders(app: App, request: Request) -> Response:
    """What left for the platform, and how it arrived."""
    state = request.query.get("state", "")
    if state not in ("", "due", "delivered", "dead"):
        raise BadRequest("due, delivered or dead", where="state")
    rows = app.desk.orders.list(state=state, limit=100, before=request.query.get("before", "")[:40])
    return page(
        app,
        request,
        "orders.html",
        rows=rows,
        state=state,
        done={"replayed": "Sent again."}.get(request.query.get("done", ""), ""),
    )


def replay(app: App, request: Request) -> Response:
    """Sends an order again."""
    app.desk.orders.replay(request.params["order"], actor=_signed(request).who.id)
    return back("/console/orders", "replayed")


def _route(method: str, path: str, work: Any, right: str) -> Route:
    if right not in get_args(Right):
        raise NotFound("no such right", where=right)
    return Route(method=method, path=f"/console/{path}", work=work, access=f"right:{right}", page=True)


ROUTES = [
    _route("GET", "queue", queue, "case.see"),
    _route("POST", "next", take_next, "case.decide"),
    _route("GET", "case/{case}", case, "case.see"),
    _route("POST", "case/{case}/take", take, "case.decide"),
    _route("POST", "case/{case}/heartbeat", heartbeat, "case.decide"),
    _route("POST", "case/{case}/release", release, "case.decide"),
    _route("POST", "case/{case}/reveal", reveal, "case.reveal"),
    _route("POST", "case/{case}/decide", decide, "case.decide"),
    _route("POST", "case/{case}/approve", approve, "case.approve"),
    _route("POST", "case/{case}/escalate", escalate, "case.escalate"),
    _route("POST", "case/{case}/undo", undo, "case.undo"),
    _route("POST", "case/{case}/note", note, "case.decide"),
    _route("POST", "case/{case}/hold", hold, "case.hold"),
    _route("GET", "blind/{case}", blind, "case.decide"),
    _route("POST", "blind/{case}", blind_rule, "case.decide"),
    _route("GET", "bulk", plan_bulk, "case.bulk"),
    _route("POST", "bulk", bulk, "case.bulk"),
    _route("POST", "bulk/{bulk}/undo", undo_bulk, "case.bulk"),
    _route("GET", "appeals", appeals, "appeal.judge"),
    _route("GET", "appeal/{appeal}", appeal, "appeal.judge"),
    _route("POST", "appeal/{appeal}", judge, "appeal.judge"),
    _route("GET", "orders", orders, "order.see"),
    _route("POST", "orders/{order}/replay", replay, "order.replay"),
]
