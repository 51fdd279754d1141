"""What single cases cannot show of street addresses: facts, offsets, hostile text, cost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_linear

found = Looker("address")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("she lives at 12 Larkspur Crescent", "cue"),
        ("12 Larkspur Crescent, Bramford, IP8 4QX", "postcode"),
        ("9142 Matthew Wall Apt 52A, Michaelbury KS 51154", "unit"),
    ],
)
def test_facts_about_an_address_are_marked(text: str, mark: str) -> None:
    assert [mark in signal.marks for signal in found(text)] == [True]


@pytest.mark.parametrize(
    ("surer", "less"),
    [
        ("she lives at 12 Larkspur Crescent", "so 12 Larkspur Crescent then"),
        ("12 Larkspur Crescent, Bramford, IP8 4QX", "12 Larkspur Crescent"),
        ("so 12 Larkspur Crescent then", "so 12 larkspur crescent then"),
        ("4 Larkspur Avenue", "4 Larkspur Mission"),
        ("wohnt Birkenring 4", "see Doctor 4"),
    ],
)
def test_each_sign_of_an_address_makes_it_surer(surer: str, less: str) -> None:
    def sure(text: str) -> float:
        return max((signal.confidence for signal in found(text)), default=0.0)

    assert sure(surer) > sure(less)


def test_two_addresses_in_one_text_are_two_signals() -> None:
    text = "he moved from 12 Larkspur Crescent to 9 Hazel Road last week"
    assert [text[signal.start : signal.end] for signal in found(text)] == ["12 Larkspur Crescent", "9 Hazel Road"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "12",
                "5a",
                "3/4",
                "road",
                "Street",
                "st,",
                "lane",
                "the",
                "Oak",
                "rue",
                "de",
                "via",
                "Roma",
                "Straße",
                "10115",
                "Berlin",
                "ul.",
                "дом",
                "ул.",
                "Ленина",
                "路",
                "号",
                "丁目",
                "2-3",
                "شارع",
                "No:",
                "cad.",
                "đường",
                "quận",
                "Apt",
                "#",
                "90210",
                "CA",
                "\n",
                ",",
                ".",
                "-",
                "lives",
                "at",
                "é",
                "😀",
            ]
        ),
        max_size=24,
    )
)
def test_any_text_gives_places_inside_it(words: list[str]) -> None:
    text = " ".join(words)
    last = 0
    for signal in found(text):
        assert last <= signal.start < signal.end <= len(text)
        assert 0.4 <= signal.confidence <= 1.0
        assert not any(char.isalnum() for char in signal.shown_as)
        last = signal.end


@pytest.mark.parametrize(
    "piece",
    [
        "12 oak street ",
        "1 ",
        "12 a ",
        "street 12 ",
        "rue 4 ",
        "Weg 3 ",
        "calle ",
        "ул. 3 ",
        "路3号",
        "丁目3-",
        "5 st 6 ave, ",
    ],
)
def test_cost_grows_with_length_only(piece: str) -> None:
    assert_linear(found, piece, small=8_000)
