"""The engine on Ray Data: `check(ds)` for a data set, `run(units)` for files, both by `map_batches`.

Plain tasks, not an actor pool: a pool that holds every CPU leaves none for reading. The engine is loaded once for each
worker process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from tutela.errors import MissingPart
from tutela.fleet.arrow import Setup
from tutela.fleet.arrow import check as check_arrow
from tutela.fleet.units import Report, Unit, give_up, run_unit, told

if TYPE_CHECKING:
    from ray.data import Dataset

TRIES = 3


def check(ds: Dataset, *, columns: dict[str, str] | None = None, platform: str | None = None,
          policy: str | None = None, intent: str = "on", batch_size: int = 65_536) -> Dataset:  # fmt: skip
    """Decisions for a data set of posts, one a row. `columns` maps an item's field to the data set's column."""
    setup = Setup(platform=platform, policy=policy, intent=intent, columns=columns or {})

    def judge(batch: pa.Table) -> pa.Table:
        return check_arrow(batch, setup)

    return ds.map_batches(judge, batch_format="pyarrow", batch_size=batch_size)


def run(units: Sequence[Unit], dest: str, setup: Setup, *, address: str = "local") -> Iterator[Report]:
    """Judges units as a Ray Data job and tells their reports. `address` is Ray's; `local` starts one here."""
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingPart("Ray is not installed", next_step="pip install 'tutela[ray]'") from None
    # The files of a killed cluster would otherwise be taken for a running one.
    own = not ray.is_initialized()
    if own:
        local: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
        ray.init(address=address, logging_level=40, **local)
    context: Any = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    try:

        def work(batch: pa.Table) -> pa.Table:
            reports = [
                msgspec.json.encode(run_unit(msgspec.json.decode(line, type=Unit), dest, setup)).decode()
                for line in batch.column("unit").to_pylist()
            ]
            return pa.table({"report": reports})

        left = {unit.name: unit for unit in units}
        # What a job left out is asked for again; what is written already is not judged twice.
        for _ in range(TRIES):
            rows = [{"unit": msgspec.json.encode(unit).decode()} for unit in left.values()]
            ds = ray.data.from_items(rows, override_num_blocks=len(rows))
            for row in ds.map_batches(work, batch_format="pyarrow", batch_size=1).iter_rows():
                report = told(msgspec.json.decode(row["report"], type=Report))
                if left.pop(report.unit, None) is not None:
                    yield report
            if not left:
                return
        for unit in left.values():
            yield told(give_up(unit, dest, f"Ray brought no result in {TRIES} jobs"))
    finally:
        if own:
            ray.shutdown()
