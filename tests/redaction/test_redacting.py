"""What was exposed is gone, for every reader; the rest stays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tests.pictures.drawing import encoded, picture
from tests.video.clips import clip
from tutela.errors import Unreadable
from tutela.extract.audio import read_audio
from tutela.extract.image import read_image, read_scanned_pdf
from tutela.extract.video import read_video
from tutela.model import ClauseVerdict, Decision, Evidence, Extract, Item, Media, Where
from tutela.redaction import (
    draw_preview,
    redact_clip,
    redact_image,
    redact_media,
    redact_pdf,
    redact_sound,
    redact_until_clean,
)

SPEECH = Path(__file__).parent.parent / "audio" / "fixtures" / "phone.ogg"
NUMBER = "0151 2345 6789"


def places(extract: Extract, value: str) -> list[Where]:
    found = []
    for part in extract.parts:
        if value in part.text:
            start = part.text.index(value)
            found.extend(part.locate(start, start + len(value)))
    return found


def boxes(extract: Extract, value: str) -> list[tuple[int, int, int, int]]:
    return [place.box for place in places(extract, value) if place.box is not None]


def words(extract: Extract) -> str:
    return "\n".join(part.text for part in extract.parts)


@pytest.fixture(scope="module")
def note() -> Image.Image:
    return picture(["Call me tonight", f"my number {NUMBER}", "see you then"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_a_filled_value_cannot_be_read_again(note: Image.Image, kind: str) -> None:
    data = encoded(note, kind)
    after = redact_image(data, boxes(read_image(data), NUMBER))
    text = words(read_image(after))
    assert "6789" not in text
    assert "tonight" in text


def test_filled_means_one_colour(note: Image.Image) -> None:
    after = np.asarray(Image.open(io.BytesIO(redact_image(encoded(note), [(40, 30, 300, 40)]))))
    assert after[35:60, 60:300].reshape(-1, 3).std(axis=0).max() == 0


def test_the_picture_comes_back_upright_without_hidden_data(note: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 21.0), 3: "E", 4: (11.0, 34.0, 12.0)})
    data = encoded(note.rotate(90, expand=True), "JPEG", exif=exif)
    after = Image.open(io.BytesIO(redact_image(data, [])))
    assert after.size == note.size
    assert len(after.getexif()) == 0


def test_every_frame_of_an_animation_is_filled() -> None:
    frames = [picture([text, NUMBER], width=500) for text in ("one", "two", "three")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=500)
    assert "6789" not in words(read_image(redact_image(data, boxes(read_image(data), NUMBER))))


def test_a_span_of_sound_is_silent_afterwards() -> None:
    data = SPEECH.read_bytes()
    spans = [(place.from_s or 0.0, place.to_s or 0.0) for place in places(read_audio(data), "7183123074")]
    assert spans
    text = words(read_audio(redact_sound(data, spans)))
    assert not any(letter.isdigit() for letter in text)
    assert "tonight" in text


def test_a_clip_is_filled_while_it_shows_and_silent_while_it_tells() -> None:
    shots = [
        (picture(["hello there"], width=640, height=360), 2.0),
        (picture([f"call {NUMBER}"], width=640, height=360), 2.0),
    ]
    data = clip(shots, sound=SPEECH.read_bytes())
    seen = read_video(data)
    after = read_video(redact_clip(data, [*places(seen, NUMBER), *places(seen, "7183123074")]))
    text = words(after)
    assert "6789" not in text
    assert "3074" not in text
    assert "tonight" in text


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF with text, metadata and one page for each list of lines."""
    from reportlab.pdfgen import canvas

    sink = io.BytesIO()
    sheet = canvas.Canvas(sink, pagesize=(595, 842))
    sheet.setTitle(f"about {NUMBER}")
    for lines in pages:
        for at, line in enumerate(lines):
            sheet.drawString(72, 760 - at * 30, line)
        sheet.showPage()
    sheet.save()
    return sink.getvalue()


def test_text_of_a_redacted_page_is_truly_gone() -> None:
    data = pdf([["first page stays"], [f"call {NUMBER}", "tonight"]])
    page = Where(part="media/0", member="page 2")

    def look(picture: bytes, number: int) -> list[tuple[int, int, int, int]]:
        assert number == 1
        return boxes(read_image(picture), NUMBER)

    after = redact_pdf(data, [page], look=look)
    assert NUMBER.encode() not in after
    document = pypdfium2.PdfDocument(after)
    assert "first page stays" in document[0].get_textpage().get_text_bounded()
    assert document[1].get_textpage().get_text_bounded() == ""
    assert document.get_metadata_value("Title") == ""
    text = words(read_scanned_pdf(after))
    assert "tonight" in text
    assert "6789" not in text


def test_a_page_without_known_places_is_emptied() -> None:
    after = redact_pdf(pdf([[f"call {NUMBER}"]]), [Where(part="media/0", member="page 1")])
    assert words(read_scanned_pdf(after)) == ""


def test_a_file_that_cannot_be_redacted_says_so() -> None:
    with pytest.raises(Unreadable, match="cannot be redacted"):
        redact_media(Media(kind="file", data=b"PK\x03\x04 an archive"), [Where(part="media/0")])


def decision_for(extract: Extract, value: str) -> Decision:
    evidence = tuple(
        Evidence(clause="pi.contact", kind="phone", where=place, shown_as="••• ••89", detector="phone", confidence=0.9)
        for place in places(extract, value)
    )
    return Decision(
        id="x", violates=bool(evidence), action="redact" if evidence else "allow", evidence=evidence, risks=(), reason="",
        clauses=(ClauseVerdict(id="pi.contact", confidence=0.9),) if evidence else (), confidence=0.9, policy="p",
    )  # fmt: skip


def test_what_a_second_look_still_finds_goes_too() -> None:
    shown = picture([f"one {NUMBER}", "and", f"two {NUMBER}"])
    item = Item(surface="image", media=(Media(kind="image", data=encoded(shown)),))

    def check(now: Item) -> Decision:
        return decision_for(read_image(now.media[0].data or b""), NUMBER)

    # The first look tells one of the two places only.
    first = check(item)
    left, now = redact_until_clean(item, first, check)
    assert len(first.evidence) == 2 or not now.violates
    assert not now.violates
    assert "6789" not in words(read_image(left.media[0].data or b""))


def test_a_preview_shows_where_and_never_what(note: Image.Image) -> None:
    data = encoded(note)
    shown = draw_preview(data, decision_for(read_image(data), NUMBER))
    assert Image.open(io.BytesIO(shown)).size == note.size
    text = words(read_image(shown))
    assert "pi.contact" in text
    assert "2345" not in text


def test_a_preview_of_a_clean_picture_says_so(note: Image.Image) -> None:
    shown = draw_preview(encoded(note), decision_for(Extract(), NUMBER))
    assert "nothing found" in words(read_image(shown))
