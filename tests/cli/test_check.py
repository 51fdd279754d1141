"""The command line as people script against it: output, exit status, and what is said about bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PHONE = "(406) 662-4187"
CLEAN = '{"id": "a", "text": "lovely day"}'
BAD = f'{{"id": "b", "text": "new number, text me: {PHONE}"}}'


def tutela(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", "from tutela.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        timeout=120,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_text_is_judged_as_json_when_piped() -> None:
    done = tutela("check", f"new number, text me: {PHONE}")
    assert done.returncode == 1
    (found,) = lines(done)
    assert found["action"] == "redact"
    assert PHONE.encode() not in done.stdout + done.stderr


def test_a_clean_text_ends_with_zero() -> None:
    assert tutela("check", "lovely day").returncode == 0


def test_lines_in_lines_out_in_order_and_none_dropped(tmp_path: Path) -> None:
    source = tmp_path / "items.jsonl"
    source.write_bytes(
        f'{CLEAN}\n{BAD}\n{{"id": "c", "colour": 1}}\nnot json\n{CLEAN}\n'.encode() + b'{"text": "\xff"}\n'
    )
    done = tutela("check", "--jsonl", str(source))
    assert done.returncode == 2
    found = lines(done)
    assert [entry["id"] for entry in found] == ["a", "b", "c", "", "a", ""]
    assert [entry["action"] for entry in found] == ["allow", "redact", "review", "review", "allow", "review"]
    said = done.stderr.decode()
    for place in ("line 3", "line 4", "line 6"):
        assert f"{source}, {place}" in said
    assert "colour" in said
    assert "not UTF-8" in said


def test_standard_input_streams() -> None:
    done = tutela("check", "--jsonl", "-", stdin=f"{CLEAN}\n\n{BAD}".encode())
    assert done.returncode == 1
    assert [entry["violates"] for entry in lines(done)] == [False, True]


def test_decisions_go_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    done = tutela("check", "--jsonl", "-", "--jsonl-out", str(out), "--quiet", stdin=BAD.encode())
    assert (done.returncode, done.stdout) == (1, b"")
    assert json.loads(out.read_text())["violates"] is True


def test_media_is_found_beside_the_items_file(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(f"my new number is {PHONE}, text me")
    (tmp_path / "items.jsonl").write_text(
        '{"id": "m", "media": [{"kind": "file", "path": "note.txt"}]}\n'
        '{"id": "n", "media": [{"kind": "file", "path": "gone.txt"}]}\n'
    )
    done = tutela("check", "--jsonl", str(tmp_path / "items.jsonl"))
    assert done.returncode == 2
    first, second = lines(done)
    assert first["violates"] is True
    assert first["evidence"][0]["where"]["part"] == "media/0"  # type: ignore[index]
    assert second["action"] == "review"
    assert "T104" in done.stderr.decode()


def test_a_folder_is_walked(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text(f"my new number is {PHONE}, text me")
    (tmp_path / "b.txt").write_text("lovely day")
    done = tutela("check", str(tmp_path))
    assert done.returncode == 1
    assert sorted(entry["violates"] for entry in lines(done)) == [False, True]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 64, "give a text"),
        (("x", "--jsonl", "-"), 64, "not both"),
        (("x", "--intent", "maybe"), 64, "on or off"),
        (("x", "--policy", "2024-05-71"), 2, "2024-05-17"),
        (("x", "--policy", "gone.toml"), 2, "gone.toml"),
        (("x", "--platform", "gone.toml"), 2, "gone.toml"),
        (("x", "--detectors", "gone"), 2, "gone"),
        (("--jsonl", "gone.jsonl"), 2, "gone.jsonl"),
        (("gone/photo.jpg",), 2, "no such file"),
    ],
)
def test_bad_usage_is_said_in_one_message(arguments: tuple[str, ...], status: int, said: str) -> None:
    done = tutela("check", *arguments)
    assert done.returncode == status
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_an_unknown_command_is_bad_usage() -> None:
    assert tutela("chek").returncode == 64


def test_a_typo_in_a_policy_names_the_clause_and_the_nearest_name(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "tutela/policies/privacy-security/2024-05-17.toml"
    file = tmp_path / "2024-05-17.toml"
    file.write_text(shipped.read_text().replace('signals = ["phone.number"]', 'signals = ["phone.numbr"]', 1))
    done = tutela("policy", "lint", str(file))
    assert done.returncode == 2
    assert "pi.contact" in done.stderr.decode()
    assert "nearest is phone.number" in done.stderr.decode()


def test_the_shipped_policy_has_no_defect() -> None:
    done = tutela("policy", "lint")
    assert done.returncode == 0, done.stderr.decode()


def test_a_broken_detector_folder_lists_all_defects(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "detector.toml").write_text(
        "says = 'x'\n[[signal]]\nname = 'mine.thing'\nkind = 'other'\nsays = 'x'\n"
        "[[pattern]]\nsignal = 'mine.thign'\nregex = '(?<=a)b'\ncheck = 'gone'\n"
    )
    done = tutela("check", "x", "--detectors", str(tmp_path))
    said = done.stderr.decode()
    assert done.returncode == 2
    for defect in ("cases.toml", "nearest is mine.thing", "no function gone", "outside the matcher"):
        assert defect in said


def test_explain_shows_signals_circumstances_and_rules_without_the_value() -> None:
    done = tutela("explain", f"new number, text me: {PHONE}")
    found = json.loads(done.stdout)
    phone = next(signal for signal in found["signals"] if signal["name"] == "phone.number")
    assert phone["rules"][0]["clause"] == "pi.contact"
    assert b"662" not in done.stdout


@pytest.mark.parametrize("what", ["item", "decision"])
def test_the_schema_is_printed(what: str) -> None:
    assert json.loads(tutela("schema", what).stdout)["$schema"].endswith("2020-12/schema")


def test_a_line_beyond_the_limit_is_refused_and_the_rest_judged(tmp_path: Path) -> None:
    from tutela.cli.items import MAX_LINE_BYTES

    source = tmp_path / "items.jsonl"
    with source.open("wb") as file:
        file.write(b'{"text": "' + b"x" * (MAX_LINE_BYTES + 5) + b'"}\n')
        file.write(BAD.encode() + b"\n")
    done = tutela("check", "--jsonl", str(source))
    assert done.returncode == 2
    assert [entry["action"] for entry in lines(done)] == ["review", "redact"]
    assert "T103" in done.stderr.decode()
