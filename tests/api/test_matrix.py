"""Who may do what: every route by everyone. `access.txt` lists the routes; a new one has to be written down there, too."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest

from tests.api.running import PASSWORD, Service, running
from tutela import Engine
from tutela.api.routes import all_routes
from tutela.api.web import Route

LIST = Path(__file__).with_name("access.txt")
ROLES = ("reviewer", "lead", "analyst", "auditor", "admin")
# Written out by hand, not taken from the code: who has which right.
MAY = {
    "case.see": {"reviewer", "lead", "auditor", "admin"},
    "case.decide": {"reviewer", "lead"},
    "case.reveal": {"reviewer", "lead"},
    "case.escalate": {"reviewer", "lead"},
    "case.undo": {"reviewer", "lead"},
    "case.approve": {"lead"},
    "case.bulk": {"lead"},
    "case.hold": {"lead", "admin"},
    "appeal.judge": {"lead"},
    "order.see": {"reviewer", "lead", "auditor", "admin"},
    "order.replay": {"lead", "admin"},
    "policy.shadow": {"lead", "admin"},
    "people.manage": {"admin"},
    "keys.manage": {"admin"},
    "endpoint.manage": {"admin"},
}
ROUTES = [route for route in all_routes() if route.path not in ("/sign-out",)]


@pytest.fixture(scope="module")
def everyone(service: Service) -> dict[str, dict[str, str]]:
    """Headers by who asks."""
    found: dict[str, dict[str, str]] = {"nobody": {}}
    for role in ROLES:
        service.person(role, role)
        cookie, csrf = service.session(role)
        found[role] = {"Cookie": cookie, "X_Csrf_Token": csrf}
    for scope in ("check", "report", "read", "transparency", "admin"):
        made = service.desk.people.add_key(scope, [scope], actor="cli")  # type: ignore[list-item]
        found[f"key:{scope}"] = {"Authorization": f"Bearer {made.secret}"}
    service.app.forget_keys()
    return found


def allowed(route: Route, who: str) -> bool:
    kind, _, what = route.access.partition(":")
    if kind == "public":
        return True
    if kind == "key":
        return who == route.access
    if kind == "person":
        return who in ROLES
    if kind == "right":
        return who in MAY[what]
    return False


def test_every_route_is_written_down() -> None:
    listed = [f"{route.method} {route.path} {route.access}" for route in all_routes()]
    assert sorted(listed) == LIST.read_text().splitlines()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_only_who_may_gets_in(service: Service, everyone: dict[str, dict[str, str]], route: Route) -> None:
    path = route.path
    for place in (
        "{case}",
        "{token}",
        "{user}",
        "{key}",
        "{order}",
        "{appeal}",
        "{endpoint}",
        "{bulk}",
        "{reference}",
        "{check}",
        "{digest}",
        "{name}",
    ):
        path = path.replace(place, "none")
    body = b"" if route.method == "POST" else None
    for who, headers in everyone.items():
        status, told, _ = service.ask(path, body, method=route.method, **headers)
        assert status < 500, f"{who}: {status}"
        refused = status in (401, 403) or told.get("location", "").startswith("/sign-in?next")
        if route.path == "/sign-in" and route.method == "POST":
            assert status in (401, 429)
        else:
            assert refused != allowed(route, who), f"{who} got {status}"


def test_without_its_token_a_form_does_nothing(service: Service, everyone: dict[str, dict[str, str]]) -> None:
    cookie = {"Cookie": everyone["lead"]["Cookie"]}
    assert service.ask("/console/next", b"", **cookie)[0] == 403
    assert service.ask("/console/next", b"", **cookie, X_Csrf_Token="0" * 32)[0] == 403
    assert service.ask("/console/next", b"", **everyone["lead"], Origin="https://elsewhere.example")[0] == 403


def test_a_session_is_over_after_signing_out(service: Service) -> None:
    cookie, csrf = service.session("analyst")
    assert service.ask("/console", Cookie=cookie)[0] == 200
    assert service.ask("/sign-out", b"", Cookie=cookie, X_Csrf_Token=csrf)[0] == 303
    assert service.ask("/console", Cookie=cookie)[0] == 401


def test_a_one_time_link_works_once(service: Service) -> None:
    made = service.desk.people.invite("newcomer", (), actor="cli")
    form = b"password=correct+horse+battery&again=correct+horse+battery"
    assert service.ask(f"/join/{made.token}", form)[0] == 303
    assert service.ask(f"/join/{made.token}", form)[0] == 410


def test_pages_allow_no_script_or_style_from_elsewhere(service: Service) -> None:
    policy = service.ask("/sign-in")[1]["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path in ("/", "/report", "/advice", "/transparency", "/sign-in"):
        page = service.ask(path)[2].decode()
        assert " style=" not in page
        assert "<script>" not in page


def test_a_demanded_second_factor_keeps_people_out_until_it_is_on(tmp_path: Path, quick_engine: Engine) -> None:
    with running(tmp_path, quick_engine, demand_totp=True) as strict:
        strict.person("robin", "reviewer")
        cookie, csrf = strict.session("robin")
        assert strict.ask("/console/queue", Cookie=cookie)[1]["location"] == "/console/me"
        assert strict.ask("/console/next", b"", Cookie=cookie, X_Csrf_Token=csrf)[0] == 403
        secret, _ = strict.desk.people.start_totp(strict.desk.people.who(cookie.partition("=")[2]).who)
        form = f"secret={secret}&code={pyotp.TOTP(secret).now()}".encode()
        assert strict.ask("/console/me/second", form, Cookie=cookie, X_Csrf_Token=csrf)[0] == 303
        assert strict.ask("/console/queue", Cookie=cookie)[0] == 200
        signed = strict.desk.people.sign_in("robin", PASSWORD)
        assert strict.ask("/console/queue", Cookie=f"tutela_session={signed.token}")[0] == 401
