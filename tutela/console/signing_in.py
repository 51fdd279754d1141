"""How do people get in and out? Name and password, second factor, the one-time link, and their own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tutela.api.web import Request, Response, Route, redirect
from tutela.console.pages import back, notice_of, page
from tutela.desk.forms import SignedIn
from tutela.errors import BadRequest, NotSignedIn, TooMany, TutelaError

if TYPE_CHECKING:
    from tutela.api.app import App

_DONE = {
    "saved": "Saved.",
    "linked": "The account is linked; sign in with it from now on.", "totp": "The second factor is on.", "out": "You are signed out.", "password": "Your password is changed; sign in anew.",
}  # fmt: skip


def show_sign_in(app: App, request: Request) -> Response:
    """The form."""
    return page(
        app,
        request,
        "sign_in.html",
        oidc=app.settings.oidc is not None,
        next=_inside(request.query.get("next", "")),
        problem=None,
        done=notice_of(request, _DONE),
    )


def sign_in(app: App, request: Request) -> Response:
    """Takes name and password."""
    form = request.form()
    onward = _inside(form.get("next", ""))
    try:
        signed = app.desk.people.sign_in(form.get("name", ""), form.get("password", ""), address=request.address)
    except (NotSignedIn, TooMany) as error:
        return page(
            app,
            request,
            "sign_in.html",
            oidc=app.settings.oidc is not None,
            status=401 if isinstance(error, NotSignedIn) else 429,
            next=onward,
            problem=error,
            done="",
        )
    return redirect(onward if signed.whole else "/sign-in/second", session_cookie(signed, request))


def show_second(app: App, request: Request) -> Response:
    """The form for the second factor."""
    return page(app, request, "second.html", problem=None)


def second(app: App, request: Request) -> Response:
    """Takes the second factor's code."""
    assert request.session is not None
    try:
        signed = app.desk.people.second(request.session.token, request.form().get("code", ""))
    except NotSignedIn as error:
        return page(app, request, "second.html", status=401, problem=error)
    return redirect("/console", session_cookie(signed, request))


def show_join(app: App, request: Request) -> Response:
    """The form behind a one-time link."""
    name = app.desk.people.invited(request.params["token"])
    return page(app, request, "join.html", name=name, token=request.params["token"], problem=None)


def join(app: App, request: Request) -> Response:
    """Sets the first password and signs in."""
    form, token = request.form(), request.params["token"]
    try:
        if form.get("password", "") != form.get("again", ""):
            raise BadRequest("the two passwords differ", where="password")
        signed = app.desk.people.accept(token, form.get("password", ""))
    except BadRequest as error:
        return page(
            app, request, "join.html", status=422, name=app.desk.people.invited(token), token=token, problem=error
        )
    return redirect("/console", session_cookie(signed, request))


def sign_out(app: App, request: Request) -> Response:
    """Ends the session."""
    assert request.session is not None
    app.desk.people.sign_out(request.session.token)
    return redirect("/sign-in?done=out", ("set-cookie", _cleared(request)))


def show_me(app: App, request: Request) -> Response:
    """A person's own settings."""
    return _me(app, request, None)


def _me(app: App, request: Request, problem: TutelaError | None, *, secret: str = "") -> Response:
    assert request.session is not None
    address = ""
    if not request.session.who.has_totp or secret:
        fresh, address = app.desk.people.start_totp(request.session.who)
        if secret:
            address = address.replace(fresh, secret)
        else:
            secret = fresh
    return page(
        app, request, "me.html", oidc=app.settings.oidc is not None, status=422 if problem else 200, problem=problem, done=notice_of(request, _DONE), secret=secret,
        otpauth=address, drawing=_drawing(address),
    )  # fmt: skip


def save_me(app: App, request: Request) -> Response:
    """Saves how a person wants to see originals."""
    assert request.session is not None
    who, form = request.session.who, request.form()
    theme = form.get("theme", "auto")
    limit = form.get("reveals_a_day", "").strip()
    if theme not in ("auto", "light", "dark"):
        raise BadRequest("auto, light or dark", where="theme")
    if limit and not (limit.isdecimal() and len(limit) <= 5):
        return _me(app, request, BadRequest("a whole number is expected", where="reveals_a_day"))
    wanted = replace(
        who.preferences, blur="blur" in form, grey="grey" in form, mute="mute" in form, theme=theme,
        reveals_a_day=int(limit) if limit else None,
    )  # fmt: skip
    app.desk.people.set_preferences(who, wanted)
    if form.get("alias", "").strip() not in ("", who.alias):
        try:
            app.desk.people.set_alias(who, form["alias"])
        except BadRequest as error:
            return _me(app, request, error)
    return back("/console/me", "saved")


def start_totp(app: App, request: Request) -> Response:
    """Turns the second factor on."""
    assert request.session is not None
    form = request.form()
    try:
        app.desk.people.confirm_totp(request.session.who, form.get("secret", "")[:64], form.get("code", ""))
    except (NotSignedIn, ValueError) as error:
        problem = error if isinstance(error, TutelaError) else BadRequest("the secret is not in form")
        return _me(app, request, problem)
    return back("/console/me", "totp")


def change_password(app: App, request: Request) -> Response:
    """Sets a new password."""
    assert request.session is not None
    form = request.form()
    try:
        app.desk.people.change_password(request.session.who, form.get("old", ""), form.get("new", ""))
    except (NotSignedIn, BadRequest) as error:
        return _me(app, request, error)
    return redirect("/sign-in?done=password", ("set-cookie", _cleared(request)))


def session_cookie(signed: SignedIn, request: Request) -> tuple[str, str]:
    """The header that keeps a session in the browser."""
    from tutela.api.app import COOKIE

    secure = "; Secure" if request.secure else ""
    return ("set-cookie", f"{COOKIE}={signed.token}; Path=/; HttpOnly; SameSite=Lax{secure}")


def _cleared(request: Request) -> str:
    from tutela.api.app import COOKIE

    return f"{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{'; Secure' if request.secure else ''}"


def _inside(path: str) -> str:
    """A path of this service, for after the sign-in; never an address elsewhere."""
    return path if path.startswith("/console") and not path.startswith("//") and path.isprintable() else "/console"


def _drawing(address: str) -> str:
    """The address as a code to photograph: `SIZE|PATH` for an SVG; empty where there is nothing to draw it with."""
    if not address:
        return ""
    try:
        import zxingcpp
    except ModuleNotFoundError:
        return ""
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode)
    drawn: str = zxingcpp.write_barcode_to_svg(code, scale=1, add_quiet_zones=True)
    size = drawn.partition('<svg width="')[2].partition('"')[0]
    lines = drawn.partition(' d="')[2].partition('"')[0]
    return f"{size}|{lines}" if size.isdecimal() and lines else ""


ROUTES = [
    Route(method="GET", path="/sign-in", work=show_sign_in, access="public", page=True),
    Route(method="POST", path="/sign-in", work=sign_in, access="public", page=True),
    Route(method="GET", path="/sign-in/second", work=show_second, access="pending", page=True),
    Route(method="POST", path="/sign-in/second", work=second, access="pending", page=True),
    Route(method="GET", path="/join/{token}", work=show_join, access="public", page=True),
    Route(method="POST", path="/join/{token}", work=join, access="public", page=True),
    Route(method="POST", path="/sign-out", work=sign_out, access="person", page=True),
    Route(method="GET", path="/console/me", work=show_me, access="person", page=True),
    Route(method="POST", path="/console/me", work=save_me, access="person", page=True),
    Route(method="POST", path="/console/me/second", work=start_totp, access="person", page=True),
    Route(method="POST", path="/console/me/password", work=change_password, access="person", page=True),
]
