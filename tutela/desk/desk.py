"""How is a desk opened, and what does it hold?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from tutela.desk.advice import advise
from tutela.desk.appeals import Appeals
from tutela.desk.effects import Effects
from tutela.desk.forms import Advice
from tutela.desk.intake import Intake
from tutela.desk.memory import SECOND, DeskSettings, Memory, utc_now
from tutela.desk.notices import Notices
from tutela.desk.orders import Orders
from tutela.desk.people import People
from tutela.desk.reports import Reports
from tutela.desk.review import Review
from tutela.desk.shadow import Shadow
from tutela.desk.statements import Statements
from tutela.desk.strikes import Strikes
from tutela.desk.transparency import Figures
from tutela.desk.upkeep import Upkeep
from tutela.enforce.sending import Sender, send
from tutela.engine import Engine
from tutela.ledger import KeyRing, open_store
from tutela.ledger.schema import migrate

P = ParamSpec("P")
T = TypeVar("T")
_THREADS = 8
# Retention counts in days: looking for what has run out every ten minutes is often enough.
_KEEP_EVERY = 600 * SECOND


class Desk:
    """Every use case, by room. Open one a process with `Desk.open`; close it at the end."""

    def __init__(self, memory: Memory, *, sender: Sender = send) -> None:
        self.memory = memory
        self.orders = Orders(memory, sender=sender)
        self.strikes = Strikes(memory, self.orders)
        self.effects = Effects(memory, self.orders, self.strikes)
        self.intake = Intake(memory, self.effects)
        self.people = People(memory)
        self.reports = Reports(memory, self.orders, self.effects, self.intake)
        self.review = Review(memory, self.people, self.effects, self.orders, self.strikes, self.reports)
        self.notices = Notices(memory)
        self.appeals = Appeals(memory, self.people, self.effects, self.orders, self.reports)
        self.transparency = Figures(memory, self.people, self.review)
        self.upkeep = Upkeep(memory)
        self.statements = Statements(memory, policy_url=memory.settings.policy_url)
        self.shadow = Shadow(memory)
        self._kept = 0
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tutela-desk")

    @classmethod
    def open(
        cls,
        database: str,
        *,
        engine: Engine | Callable[[], Engine],
        keys: KeyRing,
        clock: Callable[[], datetime] = utc_now,
        settings: DeskSettings | None = None,
        power_safe: bool = True,
        sender: Sender = send,
    ) -> Desk:
        """A desk on a database, which is brought to the newest schema step first.

        `engine` may be a way to load one, which is then called when something has to be judged. `database` is `sqlite:///FILE`, a file's path, or `postgresql://…`. With `power_safe=False` SQLite survives the end of
        the process but, at a power cut, may lose the last moments. Raises StoreGone (T501), BadRequest (T422), and
        Conflict (T409) when another process writes to the same file.
        """
        store = open_store(database, power_safe=power_safe)
        migrate(store)
        memory = Memory(store=store, keys=keys, engine=engine, clock=clock, settings=settings or DeskSettings())
        return cls(memory, sender=sender)

    def advise(self, text: str, *, lang: str = "en") -> Advice:
        """Whether a pasted link or message looks like a trick; nothing is stored."""
        return advise(self.memory.engine, text, lang=lang)

    def work_due(self) -> int:
        """What is due by the clock: orders sent, strikes expired, originals deleted; how many steps were taken.

        The service calls it every second. Any process of several may; none does the other's work twice.
        """
        steps = self.orders.deliver_due() + self.strikes.expire_due()
        now = self.memory.now()
        if now - self._kept >= _KEEP_EVERY:
            gone = self.upkeep.retention_due()
            # More may be waiting: gone on with at the next call.
            self._kept = 0 if gone else now
            steps += gone
        return steps

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a use case on one of the desk's threads and awaits it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Finishes what is queued and closes the database."""
        self._pool.shutdown(wait=True)
        self.memory.store.close()
