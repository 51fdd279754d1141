"""What every test of files needs: the fictional platform and a reader without a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import build

from tutela.extract.files.limits import Limits
from tutela.extract.files.readers import inspect
from tutela.extract.files.walk import Inspection
from tutela.settings import App, Platform

Read = Callable[..., Inspection]


@pytest.fixture(scope="session")
def key() -> build.Key:
    """The platform's own signing key."""
    return build.Key()


@pytest.fixture(scope="session")
def platform(key: build.Key) -> Platform:
    """The fictional platform of the policy guide."""
    app = App(id="com.murmura.app", signing_cert_sha256=(key.sha256,), apple_team_ids=("SPECIMEN99",))
    return Platform(name="Murmura", domains=("murmura.com", "murmura.app"), apps=(app,))


@pytest.fixture(scope="session")
def read(platform: Platform) -> Read:
    """Reads a file in this process."""

    def run(data: bytes, name: str = "file", hint: str = "", limits: Limits | None = None) -> Inspection:
        return inspect(data, name=name, part="media/0", platform=platform, text_hint=hint, limits=limits or Limits())

    return run
