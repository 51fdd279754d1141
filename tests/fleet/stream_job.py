"""A worker that dies where it is told to: python -m tests.fleet.stream_job SOURCE SINK WANTED POINT [uncounted]

POINT is `never`, `before` (judged, not committed), `between` (committed, not acknowledged) or `after` (acknowledged);
it dies there in its third batch. An item with the id `poison` kills it while it is judged.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tutela.engine import Engine
from tutela.fleet.stream import Figures, Limits, Message, Sink, Source, Verdict, Worker, open_source
from tutela.fleet.stream.database import open_database
from tutela.model import Decision, Item

BATCH = 20
DEADLINE_S = 120


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingSink(Sink):
    def __init__(self, address: str, point: str) -> None:
        super().__init__(address)
        self.point = point
        self.batches = 0

    def put(self, verdicts: Sequence[Verdict], done: Sequence[str] = ()) -> int:
        self.batches += 1
        if self.batches == 3 and self.point == "before":
            die()
        new = super().put(verdicts, done)
        if self.batches == 3 and self.point == "between":
            die()
        return new


class DyingSource:
    def __init__(self, source: Source, sink: DyingSink, uncounted: bool) -> None:
        self.source = source
        self.sink = sink
        self.uncounted = uncounted
        self.name = source.name

    def poll(self, most: int, wait_s: float) -> list[Message]:
        found = self.source.poll(most, wait_s)
        return [msgspec.structs.replace(message, tries=None) for message in found] if self.uncounted else found

    def settle(self, messages: Sequence[Message]) -> None:
        self.source.settle(messages)
        if self.sink.batches == 3 and self.sink.point == "after":
            die()

    def set_aside(self, message: Message) -> None:
        self.source.set_aside(message)

    def lag(self) -> int | None:
        return self.source.lag()

    def close(self) -> None:
        self.source.close()


class Poisonable:
    """The engine, on a machine where one item ends the process."""

    def __init__(self) -> None:
        self.engine = Engine.load(intent="off")

    def check(self, item: Item) -> Decision:
        if item.id == "poison":
            die()
        return self.engine.check(item)

    def check_many(self, items: Iterable[Item], *, batch: int) -> Iterator[Decision]:
        for item in items:
            yield self.check(item)


def main(source: str, sink: str, wanted: str, point: str, *rest: str) -> None:
    kept = DyingSink(sink, point)
    taken = DyingSource(open_source(source), kept, "uncounted" in rest)
    began = time.monotonic()
    figures = open_database(sink)

    def told(done: Figures, _: Source) -> None:
        with figures.transaction() as tx:
            (stored,), (dead,) = tx.rows("SELECT count(*) FROM stream_verdict") + tx.rows(
                "SELECT count(*) FROM stream_dead"
            )
        worker.idle = 0 if done.batches > worker.seen else worker.idle + 1
        worker.seen = done.batches
        # All that is wanted is there, and nothing comes any more.
        if stored + dead >= int(wanted) and worker.idle >= 3:
            worker.stop.set()
        assert time.monotonic() - began < DEADLINE_S, f"{stored} stored, {dead} dead"

    worker = Counting(Poisonable(), taken, kept, limits=Limits(batch=BATCH, linger_s=0.05), told=told)  # type: ignore[arg-type]
    worker.run()
    taken.close()


class Counting(Worker):
    idle = 0
    seen = 0


if __name__ == "__main__":
    main(*sys.argv[1:])
