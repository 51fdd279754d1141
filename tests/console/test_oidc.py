"""Signing in by way of an identity provider: a small one of our own, on this machine, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.running import Service, running
from tutela import Engine
from tutela.api.app import ServeSettings
from tutela.console.oidc import Provider
from tutela.errors import BadSettings


class Vouching(ThreadingHTTPServer):
    """Says who somebody is: whatever `claims` holds, for the code that PKCE fits."""

    claims: dict[str, object]
    challenge = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Vouching

    def do_GET(self) -> None:
        url = self.server.url
        self._say({"issuer": url, "authorization_endpoint": url + "/authorize", "token_endpoint": url + "/token"})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        proof = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        )
        assert proof == self.server.challenge
        assert form["client_secret"] == ["s3cret-of-the-client"]
        body = base64.urlsafe_b64encode(json.dumps(self.server.claims).encode()).rstrip(b"=").decode()
        self._say({"id_token": f"e30.{body}.c2ln"})

    def _say(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def vouching() -> Iterator[Vouching]:
    server = Vouching(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, vouching: Vouching) -> Iterator[Service]:
    provider = Provider(
        issuer=vouching.url,
        client_id="tutela",
        client_secret="s3cret-of-the-client",
        public_url="http://tutela.example",
    )
    with running(
        tmp_path_factory.mktemp("oidc"), Engine.load(intent="off"), settings=ServeSettings(oidc=provider)
    ) as started:
        started.person("robin", "reviewer")
        yield started


def go(
    service: Service, vouching: Vouching, path: str, cookie: str = "", **claims: object
) -> tuple[int, dict[str, str], bytes]:
    """Away to the provider and back again."""
    _, headers, _ = service.ask(path, Cookie=cookie)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(headers["location"]).query).items()}
    assert asked["redirect_uri"] == "http://tutela.example/sign-in/oidc/back"
    vouching.challenge = asked["code_challenge"]
    vouching.claims = {
        "iss": vouching.url, "sub": "robin-at-work", "aud": "tutela", "exp": int(time.time()) + 60, "nonce": asked["nonce"], **claims,
    }  # fmt: skip
    kept = headers["set-cookie"].split(";")[0]
    return service.ask(f"/sign-in/oidc/back?code=abc&state={asked['state']}", Cookie=f"{kept}; {cookie}")


def test_an_account_signs_in_after_it_was_linked_and_not_before(service: Service, vouching: Vouching) -> None:
    assert go(service, vouching, "/sign-in/oidc")[0] == 401
    cookie, _ = service.session("robin")
    status, headers, body = go(service, vouching, "/console/me/oidc", cookie)
    assert (status, headers["location"]) == (303, "/console/me?done=linked"), body
    status, headers, _ = go(service, vouching, "/sign-in/oidc")
    assert (status, headers["location"]) == (303, "/console")


@pytest.mark.parametrize(
    "wrong",
    [{"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "https://elsewhere.example"}, {"exp": 1}, {"aud": ["tutela", "other"]}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_a_token_for_something_else_is_refused(service: Service, vouching: Vouching, wrong: dict[str, object]) -> None:
    assert go(service, vouching, "/sign-in/oidc", **wrong)[0] == 401


def test_an_answer_nobody_asked_for_is_refused(service: Service) -> None:
    assert service.ask("/sign-in/oidc/back?code=abc&state=forged")[0] == 401
    assert service.ask("/sign-in/oidc/back?code=abc&state=x", Cookie="tutela_oidc=e30.00")[0] == 401


def test_a_provider_without_tls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        Provider(issuer="http://login.example", client_id="a", client_secret="b", public_url="http://tutela.example")
