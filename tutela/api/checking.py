"""How are many small requests judged and stored together? Whatever waits when a judge is free becomes one batch.

A request's way: its items wait, are judged in one call with everybody else's, go to the store in one group commit, and
only then is it answered. Items with media take a lane of their own, so that a clip never holds up a comment.
Overload refuses (T429) before anything is taken; a request that takes too long is answered `review` for each item,
and what is decided later is still stored.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
from msgspec import Struct

from tutela.desk import Desk
from tutela.desk.intake import Stored
from tutela.engine import Engine
from tutela.errors import BadItem, BadRequest, TooMany, TutelaError
from tutela.model import Decision, Item, decode_item

MOST_ITEMS = 1_000
# Above this many characters an item is judged in the slow lane, too.
LONG_TEXT = 50_000
_BATCH = 512
_encode = msgspec.json.encode


class Limits(Struct, frozen=True, kw_only=True):
    """What the judge takes. `waiting` items at most stand in line for each lane; answers come within `timeout_s`."""

    waiting: int = 20_000
    slow_waiting: int = 64
    timeout_s: float = 20.0
    slow_timeout_s: float = 120.0
    slow_threads: int = 1


class Asked(Struct, frozen=True, kw_only=True):
    """Items of one request. A `None` in `items` stands for one that could not be read; `failed` has its decision."""

    items: Sequence[Item | None]
    failed: dict[int, Decision]
    many: bool
    wrapped: bool = False
    actor: str = "engine"
    scope: str = ""
    key: str = ""
    request: bytes = b""


class _Job(Struct, kw_only=True, eq=False):
    asked: Asked
    answer: asyncio.Future[bytes]
    counted: int


class Checker:
    """Judges and stores. One a process; `check` belongs to its event loop."""

    def __init__(
        self,
        engine: Engine,
        desk: Desk,
        *,
        limits: Limits | None = None,
        seen: Callable[[Sequence[Decision]], None] = lambda _: None,
    ) -> None:
        self.engine = engine
        self.limits = limits or Limits()
        self._desk = desk
        self._seen = seen
        self._loop = asyncio.get_running_loop()
        self._line: deque[_Job] = deque()
        self._waiting = 0
        self._slow_waiting = 0
        self._busy = False
        self._judge = ThreadPoolExecutor(1, thread_name_prefix="tutela-judge")
        self._slow = ThreadPoolExecutor(self.limits.slow_threads, thread_name_prefix="tutela-slow")

    @property
    def waiting(self) -> int:
        """How many items stand in line."""
        return self._waiting + self._slow_waiting

    async def check(self, asked: Asked) -> bytes:
        """The answer's JSON, after the commit. Raises TooMany (T429) when too much waits, and what the store raises."""
        count = len(asked.items)
        slow = any(item is not None and _is_slow(item) for item in asked.items)
        limits = self.limits
        if (
            (self._slow_waiting + count > limits.slow_waiting and self._slow_waiting)
            if slow
            else (self._waiting + count > limits.waiting)
        ):
            raise TooMany("more waits here than can be judged soon", retry_after_s=2)
        job = _Job(asked=asked, answer=self._loop.create_future(), counted=count)
        if slow:
            self._slow_waiting += count
            self._slow.submit(self._work, [job], True)
        else:
            self._waiting += count
            self._line.append(job)
            if not self._busy:
                self._busy = True
                self._judge.submit(self._drain)
        try:
            return await asyncio.wait_for(job.answer, limits.slow_timeout_s if slow else limits.timeout_s)
        except TimeoutError:
            return encode_answer(asked, [self._late(item) for item in asked.items if item is not None])

    def close(self) -> None:
        """Judges what is in line, then stops."""
        self._judge.shutdown(wait=True)
        self._slow.shutdown(wait=True)

    # On the judge's threads

    def _drain(self) -> None:
        while True:
            jobs: list[_Job] = []
            size = 0
            while self._line and size < _BATCH:
                job = self._line.popleft()
                jobs.append(job)
                size += job.counted
            if not jobs:
                # The loop alone starts and stops the judge, so that nothing put in line just now is forgotten.
                self._loop.call_soon_threadsafe(self._rest)
                return
            self._work(jobs, False)

    def _rest(self) -> None:
        if self._line:
            self._judge.submit(self._drain)
        else:
            self._busy = False

    def _work(self, jobs: list[_Job], slow: bool) -> None:
        try:
            decisions = iter(list(self.engine.check_many([item for job in jobs for item in job.asked.items if item])))
        except Exception as error:  # noqa: BLE001 - the boundary: whoever waits must be answered, whatever failed
            for job in jobs:
                self._tell(job, slow, None, error)
            return
        for job in jobs:
            items = [item for item in job.asked.items if item is not None]
            found = [next(decisions) for _ in items]
            self._seen(found)
            answer = encode_answer(job.asked, found)
            asked = job.asked
            try:
                stored = self._desk.intake.submit(
                    items, found, actor=asked.actor, scope=asked.scope, key=asked.key, request=asked.request,
                    answer=answer if asked.key else b"",
                )  # fmt: skip
            except Exception as error:  # noqa: BLE001 - as above
                self._tell(job, slow, None, error)
                continue
            stored.add_done_callback(_Told(self, job, slow, answer))

    def _tell(self, job: _Job, slow: bool, answer: bytes | None, error: BaseException | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._done, job, slow, answer, error)
        except RuntimeError:
            # The loop is gone: so is whoever waited.
            return

    def _done(self, job: _Job, slow: bool, answer: bytes | None, error: BaseException | None) -> None:
        if slow:
            self._slow_waiting -= job.counted
        else:
            self._waiting -= job.counted
        if job.answer.done():
            return
        if error is not None:
            job.answer.set_exception(error)
        else:
            job.answer.set_result(answer or b"")

    def _late(self, item: Item) -> Decision:
        return doubtful(self.engine, item.id, "Judging took longer than the time limit: a person should look.")


class _Told:
    """Hands a stored answer back to the loop; a class, so that a thousand of them share one code and no closure."""

    __slots__ = ("answer", "checker", "job", "slow")

    def __init__(self, checker: Checker, job: _Job, slow: bool, answer: bytes) -> None:
        self.checker, self.job, self.slow, self.answer = checker, job, slow, answer

    def __call__(self, stored: Future[Stored]) -> None:
        error = stored.exception()
        answer = self.answer
        if error is None and (before := stored.result().answer) is not None:
            answer = before
        self.checker._tell(self.job, self.slow, answer, error)


def read_one(body: bytes) -> Asked:
    """One item. Raises BadItem (T101)."""
    return Asked(items=(_plain(decode_item(body)),), failed={}, many=False)


def read_many(body: bytes, engine: Engine) -> Asked:
    """A batch: an array of items, or an object with it under `items`. An item that is wrong is decided `review` in its place.

    Raises BadRequest (T422) when the body is no batch, or has more than 1,000 items.
    """
    wrapped = body.lstrip()[:1] == b"{"
    try:
        raws = _WRAPPED.decode(body).items if wrapped else _ARRAY.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest(
            "an array of items is expected", where="body", next_step="`/openapi.json` has the schema"
        ) from None
    if len(raws) > MOST_ITEMS:
        raise BadRequest(
            f"at most {MOST_ITEMS} items are taken at once", where="body", next_step="send several batches"
        )
    items: list[Item | None] = []
    failed: dict[int, Decision] = {}
    for number, raw in enumerate(raws):
        try:
            items.append(_plain(decode_item(bytes(raw))))
        except BadItem as error:
            items.append(None)
            failed[number] = doubtful(
                engine, _id_of(raw), f"This item could not be judged ({error.code} {error.what}): a person should look."
            )
    return Asked(items=items, failed=failed, many=True, wrapped=wrapped)


def encode_answer(asked: Asked, decisions: Sequence[Decision]) -> bytes:
    """The answer's JSON; decisions that failed stand in their places."""
    if not asked.many:
        return _encode(decisions[0])
    if not asked.failed:
        return _encode({"decisions": decisions}) if asked.wrapped else _encode(decisions)
    found = iter(decisions)
    merged = [asked.failed[number] if item is None else next(found) for number, item in enumerate(asked.items)]
    return _encode({"decisions": merged}) if asked.wrapped else _encode(merged)


def doubtful(engine: Engine, item_id: str, reason: str) -> Decision:
    """A decision for what could not be judged: a person should look."""
    return Decision(
        id=item_id, violates=False, action="review", clauses=(), evidence=(), risks=(), reason=reason, confidence=0.0,
        policy=(engine.policy or engine.book.in_force(None)).id,
    )  # fmt: skip


class _Named(Struct):
    id: str = ""


class _Batch(Struct, forbid_unknown_fields=True):
    items: list[msgspec.Raw]


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_WRAPPED = msgspec.json.Decoder(_Batch)
_NAMED = msgspec.json.Decoder(_Named)


def _id_of(raw: msgspec.Raw) -> str:
    try:
        return _NAMED.decode(bytes(raw)).id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _plain(item: Item) -> Item:
    for number, media in enumerate(item.media):
        if media.data is None:
            # A path on this machine is nobody's to name over the network.
            raise BadItem(
                "media come as `data`, in base64",
                where=f"media/{number}",
                next_step='or as `path`: "upload/ID" of POST /v1/media',
            )
    return item


def _is_slow(item: Item) -> bool:
    return bool(item.media) or len(item.text or "") > LONG_TEXT


__all__ = [
    "MOST_ITEMS",
    "Asked",
    "Checker",
    "Limits",
    "TutelaError",
    "doubtful",
    "encode_answer",
    "read_many",
    "read_one",
]
