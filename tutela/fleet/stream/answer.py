"""Where are decisions told? A Kafka topic or a NATS subject, each decision under a key that stays the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

from tutela.errors import BadSettings, MissingPart, StoreGone
from tutela.fleet.stream.source import Address, read_address

SEND_S = 20.0


class Answer(Protocol):
    """Takes decisions. Returns when the broker has all of them; raises StoreGone (T501) when it has not."""

    def send(self, decisions: Sequence[tuple[str, str]]) -> None:
        """Sends decisions as key and JSON."""

    def close(self) -> None:
        """Closes the connection; never raises."""


def open_answer(address: str) -> Answer:
    """`kafka://host:9092/topic` or `nats://host:4222/subject`. Raises BadSettings (T207), MissingPart (T209)."""
    parts = read_address(address)
    if parts.name and parts.scheme == "kafka":
        return KafkaAnswer(parts)
    if parts.name and parts.scheme in ("nats", "tls"):
        return NatsAnswer(parts)
    raise BadSettings("decisions are told to kafka://host/topic or nats://host/subject", where="--answer")


class KafkaAnswer:
    """An idempotent producer; the key is the record's key."""

    def __init__(self, address: Address) -> None:
        try:
            from confluent_kafka import Producer
        except ImportError:
            raise MissingPart("confluent-kafka is not installed", next_step="pip install 'tutela[stream]'") from None
        from tutela.fleet.stream.kafka import properties

        self._topic = address.name
        self._producer: Any = Producer(
            {
                "bootstrap.servers": address.hosts,
                "enable.idempotence": True,
                "message.timeout.ms": int(SEND_S * 1000),
                **properties(address.options.get("config")),
            }
        )

    def send(self, decisions: Sequence[tuple[str, str]]) -> None:
        """Sends and waits for the broker's word on each."""
        failed: list[str] = []

        def told(error: Any, _: Any) -> None:
            if error is not None:
                failed.append(error.name())

        for key, decision in decisions:
            self._producer.produce(self._topic, decision.encode(), key=key.encode(), on_delivery=told)
            self._producer.poll(0)
        if self._producer.flush(SEND_S) or failed:
            raise StoreGone(f"Kafka did not take the decisions: {failed[0] if failed else 'no answer'}")

    def close(self) -> None:
        """Nothing waits: each send is flushed."""


class NatsAnswer:
    """JetStream; the key is the message's id, by which the server drops what it has already."""

    def __init__(self, address: Address) -> None:
        try:
            import nats
        except ImportError:
            raise MissingPart("nats-py is not installed", next_step="pip install 'tutela[stream]'") from None
        self._loop = asyncio.new_event_loop()
        self._subject = address.name
        try:
            self._client: Any = self._loop.run_until_complete(
                nats.connect(f"{address.scheme}://{address.hosts}", max_reconnect_attempts=-1)
            )
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise StoreGone(f"NATS refused: {type(error).__name__}") from None

    def send(self, decisions: Sequence[tuple[str, str]]) -> None:
        """Publishes and waits for the server's word on each."""
        from nats.errors import Error

        js = self._client.jetstream()

        async def tell() -> None:
            await asyncio.gather(
                *[
                    js.publish(self._subject, decision.encode(), headers={"Nats-Msg-Id": key}, timeout=SEND_S)
                    for key, decision in decisions
                ]
            )

        try:
            self._loop.run_until_complete(tell())
        except (Error, TimeoutError) as error:
            raise StoreGone(f"NATS did not take the decisions: {type(error).__name__}") from None

    def close(self) -> None:
        """Closes the connection."""
        with suppress(Exception):
            self._loop.run_until_complete(self._client.close())
        self._loop.close()
