"""What is counted, for Prometheus? Names and labels from closed lists: routes as templates, never a path, a value or a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from tutela.errors import MissingPart
from tutela.model import Decision


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        try:
            from prometheus_client import CollectorRegistry, Gauge, Histogram
            from prometheus_client import Counter as Counts
        except ModuleNotFoundError:
            raise MissingPart("prometheus-client is not installed", next_step="pip install 'tutela[desk]'") from None
        self._registry = CollectorRegistry()
        requests = Counts(
            "tutela_requests_total", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        seconds = Histogram(
            "tutela_request_seconds", "From the request's last byte to the answer.", ("route",), registry=self._registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )  # fmt: skip
        decisions = Counts("tutela_decisions_total", "Items decided.", ("action", "clause"), registry=self._registry)
        self._gauge = Gauge
        # Finding a labelled child costs more than counting with it.
        self._request = lru_cache(4096)(requests.labels)
        self._second = lru_cache(512)(seconds.labels)
        self._decision = lru_cache(512)(decisions.labels)

    def watch(self, name: str, says: str, reading: Callable[[], float]) -> None:
        """A gauge that is read when somebody asks."""
        self._gauge(name, says, registry=self._registry).set_function(reading)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts a request."""
        self._request(route, method, str(status)).inc()
        self._second(route).observe(seconds)

    def decided(self, decisions: Sequence[Decision]) -> None:
        """Counts decisions."""
        counts: Counter[tuple[str, str]] = Counter()
        counts.update((decision.action, decision.clauses[0].id if decision.clauses else "") for decision in decisions)
        for names, count in counts.items():
            self._decision(*names).inc(count)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        from prometheus_client import generate_latest

        text: Any = generate_latest(self._registry)
        return bytes(text)
