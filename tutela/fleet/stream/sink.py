"""Where do verdicts go? One row for each item and policy, and one effect with it, in one transaction.

A message that is delivered again finds its row there: no second verdict, no second effect. Decisions are stored as the
contract's JSON, which is masked; bodies are not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from tutela.fleet.stream.database import Database, Tx, open_database
from tutela.fleet.stream.table import make_tables
from tutela.model import Decision

_TABLES = (
    "CREATE TABLE IF NOT EXISTS stream_verdict (item TEXT NOT NULL, policy TEXT NOT NULL, violates INTEGER NOT NULL, "
    "action TEXT NOT NULL, decision TEXT NOT NULL, judged_at DOUBLE PRECISION NOT NULL, PRIMARY KEY (item, policy))",
    "CREATE TABLE IF NOT EXISTS stream_effect (item TEXT NOT NULL, policy TEXT NOT NULL, action TEXT NOT NULL, "
    "sent_at DOUBLE PRECISION, PRIMARY KEY (item, policy))",
    "CREATE INDEX IF NOT EXISTS stream_effect_waiting ON stream_effect (item) WHERE sent_at IS NULL",
    "CREATE TABLE IF NOT EXISTS stream_dead (position TEXT PRIMARY KEY, source TEXT NOT NULL, code TEXT NOT NULL, "
    "reason TEXT NOT NULL, at DOUBLE PRECISION NOT NULL)",
    "CREATE TABLE IF NOT EXISTS stream_hand (position TEXT PRIMARY KEY, tries INTEGER NOT NULL)",
)


class Verdict(Struct, frozen=True, kw_only=True):
    """A decision on its way into the sink. `item` is the item's id, or the message's position where it has none."""

    item: str
    decision: Decision
    body: str


class Sink:
    """Verdicts, effects and dead letters in a database: `sqlite:///file.db` or `postgresql://user@host/name`."""

    def __init__(self, address: str) -> None:
        self._database: Database = open_database(address)
        make_tables(self._database, _TABLES)

    def take_up(self, positions: Sequence[str]) -> dict[str, int]:
        """Notes what is taken in hand, before it is judged; how often each was taken up, this time included.

        A process that dies leaves its notes behind: that is how a message is known on which processes die.
        """
        counts: dict[str, int] = {}
        with self._database.transaction() as tx:
            for position in positions:
                rows = tx.rows(
                    "INSERT INTO stream_hand (position, tries) VALUES (?, 1) "
                    "ON CONFLICT (position) DO UPDATE SET tries = stream_hand.tries + 1 RETURNING tries",
                    position,
                )
                counts[position] = int(rows[0][0])
        return counts

    def put(self, verdicts: Sequence[Verdict], done: Sequence[str] = ()) -> int:
        """Stores verdicts that are not there yet, with an effect each, and forgets the notes `done`; how many were new.

        Raises StoreGone (T501), StoreFull (T502); then nothing of it is stored.
        """
        with self._database.transaction() as tx:
            new = [verdict for verdict in verdicts if self._is_new(tx, verdict)]
            tx.many(
                "INSERT INTO stream_effect (item, policy, action) VALUES (?, ?, ?)",
                [(v.item, v.decision.policy, v.decision.action) for v in new],
            )
            tx.many("DELETE FROM stream_hand WHERE position = ?", [(position,) for position in done])
        return len(new)

    def _is_new(self, tx: Tx, verdict: Verdict) -> bool:
        decision = verdict.decision
        return bool(
            tx.rows(
                "INSERT INTO stream_verdict (item, policy, violates, action, decision, judged_at) "
                f"VALUES (?, ?, ?, ?, ?, {self._database.now}) ON CONFLICT (item, policy) DO NOTHING RETURNING item",
                verdict.item, decision.policy, int(decision.violates), decision.action, verdict.body,
            )
        )  # fmt: skip

    def bury(self, position: str, source: str, code: str, reason: str) -> None:
        """Names a dead letter; once, however often it is delivered."""
        with self._database.transaction() as tx:
            tx.run(
                f"INSERT INTO stream_dead (position, source, code, reason, at) VALUES (?, ?, ?, ?, {self._database.now}) "
                "ON CONFLICT (position) DO NOTHING",
                position, source, code, reason,
            )  # fmt: skip
            tx.run("DELETE FROM stream_hand WHERE position = ?", position)

    def pass_on(self, most: int, send: Callable[[Sequence[tuple[str, str]]], None]) -> int:
        """Hands effects that were not sent yet to `send` as key and decision (JSON), and notes that; how many.

        All in one transaction: what `send` did not take stays. A process that dies between the two sends again, under
        the same key, by which the receiver knows it. Workers never hand out the same effect at the same time.
        """
        skip = "FOR UPDATE OF e SKIP LOCKED" if self._database.kind == "postgresql" else ""
        with self._database.transaction() as tx:
            rows = tx.rows(
                "SELECT e.item, e.policy, v.decision FROM stream_effect e JOIN stream_verdict v ON v.item = e.item "
                f"AND v.policy = e.policy WHERE e.sent_at IS NULL LIMIT ? {skip}",
                most,
            )
            if rows:
                send([(f"{item}/{policy}", str(decision)) for item, policy, decision in rows])
                tx.many(
                    f"UPDATE stream_effect SET sent_at = {self._database.now} WHERE item = ? AND policy = ?",
                    [(item, policy) for item, policy, _ in rows],
                )
        return len(rows)

    def close(self) -> None:
        """Closes the connection."""
        self._database.close()
