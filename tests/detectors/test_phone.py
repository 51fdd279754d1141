"""What single cases cannot show of telephone numbers: all countries, offsets, hostile text, cost."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_linear
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from tutela.reference.numbering import is_fiction, is_filler, read_international, read_national

found = Looker("phone")
SENTENCES = {
    "en": ("call my ex on {}", "US GB CA AU IE IN ZA NG PH SG NZ KE PK"),
    "es": ("llama a mi ex al {}", "ES MX AR CO PE CL"),
    "pt": ("o número dele é {}", "BR PT"),
    "fr": ("son numéro {}", "FR BE CH MA"),
    "de": ("ihre Handynummer ist {}", "DE AT CH"),
    "it": ("il suo numero è {}", "IT"),
    "nl": ("zijn nummer is {}", "NL BE"),
    "pl": ("jego numer to {}", "PL"),
    "ru": ("её номер {}", "RU KZ"),
    "tr": ("numarası {}", "TR"),
    "ar": ("رقمها {}", "EG SA AE MA IQ JO"),
    "hi": ("उसका नंबर {}", "IN"),
    "id": ("nomor dia {}", "ID"),
    "vi": ("số của nó là {}", "VN"),
    "zh": ("他的电话是{}", "CN TW HK"),
    "ja": ("あいつの番号は{}だよ", "JP"),
    "ko": ("걔 번호 {}", "KR"),
}


def a_number(region: str, kind: int, source: random.Random) -> phonenumbers.PhoneNumber:
    """A number drawn at random inside the region's plan."""
    example = phonenumbers.example_number_for_type(region, kind)
    assert example is not None
    digits = phonenumbers.national_significant_number(example)
    while True:
        kept = source.randint(2, 4)
        drawn = digits[:kept] + "".join(source.choice("0123456789") for _ in digits[kept:])
        number = phonenumbers.PhoneNumber(
            country_code=example.country_code,
            national_number=int(drawn),
            italian_leading_zero=example.italian_leading_zero,
        )
        if phonenumbers.is_valid_number_for_region(number, region):
            return number


@pytest.mark.parametrize("lang", SENTENCES)
def test_numbers_of_the_language_s_countries_are_found_whole(lang: str) -> None:
    source = random.Random(f"phone {lang}")
    sentence, regions = SENTENCES[lang]
    for region in regions.split():
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            number = a_number(region, kind, source)
            for form in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL):
                written = phonenumbers.format_number(number, form)
                text = sentence.format(written)
                start = text.index(written)
                assert [(s.start, s.end) for s in found(text, lang)] == [(start, start + len(written))], text


def test_every_plan_in_international_writing_is_found() -> None:
    source = random.Random(20)
    missed = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        if phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE) is None:
            continue
        number = a_number(region, PhoneNumberType.MOBILE, source)
        written = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        if len(phonenumbers.national_significant_number(number)) >= 6 and not found(f"so {written} it is"):
            missed.append(region)
    assert missed == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("call +1 212 555 0147", "sample"),
        ("ring 07700 900461", "sample"),
        ("ruf an: 030 23125 442", "sample"),
        ("call 123-456-7890", "sample"),
        ("call 1-800-273-8255", "toll_free"),
        ("ring 0906 800 1234", "premium"),
        ("call 0121 234 567••", "masked"),
    ],
)
def test_facts_about_a_number_are_marked(text: str, mark: str) -> None:
    signals = found(text, "de" if "ruf" in text else "en")
    assert [mark in signal.marks for signal in signals] == [True]


def test_a_plan_reads_digits_only() -> None:
    assert read_national("12a4567890", "US") is None
    assert read_international("٤٤٧٤٠٠١٢٣٤٥٦") is None
    line = read_national("2012343210", "US")
    assert line is not None
    assert (line.e164, line.valid) == ("+12012343210", True)


@pytest.mark.parametrize("number", ["+12025550143", "+447700900999", "+493023125001", "+33639981234", "+61255501234"])
def test_numbers_kept_for_fiction_are_known(number: str) -> None:
    assert is_fiction(number)
    assert not is_fiction(number[:6] + str(9 - int(number[6])) + number[7:])


def test_digits_typed_as_a_stand_in_are_known() -> None:
    assert [is_filler(digits) for digits in ("5555555555", "0123456789", "2012343210")] == [True, True, False]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 +-().,/x\n•:=@#callnumberé٣７\U0001f4de", max_size=120))
def test_any_text_gives_places_inside_it(text: str) -> None:
    last = 0
    for signal in found(text):
        assert last <= signal.start < signal.end <= len(text)
        assert 0.4 <= signal.confidence <= 1.0
        assert sum(char.isalnum() for char in signal.shown_as) <= 4
        last = signal.end


@pytest.mark.parametrize("piece", ["7", "1 5 ", "0 07 ", "+1 ", "(1) ", "4155550123\n", "415-200-3869; ", "1.", "5x"])
def test_cost_grows_with_length_only(piece: str) -> None:
    assert_linear(found, piece, small=10_000)
