"""What can anyone do, without signing in? Report, follow up, read a notice, appeal, ask for advice, see the figures."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from tutela.api.web import Request, Response, Route, redirect, status_of
from tutela.console.pages import page
from tutela.console.plots import bars, days_plot
from tutela.desk.advice import advise
from tutela.desk.forms import Affected, ReportForm, Topic, Transparency, Urgency
from tutela.errors import BadRequest, Conflict, Expired, NotFound, TooMany, TutelaError

if TYPE_CHECKING:
    from tutela.api.app import App

LANGUAGES = ("en", "es", "fr", "de", "pt", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})
_PRIVATE = ("phone", "address", "financial", "credentials", "identity", "threat", "location", "image", "other_private")
_DAYS = 30
# Parts of a picture as a person points at them: x, y, width, height in shares of it.
_REGIONS = {
    f"{row}{column}": (column / 3, row / 3, 1 / 3, 1 / 3) for row in range(3) for column in range(3)
}  # fmt: skip
_FIELDS = (
    "topic",
    "where",
    "affected",
    "urgency",
    "what",
    "quote",
    "contact",
    "from_s",
    "to_s",
    "region",
    "good_faith",
)


@cache
def words(lang: str) -> dict[str, str]:
    """What the pages say in a language."""
    return tomllib.loads((files("tutela.console") / "words" / f"{lang}.toml").read_text("utf-8"))


def language_of(request: Request) -> str:
    """`?lang=` first, then what the browser asks for, else English."""
    chosen = request.query.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    for entry in request.headers.get("accept-language", "")[:200].split(","):
        tag = entry.split(";", 1)[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return "en"


def public(app: App, request: Request, template: str, *, lang: str = "", status: int = 200, **content: Any) -> Response:
    """A public page in the reader's language."""
    lang = lang or language_of(request)
    return page(
        app, request, template, status=status, lang=lang, w=words(lang), rtl=lang in RIGHT_TO_LEFT, query=request.query,
        languages=[(name, words(name)["language"]) for name in LANGUAGES], **content,
    )  # fmt: skip


def home(app: App, request: Request) -> Response:
    """The way to everything public."""
    return public(app, request, "home.html")


def show_report(app: App, request: Request) -> Response:
    """The form."""
    return _form(
        app, request, {"where": request.query.get("where", "")[:2_000], "topic": request.query.get("topic", "")}, None
    )


def _form(app: App, request: Request, given: dict[str, str], problem: TutelaError | None) -> Response:
    return public(
        app, request, "report.html", status=200 if problem is None else status_of(problem), given={**dict.fromkeys(_FIELDS, ""), **given}, problem=problem,
        private=_PRIVATE, security=[topic for topic in get_args(Topic) if topic not in _PRIVATE],
        affected=get_args(Affected), urgencies=get_args(Urgency),
    )  # fmt: skip


def report(app: App, request: Request) -> Response:
    """Files a report."""
    given = {name: value.strip() for name, value in request.form().items()}
    try:
        form = _read_report(given, language_of(request))
        receipt = app.desk.reports.file(form, address=request.address)
    except (BadRequest, TooMany) as error:
        return _form(app, request, given, error)
    return public(app, request, "sent.html", status=201, receipt=receipt)


def _read_report(given: dict[str, str], lang: str) -> ReportForm:
    fields: dict[str, Any] = {
        name: given[name]
        for name in ("topic", "affected", "urgency", "where", "what", "quote", "contact")
        if given.get(name)
    }
    for name in ("from_s", "to_s"):
        if given.get(name):
            try:
                fields[name] = float(given[name])
            except ValueError:
                raise BadRequest("a number of seconds is expected", where=name) from None
    if given.get("region"):
        fields["region"] = _REGIONS.get(given["region"])
    try:
        return msgspec.convert({"where": "", **fields, "lang": lang, "good_faith": "good_faith" in given}, ReportForm)
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].rstrip("`") if "$." in str(error) else "topic"
        raise BadRequest("choose one", where=name[:20]) from None


def show_follow(app: App, request: Request) -> Response:
    """The form for a reference."""
    return public(app, request, "follow.html", status_=None, problem=None, reference="")


def follow(app: App, request: Request) -> Response:
    """How a report stands."""
    form = request.form()
    reference = form.get("reference", "").strip()[:80]
    try:
        found = app.desk.reports.withdraw(reference) if "withdraw" in form else app.desk.reports.status(reference)
    except (NotFound, TooMany, Conflict) as error:
        return public(
            app, request, "follow.html", status=status_of(error), status_=None, problem=error, reference=reference
        )
    return public(app, request, "follow.html", status_=found, problem=None, reference=reference)


def outcome(app: App, request: Request) -> Response:
    """Leads the holder of a reference to the notice about the outcome."""
    token = app.desk.reports.notice_token(request.form().get("reference", "").strip()[:80])
    if token is None:
        raise NotFound("there is no outcome yet", where="reference")
    return redirect(f"/notice/{token}?lang={language_of(request)}")


def show_confirm(app: App, request: Request) -> Response:
    """A button, not the deed: programs that look at mail open every link in it."""
    return public(app, request, "confirm.html", token=request.params["token"], confirmed=False)


def confirm(app: App, request: Request) -> Response:
    """Confirms a contact."""
    app.desk.reports.confirm(request.params["token"])
    return public(app, request, "confirm.html", token="", confirmed=True)


def show_notice(app: App, request: Request) -> Response:
    """A notice by its link, in its reader's language."""
    return _notice(app, request, None)


def _notice(app: App, request: Request, problem: TutelaError | None, text: str = "") -> Response:
    chosen = request.query.get("lang", "")
    notice = app.desk.notices.read(request.params["token"], lang=chosen if chosen in LANGUAGES else "")
    lang = notice.lang if notice.lang in LANGUAGES else "en"
    return public(
        app, request, "notice.html", lang=lang, status=200 if problem is None else status_of(problem), notice=notice,
        token=request.params["token"], problem=problem, text=text,
    )  # fmt: skip


def appeal(app: App, request: Request) -> Response:
    """Files an appeal."""
    text = request.form().get("text", "")
    try:
        app.desk.appeals.file(request.params["token"], text)
    except (BadRequest, Conflict, Expired) as error:
        return _notice(app, request, error, text[:4_000])
    return redirect(f"/notice/{request.params['token']}?lang={language_of(request)}")


def show_advice(app: App, request: Request) -> Response:
    """The form."""
    return public(app, request, "advice.html", advice=None, problem=None)


def advice(app: App, request: Request) -> Response:
    """Looks at what was pasted; nothing is stored, and the page does not repeat it."""
    try:
        app.slow_down(request.address)
        found = advise(app.engine, request.form().get("text", ""), lang=language_of(request))
    except (BadRequest, TooMany) as error:
        return public(app, request, "advice.html", status=status_of(error), advice=None, problem=error)
    return public(app, request, "advice.html", advice=found, problem=None)


def period_of(request: Request) -> tuple[str, str]:
    """`?since=` and `?until=`, else the last 30 days."""
    today = datetime.now(UTC).date()
    return request.query.get("since") or (today - timedelta(days=_DAYS - 1)).isoformat(), request.query.get(
        "until"
    ) or today.isoformat()


def figures(app: App, request: Request) -> Response:
    """The figures of a period."""
    since, until = period_of(request)
    found: Transparency = app.desk.transparency.figures(since, until)
    lang = language_of(request)
    titles = {
        clause.id: (clause.wording.get(lang) or clause.wording["en"]).title
        for clause in app.engine.book.versions[-1].clauses
    }
    w = words(lang)

    def named(table: dict[str, int], name: Callable[[str], str] = str) -> list[tuple[str, int]]:
        rows = sorted(table.items(), key=lambda row: -row[1])
        return [(name(key) if key else w["unknown"], count) for key, count in rows if count]

    return public(
        app, request, "figures.html", lang=lang, found=found, days=days_plot(_every_day(found.days, since, until), w["f_decisions"], w["f_violations"]),
        tables=[
            (w["f_by_clause"], bars(named(found.clauses, lambda key: titles.get(key, key)))),
            (w["f_by_action"], bars(named(found.actions))),
            (w["f_by_surface"], bars(named(found.surfaces))),
            (w["f_by_language"], bars(named(found.languages))),
            (w["f_by_source"], bars(named(found.sources))),
            (w["f_automation"], bars(named(found.automation, lambda key: w.get(f"n_{key}", key)))),
        ],
        since=since, until=until,
    )  # fmt: skip


def _every_day(days: tuple[tuple[str, int, int], ...], since: str, until: str) -> list[tuple[str, int, int]]:
    """The days with those on which nothing was counted, for periods that fit a plot."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    known = {day: (day, whole, part) for day, whole, part in days}
    if not 0 <= (last - first).days <= 120:
        return list(days)
    names = ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
    return [known.get(name, (name, 0, 0)) for name in names]


def figures_csv(app: App, request: Request) -> Response:
    """The counts as CSV."""
    since, until = period_of(request)
    text = app.desk.transparency.csv(since, until)
    return Response(
        body=text.encode(),
        type="text/csv",
        headers=(("content-disposition", 'attachment; filename="tutela-figures.csv"'),),
    )


def _route(method: str, path: str, work: Any, **more: Any) -> Route:
    return Route(method=method, path=path, work=work, access="public", page=True, gives_type="text/html", **more)


ROUTES = [
    _route("GET", "/", home),
    _route("GET", "/report", show_report),
    _route("POST", "/report", report),
    _route("GET", "/report/follow", show_follow),
    _route("POST", "/report/follow", follow),
    _route("POST", "/report/outcome", outcome),
    _route("GET", "/report/confirm/{token}", show_confirm),
    _route("POST", "/report/confirm/{token}", confirm),
    _route("GET", "/notice/{token}", show_notice),
    _route("POST", "/notice/{token}/appeal", appeal),
    _route("GET", "/advice", show_advice),
    _route("POST", "/advice", advice),
    _route("GET", "/transparency", figures),
    _route("GET", "/transparency.csv", figures_csv),
]
