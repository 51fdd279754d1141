"""Items from a NATS JetStream stream, through a durable pull consumer that all workers share."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from tutela.errors import BadSettings, MissingPart, StoreGone
from tutela.fleet.stream.source import Address, Message

# Seconds after which an unsettled message is delivered again.
ACK_WAIT_S = 60.0
# Messages that all workers together may have in hand.
IN_HAND = 20_000


class NatsSource:
    """`nats://host:4222/STREAM`. Options: `durable`, `subject`, `ack_wait_s`, `credentials` (a file)."""

    def __init__(self, address: Address) -> None:
        try:
            import nats
            from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
        except ImportError:
            raise MissingPart("nats-py is not installed", next_step="pip install 'tutela[stream]'") from None
        if not address.name:
            raise BadSettings("the address names no stream", next_step="nats://host:4222/STREAM")
        self.name = "nats"
        self._stream = address.name
        self._durable = address.take("durable", "tutela")
        self._loop = asyncio.new_event_loop()
        options: dict[str, Any] = {"user_credentials": address.options["credentials"]} if "credentials" in address.options else {}  # fmt: skip
        try:
            self._client: Any = self._wait(
                nats.connect(f"{address.scheme}://{address.hosts}", error_cb=_silent, max_reconnect_attempts=-1, **options)
            )  # fmt: skip
            self._js: Any = self._client.jetstream()
            self._wait(
                self._js.add_consumer(
                    self._stream,
                    ConsumerConfig(
                        durable_name=self._durable,
                        ack_policy=AckPolicy.EXPLICIT,
                        deliver_policy=DeliverPolicy.ALL,
                        ack_wait=float(address.take("ack_wait_s", str(ACK_WAIT_S))),
                        max_ack_pending=IN_HAND,
                        filter_subject=address.options.get("subject"),
                    ),
                )
            )
            self._pull: Any = self._wait(self._js.pull_subscribe_bind(consumer=self._durable, stream=self._stream))
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise StoreGone(f"NATS refused: {type(error).__name__}", where=self._stream) from None

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def poll(self, most: int, wait_s: float) -> list[Message]:
        """The next messages that no worker has."""
        from nats.errors import Error

        try:
            found = self._wait(self._pull.fetch(most, timeout=max(wait_s, 0.05)))
        except TimeoutError:
            return []
        except Error as error:
            raise StoreGone(f"NATS does not answer: {type(error).__name__}") from None
        return [
            Message(
                position=f"{self._stream}/{message.metadata.sequence.stream}",
                body=message.data,
                tries=message.metadata.num_delivered,
                handle=message,
            )
            for message in found
        ]

    def settle(self, messages: Sequence[Message]) -> None:
        """Acknowledges them and waits until the server has read that."""
        self._told([message.handle.ack() for message in messages])  # type: ignore[attr-defined]

    def set_aside(self, message: Message) -> None:
        """Ends its delivery; the stream keeps it for as long as it keeps anything."""
        self._told([message.handle.term()])  # type: ignore[attr-defined]

    def _told(self, work: list[Coroutine[Any, Any, Any]]) -> None:
        from nats.errors import Error

        async def tell() -> None:
            await asyncio.gather(*work)
            await self._client.flush()

        try:
            self._wait(tell())
        except (Error, TimeoutError) as error:
            raise StoreGone(f"NATS does not answer: {type(error).__name__}") from None

    def lag(self) -> int | None:
        """Messages that wait or are in some worker's hand."""
        info = self._wait(self._pull.consumer_info())
        return int(info.num_pending or 0) + int(info.num_ack_pending or 0)

    def close(self) -> None:
        """Closes the connection; what was not acknowledged comes back."""
        with suppress(Exception):
            self._wait(self._client.close())
        self._loop.close()


async def _silent(error: Exception) -> None:
    """Connection errors come up where a call needs the connection; the default would print them."""
