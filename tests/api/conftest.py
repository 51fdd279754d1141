"""One service for the tests of a file, with a fast engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.running import Service, running
from tutela import Engine


@pytest.fixture(scope="session")
def quick_engine() -> Engine:
    """Without the intent model: what the service does with a decision does not hang on it."""
    return Engine.load(intent="off")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, quick_engine: Engine) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service"), quick_engine) as started:
        yield started
