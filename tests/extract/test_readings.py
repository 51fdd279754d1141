"""Disguises are undone, and every character of a reading leads back into the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.extract.readings import gate_rows, readings
from tutela.scan.onepass import OnePass, Row

PASS = OnePass([Row("r", name, regex, flags) for name, regex, flags in gate_rows()])


def read(text: str) -> dict[str, str]:
    hits = PASS.scan([text]).get(0, {}).get("r", [])
    return {reading.kind: reading.text for reading in readings(text, frozenset(hit.id for hit in hits))}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("０７７００ ９００１２３", "folded", "07700 900123"),
        ("7️⃣7️⃣0️⃣0️⃣", "folded", "7700"),
        ("𝟕𝟕𝟎𝟎", "folded", "7700"),
        ("①②③④", "folded", "1234"),
        ("❶❷❸❹", "folded", "1234"),
        ("٠٥٠١٨٣٤", "folded", "0501834"),
        ("९८२०३", "folded", "98203"),
        ("pаsswоrd", "folded", "password"),
        ("0\u200b77\u200b00", "folded", "07700"),
        ("p\u0336a\u0336s\u0336s\u0336", "folded", "pass"),
        ("🅿🅰🆂🆂", "folded", "PASS"),
        ("p a s s w o r d", "joined", "password"),
        ("p.a.s.s.w.o.r.d", "joined", "password"),
        ("n-u-m-b-e-r", "joined", "number"),
        ("0 7 7 0 0 9 0 0 1", "joined", "077009001"),
        ("my p4ssw0rd is", "leet", "my password is"),
        ("07OO 9OO I23", "leet", "0700 900 123"),
        ("zero seven seven double zero", "spoken", "07700"),
        ("four 1 five oh two", "spoken", "41502"),
        ("seis doce treinta y cuatro cincuenta y seis", "spoken", "6123456"),
        ("zéro six douze trente-quatre quatre-vingt-dix-sept", "spoken", "06123497"),
        ("null eins fünf sechsundzwanzig", "spoken", "01526"),
        ("zero dwa trzy cztery", "spoken", "0234"),
        ("восемь девять один шесть", "spoken", "8916"),
        ("sıfır beş üç iki", "spoken", "0532"),
        ("صفر خمسة اربعة ثلاثة", "spoken", "0543"),
        ("नौ आठ दो शून्य", "spoken", "9820"),
        ("nau aath do shunya teen", "spoken", "98203"),
        ("nol delapan satu dua", "spoken", "0812"),
        ("không chín một hai", "spoken", "0912"),
        ("一三八零零一三八", "spoken", "13800138"),
        ("공일공 일이삼사", "spoken", "0101234"),
        ("zero nove oito um meia", "spoken", "09816"),
        ("zero tre due quattro", "spoken", "0324"),
        ("nul zes een twee drie", "spoken", "06123"),
        ("TXkgcGFzc3dvcmQgaXMgaHVudGVyMg==", "decoded", "My password is hunter2"),
        ("%6D%79%20%63%6F%64%65", "decoded", "my code"),
        ("read it backwards: 3210 077", "reversed", "770 0123 :sdrawkcab ti daer"),
        ("4929 6513\n0272 8866", "unwrapped", "4929 6513 0272 8866"),
        ("it starts with 406\nthen 662\nand 4187 ok", "pieces", "it starts with 406 662 4187"),
        ("BO4-SSS-Ol22", "leet", "804-555-0122"),
        ("mail me＠example.com", "folded", "mail me@example.com"),
    ],
)
def test_a_disguise_is_undone(text: str, kind: str, expected: str) -> None:
    assert read(text)[kind] == expected


@pytest.mark.parametrize(
    "text",
    [
        "just a plain post about lunch, 12.50 each",
        "Überraschung! Ça va? ¿Qué tal? Привет, как дела",
        "我今天去了公园，天气很好。",
        "one or two of them, maybe three",
        "👨‍👩‍👧 family day 🎉 ❤️",
        "हम कल मिलेंगे",
    ],
)
def test_ordinary_writing_needs_no_reading(text: str) -> None:
    assert read(text) == {}


ALPHABET = st.sampled_from(
    [*"0a b.p4o\n-Oоа０𝟕٠一공", "\u200b", "\u0336", "zero ", "seven ", "double ", "%41", "️⃣", "ß", "ﬁ", "㍿"]
)
GATES = st.frozensets(
    st.sampled_from(["fold", "joined", "spoken", "leet", "shapes", "decoded", "reversed", "unwrapped"])
)


@given(st.lists(ALPHABET, max_size=60).map("".join), GATES)
def test_every_range_leads_back_into_the_text(text: str, gates: frozenset[str]) -> None:
    for reading in readings(text, gates):
        assert reading.back is None or len(reading.back) == len(reading.text) + 1
        for start in range(len(reading.text)):
            first, last = reading.to_part(start, start + 1)
            assert 0 <= first < last <= len(text), reading.kind
