"""A desk under load that is killed again and again; run as a program, it prints what it found as JSON.

Each round a child opens the desk, sends again what the last one did not get an answer to, and then decides, reports and
delivers until SIGKILL. What it was answered it writes down, as a client would. The parent only forks: it holds no thread.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from tutela.desk import Desk, DeskSettings, KeyRing
from tutela.desk.forms import ReportForm
from tutela.enforce.sending import Answer
from tutela.engine import Engine
from tutela.errors import StoreGone
from tutela.model import Author, ClauseVerdict, Decision, Evidence, Item, Where

CLEAN, WINDOW = 8, 12


def desk_at(database: str, folder: Path, sender: Callable[[str, bytes, dict[str, str]], Answer]) -> Desk:
    settings = DeskSettings(reports_an_hour=1_000_000)
    for attempt in range(200):
        try:
            return Desk.open(
                database, engine=Engine.load, keys=KeyRing.open(folder / "keys"), settings=settings, sender=sender
            )
        except StoreGone:
            if attempt == 199:
                raise
            time.sleep(0.05)
    raise AssertionError


def batch(name: str) -> tuple[list[Item], list[Decision]]:
    """Clean items and one that is removed."""
    items, decisions = [], []
    for number in range(CLEAN + 1):
        bad = number == CLEAN
        item = Item(id=f"{name}-{number}", text="words", author=Author(id=f"author-{name}"))
        clauses = (ClauseVerdict(id="pi.contact", confidence=0.9),) if bad else ()
        found = Evidence(
            clause="pi.contact", kind="phone", where=Where(part="text", start=0, end=5), shown_as="•••••",
            detector="phone", confidence=0.9,
        )  # fmt: skip
        items.append(item)
        decisions.append(
            Decision(
                id=item.id, violates=bad, action="remove" if bad else "allow", clauses=clauses,
                evidence=(found,) if bad else (), risks=(), reason="", confidence=0.9, policy="2024-05-17",
            )
        )  # fmt: skip
    return items, decisions


class Log:
    """A file that is written line by line, each line with one call: the page cache outlives the process."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, *words: str) -> None:
        os.write(self._handle, (" ".join(words) + "\n").encode())


def child(database: str, folder: Path, number: int, unanswered: list[str]) -> None:
    log = Log(folder / "log")
    sent = Log(folder / "sent")

    def receive(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent(headers["webhook-id"])
        return Answer(status=200)

    desk = desk_at(database, folder, receive)
    if not desk.orders.endpoints():
        desk.orders.add_endpoint("platform", "http://127.0.0.1:9/", kinds=("action.apply",), actor="cli")
    room = threading.Semaphore(WINDOW)

    def submit(name: str) -> None:
        room.acquire()
        log("sent", name)
        items, decisions = batch(name)
        future = desk.intake.submit(items, decisions, scope="test", key=name, request=name.encode(), answer=b"{}")

        def done(outcome: Future[object]) -> None:
            if outcome.exception() is None:
                log("kept", name)
            room.release()

        future.add_done_callback(done)

    def reports() -> None:
        count = 0
        while True:
            count += 1
            form = ReportForm(topic="phone", where=f"https://murmura.com/p/{number}-{count}", good_faith=True)
            log("report", desk.reports.file(form).id)

    def deliveries() -> None:
        while True:
            if not desk.orders.deliver_due(limit=20):
                time.sleep(0.002)

    for work in (reports, deliveries):
        threading.Thread(target=work, daemon=True).start()
    for name in unanswered:
        submit(name)
    log("under-load", str(number))
    count = 0
    while True:
        count += 1
        submit(f"r{number}b{count}")


def forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(3)
    return pid


def main(database: str, folder: Path, rounds: int, seed: int) -> dict[str, object]:
    chance = random.Random(seed)
    log = folder / "log"
    log.touch()
    for number in range(rounds):
        lines = [line.split() for line in log.read_text().splitlines()]
        kept = {line[1] for line in lines if line[0] == "kept"}
        unanswered = list(dict.fromkeys(line[1] for line in lines if line[0] == "sent" and line[1] not in kept))
        pid = forked(lambda number=number, unanswered=unanswered: child(database, folder, number, unanswered))  # type: ignore[misc]
        deadline = time.monotonic() + 60
        while f"under-load {number}\n" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.4))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return judged(database, folder)


def judged(database: str, folder: Path) -> dict[str, object]:
    lines = [line.split() for line in (folder / "log").read_text().splitlines()]
    kept = {line[1] for line in lines if line[0] == "kept"}
    reports = {line[1] for line in lines if line[0] == "report"}
    sent_log = Log(folder / "sent")

    def receive(url: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent_log(headers["webhook-id"])
        return Answer(status=200)

    desk = desk_at(database, folder, receive)
    memory = desk.memory
    # A claim of a killed process runs out in two minutes: the test does not wait, it moves the clock.
    start = memory.now()
    memory.now = lambda: start + 600 * 1_000_000  # type: ignore[method-assign]
    while desk.orders.deliver_due(limit=200):
        pass
    items = memory.read(lambda tx: Counter(row[0] for row in tx.rows("SELECT item FROM events WHERE kind = 'decided'")))
    marks = {name: [memory.mark_item(f"{name}-{number}") for number in range(CLEAN + 1)] for name in kept}
    lost = [name for name, own in marks.items() if any(items[mark] == 0 for mark in own)]
    doubled = [name for name, own in marks.items() if any(items[mark] > 1 for mark in own)]
    rows = memory.read(
        lambda tx: {
            "reports": [row[0] for row in tx.rows("SELECT id FROM reports")],
            "orders": [row[0] for row in tx.rows("SELECT id FROM orders WHERE kind = 'action.apply'")],
            "undelivered": tx.value("SELECT COUNT(*) FROM deliveries WHERE state <> 'delivered'"),
            "deliveries": tx.value("SELECT COUNT(*) FROM deliveries"),
            "removed": tx.value("SELECT COUNT(*) FROM cases WHERE action = 'remove'"),
        }
    )
    sent = set((folder / "sent").read_text().split())
    verified = desk.upkeep.verify()
    desk.close()
    return {
        "decisions": len(kept) * (CLEAN + 1),
        "reports": len(reports),
        "orders": len(rows["orders"]),
        "events": verified.events,
        "lost_decisions": lost,
        "doubled_decisions": doubled,
        "lost_reports": sorted(reports - set(rows["reports"])),
        "orders_missing": rows["removed"] - len(rows["orders"]),
        "deliveries_missing": len(rows["orders"]) - rows["deliveries"],
        "undelivered": rows["undelivered"],
        "never_sent": sorted(set(rows["orders"]) - sent),
        "problems": list(verified.problems),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
