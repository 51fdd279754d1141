"""How does a decision become something the desk remembers? Stored in groups; answered only after the commit.

A clean decision is one event: policy, surface, language, and fingerprints of item and account. A violating or doubtful
one opens a case: the item is sealed, what the ledger holds of it is masked.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from msgspec import Struct

from tutela.desk.effects import ACTING, Effects
from tutela.desk.forms import Recorded
from tutela.desk.memory import SECOND, Memory, day_of, days, new_id, opening
from tutela.desk.originals import Original, keep_account, light, thin
from tutela.errors import BadRequest, Conflict, Erased
from tutela.ledger import Tx
from tutela.ledger.chain import Event, append, stamp
from tutela.ledger.fold import Case, Source, fold, keep, keep_new, loads
from tutela.model import Decision, Item
from tutela.policy.form import Policy

Counts = Counter[tuple[str, str, str, str, str, str, str, str]]


class _Batch(Struct, frozen=True, kw_only=True):
    items: Sequence[Item]
    decisions: Sequence[Decision]
    source: Source
    actor: str
    scope: str = ""
    key: str = ""
    request: bytes = b""
    answer: bytes = b""


class Stored(Struct, frozen=True, kw_only=True):
    """What a stored request came to. `answer` is set when the same key was answered before: give that one."""

    recorded: tuple[Recorded, ...]
    answer: bytes | None = None


class Intake:
    """Stores decisions."""

    def __init__(self, memory: Memory, effects: Effects) -> None:
        self._memory = memory
        self._effects = effects

    def record(
        self, items: Sequence[Item], decisions: Sequence[Decision], *, source: Source = "engine", actor: str = "engine"
    ) -> tuple[Recorded, ...]:
        """Stores decisions, one for each item, and waits for the commit."""
        return self.submit(items, decisions, source=source, actor=actor).result().recorded

    def submit(
        self,
        items: Sequence[Item],
        decisions: Sequence[Decision],
        *,
        source: Source = "engine",
        actor: str = "engine",
        scope: str = "",
        key: str = "",
        request: bytes = b"",
        answer: bytes = b"",
    ) -> Future[Stored]:
        """Queues decisions; the future is done after their commit.

        With an idempotency `key` (up to 200 characters, within `scope`, such as the API key's id), `answer` is kept
        with them for a day, in one commit: a second request with the same key and the same `request` (its body's
        digest) stores nothing and gives the first answer; with another body it raises Conflict (T409).
        """
        if len(items) != len(decisions):
            raise BadRequest("one decision for each item is expected", where="decisions")
        if len(key) > 200:
            raise BadRequest("an idempotency key has at most 200 characters", where="Idempotency-Key")
        batch = _Batch(
            items=items, decisions=decisions, source=source, actor=actor, scope=scope, key=key, request=request,
            answer=answer,
        )  # fmt: skip
        return self._memory.store.submit_merged(self._store, batch)

    def answered(self, scope: str, key: str, request: bytes) -> bytes | None:
        """The answer given before to this key; None for a new one. Raises Conflict (T409) for another request."""
        return self._memory.read(lambda tx: self._answered(tx, scope, key, request))

    def _answered(self, tx: Tx, scope: str, key: str, request: bytes) -> bytes | None:
        memory = self._memory
        found = tx.one(
            "SELECT request, sealed FROM answers WHERE scope = ? AND name = ? AND at > ?",
            scope,
            memory.keys.token_hash(key),
            memory.now() - memory.settings.answers_s * SECOND,
        )
        if found is None:
            return None
        if bytes(found[0]) != hashlib.sha256(request).digest():
            raise Conflict(
                "this idempotency key was used for another request",
                where="Idempotency-Key",
                next_step="use a new key for a new request",
            )
        try:
            return memory.vault.open(tx, found[1], bytes)
        except Erased:
            raise Conflict("the request was stored before, its answer is deleted", where="Idempotency-Key") from None

    def _store(self, tx: Tx, batches: Sequence[_Batch]) -> list[Stored]:
        memory = self._memory
        at = memory.now()
        counts: Counts = Counter()
        clean: list[Event] = []
        stored: list[Stored] = []
        for batch in batches:
            if batch.key:
                answer = self._answered(tx, batch.scope, batch.key, batch.request)
                if answer is not None:
                    stored.append(Stored(recorded=(), answer=answer))
                    continue
                self._keep_answer(tx, batch, at)
            recorded: list[Recorded] = []
            for item, decision in zip(batch.items, batch.decisions, strict=True):
                if not decision.violates and decision.action == "allow":
                    clean.append(self._clean(item, decision, batch.actor, at))
                    counts[_figure(at, "decision", item, decision, batch.source)] += 1
                    recorded.append(Recorded(seq=tx.head[0] + len(clean), case_id=None))
                    continue
                if clean:
                    append(tx, clean)
                    clean = []
                counts[_figure(at, "decision", item, decision, batch.source)] += 1
                recorded.append(self._case(tx, item, decision, batch, at))
            stored.append(Stored(recorded=tuple(recorded)))
        if clean:
            append(tx, clean)
        memory.count(tx, [(names, n, n) for names, n in counts.items()])
        return stored

    def _keep_answer(self, tx: Tx, batch: _Batch, at: int) -> None:
        memory = self._memory
        sealed = memory.vault.seal(tx, "answer", batch.answer, at=at, expires=at + memory.settings.answers_s * SECOND)
        tx.run(
            "INSERT INTO answers (scope, name, request, at, sealed) VALUES (?,?,?,?,?) ON CONFLICT (scope, name)"
            " DO UPDATE SET request = excluded.request, at = excluded.at, sealed = excluded.sealed",
            batch.scope, memory.keys.token_hash(batch.key), hashlib.sha256(batch.request).digest(), at, sealed,
        )  # fmt: skip

    def _clean(self, item: Item, decision: Decision, actor: str, at: int) -> Event:
        memory = self._memory
        author = item.author
        return Event(
            kind="decided",
            at=at,
            actor=actor,
            body={"policy": decision.policy, "surface": item.surface, "lang": language(item.lang)},
            item=memory.mark_item(item.id) if item.id else None,
            account=memory.mark_account(author.id) if author is not None and author.id else None,
        )

    def _case(self, tx: Tx, item: Item, decision: Decision, batch: _Batch, at: int) -> Recorded:
        memory = self._memory
        original = Original(item=light(item, memory.settings.most_media_bytes), decision=decision)
        case = self.new_case(original, decision, source=batch.source, at=at)
        before = self._same(tx, case) if item.id else None
        if before is not None:
            event = Event(
                kind="decided", at=at, actor=batch.actor, case_id=before.id, item=before.item, account=before.account
            )
            _, seq = append(tx, [event])
            again = fold(before, event)
            if again is not None:
                keep(tx, again)
            return Recorded(seq=seq, case_id=before.id)
        expires = at + days(memory.policy_of(case).retention.originals_days)
        sealed = memory.vault.seal(
            tx, "original", original, at=at, case_id=case.id, account=case.account, expires=expires
        )
        event = opening(_with_original(case, sealed), kind="decided", actor=batch.actor)
        _, seq = append(tx, [event])
        folded = fold(None, event)
        assert folded is not None
        keep_new(tx, [folded])
        if case.account is not None and item.author is not None and item.author.id:
            keep_account(memory, tx, case.account, item.author.id)
        if folded.state == "closed":
            self._effects.apply(tx, folded, actor=batch.actor, original=original)
        return Recorded(seq=seq, case_id=folded.id)

    def _same(self, tx: Tx, case: Case) -> Case | None:
        """A case of the same item with the same finding: the item was sent again, nothing new was learned."""
        rows = tx.rows("SELECT body FROM cases WHERE item = ? ORDER BY opened DESC LIMIT 5", case.item)
        for known in loads(row[0] for row in rows):
            if (known.evidence, known.policy) == (case.evidence, case.policy) and known.source == case.source:
                return known
        return None

    def new_case(self, original: Original, decision: Decision, *, source: Source, at: int) -> Case:
        """The case that a decision opens: for a person where it says `review` or a second approval is asked for."""
        memory = self._memory
        item = original.item
        policy = memory.fixed or _version(memory, decision)
        names = tuple(clause.id for clause in decision.clauses) or tuple(
            dict.fromkeys(entry.clause for entry in decision.evidence if entry.clause)
        )
        clauses = [policy.by_id[name] for name in names if name in policy.by_id]
        gravity = max((clause.gravity for clause in clauses), default=30)
        fast = any(clause.fast_lane for clause in clauses)
        second = any(clause.second_approval for clause in clauses) and decision.action in ACTING
        waits = decision.action == "review" or second
        author = item.author
        return Case(
            id=new_id("c", at),
            opened=at,
            state="open" if waits else "closed",
            closed=None if waits else at,
            source=source,
            queue=names[0] if names else "unreadable",
            clauses=names,
            gravity=gravity,
            fast=fast,
            due=memory.due_after(at, fast=fast, gravity=gravity) if waits else None,
            surface=item.surface,
            audience=item.seen_by(),
            lang=language(item.lang),
            item=memory.mark_item(item.id or new_id("i", at)),
            account=memory.mark_account(author.id) if author is not None and author.id else None,
            policy=decision.policy,
            action="review" if waits else decision.action,
            violates=decision.violates,
            confidence=decision.confidence,
            risks=decision.risks,
            evidence=thin(decision.evidence),
            item_at=None if item.created_at is None else stamp(_aware(item.created_at)),
            detected=source == "engine",
        )


def language(lang: str | None) -> str:
    """The first subtag of a language tag; empty when unknown or not in form, since a sender can write anything there."""
    tag = (lang or "").split("-", 1)[0].lower()
    return tag if 2 <= len(tag) <= 3 and tag.isalpha() and tag.isascii() else ""


def _with_original(case: Case, sealed: str) -> Case:
    from msgspec.structs import replace

    return replace(case, original=sealed)


def _version(memory: Memory, decision: Decision) -> Policy:
    versions = memory.book.versions
    return next((policy for policy in versions if policy.id == decision.policy), versions[-1])


def _aware(moment: datetime) -> datetime:
    from datetime import UTC

    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _figure(at: int, measure: str, item: Item, decision: Decision, source: str) -> Any:
    clause = decision.clauses[0].id if decision.clauses else ""
    automation = "not" if decision.action == "review" else "fully"
    return (
        day_of(at), measure if not decision.violates else "violation", clause, item.surface, language(item.lang),
        source, automation, decision.action,
    )  # fmt: skip
