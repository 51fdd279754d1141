"""A desk on a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tutela import Engine
from tutela.desk import Desk, DeskSettings, KeyRing

from .making import Clock, Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def desk(tmp_path: Path, engine: Engine, clock: Clock, receiver: Receiver) -> Iterator[Desk]:
    opened = Desk.open(
        str(tmp_path / "desk.db"),
        engine=engine,
        keys=KeyRing.open(tmp_path / "desk.keys"),
        clock=clock,
        settings=DeskSettings(blind_share=0.0),
        sender=receiver,
        power_safe=False,
    )
    yield opened
    opened.close()
