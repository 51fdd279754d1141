import json
from pathlib import Path

import pytest

from tutela.cli import main
from tutela.settings import load_platform

PROFILE = str(Path(__file__).parents[2] / "examples" / "murmura.toml")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_init_writes_a_profile_that_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "platform.toml"
    assert run("platform", "init", str(file), "--name", 'Lantern "One"', "--domain", "lantern.example") == 0
    assert load_platform(file).name == 'Lantern "One"'
    assert load_platform(file).domains == ("lantern.example",)
    assert run("platform", "check", str(file)) == 0
    assert run("platform", "init", str(file)) == 2
    assert "is there already" in capsys.readouterr().err


def test_the_template_with_every_field_taken_is_valid(tmp_path: Path) -> None:
    run("platform", "init", str(tmp_path / "a.toml"))
    lines = (tmp_path / "a.toml").read_text(encoding="utf-8").splitlines()
    whole = "\n".join(line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in lines)
    (tmp_path / "b.toml").write_text(whole, encoding="utf-8")
    assert load_platform(tmp_path / "b.toml").apps


def test_the_example_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("platform", "check", PROFILE) == 0
    assert "murmura.app" in capsys.readouterr().out


def test_check_tells_defects_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.toml").write_text('nane = "x"\n')
    assert run("platform", "check", str(tmp_path / "p.toml")) == 2
    assert 'nearest is "name"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("link", "verdict", "status"),
    [
        ("https://murmura.com/x", "fine", 0),
        ("https://lighthouse.example/", "fine", 0),
        ("https://bit.ly/abc", "unsure", 0),
        ("http://203.0.113.9/", "careful", 1),
        ("https://mrumura.com/signin", "danger", 1),
        ("hxxps://murmura-login[.]com", "danger", 1),
    ],
)
def test_link_explains_one_address(
    link: str, verdict: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("link", link, "--platform", PROFILE, "--feeds", str(tmp_path), "--json") == status
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == verdict
    assert "http" not in told["shown_as"]


def test_link_refuses_what_is_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("link", "nonsense") == 64
    assert "no address" in capsys.readouterr().err


def test_feeds_status_tells_lists_and_broken_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "l.txt").write_text("https://bad.example/\n")
    kept = tmp_path / "kept"
    assert run("feeds", "update", f"mine={tmp_path / 'l.txt'}", "--folder", str(kept)) == 0
    assert run("feeds", "status", "--folder", str(kept)) == 0
    assert "mine" in capsys.readouterr().out
    (kept / "mine.tutelafeed").write_bytes(b"broken")
    assert run("feeds", "status", "--folder", str(kept)) == 1
    assert "T207" in capsys.readouterr().err
