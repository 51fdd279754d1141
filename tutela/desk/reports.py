"""How does someone report a violation, with or without an account, and learn what became of it?

Over 400 lines: filing, following and closing a report share its one row.

The form and the contact are sealed. What the ledger keeps is the topic, the lane and fingerprints. Nobody whose item is
reported learns from the desk who reported it.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from msgspec.structs import replace

from tutela.desk.effects import Effects
from tutela.desk.forms import (
    AppealTask,
    Lane,
    ReportForm,
    ReportReceipt,
    ReportStatus,
    ReportStep,
    ReportView,
    Topic,
)
from tutela.desk.intake import Intake, language
from tutela.desk.memory import SECOND, Memory, day_of, days, maybe, new_id
from tutela.desk.orders import Orders
from tutela.desk.originals import Original, keep_account, light, thin
from tutela.errors import BadRequest, Erased, NotFound
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case, loads
from tutela.model import Decision, Item

# The clause that a topic points to; a person decides by which clause it is judged in the end.
CLAUSE_OF: dict[Topic, str] = {
    "phone": "pi.contact",
    "address": "pi.contact",
    "financial": "pi.financial",
    "credentials": "pi.credentials",
    "identity": "pi.identity",
    "threat": "pi.threats",
    "location": "pi.contact",
    "image": "pi.other",
    "other_private": "pi.other",
    "phishing": "ps.deceptive_collection",
    "malware": "ps.malware",
    "fake_app": "ps.unauthorized_access",
    "stolen_account": "ps.unauthorized_access",
    "account_trade": "ps.account_access",
    "scraping": "ps.deceptive_collection",
    "other_security": "ps.other",
}
FAST: frozenset[Topic] = frozenset({"phone", "address", "financial", "threat", "credentials", "location"})
_LIMITS = {"what": 4_000, "quote": 4_000, "where": 2_000, "contact": 254, "reporter_id": 200, "country": 2, "lang": 12}


class Reports:
    """Files reports, shows their progress to who filed them, and closes them with the case."""

    def __init__(self, memory: Memory, orders: Orders, effects: Effects, intake: Intake) -> None:
        self._memory = memory
        self._orders = orders
        self._effects = effects
        self._intake = intake

    def file(
        self, form: ReportForm, *, item: Item | None = None, decision: Decision | None = None, address: str = ""
    ) -> ReportReceipt:
        """Files a report. `item` and `decision` are given where the platform sends the reported content along.

        `address` is the caller's network address: only its fingerprint is counted. Raises BadRequest (T422) that names the
        field, TooMany (T429).
        """
        self._check(form)
        memory = self._memory
        reporter = self._reporter(form)
        marks = [name for name in (reporter, address and memory.keys.mark("address", address)) if name]

        def count(tx: Tx) -> None:
            for mark in marks:
                memory.spend(tx, f"report:{mark}", limit=memory.settings.reports_an_hour, window_s=3_600)

        # Counted in a commit of its own: what is refused must count as well.
        memory.write(count)
        return memory.write(lambda tx: self._file(tx, form, item, decision, reporter))

    def _file(
        self, tx: Tx, form: ReportForm, item: Item | None, decision: Decision | None, reporter: str | None
    ) -> ReportReceipt:
        memory = self._memory
        at = memory.now()
        name, reference = new_id("r", at), _reference()
        lane: Lane = "fast" if form.topic in FAST or form.urgency == "danger" else "ordinary"
        clause = CLAUSE_OF[form.topic]
        policy = memory.policy_now()
        gravity = policy.by_id[clause].gravity + (15 if form.urgency == "danger" else 0)
        due = memory.due_after(at, fast=lane == "fast", gravity=gravity)
        case, new = self._case_for(tx, form, item, decision, clause, gravity, lane, due, at)
        keep = at + days(policy.retention.appeal_days + policy.retention.originals_days)
        detail = memory.vault.seal(tx, "report", replace(form, contact=""), at=at, case_id=case.id, expires=keep)
        contact, confirm = None, None
        if form.contact:
            contact = memory.vault.seal(tx, "contact", form.contact, at=at, account=reporter, expires=keep)
            confirm = secrets.token_urlsafe(24)
        tx.run(
            "INSERT INTO reports (id, case_id, token, state, topic, lane, lang, reporter, made, confirmed, closed,"
            " confirm_token, outcome, detail, contact, country) VALUES (?,?,?,?,?,?,?,?,?,NULL,NULL,?,'',?,?,?)",
            name, case.id, memory.keys.token_hash(reference), "received", form.topic, lane, language(form.lang) or "en",
            reporter, at, None if confirm is None else memory.keys.token_hash(confirm), detail, contact,
            form.country.upper() if form.country.isalpha() and form.country.isascii() else "",
        )  # fmt: skip
        # A decision that stands is looked at again only when somebody new complains about it.
        reopens = not new and case.state == "closed" and case.action == "allow" and not case.reviewers
        body = {
            "report": name, "topic": form.topic, "fast": lane == "fast", "gravity": gravity, "due": due,
            "reopens": reopens, "affected": form.affected,
        }  # fmt: skip
        memory.of_case(tx, "report.filed", case, actor="public", body=body)
        memory.count(
            tx, [((day_of(at), "report", clause, case.surface, language(form.lang), "report", "", form.topic), 1, 1)]
        )
        if confirm is not None:
            url = f"{memory.settings.public_url.rstrip('/')}/report/confirm/{confirm}"
            self._orders.make(
                tx, "report.confirm", {"contact": form.contact, "confirm_url": url, "lang": form.lang}, actor="public",
                account=reporter,
            )  # fmt: skip
        return ReportReceipt(id=name, reference=reference, lane=lane, needs_confirmation=confirm is not None)

    def _case_for(
        self,
        tx: Tx,
        form: ReportForm,
        item: Item | None,
        decision: Decision | None,
        clause: str,
        gravity: int,
        lane: Lane,
        due: int,
        at: int,
    ) -> tuple[Case, bool]:
        """The case of the reported item, an open one first; a new one where there is none. True says new."""
        memory = self._memory
        names = {place for place in (form.where.strip(), item.id if item is not None else "") if place}
        marks = sorted(memory.mark_item(_plain_place(place)) for place in names) + sorted(
            memory.mark_item(place) for place in names
        )
        rows = tx.rows(
            f"SELECT body FROM cases WHERE item IN ({','.join('?' * len(marks))})"
            " ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, opened DESC LIMIT 1",
            *marks,
        )
        known = loads(row[0] for row in rows)
        if known:
            return known[0], False
        mark = memory.mark_item(item.id if item is not None and item.id else _plain_place(form.where.strip()))
        policy = memory.policy_now()
        sealed, account = None, None
        case_id = new_id("c", at)
        if item is not None:
            original = Original(item=light(item, memory.settings.most_media_bytes), decision=decision)
            if item.author is not None and item.author.id:
                account = memory.mark_account(item.author.id)
                keep_account(memory, tx, account, item.author.id)
            sealed = memory.vault.seal(
                tx, "original", original, at=at, case_id=case_id, account=account,
                expires=at + days(policy.retention.originals_days),
            )  # fmt: skip
        found = decision if decision is not None else None
        case = Case(
            id=case_id,
            opened=at,
            state="open",
            source="report",
            queue=clause,
            clauses=tuple(entry.id for entry in found.clauses) if found is not None and found.clauses else (clause,),
            gravity=gravity,
            fast=lane == "fast",
            due=due,
            surface=item.surface if item is not None else "post",
            audience=item.seen_by() if item is not None else "public",
            lang=language(item.lang) if item is not None else "",
            item=mark,
            account=account,
            policy=found.policy if found is not None else policy.id,
            action="review",
            violates=found.violates if found is not None else False,
            confidence=found.confidence if found is not None else 0.5,
            risks=found.risks if found is not None else (),
            evidence=thin(found.evidence) if found is not None else (),
            original=sealed,
            detected=False,
        )
        return memory.open_case(tx, case, kind="reported", actor="public"), True

    def _reporter(self, form: ReportForm) -> str | None:
        """One fingerprint for the same person: the account where there is one, else the contact."""
        memory = self._memory
        if form.reporter_id:
            return memory.mark_account(form.reporter_id)
        return memory.keys.mark("contact", form.contact.strip().lower()) if form.contact else None

    @staticmethod
    def _check(form: ReportForm) -> None:
        for name, limit in _LIMITS.items():
            if len(getattr(form, name)) > limit:
                raise BadRequest(f"at most {limit:,} characters are expected", where=name)
        if not form.where.strip():
            raise BadRequest("say where it is: a link, or the item's identifier", where="where")
        if not form.good_faith:
            raise BadRequest("confirm that what you report is true as far as you know", where="good_faith")
        if form.contact and not _looks_like_mail(form.contact):
            raise BadRequest("an e-mail address is expected", where="contact")
        if form.from_s is not None and (form.from_s < 0 or (form.to_s is not None and form.to_s < form.from_s)):
            raise BadRequest(
                "seconds from the clip's start are expected, the first not after the second", where="from_s"
            )
        if form.region is not None and not all(0 <= share <= 1 for share in form.region):
            raise BadRequest("shares of the picture are expected, 0 to 1", where="region")

    # What the reporter sees

    def confirm(self, token: str) -> ReportStatus:
        """Confirms the contact with its one-time link. Raises NotFound (T404)."""
        memory = self._memory

        def job(tx: Tx) -> str:
            found = tx.one("SELECT id, case_id FROM reports WHERE confirm_token = ?", memory.keys.token_hash(token))
            if found is None:
                raise NotFound("this link was used, or never was one", next_step="the report itself is not affected")
            tx.run("UPDATE reports SET confirmed = ?, confirm_token = NULL WHERE id = ?", memory.now(), found[0])
            case = memory.case(tx, found[1])
            memory.of_case(tx, "report.confirmed", case, actor="public", body={"report": found[0]})
            return str(found[0])

        name = memory.write(job)
        return memory.read(lambda tx: self._status(tx, "id = ?", name))

    def status(self, reference: str) -> ReportStatus:
        """How a report stands, for whoever holds its reference. Raises NotFound (T404)."""
        token = self._memory.keys.token_hash(_plain_reference(reference))
        return self._memory.read(lambda tx: self._status(tx, "token = ?", token))

    def withdraw(self, reference: str) -> ReportStatus:
        """Takes a report back; the case goes on without it when others reported it or the engine found it."""
        memory = self._memory
        token = memory.keys.token_hash(_plain_reference(reference))

        def job(tx: Tx) -> None:
            found = tx.one("SELECT id, case_id, state FROM reports WHERE token = ?", token)
            if found is None:
                raise NotFound("no report of that reference", where="reference")
            if found[2] in ("received", "in_review"):
                tx.run("UPDATE reports SET state = 'withdrawn', closed = ? WHERE id = ?", memory.now(), found[0])
                case = memory.case(tx, found[1])
                memory.of_case(tx, "report.withdrawn", case, actor="public", body={"report": found[0]})

        memory.write(job)
        return self.status(reference)

    def _status(self, tx: Tx, where: str, value: object) -> ReportStatus:
        memory = self._memory
        found = tx.one(
            "SELECT id, case_id, state, topic, made, confirmed, closed, contact FROM reports WHERE " + where, value
        )
        if found is None:
            raise NotFound("no report of that reference", where="reference", next_step="look at its letters again")
        name, case_id, state, topic, made, confirmed, closed, contact = found
        steps = [ReportStep(at=moment(made), name="received")]
        if confirmed is not None:
            steps.append(ReportStep(at=moment(confirmed), name="confirmed"))
        if closed is not None:
            steps.append(ReportStep(at=moment(closed), name=state))
        holder = tx.value("SELECT holder FROM cases WHERE id = ?", case_id)
        if state == "received" and holder is not None:
            state = "in_review"
        until = None
        if closed is not None and state in ("no_violation", "action_taken"):
            policy = memory.policy_of(memory.case(tx, case_id))
            until = moment(closed + days(policy.retention.appeal_days))
        return ReportStatus(
            id=name,
            state=state,
            topic=topic,
            made=moment(made),
            confirmed=None if contact is None else confirmed is not None,
            closed=maybe(closed),
            steps=tuple(steps),
            appeal_until=until if state == "no_violation" else None,
        )

    def notice_token(self, reference: str) -> str | None:
        """A fresh link to the notice about a report's outcome, for whoever holds its reference; None before there is one.

        The link that was sent before stops working.
        """
        memory = self._memory
        token = memory.keys.token_hash(_plain_reference(reference))

        def job(tx: Tx) -> str | None:
            name = tx.value("SELECT id FROM reports WHERE token = ?", token)
            notice = tx.value("SELECT id FROM notices WHERE report_id = ? ORDER BY made DESC LIMIT 1", name or "")
            if notice is None:
                return None
            fresh = secrets.token_urlsafe(24)
            tx.run("UPDATE notices SET token = ? WHERE id = ?", memory.keys.token_hash(fresh), notice)
            return fresh

        return memory.write(job)

    # What reviewers see, and the end

    def of_case(self, tx: Tx, case_id: str) -> tuple[ReportView, ...]:
        """A case's reports, without their texts and contacts, with how often each reporter was right."""
        views = []
        for row in tx.rows(
            "SELECT id, topic, lane, state, made, confirmed, country, lang, reporter, contact FROM reports WHERE case_id = ?"
            " ORDER BY made LIMIT 100",
            case_id,
        ):
            filed, right = 0, 0
            if row[8] is not None:
                filed = int(tx.value("SELECT COUNT(*) FROM reports WHERE reporter = ?", row[8]))
                right = int(
                    tx.value("SELECT COUNT(*) FROM reports WHERE reporter = ? AND state = 'action_taken'", row[8])
                )
            views.append(
                ReportView(
                    id=row[0],
                    case_id=case_id,
                    topic=row[1],
                    lane=row[2],
                    state=row[3],
                    made=moment(row[4]),
                    confirmed=None if row[9] is None else row[5] is not None,
                    country=row[6],
                    lang=row[7],
                    reporter_reports=filed,
                    reporter_right=right,
                )
            )
        return tuple(views)

    def forms_of(self, tx: Tx, case_id: str) -> tuple[ReportForm, ...]:
        """The texts of a case's reports, without contacts. Only for a reveal that was logged."""
        forms = []
        for (detail,) in tx.rows("SELECT detail FROM reports WHERE case_id = ? ORDER BY made LIMIT 100", case_id):
            try:
                forms.append(self._memory.vault.open(tx, detail, ReportForm))
            except Erased:
                continue
        return tuple(forms)

    def appeals_of(self, tx: Tx, case_id: str) -> tuple[AppealTask, ...]:
        """A case's appeals, without their texts."""
        return tuple(
            AppealTask(
                id=row[0],
                case_id=case_id,
                reader=row[1],
                state=row[2],
                made=moment(row[3]),
                due=moment(row[4]),
                judge=row[5],
                judged=maybe(row[6]),
            )
            for row in tx.rows(
                "SELECT id, reader, state, made, due, judge, judged FROM appeals WHERE case_id = ? ORDER BY made",
                case_id,
            )
        )

    def close(self, tx: Tx, case: Case, *, acted: bool, actor: str) -> None:
        """Closes a case's open reports with the outcome and tells the reporters whose contact is confirmed."""
        memory = self._memory
        at = memory.now()
        rows = tx.rows(
            "SELECT id, lang, contact, confirmed, reporter, made FROM reports WHERE case_id = ?"
            " AND state IN ('received', 'in_review', 'no_violation', 'action_taken')",
            case.id,
        )
        state = "action_taken" if acted else "no_violation"
        for name, lang, contact, confirmed, reporter, made in rows:
            before = tx.value("SELECT state FROM reports WHERE id = ?", name)
            if before == state:
                continue
            tx.run("UPDATE reports SET state = ?, closed = ?, outcome = ? WHERE id = ?", state, at, case.action, name)
            token = self._effects.tell(tx, case, "reporter", "outcome", action=case.action, report=name, lang=lang)
            memory.of_case(tx, "report.closed", case, actor=actor, body={"report": name, "outcome": state})
            memory.count_case(tx, "report.closed", case, at=at, total=(at - made) // SECOND, action=state)
            if token is not None and contact is not None and confirmed is not None:
                self._send_outcome(tx, contact, token, state, lang, reporter, actor)

    def _send_outcome(
        self, tx: Tx, contact: str, token: str, state: str, lang: str, reporter: str | None, actor: str
    ) -> None:
        try:
            address = self._memory.vault.open(tx, contact, str)
        except Erased:
            return
        data = {"contact": address, "notice_url": self._effects.url(token), "outcome": state, "lang": lang}
        self._orders.make(tx, "report.outcome", data, actor=actor, account=reporter)


def _reference() -> str:
    """`R-` and four groups of four letters and digits that are not mistaken for each other: 80 bits of chance."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    drawn = "".join(secrets.choice(letters) for _ in range(16))
    return "R-" + "-".join(drawn[start : start + 4] for start in range(0, 16, 4))


def _plain_reference(given: str) -> str:
    letters = "".join(char for char in given.upper()[:60] if char.isascii() and char.isalnum()).removeprefix("R")
    return "R-" + "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _plain_place(where: str) -> str:
    """A link without what does not change the place: scheme, `www.`, query, fragment, a slash at the end."""
    if "://" not in where:
        return where
    try:
        parts = urlsplit(where)
    except ValueError:
        return where
    return (parts.netloc.lower().removeprefix("www.") + parts.path).rstrip("/")


def _looks_like_mail(address: str) -> bool:
    name, at, host = address.strip().rpartition("@")
    return bool(name and at and "." in host and not any(char.isspace() for char in address.strip()))
