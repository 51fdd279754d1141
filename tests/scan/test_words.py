"""Words are found at boundaries in scripts that have them, and anywhere in those that have none."""

from __future__ import annotations

import pytest

from tutela.errors import BadDetector
from tutela.scan.words import Words, load_words, lowered

WORDS = Words({"w": {"en": ["code", "pass*"], "de": ["straße"], "zh": ["密码"], "ko": ["번호"], "tr": ["İl"]}})


def found(text: str) -> list[str]:
    return [text[cue.start : cue.end] for cue in WORDS.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my code is", ["code"]),
        ("decode codes", []),
        ("PASSWORD", ["PASS"]),
        ("compass", []),
        ("STRAßE 5", ["STRAßE"]),
        ("我的密码是", ["密码"]),
        ("번호는", ["번호"]),
    ],
)
def test_words_keep_their_boundaries(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_lower_case_keeps_every_code_point_in_its_place() -> None:
    text = "İ ǅ ẞ x"
    assert len(lowered(text)) == len(text)


def test_the_shipped_tables_load() -> None:
    assert {"public.place", "personal.own"} <= load_words().groups


def test_a_defect_names_its_table() -> None:
    with pytest.raises(BadDetector, match=r"mine\.toml, \[g\]"):
        load_words([("mine.toml", b'[g]\nen = "word"\n')])
