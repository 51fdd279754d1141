"""What is read in a picture, and where."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from tests.pictures.drawing import encoded, picture
from tutela.extract.image import read_image
from tutela.extract.image.order import reading_order
from tutela.model import Extract

NUMBER = "0151 2345 6789"


def written(extract: Extract) -> str:
    return "\n".join(part.text for part in extract.parts if part.medium == "ocr")


def box_of(extract: Extract, value: str) -> tuple[int, int, int, int]:
    part = next(part for part in extract.parts if value in part.text)
    start = part.text.index(value)
    (place,) = part.locate(start, start + len(value))
    assert place.box is not None
    return place.box


@pytest.fixture(scope="module")
def note() -> Image.Image:
    return picture(["Call me tonight", f"my number {NUMBER}", "see you then"])


def test_words_have_boxes_in_pixels_of_the_picture(note: Image.Image) -> None:
    extract = read_image(encoded(note))
    assert NUMBER in written(extract)
    x, y, width, height = box_of(extract, NUMBER)
    assert 190 < x < 270
    assert 80 < y < 105
    assert 220 < width < 320
    assert 18 < height < 45


def test_a_large_picture_reports_boxes_of_its_own_size(note: Image.Image) -> None:
    large = note.resize((note.width * 4, note.height * 4))
    x, y, width, _ = box_of(read_image(encoded(large, "JPEG")), NUMBER)
    assert 760 < x < 1080
    assert 320 < y < 420
    assert 880 < width < 1280


@pytest.mark.parametrize("turn", [90, 180, 270, 11])
def test_writing_is_read_at_any_turn(note: Image.Image, turn: float) -> None:
    turned = note.rotate(turn, expand=True, fillcolor="white")
    assert NUMBER in written(read_image(encoded(turned)))


def test_exif_turn_gives_boxes_of_the_upright_picture(note: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = encoded(note.rotate(90, expand=True), "JPEG", exif=exif, quality=95)
    upright, turned = box_of(read_image(encoded(note)), NUMBER), box_of(read_image(stored), NUMBER)
    assert all(abs(a - b) <= 6 for a, b in zip(upright, turned, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
def test_every_common_format_is_read(note: Image.Image, kind: str) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    assert NUMBER in written(read_image(encoded(note, kind)))


def test_light_writing_on_transparent_ground_is_read() -> None:
    plain = picture([NUMBER], ground="black", ink="white")
    clear = Image.new("RGBA", plain.size, (255, 255, 255, 0))
    clear.putalpha(plain.convert("L"))
    assert NUMBER in written(read_image(encoded(clear)))


def test_frames_of_an_animation_are_read_with_their_time() -> None:
    frames = [picture([text], width=500, height=160) for text in ("nothing here", NUMBER, "good bye")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=1000)
    extract = read_image(data)
    part = next(part for part in extract.parts if NUMBER in part.text)
    (place,) = part.locate(part.text.index(NUMBER), part.text.index(NUMBER) + len(NUMBER))
    assert (place.from_s, place.to_s) == (1.0, 2.0)


def test_the_same_bytes_are_read_once(note: Image.Image) -> None:
    data = encoded(note)
    assert read_image(data) is read_image(data)


def test_a_member_is_carried_by_every_place(note: Image.Image) -> None:
    extract = read_image(encoded(note), member="page 3")
    assert {anchor.where.member for part in extract.parts for anchor in part.anchors} == {"page 3"}


def test_a_value_over_two_lines_stays_in_order() -> None:
    text = written(read_image(encoded(picture(["card 4929 8447", "3634 2370"]))))
    assert "4929 8447\n3634 2370" in text


def test_a_label_and_its_value_stay_on_one_line() -> None:
    shown = picture(["Phone", "Name"])
    other = picture([NUMBER, "Mara Velder"])
    shown.paste(other.crop((0, 0, 400, other.height)), (450, 0))
    lines = written(read_image(encoded(shown))).split("\n")
    assert any(line.startswith("Phone") and line.endswith(NUMBER) for line in lines)


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = [f"this is the left column, line {word}" for word in ("one", "two", "three", "four")]
    right = [f"and here stands the right one, {word}" for word in ("five", "six", "seven", "eight")]
    shown = picture(left, width=1500, size=26)
    shown.paste(picture(right, width=740, size=26), (750, 0))
    text = written(read_image(encoded(shown)))
    assert text.index("four") < text.index("five")


def test_nothing_written_gives_nothing() -> None:
    extract = read_image(encoded(Image.new("RGB", (400, 300), "steelblue")))
    assert extract == Extract()
    assert reading_order([]) == []


def test_other_scripts_are_read_by_tesseract() -> None:
    face = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    text = written(read_image(encoded(picture(["Позвони мне вечером", "улица Садовая, дом 14"], face=face))))
    assert "Позвони мне вечером" in text, "apt-get install tesseract-ocr tesseract-ocr-rus"
    assert "дом 14" in text


def test_codes_come_as_parts_of_their_own() -> None:
    code = zxingcpp.create_barcode("https://murmura.example/claim", zxingcpp.BarcodeFormat.QRCode)
    shown = picture(["scan me"], height=600)
    shown.paste(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=8)).convert("RGB"), (200, 150))
    (part,) = (part for part in read_image(encoded(shown)).parts if part.medium == "code")
    assert part.text == "https://murmura.example/claim"
    box = part.anchors[0].where.box
    assert box is not None
    assert box[0] > 190
    assert box[1] > 140


def test_a_sentence_that_runs_on_in_the_next_line_is_one_sentence() -> None:
    text = written(read_image(encoded(picture(["482913 is your sign-in", "code for today", "Thank you"], gap=1.3))))
    assert "sign-in code for today\nThank you" in text
