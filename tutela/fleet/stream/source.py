"""Where do items come from? What every broker's adapter gives, and which address means which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from tutela.errors import BadSettings


class Message(Struct, frozen=True, kw_only=True):
    """One item as it lies in the broker.

    `position` names it there, the same at each delivery. `tries` counts deliveries from 1; None when the broker does
    not count them. `handle` is the adapter's own.
    """

    position: str
    body: bytes
    tries: int | None = None
    handle: object = None

    def __repr__(self) -> str:
        return f"Message(position={self.position!r}, size_bytes={len(self.body)}, tries={self.tries})"


class Source(Protocol):
    """A broker. What was polled and not settled is delivered again, to this worker or to another."""

    name: str

    def poll(self, most: int, wait_s: float) -> list[Message]:
        """Up to `most` messages, waiting `wait_s` at most for the first. Raises StoreGone (T501)."""

    def settle(self, messages: Sequence[Message]) -> None:
        """Tells the broker that these are done. Only ever called after their verdicts are committed."""

    def set_aside(self, message: Message) -> None:
        """Takes a dead letter out of the flow; its body stays where the broker keeps it."""

    def lag(self) -> int | None:
        """How many messages wait for this group of workers; None when it is not known yet."""

    def close(self) -> None:
        """Leaves the group, so that others take over at once; never raises."""


class Address(Struct, frozen=True, kw_only=True):
    """`scheme://hosts/name?option=value`, taken apart. `base` is the part before the question mark."""

    scheme: str
    hosts: str
    name: str
    options: dict[str, str]
    base: str

    def take(self, name: str, default: str) -> str:
        """An option's value."""
        return self.options.get(name, default)


def read_address(text: str) -> Address:
    """Takes an address apart. Raises BadSettings (T207); never repeats the address, which may hold a password."""
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.path.strip("/")):
        raise BadSettings("no address of a broker or database", next_step="kafka://host:9092/topic, for example")
    return Address(
        scheme=parts.scheme,
        hosts=parts.netloc,
        name=parts.path.strip("/"),
        options=dict(parse_qsl(parts.query)),
        base=text.partition("?")[0],
    )


def open_source(address: str) -> Source:
    """The adapter for an address. Raises BadSettings (T207), MissingPart (T209), StoreGone (T501).

    `kafka://host:9092,host2:9092/topic?group=tutela`, `nats://host:4222/STREAM?durable=tutela`,
    `sqlite:///path/to/queue.db`, `postgresql://user@host/database`.
    """
    parts = read_address(address)
    if parts.scheme == "kafka":
        from tutela.fleet.stream.kafka import KafkaSource

        return KafkaSource(parts)
    if parts.scheme in ("nats", "tls"):
        from tutela.fleet.stream.nats import NatsSource

        return NatsSource(parts)
    if parts.scheme in ("sqlite", "postgresql", "postgres"):
        from tutela.fleet.stream.table import TableSource

        return TableSource(address)
    raise BadSettings(
        f"no broker is called {parts.scheme}", next_step="kafka, nats, sqlite and postgresql are understood"
    )
