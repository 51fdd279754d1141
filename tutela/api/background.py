"""What does the service do without being asked? Deliver orders, judge what was taken for later, keep the calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tutela.errors import Erased
from tutela.model import Item

if TYPE_CHECKING:
    from tutela.api.app import App


def beats(app: App) -> list[tuple[str, float, Callable[[], int]]]:
    """(name, seconds between two looks, the work, which says how much it did)."""
    desk = app.desk
    return [
        ("deliver", 1.0, desk.orders.deliver_due),
        ("later", 0.5, lambda: check_waiting(app)),
        ("retention", 300.0, desk.upkeep.retention_due),
        ("strikes", 300.0, desk.strikes.expire_due),
    ]


def check_waiting(app: App, *, limit: int = 20) -> int:
    """Judges what was taken for later, oldest first; how many. Safe in several processes: who commits first answers.

    The decision is stored under the check's id as idempotency key, then the order `check.done` is made and the item
    leaves the queue. A process that ends in between leaves it queued, and the next look finishes it.
    """
    memory = app.desk.memory
    names = memory.read(
        lambda tx: tx.rows(f"SELECT id FROM vault WHERE kind = 'queued' ORDER BY made LIMIT {int(limit)}")
    )
    done = 0
    for (name,) in names:
        try:
            item = memory.read(lambda tx, name=name: memory.vault.open(tx, name, Item))  # type: ignore[misc]
        except Erased:
            continue
        decision = app.engine.check(item)
        stored = app.desk.intake.submit(
            [item], [decision], scope="later", key=name, request=name.encode(), answer=decision.to_json()
        ).result(timeout=60)
        answer = stored.answer or decision.to_json()
        app.metrics.decided([decision])

        def finish(tx: Any, name: str = name, answer: bytes = answer) -> bool:
            if not memory.vault.erase(tx, [name]):
                return False
            import msgspec

            app.desk.orders.make(
                tx, "check.done", {"check": name, "decision": msgspec.json.decode(answer)}, actor="engine"
            )
            return True

        done += memory.write(finish)
    return done
