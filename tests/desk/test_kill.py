"""Killed with SIGKILL at any moment under load: nothing that was answered is lost or doubled, and the ledger holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from . import server

FOLDER = Path(__file__).parent
SEED = 20_261_122


def killed(database: str, folder: Path, rounds: int) -> dict[str, object]:
    command = [sys.executable, str(FOLDER / "killing.py"), database, str(folder), str(rounds), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("kind", "rounds"), [("sqlite", 50), ("postgresql", 12)])
def test_nothing_answered_is_lost_or_doubled(kind: str, rounds: int, tmp_path: Path, postgres: str) -> None:
    database = str(tmp_path / "desk.db") if kind == "sqlite" else server.fresh_database(postgres, "killed")
    found = killed(database, tmp_path, rounds)
    print(f"seed {SEED}, {rounds} kills on {kind}: {found}")
    assert found["problems"] == []
    for name in ("lost_decisions", "doubled_decisions", "lost_reports", "never_sent"):
        assert found[name] == [], name
    for name in ("orders_missing", "deliveries_missing", "undelivered"):
        assert found[name] == 0, name
    # So much was at stake that the test says something.
    assert int(str(found["decisions"])) > rounds * 10
    assert int(str(found["orders"])) > rounds
    assert int(str(found["reports"])) > 0
