"""What follows from a decision, and how is it taken back? Orders, strikes, notices and word to reporters, as one."""

from __future__ import annotations

from typing import Any

from tutela.desk.forms import Reader, ReportForm
from tutela.desk.memory import Memory, new_id
from tutela.desk.orders import Orders
from tutela.desk.originals import Original, author_of, original_of
from tutela.desk.strikes import Strikes
from tutela.errors import Erased
from tutela.ledger import Tx
from tutela.ledger.fold import Case
from tutela.redact import redacted_texts

# Actions that change something for the author; each is ordered, each can be undone.
ACTING = frozenset({"warn", "redact", "restrict", "remove"})


class Effects:
    """Carries out decisions inside the transaction that stores them."""

    def __init__(self, memory: Memory, orders: Orders, strikes: Strikes) -> None:
        self._memory = memory
        self._orders = orders
        self._strikes = strikes

    def apply(self, tx: Tx, case: Case, *, actor: str, original: Original | None = None) -> tuple[str, ...]:
        """Orders what the case's action says, gives the strike, tells the author. The ids of orders that act."""
        if case.action not in ACTING:
            return ()
        memory = self._memory
        original = original or original_of(memory, tx, case)
        author_id = author_of(memory, tx, case) if original is None else _author(original)
        notice = self.tell(tx, case, "author", "decision", action=case.action) if case.violates else None
        data = self._data(case, original, notice)
        if original is None:
            data["where"] = self._place(tx, case.id)
        order = self._orders.make(tx, "action.apply", data, actor=actor, case=case, action=case.action)
        if case.violates:
            self._strikes.give(tx, case, actor=actor, author_id=author_id)
        return (order,)

    def revert(self, tx: Tx, case: Case, *, actor: str) -> tuple[str, ...]:
        """Orders the undo of whatever is in force for the case and takes its strike back. The ids of the undoing orders."""
        memory = self._memory
        made = []
        original = original_of(memory, tx, case)
        for order, action in self._orders.in_force(tx, case.id):
            data = {**self._data(case, original, None), "action": action, "undoes": order}
            if original is None:
                data["where"] = self._place(tx, case.id)
            made.append(self._orders.make(tx, "action.undo", data, actor=actor, case=case, action=action, undoes=order))
        self._strikes.take(tx, case, actor=actor, author_id=author_of(memory, tx, case))
        return tuple(made)

    def tell(
        self, tx: Tx, case: Case, reader: Reader, kind: str, *, action: str, report: str | None = None, lang: str = ""
    ) -> str | None:
        """Makes a notice; the secret of its link. Its words are composed when it is read."""
        import secrets

        memory = self._memory
        if reader == "author" and case.account is None:
            return None
        at = memory.now()
        name, token = new_id("n", at), secrets.token_urlsafe(24)
        tx.insert(
            "notices",
            "INSERT INTO notices (id, token, case_id, report_id, account, reader, kind, lang, made, first_read, action)"
            " VALUES (?,?,?,?,?,?,?,?,?,NULL,?)",
            [
                (
                    name, memory.keys.token_hash(token), case.id, report, case.account if reader == "author" else None,
                    reader, kind, lang or case.lang or "en", at, action,
                )
            ],
        )  # fmt: skip
        memory.happen(tx, "notified", actor="clock", case=case, body={"notice": name, "reader": reader, "kind": kind})
        return token

    def tell_author(self, tx: Tx, case: Case, kind: str, *, actor: str, action: str) -> None:
        """A notice on its own, with the order that asks the platform to deliver its link."""
        token = self.tell(tx, case, "author", kind, action=action)
        if token is not None:
            data = {"account": author_of(self._memory, tx, case), "reader": "author", "notice_url": self.url(token)}
            self._orders.make(tx, "notice.ready", {**data, "about": kind}, actor=actor, case=case)

    def url(self, token: str) -> str:
        """Where a notice is read."""
        return f"{self._memory.settings.public_url.rstrip('/')}/notice/{token}"

    def _place(self, tx: Tx, case_id: str) -> str | None:
        """Where the reporter said it is: all that is known of an item that the platform never sent."""
        detail = tx.value("SELECT detail FROM reports WHERE case_id = ? ORDER BY made LIMIT 1", case_id)
        try:
            return self._memory.vault.open(tx, detail, ReportForm).where
        except Erased:
            return None

    def _data(self, case: Case, original: Original | None, notice: str | None) -> dict[str, Any]:
        data: dict[str, Any] = {
            "action": case.action,
            "clauses": list(case.clauses),
            "policy": case.policy,
            "violates": case.violates,
            "item": None,
            "account": None,
        }
        if original is not None:
            data["item"] = original.item.id or None
            data["account"] = _author(original)
            if case.action == "redact" and original.decision is not None:
                data["redacted"] = original.decision.redacted or redacted_texts(
                    original.item, original.decision, self._memory.policy_of(case)
                )
        if notice is not None:
            data["notice_url"] = self.url(notice)
        return data


def _author(original: Original) -> str | None:
    return None if original.item.author is None else original.item.author.id
