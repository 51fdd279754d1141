"""Bytes that mean harm: limits with a reason, never a crash, never silence."""

from __future__ import annotations

import os
import random
import signal
import struct
import time
import zlib

import pytest
from msgspec.structs import replace
from PIL import Image

from tests.pictures.drawing import encoded, picture
from tutela.extract.image import LIMITS, aside, read_image, read_scanned_pdf


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds hardly any data."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(4096))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (1, 100_000), (100_000, 1), (29_000, 29_000)])
def test_a_picture_beyond_the_limits_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    begun = time.process_time()
    extract = read_image(png_header(width, height))
    assert time.process_time() - begun < 1.0
    assert extract.parts == ()
    assert extract.troubles[0].code == "T103"
    assert "pixels" in extract.troubles[0].what


def test_an_animation_of_ten_thousand_frames_is_read_up_to_a_limit() -> None:
    frames = [Image.new("P", (24, 24), at % 2) for at in range(2)]
    data = encoded(
        frames[0], "GIF", save_all=True, append_images=[frames[1], *frames] * 3334, duration=20, optimize=False
    )
    extract = read_image(data)
    assert any("pictures" in trouble.what for trouble in extract.troubles)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
def test_cut_and_broken_files_give_a_reason(kind: str) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    whole = encoded(picture(["call 0151 2345 6789"], width=500), kind)
    rng = random.Random(kind)
    for share in (0.02, 0.3, 0.8):
        cut = read_image(whole[: int(len(whole) * share)])
        assert cut.troubles or cut.parts
    for _ in range(6):
        broken = bytearray(whole)
        for _ in range(12):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        read_image(bytes(broken))


def test_a_cut_photo_is_judged_by_what_is_left() -> None:
    rng = random.Random(4)
    shown = picture(["call 0151 2345 6789", *([""] * 20)], width=900)
    for _ in range(3000):
        shown.putpixel((rng.randrange(900), rng.randrange(300, shown.height)), (rng.randrange(256),) * 3)
    data = encoded(shown, "JPEG")
    extract = read_image(data[: int(len(data) * 0.7)])
    assert "0151 2345 6789" in extract.parts[0].text
    assert extract.troubles


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"BM" + bytes(60), b"%!PS-Adobe", bytes(1000)])
def test_what_is_no_picture_is_said(data: bytes) -> None:
    extract = read_image(data)
    assert [trouble.code for trouble in extract.troubles] == ["T312"]


def test_a_file_too_long_is_refused() -> None:
    extract = read_image(bytes(2000), limits=replace(LIMITS, bytes_most=1000))
    assert extract.troubles[0].code == "T103"


def test_no_trouble_repeats_what_is_in_the_picture() -> None:
    secret = b"Marble#canyon74"
    for data in (b"\xff\xd8\xff\xe1" + secret, b"RIFF\x10\0\0\0WEBP" + secret, b"II*\0" + secret):
        assert secret.decode() not in str(read_image(data).troubles)


def test_what_is_no_pdf_is_said() -> None:
    assert read_scanned_pdf(b"%PDF-1.7 nothing").troubles[0].code == "T312"


def test_a_scanned_page_is_read_with_its_number() -> None:
    data = encoded(picture(["call 0151 2345 6789"]), "PDF", resolution=144)
    (part,) = read_scanned_pdf(data).parts
    assert "0151 2345 6789" in part.text
    assert {anchor.where.member for anchor in part.anchors} == {"page 1"}


def test_a_reader_that_dies_costs_one_picture_and_no_more() -> None:
    fresh = replace(LIMITS, memory_bytes=LIMITS.memory_bytes - (1 << 20))
    shown = encoded(picture(["call 0151 2345 6789"]))
    assert read_image(shown, limits=fresh).parts
    # A memory bound far too small is what a decoder out of control runs into.
    starved = read_image(encoded(picture(["another"])), limits=replace(LIMITS, memory_bytes=220 << 20))
    assert [trouble.code for trouble in starved.troubles] == ["T312"]
    assert read_image(encoded(picture(["call 0151 9999 6789"])), limits=fresh).parts


def test_a_reader_that_was_killed_while_it_waited_is_replaced() -> None:
    fresh = replace(LIMITS, memory_bytes=LIMITS.memory_bytes - (2 << 20))
    read_image(encoded(picture(["one"])), limits=fresh)
    for pid in aside.processes():
        os.kill(pid, signal.SIGKILL)
    assert read_image(encoded(picture(["call 0151 2345 0000"])), limits=fresh).parts


def test_reading_here_and_aside_is_the_same() -> None:
    data = encoded(picture(["Norvik Bank", "4929 8447 3634 2370", "VALID THRU 09/29"]))
    assert read_image(data, limits=replace(LIMITS, aside=False)) == read_image(data)
