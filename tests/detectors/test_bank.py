"""What single cases cannot show of bank accounts: every country's IBAN, hostile text, cost."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_inside, assert_linear

from tutela.reference.checkdigits import iban_fits, mod97
from tutela.reference.rows import rows

found = Looker("bank")
STRUCTURES = {row[0]: row[1] for row in rows("iban")}
EXAMPLES = {row[0]: row[2] for row in rows("iban") if len(row) > 2 and row[2]}
ALPHABET = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789"}


def drawn(country: str, chance: random.Random) -> str:
    pieces = re.findall(r"(\d+)([nac])", STRUCTURES[country])
    bban = "".join(chance.choice(ALPHABET[kind]) for size, kind in pieces for _ in range(int(size)))
    return f"{country}{98 - mod97(bban + country + '00'):02d}{bban}"


@pytest.mark.parametrize("country", sorted(STRUCTURES))
def test_iban_of_every_country_is_found_whole(country: str) -> None:
    iban = drawn(country, random.Random(country))
    spaced = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
    for written in (iban, iban.lower(), spaced, spaced.replace(" ", "-")):
        signals = [one for one in found(f"send it to {written}, thanks") if one.name == "bank.iban"]
        assert [(one.value, one.start, one.end) for one in signals] == [(iban, 11, 11 + len(written))], written


@pytest.mark.parametrize("country", sorted(STRUCTURES))
def test_iban_with_a_wrong_digit_is_none(country: str) -> None:
    iban = drawn(country, random.Random(country))
    wrong = iban[:2] + f"{(int(iban[2:4]) + 1) % 100:02d}" + iban[4:]
    assert not [one for one in found(f"IBAN {wrong}") if one.name == "bank.iban"]


@pytest.mark.parametrize("country", sorted(EXAMPLES))
def test_registry_example_holds_and_is_marked(country: str) -> None:
    assert iban_fits(EXAMPLES[country])
    assert ["sample" in one.marks for one in found(f"IBAN {EXAMPLES[country]}") if one.name == "bank.iban"] == [True]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789 -./DEGB٣account:sortcode\n", max_size=200))
def test_any_text_gives_places_inside_it(text: str) -> None:
    assert_inside(found, text)


@pytest.mark.parametrize("piece", ["DE44 5001 0517 ", "account 12345678 ", "7", "12-34-56 ", "konto 1234567 / "])
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=40_000)
