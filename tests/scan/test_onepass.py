"""The joined scan finds what scans of each text find."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.errors import BadDetector
from tutela.scan.onepass import OnePass, Row

PASS = OnePass(
    [
        Row("a", "digits", r"\d{7,}"),
        Row("a", "word", r"\bcode\b", "i"),
        Row("b", "start", r"(?:^|[^a-z])key=\w+"),
        Row("b", "cyrillic", "пароль", "iu"),
    ]
)
PIECES = st.lists(st.sampled_from(["1234567", "code", " key=abc", "ПАРОЛЬ", "é", "𝟙", "\x1e", "\n", "x", "\ud800", ""]))
TEXTS = st.lists(PIECES.map("".join), max_size=30)


@given(TEXTS)
def test_a_batch_has_the_hits_of_each_text_alone(texts: list[str]) -> None:
    alone = {index: hits for index, text in enumerate(texts) if (hits := PASS.scan([text]).get(0))}
    assert PASS.scan(texts) == alone


def test_nothing_is_lost_at_the_seam_of_two_texts() -> None:
    # Joined without a separator, the boundary of `code` would be gone.
    found = PASS.scan(["my code", "code is 1", "1234567", "7654321"])
    assert sorted(found) == [0, 1, 2, 3]


def test_offsets_count_code_points_behind_wide_characters() -> None:
    found = PASS.scan(["é𝟙é code", "пароль 1234567"])
    assert [hit.end for hit in found[0]["a"]] == [8]
    assert [hit.end for hit in found[1]["a"]] == [14]


def test_a_run_of_ends_is_one_hit() -> None:
    (hit,) = PASS.scan(["9" * 1000])[0]["a"]
    assert (hit.first, hit.end) == (7, 1000)


def test_large_batches_are_cut_without_losing_hits() -> None:
    texts = ["x" * 5000 + " code"] * 900
    assert len(PASS.scan(texts)) == 900


def test_threads_share_one_pass() -> None:
    wrong: list[int] = []

    def scan() -> None:
        wrong.extend(1 for _ in range(200) if len(PASS.scan(["code", "1234567"])) != 2)

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_refused_pattern_is_named_with_its_owner() -> None:
    with pytest.raises(BadDetector, match="mine, broken"):
        OnePass([Row("mine", "fine", "abc"), Row("mine", "broken", r"(?=x)y")])
