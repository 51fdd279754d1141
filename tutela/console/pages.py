"""How does a page come about? Templates, what every page knows, and the small words in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from tutela.api.web import Request, Response, Route, redirect
from tutela.errors import MissingPart, NotFound

if TYPE_CHECKING:
    from tutela.api.app import App

ACTION_WORDS = {
    "allow": "Allow", "warn": "Warn", "redact": "Redact", "restrict": "Restrict", "review": "In review", "remove": "Remove",
}  # fmt: skip
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def page(
    app: App,
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    **content: Any,
) -> Response:
    """A page from its template."""
    session = request.session
    who = session.who if session is not None and session.whole else None
    rights: frozenset[str] = app.desk.people.rights(who) if who is not None else frozenset()
    body = _templates().get_template(template).render(
        who=who, csrf=session.csrf if session else "", rights=rights, here=request.path, asset=asset,
        theme=who.preferences.theme if who else "auto", platform=app.engine.platform.name or "", now=datetime.now(UTC), **content,
    )  # fmt: skip
    return Response(body=body.encode("utf-8", "replace"), status=status, type="text/html", headers=headers)


def error_page(app: App, request: Request, response: Response) -> Response:
    """A refusal as a page; `response` is the problem it says."""
    problem = msgspec.json.decode(response.body)
    shown = page(app, request, "error.html", status=response.status, problem=problem)
    return msgspec.structs.replace(shown, headers=response.headers)


def notice_of(request: Request, words: dict[str, str]) -> str:
    """What a page says about the step just done: a name in `?done=`, looked up in a closed list."""
    return words.get(request.query.get("done", ""), "")


def back(path: str, done: str = "") -> Response:
    """After a form: to the page, with a word about what was done."""
    return redirect(f"{path}{'&' if '?' in path else '?'}done={done}" if done else path)


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    folder = files("tutela.console") / "static"
    return {
        entry.name: (entry.read_bytes(), _TYPES["." + entry.name.rsplit(".", 1)[-1]])
        for entry in folder.iterdir()
        if "." + entry.name.rsplit(".", 1)[-1] in _TYPES
    }


@cache
def asset(name: str) -> str:
    """A static file's address, with its digest: it may be kept for ever."""
    return f"/static/{hashlib.sha256(_assets()[name][0]).hexdigest()[:12]}/{name}"


def static(_: App, request: Request) -> Response:
    """A file of the pages."""
    found = _assets().get(request.params["name"])
    if found is None:
        raise NotFound("there is no such file")
    return Response(body=found[0], type=found[1], headers=(("cache-control", "public, max-age=31536000, immutable"),))


ROUTES = [Route(method="GET", path="/static/{digest}/{name}", work=static, access="public", gives_type="text/css")]


@cache
def _templates() -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError:
        raise MissingPart("jinja2 is not installed", next_step="pip install 'tutela[desk]'") from None
    made = Environment(
        loader=FileSystemLoader(str(files("tutela.console") / "templates")), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined, auto_reload=False,
    )  # fmt: skip
    shown: dict[str, Callable[..., str]] = {
        "ago": ago, "until": until, "moment": moment, "count": count, "share": share, "span": span, "action": _action,
        "marked": marked, "plain": plain,
    }  # fmt: skip
    made.filters.update(shown)
    return made


def _action(name: str) -> str:
    return ACTION_WORDS.get(name, name)


def _at(when: datetime | int | None) -> datetime | None:
    return datetime.fromtimestamp(when / 1_000_000, UTC) if isinstance(when, int) else when


def ago(when: datetime | int | None) -> str:
    """`3 min`, `2 h`, `4 d` since then."""
    at = _at(when)
    return "" if at is None else span((datetime.now(UTC) - at).total_seconds())


def until(when: datetime | int | None) -> str:
    """`in 3 h`, or `2 h over`."""
    at = _at(when)
    if at is None:
        return ""
    left = (at - datetime.now(UTC)).total_seconds()
    return f"in {span(left)}" if left >= 0 else f"{span(-left)} over"


def span(seconds: float | None) -> str:
    """A length of time in its largest fitting unit."""
    if seconds is None:
        return "–"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def moment(when: datetime | int | None) -> str:
    """`22 Nov 2026, 14:05 UTC`."""
    at = _at(when)
    return "" if at is None else f"{at.day} {at:%b %Y, %H:%M} UTC"


def count(number: float | None) -> str:
    """A number with its thousands set apart."""
    return "–" if number is None else f"{number:,.0f}".replace(",", "\u202f")


def share(part: float | None) -> str:
    """A share as percent; a dash where nothing was counted."""
    return "–" if part is None else f"{part * 100:.0f}\u202f%"


def plain(name: str) -> str:
    """A name of ours as a person would write it: `other_private` is `other private`."""
    return name.replace("_", " ").replace(".", " ")


def marked(text: str, masks: list[str]) -> Any:
    """A masked text with its masks marked, in their order."""
    from markupsafe import Markup

    pieces: list[Any] = []
    done = 0
    while True:
        found = [(text.find(mask, done), mask) for mask in masks if mask]
        hits = [(at, -len(mask), mask) for at, mask in found if at >= 0]
        if not hits:
            break
        at, _, mask = min(hits)
        pieces += [text[done:at], Markup("<mark>{}</mark>").format(mask)]
        done = at + len(mask)
        if len(pieces) > 2_000:
            break
    pieces.append(text[done:])
    return Markup("").join(pieces)


def spans_marked(text: str, spans: list[tuple[int, int]]) -> Any:
    """A text in the clear with spans (start, end in code points) marked."""
    from markupsafe import Markup

    pieces: list[Any] = []
    done = 0
    for start, end in sorted(spans):
        if end <= done:
            continue
        start = max(start, done)
        pieces += [text[done:start], Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    pieces.append(text[done:])
    return Markup("").join(pieces)
