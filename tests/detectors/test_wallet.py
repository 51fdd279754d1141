"""What single cases cannot show of wallet secrets: every language's list, the check word, hostile text."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_inside, assert_linear
from mnemonic import Mnemonic

from tutela.detectors.wallet.mnemonics import LANGUAGES, SIZES, check_holds, plain, wordlist

found = Looker("wallet")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_phrase_is_found_in_every_language_and_size(language: str, size: int) -> None:
    chance = random.Random(f"{language}{size}")
    words = Mnemonic(language).to_mnemonic(chance.randbytes(size * 4 // 3))
    for form in ("NFC", "NFKD"):
        text = "seed phrase: " + unicodedata.normalize(form, words)
        signals = found(text)
        assert len(signals) == 1, signals
        assert signals[0].end == len(text)
        assert signals[0].marks >= {"checked", language}


def test_check_word_is_that_of_the_standard() -> None:
    chance = random.Random(3)
    for _ in range(100):
        phrase = Mnemonic("english").to_mnemonic(chance.randbytes(16)).split()
        places = [wordlist("english")[plain(word)] for word in phrase]
        assert check_holds(places)
    assert sum(check_holds([chance.randrange(2048) for _ in range(12)]) for _ in range(1000)) < 110


def test_words_of_the_list_without_a_name_or_a_check_are_no_phrase() -> None:
    chance = random.Random(4)
    words = list(wordlist("english"))
    seen = 0
    for _ in range(200):
        some = chance.sample(words, 12)
        if not check_holds([wordlist("english")[word] for word in some]):
            seen += len(found(" ".join(some)))
    assert seen == 0


def test_nothing_of_a_phrase_is_shown() -> None:
    phrase = Mnemonic("english").to_mnemonic(random.Random(8).randbytes(16))
    signal = found(f"wallet phrase: {phrase}")[0]
    assert not any(word in signal.shown_as for word in phrase.split() if word not in {"wallet", "secret"})
    assert phrase not in repr(signal)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abandon zoo1.,:\nseedphrase 5KLx", max_size=300))
def test_any_text_gives_places_inside_it(text: str) -> None:
    assert_inside(found, text)


@pytest.mark.parametrize("piece", ["seed phrase ", "abandon ", "1. abandon 2. zoo 3. about 4. ", "5K", "ab12"])
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=20_000)
