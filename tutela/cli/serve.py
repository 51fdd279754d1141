"""`tutela serve`: start the service, with its database inside, on this machine."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutela.errors import BadSettings, MissingPart

if TYPE_CHECKING:
    from tutela.desk import Desk


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default this machine alone can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65_535)] = 8000,
    database: Annotated[
        str, typer.Option(help="sqlite:///FILE or postgresql://…; several processes may share the latter.")
    ] = "",
    keys: Annotated[
        Path | None, typer.Option(help="The key ring; made at the first start. Back it up apart from the database.")
    ] = None,
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    intent: Annotated[str, typer.Option(help="on, or off: do not judge what a text is trying to do.")] = "on",
    public_url: Annotated[
        str, typer.Option(help="Where people reach the public pages; stands in notices' links.")
    ] = "",
    require_key: Annotated[
        bool, typer.Option("--require-key", help="Ask callers on this machine for a key, too.")
    ] = False,
    demand_second_factor: Annotated[
        bool, typer.Option("--demand-second-factor", help="Let nobody in without one.")
    ] = False,
    oidc_issuer: Annotated[
        str, typer.Option(help="The identity provider people sign in with; its secret is read from TUTELA_OIDC_SECRET.")
    ] = "",
    oidc_client: Annotated[str, typer.Option(help="What the identity provider calls this service.")] = "",
    power_safe: Annotated[bool, typer.Option(help="Survive a power cut, not only the end of the process.")] = True,
    logs: Annotated[bool, typer.Option(help="One line of JSON for each request on standard error.")] = True,
) -> int:
    """Start the service: API, console, public pages, background work."""
    if intent not in ("on", "off"):
        raise typer.BadParameter("on or off", param_hint="--intent")
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise MissingPart("uvicorn is not installed", next_step="pip install 'tutela[desk]'") from None
    from tutela.api.app import App, ServeSettings
    from tutela.console.oidc import Provider
    from tutela.desk import Desk, DeskSettings, KeyRing
    from tutela.engine import Engine

    place = Path("var")
    address = database or f"sqlite:///{place / 'tutela.db'}"
    ring = keys or place / "tutela.keys"
    ring.parent.mkdir(parents=True, exist_ok=True)
    url = public_url or f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
    engine = Engine.load(platform=platform, policy=policy, intent="on" if intent == "on" else "off")
    opened = KeyRing.open(ring)
    desk = Desk.open(
        address, engine=engine, keys=opened, power_safe=power_safe,
        settings=DeskSettings(public_url=url, demand_totp=demand_second_factor),
    )  # fmt: skip
    provider = None
    if oidc_issuer:
        secret = os.environ.get("TUTELA_OIDC_SECRET", "")
        provider = Provider(issuer=oidc_issuer, client_id=oidc_client, client_secret=secret, public_url=url)
    settings = ServeSettings(open_checks=not require_key, logs=logs, oidc=provider)
    app = App(desk=desk, engine=engine, keys=opened, settings=settings)
    # What is loaded now lives as long as the process: the collector need not walk it under every request.
    gc.collect()
    gc.freeze()
    # The loop, the judge and the writer share one interpreter: at Python's 5 ms a turn, an answer waits for the slowest.
    sys.setswitchinterval(0.001)
    gc.set_threshold(20_000, 50, 50)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="on", server_header=False, timeout_graceful_shutdown=20,
        timeout_keep_alive=20, h11_max_incomplete_event_size=64 << 10,
    )  # fmt: skip
    server = uvicorn.Server(config)
    threading.Thread(target=_greet, args=(server, desk, url), daemon=True).start()
    server.run()
    if not server.started:
        raise BadSettings("the service could not start", where=f"{host}:{port}", next_step="is the port in use?")
    return 0


def _greet(server: Any, desk: Desk, url: str) -> None:
    """Says where the service is once it can be reached, and, while nobody can sign in, the one-time link."""
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    own = url if not url.endswith(":0") else f"{url[:-1]}{port}"
    print(f"Tutela listens on {own}", file=sys.stderr)
    invitation = desk.people.first_invitation()
    if invitation is not None:
        print(f"Administrator's one-time link: {own}/join/{invitation.token}", file=sys.stderr, flush=True)
