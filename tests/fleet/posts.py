"""Invented posts for the fleet's tests: values from ranges that are reserved for examples, beside plain chatter."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
CHATTER = ("lovely light this morning", "who has the recipe?", "see you there", "that goal, though", "new shoes day")


def text_of(number: int) -> str:
    """A post; every seventh shows a card number that satisfies its check digit."""
    rng = random.Random(number)
    if number % 7 == 0:
        body = "4" + "".join(str(rng.randrange(10)) for _ in range(14))
        total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, body)))
        return f"my card {body}{-total % 10}, exp 11/29, cvv 8{rng.randrange(10, 99)}, name on it is mine"
    return f"{rng.choice(CHATTER)} {number}"


def table_of(rows: int) -> pa.Table:
    """So many posts with the columns post_id and body."""
    return pa.table({"post_id": [f"p{n}" for n in range(rows)], "body": [text_of(n) for n in range(rows)]})


def write_parquet(path: Path, rows: int, group: int) -> Path:
    """Posts as Parquet, in row groups."""
    pq.write_table(table_of(rows), path, row_group_size=group)
    return path


def decisions(folder: Path) -> dict[str, list[dict[str, object]]]:
    """What a folder holds, by part, without the time it took."""
    found = {}
    for part in sorted(folder.glob("part-*.parquet")):
        table = pq.read_table(part)
        found[part.name] = table.drop_columns(["took_ms"]).to_pylist()
    return found


def failures(folder: Path) -> list[dict[str, object]]:
    """The rows of the side table."""
    return [
        row for part in sorted((folder / "_failed").glob("part-*.parquet")) for row in pq.read_table(part).to_pylist()
    ]


def scan(*arguments: str | Path, prepare: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """`tutela scan` in a process of its own. `prepare` is Python that runs there first."""
    code = f"{prepare}\nfrom tutela.cli import main\nimport sys\nmain(['scan', *sys.argv[1:]])"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=300, cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip
