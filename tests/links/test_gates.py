from collections.abc import Callable
from importlib.resources import files

import pytest

from tutela.scan.onepass import OnePass, rows_from


@pytest.fixture(scope="module")
def opens() -> Callable[[str], bool]:
    gates = OnePass(rows_from((files("tutela.links") / "gates.toml").read_bytes(), "links"))
    return lambda text: bool(gates.scan([text]))


@pytest.mark.parametrize(
    "text",
    ["https://a.example/x", "hxxps[:]//a[.]b", "www.a.b", "javascript:x()", "data:text/html,x", "murmura.com", "bit.ly/x", "mur-mura.pt", "murmura[.]top", "murmura dot com", "murmura . com/x",
     "m u r m u r a . c o m", "ｍｕｒ．ｃｏｍ", "mur\u200bmura.top", "dm @murmura_help", "203.0.113.5/login", "tg://x", "a.murmura.pt", "murmura(dot)com"],
)  # fmt: skip
def test_what_holds_a_link_opens_a_gate(opens: Callable[[str], bool], text: str) -> None:
    assert opens(text)
    assert opens(f"and so {text}, they said")


@pytest.mark.parametrize(
    "text",
    [
        "the end. The next",
        "I waited...and then",
        "3.14 is 22/7",
        "e.g. that, i.e. this",
        "done.so what",
        "yes/no and/or",
        "ratio 3:2",
        "mail me",
    ],
)
def test_chatter_opens_none(opens: Callable[[str], bool], text: str) -> None:
    assert not opens(text)
