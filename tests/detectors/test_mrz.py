"""What single cases cannot show of machine-readable zones: every size, damage, hostile text, cost."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_inside, assert_linear

from tutela.detectors.mrz.zones import read_zone
from tutela.reference.checkdigits import mrz_digit

found = Looker("mrz")
# Source: ICAO Doc 9303, 8th edition, parts 4 to 7, the standard's own examples.
EXAMPLES = {
    "TD3": ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    "TD2": ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"),
    "TD1": ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    "MRV-A": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"),
    "MRV-B": ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"),
}


@pytest.mark.parametrize("size", EXAMPLES)
def test_example_of_the_standard_is_read_whole(size: str) -> None:
    zone = read_zone(EXAMPLES[size])
    assert zone is not None
    assert zone.size == size
    assert zone.fits == zone.checks
    text = "\n".join(EXAMPLES[size])
    signals = found(f"look:\n{text}\nnice")
    assert [(one.start, one.end) for one in signals] == [(6, 6 + len(text))]
    assert "sample" in signals[0].marks


def passport(chance: random.Random) -> list[str]:
    number = "C" + "".join(chance.choice("123456789") for _ in range(8))
    birth, expiry = f"{chance.randrange(50, 99)}0417", f"{chance.randrange(27, 34)}1020"
    one = "P<DEUVELTMANN<<LIORA".ljust(44, "<")
    two = f"{number}{mrz_digit(number)}DEU{birth}{mrz_digit(birth)}F{expiry}{mrz_digit(expiry)}{'<' * 15}"
    return [one, two + str(mrz_digit(two[0:10] + two[13:20] + two[21:43]))]


@pytest.mark.parametrize("damage", ["none", "short", "spaces", "letter_o", "lower", "guillemets", "one_line"])
def test_what_pictures_do_to_a_zone_does_not_hide_it(damage: str) -> None:
    one, two = passport(random.Random(damage))
    text = {
        "none": f"{one}\n{two}",
        "short": f"{one[:-3]}\n{two}",
        "spaces": f"{one[:10]} {one[10:]}\n{two[:9]} {two[9:]}",
        "letter_o": f"{one}\n{two.replace('0', 'O')}",
        "lower": f"{one}\n{two}".lower().replace("p<", "P<").replace("n<<l", "N<<L"),
        "guillemets": one.replace("<<", "«") + f"\n{two}",
        "one_line": f"{one} {two}",
    }[damage]
    signals = found(text)
    assert signals
    assert signals[0].confidence >= 0.7


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="AZ09<« \nPIV&lt;", max_size=200))
def test_any_text_gives_places_inside_it(text: str) -> None:
    assert_inside(found, text)


@pytest.mark.parametrize("piece", ["A<<", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n", "<", "A<< "])
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=10_000)
