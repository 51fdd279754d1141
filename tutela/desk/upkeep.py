"""How is the memory kept? Verified, backed up, restored, its keys rotated; originals deleted in time or on demand."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import msgspec

from tutela.desk.forms import ErasureReceipt, Verified
from tutela.desk.memory import DAY, SECOND, Memory, days
from tutela.errors import BadKeys, BadRequest, Conflict, MissingPart, StoreGone
from tutela.ledger import Tx
from tutela.ledger.chain import Head, moment, verify
from tutela.ledger.fold import load, recheck
from tutela.ledger.keys import KeyRing
from tutela.ledger.vault import Vault

_STEP = 500


class Upkeep:
    """What an operator, or the clock, does."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    # Believing

    def verify(self, *, known: Head | None = None) -> Verified:
        """Follows the whole chain, folds every case anew, and looks whether what was erased is gone.

        `known` is a head exported earlier (`head`), which must lie on the chain.
        """
        memory = self._memory
        check = verify(memory.store, known=known)
        problems = list(check.problems)
        if check.broken_at is not None:
            problems.append(f"event {check.broken_at} does not follow from the one before it")

        def job(tx: Tx) -> tuple[int, list[str], int]:
            back = (
                [row[0] for row in tx.rows("SELECT id FROM vault") if row[0] in memory.keys.erased]
                if memory.keys.erased
                else []
            )
            return int(tx.value("SELECT COUNT(*) FROM cases")), recheck(tx), len(back)

        cases, wrong, back = memory.read(job)
        problems.extend(f"case {name}: what is stored is not what its events make" for name in wrong[:20])
        if len(wrong) > 20:
            problems.append(f"{len(wrong) - 20} more cases differ from their events")
        if back:
            problems.append(
                f"{back} erased entries are back: restore with `tutela desk restore`, which erases them again"
            )
        return Verified(
            events=check.events,
            cases=cases,
            head_seq=check.head.seq,
            head_hash=check.head.hash,
            problems=tuple(problems),
        )

    def head(self) -> Head:
        """The chain's end now: keep it where nobody who writes to the database can reach it."""
        from tutela.ledger.chain import head_of

        return self._memory.read(head_of)

    # Forgetting

    def erase(self, subject: str, *, actor: str, reason: str = "request") -> ErasureReceipt:
        """Erases everything that is held of an account of the platform, or of a contact (an e-mail address).

        Originals, texts of reports, appeals and orders about it, and its name behind the fingerprint. What stays is the
        ledger's bare facts, whose fingerprint nobody can tie to a person any more. Entries under a legal hold stay and
        are counted. Raises BadRequest (T422) for an empty subject.
        """
        if not subject.strip():
            raise BadRequest("an account's identifier or an e-mail address is expected", where="subject")
        memory = self._memory
        account = memory.mark_account(subject)
        contact = memory.keys.mark("contact", subject.strip().lower())

        def find(tx: Tx) -> set[str]:
            marks = (account, contact)
            names = {row[0] for row in tx.rows("SELECT id FROM vault WHERE account IN (?, ?) AND held = 0", *marks)}
            cases = [row[0] for row in tx.rows("SELECT id FROM cases WHERE account = ?", account)]
            for case_id in cases:
                names.update(
                    row[0]
                    for row in tx.rows(
                        "SELECT id FROM vault WHERE case_id = ? AND held = 0"
                        " AND kind IN ('original', 'note', 'appeal', 'reply', 'order', 'reason')",
                        case_id,
                    )
                )
            for detail, sealed in tx.rows("SELECT detail, contact FROM reports WHERE reporter IN (?, ?)", *marks):
                names.update(name for name in (detail, sealed) if name is not None)
            held = {row[0] for row in tx.rows("SELECT id FROM vault WHERE held = 1")}
            return names - held

        def job(tx: Tx) -> ErasureReceipt:
            names = find(tx)
            at = memory.now()
            # Noted first: if the process dies in between, a restore knows, and the erasure is simply done again.
            memory.keys.remember_erased(frozenset(names))
            gone = memory.vault.erase(tx, names)
            marks = (account, contact)
            cases = [row[0] for row in tx.rows("SELECT id FROM cases WHERE account = ?", account)]
            tx.run("UPDATE reports SET reporter = NULL, confirm_token = NULL WHERE reporter IN (?, ?)", *marks)
            tx.run("DELETE FROM standings WHERE account IN (?, ?)", *marks)
            for case_id in cases:
                case = load(tx, case_id)
                if case is not None:
                    memory.of_case(
                        tx,
                        "erased",
                        case,
                        actor=actor,
                        body={"entries": sorted(names & _of_case(tx, case)), "reason": reason},
                    )
            left = int(tx.value("SELECT COUNT(*) FROM vault WHERE account IN (?, ?)", *marks))
            memory.happen(
                tx,
                "subject.erased",
                actor=actor,
                account=account,
                body={"entries": gone, "cases": len(cases), "remaining": left, "reason": reason},
            )
            seq, proof = tx.head
            return ErasureReceipt(
                subject=account,
                entries=gone,
                cases=len(cases),
                remaining=left,
                event=seq,
                proof=proof.hex(),
                at=moment(at),
            )

        receipt = memory.write(job)
        self._settle_file()
        return receipt

    def retention_due(self, *, limit: int = 500) -> int:
        """Deletes what the policy's retention says by now; how many entries. Call it now and then until it gives 0.

        Originals of cases that are open or under appeal wait for their end; entries under a legal hold stay.
        """
        memory = self._memory

        def job(tx: Tx) -> int:
            rows = self._run_out(tx, limit)
            by_case: dict[str, list[str]] = {}
            for name, case_id in rows:
                if case_id is not None:
                    by_case.setdefault(case_id, []).append(name)
            gone = memory.vault.erase(tx, [row[0] for row in rows])
            for case_id, names in sorted(by_case.items()):
                case = load(tx, case_id)
                if case is not None and (case.original in names or set(case.notes) & set(names)):
                    body = {"entries": sorted(set(names) & ({case.original} | set(case.notes))), "reason": "retention"}
                    memory.of_case(tx, "erased", case, actor="clock", body=body)
            now = memory.now()
            self._drop_cases(tx, now - days(memory.policy_now().retention.cases_days), limit)
            tx.run("DELETE FROM answers WHERE at <= ?", now - memory.settings.answers_s * SECOND)
            tx.run("DELETE FROM counts WHERE since <= ?", now - 2 * DAY)
            tx.run("DELETE FROM sessions WHERE expires <= ?", now)
            tx.run("DELETE FROM invitations WHERE expires <= ?", now)
            if gone:
                memory.happen(tx, "retention", actor="clock", body={"entries": gone})
            return gone

        # Looked for by reading first: the one thread that writes is not kept busy with looking.
        if not memory.read(lambda tx: self._run_out(tx, 1)) and not memory.read(self._stale):
            return 0
        gone = memory.write(job)
        if gone:
            self._settle_file()
        return gone

    def _run_out(self, tx: Tx, limit: int) -> list[tuple[str, str | None]]:
        """Entries whose time has come, with their cases."""
        memory = self._memory
        now = memory.now()
        retention = memory.policy_now().retention
        old_cases = now - days(retention.cases_days)
        rows = tx.rows(
            "SELECT v.id, v.case_id FROM vault v LEFT JOIN cases c ON c.id = v.case_id WHERE v.held = 0 AND"
            " ((v.expires IS NOT NULL AND v.expires <= ?) OR (c.closed IS NOT NULL AND c.closed <= ?)"
            " OR (v.kind = 'order' AND v.made <= ? AND NOT EXISTS (SELECT 1 FROM orders o JOIN deliveries d"
            " ON d.order_id = o.id WHERE o.sealed = v.id AND d.state = 'due'))"
            " OR (v.kind = 'account' AND v.made <= ? AND NOT EXISTS (SELECT 1 FROM cases k WHERE k.account = v.account"
            " AND k.opened > ?)))"
            f" AND (c.id IS NULL OR c.state = 'closed') LIMIT {int(limit)}",
            now,
            old_cases,
            now - days(retention.originals_days),
            old_cases,
            old_cases,
        )
        return [(row[0], row[1]) for row in rows]

    def _stale(self, tx: Tx) -> bool:
        """True when something that is not sealed can go: counts, answers, sessions of long ago, old cases."""
        memory = self._memory
        now = memory.now()
        old_cases = now - days(memory.policy_now().retention.cases_days)
        return bool(
            tx.value("SELECT COUNT(*) FROM counts WHERE since <= ?", now - 2 * DAY)
            or tx.value("SELECT COUNT(*) FROM answers WHERE at <= ?", now - memory.settings.answers_s * SECOND)
            or tx.value("SELECT COUNT(*) FROM sessions WHERE expires <= ?", now)
            or tx.value("SELECT COUNT(*) FROM cases WHERE state = 'closed' AND closed <= ?", old_cases)
        )

    def _drop_cases(self, tx: Tx, before: int, limit: int) -> None:
        """Deletes what was folded of cases closed long ago. The ledger keeps their bare events."""
        rows = tx.rows(
            "SELECT id FROM cases WHERE state = 'closed' AND closed <= ? AND NOT EXISTS"
            f" (SELECT 1 FROM vault v WHERE v.case_id = cases.id) LIMIT {int(limit)}",
            before,
        )
        for table, column in (
            ("rulings", "case_id"), ("reports", "case_id"), ("notices", "case_id"), ("appeals", "case_id"),
            ("strikes", "case_id"), ("cases", "id"),
        ):  # fmt: skip
            tx.many(f"DELETE FROM {table} WHERE {column} = ?", rows)

    def _settle_file(self) -> None:
        """Moves the write-ahead log into the database file, which overwrites what was deleted, and empties the log."""
        store = self._memory.store
        if store.kind != "sqlite":
            return

        from tutela.ledger.sqlite import SqliteStore

        assert isinstance(store, SqliteStore)
        store.settle()

    # Keys

    def rotate(self, *, actor: str, drop_old: bool = False) -> str:
        """Makes a new wrapping key and wraps every entry's key with it. The new key's name.

        With `drop_old` the other keys are forgotten at the end: then no backup made before can be read any more.
        """
        memory = self._memory
        name = memory.keys.add()
        while memory.write(lambda tx: memory.vault.rewrap(tx, limit=_STEP)):
            pass
        memory.write(lambda tx: memory.happen(tx, "keys.rotated", actor=actor, body={"key": name}))
        if drop_old:
            # Once more: another process may have sealed something before it saw the new key.
            while memory.write(lambda tx: memory.vault.rewrap(tx, limit=_STEP)):
                pass
            for old in [known for known in memory.keys.keys if known != name]:
                memory.keys.drop(old)
        return name

    # Backups

    def backup(self, path: Path) -> Path:
        """A copy of the database as of one moment, while the desk goes on. The key ring is not in it.

        SQLite by its own backup interface; PostgreSQL by `pg_dump` in its custom format. Raises Conflict (T409) when the file
        is there already, MissingPart (T209) without `pg_dump`.
        """
        if path.exists():
            raise Conflict("a file stands there already", where=str(path))
        store = self._memory.store
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".part")
        beside.unlink(missing_ok=True)
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if store.kind == "sqlite":
            from tutela.ledger.sqlite import SqliteStore

            assert isinstance(store, SqliteStore)
            store.copy_to(beside)
        else:
            from tutela.ledger.postgres import PostgresStore

            assert isinstance(store, PostgresStore)
            _run_tool("pg_dump", "--format=custom", "--no-owner", f"--file={beside}", f"--dbname={store.address}")
        beside.replace(path)
        return path


def restore(backup: Path, database: str, keys: KeyRing) -> int:
    """Puts a backup in a database's place; how many entries were erased again, since they were erased after it was made.

    The database must not exist yet (SQLite) or be empty (PostgreSQL). Raises Conflict (T409), StoreGone (T501) for a file that
    is no backup or a damaged one, BadKeys (T504) when the ring does not fit.
    """
    from tutela.ledger import open_store
    from tutela.ledger.schema import migrate

    if not backup.is_file():
        raise StoreGone("there is no such backup", where=str(backup))
    if database.startswith(("postgresql://", "postgres://")):
        _run_tool(
            "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={database}", str(backup)
        )
    else:
        target = Path(database.removeprefix("sqlite:///"))
        if target.exists():
            raise Conflict("a database stands there already", where=str(target), next_step="move it away first")
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        shutil.copyfile(backup, beside)
        beside.chmod(0o600)
        try:
            connection = sqlite3.connect(beside)
            try:
                sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
                known = connection.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_step'").fetchone()[
                    0
                ]
            finally:
                connection.close()
        except sqlite3.DatabaseError:
            sound, known = False, 0
        if not sound or not known:
            beside.unlink(missing_ok=True)
            raise StoreGone("this file is no backup of a desk, or it is damaged", where=str(backup))
        beside.replace(target)
    store = open_store(database)
    try:
        migrate(store)

        def again(tx: Tx) -> int:
            for key in (row[0] for row in tx.rows("SELECT DISTINCT key_id FROM vault")):
                if key not in keys.keys:
                    raise BadKeys(f"the backup was sealed with the key {key!r}, which is not in the ring")
            sample = tx.value("SELECT id FROM vault LIMIT 1")
            if sample is not None:
                Vault(keys).open(tx, sample, msgspec.Raw)
            return sum(tx.run("DELETE FROM vault WHERE id = ?", name) for name in sorted(keys.erased))

        count = store.write(again)
        check = verify(store)
        if not check.holds:
            raise StoreGone("the backup's ledger does not hold", where=str(backup), next_step="use an older backup")
    except BaseException:
        store.close()
        if store.kind == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(database.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
        raise
    store.close()
    return count


def _of_case(tx: Tx, case: object) -> set[str]:
    from tutela.ledger.fold import Case

    assert isinstance(case, Case)
    return {name for name in (case.original, *case.notes) if name is not None}


def _run_tool(name: str, *arguments: str) -> None:
    tool = shutil.which(name)
    if tool is None:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        tool = str(found[-1]) if found else None
    if tool is None:
        raise MissingPart(f"{name} is not installed", next_step="install PostgreSQL's client programs")
    done = subprocess.run([tool, *arguments], capture_output=True, check=False, text=True)
    if done.returncode:
        # Its messages name tables and files, but an address may hold a password: the last line's words only.
        words = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise StoreGone(f"{name} failed: {words.split('://')[0][:200]}")
