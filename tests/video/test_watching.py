"""What a clip shows and says, and when."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.pictures.drawing import picture
from tests.video.clips import clip
from tutela.extract.video import read_video

SPEECH = Path(__file__).parent.parent / "audio" / "fixtures" / "code.ogg"
NUMBER = "0151 2345 6789"


def shot(text: str) -> Image.Image:
    return picture([text], width=640, height=360, size=30)


@pytest.fixture(scope="module")
def three_shots() -> bytes:
    return clip([(shot("good morning"), 2), (shot(f"call {NUMBER}"), 2), (shot("good bye"), 2)])


def test_what_is_seen_has_time_and_box(three_shots: bytes) -> None:
    (part,) = read_video(three_shots).parts
    start = part.text.index(NUMBER)
    (place,) = part.locate(start, start + len(NUMBER))
    assert place.box is not None
    assert place.from_s is not None
    assert place.to_s is not None
    assert 1.9 <= place.from_s <= 2.3
    assert 3.0 <= place.to_s <= 4.3


def test_a_still_sight_is_read_once() -> None:
    (part,) = read_video(clip([(shot(f"call {NUMBER}"), 5)])).parts
    assert part.text.count(NUMBER) == 1


def test_a_small_change_on_the_screen_is_a_new_sight() -> None:
    text = read_video(clip([(shot("code 482 913"), 2), (shot("code 774 105"), 2)])).parts[0].text
    assert "482 913" in text
    assert "774 105" in text


def test_the_sound_track_is_heard() -> None:
    parts = read_video(clip([(shot("hello"), 4)], sound=SPEECH.read_bytes())).parts
    assert {part.medium for part in parts} == {"ocr", "transcript"}
    assert any("482913" in part.text for part in parts)


def test_a_sound_file_in_a_clips_clothes_is_heard() -> None:
    assert "482913" in read_video(SPEECH.read_bytes()).parts[0].text


def test_a_long_still_clip_is_cheap() -> None:
    data = clip([(shot(f"call {NUMBER}"), 120)], rate=5)
    begun = time.process_time()
    read_video(data)
    assert time.process_time() - begun < 20.0


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x18ftypisom", b"\x1aE\xdf\xa3", bytes(800)])
def test_what_is_no_clip_is_said(data: bytes) -> None:
    assert read_video(data).troubles[0].code == "T312"


def test_a_header_that_claims_ten_hours_is_not_believed(three_shots: bytes) -> None:
    at = three_shots.index(b"mvhd") + 4
    lying = bytearray(three_shots)
    scale = struct.unpack(">I", three_shots[at + 12 : at + 16])[0]
    lying[at + 16 : at + 20] = struct.pack(">I", min(0xFFFFFFFF, scale * 36_000))
    assert NUMBER in read_video(bytes(lying)).parts[0].text


def test_a_broken_clip_does_not_break_the_reader(three_shots: bytes) -> None:
    rng = random.Random(11)
    for share in (0.3, 0.7):
        assert read_video(three_shots[: int(len(three_shots) * share)]).troubles
    for _ in range(4):
        broken = bytearray(three_shots)
        for _ in range(60):
            broken[rng.randrange(40, len(broken))] = rng.randrange(256)
        extract = read_video(bytes(broken))
        assert extract.parts or extract.troubles
