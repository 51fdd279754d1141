"""How does someone object, and who judges it? Within the policy's time, by a person who had no part in the decision."""

from __future__ import annotations

from tutela.desk.effects import Effects
from tutela.desk.forms import AppealStatus, AppealTask, Ruling, Who
from tutela.desk.memory import SECOND, Memory, days, maybe, new_id
from tutela.desk.orders import Orders
from tutela.desk.people import People
from tutela.desk.reports import Reports
from tutela.errors import BadRequest, Conflict, Erased, Expired, Forbidden, NotFound
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case

_SHORTEST, _LONGEST = 10, 4_000


class Appeals:
    """Files and judges appeals."""

    def __init__(self, memory: Memory, people: People, effects: Effects, orders: Orders, reports: Reports) -> None:
        self._memory = memory
        self._people = people
        self._effects = effects
        self._orders = orders
        self._reports = reports

    def file(self, token: str, text: str) -> AppealStatus:
        """Appeals against what a notice said, by its link. Once for each notice.

        Raises NotFound (T404), Expired (T410) after the policy's time, Conflict (T409) when there is nothing to appeal
        against or it was done already, BadRequest (T422) for a text under 10 or over 4,000 characters.
        """
        memory = self._memory
        words = text.strip()
        if not _SHORTEST <= len(words) <= _LONGEST:
            raise BadRequest(f"{_SHORTEST} to {_LONGEST:,} characters are expected", where="text")
        mark = memory.keys.token_hash(token)

        def job(tx: Tx) -> AppealStatus:
            row = tx.one("SELECT id, case_id, reader, kind, made, action FROM notices WHERE token = ?", mark)
            if row is None:
                raise NotFound("no notice behind this link", where="token")
            notice, case_id, reader, kind, made, action = row
            case = memory.case(tx, case_id)
            at = memory.now()
            if not (
                (reader == "author" and kind == "decision" and action != "allow")
                or (reader == "reporter" and kind == "outcome" and action == "allow")
            ):
                raise Conflict("there is nothing to appeal against in this notice", where="token")
            if at > made + days(memory.policy_of(case).retention.appeal_days):
                raise Expired("the time to appeal has passed", where="token")
            if tx.value("SELECT COUNT(*) FROM appeals WHERE notice_id = ?", notice):
                raise Conflict(
                    "you have appealed already", where="token", next_step="the answer comes by this same link"
                )
            if case.state != "closed":
                raise Conflict("the case is being looked at again anyway", where="token")
            name = new_id("a", at)
            due = at + memory.settings.appeal_due_s * SECOND
            sealed = memory.vault.seal(tx, "appeal", words, at=at, case_id=case_id, account=case.account)
            tx.run(
                "INSERT INTO appeals (id, case_id, notice_id, reader, state, made, due, text, reply, judge, judged, holder,"
                " held_until) VALUES (?,?,?,?,'filed',?,?,?,NULL,NULL,NULL,NULL,NULL)",
                name, case_id, notice, reader, at, due, sealed,
            )  # fmt: skip
            after = memory.of_case(
                tx, "appeal.filed", case, actor="public", body={"appeal": name, "reader": reader}, at=at
            )
            memory.count_case(tx, "appeal", after, at=at, action=case.action)
            return AppealStatus(id=name, state="filed", made=moment(at), judged=None, reply=None)

        return memory.write(job)

    def list(self, who: Who, *, state: str = "filed", limit: int = 100) -> tuple[AppealTask, ...]:
        """Appeals that the person may judge: those due soonest first. Not those against their own rulings."""
        self._people.demand(who, "appeal.judge")

        def job(tx: Tx) -> tuple[AppealTask, ...]:
            rows = tx.rows(
                "SELECT id FROM appeals WHERE state = ? ORDER BY due LIMIT ?", state, max(1, min(limit, 500))
            )
            tasks = []
            for (name,) in rows:
                task, case = self._task(tx, name)
                if "appeal.judge" not in self._people.rights(who, case):
                    continue
                if state != "filed" or who.id not in case.reviewers:
                    tasks.append(task)
            return tuple(tasks)

        return self._memory.read(job)

    def get(self, appeal: str, who: Who) -> AppealTask:
        """An appeal with its text. Raises Forbidden (T403) for whoever ruled on the case."""

        def job(tx: Tx) -> AppealTask:
            task, case = self._task(tx, appeal, opened=True)
            self._people.demand(who, "appeal.judge", case)
            return task

        return self._memory.read(job)

    def judge(self, appeal: str, who: Who, *, uphold: bool, reply: str, ruling: Ruling | None = None) -> AppealTask:
        """Judges an appeal; the reply is required and is read by who appealed.

        Not upheld, an author's appeal takes the decision back: orders are undone, the strike is taken back. `ruling`
        then says what holds instead (`allow` without one). A reporter's appeal needs the ruling that it leads to.
        Raises Forbidden (T403) for whoever ruled on the case, Conflict (T409) when it was judged already.
        """
        memory = self._memory
        words = reply.strip()
        if not _SHORTEST <= len(words) <= _LONGEST:
            raise BadRequest(f"a reply of {_SHORTEST} to {_LONGEST:,} characters is expected", where="reply")

        def job(tx: Tx) -> AppealTask:
            task, case = self._task(tx, appeal)
            self._people.demand(who, "appeal.judge", case)
            if who.id in case.reviewers:
                raise Forbidden("an appeal is judged by somebody who had no part in the decision", where="appeal.judge")
            if task.state != "filed":
                raise Conflict("this appeal was judged already", where="appeal")
            at = memory.now()
            sealed = memory.vault.seal(tx, "reply", words, at=at, case_id=case.id, account=case.account)
            outcome = "upheld" if uphold else "reversed"
            tx.run(
                "UPDATE appeals SET state = ?, reply = ?, judge = ?, judged = ? WHERE id = ?",
                outcome, sealed, who.id, at, appeal,
            )  # fmt: skip
            after = (
                self._uphold(tx, case, appeal, who, at)
                if uphold
                else self._reverse(tx, case, appeal, task.reader, who, ruling, at)
            )
            self._tell(tx, after, task, who)
            memory.count_case(
                tx, "appeal.judged", case, at=at, action=outcome,
                total=(at - int(task.made.timestamp() * SECOND)) // SECOND,
            )  # fmt: skip
            return self._task(tx, appeal, opened=True)[0]

        return memory.write(job)

    def _uphold(self, tx: Tx, case: Case, appeal: str, who: Who, at: int) -> Case:
        body = {"appeal": appeal, "outcome": "upheld"}
        return self._memory.of_case(tx, "appeal.judged", case, actor=who.id, body=body, at=at)

    def _reverse(self, tx: Tx, case: Case, appeal: str, reader: str, who: Who, ruling: Ruling | None, at: int) -> Case:
        memory = self._memory
        policy = memory.policy_of(case)
        chosen = ruling or Ruling(action="allow")
        if (chosen.action == "allow") != (not chosen.clauses) or any(
            name not in policy.by_id for name in chosen.clauses
        ):
            raise BadRequest("clauses of the policy are named exactly when something is done", where="ruling")
        if reader == "reporter" and chosen.action == "allow":
            raise BadRequest("say what is to be done: the report was right", where="ruling")
        clauses = tuple(sorted(chosen.clauses, key=lambda name: (-policy.by_id[name].gravity, name)))
        violates = chosen.action != "allow"
        self._effects.revert(tx, case, actor=who.id)
        ruled = {
            "action": chosen.action, "clauses": list(clauses), "violates": violates, "role": "judge",
            "gravity": max((policy.by_id[name].gravity for name in clauses), default=case.gravity), "policy": policy.id,
        }  # fmt: skip
        body = {"appeal": appeal, "outcome": "reversed", "ruling": ruled}
        after = memory.of_case(tx, "appeal.judged", case, actor=who.id, body=body, at=at)
        self._effects.apply(tx, after, actor=who.id)
        self._reports.close(tx, after, acted=violates, actor=who.id)
        memory.count_case(tx, "reversed", case, at=at)
        return after

    def _tell(self, tx: Tx, case: Case, task: AppealTask, who: Who) -> None:
        action = case.action
        if task.reader == "author":
            self._effects.tell_author(tx, case, "appeal", actor=who.id, action=action)
            return
        row = tx.one(
            "SELECT n.report_id, r.lang, r.contact, r.confirmed, r.reporter FROM appeals a JOIN notices n ON n.id = a.notice_id"
            " JOIN reports r ON r.id = n.report_id WHERE a.id = ?",
            task.id,
        )
        if row is None:
            return
        token = self._effects.tell(tx, case, "reporter", "appeal", action=action, report=row[0], lang=row[1])
        if token is None or row[2] is None or row[3] is None:
            return
        try:
            contact = self._memory.vault.open(tx, row[2], str)
        except Erased:
            return
        data = {"contact": contact, "notice_url": self._effects.url(token), "lang": row[1]}
        self._orders.make(tx, "appeal.outcome", data, actor=who.id, account=row[4])

    def _task(self, tx: Tx, appeal: str, *, opened: bool = False) -> tuple[AppealTask, Case]:
        row = tx.one(
            "SELECT case_id, reader, state, made, due, judge, judged, text, reply FROM appeals WHERE id = ?", appeal
        )
        if row is None:
            raise NotFound("no such appeal", where="appeal")
        names = self._people.aliases(tx) if row[5] else {}
        task = AppealTask(
            id=appeal,
            case_id=row[0],
            reader=row[1],
            state=row[2],
            made=moment(row[3]),
            due=moment(row[4]),
            judge=names.get(row[5]),
            judged=maybe(row[6]),
            text=self._opened(tx, row[7]) if opened else None,
            reply=self._opened(tx, row[8]) if opened else None,
        )
        return task, self._memory.case(tx, row[0])

    def _opened(self, tx: Tx, name: str | None) -> str | None:
        if name is None:
            return None
        try:
            return self._memory.vault.open(tx, name, str)
        except Erased:
            return None
