"""What single cases cannot show of personal numbers: breadth, wrong check digits, offsets, cost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_inside, assert_linear

from tutela.detectors.identity.forms import FORMS

found = Looker("identity")
CASES = found.detector.cases.match


def test_numbers_of_at_least_40_countries_are_known() -> None:
    assert len({form.country for form in FORMS}) >= 40


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if any("checked" in one.marks for one in found(case.text))],
    ids=lambda case: case.text[:40],
)
def test_some_wrong_digit_is_told_from_the_right_one(case: object) -> None:
    text, number = case.text, case.found  # type: ignore[attr-defined]
    dropped = 0
    places = [i for i, char in enumerate(number) if char.isdigit()]
    for place in places:
        other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        signals = [one for one in found(text.replace(number, other)) if "checked" in one.marks]
        dropped += not signals
    assert dropped >= len(places) // 3


def test_nothing_but_the_last_two_characters_is_shown() -> None:
    for case in CASES:
        for signal in found(case.text):
            assert sum(char.isalnum() for char in signal.shown_as) <= 2
            assert signal.value not in repr(signal)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789 -./ABZXpassport:ssn٣４\n", max_size=160))
def test_any_text_gives_places_inside_it(text: str) -> None:
    assert_inside(found, text)


@pytest.mark.parametrize("piece", ["ssn 123-45-6780 ", "7", "12.345.678-9 ", "passport A1234567 ", "1 "])
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=15_000)
