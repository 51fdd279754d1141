"""How does what was decided reach the platform? Orders in a durable outbox, delivered at least once, signed.

An order is stored in the transaction that decides it, one delivery for each endpoint that wants its kind. Payloads are
sealed until they are sent. `deliver_due` claims what is due, sends outside of any transaction and notes the outcome; a
process that dies in between leaves a claim that runs out, and the order is sent again with the same id.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tutela.desk.forms import Delivery, Endpoint, OrderView
from tutela.desk.memory import SECOND, Memory, maybe, new_id, placeholders
from tutela.enforce.retrying import next_try_s
from tutela.enforce.sending import Answer, Sender, send, signed
from tutela.enforce.signing import new_secret
from tutela.errors import BadKeys, BadRequest, Erased, NotFound
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case

KINDS = (
    "action.apply", "action.undo", "account.apply", "account.undo", "notice.ready", "report.confirm", "report.outcome",
    "appeal.outcome", "check.done", "test.ping",
)  # fmt: skip
_SENDERS = 8
# A claim outlives the sender's time limit by far; then another process may try.
_CLAIM = 120 * SECOND


class _Target(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    secrets: tuple[str, ...]


class Orders:
    """The outbox."""

    def __init__(self, memory: Memory, *, sender: Sender = send, chance: random.Random | None = None) -> None:
        self._memory = memory
        self._sender = sender
        self._chance = chance or random.SystemRandom()

    # Making

    def make(
        self,
        tx: Tx,
        kind: str,
        data: dict[str, Any],
        *,
        actor: str,
        case: Case | None = None,
        action: str = "",
        undoes: str | None = None,
        account: str | None = None,
    ) -> str:
        """Puts an order into the outbox, inside the transaction that decides it. Its id, which is the message's id."""
        memory = self._memory
        at = memory.now()
        name = new_id("o", at)
        owner = case.account if case is not None else account
        case_id = None if case is None else case.id
        body: dict[str, Any] = {"type": kind, "timestamp": moment(at).isoformat(), "data": {"order": name, **data}}
        if case_id is not None:
            body["data"]["case"] = case_id
        sealed = memory.vault.seal(tx, "order", body, at=at, case_id=case_id, account=owner)
        facts = {"order": name, "kind": kind, "action": action, "undoes": undoes}
        memory.happen(tx, "ordered", actor=actor, case=case, account=owner, body=facts, at=at)
        tx.insert(
            "orders",
            "INSERT INTO orders (id, seq, case_id, account, kind, action, undoes, undone, made, sealed)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            [(name, tx.head[0], case_id, owner, kind, action, undoes, None, at, sealed)],
        )
        if undoes is not None:
            tx.run("UPDATE orders SET undone = ? WHERE id = ?", name, undoes)
        self._route(tx, name, kind, at)
        return name

    def in_force(self, tx: Tx, case_id: str) -> list[tuple[str, str]]:
        """Orders of a case that act and were not taken back: (id, action), oldest first."""
        rows = tx.rows(
            "SELECT id, action FROM orders WHERE case_id = ? AND kind = 'action.apply' AND undone IS NULL"
            " ORDER BY made, id",
            case_id,
        )
        return [(row[0], row[1]) for row in rows]

    def send_now(self, kind: str, data: dict[str, Any], *, actor: str, account: str | None = None) -> str:
        """Puts an order that belongs to no case into the outbox: the answer to an asynchronous check, a test."""
        if kind not in KINDS:
            raise BadRequest("no such kind of order", where="kind")
        return self._memory.write(lambda tx: self.make(tx, kind, data, actor=actor, account=account))

    def _route(self, tx: Tx, order: str, kind: str, at: int, *, endpoint: str | None = None) -> int:
        rows = []
        for name, kinds in tx.rows("SELECT id, kinds FROM endpoints WHERE active = 1"):
            wanted = msgspec.json.decode(kinds, type=tuple[str, ...])
            if (not wanted or kind in wanted) and endpoint in (None, name):
                rows.append((new_id("d", at), order, name, "due", 0, at, None, None, "", None))
        tx.insert(
            "deliveries",
            "INSERT INTO deliveries (id, order_id, endpoint, state, attempts, due, claimed, status, problem, delivered)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            rows,
        )
        return len(rows)

    # Delivering

    def deliver_due(self, *, limit: int = 50) -> int:
        """Sends what is due by the desk's clock; how many were tried. Call it often, from as many processes as you like."""
        memory = self._memory
        claimed = memory.write(lambda tx: self._claim(tx, limit))
        if not claimed:
            return 0
        # Side by side: one receiver that does not answer must not keep the others waiting.
        with ThreadPoolExecutor(min(_SENDERS, len(claimed)), thread_name_prefix="tutela-sender") as pool:
            answers = list(pool.map(lambda row: self._try(row[1], row[2], row[3]), claimed))

        def note(tx: Tx) -> None:
            for (delivery, order, _, _, attempts), answer in zip(claimed, answers, strict=True):
                self._note(tx, delivery, order, attempts + 1, answer)

        memory.write(note)
        return len(claimed)

    def _claim(self, tx: Tx, limit: int) -> list[tuple[str, str, str, str, int]]:
        now = self._memory.now()
        rows = tx.rows(
            "SELECT d.id, d.order_id, d.endpoint, o.sealed, d.attempts FROM deliveries d JOIN orders o ON o.id = d.order_id"
            " JOIN endpoints e ON e.id = d.endpoint AND e.active = 1 WHERE d.state = 'due' AND d.due <= ? AND (d.claimed IS NULL OR d.claimed < ?)"
            f" ORDER BY d.due LIMIT {int(limit)}",
            now,
            now - _CLAIM,
        )
        tx.many("UPDATE deliveries SET claimed = ? WHERE id = ?", [(now, row[0]) for row in rows])
        return [(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]

    def _try(self, order: str, endpoint: str, sealed: str) -> Answer:
        memory = self._memory
        try:
            target, body = memory.read(
                lambda tx: (self._target(tx, endpoint), memory.vault.open(tx, sealed, msgspec.Raw))
            )
        except (Erased, NotFound):
            return Answer(status=None, problem="erased")
        except BadKeys:
            return Answer(status=None, problem="sealed with another key ring")
        data = bytes(body)
        now_s = memory.now() // SECOND
        headers: dict[str, str] = {}
        for secret in target.secrets:
            made = signed(secret, order, now_s, data)
            both = (
                f"{headers['webhook-signature']} {made['webhook-signature']}" if headers else made["webhook-signature"]
            )
            headers = {**made, "webhook-signature": both}
        return self._sender(target.url, data, headers)

    def _note(self, tx: Tx, delivery: str, order: str, attempts: int, answer: Answer) -> None:
        memory = self._memory
        now = memory.now()
        found = tx.one("SELECT state, endpoint FROM deliveries WHERE id = ?", delivery)
        if found is None or found[0] != "due":
            return
        if answer.taken:
            tx.run(
                "UPDATE deliveries SET state = 'delivered', attempts = ?, status = ?, problem = '', delivered = ?,"
                " claimed = NULL WHERE id = ?",
                attempts, answer.status, now, delivery,
            )  # fmt: skip
            self._told(tx, order, "delivered", {"endpoint": found[1], "attempts": attempts})
            return
        wait = None if answer.gone or answer.problem == "erased" else next_try_s(attempts, self._chance)
        if wait is None:
            tx.run(
                "UPDATE deliveries SET state = 'dead', attempts = ?, status = ?, problem = ?, claimed = NULL WHERE id = ?",
                attempts, answer.status, answer.problem, delivery,
            )  # fmt: skip
            self._told(tx, order, "delivery.dead", {"endpoint": found[1], "attempts": attempts})
            return
        tx.run(
            "UPDATE deliveries SET attempts = ?, status = ?, problem = ?, due = ?, claimed = NULL WHERE id = ?",
            attempts, answer.status, answer.problem, now + wait * SECOND, delivery,
        )  # fmt: skip

    def _told(self, tx: Tx, order: str, kind: str, body: dict[str, Any]) -> None:
        # Of no case's fold, but in its timeline: the event names the order, the order its case.
        self._memory.happen(tx, kind, actor="clock", body={"order": order, **body})

    def replay(self, order: str, *, actor: str) -> int:
        """Sends an order again, to every endpoint that wants its kind: how many deliveries are due now.

        For dead ones and for a receiver that lost its data; the message's id stays, so it can tell.
        """

        def job(tx: Tx) -> int:
            memory = self._memory
            kind = tx.value("SELECT kind FROM orders WHERE id = ?", order)
            if kind is None:
                raise NotFound("no such order", where="order")
            now = memory.now()
            tx.run("DELETE FROM deliveries WHERE order_id = ? AND state <> 'delivered'", order)
            count = self._route(tx, order, kind, now)
            memory.happen(tx, "replayed", actor=actor, body={"order": order})
            return count

        return self._memory.write(job)

    # Endpoints

    def add_endpoint(self, name: str, url: str, *, kinds: Sequence[str] = (), actor: str, secret: str = "") -> Endpoint:
        """A new place for orders, with the secret to verify them by, shown this once."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 2_000:
            raise BadRequest("an http or https address is expected", where="url")
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            raise BadRequest(f"no such kind of order; known are {', '.join(KINDS)}", where="kinds")
        if not 0 < len(name) <= 80:
            raise BadRequest("a name of 1 to 80 characters is expected", where="name")
        chosen = secret or new_secret()

        def job(tx: Tx) -> Endpoint:
            memory = self._memory
            at = memory.now()
            key = new_id("e", at)
            sealed = memory.vault.seal(tx, "endpoint", _Target(url=url, secrets=(chosen,)), at=at)
            tx.run(
                "INSERT INTO endpoints (id, name, sealed, kinds, active, made) VALUES (?,?,?,?,1,?)",
                key, name, sealed, msgspec.json.encode(tuple(kinds)).decode(), at,
            )  # fmt: skip
            memory.happen(tx, "endpoint.added", actor=actor, body={"endpoint": key})
            return Endpoint(id=key, name=name, url=url, kinds=tuple(kinds), active=True, made=moment(at), secret=chosen)

        return self._memory.write(job)

    def switch_endpoint(self, endpoint: str, *, active: bool, actor: str) -> None:
        """Stops or takes up sending to an endpoint; what is due waits."""

        def job(tx: Tx) -> None:
            if not tx.run("UPDATE endpoints SET active = ? WHERE id = ?", int(active), endpoint):
                raise NotFound("no such endpoint", where="endpoint")
            self._memory.happen(tx, "endpoint.switched", actor=actor, body={"endpoint": endpoint, "active": active})

        self._memory.write(job)

    def change_secret(self, endpoint: str, *, actor: str) -> str:
        """A new secret. Orders are signed with both until the next change, so that the receiver can follow at leisure."""
        fresh = new_secret()

        def job(tx: Tx) -> None:
            memory = self._memory
            sealed = tx.value("SELECT sealed FROM endpoints WHERE id = ?", endpoint)
            if sealed is None:
                raise NotFound("no such endpoint", where="endpoint")
            target = memory.vault.open(tx, sealed, _Target)
            new = memory.vault.seal(
                tx, "endpoint", _Target(url=target.url, secrets=(fresh, target.secrets[0])), at=memory.now()
            )
            tx.run("UPDATE endpoints SET sealed = ? WHERE id = ?", new, endpoint)
            memory.vault.erase(tx, [sealed])
            memory.happen(tx, "endpoint.secret", actor=actor, body={"endpoint": endpoint})

        self._memory.write(job)
        return fresh

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints, without their secrets."""

        def job(tx: Tx) -> tuple[Endpoint, ...]:
            rows = tx.rows("SELECT id, name, kinds, active, made FROM endpoints ORDER BY made")
            return tuple(
                Endpoint(
                    id=row[0],
                    name=row[1],
                    url=self._target(tx, row[0]).url,
                    kinds=msgspec.json.decode(row[2], type=tuple[str, ...]),
                    active=bool(row[3]),
                    made=moment(row[4]),
                )
                for row in rows
            )

        return self._memory.read(job)

    def _target(self, tx: Tx, endpoint: str) -> _Target:
        sealed = tx.value("SELECT sealed FROM endpoints WHERE id = ?", endpoint)
        if sealed is None:
            raise NotFound("no such endpoint", where="endpoint")
        return self._memory.vault.open(tx, sealed, _Target)

    # Showing

    def list(self, *, state: str = "", limit: int = 100, before: str = "") -> tuple[OrderView, ...]:
        """Orders, newest first; `state` (`due`, `delivered`, `dead`) limits to those with such a delivery.

        `before` pages on: the id of the last one seen.
        """
        if state and state not in ("due", "delivered", "dead"):
            raise BadRequest("due, delivered or dead is expected", where="state")
        where, values = ["id < ?"], [before or "p"]
        if state:
            where.append("id IN (SELECT order_id FROM deliveries WHERE state = ?)")
            values.append(state)
        limit = max(1, min(limit, 500))
        return self._memory.read(
            lambda tx: self.views(tx, f"{' AND '.join(where)} ORDER BY id DESC LIMIT {limit}", *values)
        )

    def payload(self, order: str) -> dict[str, Any]:
        """What an order says, opened. For administrators; Erased (T505) when it is gone."""

        def job(tx: Tx) -> dict[str, Any]:
            sealed = tx.value("SELECT sealed FROM orders WHERE id = ?", order)
            if sealed is None:
                raise NotFound("no such order", where="order")
            return self._memory.vault.open(tx, sealed, dict[str, Any])

        return self._memory.read(job)

    def views(self, tx: Tx, where: str, *values: object) -> tuple[OrderView, ...]:
        """Orders by a condition on the table, with their deliveries."""
        rows = tx.rows(f"SELECT id, case_id, kind, action, made, undoes, undone FROM orders WHERE {where}", *values)
        if not rows:
            return ()
        deliveries: dict[str, list[Delivery]] = {}
        for row in tx.rows(
            "SELECT d.order_id, d.id, e.name, d.state, d.attempts, d.due, d.status, d.problem, d.delivered"
            f" FROM deliveries d JOIN endpoints e ON e.id = d.endpoint WHERE d.order_id IN ({placeholders(rows)})"
            " ORDER BY d.id",
            *(row[0] for row in rows),
        ):
            deliveries.setdefault(row[0], []).append(
                Delivery(
                    id=row[1],
                    endpoint=row[2],
                    state=row[3],
                    attempts=row[4],
                    due=moment(row[5]),
                    status=row[6],
                    problem=row[7],
                    delivered=maybe(row[8]),
                )
            )
        return tuple(
            OrderView(
                id=row[0],
                case_id=row[1],
                kind=row[2],
                action=row[3],
                made=moment(row[4]),
                undoes=row[5],
                undone=row[6],
                deliveries=tuple(deliveries.get(row[0], ())),
            )
            for row in rows
        )


__all__ = ["KINDS", "Orders"]
