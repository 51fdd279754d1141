"""Run units on this machine: one process a core, each with its own engine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from tutela.fleet.arrow import Setup
from tutela.fleet.units import Report, Unit, run_unit

# A unit whose process dies is tried again so often, then named and left: one poisoned unit must not stop the rest.
TRIES = 3


def run(units: Sequence[Unit], dest: str, setup: Setup, *, workers: int | None = None) -> Iterator[Report]:
    """Judges units in parallel and tells each one's report as it is done. Raises OSError when `dest` is full."""
    workers = workers or os.cpu_count() or 1
    if workers == 1 or len(units) <= 1:
        for unit in units:
            yield run_unit(unit, dest, setup)
        return
    waiting = [(unit, 1) for unit in reversed(units)]
    while waiting:
        # Spawn, not fork: the matcher's scratch and the model's threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(waiting)), mp_context=context) as pool:
            running: dict[Future[Report], tuple[Unit, int]] = {}
            broken = False
            while (waiting or running) and not broken:
                while waiting and len(running) < workers * 2:
                    unit, tried = waiting.pop()
                    running[pool.submit(run_unit, unit, dest, setup)] = (unit, tried)
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    unit, tried = running.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        broken = True
                        if tried < TRIES:
                            waiting.append((unit, tried + 1))
                        else:
                            yield Report(
                                unit=unit.name, path=unit.path, judged=0, violates=0, failed=0,
                                problem=f"the process died {TRIES} times on this unit",
                            )  # fmt: skip
            if broken:
                waiting.extend((unit, tried + 1) for unit, tried in running.values() if tried < TRIES)
