"""What all tests share: one loaded engine, and a seed that is printed."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tutela import Engine

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as a newcomer loads it."""
    return Engine.load()
