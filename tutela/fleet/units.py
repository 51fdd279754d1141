"""Work in units: a source is cut into units, each judged once and written whole, on any engine.

A unit is a range of rows of a Parquet file, or a stretch of bytes of a JSON-lines or CSV file that starts and ends at
a row. Its result is one Parquet file named after the unit; the name appears only when the file is whole. So a stopped
job goes on where it was: what is there is done, what is not there is done anew.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from tutela.errors import BadSettings, MissingFile, StoreFull, TutelaError
from tutela.fleet.arrow import DECISIONS, FAILURES, Setup, failure, judge
from tutela.fleet.rows import MAX_RECORD, Batch, Broken, Format, read_csv, read_json, read_parquet

# Bytes of a text file, and rows of a Parquet file, in one unit.
UNIT_BYTES = 32 << 20
UNIT_ROWS = 1 << 18
_ENDINGS: dict[str, Format] = {
    ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip
_KEY = b"tutela.report"


class Unit(Struct, frozen=True, kw_only=True):
    """A stretch of a source: `start` and `end` are rows (Parquet) or byte offsets (text), half-open, from 0."""

    path: str
    format: Format
    start: int
    end: int
    size: int
    modified_ns: int = 0

    @property
    def name(self) -> str:
        """Names the result: the same for the same stretch of the same file."""
        key = f"{self.path}\x00{self.size}\x00{self.start}\x00{self.end}"
        return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()


class Report(Struct, frozen=True, kw_only=True):
    """What became of a unit. `stop` names an error that ends the whole job: code, what, where, next step."""

    unit: str
    path: str
    judged: int = 0
    violates: int = 0
    failed: int = 0
    problem: str = ""
    before: bool = False
    stop: tuple[str, str, str, str] | None = None


class _Job(Struct, frozen=True, kw_only=True):
    """What a destination holds decisions of; a job that differs may not be mixed in."""

    setup: Setup
    platform: str
    files: dict[str, tuple[int, int]]


def units_of(source: str) -> list[Unit]:
    """The units of a file, a folder or a glob pattern, in order. Raises MissingFile (T104), BadSettings (T207)."""
    path = Path(source)
    if path.is_dir():
        paths = sorted(p for p in path.rglob("*") if p.suffix in _ENDINGS and not p.name.startswith((".", "_")))
    elif path.is_file():
        paths = [path]
    else:
        paths = sorted(Path(found) for found in glob.glob(source, recursive=True) if Path(found).is_file())
    if not paths:
        raise MissingFile(
            "no such file, and no file matches", where=source, next_step="name a file, a folder or a pattern"
        )
    unknown = [str(p) for p in paths if p.suffix not in _ENDINGS]
    if unknown:
        raise BadSettings(
            f"neither Parquet, JSON lines nor CSV: {', '.join(unknown[:5])}",
            next_step=f"endings are {', '.join(_ENDINGS)}",
        )
    return [unit for p in paths for unit in _units_of_file(p.resolve())]


def _units_of_file(path: Path) -> Iterator[Unit]:
    state = path.stat()
    kind = _ENDINGS[path.suffix]
    for start, end in _parquet_cuts(path) if kind == "parquet" else _text_cuts(path, state.st_size, kind == "csv"):
        yield Unit(path=str(path), format=kind, start=start, end=end, size=state.st_size, modified_ns=state.st_mtime_ns)


def _parquet_cuts(path: Path) -> Iterator[tuple[int, int]]:
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        # A corrupt file is one unit, so that it is named in the side table and not lost.
        yield 0, 1
        return
    first = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        # Each cut reads its group from the group's start: a huge group in many cuts would be read over and over.
        step = max(UNIT_ROWS, -(-rows // 16))
        for start in range(0, rows, step):
            yield first + start, first + min(start + step, rows)
        first += rows


def _text_cuts(path: Path, size: int, quoted: bool) -> Iterator[tuple[int, int]]:
    """Cuts at line ends; in CSV only where no quote is open, unless none closes within a record's limit."""
    start = 0
    with path.open("rb") as file:
        while start < size:
            inside = False
            if quoted:
                inside = file.read(UNIT_BYTES).count(b'"') % 2 == 1
            else:
                file.seek(start + UNIT_BYTES)
            searched = 0
            while line := file.readline(MAX_RECORD):
                searched += len(line)
                inside ^= quoted and line.count(b'"') % 2 == 1
                if line.endswith(b"\n") and (not inside or searched > MAX_RECORD):
                    break
            end = min(file.tell(), size)
            yield start, end
            start = end


def open_job(units: list[Unit], dest: Path, setup: Setup) -> None:
    """Makes the folder, or checks that what it holds is of the same job, and takes away what a killed worker left.

    Raises BadSettings (T207) when it holds decisions under another policy, profile or mapping, or of a file that has
    changed since.
    """
    job = _Job(
        setup=setup,
        platform="" if setup.platform is None else hashlib.blake2b(Path(setup.platform).read_bytes(), digest_size=16).hexdigest(),
        files={unit.path: (unit.size, unit.modified_ns) for unit in units},
    )  # fmt: skip
    note = dest / "_job.json"
    try:
        dest.mkdir(parents=True, exist_ok=True)
        files = dict(job.files)
        if note.exists():
            found = msgspec.json.decode(note.read_bytes(), type=_Job)
            changed = [path for path, state in found.files.items() if files.get(path, state) != state]
            if found.setup != setup or found.platform != job.platform or changed:
                raise BadSettings(
                    f"{changed[0]} has changed" if changed else "it holds decisions of a job with other settings",
                    where=str(dest),
                    next_step="name another folder with --out, or empty this one",
                )
            files = {**found.files, **files}
        for left in (*dest.glob(".part-*"), *dest.glob("_failed/.part-*")):
            left.unlink(missing_ok=True)
        part = dest / "._job.json"
        part.write_bytes(msgspec.json.encode(msgspec.structs.replace(job, files=files)))
        part.replace(note)
    except OSError as error:
        raise _full(error, dest) from None


def run_unit(unit: Unit, dest: str, setup: Setup) -> Report:
    """Judges a unit and writes `dest/part-NAME.parquet`, and `dest/_failed/part-NAME.parquet` where rows failed.

    A unit whose result is there is not judged again. What makes the rest of a unit unreadable is one row of the side
    table. Never raises for what a source holds: an error that must end the job is the report's `stop`.
    """
    folder = Path(dest)
    try:
        result = folder / f"part-{unit.name}.parquet"
        if result.exists():
            told = pq.read_metadata(result).metadata[_KEY]
            return msgspec.structs.replace(msgspec.json.decode(told, type=Report), before=True)
        return _judged(unit, folder, result, setup)
    except TutelaError as error:
        return Report(unit=unit.name, path=unit.path, stop=(error.code, error.what, error.where, error.next_step))


def give_up(unit: Unit, dest: str, reason: str) -> Report:
    """Names a unit in the side table that no process survives. It has no result: a later run tries it again."""
    side = pa.Table.from_pylist([failure(unit.path, unit.start + 1, "", "T000", reason)], schema=FAILURES)
    try:
        _write(side, Path(dest) / "_failed" / f"part-{unit.name}.parquet")
    except StoreFull as error:
        return Report(unit=unit.name, path=unit.path, stop=(error.code, error.what, error.where, error.next_step))
    return Report(unit=unit.name, path=unit.path, failed=1, problem=reason)


def _judged(unit: Unit, folder: Path, result: Path, setup: Setup) -> Report:
    decisions: list[pa.Table] = []
    failures: list[pa.Table] = []
    problem = ""
    try:
        for batch in _batches(unit, setup):
            if batch.numbers:
                judged, failed = judge(batch.rows, setup, source=unit.path, numbers=batch.numbers)
                decisions.append(judged)
                failures.append(failed)
            failures.append(batch.failed)
    except Broken as error:
        problem = f"cannot be read from row {error.row} on: {error}"
        broken = failure(unit.path, error.row, "", "T312", f"from here on it cannot be read: {error}")
        failures.append(pa.Table.from_pylist([broken], schema=FAILURES))
    done = pa.concat_tables([DECISIONS.empty_table(), *decisions])
    side = pa.concat_tables([FAILURES.empty_table(), *failures])
    report = Report(
        unit=unit.name,
        path=unit.path,
        judged=done.num_rows,
        violates=done.column("violates").to_pylist().count(True),
        failed=side.num_rows,
        problem=problem,
    )
    if side.num_rows:
        _write(side, folder / "_failed" / result.name)
    _write(done.replace_schema_metadata({_KEY: msgspec.json.encode(report)}), result)
    return report


def _batches(unit: Unit, setup: Setup) -> Iterator[Batch]:
    read = {"parquet": read_parquet, "csv": read_csv, "jsonl": read_json}[unit.format]
    return read(unit.path, unit.start, unit.end, setup)


def _write(table: pa.Table, path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, part, compression="zstd")
        with part.open("rb") as file:
            # Without this a power cut could leave the name in place and the content lost.
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _full(error, path.parent) from None


def _full(error: OSError, folder: Path) -> StoreFull:
    return StoreFull(
        f"the destination cannot be written: {error.strerror or type(error).__name__}",
        where=str(folder),
        next_step="make room and start the same command again: it goes on where it was",
    )


def told(report: Report) -> Report:
    """The report; raises what must end the job."""
    if report.stop is None:
        return report
    code, what, where, next_step = report.stop
    kinds: dict[str, type[Any]] = {kind.code: kind for kind in TutelaError.__subclasses__()}
    raise kinds.get(code, TutelaError)(what, where=where, next_step=next_step)
