"""How does an account stand? Strikes by the clause's severity, with expiry, and the ladder that follows from their sum."""

from __future__ import annotations

from tutela.desk.forms import Standing, Strike
from tutela.desk.memory import Memory, days, maybe, new_id
from tutela.desk.orders import Orders
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case
from tutela.policy.form import Policy


class Strikes:
    """Gives, takes back and counts strikes. Accounts are fingerprints here."""

    def __init__(self, memory: Memory, orders: Orders) -> None:
        self._memory = memory
        self._orders = orders

    def of(self, author_id: str) -> Standing:
        """How the platform's account stands now."""
        return self.standing(self._memory.mark_account(author_id))

    def standing(self, account: str) -> Standing:
        """How an account, by its fingerprint, stands now."""

        def job(tx: Tx) -> Standing:
            now = self._memory.now()
            rows = tx.rows(
                "SELECT id, case_id, clause, points, given, expires, taken FROM strikes WHERE account = ?"
                " ORDER BY given DESC LIMIT 200",
                account,
            )
            strikes = tuple(
                Strike(
                    id=row[0],
                    case_id=row[1],
                    clause=row[2],
                    points=row[3],
                    given=moment(row[4]),
                    expires=moment(row[5]),
                    taken=maybe(row[6]),
                    counts=row[6] is None and row[5] > now,
                )
                for row in rows
            )
            step = tx.value("SELECT step FROM standings WHERE account = ?", account) or ""
            return Standing(account=account, points=self.points(tx, account), step=step, strikes=strikes)

        return self._memory.read(job)

    def points(self, tx: Tx, account: str) -> int:
        """The sum of points in force now."""
        return int(
            tx.value(
                "SELECT COALESCE(SUM(points), 0) FROM strikes WHERE account = ? AND taken IS NULL AND expires > ?",
                account,
                self._memory.now(),
            )
        )

    def give(self, tx: Tx, case: Case, *, actor: str, author_id: str | None) -> None:
        """A strike for the gravest of the case's clauses. One case gives one strike, however many clauses it breaks."""
        memory = self._memory
        policy = memory.policy_of(case)
        clause = policy.by_id.get(case.clause)
        if case.account is None or clause is None or clause.strikes < 1:
            return
        # A case that was opened and decided in one step has none yet.
        known = case.version > 1 and tx.value(
            "SELECT COUNT(*) FROM strikes WHERE case_id = ? AND taken IS NULL", case.id
        )
        if known:
            return
        at = memory.now()
        name = new_id("s", at)
        expires = at + days(policy.strikes.expire_days)
        tx.insert(
            "strikes",
            "INSERT INTO strikes (id, account, case_id, clause, points, given, expires, taken) VALUES (?,?,?,?,?,?,?,NULL)",
            [(name, case.account, case.id, clause.id, clause.strikes, at, expires)],
        )
        memory.happen(
            tx, "strike.given", actor=actor, case=case, body={"strike": name, "points": clause.strikes}, at=at
        )
        self.settle(tx, case.account, policy, actor=actor, author_id=author_id)

    def take(self, tx: Tx, case: Case, *, actor: str, author_id: str | None) -> None:
        """Takes the case's strike back."""
        memory = self._memory
        at = memory.now()
        for (name,) in tx.rows("SELECT id FROM strikes WHERE case_id = ? AND taken IS NULL", case.id):
            tx.run("UPDATE strikes SET taken = ? WHERE id = ?", at, name)
            memory.happen(tx, "strike.taken", actor=actor, case=case, body={"strike": name}, at=at)
        if case.account is not None:
            self.settle(tx, case.account, memory.policy_of(case), actor=actor, author_id=author_id)

    def settle(self, tx: Tx, account: str, policy: Policy, *, actor: str, author_id: str | None) -> None:
        """Brings the account's step on the ladder to what its points say now, with the order or its undo."""
        memory = self._memory
        row = tx.one(
            "SELECT COALESCE((SELECT SUM(points) FROM strikes WHERE account = ? AND taken IS NULL AND expires > ?), 0),"
            " (SELECT step FROM standings WHERE account = ?), (SELECT order_id FROM standings WHERE account = ?)",
            account,
            memory.now(),
            account,
            account,
        )
        points, step, order = (int(row[0]), row[1] or "", row[2]) if row else (0, "", None)
        wanted = step_for(policy, points)
        if wanted == step:
            return
        if order is not None:
            data = {"account": author_id, "action": step, "points": points, "undoes": order}
            self._orders.make(tx, "account.undo", data, actor=actor, action=step, undoes=order, account=account)
        new = None
        if wanted:
            data = {"account": author_id, "action": wanted, "points": points, "policy": policy.id}
            new = self._orders.make(tx, "account.apply", data, actor=actor, action=wanted, account=account)
        tx.run(
            "INSERT INTO standings (account, step, order_id, since) VALUES (?,?,?,?) ON CONFLICT (account) DO UPDATE"
            " SET step = excluded.step, order_id = excluded.order_id, since = excluded.since",
            account, wanted, new, memory.now(),
        )  # fmt: skip
        memory.happen(tx, "standing", actor=actor, account=account, body={"from": step, "to": wanted, "points": points})

    def expire_due(self, *, limit: int = 200) -> int:
        """Settles accounts whose strikes ran out, so that the ladder's step is taken back in time; how many changed."""

        def job(tx: Tx) -> int:
            memory = self._memory
            policy, now, changed = memory.policy_now(), memory.now(), 0
            rows = tx.rows(
                "SELECT account, step FROM standings WHERE step <> '' AND NOT EXISTS (SELECT 1 FROM strikes s WHERE"
                " s.account = standings.account AND s.taken IS NULL AND s.expires > ?)"
                f" LIMIT {int(limit)}",
                now,
            )
            for account, _ in rows:
                self.settle(tx, account, policy, actor="clock", author_id=self._author(tx, account))
                changed += 1
            return changed

        return self._memory.write(job)

    def _author(self, tx: Tx, account: str) -> str | None:
        from tutela.desk.originals import author_of_account

        return author_of_account(self._memory, tx, account)


def step_for(policy: Policy, points: int) -> str:
    """The highest step of the ladder that the points reach; empty below the first."""
    reached = [int(threshold) for threshold in policy.strikes.ladder if int(threshold) <= points]
    return policy.strikes.ladder[str(max(reached))] if reached else ""
