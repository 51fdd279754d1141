"""The same desk on SQLite and on PostgreSQL: stored in groups, several processes, backups, a database that goes away."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from tutela.desk import Desk, KeyRing
from tutela.desk.forms import QueueFilter, ReportForm, Ruling
from tutela.desk.upkeep import restore
from tutela.errors import BadKeys, Conflict, Erased, StoreGone

from .conftest import open_desk
from .making import PHONE, Clock, Receiver, clean, finding, item, opened_case, person


def test_the_whole_way(both: str, tmp_path: Path, clock: Clock, receiver: Receiver) -> None:
    desk = open_desk(both, tmp_path, clock, receiver)
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    reviewer, judge = person(desk, "Rita", "reviewer"), person(desk, "Jo", "lead")
    case_id = opened_case(desk)
    lease = desk.review.next(reviewer)
    assert lease is not None
    desk.review.decide(case_id, reviewer, Ruling(action="remove", clauses=("pi.contact",)), version=lease.version)
    desk.reports.file(ReportForm(topic="phone", where="post-1", good_faith=True))
    desk.orders.deliver_due()
    data = next(json.loads(body)["data"] for _, body, _ in receiver.got if b"action.apply" in body)
    token = data["notice_url"].rsplit("/", 1)[1]
    appeal = desk.appeals.file(token, "That is a shop's line.")
    assert [task.id for task in desk.appeals.list(judge)] == [appeal.id]
    desk.appeals.judge(appeal.id, judge, uphold=False, reply="You are right about it.")
    assert desk.strikes.of("author-of-post-1").points == 0
    assert desk.transparency.figures("2026-03-01", "2026-03-31").appeals_reversed == 1
    assert desk.transparency.overview(judge).open_cases == 0
    assert desk.review.queues(judge) == ()
    assert desk.upkeep.retention_due() == 0
    assert desk.upkeep.verify().problems == ()
    desk.close()


def test_many_at_once_are_all_stored_once_and_in_order(
    both: str, tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    desk = open_desk(both, tmp_path, clock, receiver)
    futures: list[object] = []

    def load(start: int) -> None:
        for number in range(start, start + 100):
            of = item(f"p{number}", "good morning")
            futures.append(desk.intake.submit([of], [clean(of)]))

    threads = [threading.Thread(target=load, args=(start,)) for start in range(0, 400, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(future.result().recorded[0].seq for future in futures)  # type: ignore[attr-defined]
    assert numbers == list(range(1, 401))
    assert desk.upkeep.verify().events == 400
    desk.close()


def test_an_idempotency_key_stores_once_and_gives_the_first_answer(
    both: str, tmp_path: Path, clock: Clock, receiver: Receiver
) -> None:
    desk = open_desk(both, tmp_path, clock, receiver)
    of = item()

    def ask(answer: bytes, request: bytes = b"body") -> object:
        return desk.intake.submit(
            [of], [finding(of, "remove")], scope="k_1", key="once", request=request, answer=answer
        ).result()

    assert ask(b"first").answer is None  # type: ignore[attr-defined]
    assert ask(b"second").answer == b"first"  # type: ignore[attr-defined]
    assert desk.intake.answered("k_1", "once", b"body") == b"first"
    assert desk.intake.answered("k_2", "once", b"body") is None
    with pytest.raises(Conflict):
        ask(b"third", b"another body")
    assert len(desk.orders.list()) == 1
    clock.pass_by(days=2)
    assert desk.intake.answered("k_1", "once", b"body") is None
    desk.close()


def test_an_event_loop_can_wait_for_the_desk(both: str, tmp_path: Path, clock: Clock, receiver: Receiver) -> None:
    desk = open_desk(both, tmp_path, clock, receiver)
    of = item()

    async def serve() -> str | None:
        stored = await asyncio.wrap_future(desk.intake.submit([of], [finding(of)]))
        lead = await desk.run(person, desk, "Lea", "lead")
        rows = await desk.run(desk.review.queue, lead, QueueFilter(state="closed"))
        assert rows[0].case.id == stored.recorded[0].case_id
        return stored.recorded[0].case_id

    assert asyncio.run(serve())
    desk.close()


def test_a_backup_restores_and_what_was_erased_since_stays_erased(
    both: str, tmp_path: Path, clock: Clock, receiver: Receiver, postgres: str
) -> None:
    from .server import fresh_database

    desk = open_desk(both, tmp_path, clock, receiver)
    kept, gone = opened_case(desk, "kept"), opened_case(desk, "gone")
    desk.upkeep.backup(tmp_path / "copy")
    with pytest.raises(Conflict):
        desk.upkeep.backup(tmp_path / "copy")
    desk.upkeep.erase("author-of-gone", actor="cli")
    desk.close()
    assert PHONE.encode() not in (tmp_path / "copy").read_bytes()

    target = str(tmp_path / "again.db") if both.endswith(".db") else fresh_database(postgres, "restored")
    with pytest.raises(BadKeys):
        restore(tmp_path / "copy", target, KeyRing.new())
    target = str(tmp_path / "again2.db") if both.endswith(".db") else fresh_database(postgres, "restored2")
    assert restore(tmp_path / "copy", target, KeyRing.load(tmp_path / "desk.keys")) > 0
    again = open_desk(target, tmp_path, clock, receiver)
    lead = person(again, "Lea", "lead")
    assert again.review.reveal(kept, lead, "look").item.id == "kept"
    with pytest.raises(Erased):
        again.review.reveal(gone, lead, "look")
    assert again.upkeep.verify().problems == ()
    again.close()


def test_a_damaged_backup_is_refused_before_anything_is_in_place(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"SQLite format 3\0" + bytes(5_000))
    with pytest.raises(StoreGone):
        restore(tmp_path / "bad", str(tmp_path / "new.db"), KeyRing.new())
    assert not (tmp_path / "new.db").exists()


def test_several_processes_append_to_one_chain(postgres: str, tmp_path: Path, clock: Clock, receiver: Receiver) -> None:
    from .server import fresh_database

    address = fresh_database(postgres, "side_by_side")
    desks: list[Desk] = [open_desk(address, tmp_path, clock, receiver) for _ in range(3)]
    futures = []
    for number in range(150):
        of = item(f"p{number}", "good morning")
        futures.append(desks[number % 3].intake.submit([of], [clean(of)]))
    assert sorted(future.result().recorded[0].seq for future in futures) == list(range(1, 151))
    assert desks[0].upkeep.verify().problems == ()
    for desk in desks:
        desk.close()


def test_a_database_that_goes_away_is_said_and_found_again(tmp_path: Path, clock: Clock, receiver: Receiver) -> None:
    from . import server

    with server.running() as address:
        desk = open_desk(address, tmp_path, clock, receiver)
        first = opened_case(desk, "before")
        # Every connection of ours is cut, as by a restart of the server.
        import asyncpg

        async def cut() -> None:
            connection = await asyncpg.connect(address)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            await connection.close()

        asyncio.run(cut())
        of = item("during")
        problem = desk.intake.submit([of], [finding(of)]).exception()
        assert isinstance(problem, StoreGone)
        assert opened_case(desk, "after")
        lead = person(desk, "Lea", "lead")
        assert desk.review.case(first, lead).case.id == first
        assert desk.upkeep.verify().problems == ()
        desk.close()
