"""Work in units: a source is cut into units, each judged once and written whole, on any engine.

A unit is a row group of a Parquet file, or a stretch of bytes of a JSON-lines or CSV file that starts and ends at a
line. Its result is one Parquet file named after the unit; the name appears only when the file is whole. So a stopped
job goes on where it was: what is there is done, what is not there is done anew.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from msgspec import Struct

from tutela.errors import BadSettings, MissingFile
from tutela.fleet.arrow import FAILURES, Setup, judge

Format = Literal["parquet", "jsonl", "csv"]
# Bytes of a text file in one unit, and rows judged at once.
UNIT_BYTES = 32 << 20
ROWS = 65_536
_ENDINGS: dict[str, Format] = {
    ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv",
}  # fmt: skip


class Unit(Struct, frozen=True, kw_only=True):
    """A stretch of a source: `start` and `end` are row groups (Parquet) or byte offsets (text), half-open."""

    path: str
    format: Format
    start: int
    end: int
    size: int

    @property
    def name(self) -> str:
        """Names the result. Changes with the source's path, size and stretch."""
        key = f"{self.path}\x00{self.size}\x00{self.start}\x00{self.end}"
        return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()


class Report(Struct, frozen=True, kw_only=True):
    """What became of a unit."""

    unit: str
    path: str
    judged: int
    violates: int
    failed: int
    problem: str = ""


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
    return [unit for p in paths for unit in _units_of_file(p)]


def _units_of_file(path: Path) -> Iterator[Unit]:
    size = path.stat().st_size
    kind = _ENDINGS[path.suffix]
    if kind == "parquet":
        try:
            groups = pq.ParquetFile(path).num_row_groups
        except (pa.ArrowInvalid, OSError):
            # A corrupt file is one unit, so that it is named in the side table and not lost.
            groups = 1
        for group in range(groups):
            yield Unit(path=str(path), format=kind, start=group, end=group + 1, size=size)
        return
    start = 0
    with path.open("rb") as file:
        while start < size:
            file.seek(min(start + UNIT_BYTES, size))
            file.readline()
            end = file.tell()
            yield Unit(path=str(path), format=kind, start=start, end=end, size=size)
            start = end


def run_unit(unit: Unit, dest: str, setup: Setup) -> Report:
    """Judges a unit and writes `dest/part-NAME.parquet`, and `dest/_failed/part-NAME.parquet` where rows failed.

    A unit whose result is there is not judged again. What makes the whole unit unreadable is one row of the side table.
    Raises OSError when the destination cannot be written (a full disk): the job stops and can be resumed.
    """
    folder = Path(dest)
    result = folder / f"part-{unit.name}.parquet"
    if result.exists():
        table = pq.read_metadata(result)
        return Report(
            unit=unit.name, path=unit.path, judged=table.num_rows, violates=0, failed=0, problem="done before"
        )
    decisions: list[pa.Table] = []
    failures: list[pa.Table] = []
    problem = ""
    row = 0
    try:
        for batch, broken in _batches(unit, setup):
            judged, failed = judge(batch, setup, source=unit.path, first_row=row)
            decisions.append(judged)
            failures.extend(table for table in (failed, broken) if table.num_rows)
            row += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowException, UnicodeDecodeError) as error:
        problem = f"{type(error).__name__} after {row} rows"
        failures.append(
            _failure(unit.path, row, "T312", f"the rest of this stretch cannot be read: {type(error).__name__}")
        )
    done = pa.concat_tables(decisions) if decisions else None
    side = pa.concat_tables(failures) if failures else FAILURES.empty_table()
    if side.num_rows:
        (folder / "_failed").mkdir(parents=True, exist_ok=True)
        _write(side, folder / "_failed" / f"part-{unit.name}.parquet")
    from tutela.fleet.arrow import DECISIONS

    _write(done if done is not None else DECISIONS.empty_table(), result)
    violates = 0 if done is None else sum(1 for value in done.column("violates").to_pylist() if value)
    return Report(
        unit=unit.name,
        path=unit.path,
        judged=0 if done is None else done.num_rows,
        violates=violates,
        failed=side.num_rows,
        problem=problem,
    )


def _write(table: pa.Table, path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _failure(source: str, row: int, code: str, reason: str, name: str = "") -> pa.Table:
    return pa.Table.from_pylist(
        [{"source": source, "row": row, "id": name, "code": code, "reason": reason}], schema=FAILURES
    )


def _batches(unit: Unit, setup: Setup) -> Iterator[tuple[pa.RecordBatch | pa.Table, pa.Table]]:
    none = FAILURES.empty_table()
    if unit.format == "parquet":
        file = pq.ParquetFile(unit.path)
        for batch in file.iter_batches(batch_size=ROWS, row_groups=[unit.start]):
            yield batch, none
        return
    with open(unit.path, "rb") as stream:
        head = stream.readline() if unit.format == "csv" else b""
        stream.seek(unit.start)
        data = stream.read(unit.end - unit.start)
    if unit.format == "csv":
        body = data if unit.start == 0 else head + data
        delimiter = "\t" if unit.path.endswith(".tsv") else ","
        invalid: list[int] = []

        def bad_row(row: pacsv.InvalidRow) -> str:
            invalid.append(row.number or 0)
            return "skip"

        table = pacsv.read_csv(
            io.BytesIO(body),
            read_options=pacsv.ReadOptions(use_threads=False),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=False, invalid_row_handler=bad_row
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in _columns(head, delimiter)}
            ),
        )
        side = [_failure(unit.path, row, "T101", "the row has not as many fields as the header") for row in invalid]
        broken = pa.concat_tables(side) if side else none
        for batch in table.to_batches(max_chunksize=ROWS):
            yield batch, broken
            broken = none
        if broken.num_rows:
            yield table.slice(0, 0), broken
        return
    yield from _json_lines(unit, data)


def _columns(head: bytes, delimiter: str) -> list[str]:
    return [name.strip().strip('"') for name in head.decode("utf-8", "replace").rstrip("\r\n").split(delimiter)]


def _json_lines(unit: Unit, data: bytes) -> Iterator[tuple[pa.Table, pa.Table]]:
    decoder = msgspec.json.Decoder(dict)
    rows: list[dict[str, object]] = []
    side: list[pa.Table] = []
    for number, line in enumerate(data.splitlines()):
        if not line.strip():
            continue
        try:
            rows.append(_flat(decoder.decode(line)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            side.append(_failure(unit.path, number, "T101", "not one JSON object in UTF-8"))
    names = sorted({name for row in rows for name in row})
    for start in range(0, max(len(rows), 1), ROWS):
        chunk = rows[start : start + ROWS]
        table = (
            pa.table({name: _column([row.get(name) for row in chunk]) for name in names})
            if chunk
            else pa.table({"text": []})
        )
        yield table, pa.concat_tables(side) if side and start == 0 else FAILURES.empty_table()


def _column(values: list[object]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Mixed types in one column: kept as they are written, and refused row by row.
        return pa.array(
            [
                value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()
                for value in values
            ]
        )


def _flat(row: dict[str, object]) -> dict[str, object]:
    """An item's nested author as columns of its own."""
    author = row.pop("author", None)
    if isinstance(author, dict):
        row.update({"author": author.get("id"), "handle": author.get("handle"), "account": author.get("account")})
    elif author is not None:
        row["author"] = author
    row.pop("extra", None)
    return row
