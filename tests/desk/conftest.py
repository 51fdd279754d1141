"""A desk on a database of its own: a file, or PostgreSQL where a test asks for both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tutela.desk import Desk, DeskSettings, KeyRing
from tutela.engine import Engine

from . import server
from .making import Clock, Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server.running() as address:
        yield address


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where the desk is; tests that run on both databases override it by `both`."""
    return str(tmp_path / "desk.db")


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "both.db")
    return server.fresh_database(request.getfixturevalue("postgres"), f"t{abs(hash(request.node.name)) % 10**12}")


def open_desk(database: str, tmp_path: Path, clock: Clock, receiver: Receiver, **more: object) -> Desk:
    # The engine is loaded only by a test that judges something: most of what a desk does needs none.
    return Desk.open(
        database,
        engine=partial(Engine.load, intent="off"),
        keys=KeyRing.open(tmp_path / "desk.keys"),
        clock=clock,
        settings=DeskSettings(blind_share=0.0, **more),  # type: ignore[arg-type]
        sender=receiver,
        power_safe=False,
    )


@pytest.fixture
def desk(database: str, tmp_path: Path, clock: Clock, receiver: Receiver) -> Iterator[Desk]:
    opened = open_desk(database, tmp_path, clock, receiver)
    yield opened
    opened.close()
