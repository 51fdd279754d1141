"""Documents, cards, codes and positions: what is recognised, and what is excused."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.pictures.drawing import encoded, picture
from tutela.extract.image import KnownPicture, fingerprints, read_image
from tutela.extract.image.codes import meaning_of
from tutela.extract.image.layouts import cheque, identity_document, login_page, payment_card, squash, statement
from tutela.extract.image.lines import Line
from tutela.extract.image.mrz import check_digit, read_zone
from tutela.extract.image.phrases import find_phrase
from tutela.model import Signal

ICAO_TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
INVENTED_TD1 = ("IDKSTC123456789<<<<<<<<<<<<<<<", "8501011F3001014KST<<<<<<<<<<<", "VELDER<<MARA<<<<<<<<<<<<<<<<<<")


def lines(*rows: str) -> list[Line]:
    """Lines one below the other, 20 pixels high."""
    return [
        Line(row, 0.99, ((40, at * 30), (40 + 12 * len(row), at * 30), (40 + 12 * len(row), at * 30 + 20), (40, at * 30 + 20)), ())
        for at, row in enumerate(rows)
    ]  # fmt: skip


def td1() -> tuple[str, str, str]:
    """An invented zone of an identity card with right check digits."""
    one = "IDKSTC12345678" + str(check_digit("C12345678")) + "<" * 15
    two = f"850101{check_digit('850101')}F300101{check_digit('300101')}KST" + "<" * 11
    return one, two + str(check_digit(one[5:] + two[:7] + two[8:15] + two[18:])), INVENTED_TD1[2]


def test_check_digits_follow_the_standard() -> None:
    assert check_digit("L898902C3") == 6
    assert check_digit("740812") == 2
    assert check_digit("L898902C!") is None


def test_the_standards_own_specimen_is_read_and_known_as_one() -> None:
    zone = read_zone(ICAO_TD3)
    assert zone is not None
    assert (zone.form, zone.held, zone.asked) == ("TD3", 4, 4)
    assert zone.sample


@pytest.mark.parametrize(
    "misread",
    [
        ("P<UT0ERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UT07408I22F1204I59ZE184226B<<<<<10"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<10"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8989O2C36UTO7408122F1204159ZE184226B<<<<<1O"),
    ],
)
def test_common_misreadings_are_repaired(misread: tuple[str, str]) -> None:
    zone = read_zone(misread)
    assert zone is not None
    assert zone.number == "L898902C3"
    assert zone.held == 4


def test_an_identity_cards_zone_is_read_and_no_sample() -> None:
    zone = read_zone(td1())
    assert zone is not None
    assert zone.form == "TD1"
    assert zone.held == 4
    assert not zone.sample


def test_sentences_are_no_zone() -> None:
    assert read_zone(["CALL ME TONIGHT", "SALE << 50 % << ALL SHOES"]) is None


def names(found: list[Signal]) -> set[str]:
    return {signal.name for signal in found}


CARD = (
    "REPUBLIC OF KESTRIA",
    "IDENTITY CARD",
    "Surname / Nom",
    "VELDER",
    "Date of birth",
    "13.04.1994",
    "Card No.",
    "C12345678",
)


def test_an_identity_card_gives_its_place_and_its_number() -> None:
    whole, number = identity_document(lines(*CARD), zone=False, licence_code=False)
    assert whole.confidence >= 0.9
    assert number.value == "C12345678"
    assert number.kind == "national_id"


def test_a_part_of_an_identity_card_is_still_one() -> None:
    rows = ("SEXO NACIONALIDAD NACIMIENTO", "F NVR 04 08 1970", "VALIDEZ", "14 09 2029", "DNI NUM.", "26789519Q")
    assert identity_document(lines(*rows), zone=False, licence_code=False)


def test_a_specimen_is_marked() -> None:
    whole, _ = identity_document(lines(*CARD, "SPECIMEN"), zone=False, licence_code=False)
    assert "specimen" in whole.marks


def test_a_blank_form_is_marked() -> None:
    rows = ("Application for a passport", "Surname", "Given names", "Date of birth", "Nationality")
    found = identity_document(lines(*rows), zone=False, licence_code=False)
    assert all("blank" in sight.marks for sight in found)


def test_an_article_about_passports_is_no_passport() -> None:
    rows = (
        "Identity theft on the rise",
        "Never post a photo of your passport or",
        "driving licence, police said on 12.03.2024.",
    )
    assert identity_document(lines(*rows), zone=False, licence_code=False) == []


def test_a_payment_card_is_recognised_with_its_number() -> None:
    (card,) = payment_card(lines("Norvik Bank", "4929 8447 3634 2370", "VALID THRU 09/29", "MARA VELDER"))
    assert card.value == "4929844736342370"
    assert card.confidence >= 0.9


def test_a_payment_card_is_recognised_under_a_thumb() -> None:
    (card,) = payment_card(lines("Norvik Bank", "4929 8447 3634", "VALID THRU 09/29", "MARA VELDER", "VISA"))
    assert "part_covered" in card.marks


def test_a_published_test_card_is_marked() -> None:
    (card,) = payment_card(lines("VISA", "4242 4242 4242 4242", "12/34"))
    assert "sample" in card.marks


def test_four_last_digits_are_marked_as_masked() -> None:
    (card,) = payment_card(lines("Norvik Bank", "•••• •••• •••• 4738", "VISA"))
    assert card.marks == {"masked"}


def test_a_gift_card_is_no_payment_card() -> None:
    assert payment_card(lines("GIFT CARD", "4929 8447 3634 2370", "VALID THRU 09/29")) == []


def test_the_back_of_a_card_gives_its_security_code() -> None:
    found = payment_card(lines("authorised signature", "CVV 482", "4929 8447 3634 2370", "EXP 09/29"))
    assert [sight.kind for sight in found] == ["card", "card_security"]


def test_a_cheque_is_recognised() -> None:
    (found,) = cheque(
        lines("PAY TO THE ORDER OF Mara Velder", "Three hundred DOLLARS", "MEMO", "|: 068695896 |: 9350492589 9139")
    )
    assert found.kind == "bank_account"


def test_a_statement_gives_its_account() -> None:
    (found,) = statement(lines("Account statement", "Account number 44117715", "Opening balance 200.00"))
    assert found.value == "44117715"


def test_a_copy_of_the_sign_in_page_tells_whose_address_it_bears() -> None:
    rows = ("Murmura", "Username", "Password", "Log in", "murmura-secure.example/login")
    (found,) = login_page(lines(*rows), ("Murmura",), ("murmura.com",), ())
    assert found.marks == {"unofficial_link"}
    assert found.confidence >= 0.9
    (own,) = login_page(lines(*rows[:4], "murmura.com/login"), ("Murmura",), ("murmura.com",), ())
    assert own.marks == {"official_link"}
    assert own.confidence < 0.5


@pytest.mark.parametrize(
    ("payload", "name", "value", "marks"),
    [
        ("WIFI:T:WPA;S:Flat 9;P:Marble\\;canyon74;;", "code.wifi_login", "Marble;canyon74", frozenset()),
        ("WIFI:T:WPA;S:Cafe Luna guest;P:latte2024;;", "code.wifi_login", "latte2024", frozenset({"guest"})),
        ("otpauth://totp/Lumo:mara?secret=KRSXG5CTMVRXEZLU&issuer=Lumo", "code.otp_seed", "KRSXG5CTMVRXEZLU", frozenset()),
        ("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP", "code.otp_seed", "JBSWY3DPEHPK3PXP", frozenset({"sample"})),
        ("@\n\x1e\rANSI 636026080102DL00410288ZA03290015DLDAQD1234562\nDCSVELDER\n", "code.aamva_licence", "D1234562", frozenset()),
        ("BCD\n002\n1\nSCT\n\nMara Velder\nDE02370400440532013000\nEUR1", "code.payment", "DE02370400440532013000", frozenset()),
        ("BCD\n002\n1\nSCT\n\nTierheim e.V.\nDE02370400440532013000\nEUR1", "code.payment", "DE02370400440532013000", frozenset({"organisation"})),
    ],
)  # fmt: skip
def test_payloads_are_handed_to_whom_they_concern(payload: str, name: str, value: str, marks: frozenset[str]) -> None:
    meaning = meaning_of(payload)
    assert meaning is not None
    assert (meaning.name, meaning.value, meaning.marks) == (name, value, marks)


@pytest.mark.parametrize("payload", ["https://shop.example", "WIFI:T:nopass;S:Square;;", "4006381333931", "hello"])
def test_other_payloads_are_left_to_the_text_detectors(payload: str) -> None:
    assert meaning_of(payload) is None


def test_a_position_in_exif_is_a_signal_without_box() -> None:
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (48.0, 8.0, 21.0), 3: "E", 4: (11.0, 34.0, 12.0)})
    data = encoded(Image.new("RGB", (64, 48), "green"), "JPEG", exif=exif)
    (signal,) = read_image(data).signals
    assert (signal.name, signal.kind, signal.value) == ("image.position", "geo", "48.139167,11.570000")
    assert "48" not in signal.shown_as


def test_a_position_of_zero_is_a_camera_without_a_fix() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)})
    assert read_image(encoded(Image.new("RGB", (64, 48)), "JPEG", exif=exif)).signals == ()


def scenery() -> Image.Image:
    shown = picture([], width=640, height=480, ground="skyblue")
    from PIL import ImageDraw

    brush = ImageDraw.Draw(shown)
    for at in range(24):
        x, y = (at * 97) % 600, (at * 61) % 420
        brush.ellipse((x, y, x + 40 + at * 3, y + 60), fill=(at * 10, 255 - at * 9, (at * 37) % 255))
    return shown


@pytest.mark.parametrize("change", ["as it was", "smaller", "compressed", "mirrored", "cropped", "written on"])
def test_a_reported_picture_is_found_again(change: str) -> None:
    original = scenery()
    known = KnownPicture(id="r-1", prints=fingerprints(encoded(original)))
    again, options = original, {}
    if change == "smaller":
        again = original.resize((256, 192))
    elif change == "compressed":
        options = {"quality": 20}
    elif change == "mirrored":
        again = original.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    elif change == "cropped":
        again = original.crop((40, 30, 610, 460))
    elif change == "written on":
        again = original.copy()
        again.paste(picture(["look"], width=160, height=60), (20, 400))
    found = read_image(encoded(again.convert("RGB"), "JPEG", **options), known=[known]).signals
    assert any(signal.name == "image.known" and "known:r-1" in signal.marks for signal in found)


def test_another_picture_is_not_taken_for_a_reported_one() -> None:
    known = KnownPicture(id="r-1", prints=fingerprints(encoded(scenery())))
    other = scenery().transpose(Image.Transpose.ROTATE_90).resize((500, 300))
    assert "image.known" not in {signal.name for signal in read_image(encoded(other), known=[known]).signals}


def test_confusable_shapes_are_one_word() -> None:
    assert squash("Surname") == squash("Sumame")
    assert squash("DA0 l1") == squash("dao 11")


def test_no_signal_shows_its_value() -> None:
    sink = io.BytesIO()
    picture(["Norvik Bank", "4929 8447 3634 2370", "VALID THRU 09/29", "MARA VELDER"]).save(sink, "PNG")
    for signal in read_image(sink.getvalue()).signals:
        assert signal.value not in repr(signal) or not signal.value


PHRASE = [
    "legal",
    "winner",
    "thank",
    "year",
    "wave",
    "sausage",
    "worth",
    "useful",
    "legal",
    "winner",
    "thank",
    "yellow",
]


def test_a_list_in_columns_is_put_in_the_order_of_its_numbers() -> None:
    rows = [f"{at + 1}. {PHRASE[at]}  {at + 5}. {PHRASE[at + 4]}  {at + 9}. {PHRASE[at + 8]}" for at in range(4)]
    phrase = find_phrase(lines("Recovery phrase", *rows))
    assert phrase is not None
    assert list(phrase.words) == PHRASE


def test_misread_words_are_repaired_so_that_the_check_word_holds() -> None:
    rows = [
        "1.legal 2.winnet 3.thank 4.year",
        "5.wavo 6.sausaqe 7.worth 8.useful",
        "9.legal 10.winner 11.thank 12.yellow",
    ]
    phrase = find_phrase(lines(*rows))
    assert phrase is not None
    assert list(phrase.words) == PHRASE


@pytest.mark.parametrize("row", ["soup cheese lemon coffee bread butter", "1. bread 2. butter 3. cheese"])
def test_a_shopping_list_is_no_phrase(row: str) -> None:
    assert find_phrase(lines("Shopping", row)) is None
