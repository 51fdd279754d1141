"""`tutela desk …` from the shell: each command does its one thing, and a memory that does not hold ends with status 1."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tutela.cli import main
from tutela.desk import Desk, KeyRing

from .making import finding, item


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    monkeypatch.setenv("TUTELA_DATABASE", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("TUTELA_KEYS", str(tmp_path / "desk.keys"))

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["desk", *words])
        out, problem = capsys.readouterr()
        return int(ended.value.code or 0), out + problem

    return run


def fill(tmp_path: Path) -> None:
    desk = Desk.open(
        str(tmp_path / "desk.db"), engine=_no_engine, keys=KeyRing.open(tmp_path / "desk.keys"), power_safe=False
    )
    of = item(author="account-5")
    desk.intake.record([of], [finding(of, "remove")])
    desk.close()


def _no_engine() -> object:
    raise AssertionError("nothing is judged here")


def test_a_memory_is_verified_erased_backed_up_and_restored(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    fill(tmp_path)
    status, out = shell("ledger", "verify")
    assert (status, json.loads(out)["problems"]) == (0, [])
    (tmp_path / "head.json").write_text(shell("ledger", "head")[1])
    assert shell("backup", str(tmp_path / "copy"))[0] == 0
    status, out = shell("erase", "--subject", "account-5")
    assert (status, json.loads(out)["remaining"]) == (0, 0)
    assert json.loads(out)["entries"] > 0
    assert shell("ledger", "verify", "--head", str(tmp_path / "head.json"))[0] == 0
    status, out = shell("restore", str(tmp_path / "copy"), "--database", str(tmp_path / "new.db"))
    assert status == 0
    assert "erased again" in out
    assert shell("keys", "rotate")[0] == 0
    exported = [json.loads(line) for line in shell("ledger", "export")[1].splitlines()]
    assert [event["seq"] for event in exported] == list(range(1, len(exported) + 1))


def test_a_ledger_that_was_changed_ends_with_status_1(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    fill(tmp_path)
    outside = sqlite3.connect(tmp_path / "desk.db")
    outside.executescript("DROP TRIGGER events_no_update; UPDATE events SET actor = 'nobody' WHERE seq = 1")
    outside.close()
    status, out = shell("ledger", "verify")
    assert status == 1
    assert "event 1 does not follow" in out


def test_people_machines_and_webhooks_are_added(shell) -> None:  # type: ignore[no-untyped-def]
    assert "/join/" in shell("users", "add", "Rita", "--role", "reviewer", "--queue", "pi.contact")[1]
    assert "Rita" in shell("users", "list")[1]
    assert "tut_" in shell("api-keys", "add", "poster", "--scope", "check")[1]
    assert "tut_" not in shell("api-keys", "list")[1]
    assert "whsec_" in shell("webhooks", "add", "platform", "http://127.0.0.1:9/")[1]
    assert "whsec_" not in shell("webhooks", "list")[1]
    status, out = shell("users", "add", "Otto", "--role", "king")
    assert status == 2
    assert "T422" in out


def test_what_cannot_be_done_says_what_to_do(shell, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    status, out = shell("ledger", "verify")
    assert status == 2
    assert "T504" in out
    assert "--keys" in out
    fill(tmp_path)
    assert "T501" in shell("restore", str(tmp_path / "none"), "--database", str(tmp_path / "x.db"))[1]
    assert "T422" in shell("erase", "--subject", " ")[1]
    assert shell("migrate")[1].startswith("schema step 1: nothing to do")
