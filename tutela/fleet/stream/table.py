"""A queue in a table, in SQLite or PostgreSQL: the broker for whoever has none."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import islice

from tutela.fleet.stream.database import Database, open_database
from tutela.fleet.stream.source import Message, read_address

# Seconds for which a worker has a message to itself; a killed worker's messages come back after that.
LEASE_S = 60.0
# Between two looks at an empty queue.
LOOK_S = 0.1

_TABLES = {
    "sqlite": "CREATE TABLE IF NOT EXISTS stream_queue (seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, "
    "leased_until REAL NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0)",
    "postgresql": "CREATE TABLE IF NOT EXISTS stream_queue (seq BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL, "
    "leased_until DOUBLE PRECISION NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0)",
}


class TableQueue:
    """The queue's writing side."""

    def __init__(self, address: str) -> None:
        self.database = open_database(address)
        make_tables(self.database, [_TABLES[self.database.kind]])

    def put(self, bodies: Iterable[bytes], *, together: int = 1000) -> int:
        """Queues items as JSON; how many. `together` share a transaction."""
        rest = iter(bodies)
        count = 0
        while chunk := list(islice(rest, together)):
            with self.database.transaction() as tx:
                tx.many("INSERT INTO stream_queue (body) VALUES (?)", [(body,) for body in chunk])
            count += len(chunk)
        return count

    def close(self) -> None:
        """Closes the connection."""
        self.database.close()


def make_tables(database: Database, statements: Sequence[str]) -> None:
    """Makes tables that are not there. Several workers may start at once."""
    with database.transaction() as tx:
        if database.kind == "postgresql":
            # IF NOT EXISTS alone fails when two make the same table at the same time.
            tx.run("SELECT pg_advisory_xact_lock(20212005122)")
        for statement in statements:
            tx.run(statement)


class TableSource:
    """The queue's reading side. `?lease_s=` sets how long a worker has a message to itself."""

    def __init__(self, address: str) -> None:
        self.name = "table"
        self._lease_s = float(read_address(address).take("lease_s", str(LEASE_S)))
        self._queue = TableQueue(address)
        self._database = self._queue.database

    def poll(self, most: int, wait_s: float) -> list[Message]:
        """Leases the oldest messages that nobody has."""
        deadline = time.monotonic() + wait_s
        while not (found := self._lease(most)) and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        return found

    def _lease(self, most: int) -> list[Message]:
        skip = "FOR UPDATE SKIP LOCKED" if self._database.kind == "postgresql" else ""
        now = self._database.now
        with self._database.transaction() as tx:
            rows = tx.rows(
                f"UPDATE stream_queue SET leased_until = {now} + ?, tries = tries + 1 WHERE seq IN (SELECT seq FROM "
                f"stream_queue WHERE dead = 0 AND leased_until < {now} ORDER BY seq LIMIT ? {skip}) RETURNING seq, body, tries",
                self._lease_s, most,
            )  # fmt: skip
        return [
            Message(position=f"queue/{seq}", body=bytes(body), tries=tries, handle=seq)
            for seq, body, tries in sorted(rows, key=lambda row: int(row[0]))
        ]

    def settle(self, messages: Sequence[Message]) -> None:
        """Deletes them."""
        with self._database.transaction() as tx:
            tx.many("DELETE FROM stream_queue WHERE seq = ?", [(message.handle,) for message in messages])

    def set_aside(self, message: Message) -> None:
        """Keeps it in the table, marked dead."""
        with self._database.transaction() as tx:
            tx.run("UPDATE stream_queue SET dead = 1 WHERE seq = ?", message.handle)

    def lag(self) -> int | None:
        """Messages that are not settled, leased ones among them."""
        with self._database.transaction() as tx:
            return int(tx.rows("SELECT count(*) FROM stream_queue WHERE dead = 0")[0][0])

    def close(self) -> None:
        """Closes the connection; what is leased comes back after its time."""
        self._queue.close()
