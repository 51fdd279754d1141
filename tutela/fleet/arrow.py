"""One function under every engine: an Arrow batch of posts in, an Arrow batch of decisions out.

from tutela.fleet import arrow
decisions = arrow.check(pyarrow.table({"id": ["1"], "text": ["call me on …"]}))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from tutela.engine import Engine
from tutela.errors import BadSettings
from tutela.model import Author, Decision, Item

_WHERE = [
    pa.field("part", pa.string()),
    pa.field("start", pa.int64()),
    pa.field("end", pa.int64()),
    pa.field("box", pa.list_(pa.int32())),
    pa.field("from_s", pa.float64()),
    pa.field("to_s", pa.float64()),
    pa.field("member", pa.string()),
]
DECISIONS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("violates", pa.bool_(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("clauses", pa.list_(pa.struct([("id", pa.string()), ("confidence", pa.float64())])), nullable=False),
        pa.field(
            "evidence",
            pa.list_(
                pa.struct(
                    [
                        pa.field("clause", pa.string()),
                        pa.field("kind", pa.string()),
                        pa.field("where", pa.struct(_WHERE)),
                        pa.field("shown_as", pa.string()),
                        pa.field("detector", pa.string()),
                        pa.field("confidence", pa.float64()),
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field("risks", pa.list_(pa.string()), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("confidence", pa.float64(), nullable=False),
        pa.field("policy", pa.string(), nullable=False),
        pa.field("redacted", pa.map_(pa.string(), pa.string())),
        pa.field("took_ms", pa.float64(), nullable=False),
    ]
)
"""The columns of decisions: the contract's fields. `where` leaves out what belongs to traffic."""

FAILURES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""The side table: rows that could not be judged, where they stand, and why. Never the value.

`row` counts from 1: the line of a text file (a CSV header is line 1), the row of a Parquet file.
"""

# Columns that are read when they are there; `--map` gives them other names in the source.
FIELDS = (
    "id",
    "text",
    "surface",
    "audience",
    "lang",
    "author",
    "handle",
    "account",
    "thread",
    "links",
    "media",
    "created_at",
)


Rows: TypeAlias = "pa.RecordBatch | pa.Table | Mapping[str, Sequence[Any]]"
"""Rows to judge: Arrow, or columns by name, all of one length."""


class Setup(Struct, frozen=True, kw_only=True):
    """How a worker loads its engine. Plain values, so that it travels to any process.

    `columns` maps an item's field to the source's column.
    """

    platform: str | None = None
    policy: str | None = None
    intent: str = "on"
    columns: dict[str, str] = {}


@lru_cache(maxsize=4)
def _engine(platform: str | None, policy: str | None, intent: str) -> Engine:
    return Engine.load(platform=platform, policy=policy, intent="on" if intent == "on" else "off")


def engine_of(setup: Setup) -> Engine:
    """The engine of this process for a setup, loaded once."""
    return _engine(setup.platform, setup.policy, setup.intent)


def read_map(text: str | None) -> dict[str, str]:
    """`text=body,id=post_id` as a mapping from an item's field to the source's column.

    Raises BadSettings (T207) for a field that no item has.
    """
    columns: dict[str, str] = {}
    for pair in (text or "").split(","):
        if not pair.strip():
            continue
        field, _, column = (side.strip() for side in pair.partition("="))
        if field not in FIELDS or not column:
            raise BadSettings(f"--map: no field {field!r}", next_step=f"fields are {', '.join(FIELDS)}")
        columns[field] = column
    return columns


def judge(
    batch: Rows, setup: Setup, *, source: str = "", numbers: Sequence[int] | None = None
) -> tuple[pa.Table, pa.Table]:
    """Decisions in the order of the rows, and the side table. A row is in one of the two, never in both or neither.

    `numbers` says where each row stands in the source, from 1; without it the batch is the source.
    """
    judged, failed = _judged(batch, setup, source)
    places = numbers if numbers is not None else range(1, len(judged) + len(failed) + 1)
    side = [failure(source, places[row], name, code, reason) for row, (name, code, reason) in failed.items()]
    return to_table(list(judged.values())), pa.Table.from_pylist(side, schema=FAILURES)


def check(table: pa.Table | pa.RecordBatch, setup: Setup | None = None) -> pa.Table:
    """Decisions for a table, one a row, in its order; a row that is no item is decided as `review` with the reason."""
    setup = setup or Setup()
    judged, failed = _judged(table, setup, "")
    if failed:
        engine = engine_of(setup)
        policy = (engine.policy or engine.book.versions[-1]).id
        for row, (name, code, reason) in failed.items():
            judged[row] = Decision(
                id=name,
                violates=False,
                action="review",
                clauses=(),
                evidence=(),
                risks=(),
                reason=f"This item could not be judged ({code} {reason}): a person should look.",
                confidence=0.0,
                policy=policy,
            )
    return to_table([judged[row] for row in range(table.num_rows)])


_Failed = dict[int, tuple[str, str, str]]


def _judged(batch: Rows, setup: Setup, source: str) -> tuple[dict[int, Decision], _Failed]:
    """Decisions by row, and id, code and reason of the rows that have none."""
    engine = engine_of(setup)
    rows, failed = _items(batch, setup.columns, source)
    judged: dict[int, Decision] = {}
    try:
        for (row, _), decision in zip(rows, engine.check_many((item for _, item in rows), batch=2048), strict=True):
            judged[row] = decision
    except Exception:  # noqa: BLE001 - one poisoned item must not cost the others of its batch their decision
        judged.clear()
        for row, item in rows:
            try:
                judged[row] = engine.check(item)
            except Exception as error:  # noqa: BLE001 - as above; the kind alone, a message may hold the value
                failed[row] = (item.id, "T000", f"judging failed: {type(error).__name__}")
    return judged, failed


def failure(source: str, row: int, name: str, code: str, reason: str) -> dict[str, Any]:
    """A row of the side table."""
    return {"source": source, "row": row, "id": name, "code": code, "reason": reason}


_NOT_UTF8 = object()


def _values(column: Any) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
        return values
    except UnicodeDecodeError:
        pieces = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        return [_decoded(value) for piece in pieces for value in piece.view(_binary(piece.type)).to_pylist()]


def _binary(kind: Any) -> Any:
    return pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()


def _decoded(value: bytes | None) -> Any:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return _NOT_UTF8


def _items(batch: Rows, columns: Mapping[str, str], source: str) -> tuple[list[tuple[int, Item]], _Failed]:
    names = {field: columns.get(field, field) for field in FIELDS}
    given: set[str] = set(batch) if isinstance(batch, Mapping) else set(batch.schema.names)
    missing = [column for column in columns.values() if column not in given]
    if missing:
        raise BadSettings(
            f"the source has no column {', '.join(missing)}",
            where=source,
            next_step="--map field=column names the columns",
        )
    data: dict[str, Sequence[Any]] = {
        field: batch[name] if isinstance(batch, Mapping) else _values(batch.column(name))
        for field, name in names.items()
        if name in given
    }
    if not {"text", "links", "media"} & set(data):
        raise BadSettings(
            "the source has no column for text, links or media", where=source, next_step="--map text=COLUMN"
        )
    plain = set(data) <= {"id", "text"}
    ids = data.get("id")
    texts = data.get("text")
    rows: list[tuple[int, Item]] = []
    failed: _Failed = {}
    for number in range(len(next(iter(data.values())))):
        name = "" if ids is None or ids[number] is None else str(ids[number])
        if plain and texts is not None and isinstance(texts[number], str):
            rows.append((number, Item(id=name, text=texts[number])))
            continue
        row = {field: column[number] for field, column in data.items()}
        try:
            rows.append((number, _item(row, name)))
        except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as error:
            failed[number] = (name, "T101", _why(error, row))
    return rows, failed


def _why(error: Exception, row: dict[str, Any]) -> str:
    spoiled = [field for field, value in row.items() if value is _NOT_UTF8]
    if spoiled:
        return f"not UTF-8: {', '.join(spoiled)}"
    if isinstance(error, msgspec.ValidationError):
        return _without_value(str(error))
    return "no content" if str(error) == "no content" else "a value of the wrong type"


def _without_value(message: str) -> str:
    # msgspec quotes a wrong enum value; it may be personal.
    head, _, rest = message.partition("Invalid enum value")
    return f"{head}Invalid enum value{rest[rest.find(' - at') :]}" if rest else message


def _item(row: dict[str, Any], name: str) -> Item:
    given = {
        key: value
        for key, value in row.items()
        if value is not None and key not in ("author", "handle", "account", "id")
    }
    if not {"text", "links", "media"} & set(given):
        raise ValueError("no content")
    author = {
        key: row[field]
        for key, field in (("id", "author"), ("handle", "handle"), ("account", "account"))
        if row.get(field) is not None
    }
    if author:
        given["author"] = msgspec.convert({k: str(v) for k, v in author.items()}, Author)
    if "thread" in given:
        given["thread"] = [entry if isinstance(entry, dict) else {"text": entry} for entry in given["thread"]]
    return msgspec.convert({"id": name, **given}, Item, from_attributes=False)


def to_table(decisions: Sequence[Decision]) -> pa.Table:
    """Decisions as a table of the documented schema."""
    empty: list[Any] = []
    columns = [
        pa.array([d.id for d in decisions], pa.string()),
        pa.array([d.violates for d in decisions], pa.bool_()),
        pa.array([d.action for d in decisions], pa.string()),
        pa.array([[msgspec.to_builtins(c) for c in d.clauses] if d.clauses else empty for d in decisions], DECISIONS.field("clauses").type),
        pa.array([[msgspec.to_builtins(e) for e in d.evidence] if d.evidence else empty for d in decisions], DECISIONS.field("evidence").type),
        pa.array([d.risks for d in decisions], pa.list_(pa.string())),
        pa.array([d.reason for d in decisions], pa.string()),
        pa.array([d.confidence for d in decisions], pa.float64()),
        pa.array([d.policy for d in decisions], pa.string()),
        pa.array([None if d.redacted is None else list(d.redacted.items()) for d in decisions], DECISIONS.field("redacted").type),
        pa.array([d.took_ms for d in decisions], pa.float64()),
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=DECISIONS)


class ParquetDecisions:
    """Writes decisions to one Parquet file, in groups; as a context manager. The file appears when it is whole."""

    def __init__(self, path: Path, *, group: int = 16_384) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._group = group
        self._held: list[Decision] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> ParquetDecisions:
        self._writer = pq.ParquetWriter(self._part, DECISIONS, compression="zstd")
        return self

    def write(self, decision: Decision) -> None:
        """Adds one decision."""
        self._held.append(decision)
        if len(self._held) >= self._group:
            self._flush()

    def _flush(self) -> None:
        if self._writer is not None and self._held:
            self._writer.write_table(to_table(self._held))
            self._held.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


__all__ = [
    "DECISIONS",
    "FAILURES",
    "FIELDS",
    "ParquetDecisions",
    "Setup",
    "check",
    "engine_of",
    "failure",
    "judge",
    "read_map",
    "to_table",
]
