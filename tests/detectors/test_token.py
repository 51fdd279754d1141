"""What single cases cannot show of tokens: every row's own form, check digits, documentation keys, cost."""

from __future__ import annotations

import base64
import random
import re
import string
import zlib

import pytest
from looking import Looker, assert_linear

from tutela.detectors.loading import load_detectors
from tutela.reference.checkdigits import crc62_fits

found = Looker("token")
PATTERNS = [one.row for one in found.detector.patterns]
ASSIGNED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def drawn(expression: str, chance: random.Random) -> str:
    """A random string that a row's expression takes: the few constructs that the rows use, expanded."""
    import re._constants as kinds
    import re._parser as parser

    def one(node: tuple[object, object]) -> str:
        kind, value = node
        if kind is kinds.LITERAL:
            return chr(value)  # type: ignore[arg-type]
        if kind is kinds.NOT_LITERAL:
            return " "
        if kind is kinds.IN:
            chars = [c for c in string.printable[:95] if any(_in(c, item) for item in value)]  # type: ignore[attr-defined]
            if value[0][0] is kinds.NEGATE:  # type: ignore[index]
                return " "
            return chance.choice(chars)
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            low, high, body = value  # type: ignore[misc]
            times = low if high - low > 40 else chance.randint(low, high)
            return "".join(many(body) for _ in range(times))
        if kind is kinds.SUBPATTERN:
            return many(value[3])  # type: ignore[index]
        if kind is kinds.BRANCH:
            return many(chance.choice(value[1]))  # type: ignore[index]
        return ""

    def _in(char: str, item: tuple[object, object]) -> bool:
        kind, value = item
        if kind is kinds.LITERAL:
            return ord(char) == value
        return kind is kinds.RANGE and value[0] <= ord(char) <= value[1]  # type: ignore[index]

    def many(nodes: object) -> str:
        return "".join(one(node) for node in nodes)  # type: ignore[attr-defined]

    return many(parser.parse(expression))


def crc62(body: str) -> str:
    value, out = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        out = ASSIGNED[digit] + out
    return out


def test_at_least_150_services_are_known() -> None:
    names = {name.strip() for row in PATTERNS for name in row.says.rsplit(" ", 2)[0].split(",")}
    assert len(names) >= 150


# The others carry check digits that a random string would not fit; they have tests of their own below.
UNCHECKED = [
    row for row in PATTERNS if row.check not in {"github", "npm", "nats_seed", "discord", "publishable", "okta"}
]


@pytest.mark.parametrize("row", UNCHECKED, ids=lambda row: row.says[:40])
def test_row_takes_its_own_form(row: object) -> None:
    chance = random.Random(row.regex)  # type: ignore[attr-defined]
    seen = 0
    for _ in range(6):
        text = "key " + drawn(row.regex.replace(r"\b", ""), chance).strip() + " ok"  # type: ignore[attr-defined]
        seen += bool(found(text))
    assert seen >= 3


@pytest.mark.parametrize("prefix", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_"])
def test_published_check_decides(prefix: str) -> None:
    chance = random.Random(prefix)
    for _ in range(20):
        body = "".join(chance.choice(ASSIGNED) for _ in range(30))
        good = found(f"oops {prefix}{body}{crc62(body)} lol")
        assert [("checked" in one.marks, one.confidence) for one in good] == [(True, 0.99)]
        wrong = found(f"oops {prefix}{body}{'A' * 6 if crc62(body) != 'AAAAAA' else 'B' * 6} lol")
        assert all(one.confidence < 0.5 for one in wrong)


def test_check_with_leading_zeros_holds() -> None:
    body = next(body for body in (f"{n:030d}" for n in range(9999)) if crc62(body).startswith("00"))
    assert crc62_fits(body, crc62(body))


def test_bot_number_in_base64_decides() -> None:
    chance = random.Random(2)
    tail = "".join(chance.choice(ASSIGNED) for _ in range(38))
    token = f"{base64.b64encode(b'736224837753168598').decode()}.lWEprs.{tail}"
    assert [one.marks for one in found(f"look {token}")] == [{"checked"}]


@pytest.mark.parametrize("text", [
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
])  # fmt: skip
def test_documentation_keys_are_marked(text: str) -> None:
    assert found(text)
    assert all("sample" in one.marks for one in found(text))


@pytest.mark.parametrize("text", [
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "AIzaXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "postgres://user:password@localhost/db",
    "mysql://root:${PASSWORD}@db/app",
    "https://example.org/a:b@c",
    "commit 3557a04a5d56463eb7ace71d977243f73e53d4b5 fixed it",
])  # fmt: skip
def test_gaps_and_hashes_are_no_tokens(text: str) -> None:
    assert not [one for one in found(text) if one.confidence >= 0.5]


def test_nothing_of_a_token_is_shown() -> None:
    text = "glpat-laxMKW7zR9jUw_AARvl9"
    for signal in found(text):
        assert not re.search(r"[A-Za-z0-9]{3}", signal.shown_as.replace("token", ""))
        assert text not in repr(signal)


def test_all_rows_belong_to_one_folder() -> None:
    assert [one.name for one in load_detectors() if any(row.name == "token.provider" for row in one.file.signal)] == [
        "token"
    ]


@pytest.mark.parametrize("piece", ["AKIA", "ghp_a1B2", "x://a:b@", "sk-", "eyJhb.", "0123456789abcdef"])
def test_cost_grows_with_the_length_and_no_more(piece: str) -> None:
    assert_linear(found, piece, small=20_000)
