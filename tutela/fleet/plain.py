"""Run units on this machine: one process a core, each with its own engine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from tutela.fleet.arrow import Setup
from tutela.fleet.units import Report, Unit, give_up, run_unit, told

# A unit that was under way when a process died is run alone, so often, then named and left: one poisoned unit must
# neither stop the rest nor be taken for it.
TRIES = 3


def run(units: Sequence[Unit], dest: str, setup: Setup, *, workers: int | None = None) -> Iterator[Report]:
    """Judges units in parallel and tells each one's report as it is done. Raises StoreFull (T502)."""
    workers = workers or os.cpu_count() or 1
    if workers == 1 or len(units) <= 1:
        for unit in units:
            yield told(run_unit(unit, dest, setup))
        return
    waiting = list(reversed(units))
    while waiting:
        suspects: list[Unit] = []
        yield from _together(waiting, suspects, dest, setup, workers)
        for unit in suspects:
            yield _alone(unit, dest, setup)


def _together(waiting: list[Unit], suspects: list[Unit], dest: str, setup: Setup, workers: int) -> Iterator[Report]:
    """Takes from `waiting` until it is empty or a process dies; then what was under way is in `suspects`."""
    running: dict[Future[Report], Unit] = {}
    pool = _pool(min(workers, len(waiting)))
    try:
        while (waiting or running) and not suspects:
            while waiting and len(running) < workers * 2:
                unit = waiting.pop()
                running[pool.submit(run_unit, unit, dest, setup)] = unit
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                unit = running.pop(future)
                try:
                    yield told(future.result())
                except BrokenProcessPool:
                    suspects.append(unit)
        suspects.extend(running.values())
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(unit: Unit, dest: str, setup: Setup) -> Report:
    for _ in range(TRIES):
        with _pool(1) as pool:
            try:
                return told(pool.submit(run_unit, unit, dest, setup).result())
            except BrokenProcessPool:
                continue
    return told(give_up(unit, dest, f"the process died {TRIES} times on this stretch"))


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawn, not fork: the matcher's scratch and the model's threads do not survive a fork.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
