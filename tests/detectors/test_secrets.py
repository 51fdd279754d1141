"""What single cases cannot show of passwords, codes, sessions, keys and settings: ties, masks, hostile text, cost."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_linear

FOLDERS = ("login", "code", "secret", "session", "private_key")
LOOKERS = {name: Looker(name) for name in FOLDERS}


def password(chance: random.Random) -> str:
    letters = "".join(chance.choice(string.ascii_letters) for _ in range(7))
    return letters + str(chance.randrange(10, 99)) + chance.choice("!#$%")


@pytest.mark.parametrize(
    "tie", ["pw: {}", "password is {}", "my pass = {}", "contraseña: {}", "пароль {}", "密码：{}", "パスワードは{}です"]
)
def test_password_is_placed_exactly(tie: str) -> None:
    chance = random.Random(tie)
    for _ in range(20):
        value = password(chance)
        text = tie.format(value) + " ok"
        signals = [one for one in LOOKERS["login"](text) if one.name == "login.password"]
        assert [text[one.start : one.end] for one in signals] == [value], text


@pytest.mark.parametrize(
    "gap", ["********", "<your password>", "${PASSWORD}", "{{ password }}", "xxxxxxxx", "changeme", "[redacted]", "%s"]
)
def test_gaps_are_no_password(gap: str) -> None:
    for tie in ("password: {}", "password={}", "my password is {}"):
        assert not [one for one in LOOKERS["login"](tie.format(gap)) if one.name == "login.password"]


def test_mark_of_a_demo_needs_a_word_of_the_sentence_not_of_an_address() -> None:
    own = LOOKERS["login"]("mail lena@example.org password Xk7maple$9")
    assert own
    assert not any("demo" in one.marks for one in own)


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_of_a_value_is_shown(name: str) -> None:
    for case in LOOKERS[name].detector.cases.match:
        for signal in LOOKERS[name](case.text):
            if signal.kind != "username":
                assert signal.value not in signal.shown_as
                assert signal.value not in repr(signal)


@pytest.mark.parametrize("name", FOLDERS)
@settings(max_examples=80, deadline=None)
@given(text=st.text(alphabet="password: =\"'is code123456 token{}\n@.-пароль密码eyJ<>", max_size=200))
def test_any_text_gives_places_inside_it(name: str, text: str) -> None:
    for signal in LOOKERS[name](text):
        assert 0 <= signal.start < signal.end <= len(text)


HOSTILE = {
    "login": ["password ", "pw: a ", "a@b.co:x1y2 ", "login as ", "пин-код "],
    "code": ["code 123456 ", "code ", "123 is your code ", "backup codes: a1b2 "],
    "secret": ["key=abcdef ", "password", "token: 'x' ", "-u "],
    "session": ["bearer ", "eyJhbGciOi.eyJ", "sessionid="],
    "private_key": ["-----BEGIN RSA PRIVATE KEY-----\n", "LS0tLS1CRUdJTiBQUklWQVRF ", '"d":"' + "a" * 40 + '" '],
}


@pytest.mark.parametrize(("name", "piece"), [(name, piece) for name in FOLDERS for piece in HOSTILE[name]])
def test_cost_grows_with_the_length_and_no_more(name: str, piece: str) -> None:
    assert_linear(LOOKERS[name], piece, small=10_000)
