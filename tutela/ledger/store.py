"""How is something written so that an answer means it is stored? One writer thread, many jobs to a commit."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from tutela.errors import StoreGone, TutelaError

T = TypeVar("T")
Row = tuple[Any, ...]
# So many jobs share a commit at most. While one commit is on its way to the disk the next group gathers by itself, so
# nobody waits for company: alone, a job is committed at once.
GROUP = 256


class Tx(ABC):
    """A transaction. SQL is written for both databases: `?` for values, `BIGINT`, `TEXT` and `BLOB` columns only.

    `head` is the ledger's last event (seq, hash), read when the transaction began under the lock that all writers take.
    """

    head: tuple[int, bytes] = (0, b"\0" * 32)

    def __init__(self) -> None:
        self._later: dict[str, tuple[str, list[Row]]] = {}

    def run(self, sql: str, *values: Any) -> int:
        """Runs a statement; how many rows it changed."""
        self._settle(sql)
        return self._run(sql, values)

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        """Runs a statement once for each row of values."""
        self._settle(sql)
        self._many(sql, rows)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        self._settle(sql)
        return self._rows(sql, values)

    def insert(self, table: str, sql: str, rows: Sequence[Row]) -> None:
        """Inserts rows, at the latest when a statement names the table or the transaction commits.

        Rows that wait go in one call: over a network the calls are what costs. Only for rows that cannot be refused.
        """
        self._later.setdefault(sql, (table, []))[1].extend(rows)

    def settle(self) -> None:
        """Inserts all rows that wait."""
        waiting, self._later = self._later, {}
        for sql, (_, rows) in waiting.items():
            self._many(sql, rows)

    def forget(self) -> None:
        """Drops rows that wait: what they belong to is rolled back."""
        self._later.clear()

    def _settle(self, statement: str) -> None:
        for sql in [sql for sql, (table, _) in self._later.items() if table in statement]:
            self._many(sql, self._later.pop(sql)[1])

    @abstractmethod
    def _run(self, sql: str, values: Row) -> int: ...

    @abstractmethod
    def _many(self, sql: str, rows: Sequence[Row]) -> None: ...

    @abstractmethod
    def _rows(self, sql: str, values: Row) -> list[Row]: ...

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row; None without a row."""
        found = self.one(sql, *values)
        return None if found is None else found[0]


class Session(ABC):
    """A backend's connection that writes."""

    tx: Tx

    @abstractmethod
    def begin(self) -> None:
        """Begins a transaction under the writers' lock and reads the ledger's head."""

    @abstractmethod
    def commit(self) -> None:
        """Makes it last."""

    @abstractmethod
    def rollback(self) -> None:
        """Forgets the transaction."""

    @abstractmethod
    def mark(self) -> None:
        """Sets a savepoint."""

    @abstractmethod
    def keep(self) -> None:
        """Releases the savepoint."""

    @abstractmethod
    def back(self) -> None:
        """Rolls back to the savepoint and releases it."""

    @abstractmethod
    def close(self) -> None:
        """Closes the connection; never raises."""


class _Job:
    __slots__ = ("alone", "future", "merged", "payload", "work")

    def __init__(
        self, work: Callable[..., Any], payload: Any = None, *, merged: bool = False, alone: bool = False
    ) -> None:
        self.alone = alone
        self.work = work
        self.payload = payload
        self.merged = merged
        self.future: Future[Any] = Future()


class Store(ABC):
    """A database. Jobs that write run one after the other on one thread; several share a commit.

    A job's future is done only after the commit that holds it. A job that raises is rolled back alone. When the
    commit itself fails every job of its group gets StoreGone (T501) or StoreFull (T502).
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._session: Session | None = None
        self._start = threading.Lock()
        self._closed = False

    @property
    @abstractmethod
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""

    @abstractmethod
    def connect(self) -> Session:
        """A connection that writes; StoreGone (T501) when there is none to be had."""

    @abstractmethod
    def translate(self, error: BaseException) -> TutelaError | None:
        """The product's error for a database that is gone or full; None for any other failure."""

    @abstractmethod
    def read(self, job: Callable[[Tx], T]) -> T:
        """Runs a job that only reads, on the caller's thread, on one state of the database."""

    def submit(self, job: Callable[[Tx], T]) -> Future[T]:
        """Queues a job that writes. It must not wait for another job."""
        return self._put(_Job(job))

    def submit_alone(self, job: Callable[[Session], Any]) -> None:
        """Runs a job on the writer's thread outside of any transaction, and waits for it."""
        self._put(_Job(job, alone=True)).result()

    def submit_merged(self, handler: Callable[[Tx, Sequence[Any]], Sequence[Any]], payload: Any) -> Future[Any]:
        """Queues a payload. All that wait for the same handler are handed to it in one call, one result for each."""
        return self._put(_Job(handler, payload, merged=True))

    def write(self, job: Callable[[Tx], T]) -> T:
        """Runs a job that writes and waits for its commit."""
        return self.submit(job).result()

    def close(self) -> None:
        """Commits what is queued and closes the connections."""
        with self._start:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def waiting(self) -> int:
        """How many jobs are queued; a service that is asked for more than it can do answers 429 by this."""
        return self._queue.qsize()

    def _put(self, job: _Job) -> Future[Any]:
        with self._start:
            if self._closed:
                raise StoreGone("the desk is closed", next_step="open it again")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tutela-writer", daemon=True)
                self._thread.start()
            self._queue.put(job)
        return job.future

    def _work(self) -> None:
        ending = False
        while not ending:
            first = self._queue.get()
            if first is None:
                break
            group = [first]
            alone: _Job | None = first if first.alone else None
            while len(group) < GROUP and alone is None:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    ending = True
                    break
                if job.alone:
                    alone = job
                    break
                group.append(job)
            if alone is not first:
                self._commit(group)
            if alone is not None:
                self._by_itself(alone)
        if self._session is not None:
            self._session.close()

    def _commit(self, group: list[_Job]) -> None:
        outcomes: list[tuple[_Job, Any, BaseException | None]] = []
        try:
            if self._session is None:
                self._session = self.connect()
            session = self._session
            session.begin()
            for jobs in _runs(group):
                outcomes.extend(self._run(session, jobs))
            session.tx.settle()
            session.commit()
        except Exception as error:  # noqa: BLE001 - the boundary: whoever waits must get an answer, whatever happened
            failure = error if isinstance(error, TutelaError) else self.translate(error)
            self._forget()
            for job in group:
                job.future.set_exception(failure or error)
            return
        for job, result, problem in outcomes:
            if problem is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(problem)

    def _by_itself(self, job: _Job) -> None:
        try:
            if self._session is None:
                self._session = self.connect()
            result = job.work(self._session)
        except Exception as error:  # noqa: BLE001 - whoever waits must get an answer
            job.future.set_exception(self.translate(error) or error)
        else:
            job.future.set_result(result)

    def _run(self, session: Session, jobs: list[_Job]) -> Iterable[tuple[_Job, Any, BaseException | None]]:
        head = session.tx.head
        session.tx.settle()
        session.mark()
        try:
            if jobs[0].merged:
                results: Sequence[Any] = jobs[0].work(session.tx, [job.payload for job in jobs])
            else:
                results = [jobs[0].work(session.tx)]
        except Exception as error:
            if self.translate(error) is not None:
                raise
            session.tx.forget()
            session.back()
            session.tx.head = head
            if len(jobs) == 1:
                return [(jobs[0], None, error)]
            # One of them is bad: each alone, so that it fails alone.
            return [outcome for job in jobs for outcome in self._run(session, [job])]
        session.keep()
        return [(job, result, None) for job, result in zip(jobs, results, strict=True)]

    def _forget(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(Exception):
                session.rollback()
            session.close()


def _runs(group: list[_Job]) -> Iterable[list[_Job]]:
    """Neighbours with the same merged handler together; every other job alone, in order."""
    run: list[_Job] = []
    for job in group:
        if run and job.merged and run[0].merged and run[0].work == job.work:
            run.append(job)
            continue
        if run:
            yield run
        run = [job]
    if run:
        yield run


__all__ = ["GROUP", "Row", "Session", "Store", "Tx"]
