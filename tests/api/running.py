"""A service on a port of its own, in this process, for tests that ask it over real HTTP."""

from __future__ import annotations

import io
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from typing import Any

import uvicorn

from tutela import Engine
from tutela.api.app import App, ServeSettings
from tutela.desk import Desk, DeskSettings, KeyRing
from tutela.desk.forms import Grant
from tutela.enforce.sending import Answer

PASSWORD = "correct horse battery"


class Service:
    """The running service: where it is, its desk, what it logged and what it sent."""

    def __init__(self, url: str, app: App, folder: Path) -> None:
        self.url, self.app, self.desk, self.folder = url, app, app.desk, folder
        self.logged = io.StringIO()
        self.sent: list[dict[str, Any]] = []

    def ask(
        self, path: str, body: object = None, *, method: str = "", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One request: status, headers, body. A body that is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.url + path, data=data, headers=named, method=method or ("POST" if data is not None else "GET")
        )
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()

    def person(self, name: str, *roles: str) -> str:
        """Somebody with these roles and the tests' password; their id."""
        grants = tuple(Grant(role=role) for role in roles)  # type: ignore[arg-type]
        invited = self.desk.people.invite(name, grants, actor="cli")
        self.desk.people.accept(invited.token, PASSWORD)
        return invited.user_id

    def session(self, name: str) -> tuple[str, str]:
        """A signed-in person's cookie and CSRF token."""
        signed = self.desk.people.sign_in(name, PASSWORD)
        return f"tutela_session={signed.token}", signed.csrf


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


@contextmanager
def running(
    folder: Path, engine: Engine, *, settings: ServeSettings | None = None, **desk_settings: Any
) -> Iterator[Service]:
    """Starts a service and ends it."""
    keys = KeyRing.open(folder / "tutela.keys")
    sent: list[dict[str, Any]] = []

    def sender(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent.append({"url": url, "headers": headers, **json.loads(body)})
        return Answer(status=200)

    desk = Desk.open(
        str(folder / "tutela.db"), engine=engine, keys=keys, power_safe=False, sender=sender,
        settings=DeskSettings(blind_share=0.0, reports_an_hour=1_000, **desk_settings),
    )  # fmt: skip
    app = App(desk=desk, engine=engine, keys=keys, settings=settings or ServeSettings())
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on", server_header=False)
    )
    service = Service("", app, folder)
    service.sent = sent
    with redirect_stderr(service.logged):
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        started = time.monotonic()
        while not server.started:
            assert thread.is_alive(), "the service ended while it started"
            assert time.monotonic() - started < 60, "the service did not start within a minute"
            time.sleep(0.01)
        service.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield service
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive(), "the service did not end"
