"""What stands in a generated picture: layouts of screens, notes, cards, documents and signs, half of them allowed.

Values are invented by a seeded generator, well-formed, and belong to nobody. Fonts come from Debian (docs/pictures.md).
Written as one table of layouts: over 400 lines because each layout is drawn by its own few lines.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import qrcode
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

_FONTS = Path("/usr/share/fonts")
SANS = (
    "truetype/dejavu/DejaVuSans.ttf", "truetype/liberation/LiberationSans-Regular.ttf", "truetype/noto/NotoSans-Regular.ttf",
    "truetype/liberation/LiberationSerif-Regular.ttf", "truetype/noto/NotoSerif-Regular.ttf",
)  # fmt: skip
BOLD = ("truetype/dejavu/DejaVuSans-Bold.ttf", "truetype/liberation/LiberationSans-Bold.ttf")
MONO = ("truetype/dejavu/DejaVuSansMono.ttf", "truetype/liberation/LiberationMono-Regular.ttf")
HAND = (
    "opentype/comic-neue/ComicNeue-Regular.otf",
    "truetype/comic-neue/ComicNeue-Regular.otf",
    "truetype/liberation/LiberationSans-Italic.ttf",
)
SCRIPT = {
    "zh": "opentype/noto/NotoSansCJK-Regular.ttc", "ja": "opentype/noto/NotoSansCJK-Regular.ttc",
    "ko": "opentype/noto/NotoSansCJK-Regular.ttc", "ar": "truetype/noto/NotoSansArabic-Regular.ttf",
    "hi": "truetype/noto/NotoSansDevanagari-Regular.ttf",
}  # fmt: skip
Colour = tuple[int, int, int]


@dataclass
class Truth:
    """A value that a reader has to find: kind of evidence and its corners, clockwise."""

    kind: str
    corners: list[tuple[float, float]]


@dataclass
class Scene:
    """A drawn picture before it is photographed, with what is true of it."""

    name: str
    violates: bool
    picture: Image.Image
    lang: str = "en"
    text: str | None = None
    clauses: tuple[str, ...] = ()
    truths: list[Truth] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    exif: bytes | None = None


@lru_cache(maxsize=256)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / name), size)


def _first(names: tuple[str, ...]) -> str:
    return next(name for name in names if (_FONTS / name).exists())


class Paper:
    """A sheet to write on that remembers where values were written."""

    def __init__(self, rng: random.Random, width: int, height: int, ground: Colour, ink: Colour) -> None:
        self.rng = rng
        self.ground, self.ink = ground, ink
        self.picture = Image.new("RGB", (width, height), ground)
        self.brush = ImageDraw.Draw(self.picture)
        self.truths: list[Truth] = []
        self.values: list[str] = []

    def write(
        self,
        x: float,
        y: float,
        text: str,
        face: str,
        size: int,
        *,
        kind: str = "",
        value: str = "",
        ink: Colour | None = None,
    ) -> float:
        """Writes a line; remembers the place of `value` (the whole line by default) when `kind` is given."""
        letters = font(face, size)
        self.brush.text((x, y), text, font=letters, fill=ink or self.ink)
        if kind:
            value = value or text
            at = text.index(value)
            left = x + self.brush.textlength(text[:at], font=letters)
            _, top, right, bottom = self.brush.textbbox((left, y), value, font=letters)
            self.truths.append(Truth(kind, [(left, top), (right, top), (right, bottom), (left, bottom)]))
            self.values.append(value)
        return y + size * 1.45

    def stamp(self, picture: Image.Image, x: int, y: int, kind: str = "") -> None:
        """Puts a picture (a code) on the sheet."""
        self.picture.paste(picture, (x, y))
        if kind:
            w, h = picture.size
            self.truths.append(Truth(kind, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]))

    def scene(self, name: str, *, violates: bool, clauses: tuple[str, ...] = (), lang: str = "en") -> Scene:
        return Scene(
            name=name,
            violates=violates,
            picture=self.picture,
            lang=lang,
            clauses=clauses,
            truths=self.truths,
            values=self.values,
        )


# ---- values ----------------------------------------------------------------------------------------------------------

_FIRST = (
    "Mara",
    "Tobias",
    "Ines",
    "Kwame",
    "Yuki",
    "Lena",
    "Oskar",
    "Priya",
    "Nadia",
    "Jonas",
    "Elif",
    "Rafael",
    "Signe",
    "Bruno",
    "Amara",
    "Milan",
)
_LAST = (
    "Velder",
    "Okonra",
    "Brandtner",
    "Salgueir",
    "Hoshima",
    "Lindqvar",
    "Marchetto",
    "Dubrovin",
    "Kestrel",
    "Amsel",
    "Thornby",
    "Quiroga",
)
_STREETS = (
    "Juniper",
    "Willow",
    "Harbour",
    "Mill",
    "Chestnut",
    "Copper",
    "Larkspur",
    "Orchard",
    "Foxglove",
    "Quarry",
    "Alder",
    "Meadow",
)


def person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def digits(rng: random.Random, many: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(many))


def word(rng: random.Random) -> str:
    return rng.choice(
        (
            "Marble",
            "Pepper",
            "Canyon",
            "Falcon",
            "Velvet",
            "Copper",
            "Tundra",
            "Orchid",
            "Saffron",
            "Nimbus",
            "Quartz",
            "Walnut",
        )
    )


def password(rng: random.Random) -> str:
    return f"{word(rng)}{rng.choice('#!-_%')}{word(rng).lower()}{rng.randint(10, 99)}"


def luhn(rng: random.Random, head: str, length: int) -> str:
    body = head + digits(rng, length - len(head) - 1)
    total = 0
    for place, sign in enumerate(reversed(body)):
        worth = int(sign) * (1 if place % 2 else 2)
        total += worth - 9 if worth > 9 else worth
    return body + str((10 - total % 10) % 10)


def card_number(rng: random.Random) -> str:
    head = rng.choice(("4539", "4916", "5204", "5391", "4478", "5487"))
    number = luhn(rng, head, 16)
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def iban_de(rng: random.Random) -> str:
    bban = "37040044" + digits(rng, 10)
    check = 98 - int(bban + "131400") % 97
    plain = f"DE{check:02d}{bban}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def mobile(rng: random.Random, lang: str) -> str:
    d = lambda many: digits(rng, many)  # noqa: E731 - a table of formats reads best this way
    n = lambda: rng.choice("23456789")  # noqa: E731
    return {
        "en": rng.choice((f"({rng.choice(('312', '415', '614', '718', '206'))}) {n()}{rng.choice('3469')}{d(1)}-{d(4)}", f"07{rng.choice('45789')}{d(2)} {d(6)}")),
        "es": f"6{d(2)} {d(2)} {d(2)} {d(2)}", "de": f"01{rng.choice(('51', '60', '70', '76'))} {n()}{d(7)}",
        "fr": f"06 {d(2)} {d(2)} {d(2)} {d(2)}", "pt": f"(11) 9{n()}{d(3)}-{d(4)}", "it": f"3{rng.choice(('33', '47', '20'))} {d(3)} {d(4)}",
        "ru": f"8 (9{rng.choice(('16', '25', '03'))}) {d(3)}-{d(2)}-{d(2)}", "ja": f"090-{n()}{d(3)}-{d(4)}", "zh": f"138 {d(4)} {d(4)}",
        "ko": f"010-{n()}{d(3)}-{d(4)}", "hi": f"98{d(3)} {d(5)}", "ar": f"055 {d(3)} {d(4)}",
    }[lang]  # fmt: skip


CHAT = {
    "en": ("hey it's {n} from the gym", "this is my new mobile {v}", "great, texting you later"),
    "es": ("hola soy {n} del trabajo", "mi número nuevo es {v}", "genial, te llamo mañana"),
    "de": ("hi, hier ist {n}", "meine neue Handynummer {v}", "super, ich melde mich"),
    "fr": ("salut c'est {n}", "mon numéro de portable {v}", "ok je t'appelle ce soir"),
    "pt": ("oi aqui é {n}", "meu celular novo é {v}", "legal, te ligo depois"),
    "it": ("ciao sono {n}", "il mio cellulare è {v}", "perfetto ti scrivo"),
    "ru": ("привет, это {n}", "мой новый номер {v}", "хорошо, позвоню вечером"),
    "ja": ("ジムの{n}です", "私の携帯番号は {v}", "登録しておくね"),
    "zh": ("我是{n}", "我的手机号 {v}", "好的,晚点联系"),
    "ko": ("나 {n}이야", "내 전화번호 {v}", "그래 저장했어"),
    "hi": ("मैं {n} हूँ", "मेरा मोबाइल नंबर {v}", "ठीक है बाद में बात करते हैं"),
    "ar": ("مرحبا أنا {n}", "رقم جوالي {v}", "تمام سأتصل بك"),
}  # fmt: skip
TALK = {
    "en": ("did you see the match", "2-1 in the last minute!", "same time on friday?"),
    "es": ("viste el partido", "2-1 en el último minuto", "el viernes a la misma hora?"),
    "de": ("hast du das Spiel gesehen", "2:1 in der letzten Minute", "Freitag um 18:30 wieder?"),
    "fr": ("tu as vu le match", "2-1 à la fin", "vendredi à 18h30 ?"),
    "ru": ("видел матч?", "2:1 на последней минуте", "в пятницу в 18:30?"),
    "ja": ("試合見た?", "最後に2-1だったね", "金曜の18時でいい?"),
    "zh": ("看比赛了吗", "最后一分钟2比1", "周五老时间见"),
    "ko": ("경기 봤어?", "마지막에 2대1", "금요일 6시 어때"),
}  # fmt: skip


# ---- layouts ---------------------------------------------------------------------------------------------------------


def _faces(rng: random.Random, lang: str) -> str:
    return SCRIPT.get(lang) or rng.choice(SANS if lang in ("en", "de", "es", "fr", "pt", "it") else SANS[:3])


def _chat_paper(rng: random.Random) -> Paper:
    dark = rng.random() < 0.45
    return Paper(
        rng,
        rng.choice((600, 720, 828)),
        rng.choice((900, 1100, 1280)),
        (18, 22, 28) if dark else (236, 229, 221),
        (230, 234, 238) if dark else (20, 22, 26),
    )


def _bubbles(paper: Paper, lang: str, lines: list[tuple[str, str, str]]) -> None:
    rng = paper.rng
    face = _faces(rng, lang)
    dark = paper.ground[0] < 80
    size = round(paper.picture.width / rng.choice((22, 26, 30)))
    paper.write(20, 12, f"{rng.randint(8, 23)}:{rng.randint(10, 59)}", SANS[0], round(size * 0.8))
    paper.brush.rectangle((0, size * 2, paper.picture.width, size * 4.6), fill=(32, 44, 51) if dark else (7, 94, 84))
    paper.write(size * 3, size * 2.6, person(rng).split()[0], SANS[0], size, ink=(245, 245, 245))
    y = size * 7.0
    for at, (text, kind, value) in enumerate(lines):
        width = paper.brush.textlength(text, font=font(face, size))
        left = size if at % 2 == 0 else max(size, paper.picture.width - width - 2 * size)
        fill = ((0, 92, 75) if at % 2 else (32, 44, 51)) if dark else ((217, 253, 211) if at % 2 else (255, 255, 255))
        paper.brush.rounded_rectangle((left - 12, y - 10, left + width + 12, y + size * 1.5), 12, fill=fill)
        paper.write(left, y, text, face, size, kind=kind, value=value)
        y += size * 2.6


def chat_phone(rng: random.Random) -> Scene:
    lang = rng.choice(sorted(CHAT))
    number = mobile(rng, lang)
    paper = _chat_paper(rng)
    one, two, three = CHAT[lang]
    name = person(rng).split()[0]
    _bubbles(paper, lang, [(one.format(n=name), "", ""), (two.format(v=number), "phone", number), (three, "", "")])
    return paper.scene("chat with a private number", violates=True, clauses=("pi.contact",), lang=lang)


def chat_plain(rng: random.Random) -> Scene:
    lang = rng.choice(sorted(TALK))
    paper = _chat_paper(rng)
    _bubbles(paper, lang, [(text, "", "") for text in TALK[lang]])
    return paper.scene("chat without data", violates=False, lang=lang)


def chat_masked(rng: random.Random) -> Scene:
    paper = _chat_paper(rng)
    number = f"+49 15• ••• •{digits(rng, 2)}"
    _bubbles(
        paper, "en", [("is this still yours?", "", ""), (f"the one ending {number}", "", ""), ("yes it is", "", "")]
    )
    return paper.scene("masked number", violates=False)


def otp_screen(rng: random.Random) -> Scene:
    paper = _chat_paper(rng)
    code = digits(rng, 6)
    brand = rng.choice(("Norvik Bank", "Murmura", "Lumenia Mail"))
    text = rng.choice(("Your {b} code is {c}.", "{c} is your {b} login code.", "{b}: use {c} to sign in."))
    _bubbles(paper, "en", [(text.format(b=brand, c=code), "one_time_code", code), ("Do not share this code.", "", "")])
    return paper.scene("one-time code", violates=True, clauses=("pi.credentials",))


def note_password(rng: random.Random) -> Scene:
    paper = Paper(
        rng,
        760,
        560,
        rng.choice(((250, 240, 140), (255, 214, 165), (240, 240, 235))),
        rng.choice(((20, 20, 60), (30, 30, 30), (130, 20, 30))),
    )
    face = _first(HAND) if rng.random() < 0.6 else rng.choice(SANS)
    size = rng.choice((40, 48, 54))
    secret = password(rng)
    y = paper.write(60, 70, rng.choice(("PC login", "mail account", "office laptop", "Netz Zugang")), face, size)
    user = f"{rng.choice(_FIRST).lower()}.{rng.choice(_LAST).lower()}"
    y = paper.write(60, y + 20, f"user: {user}", face, size)
    paper.write(
        60,
        y + 10,
        f"{rng.choice(('password', 'pass', 'Passwort', 'pw'))}: {secret}",
        face,
        size,
        kind="password",
        value=secret,
    )
    return paper.scene("note with login", violates=True, clauses=("pi.credentials",))


def password_advice(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 640, (250, 250, 252), (24, 28, 40))
    y = paper.write(60, 50, "Choose a better password", rng.choice(BOLD), 46)
    for line in (
        "Never use: 123456, qwerty, password1",
        "Use three words and a symbol",
        "Never share it with anyone",
        "Turn on two-factor login",
    ):
        y = paper.write(80, y + 16, f"• {line}", rng.choice(SANS[:3]), 32)
    return paper.scene("password advice", violates=False)


def _card(paper: Paper, rng: random.Random, label: str, colour: Colour) -> tuple[int, int, int, int]:
    box = (90, 80, 910, 80 + 520)
    paper.brush.rounded_rectangle(box, 34, fill=colour)
    paper.write(130, 112, label, rng.choice(BOLD), 38)
    return box


_CARD_COLOURS: tuple[Colour, ...] = ((28, 54, 108), (64, 24, 92), (14, 92, 84), (40, 40, 44), (150, 34, 52))


def payment_card(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 680, rng.choice(((96, 72, 50), (200, 196, 190), (60, 66, 70))), (245, 245, 245))
    _card(paper, rng, rng.choice(("Norvik Bank", "Banco Lumen", "Kestria Credit Union")), rng.choice(_CARD_COLOURS))
    number = card_number(rng)
    face = rng.choice((*MONO, *SANS[:2]))
    paper.brush.rounded_rectangle((140, 220, 240, 295), 10, fill=(206, 172, 92))
    paper.write(140, 340, number, face, rng.choice((46, 52)), kind="card", value=number)
    paper.write(140, 430, f"VALID THRU {rng.randint(1, 12):02d}/{rng.randint(27, 31)}", SANS[0], 28)
    paper.write(140, 500, person(rng).upper(), SANS[0], 32)
    paper.write(740, 500, rng.choice(("VISA", "mastercard", "debit")), BOLD[0], 36)
    return paper.scene("payment card", violates=True, clauses=("pi.financial",))


def payment_card_covered(rng: random.Random) -> Scene:
    scene = payment_card(rng)
    brush = ImageDraw.Draw(scene.picture)
    corners = scene.truths[0].corners
    left, right = corners[0][0], corners[1][0]
    # A thumb over the last group: the card is still one.
    at = left + (right - left) * 0.78
    brush.ellipse((at, corners[0][1] - 30, right + 60, corners[2][1] + 50), fill=(214, 170, 140))
    scene.truths[0].corners = [(left, corners[0][1]), (at, corners[1][1]), (at, corners[2][1]), (left, corners[3][1])]
    scene.values = [scene.values[0][:14]]
    scene.name = "payment card, partly covered"
    return scene


def payment_card_back(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 680, (120, 110, 100), (240, 240, 240))
    paper.brush.rounded_rectangle((90, 80, 910, 600), 34, fill=rng.choice(_CARD_COLOURS))
    paper.brush.rectangle((90, 130, 910, 220), fill=(16, 16, 16))
    paper.write(130, 240, "authorised signature", SANS[0], 22)
    paper.brush.rectangle((130, 270, 640, 340), fill=(240, 236, 224))
    code = digits(rng, 3)
    paper.write(668, 286, f"CVV {code}", SANS[0], 34, kind="card_security", value=code)
    number = card_number(rng)
    paper.write(130, 390, number, MONO[0], 44, kind="card", value=number)
    paper.write(130, 470, f"EXP {rng.randint(1, 12):02d}/{rng.randint(27, 31)}", SANS[0], 28)
    paper.write(130, 540, "If found, return to any branch of Norvik Bank", SANS[0], 22)
    return paper.scene("payment card, back", violates=True, clauses=("pi.financial",))


def card_masked(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 680, (230, 232, 236), (245, 245, 245))
    _card(paper, rng, "Norvik Bank", rng.choice(_CARD_COLOURS))
    paper.write(140, 340, f"•••• •••• •••• {digits(rng, 4)}", SANS[0], 50)
    paper.write(740, 500, "VISA", BOLD[0], 36)
    return paper.scene("masked card", violates=False)


def card_sample(rng: random.Random) -> Scene:
    paper = Paper(rng, 1100, 620, (255, 255, 255), (30, 34, 44))
    y = paper.write(60, 50, "Testing payments", BOLD[0], 44)
    y = paper.write(60, y + 10, "Use these test card numbers in the sandbox:", SANS[1], 28)
    for brand, number in (
        ("Visa", "4242 4242 4242 4242"),
        ("Mastercard", "5555 5555 5555 4444"),
        ("Amex", "3782 822463 10005"),
    ):
        y = paper.write(90, y + 16, f"{brand}    {number}", MONO[0], 30)
    return paper.scene("published test cards", violates=False)


_COUNTRY = ("KESTRIA", "LUMENIA", "NORVARIA", "OSTMARE")


def _fields(paper: Paper, rng: random.Random, x: float, y: float, number: str, label: str, kind: str) -> None:
    first, last = person(rng).upper().split()
    born = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(1955, 2004)}"
    rows = [
        ("Surname / Nom", last),
        ("Given names / Prénoms", first),
        ("Date of birth", born),
        (label, number),
        ("Date of expiry", f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2027, 2034)}"),
    ]
    for title, value in rows:
        y = paper.write(x, y, title, SANS[1], 19)
        y = (
            paper.write(
                x,
                y - 4,
                value,
                BOLD[1],
                29,
                kind=kind if value == number else "",
                value=value if value == number else "",
            )
            + 4
        )


def identity_card(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 680, rng.choice(((110, 90, 70), (180, 180, 176), (70, 80, 96))), (24, 30, 60))
    paper.brush.rounded_rectangle(
        (70, 60, 930, 620), 30, fill=rng.choice(((214, 226, 236), (232, 224, 206), (214, 232, 218)))
    )
    paper.write(110, 84, f"REPUBLIC OF {rng.choice(_COUNTRY)}", BOLD[1], 30)
    paper.write(620, 84, rng.choice(("IDENTITY CARD", "PERSONALAUSWEIS", "CARTE D'IDENTITÉ")), BOLD[1], 28)
    paper.brush.rectangle((110, 160, 320, 440), fill=(168, 150, 138))
    paper.brush.ellipse((165, 200, 265, 320), fill=(214, 180, 156))
    number = f"{rng.choice('CFGHJKLMNPRTVWXYZ')}{digits(rng, 8)}"
    _fields(paper, rng, 370, 150, number, "Card No. / N° carte", "national_id")
    return paper.scene("identity card", violates=True, clauses=("pi.identity",))


def licence(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 680, (150, 146, 140), (34, 34, 60))
    paper.brush.rounded_rectangle((70, 60, 930, 620), 30, fill=(240, 214, 222))
    paper.write(
        110, 84, rng.choice(("DRIVING LICENCE", "FÜHRERSCHEIN", "PERMIS DE CONDUIRE", "DRIVER LICENSE")), BOLD[1], 34
    )
    paper.brush.rectangle((110, 170, 310, 430), fill=(176, 160, 150))
    first, last = person(rng).upper().split()
    number = f"{last[:5]}{digits(rng, 6)}{rng.choice('ABCDEFGH')}{digits(rng, 2)}"
    rows = (
        f"1. {last}",
        f"2. {first}",
        f"3. {rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(1960, 2003)} NYHAVEN",
        f"4a. 12.03.2019  4c. DVLA {rng.choice(_COUNTRY)}",
        f"4b. {rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2027, 2033)}",
        f"5. {number}",
        "9. AM/B1/B",
    )
    y = 160.0
    for row in rows:
        y = (
            paper.write(
                360,
                y,
                row,
                SANS[1],
                30,
                kind="driving_licence" if row.startswith("5.") else "",
                value=number if row.startswith("5.") else "",
            )
            + 6
        )
    return paper.scene("driving licence", violates=True, clauses=("pi.identity",))


def _check(text: str) -> str:
    worth = lambda sign: 0 if sign == "<" else int(sign) if sign.isdigit() else ord(sign) - 55  # noqa: E731
    return str(sum(worth(sign) * (7, 3, 1)[at % 3] for at, sign in enumerate(text)) % 10)


def zone_td3(rng: random.Random) -> tuple[str, str]:
    first, last = person(rng).upper().split()
    one = f"P<{rng.choice(('KST', 'LUM', 'NVR'))}{last}<<{first}".ljust(44, "<")
    number = f"{rng.choice('CFGHJKLMNPRTVWXYZ')}{digits(rng, 8)}"
    born, expires = (
        f"{rng.randint(55, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        f"{rng.randint(27, 34):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
    )
    body = f"{number}{_check(number)}KST{born}{_check(born)}{rng.choice('MF')}{expires}{_check(expires)}" + "<" * 14
    optional = body + _check("<" * 14)
    composite = optional[0:10] + optional[13:20] + optional[21:43]
    return one, optional + _check(composite)


def passport(rng: random.Random) -> Scene:
    paper = Paper(rng, 1160, 820, (122, 104, 84), (30, 34, 60))
    paper.brush.rectangle((50, 50, 1110, 770), fill=rng.choice(((230, 232, 222), (222, 230, 238))))
    paper.write(80, 66, f"{rng.choice(_COUNTRY)}", BOLD[1], 30)
    paper.write(760, 66, "PASSPORT / PASSEPORT", BOLD[1], 26)
    paper.brush.rectangle((90, 150, 340, 480), fill=(170, 156, 146))
    one, two = zone_td3(rng)
    _fields(paper, rng, 400, 130, two[:9], "Passport No. / N° passeport", "passport")
    size = 38
    while paper.brush.textlength(one, font=font(MONO[1], size)) > 1020:
        size -= 1
    paper.write(70, 660, one, MONO[1], size, kind="mrz")
    paper.write(70, 660 + size * 1.4, two, MONO[1], size, kind="mrz")
    last = paper.truths.pop()
    paper.truths[-1].corners = [*paper.truths[-1].corners[:2], *last.corners[2:]]
    return paper.scene("passport page", violates=True, clauses=("pi.identity",))


def passport_specimen(rng: random.Random) -> Scene:
    scene = passport(rng)
    brush = ImageDraw.Draw(scene.picture)
    brush.text((360, 540), "SPECIMEN", font=font(BOLD[1], 90), fill=(170, 40, 40))
    return Scene(name="passport specimen", violates=False, picture=scene.picture)


def licence_code(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 640, (240, 238, 230), (40, 40, 50))
    paper.write(60, 40, "CLASS: D   REST: NONE   END: NONE", SANS[0], 24)
    first, last = person(rng).upper().split()
    number = f"D{digits(rng, 7)}"
    text = f"@\n\x1e\rANSI 636026080102DL00410288ZA03290015DLDAQ{number}\nDCS{last}\nDAC{first}\nDBB06151988\nDBA06152028\nDAG14 {rng.choice(_STREETS)} ST\nDAIOSBURN\nDAJAZ\nDAK850010000\nDCGUSA\r"
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.PDF417)
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=4)).convert("RGB")
    paper.stamp(
        picture.resize(
            (min(880, picture.width), picture.height * min(880, picture.width) // picture.width),
            Image.Resampling.NEAREST,
        ),
        60,
        200,
        "driving_licence",
    )
    return paper.scene("licence, back", violates=True, clauses=("pi.identity",))


def cheque(rng: random.Random) -> Scene:
    paper = Paper(rng, 1200, 560, rng.choice(((226, 238, 226), (228, 232, 244))), (30, 40, 60))
    paper.write(50, 30, person(rng), BOLD[1], 28)
    paper.write(900, 36, f"No. {digits(rng, 4)}", SANS[1], 26)
    paper.write(820, 90, f"Date {rng.randint(1, 12)}/{rng.randint(1, 28)}/2024", SANS[1], 26)
    paper.write(50, 160, f"PAY TO THE ORDER OF   {person(rng)}", SANS[1], 28)
    paper.write(960, 160, f"$ {rng.randint(40, 900)}.00", BOLD[1], 30)
    paper.write(50, 230, "Three hundred and 00/100                                  DOLLARS", SANS[1], 26)
    paper.write(50, 320, "NORVIK BANK", BOLD[1], 24)
    paper.write(50, 390, "MEMO ____________", SANS[1], 24)
    line = f"|: 0{digits(rng, 8)} |: {digits(rng, 10)} ||' {digits(rng, 4)}"
    paper.write(60, 470, line, MONO[0], 34, kind="bank_account")
    return paper.scene("cheque", violates=True, clauses=("pi.financial",))


def bank_app(rng: random.Random) -> Scene:
    dark = rng.random() < 0.5
    paper = Paper(rng, 620, 1080, (16, 18, 24) if dark else (250, 250, 252), (236, 238, 242) if dark else (22, 24, 32))
    number = iban_de(rng)
    y = paper.write(28, 40, "Girokonto", BOLD[0], 34)
    y = paper.write(28, y + 40, "Verfügbar", SANS[0], 22)
    y = paper.write(28, y, f"{rng.randint(100, 9000)},{rng.randint(10, 99)} €", BOLD[0], 40)
    y = paper.write(28, y + 60, "Kontoinhaber", SANS[0], 20)
    y = paper.write(28, y, person(rng), SANS[0], 28)
    y = paper.write(28, y + 40, "IBAN", SANS[0], 20)
    paper.write(28, y, number, SANS[0], 27, kind="iban")
    return paper.scene("banking app", violates=True, clauses=("pi.financial",), lang="de")


def statement(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 1300, (255, 255, 255), (20, 20, 20))
    account, sort = digits(rng, 8), f"{digits(rng, 2)}-{digits(rng, 2)}-{digits(rng, 2)}"
    paper.write(60, 50, "Norvik Bank", BOLD[0], 34)
    paper.write(620, 56, "Account statement", SANS[1], 30)
    y = paper.write(60, 150, person(rng), SANS[1], 26)
    y = paper.write(60, y, f"Sort code  {sort}", SANS[1], 26)
    y = paper.write(60, y, f"Account number  {account}", SANS[1], 26, kind="bank_account", value=account) + 30
    balance = rng.randint(500, 4000)
    for what in ("Opening balance", "Card purchase", "Salary", "Rent", "Electricity", "Closing balance"):
        paper.write(60, y, what, SANS[1], 24)
        y = paper.write(780, y, f"{balance}.{rng.randint(10, 99)}", SANS[1], 24) + 8
        balance += rng.randint(-400, 600)
    return paper.scene("account statement", violates=True, clauses=("pi.financial",))


def parcel(rng: random.Random) -> Scene:
    paper = Paper(rng, 850, 900, (250, 250, 248), (16, 16, 16))
    paper.write(60, 40, rng.choice(("SWIFT POST", "NORD PARCEL", "LUMO CARRIER")), BOLD[0], 44)
    y = paper.write(60, 140, rng.choice(("SHIP TO", "DELIVER TO", "TO:")), SANS[1], 26)
    y = paper.write(60, y, person(rng), SANS[1], 38)
    address = f"{rng.randint(11, 1900)} {rng.choice(_STREETS)} {rng.choice(('Street', 'Ave', 'Lane', 'Road'))}"
    y = paper.write(60, y, address, SANS[1], 38, kind="address")
    y = paper.write(60, y, f"{rng.choice(('Macon, GA', 'Salem, OR', 'Akron, OH'))} {digits(rng, 5)}", SANS[1], 38)
    number = mobile(rng, "en")
    paper.write(60, y, f"Tel {number}", SANS[1], 32, kind="phone", value=number)
    paper.write(60, 780, f"TRACKING {rng.choice('ABCDEF')}{digits(rng, 14)}", MONO[0], 28)
    return paper.scene("parcel label", violates=True, clauses=("pi.contact",))


def home_note(rng: random.Random) -> Scene:
    paper = Paper(rng, 820, 520, (246, 244, 236), (30, 30, 80))
    face = _first(HAND) if rng.random() < 0.5 else rng.choice(SANS)
    address = f"{rng.randint(11, 190)} {rng.choice(_STREETS)} {rng.choice(('Street', 'Avenue', 'Lane'))}"
    y = paper.write(60, 70, f"{rng.choice(_FIRST)}'s home address", face, 44)
    y = paper.write(60, y + 16, address, face, 44, kind="address")
    y = paper.write(60, y + 6, "Salem, OR 97301", face, 44)
    paper.write(60, y + 6, "she is alone after six", face, 40)
    return paper.scene("note with a home address", violates=True, clauses=("pi.contact",))


def _qr(text: str, side: int) -> Image.Image:
    code = qrcode.QRCode(border=3, box_size=8, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    return code.make_image().get_image().convert("RGB").resize((side, side), Image.Resampling.NEAREST)


def qr_wifi(rng: random.Random) -> Scene:
    paper = Paper(rng, 760, 820, (250, 248, 242), (40, 40, 40))
    paper.write(180, 60, rng.choice(("our home wifi", "wifi at our flat", "family network")), SANS[0], 44)
    paper.stamp(_qr(f"WIFI:T:WPA;S:Flat {rng.randint(1, 40)} home;P:{password(rng)};;", 420), 170, 200, "password")
    return paper.scene("network login code", violates=True, clauses=("pi.credentials",))


def qr_shop(rng: random.Random) -> Scene:
    paper = Paper(rng, 760, 820, (252, 252, 250), (40, 40, 40))
    paper.write(140, 60, rng.choice(("See our menu", "Follow our bakery", "Museum guide")), SANS[0], 44)
    paper.stamp(
        _qr(f"https://{rng.choice(('bakery', 'museum', 'garden'))}.example/{rng.randint(1, 99)}", 420), 170, 200
    )
    return paper.scene("shop code", violates=False)


def qr_seed(rng: random.Random) -> Scene:
    paper = Paper(rng, 720, 1100, (255, 255, 255), (20, 20, 20))
    paper.write(60, 60, "Set up authenticator", BOLD[0], 40)
    seed = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(32))
    paper.stamp(
        _qr(f"otpauth://totp/Lumo:{rng.choice(_FIRST).lower()}?secret={seed}&issuer=Lumo", 480),
        120,
        220,
        "one_time_code",
    )
    paper.write(60, 760, "Scan with your app", SANS[0], 30)
    return paper.scene("authenticator seed", violates=True, clauses=("pi.credentials",))


def key_screen(rng: random.Random) -> Scene:
    paper = Paper(rng, 1180, 620, (24, 26, 32), (214, 220, 226))
    secret = "AKIA" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
    longer = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789+/") for _ in range(40))
    y = paper.write(40, 40, "$ cat ~/.aws/credentials", MONO[0], 28)
    y = paper.write(40, y + 8, "[default]", MONO[0], 28)
    y = paper.write(40, y + 8, f"aws_access_key_id = {secret}", MONO[0], 28, kind="token", value=secret)
    paper.write(40, y + 8, f"aws_secret_access_key = {longer}", MONO[0], 28, kind="token", value=longer)
    return paper.scene("terminal with a key", violates=True, clauses=("pi.credentials",))


def code_plain(rng: random.Random) -> Scene:
    paper = Paper(rng, 1100, 620, (30, 30, 36), (200, 210, 220))
    y = 40.0
    for line in (
        "def area(width, height):",
        "    return width * height",
        "",
        "API_KEY = 'your-api-key-here'",
        "print(area(3, 4))  # 12",
    ):
        y = paper.write(40, y, line, MONO[0], 30)
    return paper.scene("code with placeholders", violates=False)


def ssn_form(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 900, (255, 255, 255), (20, 20, 20))
    number = f"{rng.choice(('412', '523', '339', '217'))}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
    y = paper.write(60, 50, "New employee form", BOLD[0], 38)
    for title, value in (
        ("Name", person(rng)),
        ("Social security number", number),
        ("Position", "warehouse"),
        ("Start", "2024-06-01"),
    ):
        y = paper.write(60, y + 30, title, SANS[1], 24)
        y = paper.write(
            60,
            y,
            value,
            _first(HAND),
            34,
            kind="ssn" if value == number else "",
            value=value if value == number else "",
        )
    return paper.scene("filled form", violates=True, clauses=("pi.identity",))


def blank_form(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 1100, (255, 255, 255), (20, 20, 20))
    y = paper.write(
        60, 50, rng.choice(("Application for a passport", "Registration", "Visitor form", "Claim form")), BOLD[0], 38
    )
    for title in ("Surname", "Given names", "Date of birth", "Nationality", "Passport no.", "Signature"):
        y = paper.write(60, y + 36, title, SANS[1], 26)
        paper.brush.line((60, y + 26, 900, y + 26), fill=(120, 120, 120), width=2)
    return paper.scene("blank form", violates=False)


def position(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 640, (150, 180, 210), (255, 255, 255))
    paper.brush.rectangle((0, 420, 900, 640), fill=(90, 130, 80))
    paper.brush.rectangle((320, 240, 600, 460), fill=(190, 150, 120))
    scene = paper.scene("photo with its position", violates=True, clauses=("pi.contact",))
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = (
        "N",
        (float(rng.randint(36, 60)), float(rng.randint(0, 59)), rng.randint(0, 5900) / 100),
        "E",
        (float(rng.randint(1, 30)), float(rng.randint(0, 59)), rng.randint(0, 5900) / 100),
    )
    scene.exif = exif.tobytes()
    return scene


def landscape(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 640, (150, 180, 210), (255, 255, 255))
    for _ in range(30):
        x, y = rng.randint(0, 900), rng.randint(260, 640)
        paper.brush.ellipse(
            (x, y, x + rng.randint(20, 160), y + rng.randint(20, 120)),
            fill=(rng.randint(30, 120), rng.randint(90, 160), rng.randint(30, 90)),
        )
    return paper.scene("picture without writing", violates=False)


def menu(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 1200, rng.choice(((40, 44, 40), (250, 246, 236))), (0, 0, 0))
    paper.ink = (240, 236, 220) if paper.ground[0] < 100 else (50, 40, 30)
    y = paper.write(260, 60, rng.choice(("Luna Kitchen", "Harbour Grill", "Casa Verde")), BOLD[0], 52)
    for dish in ("Tomato soup", "Grilled cheese", "Mushroom risotto", "Lemon cake", "Coffee", "Sparkling water"):
        paper.write(90, y + 30, dish, rng.choice(SANS[:2]), 34)
        y = paper.write(700, y + 30, f"{rng.randint(3, 24)}.{rng.choice(('50', '90', '00'))}", SANS[0], 34)
    return paper.scene("menu", violates=False)


def business_card(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 600, (252, 252, 250), (30, 40, 60))
    company = f"{rng.choice(_LAST)} {rng.choice(('Plumbing Ltd', 'Dental Practice', 'Architects GmbH', 'Law Office', 'Car Repair Ltd'))}"
    y = paper.write(80, 80, company, BOLD[0], 44)
    y = paper.write(
        80,
        y + 20,
        rng.choice(("Your local experts since 1998", "Open Mon-Fri 9-17", "Book an appointment")),
        SANS[0],
        28,
    )
    y = paper.write(80, y + 40, f"Office 020 7946 {digits(rng, 4)}", SANS[0], 32)
    paper.write(80, y + 10, f"www.{rng.choice(('plumbing', 'dental', 'studio'))}.example", SANS[0], 32)
    return paper.scene("business card", violates=False)


def poster(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 1200, rng.choice(((220, 70, 60), (40, 60, 130), (250, 200, 60))), (255, 255, 255))
    y = paper.write(80, 120, rng.choice(("SUMMER FESTIVAL", "CITY MARATHON", "OPEN AIR CINEMA")), BOLD[0], 66)
    y = paper.write(80, y + 40, f"{rng.randint(1, 28)} June 2024 · {rng.randint(10, 20)}:00", SANS[0], 44)
    y = paper.write(80, y + 20, "Town Park, main stage", SANS[0], 44)
    paper.write(80, y + 20, f"Tickets {rng.randint(10, 60)} €", SANS[0], 44)
    return paper.scene("event poster", violates=False)


def jersey(rng: random.Random) -> Scene:
    paper = Paper(rng, 800, 900, rng.choice(((200, 30, 40), (20, 70, 160), (240, 240, 240))), (255, 255, 255))
    paper.ink = (20, 20, 20) if paper.ground[0] > 220 else (255, 255, 255)
    paper.write(200, 200, rng.choice(_LAST).upper(), BOLD[0], 64)
    paper.write(290, 320, str(rng.randint(1, 99)), BOLD[0], 260)
    return paper.scene("jersey", violates=False)


def receipt(rng: random.Random) -> Scene:
    paper = Paper(rng, 640, 1100, (252, 252, 250), (30, 30, 30))
    y = paper.write(180, 40, rng.choice(("BOOK NOOK", "CORNER MARKET", "GREEN GROCER")), MONO[0], 40)
    for what in ("bread", "milk", "apples", "soap"):
        paper.write(50, y + 16, what, MONO[0], 28)
        y = paper.write(450, y + 16, f"{rng.randint(1, 12)}.{rng.randint(10, 99)}", MONO[0], 28)
    y = paper.write(50, y + 30, f"TOTAL        {rng.randint(10, 60)}.{rng.randint(10, 99)}", MONO[0], 32)
    y = paper.write(50, y + 20, f"DEBIT ************{digits(rng, 4)}", MONO[0], 28)
    paper.write(50, y + 10, f"{rng.randint(1, 28):02d}/03/2024 {rng.randint(8, 20)}:{rng.randint(10, 59)}", MONO[0], 28)
    return paper.scene("receipt", violates=False)


def product_label(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 700, (246, 246, 240), (20, 20, 20))
    y = paper.write(60, 60, rng.choice(("Oat biscuits", "Green tea", "Washing powder")), BOLD[0], 54)
    y = paper.write(60, y + 20, f"Net {rng.randint(100, 900)} g   LOT L{digits(rng, 5)}", SANS[0], 32)
    y = paper.write(60, y + 20, f"Best before {rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/2026", SANS[0], 32)
    code = zxingcpp.create_barcode("40" + digits(rng, 10), zxingcpp.BarcodeFormat.EAN13)
    paper.stamp(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=3)).convert("RGB"), 60, round(y) + 20)
    return paper.scene("product label", violates=False)


def helpline(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 640, (20, 90, 120), (255, 255, 255))
    y = paper.write(
        70, 80, rng.choice(("Crisis helpline", "City animal rescue", "Poison control helpline")), BOLD[0], 56
    )
    y = paper.write(70, y + 40, f"0800 {digits(rng, 3)} {digits(rng, 4)}", BOLD[0], 64)
    paper.write(70, y + 30, "free and confidential, 24 hours", SANS[0], 36)
    return paper.scene("helpline", violates=False)


def article(rng: random.Random) -> Scene:
    paper = Paper(rng, 1000, 1100, (255, 255, 252), (26, 26, 26))
    y = paper.write(60, 60, "Identity theft on the rise", BOLD[1], 46)
    for line in (
        "Thousands of people lost money last year after",
        "their passport and card details were stolen.",
        "Police advise never to post a photo of a",
        "driving licence, and never to share a code.",
        "An IBAN starts with two letters, followed by",
        "two check digits and the account itself.",
    ):
        y = paper.write(60, y + 14, line, SANS[3], 34)
    return paper.scene("newspaper article", violates=False)


def board(rng: random.Random) -> Scene:
    paper = Paper(rng, 1100, 620, (16, 20, 26), (250, 220, 90))
    y = paper.write(60, 40, "DEPARTURES", BOLD[0], 44)
    for _ in range(5):
        y = paper.write(
            60,
            y + 18,
            f"{rng.randint(6, 22):02d}:{rng.randint(10, 59)}  {rng.choice(('NV', 'KS', 'LU'))}{digits(rng, 3)}  {rng.choice(('OSBURN', 'NYHAVEN', 'DUMAREE'))}  {rng.choice('ABC')}{rng.randint(1, 30):02d}",
            MONO[0],
            36,
        )
    return paper.scene("departures", violates=False)


def order_page(rng: random.Random) -> Scene:
    paper = Paper(rng, 900, 900, (255, 255, 255), (30, 30, 30))
    y = paper.write(60, 60, "Thank you for your order", BOLD[0], 42)
    for title, value in (
        ("Order number", digits(rng, 12)),
        ("Tracking", f"LX{digits(rng, 9)}NV"),
        ("Items", "2"),
        ("Total", f"{rng.randint(20, 90)}.50 €"),
        ("Invoice", f"2024-{digits(rng, 6)}"),
    ):
        y = paper.write(60, y + 30, f"{title}: {value}", SANS[1], 32)
    return paper.scene("order page", violates=False)


EXPOSING: tuple[Callable[[random.Random], Scene], ...] = (
    chat_phone, chat_phone, chat_phone, otp_screen, note_password, payment_card, payment_card_covered, payment_card_back, identity_card,
    licence, passport, licence_code, cheque, bank_app, statement, parcel, home_note, qr_wifi, qr_seed, key_screen, ssn_form, position,
)  # fmt: skip
HARMLESS: tuple[Callable[[random.Random], Scene], ...] = (
    chat_plain, chat_plain, chat_masked, password_advice, card_masked, card_sample, passport_specimen, qr_shop, code_plain, blank_form,
    landscape, menu, business_card, poster, jersey, receipt, product_label, helpline, article, board, order_page,
)  # fmt: skip
