"""Exposed values are nowhere in clear: not in the file, its log, a backup, an event or a message; erased means gone."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest

from tutela.desk import Desk
from tutela.desk.forms import QueueFilter, ReportForm, Ruling
from tutela.errors import BadRequest, Erased, TutelaError
from tutela.ledger.chain import all_events
from tutela.model import Author, Media, Message
from tutela.model import Item as ItemOf

from .making import PHONE, Clock, Receiver, clean, finding, item, person

SEED = 41


def values(chance: random.Random) -> dict[str, str]:
    """Well-formed invented values, drawn anew by the seed: none stands in a source file."""
    digits = "".join(chance.choice("0123456789") for _ in range(12))
    return {
        "number": f"+49 152 {digits[:8]}",
        "iban": f"DE{digits[:2]} 3704 0044 0532 {digits[2:6]} 00",
        "street": f"{digits[:3]} Wendlinger Querweg",
        "mail": f"w{digits[:6]}@post.example",
        "password": f"Zq{digits[:4]}!harbour",
        "account": f"user{digits[4:]}",
        "item": f"post/{digits[2:]}",
        "place": f"https://murmura.example/p/{digits[1:9]}",
        "note": f"the caller {digits[3:]} said so",
        "handle": f"@wren{digits[5:]}",
        "file": f"scan-{digits[:7]}.png",
        "reply": f"we spoke about {digits[6:]} already",
    }


def use_everything(desk: Desk, secret: dict[str, str], receiver: Receiver) -> None:
    desk.orders.add_endpoint("platform", f"http://127.0.0.1:9/{secret['account']}", actor="cli")
    text = f"call {secret['number']} at {secret['street']}, {secret['iban']}, {secret['password']}"
    of = ItemOf(
        id=secret["item"],
        surface="comment",
        text=f"{PHONE} {text}",
        lang="en",
        author=Author(id=secret["account"], handle=secret["handle"]),
        thread=(Message(text=f"mail {secret['mail']}", author=secret["handle"]),),
        media=(Media(kind="image", name=secret["file"], data=secret["password"].encode()),),
        links=(secret["place"],),
        extra={"note": secret["note"]},
    )
    desk.intake.submit(
        [of], [finding(of, "review")], scope="k", key=secret["note"], request=text.encode(), answer=text.encode()
    ).result()
    plain = ItemOf(id=secret["item"] + "b", text=f"see you at {secret['street']}", author=Author(id=secret["account"]))
    desk.intake.record([plain], [clean(plain)])
    reviewer, lead = person(desk, "Rita", "reviewer"), person(desk, "Lea", "lead")
    (row,) = desk.review.queue(reviewer, QueueFilter())
    case_id = row.case.id
    lease = desk.review.lease(case_id, reviewer)
    desk.review.case(case_id, reviewer)
    desk.review.reveal(case_id, reviewer, f"because {secret['note']}")
    desk.review.decide(
        case_id, reviewer, Ruling(action="remove", clauses=("pi.contact",), note=secret["note"]), version=lease.version
    )
    receipt = desk.reports.file(
        ReportForm(
            topic="address",
            where=secret["place"],
            what=text,
            quote=secret["street"],
            contact=secret["mail"],
            reporter_id=secret["handle"],
            good_faith=True,
        ),
        address="203.0.113.77",
    )
    desk.reports.status(receipt.reference)
    desk.orders.deliver_due()
    token = next(body.decode().split("/notice/")[1].split('"')[0] for _, body, _ in receiver.got if b"/notice/" in body)
    appeal = desk.appeals.file(token, text)
    desk.appeals.judge(appeal.id, lead, uphold=True, reply=secret["reply"])
    for wrong in (
        lambda: desk.people.sign_in(secret["mail"], secret["password"]),
        lambda: desk.people.key(secret["note"]),
    ):
        with pytest.raises(TutelaError) as error:
            wrong()
        assert not any(value in str(error.value) for value in secret.values())


def everywhere(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_not_one_value_that_was_sent_in_is_in_clear(
    desk: Desk, tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = values(random.Random(SEED))
    use_everything(desk, secret, receiver)
    desk.upkeep.backup(tmp_path / "copy")
    desk.close()
    held = everywhere(tmp_path) + caplog.text.encode()
    assert b"events" in held
    found = [
        name for name, value in secret.items() if value.encode() in held or value.replace(" ", "").encode() in held
    ]
    assert found == [], f"in clear with seed {SEED}: {found}"


def test_the_ledger_holds_no_words_of_people_even_decoded(desk: Desk, receiver: Receiver) -> None:
    secret = values(random.Random(SEED + 1))
    use_everything(desk, secret, receiver)
    told = str(desk.memory.read(lambda tx: list(all_events(tx))))
    assert not any(value in told for value in secret.values())


def test_an_erased_person_is_gone_with_everything_and_it_is_proven(
    desk: Desk, tmp_path: Path, receiver: Receiver
) -> None:
    secret = values(random.Random(SEED + 2))
    use_everything(desk, secret, receiver)
    before = desk.memory.read(lambda tx: tx.value("SELECT COUNT(*) FROM vault WHERE kind = 'original'"))
    assert before == 1
    sealed = desk.memory.read(
        lambda tx: [bytes(row[0]) for row in tx.rows("SELECT sealed FROM vault WHERE kind = 'original'")]
    )
    receipt = desk.upkeep.erase(secret["account"], actor="cli")
    assert receipt.entries > 0
    assert (receipt.cases, receipt.remaining) == (1, 0)
    event = desk.memory.read(lambda tx: tx.one("SELECT kind, hash FROM events WHERE seq = ?", receipt.event))
    assert event is not None
    assert (event[0], bytes(event[1]).hex()) == ("subject.erased", receipt.proof)
    assert desk.upkeep.verify().problems == ()
    lead = desk.people.sign_in("Lea", "long enough for Lea").who
    (row,) = desk.review.queue(lead, QueueFilter(state="closed", clause="pi.contact", source="engine"))
    view = desk.review.case(row.case.id, lead)
    assert (view.erased, view.text) == (True, None)
    assert view.evidence[0].shown_as.endswith("87")
    assert desk.upkeep.erase(secret["mail"], actor="cli").entries >= 0
    with pytest.raises(BadRequest):
        desk.upkeep.erase("  ", actor="cli")
    # Not even the sealed bytes are left in the file or its log.
    held = everywhere(tmp_path)
    assert all(one not in held for one in sealed)


def test_a_legal_hold_outlives_erasure_and_retention(desk: Desk, clock: Clock) -> None:
    of = item("held", author="account-9")
    case_id = desk.intake.record([of], [finding(of, "remove")])[0].case_id
    assert case_id is not None
    lead = person(desk, "Lea", "lead")
    assert desk.review.hold(case_id, lead, held=True) > 0
    receipt = desk.upkeep.erase("account-9", actor="cli")
    assert receipt.remaining > 0
    clock.pass_by(days=800)
    desk.upkeep.retention_due()
    lead = desk.people.sign_in("Lea", "long enough for Lea").who
    assert desk.review.reveal(case_id, lead, "for the court").item.id == "held"
    desk.review.hold(case_id, lead, held=False)
    while desk.upkeep.retention_due():
        pass
    with pytest.raises(TutelaError):
        desk.review.reveal(case_id, lead, "for the court")
    assert desk.upkeep.verify().problems == ()


def test_originals_go_after_the_policys_days_and_open_cases_wait(desk: Desk, clock: Clock) -> None:
    closed, waiting = item("closed"), item("waiting", f"another {PHONE}")
    first = desk.intake.record([closed], [finding(closed, "remove")])[0].case_id
    second = desk.intake.record([waiting], [finding(waiting, "review")])[0].case_id
    assert first is not None
    assert second is not None
    clock.pass_by(days=29)
    assert desk.upkeep.retention_due() == 0
    clock.pass_by(days=2)
    assert desk.upkeep.retention_due() > 0
    lead = person(desk, "Lea", "lead")
    with pytest.raises(Erased):
        desk.review.reveal(first, lead, "too late")
    assert desk.review.reveal(second, lead, "still open").item.id == "waiting"
    assert desk.upkeep.verify().problems == ()


def test_keys_rotate_under_a_desk_that_goes_on(desk: Desk) -> None:
    of = item("old")
    case_id = desk.intake.record([of], [finding(of)])[0].case_id
    assert case_id is not None
    assert desk.upkeep.rotate(actor="cli", drop_old=True) == "k2"
    lead = person(desk, "Lea", "lead")
    assert desk.review.reveal(case_id, lead, "after the change").item.id == "old"
    assert desk.memory.read(lambda tx: tx.rows("SELECT DISTINCT key_id FROM vault")) == [("k2",)]
