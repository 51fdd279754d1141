"""What single cases cannot show of positions, plates, mail and machine addresses: facts, offsets, hostile text, cost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import Looker, assert_linear

LOOKERS = {name: Looker(name) for name in ("geo", "plate", "email", "ip")}
PIECES = [
    "12.3456,",
    "-7.8910",
    "52°31'12\"N",
    "9C3XGV7F+8Q",
    "https://www.google.com/maps/@51.55123,-0.08812",
    "///lampe.tisch.wolke",
    "geo:1.2345,2.3456",
    "plate",
    "KX63",
    "VRT",
    "車牌",
    "К482ТР77",
    "reg",
    "a@b.co",
    "name",
    "at",
    "gmail",
    "dot",
    "com",
    "(at)",
    "[dot]",
    "@",
    "62.46.45.114",
    "2001:db8::1",
    "::",
    ".",
    ",",
    "\n",
    "lat:",
    "😀",
    "é",
]


@pytest.mark.parametrize(
    ("name", "text", "mark"),
    [
        ("email", "write to info@bakery-house.net", "organisation"),
        ("email", "write to lena@example.org", "sample"),
        ("email", "write to lena.h@gmail.com", "freemail"),
        ("email", "write to lena.h (at) gmail (dot) com", "disguised"),
        ("ip", "ping 192.168.1.20", "private"),
        ("ip", "ping 203.0.113.9", "sample"),
        ("ip", "dns 8.8.8.8", "organisation"),
        ("ip", "ping 2001:db8::17", "sample"),
        ("geo", "she lives at 52.481273, 13.372819", "cue"),
        ("geo", "the trailhead is at 52.481273, 13.372819", "public"),
        ("geo", "minecraft base at 52.4812, 13.3728", "game"),
        ("geo", "her house 52.481, 13.373", "coarse"),
        ("plate", "his plate is KX63 VRT", "country:GB"),
        ("plate", "plate ABC 1234", "sample"),
    ],
)
def test_facts_are_marked(name: str, text: str, mark: str) -> None:
    assert [mark in signal.marks for signal in LOOKERS[name](text)] == [True]


@pytest.mark.parametrize("name", LOOKERS)
@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(PIECES), max_size=20), glue=st.sampled_from([" ", ""]))
def test_any_text_gives_places_inside_it(name: str, words: list[str], glue: str) -> None:
    text = glue.join(words)
    last = 0
    for signal in LOOKERS[name](text):
        assert last <= signal.start < signal.end <= len(text)
        assert 0.4 <= signal.confidence <= 1.0
        last = signal.end


@pytest.mark.parametrize("name", LOOKERS)
@pytest.mark.parametrize(
    "piece",
    ["a@", "a@b.c ", "a.", "a_dot_", "x at y dot ", "1.", "1.2.3.4.", "a:", "::", "51.50735, -0.12776 ", "plate AB12 ", "AB12CDE ", "9C3XGV7F+8Q", "goo.gl/maps/"],
)  # fmt: skip
def test_cost_grows_with_length_only(name: str, piece: str) -> None:
    assert_linear(LOOKERS[name], piece, small=4_000)
