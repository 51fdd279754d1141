"""Posts to measure with: ordinary ones from the corpus, and labelled ones generated with a seed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parents[2] / "corpus"


class Labelled(NamedTuple):
    """A generated post: the kind of value it exposes and where; kind is empty where it exposes none."""

    text: str
    kind: str
    start: int
    end: int


def ordinary(count: int, *, english: bool) -> list[str]:
    """Posts of the corpus that expose nothing and do nothing wrong, repeated up to `count`."""
    texts = []
    for path in sorted(CORPUS.glob("en/*.jsonl" if english else "*/*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if not row["clauses"] and not row.get("thread"):
                texts.append(row["text"])
    random.Random(11).shuffle(texts)
    return [texts[number % len(texts)] for number in range(count)]


_PHONE = ("call me on {}", "my new number is {}", "text me {} when you land", "whatsapp {} please", "her cell is {}")
_CARD = ("use my card {}", "card number {} exp 09/28", "charge it to {} thanks")
_IBAN = ("send it to {}", "my iban is {}", "bank details: {}")
_SSN = ("my ssn is {}", "social security number {}", "ssn: {} don't tell")
_MAIL = ("write to {}", "my mail is {}", "{} is best")
_SECRET = ("my password is {}", "login daria.k91 password {}", "pw: {}")
_NOTHING = (
    "order {} has shipped", "we won {} to {} last night", "version {} is out", "room {} at {}", "tracking no {}", "isbn {}",
)  # fmt: skip


def labelled(count: int, seed: int = 5) -> list[Labelled]:
    """Generated English posts: three of four expose one value, plain or disguised; the fourth holds look-alikes."""
    chance = random.Random(seed)
    posts = []
    for number in range(count):
        if number % 4 == 3:
            frame = chance.choice(_NOTHING)
            posts.append(Labelled(frame.format(chance.randint(100, 99999999), chance.randint(1, 30)), "", 0, 0))
            continue
        kind, frames, make = chance.choice(_KINDS)
        value = make(chance)
        if kind in ("phone", "card") and chance.random() < 0.3:
            value = chance.choice(_DISGUISES)(value)
        frame = chance.choice(frames)
        start = frame.index("{}")
        posts.append(Labelled(frame.format(value), kind, start, start + len(value)))
    return posts


def _phone(chance: random.Random) -> str:
    area, office, line = (
        chance.choice(("406", "917", "312", "503")),
        chance.randint(220, 989),
        chance.randint(1000, 9999),
    )
    return chance.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "{} {} {}")).format(area, office, line)


def _luhn(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return body + str(-total % 10)


def _card(chance: random.Random) -> str:
    number = _luhn(chance.choice(("4929", "5307", "5412")) + "".join(str(chance.randint(0, 9)) for _ in range(11)))
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    body = "37040044" + "".join(str(chance.randint(0, 9)) for _ in range(10))
    check = 98 - int(body + "131400") % 97
    return f"DE{check:02d}{body}"


def _ssn(chance: random.Random) -> str:
    return f"{chance.randint(501, 649)}-{chance.randint(11, 88)}-{chance.randint(1000, 9999)}"


def _mail(chance: random.Random) -> str:
    return f"{chance.choice(('nora', 'jonas', 'daria'))}.{chance.choice(('kestrel', 'brook'))}{chance.randint(1, 99)}@inbox.dev"


def _secret(chance: random.Random) -> str:
    return chance.choice(("Pferd", "Lampe", "Regen")) + chance.choice("!-_") + str(chance.randint(10, 9999))


_KINDS = (
    ("phone", _PHONE, _phone), ("card", _CARD, _card), ("iban", _IBAN, _iban), ("ssn", _SSN, _ssn),
    ("email", _MAIL, _mail), ("password", _SECRET, _secret),
)  # fmt: skip


def _wide(value: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in value)


def _spelled(value: str) -> str:
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return " ".join(words[int(char)] for char in value if char.isdigit())


def _spaced(value: str) -> str:
    return " ".join(char for char in value if char.isdigit())


_DISGUISES = (_wide, _spelled, _spaced)
