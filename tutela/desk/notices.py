"""What are people told? What, where, by which clause and version, how it was found, what follows, how to appeal.

A notice holds no text: its words are composed from the case's events up to the notice, in the reader's language, masked.
Its link works without an account, so also after a ban.
"""

from __future__ import annotations

from datetime import datetime

from tutela.desk.forms import AppealStatus, Notice, NoticeFinding
from tutela.desk.memory import Memory, days, maybe
from tutela.desk.wording import RIGHT_TO_LEFT, known, words
from tutela.errors import Erased, NotFound
from tutela.ledger import Tx
from tutela.ledger.chain import events_of, moment
from tutela.ledger.fold import Case, fold
from tutela.model import Where
from tutela.policy.form import Policy

_MOST_FINDINGS = 20


class Notices:
    """Composes notices."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, token: str, *, lang: str = "") -> Notice:
        """The notice behind a link. `lang` overrides the language it was made in. Raises NotFound (T404)."""
        memory = self._memory
        mark = memory.keys.token_hash(token)
        notice, fresh = memory.read(lambda tx: self._compose(tx, "token = ?", mark, lang))
        if fresh:
            memory.write(
                lambda tx: tx.run(
                    "UPDATE notices SET first_read = ? WHERE id = ? AND first_read IS NULL", memory.now(), notice.id
                )
            )
        return notice

    def of_case(self, case_id: str) -> tuple[Notice, ...]:
        """What has been told about a case, as its readers see it; for reviewers."""

        def job(tx: Tx) -> tuple[Notice, ...]:
            rows = tx.rows("SELECT id FROM notices WHERE case_id = ? ORDER BY made LIMIT 50", case_id)
            return tuple(self._compose(tx, "id = ?", row[0], "")[0] for row in rows)

        return self._memory.read(job)

    def _compose(self, tx: Tx, where: str, value: object, lang: str) -> tuple[Notice, bool]:
        memory = self._memory
        row = tx.one(
            "SELECT id, case_id, reader, kind, lang, made, first_read, action FROM notices WHERE " + where,
            value,
        )
        if row is None:
            raise NotFound("no notice behind this link", next_step="copy the whole link, to its last character")
        name, case_id, reader, kind, own, made, read, action = row
        language = known(lang or own)
        case = self._case_then(tx, case_id, name)
        policy = memory.policy_of(case)
        say = words("notices")[language]
        appeal = self._appeal(tx, name)
        until = moment(made + days(policy.retention.appeal_days))
        acted = action != "allow"
        appealable = (reader == "author" and kind == "decision" and acted) or (
            reader == "reporter" and kind == "outcome" and not acted
        )
        open_still = until > moment(memory.now())
        state: str = tx.value("SELECT state FROM cases WHERE id = ?", case_id) or "closed"
        paragraphs: list[str] = []
        if kind == "decision":
            paragraphs.extend(self._reasons(case, policy, language))
            paragraphs.append(say[f"found_{case.automation}"])
            paragraphs.append(self._strike(tx, case_id, say))
            paragraphs.extend(self._advice(case, policy, language))
        elif kind == "reversal":
            paragraphs.append(say["reversal"])
        elif kind == "outcome":
            paragraphs.append(say["acted" if acted else "not_acted"])
        if kind == "appeal":
            of = self._appeal_of_case(tx, case_id, reader, made)
            outcome = of.state if of is not None else "upheld"
            paragraphs.append(say["upheld" if outcome == "upheld" else f"reversed_{reader}"])
            if of is not None and of.reply:
                paragraphs.append(say["reply"].format(reply=of.reply))
            appeal = appeal or of
        if appealable and appeal is None:
            paragraphs.append(say["appeal"].format(until=_day(until)) if open_still else say["no_appeal"])
        title = say[f"title_{action}"] if kind == "decision" else say[f"title_{kind}"]
        notice = Notice(
            id=name,
            reader=reader,
            kind=kind,
            lang=language,
            rtl=language in RIGHT_TO_LEFT,
            made=moment(made),
            title=title,
            greeting=say["hello"],
            paragraphs=tuple(paragraphs),
            findings=self._findings(case, policy, language) if reader == "author" and kind == "decision" else (),
            policy=case.policy,
            case_id=case_id,
            action=action,
            may_appeal=appealable and appeal is None and open_still and state == "closed",
            appeal_until=until if appealable else None,
            appeal=appeal,
        )
        return notice, read is None

    def _case_then(self, tx: Tx, case_id: str, notice: str) -> Case:
        """The case as it stood when the notice was made: later events must not change what was said."""
        case: Case | None = None
        for event in events_of(tx, case_id):
            if event.kind == "notified" and event.body.get("notice") == notice:
                break
            case = fold(case, event)
        return case if case is not None else self._memory.case(tx, case_id)

    def _reasons(self, case: Case, policy: Policy, lang: str) -> list[str]:
        say = words("notices")[lang]
        lines: list[str] = []
        for name in case.clauses:
            clause = policy.by_id.get(name)
            if clause is None:
                continue
            wording = clause.wording.get(lang) or clause.wording["en"]
            kinds = dict.fromkeys(entry.kind for entry in case.evidence if entry.clause == name)
            what = ", ".join(policy.kind_name(kind, lang) for kind in list(kinds)[:4])
            lines.append(wording.reason.format(what=what or policy.kind_name("other", lang)))
            lines.append(say["rule"].format(title=wording.title, clause=name, policy=policy.id))
        return lines

    def _advice(self, case: Case, policy: Policy, lang: str) -> list[str]:
        clause = policy.by_id.get(case.clause)
        if clause is None:
            return []
        wording = clause.wording.get(lang) or clause.wording["en"]
        return [wording.advice]

    def _findings(self, case: Case, policy: Policy, lang: str) -> tuple[NoticeFinding, ...]:
        findings = []
        for entry in case.evidence[:_MOST_FINDINGS]:
            clause = policy.by_id.get(entry.clause)
            title = "" if clause is None else (clause.wording.get(lang) or clause.wording["en"]).title
            findings.append(
                NoticeFinding(
                    clause=entry.clause,
                    title=title,
                    what=policy.kind_name(entry.kind, lang),
                    where=place_words(entry.where, lang),
                    shown_as=entry.shown_as,
                )
            )
        return tuple(findings)

    def _strike(self, tx: Tx, case_id: str, say: dict[str, str]) -> str:
        row = tx.one("SELECT points, expires FROM strikes WHERE case_id = ? ORDER BY given DESC LIMIT 1", case_id)
        if row is None:
            return say["no_strike"]
        return say["strike"].format(points=row[0], until=_day(moment(row[1])))

    def _appeal(self, tx: Tx, notice: str) -> AppealStatus | None:
        return self._appeal_row(tx, "notice_id = ?", notice)

    def _appeal_of_case(self, tx: Tx, case_id: str, reader: str, made: int) -> AppealStatus | None:
        return self._appeal_row(
            tx, "case_id = ? AND reader = ? AND judged <= ? ORDER BY judged DESC LIMIT 1", case_id, reader, made
        )

    def _appeal_row(self, tx: Tx, where: str, *values: object) -> AppealStatus | None:
        row = tx.one("SELECT id, state, made, judged, reply FROM appeals WHERE " + where, *values)
        if row is None:
            return None
        reply = None
        if row[4] is not None:
            try:
                reply = self._memory.vault.open(tx, row[4], str)
            except Erased:
                reply = None
        return AppealStatus(id=row[0], state=row[1], made=moment(row[2]), judged=maybe(row[3]), reply=reply)


def place_words(where: Where, lang: str) -> str:
    """A place as people say it: characters and pictures are counted from one."""
    say: dict[str, str] = words("notices")[known(lang)]
    kind, _, number = where.part.partition("/")
    shown = int(number) + 1 if number.isdecimal() else 1
    if kind == "text" and where.start is not None and where.end is not None:
        return say["place_text"].format(start=where.start + 1, end=where.end)
    if kind == "media" and where.from_s is not None:
        to_s = where.to_s if where.to_s is not None else where.from_s
        return say["place_time"].format(number=shown, from_s=round(where.from_s, 1), to_s=round(to_s, 1))
    if kind == "media":
        return say["place_box" if where.box else "place_media"].format(number=shown)
    if kind == "links":
        return say["place_link"].format(number=shown)
    return say["place_other"]


def _day(at: datetime) -> str:
    return at.date().isoformat()
