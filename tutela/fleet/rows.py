"""How are rows read out of a stretch of a file? Parquet, JSON lines and CSV, each broken row named by its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from tutela.fleet.arrow import FAILURES, FIELDS, Rows, Setup, failure

Format = Literal["parquet", "jsonl", "csv"]
# Rows judged at once.
ROWS = 65_536
# A quoted CSV field that is open for so many bytes was never closed: its first line is refused, the next one is read.
MAX_RECORD = 1 << 20
# A line beyond this is refused; it would have to be held in memory whole.
MAX_LINE = 64 << 20
_BOM = b"\xef\xbb\xbf"


class Batch(Struct, frozen=True):
    """Rows to judge. `numbers` says where each stands in the file, from 1; `failed` are rows that are none."""

    rows: Rows
    numbers: Sequence[int]
    failed: pa.Table


class Broken(Exception):
    """The rest of a stretch cannot be read. `row` is the first that is lost, counted from 1."""

    def __init__(self, kind: str, row: int) -> None:
        super().__init__(kind)
        self.row = row


def read_parquet(path: str, start: int, end: int, setup: Setup) -> Iterator[Batch]:
    """Rows `start` to `end` of a Parquet file, and only the columns that are judged. Raises Broken."""
    number = start
    try:
        with pq.ParquetFile(path) as file:
            wanted = {setup.columns.get(field, field) for field in FIELDS}
            columns = [name for name in file.schema_arrow.names if name in wanted]
            first = 0
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if first < end and first + rows > start:
                    at = first
                    for batch in file.iter_batches(batch_size=ROWS, row_groups=[group], columns=columns):
                        below, above = max(start - at, 0), min(end - at, batch.num_rows)
                        if below < above:
                            number = at + below
                            part = batch.slice(below, above - below)
                            yield Batch(part, range(number + 1, number + 1 + part.num_rows), FAILURES.empty_table())
                            number += part.num_rows
                        at += batch.num_rows
                        if at >= end:
                            break
                first += rows
    # A file that is gone or cannot be read is OSError as well, and so is a page whose compression is damaged.
    except (pa.ArrowException, OSError) as error:
        raise Broken(type(error).__name__, number + 1) from None


def read_lines(path: str, start: int, end: int) -> tuple[bytes, int]:
    """The bytes of a stretch and the number of its first line, from 1. Raises Broken."""
    try:
        with open(path, "rb") as file:
            line = 1 + _lines_before(file, start)
            if end - start > 2 * MAX_LINE:
                raise Broken("a line that is too long", line)
            file.seek(start)
            data = file.read(end - start)
    except OSError as error:
        raise Broken(type(error).__name__, 1) from None
    return (data[len(_BOM) :] if start == 0 and data.startswith(_BOM) else data), line


def _lines_before(file: BinaryIO, offset: int) -> int:
    file.seek(0)
    lines = 0
    while offset > 0 and (block := file.read(min(offset, 1 << 20))):
        lines += block.count(b"\n")
        offset -= len(block)
    return lines


def read_json(path: str, start: int, end: int, setup: Setup) -> Iterator[Batch]:
    """The rows of a stretch of JSON lines. Raises Broken."""
    data, line = read_lines(path, start, end)
    decoder = msgspec.json.Decoder(dict)
    lines = data.split(b"\n")
    del data
    for first in range(0, len(lines), ROWS):
        rows: list[dict[str, object]] = []
        numbers: list[int] = []
        failed: list[dict[str, Any]] = []
        for number, text in enumerate(lines[first : first + ROWS], line + first):
            if not text.strip():
                continue
            try:
                rows.append(_flat(decoder.decode(text)))
                numbers.append(number)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                failed.append(failure(path, number, "", "T101", "not one JSON object in UTF-8"))
        # Not an Arrow table: a column would take one type from all its rows, and one odd value would spoil the others.
        names = {name for row in rows for name in row} | {setup.columns.get("text", "text"), *setup.columns.values()}
        table = {name: [row.get(name) for row in rows] for name in names}
        yield Batch(table, numbers, pa.Table.from_pylist(failed, schema=FAILURES))


def _flat(row: dict[str, object]) -> dict[str, object]:
    """An item's nested author as columns of its own."""
    author = row.pop("author", None)
    if isinstance(author, dict):
        row.update({"author": author.get("id"), "handle": author.get("handle"), "account": author.get("account")})
    elif author is not None:
        row["author"] = author
    row.pop("extra", None)
    return row


def read_csv(path: str, start: int, end: int, setup: Setup) -> Iterator[Batch]:
    """The rows of a stretch of CSV after RFC 4180, line breaks in quotes allowed. Raises Broken."""
    delimiter = "\t" if path.endswith(".tsv") else ","
    head, _ = read_lines(path, 0, _first_line(path))
    data, line = read_lines(path, start, end)
    try:
        names = next(csv.reader([head.decode().rstrip("\r\n")], delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise Broken(type(error).__name__, 1) from None
    if start == 0:
        data = data[len(head) :]
        line += 1
    rows: list[list[str]] = []
    numbers: list[int] = []
    failed: list[dict[str, Any]] = []
    for number, fields in _records(data, line, delimiter, len(names)):
        if fields is None:
            failed.append(failure(path, number, "", "T101", f"not a row of {len(names)} fields in UTF-8"))
        else:
            rows.append(fields)
            numbers.append(number)
        if len(rows) + len(failed) >= ROWS:
            yield _batch(names, rows, numbers, failed)
            rows, numbers, failed = [], [], []
    yield _batch(names, rows, numbers, failed)


def _first_line(path: str) -> int:
    try:
        with open(path, "rb") as file:
            return len(file.readline(MAX_RECORD))
    except OSError as error:
        raise Broken(type(error).__name__, 1) from None


def _batch(names: list[str], rows: list[list[str]], numbers: list[int], failed: list[dict[str, Any]]) -> Batch:
    # An empty field is no value: CSV cannot tell the two apart.
    table = {name: [row[at] or None for row in rows] for at, name in enumerate(names)}
    return Batch(table, numbers, pa.Table.from_pylist(failed, schema=FAILURES))


def _records(data: bytes, line: int, delimiter: str, width: int) -> Iterator[tuple[int, list[str] | None]]:
    """Records with the line each starts on; None for one that cannot be read. Linear: no line is tried three times."""
    lines = data.split(b"\n")
    at = 0
    while at < len(lines):
        upto, quotes, size = at + 1, lines[at].count(b'"'), len(lines[at])
        while quotes % 2 and upto < len(lines) and size < MAX_RECORD:
            quotes += lines[upto].count(b'"')
            size += len(lines[upto])
            upto += 1
        record = b"\n".join(lines[at:upto])
        if record.strip():
            fields = _fields(record, delimiter, width)
            if fields is None and upto > at + 1:
                # A stray quote joined lines that are rows of their own.
                for single in range(at, upto):
                    yield line + single, _fields(lines[single], delimiter, width)
            else:
                yield line + at, fields
        at = upto


def _fields(record: bytes, delimiter: str, width: int) -> list[str] | None:
    try:
        found = list(
            csv.reader(io.StringIO(record.decode().removesuffix("\r"), newline=""), delimiter=delimiter, strict=True)
        )
    except (UnicodeDecodeError, csv.Error):
        return None
    return found[0] if len(found) == 1 and len(found[0]) == width else None
