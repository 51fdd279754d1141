"""How does somebody sign in whom the operator's identity provider vouches for? OpenID Connect, code flow with PKCE.

A person links the account once, signed in with password; from then on either way leads in. Sources: OpenID Connect Core
1.0 (incorporating errata set 2), RFC 7636 (PKCE), RFC 9207 is not needed for a single issuer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from tutela.api.web import Request, Response, Route, redirect
from tutela.console.signing_in import session_cookie
from tutela.errors import BadSettings, MissingPart, NotFound, NotSignedIn, StoreGone

if TYPE_CHECKING:
    from tutela.api.app import App

_COOKIE = "tutela_oidc"
_PATH = "/sign-in/oidc"
_WAIT_S = 600
_TIMEOUT_S = 10.0
_LEEWAY_S = 60


class Provider(Struct, frozen=True, kw_only=True):
    """The operator's identity provider. `public_url` is where this service is reached: the way back is registered there."""

    issuer: str
    client_id: str
    client_secret: str
    public_url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            # The identity token's signature is not looked at, as OpenID Connect Core 3.1.3.7 (6) allows: TLS stands for it.
            raise BadSettings("an https address is expected", where="oidc issuer", next_step="use https://…")


class _Known(Struct):
    authorization_endpoint: str
    token_endpoint: str
    issuer: str


class _Tokens(Struct):
    id_token: str


class _Claims(Struct):
    iss: str
    sub: str
    aud: str | list[str]
    exp: int
    nonce: str = ""
    azp: str = ""


class _Started(Struct):
    state: str
    nonce: str
    verifier: str
    until: int
    link: str = ""


def start(app: App, request: Request) -> Response:
    """Sends the browser to the provider."""
    return _away(app, request, link="")


def start_link(app: App, request: Request) -> Response:
    """Sends a signed-in person to the provider, to link the account there."""
    assert request.session is not None
    return _away(app, request, link=request.session.who.id)


def _away(app: App, request: Request, *, link: str) -> Response:
    provider = _provider(app)
    known = _discover(provider)
    started = _Started(
        state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48),
        until=int(time.time()) + _WAIT_S, link=link,
    )  # fmt: skip
    challenge = base64.urlsafe_b64encode(hashlib.sha256(started.verifier.encode()).digest()).rstrip(b"=").decode()
    query = urlencode(
        {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": _back_url(provider), "scope": "openid",
            "state": started.state, "nonce": started.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }
    )  # fmt: skip
    joint = "&" if "?" in known.authorization_endpoint else "?"
    return redirect(f"{known.authorization_endpoint}{joint}{query}", ("set-cookie", _sealed(app, request, started)))


def come_back(app: App, request: Request) -> Response:
    """Takes the provider's answer and signs in, or links. Raises NotSignedIn (T401)."""
    provider = _provider(app)
    started = _opened(app, request)
    if started is None or not secrets.compare_digest(started.state.encode(), request.query.get("state", "").encode()):
        raise NotSignedIn("this sign-in was not started here, or long ago", next_step="start again")
    if not request.query.get("code"):
        raise NotSignedIn("the identity provider did not vouch for anybody", next_step="start again")
    claims = _claims(provider, request.query["code"], started)
    people = app.desk.people
    if started.link:
        from tutela.api.app import COOKIE

        session = people.who(request.cookie(COOKIE))
        if session.who.id != started.link:
            raise NotSignedIn("somebody else is signed in now", next_step="start again")
        people.oidc_link(session.who, claims.iss, claims.sub)
        return redirect("/console/me?done=linked", ("set-cookie", _over(request)))
    signed = people.oidc_sign_in(claims.iss, claims.sub)
    return redirect("/console", session_cookie(signed, request), ("set-cookie", _over(request)))


def _claims(provider: Provider, code: str, started: _Started) -> _Claims:
    known = _discover(provider)
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": _back_url(provider), "code_verifier": started.verifier,
        "client_id": provider.client_id, "client_secret": provider.client_secret,
    }  # fmt: skip
    token = _fetch(known.token_endpoint, _Tokens, form).id_token
    try:
        body = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=_Claims)
    except (IndexError, binascii.Error, msgspec.MsgspecError, UnicodeDecodeError):
        raise NotSignedIn("the identity provider's token is not in form", where="id_token") from None
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    fits = (
        claims.iss == known.issuer
        and provider.client_id in audience
        and (len(audience) == 1 or claims.azp == provider.client_id)
        and claims.exp > time.time() - _LEEWAY_S
        and secrets.compare_digest(claims.nonce.encode(), started.nonce.encode())
    )
    if not fits:
        raise NotSignedIn(
            "the identity provider's token is not for this sign-in", where="id_token", next_step="start again"
        )
    return claims


def _provider(app: App) -> Provider:
    if app.settings.oidc is None:
        raise NotFound("no identity provider is set up here")
    return app.settings.oidc


def _discover(provider: Provider) -> _Known:
    known: _Known = _fetch(provider.issuer.rstrip("/") + "/.well-known/openid-configuration", _Known, None)
    if known.issuer.rstrip("/") != provider.issuer.rstrip("/"):
        raise NotSignedIn("the identity provider calls itself by another name", where="issuer")
    return known


def _fetch(url: str, type: Any, form: dict[str, str] | None) -> Any:
    try:
        import httpx
    except ModuleNotFoundError:
        raise MissingPart("httpx is not installed", next_step="pip install 'tutela[desk]'") from None
    try:
        with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
            reply = client.get(url) if form is None else client.post(url, data=form)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StoreGone(f"the identity provider cannot be reached ({error.__class__.__name__})") from None
    if reply.status_code != 200 or len(reply.content) > 1 << 20:
        raise NotSignedIn(f"the identity provider answered {reply.status_code}", next_step="start again")
    try:
        return msgspec.json.decode(reply.content, type=type)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotSignedIn("the identity provider's answer is not in form", next_step="start again") from None


def _back_url(provider: Provider) -> str:
    return provider.public_url.rstrip("/") + _PATH + "/back"


def _sealed(app: App, request: Request, started: _Started) -> str:
    body = base64.urlsafe_b64encode(msgspec.json.encode(started)).decode()
    mark = app.keys.token_hash(f"oidc:{body}").hex()
    secure = "; Secure" if request.secure else ""
    return f"{_COOKIE}={body}.{mark}; Path={_PATH}; Max-Age={_WAIT_S}; HttpOnly; SameSite=Lax{secure}"


def _opened(app: App, request: Request) -> _Started | None:
    body, _, mark = request.cookie(_COOKIE).partition(".")
    if not body or not secrets.compare_digest(
        app.keys.token_hash(f"oidc:{body}").hex().encode(), mark.encode("utf-8", "replace")
    ):
        return None
    started = msgspec.json.decode(base64.urlsafe_b64decode(body), type=_Started)
    return started if started.until > time.time() else None


def _over(request: Request) -> str:
    return f"{_COOKIE}=; Path={_PATH}; Max-Age=0; HttpOnly; SameSite=Lax{'; Secure' if request.secure else ''}"


ROUTES = [
    Route(method="GET", path=_PATH, work=start, access="public", page=True),
    Route(method="GET", path=_PATH + "/back", work=come_back, access="public", page=True),
    Route(method="GET", path="/console/me/oidc", work=start_link, access="person", page=True),
]
