"""What single cases cannot show of card numbers: all brands and ways to write them, hostile text, cost."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_inside, assert_linear

from tutela.reference.checkdigits import luhn_fits
from tutela.reference.rows import rows

found = Looker("card")
BRANDS = {
    "Visa": ("4", 16), "Mastercard": ("53", 16), "Mastercard 2": ("2521", 16), "American Express": ("37", 15),
    "Discover": ("6011", 16), "JCB": ("3540", 16), "UnionPay": ("6214", 16), "Mir": ("2201", 16), "Diners Club": ("36", 14),
}  # fmt: skip


def drawn(prefix: str, size: int, chance: random.Random) -> str:
    body = prefix + "".join(chance.choice("123456789") for _ in range(size - 1 - len(prefix)))
    return next(body + digit for digit in "0123456789" if luhn_fits(body + digit))


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("between", ["", " ", "-", ".", "/", "|", "\n", " - "])
def test_number_is_found_whole_in_any_grouping(brand: str, between: str) -> None:
    chance = random.Random(f"{brand}{between}")
    prefix, size = BRANDS[brand]
    number = drawn(prefix, size, chance)
    cuts = {16: (4, 8, 12), 15: (4, 10), 14: (4, 10)}[size]
    groups = [number[a:b] for a, b in zip((0, *cuts), (*cuts, size), strict=True)]
    written = between.join(groups)
    signals = [one for one in found(f"my card {written} please") if one.name == "card.number"]
    assert [(one.value, one.start, one.end) for one in signals] == [(number, 8, 8 + len(written))]
    assert signals[0].marks >= {"checked", "cue"}


def test_wrong_check_digit_is_no_card() -> None:
    chance = random.Random(5)
    for _ in range(50):
        number = drawn("4", 16, chance)
        assert not found(f"my visa {number[:-1]}{(int(number[-1]) + 1) % 10}")


def test_every_published_test_number_is_marked() -> None:
    for number, _ in rows("test_cards"):
        for signal in found(f"card {number}"):
            assert "sample" in signal.marks


def test_nothing_but_the_last_four_digits_is_shown() -> None:
    number = drawn("4", 16, random.Random(9))
    signal = found(f"visa {number} exp 04/29 cvv 123")[0]
    assert number[:12] not in signal.shown_as
    assert sum(char.isdigit() for char in signal.shown_as) <= 4
    assert number not in repr(signal)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789 -./|\n٣x４cvexp", max_size=200))
def test_any_text_gives_places_inside_it(text: str) -> None:
    assert_inside(found, text)


@pytest.mark.parametrize(
    "piece", ["4111 1111 1111 1112 ", "4", "4 ", "4929-1111-", "cvv 123 4929 1234 5678 9012 12/27 "]
)
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=40_000)
