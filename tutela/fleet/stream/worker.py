"""How is a stream worked through? Take, judge, commit, acknowledge; in batches, and alone where a process died before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import TypeVar

import msgspec
from msgspec import Struct

from tutela.engine import Engine
from tutela.errors import StoreGone, TutelaError
from tutela.fleet.stream.answer import Answer
from tutela.fleet.stream.sink import Sink, Verdict
from tutela.fleet.stream.source import Message, Source
from tutela.model import Decision, Item, decode_item

T = TypeVar("T")


class Limits(Struct, frozen=True, kw_only=True):
    """How a worker works. A batch is judged when it is full or `linger_s` old, whichever comes first."""

    batch: int = 500
    linger_s: float = 0.2
    body_bytes: int = 4 << 20
    tries: int = 3
    """A message on which so many processes died is a dead letter."""
    wait_s: float = 1.0
    retry_s: float = 30.0
    """The longest pause between two tries at a database or broker that is gone."""


class Figures(Struct):
    """What a worker has done since it started."""

    judged: int = 0
    new: int = 0
    violating: int = 0
    dead: int = 0
    batches: int = 0
    retries: int = 0
    busy_s: float = 0.0


class Worker:
    """Works a source until `stop` is set. One worker a process; several processes share a source.

    It never holds more than one batch: when the engine or the database is slow, messages wait in the broker.
    `told` is called with the figures after each batch and after each idle wait.
    """

    def __init__(
        self,
        engine: Engine,
        source: Source,
        sink: Sink,
        *,
        limits: Limits | None = None,
        answer: Answer | None = None,
        told: Callable[[Figures, Source], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self.stop = Event()
        self.figures = Figures()
        self._engine = engine
        self._source = source
        self._sink = sink
        self._limits = limits or Limits()
        self._answer = answer
        self._told = told
        self._clock = clock
        self._pause = pause or self.stop.wait

    def run(self, *, until_empty: bool = False) -> Figures:
        """Works until `stop` is set, or with `until_empty` until one wait brings nothing. Settles its last batch."""
        while not self.stop.is_set():
            batch = self._again(self._gather)
            if batch:
                started = self._clock()
                self._work(batch)
                self.figures.busy_s += self._clock() - started
                self.figures.batches += 1
            self._tell()
            if self._told is not None:
                self._told(self.figures, self._source)
            if not batch and until_empty:
                break
        return self.figures

    def _tell(self) -> None:
        """Passes on what is committed, also what a worker that died had not passed on yet."""
        answer = self._answer
        while answer is not None and self._again(lambda: self._sink.pass_on(self._limits.batch, answer.send)):
            pass

    def _gather(self) -> list[Message]:
        limits = self._limits
        found = self._source.poll(limits.batch, limits.wait_s)
        deadline = self._clock() + limits.linger_s
        while found and len(found) < limits.batch and not self.stop.is_set():
            left = deadline - self._clock()
            if left <= 0:
                break
            found += self._source.poll(limits.batch - len(found), left)
        return found

    def _work(self, batch: Sequence[Message]) -> None:
        fresh: list[Message] = []
        again: list[Message] = []
        for message in batch:
            (again if message.tries is not None and message.tries > 1 else fresh).append(message)
        # A broker that does not count deliveries: the first message of each partition stands for its batch.
        marks = self._marks([message for message in fresh if message.tries is None])
        if marks:
            counts = self._again(lambda: self._sink.take_up(marks))
            if any(count > 1 for count in counts.values()):
                fresh, again = [], [*again, *fresh]
        if fresh:
            self._together(fresh, marks)
        for message in again:
            self._alone(message, marks)

    def _together(self, messages: Sequence[Message], marks: Sequence[str]) -> None:
        items: list[tuple[Message, Item]] = []
        for message in messages:
            item = self._item(message)
            if item is not None:
                items.append((message, item))
        try:
            decisions = list(self._engine.check_many([item for _, item in items], batch=len(items) or 1))
        except Exception:  # noqa: BLE001 - one message that breaks judging must not hold up the others
            for message, _ in items:
                self._alone(message, marks)
            return
        self._commit([m for m, _ in items], [i for _, i in items], decisions, marks)

    def _alone(self, message: Message, marks: Sequence[str]) -> None:
        """Judges a message by itself that somebody took up before: if processes die on it, it is put aside."""
        position = self._position(message)
        count = self._again(lambda: self._sink.take_up([position]))[position]
        # A mark that stands for a batch was counted once more with the batch.
        if count > self._limits.tries + (position in marks):
            self._bury(message, "T000", f"the process died {self._limits.tries} times while judging it")
            return
        item = self._item(message)
        if item is None:
            return
        try:
            decision = self._engine.check(item)
        except Exception as error:  # noqa: BLE001 - as above; the kind alone, a message may hold the value
            self._bury(message, "T000", f"judging failed: {type(error).__name__}")
            return
        self._commit([message], [item], [decision], [position])

    def _item(self, message: Message) -> Item | None:
        if len(message.body) > self._limits.body_bytes:
            self._bury(message, "T103", f"more than {self._limits.body_bytes} bytes")
            return None
        try:
            return decode_item(message.body)
        except TutelaError as error:
            self._bury(message, error.code, error.what)
            return None

    def _commit(
        self,
        messages: Sequence[Message],
        items: Sequence[Item],
        decisions: Sequence[Decision],
        done: Sequence[str],
    ) -> None:
        verdicts = [
            Verdict(
                item=item.id or self._position(message),
                decision=decision,
                body=msgspec.json.encode(decision).decode(),
            )
            for message, item, decision in zip(messages, items, decisions, strict=True)
        ]
        self.figures.new += self._again(lambda: self._sink.put(verdicts, done))
        self.figures.judged += len(verdicts)
        self.figures.violating += sum(decision.violates for decision in decisions)
        if messages:
            self._again(lambda: self._source.settle(messages))

    def _bury(self, message: Message, code: str, reason: str) -> None:
        self._again(lambda: self._sink.bury(self._position(message), self._source.name, code, reason))
        self._again(lambda: self._source.set_aside(message))
        self.figures.dead += 1

    def _position(self, message: Message) -> str:
        return f"{self._source.name}:{message.position}"

    def _again(self, work: Callable[[], T]) -> T:
        """Does it, and again after longer and longer pauses while the other side is gone; gives up when stopped."""
        wait_s = 0.1
        while True:
            try:
                return work()
            except StoreGone:
                if self.stop.is_set():
                    raise
                self.figures.retries += 1
                self._pause(wait_s)
                wait_s = min(wait_s * 2, self._limits.retry_s)

    def _marks(self, messages: Sequence[Message]) -> list[str]:
        """The first position of each partition; the messages of a partition follow one another."""
        first: dict[str, str] = {}
        for message in messages:
            first.setdefault(message.position.rpartition("/")[0], self._position(message))
        return list(first.values())
