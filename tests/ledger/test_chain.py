"""The chain of events, the vault and the key ring, by themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import BadKeys, Conflict, Erased, LedgerBroken, StoreFull, StoreGone
from tutela.ledger import KeyRing, Store, Tx, open_store
from tutela.ledger.chain import Event, Head, append, demand, head_of, link, told, verify
from tutela.ledger.schema import TABLES, migrate
from tutela.ledger.vault import Vault


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "memory.db"), power_safe=False)
    migrate(opened)
    yield opened
    opened.close()


def event(number: int) -> Event:
    return Event(kind="noted", at=number, actor="clock", body={"n": number}, case_id=f"c_{number % 3}")


def fill(store: Store, count: int) -> None:
    store.write(lambda tx: append(tx, [event(number) for number in range(count)]))


def test_a_chain_that_nobody_touched_holds(store: Store) -> None:
    fill(store, 50)
    check = demand(verify(store))
    assert (check.events, check.head.seq) == (50, 50)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE events SET body = '{\"n\":7}' WHERE seq = 20",
        "UPDATE events SET actor = 'u_1' WHERE seq = 20",
        "DELETE FROM events WHERE seq = 20",
        "UPDATE events SET at = at + 1 WHERE seq = 20",
    ],
)
def test_an_event_changed_from_outside_is_found_at_its_place(store: Store, tmp_path: Path, attack: str) -> None:
    fill(store, 50)
    outside = sqlite3.connect(tmp_path / "memory.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        outside.execute(attack)
    outside.executescript("DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete")
    outside.execute(attack)
    outside.commit()
    outside.close()
    check = verify(store)
    assert check.broken_at in (20, 21)
    with pytest.raises(LedgerBroken):
        demand(check)


def test_a_chain_cut_at_its_end_is_found_by_a_head_kept_elsewhere(store: Store, tmp_path: Path) -> None:
    fill(store, 50)
    known = store.read(head_of)
    outside = sqlite3.connect(tmp_path / "memory.db")
    outside.executescript("DROP TRIGGER events_no_delete; DELETE FROM events WHERE seq > 40")
    outside.close()
    assert verify(store).holds
    assert not verify(store, known=known).holds
    assert verify(store, known=Head(seq=0, hash="")).holds


@given(st.lists(st.tuples(st.text(), st.text()), min_size=2, max_size=2, unique=True))
def test_columns_that_differ_in_where_they_end_give_other_hashes(pairs: list[tuple[str, str]]) -> None:
    one, other = pairs
    assert link(b"", 1, 1, "k", (*one, None, "a"), "{}") != link(b"", 1, 1, "k", (*other, None, "a"), "{}")


def test_a_job_that_fails_fails_alone_and_leaves_no_event(store: Store) -> None:
    def bad(tx: Tx) -> None:
        append(tx, [event(1)])
        raise ValueError("mine")

    jobs = [store.submit(bad if number == 5 else lambda tx: append(tx, [event(2)])) for number in range(10)]
    with pytest.raises(ValueError, match="mine"):
        jobs[5].result()
    assert [job.result()[0] for number, job in enumerate(jobs) if number != 5] == list(range(1, 10))
    assert demand(verify(store)).events == 9


def test_merged_jobs_get_an_answer_each_and_a_bad_one_fails_alone(store: Store) -> None:
    def handler(tx: Tx, payloads: list[int]) -> list[int]:
        if 13 in payloads:
            raise ValueError("bad payload")
        append(tx, [event(number) for number in payloads])
        return payloads

    jobs = [store.submit_merged(handler, number) for number in range(20)]
    assert [job.exception() is None for job in jobs].count(False) == 1
    assert [job.result() for job in jobs if job.exception() is None] == [n for n in range(20) if n != 13]
    assert demand(verify(store)).events == 19


def test_a_full_disk_is_said_and_loses_nothing_that_was_stored(store: Store) -> None:
    fill(store, 10)
    pages = store.read(lambda tx: int(tx.value("PRAGMA page_count")))
    store.submit_alone(lambda session: session.tx.rows(f"PRAGMA max_page_count = {pages + 1}"))
    with pytest.raises(StoreFull):
        store.write(lambda tx: append(tx, [Event(kind="noted", at=1, actor="a", body={"x": "y" * 500_000})]))
    fill(store, 3)
    assert demand(verify(store)).events == 13


def test_a_second_process_may_read_the_same_file_and_not_write_it(store: Store, tmp_path: Path) -> None:
    fill(store, 1)
    other = open_store(str(tmp_path / "memory.db"))
    migrate(other)
    assert demand(verify(other)).events == 1
    with pytest.raises(Conflict, match="another process"):
        fill(other, 1)
    other.close()


def test_a_database_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    path = str(tmp_path / "newer.db")
    first = open_store(path)
    assert migrate(first) == (0, 1)
    assert migrate(first) == (1, 1)
    first.write(lambda tx: tx.run("INSERT INTO schema_step (step) VALUES (99)"))
    first.close()
    again = open_store(path)
    with pytest.raises(StoreGone, match="step 99"):
        migrate(again)
    again.close()


def test_every_table_is_there_and_named(store: Store) -> None:
    there = {row[0] for row in store.read(lambda tx: tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'"))}
    assert there == {*TABLES, "schema_step"}


def test_told_gives_the_newest_first_and_pages(store: Store) -> None:
    fill(store, 30)
    first = store.read(lambda tx: told(tx, ["noted"], limit=10))
    then = store.read(lambda tx: told(tx, ["noted"], before=first[-1].seq, limit=10))
    assert [one.seq for one in (*first, *then)] == list(range(30, 10, -1))


# The vault and the ring


def test_what_is_sealed_opens_and_is_nowhere_in_the_file(store: Store, tmp_path: Path) -> None:
    vault = Vault(KeyRing.new())
    name = store.write(lambda tx: vault.seal(tx, "original", {"text": "a very private sentence"}, at=1))
    assert store.read(lambda tx: vault.open(tx, name, dict[str, str])) == {"text": "a very private sentence"}
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"private" not in raw


def test_an_erased_entry_is_gone_and_a_moved_one_does_not_open(store: Store) -> None:
    vault = Vault(KeyRing.new())
    one, two = (store.write(lambda tx: vault.seal(tx, "original", "x", at=1)) for _ in range(2))
    sealed = store.read(lambda tx: tx.value("SELECT sealed FROM vault WHERE id = ?", one))
    store.write(lambda tx: tx.run("UPDATE vault SET sealed = ? WHERE id = ?", sealed, two))
    with pytest.raises(BadKeys):
        store.read(lambda tx: vault.open(tx, two, str))
    store.write(lambda tx: vault.erase(tx, [one]))
    with pytest.raises(Erased):
        store.read(lambda tx: vault.open(tx, one, str))


def test_a_rotation_rewraps_all_and_old_keys_can_then_be_dropped(store: Store, tmp_path: Path) -> None:
    ring = KeyRing.create(tmp_path / "ring")
    vault = Vault(ring)
    names = [store.write(lambda tx: vault.seal(tx, "note", "x", at=1)) for _ in range(7)]
    assert ring.add() == "k2"
    while store.write(lambda tx: vault.rewrap(tx, limit=3)):
        pass
    ring.drop("k1")
    again = Vault(KeyRing.load(tmp_path / "ring"))
    assert [store.read(lambda tx, name=name: again.open(tx, name, str)) for name in names] == ["x"] * 7  # type: ignore[misc]
    with pytest.raises(BadKeys):
        store.read(lambda tx: Vault(KeyRing.new()).open(tx, names[0], str))
    with pytest.raises(Conflict):
        ring.drop("k2")


def test_a_ring_is_private_is_never_overwritten_and_says_when_it_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    ring = KeyRing.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert repr(ring) == "KeyRing(1 keys, current 'k1')"
    with pytest.raises(Conflict):
        KeyRing.create(path)
    (tmp_path / "none").write_text("{}")
    with pytest.raises(BadKeys):
        KeyRing.load(tmp_path / "none")
    with pytest.raises(BadKeys):
        KeyRing.load(tmp_path / "nowhere")
    assert ring.mark("phone", "4066624187") == KeyRing.load(path).mark("phone", "4066624187")
    assert ring.mark("phone", "4066624187") != ring.mark("card", "4066624187")


def test_two_processes_follow_each_others_changes_to_the_ring(store: Store, tmp_path: Path) -> None:
    one = KeyRing.create(tmp_path / "ring")
    two = KeyRing.load(tmp_path / "ring")
    one.add()
    two.remember_erased(frozenset({"v_1"}))
    one.remember_erased(frozenset({"v_2"}))
    assert KeyRing.load(tmp_path / "ring").erased == {"v_1", "v_2"}
    one.add()
    sealed = store.write(lambda tx: Vault(two).seal(tx, "note", "x", at=1))
    assert store.read(lambda tx: tx.value("SELECT key_id FROM vault WHERE id = ?", sealed)) == "k3"
    assert store.read(lambda tx: Vault(one).open(tx, sealed, str)) == "x"
