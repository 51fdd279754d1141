"""Digits that are spoken one by one become one number; counting aloud does not."""

from __future__ import annotations

import re

import pytest

from tutela.extract.audio.digits import Word, digit_runs, join_digits


def said(text: str) -> list[Word]:
    """Words half a second apart."""
    return [Word(piece, at * 0.5, at * 0.5 + 0.4) for at, piece in enumerate(re.findall(r"\s*\S+", text))]


def joined(text: str) -> str:
    return "".join(word.text for word in join_digits(said(text)))


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("my cell is 7 1 8, 3 1 2, 3 0 7, 4", "my cell is 7183123074"),
        ("call 718-312-3074 tonight", "call 7183123074 tonight"),
        ("it is zero seven six three, nine six, one nine, three oh.", "it is 0763961930."),
        ("double seven four five six nine", "77 4569".replace(" ", "")),
        ("the code is four eight two nine one three", "the code is 482913"),
        ("the code is 951 for 54", "the code is 951454"),
        ("el código es uno dos tres cero nueve", "el código es 12309"),
        ("die Nummer ist null eins fünf eins zwei", "die Nummer ist 01512"),
        ("use 4929 8447 3634 2370 now", "use 4929844736342370 now"),
        ("charge my card for 929844736342370", "charge my card 4929844736342370"),
    ],
)
def test_spoken_digits_are_joined(spoken: str, written: str) -> None:
    assert joined(spoken) == written


@pytest.mark.parametrize(
    "spoken",
    [
        "and 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 again",
        "ten, nine, 8, 7, 6, 5, 4, 3, 2, 1 go",
        "three for two at the market",
        "two to three people came",
        "in 1998 or 2004 maybe",
        "level 9 at 10",
    ],
)
def test_counting_offers_and_years_stay_as_they_are(spoken: str) -> None:
    assert joined(spoken) == spoken


def test_a_joined_number_spans_the_time_of_all_its_digits() -> None:
    number = join_digits(said("code 4 8 2 9 1 3"))[1]
    assert (number.from_s, number.to_s) == (0.5, 3.4)


def test_a_long_pause_ends_a_number() -> None:
    words = [Word(" 4821", 0.0, 1.0), Word(" 9", 9.0, 9.5)]
    assert [word.text for word in join_digits(words)] == [" 4821", " 9"]


def test_runs_are_told_without_separators() -> None:
    assert digit_runs("call 718-312-3074, code 4 8 2 9 1 3") == ["7183123074", "482913"]


def test_a_million_words_take_time_in_proportion() -> None:
    import time

    begun = time.process_time()
    join_digits(said("1 2 9 4 word " * 20_000))
    assert time.process_time() - begun < 8.0
