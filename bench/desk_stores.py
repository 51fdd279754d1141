"""How many decisions a second does the desk store? Run it: `python bench/desk_stores.py [--database URL] [--seconds 5]`.

Decisions are made by hand, so this is the memory alone: fingerprints, hash chain, commit with fsync, answer after the
commit. One in twenty violates: it is sealed, opens a case, gets an order, a notice and a strike.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from tutela.desk import Desk, KeyRing
from tutela.engine import Engine
from tutela.model import Author, ClauseVerdict, Decision, Evidence, Item, Where


def pair(number: int, *, bad: bool) -> tuple[Item, Decision]:
    item = Item(id=f"i{number}", text="eighty bytes of text or so, as a comment has them, no more than that.",
                lang="en", author=Author(id=f"u{number % 5000}"))  # fmt: skip
    found = Evidence(clause="pi.contact", kind="phone", where=Where(part="text", start=0, end=9), shown_as="•••••",
                     detector="phone", confidence=0.9)  # fmt: skip
    return item, Decision(
        id=item.id, violates=bad, action="remove" if bad else "allow",
        clauses=(ClauseVerdict(id="pi.contact", confidence=0.9),) if bad else (), evidence=(found,) if bad else (),
        risks=(), reason="", confidence=0.9, policy="2024-05-17",
    )  # fmt: skip


def batches(desk: Desk, seconds: float, size: int, every: int, window: int = 4) -> float:
    """Decisions a second in batches of `size`, `window` of them under way; one in `every` violates (0: none)."""
    stop = time.perf_counter() + seconds
    began, stored, number, under_way = time.perf_counter(), 0, 0, []
    while time.perf_counter() < stop:
        pairs = [pair(number + place, bad=bool(every) and (number + place) % every == 0) for place in range(size)]
        number += size
        under_way.append(desk.intake.submit([one[0] for one in pairs], [one[1] for one in pairs]))
        if len(under_way) >= window:
            stored += len(under_way.pop(0).result().recorded)
    stored += sum(len(future.result().recorded) for future in under_way)
    return stored / (time.perf_counter() - began)


def singles(desk: Desk, seconds: float, clients: int) -> tuple[float, float, float]:
    """One by one with so many clients: decisions a second, p50 and p99 of the wait in milliseconds."""
    waits: list[float] = []
    stop = time.perf_counter() + seconds

    def client(start: int) -> None:
        number, own = start, []
        while time.perf_counter() < stop:
            number += clients
            item, decision = pair(number, bad=False)
            began = time.perf_counter()
            desk.intake.submit([item], [decision]).result()
            own.append(time.perf_counter() - began)
        waits.extend(own)

    threads = [threading.Thread(target=client, args=(10_000_000 + start,)) for start in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.sort()
    return len(waits) / seconds, waits[len(waits) // 2] * 1000, waits[len(waits) * 99 // 100] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--seconds", type=float, default=5.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = chosen.database or str(Path(folder) / "desk.db")
        engine = partial(Engine.load, intent="off")
        desk = Desk.open(database, engine=engine, keys=KeyRing.open(Path(folder) / "keys"))
        clean = batches(desk, chosen.seconds, 100, 0)
        mixed = batches(desk, chosen.seconds, 100, 20)
        one, p50, p99 = singles(desk, chosen.seconds, 32)
        began = time.perf_counter()
        verified = desk.upkeep.verify()
        took = time.perf_counter() - began
        desk.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = {
        "database": desk.memory.store.kind,
        "clean_a_second_in_hundreds": round(clean),
        "one_in_twenty_violating_a_second_in_hundreds": round(mixed),
        "one_by_one_32_clients_a_second": round(one),
        "one_by_one_p50_ms": round(p50, 2),
        "one_by_one_p99_ms": round(p99, 2),
        "verify_events_a_second": round(verified.events / took),
        "problems": list(verified.problems),
        "peak_mib": memory,
    }
    json.dump(figures, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
