"""Items from a broker that speaks the Kafka protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutela.errors import BadSettings, MissingFile, MissingPart, StoreGone
from tutela.fleet.stream.source import Address, Message

# Milliseconds after which a silent worker's partitions go to another.
SESSION_MS = "6000"
# A batch must be judged and committed within this, or the worker loses its partitions and the batch is redelivered.
POLL_MS = "60000"


class KafkaSource:
    """A member of a consumer group. Offsets are committed after the verdicts, never by time.

    Options: `group`, `session_ms`, `poll_ms`, and `config`, a file of librdkafka properties (`name=value` lines) for
    TLS and sign-in, so that no password stands in a command line.
    """

    def __init__(self, address: Address) -> None:
        try:
            from confluent_kafka import Consumer, TopicPartition
        except ImportError:
            raise MissingPart("confluent-kafka is not installed", next_step="pip install 'tutela[stream]'") from None
        if not address.name:
            raise BadSettings("the address names no topic", next_step="kafka://host:9092/topic")
        self.name = "kafka"
        self._topic = address.name
        self._partition: Any = TopicPartition
        session_ms = address.take("session_ms", SESSION_MS)
        self._consumer: Any = Consumer(
            {
                "bootstrap.servers": address.hosts,
                "group.id": address.take("group", "tutela"),
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "session.timeout.ms": int(session_ms),
                "max.poll.interval.ms": max(int(address.take("poll_ms", POLL_MS)), int(session_ms)),
                # What is fetched ahead waits in this process: little of it, so that memory stays flat.
                "queued.max.messages.kbytes": 16_384,
                **properties(address.options.get("config")),
            }
        )
        self._consumer.subscribe([self._topic])

    def poll(self, most: int, wait_s: float) -> list[Message]:
        """The next messages of the partitions this worker has."""
        found = []
        for record in self._consumer.consume(most, wait_s):
            problem = record.error()
            if problem is not None:
                if problem.fatal() or (not problem.retriable() and problem.code() not in _PASSING):
                    raise StoreGone(f"Kafka refused: {problem.name()}")
                continue
            at = (record.topic(), record.partition(), record.offset())
            found.append(
                Message(position=f"{at[0]}/{at[1]}/{at[2]}", body=record.value() or b"", tries=None, handle=at)
            )
        return found

    def settle(self, messages: Sequence[Message]) -> None:
        """Commits the offsets after them. Lost partitions are left to who has them now: the sink knows the verdicts."""
        from confluent_kafka import KafkaException

        last: dict[tuple[str, int], int] = {}
        for message in messages:
            topic, partition, offset = message.handle  # type: ignore[misc]
            last[topic, partition] = max(offset, last.get((topic, partition), -1))  # type: ignore[has-type]
        offsets = [self._partition(topic, partition, offset + 1) for (topic, partition), offset in last.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            if error.args[0].name() not in _LOST:
                raise StoreGone(f"Kafka did not take the offsets: {error.args[0].name()}") from None

    def set_aside(self, message: Message) -> None:
        """Commits over it; the topic keeps it for as long as it keeps anything."""
        self.settle([message])

    def lag(self) -> int | None:
        """Messages behind the newest, over this worker's partitions."""
        behind = 0
        for at in self._consumer.position(self._consumer.assignment()):
            low, high = self._consumer.get_watermark_offsets(at, cached=True)
            if high < 0:
                return None
            behind += max(high - (at.offset if at.offset >= 0 else low), 0)
        return behind

    def close(self) -> None:
        """Leaves the group."""
        self._consumer.close()


_LOST = frozenset(
    {"ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "_ASSIGNMENT_LOST", "_NO_OFFSET"}
)
# The group is being formed, the end of a partition, a topic that is about to be made, a connection that is tried again.
_PASSING = frozenset({-191, -185, -187, -195, -193, -188, 3})


def properties(path: str | None) -> dict[str, str]:
    """librdkafka's properties from a file of `name=value` lines. Raises MissingFile (T104)."""
    if path is None:
        return {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        raise MissingFile("the file of Kafka properties cannot be read", where=path) from None
    pairs = [line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {name.strip(): value.strip() for name, _, value in pairs}
