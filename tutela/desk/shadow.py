"""What would another policy version change? Past decisions judged anew by it, without acting.

Only what is still sealed can be judged again: violating, doubtful and reported items within their retention. Clean items
are not kept, so a stricter version's new findings among them show only while it runs beside the present one (`beside`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tutela.desk.forms import Flip, ShadowResult
from tutela.desk.memory import Memory, day_of
from tutela.desk.originals import Original
from tutela.engine import Engine
from tutela.errors import Erased
from tutela.ledger import Tx
from tutela.ledger.fold import Case, loads
from tutela.model import Decision, Item

_MOST_FLIPS = 500


class Shadow:
    """Judges in the shade."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def past(self, other: Engine, *, limit: int = 2_000, actor: str = "cli") -> ShadowResult:
        """The newest `limit` cases of the engine, judged by `other`: an engine loaded with the version to try."""
        memory = self._memory
        version = other.policy.id if other.policy is not None else "the version in force"
        pairs = memory.read(lambda tx: self._pairs(tx, max(1, min(limit, 20_000))))
        judged, unread = 0, 0
        flips: list[Flip] = []
        changes: Counter[tuple[str, str]] = Counter()
        items = [(case, original) for case, original in pairs if original is not None]
        unread = len(pairs) - len(items)
        decisions = other.check_many(original.item for _, original in items if original is not None)
        for (case, original), after in zip(items, decisions, strict=True):
            assert original is not None
            judged += 1
            before = original.decision
            if before is None or (before.action, before.violates) == (after.action, after.violates):
                continue
            changes[before.action, after.action] += 1
            if len(flips) < _MOST_FLIPS:
                flips.append(
                    Flip(
                        case_id=case.id,
                        clause=case.clause,
                        lang=case.lang,
                        before=before.action,
                        after=after.action,
                        clauses_after=tuple(clause.id for clause in after.clauses),
                    )
                )
        memory.write(
            lambda tx: memory.happen(
                tx,
                "shadow.run",
                actor=actor,
                body={"policy": version, "judged": judged, "changed": sum(changes.values())},
            )
        )
        return ShadowResult(
            policy=version,
            against="as decided",
            judged=judged,
            unread=unread,
            changed=sum(changes.values()),
            by=tuple((before, after, n) for (before, after), n in changes.most_common()),  # type: ignore[misc]
            flips=tuple(flips),
        )

    def beside(self, other: Engine, items: Sequence[Item], decisions: Sequence[Decision]) -> int:
        """Judges items that were just decided by `other` as well and counts what it would change; how many.

        Counted as figures `shadow` (judged) and `shadow.changed` (with the action it would take); nothing else is kept.
        """
        memory = self._memory
        at = memory.now()
        counts: Counter[tuple[str, str, str, str, str, str, str, str]] = Counter()
        changed = 0
        for item, before, after in zip(items, decisions, other.check_many(items), strict=True):
            counts[(day_of(at), "shadow", "", item.surface, "", after.policy, "", before.action)] += 1
            if (before.action, before.violates) != (after.action, after.violates):
                changed += 1
                clause = after.clauses[0].id if after.clauses else ""
                counts[(day_of(at), "shadow.changed", clause, item.surface, "", after.policy, "", after.action)] += 1
        memory.write(lambda tx: memory.count(tx, [(names, n, n) for names, n in counts.items()]))
        return changed

    def _pairs(self, tx: Tx, limit: int) -> list[tuple[Case, Original | None]]:
        pairs: list[tuple[Case, Original | None]] = []
        rows = tx.rows(f"SELECT body FROM cases WHERE source = 'engine' ORDER BY opened DESC LIMIT {limit}")
        for case in loads(row[0] for row in rows):
            try:
                pairs.append((case, self._memory.vault.open(tx, case.original, Original)))
            except Erased:
                pairs.append((case, None))
        return pairs
