"""How do people decide? Queues, leases, the case as a reviewer sees it, rulings, second approval, undo.

Over 400 lines: the steps of one ruling check each other's preconditions, which is easier to trust in one place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from tutela.desk.effects import Effects
from tutela.desk.forms import (
    Agreement,
    AuthorHistory,
    BulkDone,
    BulkPlan,
    CaseView,
    ClauseText,
    Exposure,
    Lease,
    QueueFilter,
    QueueRow,
    QueueSum,
    Revealed,
    Ruled,
    Ruling,
    TimelineRow,
    Who,
)
from tutela.desk.memory import DAY, SECOND, Memory, maybe, placeholders
from tutela.desk.orders import Orders
from tutela.desk.originals import Original, original_of
from tutela.desk.people import People
from tutela.desk.reports import Reports
from tutela.desk.showing import masked_item, redacted_text
from tutela.desk.strikes import Strikes
from tutela.errors import BadRequest, Conflict, Erased, Forbidden, TooMany
from tutela.ledger import Tx
from tutela.ledger.chain import events_of, moment
from tutela.ledger.fold import Case, loads
from tutela.policy.form import Policy

_MOST_ROWS = 200
_MOST_BULK = 1_000
_PLAN_S = 600
_SAMPLE = 10


class Review:
    """The reviewers' room. Every method takes who asks and checks their rights by the case's queue and clause."""

    def __init__(
        self, memory: Memory, people: People, effects: Effects, orders: Orders, strikes: Strikes, reports: Reports
    ) -> None:
        self._memory = memory
        self._people = people
        self._effects = effects
        self._orders = orders
        self._strikes = strikes
        self._reports = reports

    # Queues

    def queue(self, who: Who, wanted: QueueFilter) -> tuple[QueueRow, ...]:
        """Cases, the most pressing first: fast lane, then what is due soonest by harm. Closed ones newest first."""
        self._people.demand(who, "case.see")
        memory = self._memory
        where, values = self._conditions(who, wanted)
        order = {"": "opened DESC", "closed": "closed DESC, id DESC", "blind": "closed DESC, id DESC"}.get(
            wanted.state, "fast DESC, due, gravity DESC, opened"
        )
        limit, offset = max(1, min(wanted.limit, _MOST_ROWS)), max(0, min(wanted.offset, 100_000))

        def job(tx: Tx) -> tuple[QueueRow, ...]:
            names = self._people.aliases(tx)
            rows = tx.rows(
                f"SELECT body, holder, held_until FROM cases WHERE {where} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
                *values,
            )
            now = memory.now()
            return tuple(
                _queue_row(case, holder, until, names, now)
                for case, (_, holder, until) in zip(loads(row[0] for row in rows), rows, strict=True)
            )

        return memory.read(job)

    def count(self, who: Who, wanted: QueueFilter) -> int:
        """How many cases the filter finds, beyond its limit."""
        self._people.demand(who, "case.see")
        where, values = self._conditions(who, wanted)
        return int(self._memory.read(lambda tx: tx.value(f"SELECT COUNT(*) FROM cases WHERE {where}", *values)))

    def queues(self, who: Who) -> tuple[QueueSum, ...]:
        """Every queue with open cases that the person may see."""
        self._people.demand(who, "case.see")
        memory = self._memory
        where, values = self._conditions(who, QueueFilter(state=""))

        def job(tx: Tx) -> tuple[QueueSum, ...]:
            rows = tx.rows(
                "SELECT queue, SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'open' THEN fast"
                " ELSE 0 END), SUM(CASE WHEN state = 'open' AND due < ? THEN 1 ELSE 0 END),"
                " SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END),"
                " MIN(CASE WHEN state = 'open' THEN opened END) FROM cases"
                f" WHERE state IN ('open', 'waiting') AND {where} GROUP BY queue ORDER BY queue",
                memory.now(),
                *values,
            )
            return tuple(
                QueueSum(
                    queue=row[0],
                    open=int(row[1]),
                    fast=int(row[2]),
                    overdue=int(row[3]),
                    waiting=int(row[4]),
                    oldest=maybe(row[5]),
                )
                for row in rows
            )

        return memory.read(job)

    def next(self, who: Who, wanted: QueueFilter | None = None) -> Lease | None:
        """Leases the most pressing case that nobody holds and the person has not ruled on; None when there is none."""
        self._people.demand(who, "case.decide")
        memory = self._memory
        where, values = self._conditions(who, wanted or QueueFilter())

        def job(tx: Tx) -> Lease | None:
            now = memory.now()
            rows = tx.rows(
                f"SELECT body FROM cases WHERE {where} AND state = 'open' AND (holder IS NULL OR holder = ? OR held_until < ?)"
                " ORDER BY fast DESC, due, gravity DESC, opened LIMIT 20",
                *values,
                who.id,
                now,
            )
            for case in loads(row[0] for row in rows):
                if "case.decide" in self._people.rights(who, case):
                    return self._hold(tx, case, who, now)
            return None

        return memory.write(job)

    def _conditions(self, who: Who, wanted: QueueFilter) -> tuple[str, list[Any]]:
        memory = self._memory
        parts: list[str] = []
        values: list[Any] = []
        if wanted.state == "blind":
            parts.append("blind > 0 AND state = 'closed'")
            parts.append("id NOT IN (SELECT case_id FROM rulings WHERE reviewer = ?)")
            values.append(who.id)
        elif wanted.state:
            parts.append("state = ?")
            values.append(wanted.state)
        for column in ("queue", "clause", "surface", "lang", "source", "action", "account"):
            value = getattr(wanted, column)
            if value:
                parts.append(f"{column} = ?")
                values.append(value)
        if wanted.overdue:
            parts.append("due < ?")
            values.append(memory.now())
        if wanted.mine:
            parts.append("holder = ? AND held_until >= ?")
            values.extend((who.id, memory.now()))
        scopes: list[str] = []
        for grant in who.grants:
            if grant.role == "analyst":
                continue
            scope: list[str] = []
            if grant.queues:
                scope.append(f"queue IN ({placeholders(grant.queues)})")
                values.extend(grant.queues)
            if grant.clauses:
                scope.append(f"clause IN ({placeholders((*grant.clauses, ''))})")
                values.extend((*grant.clauses, ""))
            scopes.append(" AND ".join(scope) or "1 = 1")
        parts.append("(" + " OR ".join(f"({scope})" for scope in scopes) + ")" if scopes else "1 = 0")
        return " AND ".join(parts), values

    # Leases

    def lease(self, case_id: str, who: Who) -> Lease:
        """Takes a case for `lease_s`. Raises Conflict (T409) while another person holds it."""
        memory = self._memory

        def job(tx: Tx) -> Lease:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.decide", case)
            return self._hold(tx, case, who, memory.now())

        return memory.write(job)

    def heartbeat(self, case_id: str, who: Who) -> Lease:
        """Renews the lease. Raises Conflict (T409) when it was lost in the meantime."""
        memory = self._memory

        def job(tx: Tx) -> Lease:
            case = memory.case(tx, case_id)
            holder = tx.value("SELECT holder FROM cases WHERE id = ?", case_id)
            if holder != who.id:
                raise Conflict("the lease is lost", where="case", next_step="open the case again")
            return self._hold(tx, case, who, memory.now())

        return memory.write(job)

    def release(self, case_id: str, who: Who) -> None:
        """Gives a case back to its queue."""
        self._memory.write(
            lambda tx: tx.run(
                "UPDATE cases SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?", case_id, who.id
            )
        )

    def _hold(self, tx: Tx, case: Case, who: Who, now: int) -> Lease:
        until = now + self._memory.settings.lease_s * SECOND
        if not tx.run(
            "UPDATE cases SET holder = ?, held_until = ? WHERE id = ? AND (holder IS NULL OR holder = ? OR held_until < ?)",
            who.id, until, case.id, who.id, now,
        ):  # fmt: skip
            raise Conflict("another person has this case", where="case", next_step="take the next one")
        return Lease(case_id=case.id, version=case.version, until=moment(until))

    def _demand_hold(self, tx: Tx, case: Case, who: Who, version: int) -> int:
        """That the person holds the case and saw its newest version; the seconds since they took it."""
        now = self._memory.now()
        holder, until = tx.one("SELECT holder, held_until FROM cases WHERE id = ?", case.id) or (None, None)
        if holder is not None and holder != who.id and until >= now:
            raise Conflict("another person has this case", where="case", next_step="take the next one")
        if holder != who.id or until < now:
            raise Conflict("the lease has run out", where="case", next_step="open the case again")
        if version != case.version:
            raise Conflict("the case has changed since you opened it", where="version", next_step="look at it again")
        return max(0, self._memory.settings.lease_s - int(until - now) // SECOND)

    # The case

    def case(self, case_id: str, who: Who, *, lang: str = "en") -> CaseView:
        """A case with its surroundings, masked. `lang` is the language of the policy's text."""
        memory = self._memory

        def job(tx: Tx) -> CaseView:
            case = memory.case(tx, case_id)
            rights = self._people.rights(who, case)
            if "case.see" not in rights:
                raise Forbidden("this case is not among yours", where="case")
            original = original_of(memory, tx, case)
            policy = memory.policy_of(case)
            names = self._people.aliases(tx)
            holder, until = tx.one("SELECT holder, held_until FROM cases WHERE id = ?", case_id) or (None, None)
            now = memory.now()
            held = bool(tx.value("SELECT COUNT(*) FROM vault WHERE case_id = ? AND held = 1", case_id))
            shown = None if original is None else masked_item(memory, original)
            decision = None if original is None else original.decision
            live = holder is not None and until >= now
            return CaseView(
                case=case,
                opened=moment(case.opened),
                due=maybe(case.due),
                text=None if shown is None else shown.text,
                thread=() if shown is None else tuple(message.text for message in shown.thread),
                links=() if shown is None else shown.links,
                media=() if original is None else tuple(media.kind for media in original.item.media),
                evidence=case.evidence if decision is None else decision.evidence,
                reason="" if decision is None else decision.reason,
                redacted=redacted_text(original),
                erased=original is None and case.source == "engine",
                held=held,
                clauses=tuple(clause_text(policy, name, lang) for name in case.clauses if name in policy.by_id),
                author=self._author(tx, case),
                reports=self._reports.of_case(tx, case_id),
                timeline=self._timeline(tx, case_id, names),
                orders=self._orders.views(tx, "case_id = ? ORDER BY id", case_id),
                appeals=self._reports.appeals_of(tx, case_id),
                exposure=self._exposure(tx, who),
                holder=names.get(holder) if live else None,
                held_until=maybe(until) if live else None,
                rights=tuple(sorted(rights)),
            )

        return memory.read(job)

    def _timeline(self, tx: Tx, case_id: str, names: dict[str, str]) -> tuple[TimelineRow, ...]:
        rows = []
        for event in events_of(tx, case_id):
            facts = {name: value for name, value in event.body.items() if name not in ("case", "note", "entries")}
            actor = names.get(event.actor, event.actor)
            rows.append(TimelineRow(seq=event.seq, at=moment(event.at), kind=event.kind, actor=actor, facts=facts))
        return tuple(rows)

    def _author(self, tx: Tx, case: Case) -> AuthorHistory:
        if case.account is None:
            return AuthorHistory(account=None, cases=0, violations=0, reversed=0, strikes=0, step="")
        rows = tx.rows(
            "SELECT body FROM cases WHERE account = ? AND id <> ? ORDER BY opened DESC LIMIT 50", case.account, case.id
        )
        known = loads(row[0] for row in rows)
        count = int(tx.value("SELECT COUNT(*) FROM cases WHERE account = ? AND id <> ?", case.account, case.id))
        return AuthorHistory(
            account=case.account,
            cases=count,
            violations=sum(other.violates for other in known),
            reversed=sum(other.reversed for other in known),
            strikes=self._strikes.points(tx, case.account),
            step=tx.value("SELECT step FROM standings WHERE account = ?", case.account) or "",
            recent=tuple(known[:10]),
        )

    def reveal(self, case_id: str, who: Who, reason: str) -> Revealed:
        """The original in the clear. The look is in the ledger first: who, when, which case; the reason is sealed beside it.

        Raises BadRequest (T422) without a reason, TooMany (T429) at the person's daily limit, Erased (T505).
        """
        memory = self._memory
        words = reason.strip()
        if not 3 <= len(words) <= 500:
            raise BadRequest("a reason of 3 to 500 characters is expected", where="reason")

        def log(tx: Tx) -> None:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.reveal", case)
            limit = who.preferences.reveals_a_day or memory.settings.reveals_a_day
            try:
                memory.spend(tx, f"reveal:{who.id}", limit=min(limit, memory.settings.reveals_a_day), window_s=86_400)
            except TooMany as error:
                raise TooMany(
                    "you have seen as many originals as is good for a day",
                    retry_after_s=error.retry_after_s,
                    next_step="the rest of the case can be judged masked, or by somebody else",
                ) from None
            sealed = memory.vault.seal(tx, "reason", words, at=memory.now(), case_id=case_id)
            memory.of_case(tx, "revealed", case, actor=who.id, body={"reason": sealed})

        memory.write(log)

        def look(tx: Tx) -> Revealed:
            case = memory.case(tx, case_id)
            original = original_of(memory, tx, case)
            forms = self._reports.forms_of(tx, case_id)
            if original is None and not forms:
                raise Erased("the original was deleted", next_step="the masked evidence is still in the case")
            notes = []
            for note in case.notes:
                try:
                    notes.append(memory.vault.open(tx, note, str))
                except Erased:
                    continue
            empty = Original(item=_nothing(case))
            shown = original or empty
            return Revealed(
                item=shown.item,
                decision=shown.decision,
                notes=tuple(notes),
                reports=forms,
                exposure=self._exposure(tx, who),
            )

        return memory.read(look)

    def _exposure(self, tx: Tx, who: Who) -> Exposure:
        memory = self._memory
        now = memory.now()
        seen = tx.value("SELECT n FROM counts WHERE name = ? AND since = ?", f"reveal:{who.id}", now - now % DAY)
        limit = min(who.preferences.reveals_a_day or memory.settings.reveals_a_day, memory.settings.reveals_a_day)
        return Exposure(seen=int(seen or 0), limit=limit)

    # Deciding

    def decide(self, case_id: str, who: Who, ruling: Ruling, *, version: int) -> Ruled:
        """A ruling on a case that the person holds. Where the policy asks for it, it waits for a second person.

        `version` is the one the person saw. Raises Conflict (T409) when the lease ran out, somebody was faster, or the
        case changed; Forbidden (T403); BadRequest (T422).
        """
        memory = self._memory

        def job(tx: Tx) -> Ruled:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.decide", case)
            if case.state != "open":
                raise Conflict(f"the case is {case.state}", where="case", next_step="look at its timeline")
            took_s = self._demand_hold(tx, case, who, version)
            return self._decide(tx, case, who, ruling, took_s=took_s)

        return memory.write(job)

    def _decide(self, tx: Tx, case: Case, who: Who, ruling: Ruling, *, took_s: int) -> Ruled:
        memory = self._memory
        policy = memory.policy_of(case)
        self._check(ruling, policy)
        note = self._note(tx, case, ruling.note)
        if self._second(policy, case, ruling):
            body = {"action": ruling.action, "clauses": list(ruling.clauses), "note": note}
            after = memory.of_case(tx, "proposed", case, actor=who.id, body=body)
            self._free(tx, case.id)
            return Ruled(case=after, waits_for_second=True)
        return self._rule(tx, case, who.id, ruling, role="reviewer", note=note, took_s=took_s)

    def _rule(
        self, tx: Tx, case: Case, actor: str, ruling: Ruling, *, role: str, note: str | None, took_s: int
    ) -> Ruled:
        memory = self._memory
        policy = memory.policy_of(case)
        at = memory.now()
        violates = ruling.action != "allow"
        clauses = self._gravest_first(policy, ruling.clauses)
        body = {
            "action": ruling.action,
            "clauses": list(clauses),
            "violates": violates,
            "role": role,
            "gravity": max((policy.by_id[name].gravity for name in clauses), default=case.gravity),
            "policy": policy.id,
            "note": note,
            "took_s": took_s,
            "blind": 1 if self._sampled(case) else 0,
        }
        proposed = case.violates
        orders = list(self._effects.revert(tx, case, actor=actor)) if self._orders.in_force(tx, case.id) else []
        after = memory.of_case(tx, "ruled", case, actor=actor, body=body, at=at)
        self._keep_ruling(tx, after, actor, role, ruling.action, after.clause if violates else "", violates, at, took_s)
        self._free(tx, case.id)
        orders.extend(self._effects.apply(tx, after, actor=actor))
        self._reports.close(tx, after, acted=violates, actor=actor)
        memory.count_case(tx, "ruled", after, at=at, total=(at - case.opened) // SECOND)
        if case.detected and case.clauses:
            memory.count_case(tx, "agreed" if proposed == violates else "disagreed", case, at=at)
        if self._sampled(case):
            memory.happen(tx, "blind.asked", actor="clock", body={"of": case.id})
        return Ruled(case=after, waits_for_second=False, order_ids=tuple(orders))

    def approve(self, case_id: str, who: Who, *, version: int, agree: bool, note: str = "") -> Ruled:
        """The second person's word on a ruling that waits. Without agreement the case goes back to its queue.

        Raises Forbidden (T403) for whoever made the ruling.
        """
        memory = self._memory

        def job(tx: Tx) -> Ruled:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.approve", case)
            proposal = case.proposal
            if case.state != "waiting" or proposal is None:
                raise Conflict("nothing waits for a second approval here", where="case")
            if version != case.version:
                raise Conflict("the case has changed since you opened it", where="version")
            if proposal.reviewer == who.id:
                raise Forbidden("a second approval comes from a second person", where="case.approve")
            sealed = self._note(tx, case, note)
            if not agree:
                after = memory.of_case(tx, "declined", case, actor=who.id, body={"note": sealed})
                return Ruled(case=after, waits_for_second=False)
            action = proposal.action
            assert action not in ("review",)
            ruling = Ruling(action=action, clauses=proposal.clauses)  # type: ignore[arg-type]
            at = memory.now()
            self._keep_ruling(
                tx, case, proposal.reviewer, "first", action, (*proposal.clauses, "")[0], action != "allow", at, 0
            )
            return self._rule(tx, case, who.id, ruling, role="second", note=sealed, took_s=0)

        return memory.write(job)

    def escalate(self, case_id: str, who: Who, *, queue: str = "leads", note: str = "") -> Case:
        """Moves a case to another queue, due at once in the fast lane."""
        if not 1 <= len(queue) <= 40 or not all(char.isascii() and (char.isalnum() or char in "._-") for char in queue):
            raise BadRequest("1 to 40 letters, digits, dots or dashes are expected", where="queue")
        memory = self._memory

        def job(tx: Tx) -> Case:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.escalate", case)
            if case.state not in ("open", "waiting"):
                raise Conflict(f"the case is {case.state}", where="case")
            sealed = self._note(tx, case, note)
            if sealed is not None:
                case = memory.of_case(tx, "noted", case, actor=who.id, body={"note": sealed})
            due = memory.now() + memory.settings.due_s[0] * SECOND
            after = memory.of_case(tx, "escalated", case, actor=who.id, body={"queue": queue, "due": due})
            self._free(tx, case_id)
            return after

        return memory.write(job)

    def note(self, case_id: str, who: Who, text: str) -> Case:
        """Adds a note, sealed; colleagues read it with the original."""
        memory = self._memory

        def job(tx: Tx) -> Case:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.decide", case)
            sealed = self._note(tx, case, text)
            if sealed is None:
                raise BadRequest("a note is expected", where="note")
            return memory.of_case(tx, "noted", case, actor=who.id, body={"note": sealed})

        return memory.write(job)

    def undo(self, case_id: str, who: Who, *, note: str = "") -> Case:
        """Takes the decision in force back: its orders, its strike. The case is open again, and its author is told."""
        memory = self._memory

        def job(tx: Tx) -> Case:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.undo", case)
            return self._undo(tx, case, who.id, note)

        return memory.write(job)

    def _undo(self, tx: Tx, case: Case, actor: str, note: str, *, bulk: str | None = None) -> Case:
        memory = self._memory
        if case.state != "closed":
            raise Conflict(f"the case is {case.state}: there is nothing to take back", where="case")
        at = memory.now()
        sealed = self._note(tx, case, note)
        if sealed is not None:
            case = memory.of_case(tx, "noted", case, actor=actor, body={"note": sealed})
        self._effects.revert(tx, case, actor=actor)
        due = memory.due_after(at, fast=case.fast, gravity=case.gravity)
        after = memory.of_case(
            tx, "undone", case, actor=actor, body={"due": due, "was": case.action, **({"bulk": bulk} if bulk else {})}
        )
        if case.violates and case.action != "allow":
            self._effects.tell_author(tx, after, "reversal", actor=actor, action=case.action)
        memory.count_case(tx, "undone", case, at=at)
        return after

    def hold(self, case_id: str, who: Who, *, held: bool) -> int:
        """Sets or lifts the legal hold on a case's originals: how many entries."""
        memory = self._memory

        def job(tx: Tx) -> int:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.hold", case)
            count = memory.vault.hold(tx, case_id, held=held)
            memory.of_case(tx, "held" if held else "hold.lifted", case, actor=who.id)
            return count

        return memory.write(job)

    # Blind second reviews

    def blind_case(self, case_id: str, who: Who, *, lang: str = "en") -> CaseView:
        """A ruled case without its ruling: no timeline, orders, appeals, no action, no reviewers."""
        view = self.case(case_id, who, lang=lang)
        if not view.case.blind:
            raise Conflict("no second review is asked for here", where="case")
        bare = replace(view.case, action="review", reviewers=(), proposal=None, automation="not", reversed=False)
        reports = tuple(replace(report, state="received") for report in view.reports)
        return replace(view, case=bare, timeline=(), orders=(), appeals=(), reports=reports)

    def blind_rule(self, case_id: str, who: Who, ruling: Ruling) -> None:
        """A second person's ruling that nobody acts on: it is compared with the first."""
        memory = self._memory

        def job(tx: Tx) -> None:
            case = memory.case(tx, case_id)
            self._people.demand(who, "case.decide", case)
            if not case.blind:
                raise Conflict("no second review is asked for here", where="case")
            if who.id in case.reviewers:
                raise Forbidden("a second review comes from somebody who has not ruled on the case", where="case")
            policy = memory.policy_of(case)
            self._check(ruling, policy)
            at = memory.now()
            violates = ruling.action != "allow"
            clauses = self._gravest_first(policy, ruling.clauses)
            body = {"action": ruling.action, "clauses": list(clauses), "violates": violates}
            memory.of_case(tx, "blind.ruled", case, actor=who.id, body=body, at=at)
            self._keep_ruling(tx, case, who.id, "blind", ruling.action, clauses[0] if clauses else "", violates, at, 0)

        memory.write(job)

    def agreement(self) -> tuple[Agreement, ...]:
        """How blind second reviews compare with the first rulings, over all and by clause."""
        rows = self._memory.read(
            lambda tx: tx.rows(
                "SELECT a.clause, b.clause, a.violates, b.violates, a.action, b.action FROM rulings b JOIN rulings a ON"
                " a.case_id = b.case_id AND a.role IN ('reviewer', 'second') AND a.number < b.number"
                " WHERE b.role = 'blind' AND a.number = (SELECT MAX(c.number) FROM rulings c WHERE c.case_id = b.case_id"
                " AND c.role IN ('reviewer', 'second') AND c.number < b.number)"
            )
        )
        groups: dict[str, list[tuple[Any, ...]]] = {"": list(rows)}
        for row in rows:
            groups.setdefault(row[0] or row[1] or "none", []).append(row)
        return tuple(_agreement(name, group) for name, group in sorted(groups.items()) if group)

    # Bulk

    def plan_bulk(self, who: Who, wanted: QueueFilter) -> BulkPlan:
        """What a bulk ruling would touch: the number, a sample, and a token that stands for exactly these cases."""
        self._people.demand(who, "case.bulk")
        memory = self._memory
        where, values = self._conditions(who, replace(wanted, state="open"))

        def job(tx: Tx) -> BulkPlan:
            now = memory.now()
            names = self._people.aliases(tx)
            rows = tx.rows(
                f"SELECT body, holder, held_until FROM cases WHERE {where} ORDER BY id LIMIT {_MOST_BULK + 1}", *values
            )
            free = [row for row in rows if row[1] is None or row[1] == who.id or row[2] < now]
            cases = loads(row[0] for row in free[:_MOST_BULK])
            versions = [(case.id, case.version) for case in cases]
            token = memory.vault.seal(
                tx, "plan", {"by": who.id, "cases": versions}, at=now, expires=now + _PLAN_S * SECOND
            )
            step = max(1, len(cases) // _SAMPLE)
            sample = tuple(_queue_row(case, None, None, names, now) for case in cases[::step][:_SAMPLE])
            return BulkPlan(count=len(cases), sample=sample, token=token, skipped=len(rows) - len(free))

        return memory.write(job)

    def bulk(self, who: Who, token: str, ruling: Ruling, *, count: int) -> BulkDone:
        """Carries a plan out. `count` is the number the person agreed to. Cases that changed since are skipped.

        Each case gets a ruling of its own, with notices, strikes and a way to appeal, as if it were ruled alone.
        """
        self._people.demand(who, "case.bulk")
        memory = self._memory

        def opened(tx: Tx) -> list[tuple[str, int]]:
            plan = memory.vault.open(tx, token, dict[str, Any])
            if plan.get("by") != who.id:
                raise Forbidden("this plan is somebody else's", where="token")
            return [(str(case_id), int(version)) for case_id, version in plan["cases"]]

        try:
            cases = memory.read(opened)
        except Erased:
            raise Conflict("this plan was carried out or is too old", where="token", next_step="plan again") from None
        if count != len(cases):
            raise Conflict("the number agreed to is not the plan's", where="count", next_step="plan again")
        done, waiting, skipped = 0, 0, 0
        name = "b_" + hashlib.sha256(token.encode()).hexdigest()[:20]
        claimed = memory.write(lambda tx: memory.vault.erase(tx, [token]))
        if not claimed:
            raise Conflict("this plan was carried out already", where="token")
        for start in range(0, len(cases), 50):
            part = cases[start : start + 50]
            ruled, wait, skip = memory.write(
                lambda tx, part=part: self._bulk(tx, who, part, ruling, name)  # type: ignore[misc]
            )
            done, waiting, skipped = done + ruled, waiting + wait, skipped + skip
        memory.write(
            lambda tx: memory.happen(
                tx, "bulk.done", actor=who.id, body={"bulk": name, "done": done, "waiting": waiting, "skipped": skipped}
            )
        )
        return BulkDone(id=name, done=done, waiting=waiting, skipped=skipped)

    def _bulk(
        self, tx: Tx, who: Who, cases: Sequence[tuple[str, int]], ruling: Ruling, name: str
    ) -> tuple[int, int, int]:
        memory = self._memory
        done = waiting = skipped = 0
        for case_id, version in cases:
            case = memory.case(tx, case_id)
            now = memory.now()
            holder, until = tx.one("SELECT holder, held_until FROM cases WHERE id = ?", case_id) or (None, None)
            taken = holder is not None and holder != who.id and until >= now
            may = "case.decide" in self._people.rights(who, case)
            if case.version != version or case.state != "open" or taken or not may:
                skipped += 1
                continue
            outcome = self._decide(tx, case, who, ruling, took_s=0)
            memory.happen(tx, "bulk.ruled", actor=who.id, body={"bulk": name, "of": case_id})
            done += not outcome.waits_for_second
            waiting += outcome.waits_for_second
        return done, waiting, skipped

    def undo_bulk(self, who: Who, bulk: str) -> int:
        """Takes back every ruling of a bulk action that still stands; how many."""
        self._people.demand(who, "case.bulk")
        memory = self._memory

        def job(tx: Tx) -> int:
            rows = tx.rows("SELECT body FROM events WHERE kind = 'bulk.ruled' AND kind <> 'decided' ORDER BY seq DESC")
            import msgspec

            count = 0
            for (body,) in rows:
                facts = msgspec.json.decode(body)
                if facts.get("bulk") != bulk:
                    continue
                case = memory.case(tx, facts["of"])
                if case.state == "closed" and who.id in case.reviewers:
                    self._undo(tx, case, who.id, "", bulk=bulk)
                    count += 1
            memory.happen(tx, "bulk.undone", actor=who.id, body={"bulk": bulk, "count": count})
            return count

        return memory.write(job)

    # Small pieces

    def _check(self, ruling: Ruling, policy: Policy) -> None:
        if (ruling.action == "allow") != (not ruling.clauses):
            raise BadRequest("a clause is named exactly when something is done", where="clauses")
        unknown = [name for name in ruling.clauses if name not in policy.by_id]
        if unknown or len(set(ruling.clauses)) != len(ruling.clauses):
            raise BadRequest("clauses of the policy are expected, each once", where="clauses")
        if len(ruling.note) > 4_000:
            raise BadRequest("at most 4,000 characters are expected", where="note")

    def _second(self, policy: Policy, case: Case, ruling: Ruling) -> bool:
        return any(policy.by_id[name].second_approval for name in ruling.clauses)

    def _gravest_first(self, policy: Policy, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=lambda name: (-policy.by_id[name].gravity, name)))

    def _sampled(self, case: Case) -> bool:
        """The same cases whoever asks, and nobody can tell beforehand which: by the keyed fingerprint of the id."""
        mark = int(self._memory.keys.mark("blind", case.id)[:8], 16)
        return mark < self._memory.settings.blind_share * 0x1_0000_0000

    def _note(self, tx: Tx, case: Case, text: str) -> str | None:
        words = text.strip()
        if len(words) > 4_000:
            raise BadRequest("at most 4,000 characters are expected", where="note")
        memory = self._memory
        return (
            memory.vault.seal(tx, "note", words, at=memory.now(), case_id=case.id, account=case.account)
            if words
            else None
        )

    def _free(self, tx: Tx, case_id: str) -> None:
        tx.run("UPDATE cases SET holder = NULL, held_until = NULL WHERE id = ?", case_id)

    def _keep_ruling(
        self, tx: Tx, case: Case, who: str, role: str, action: str, clause: str, violates: bool, at: int, took_s: int
    ) -> None:
        number = int(tx.value("SELECT COALESCE(MAX(number), 0) FROM rulings WHERE case_id = ?", case.id)) + 1
        tx.run(
            "INSERT INTO rulings (case_id, number, reviewer, role, action, clause, violates, at, took_s)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            case.id, number, who, role, action, clause, int(violates), at, took_s,
        )  # fmt: skip


def clause_text(policy: Policy, name: str, lang: str) -> ClauseText:
    """A clause in one language, in English where the policy lacks it."""
    clause = policy.by_id[name]
    wording = clause.wording.get(lang) or clause.wording["en"]
    return ClauseText(
        id=name,
        title=wording.title,
        reason=wording.reason,
        advice=wording.advice,
        policy=policy.id,
        second_approval=clause.second_approval,
        fast_lane=clause.fast_lane,
        strikes=clause.strikes,
    )


def _queue_row(case: Case, holder: str | None, until: int | None, names: dict[str, str], now: int) -> QueueRow:
    live = holder is not None and until is not None and until >= now
    return QueueRow(
        case=case,
        opened=moment(case.opened),
        due=maybe(case.due),
        overdue=case.due is not None and case.due < now and case.state in ("open", "waiting"),
        holder=names.get(holder or "") if live else None,
        held_until=maybe(until) if live else None,
    )


def _agreement(name: str, rows: Sequence[tuple[Any, ...]]) -> Agreement:
    pairs = len(rows)
    same = sum(row[2] == row[3] for row in rows)
    first, second = sum(row[2] for row in rows) / pairs, sum(row[3] for row in rows) / pairs
    by_chance = first * second + (1 - first) * (1 - second)
    kappa = None if by_chance == 1 else (same / pairs - by_chance) / (1 - by_chance)
    return Agreement(
        clause=name,
        pairs=pairs,
        same_verdict=same,
        same_action=sum(row[4] == row[5] for row in rows),
        kappa=None if kappa is None else round(kappa, 3),
    )


def _nothing(case: Case) -> Any:
    from tutela.model import Item

    return Item(surface=case.surface)  # type: ignore[arg-type]


__all__ = ["Review", "clause_text"]
