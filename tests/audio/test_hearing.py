"""What is heard in a sound, and when. The samples are synthetic speech (flite), every number invented."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tutela.extract.audio import read_audio
from tutela.extract.image.limits import LIMITS

FIXTURES = Path(__file__).parent / "fixtures"


def wav(samples: np.ndarray, rate: int = 16_000, *, claims: int | None = None) -> bytes:
    """A WAV file; `claims` is the length its header tells, when that is a lie."""
    body = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    size = len(body) if claims is None else claims
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        (36 + size) & 0xFFFFFFFF,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate,
        rate * 2,
        2,
        16,
        b"data",
        size,
    )
    return head + body


@pytest.mark.parametrize(("name", "value"), [("phone", "7183123074"), ("code", "482913"), ("card", "4929844736342370")])
def test_spoken_numbers_are_heard_with_their_time(name: str, value: str) -> None:
    (part,) = read_audio((FIXTURES / f"{name}.ogg").read_bytes()).parts
    assert part.medium == "transcript"
    start = part.text.index(value)
    (place,) = part.locate(start, start + len(value))
    assert place.box is None
    assert place.from_s is not None
    assert place.to_s is not None
    assert 0.5 < place.from_s < place.to_s < 9.0


def test_advice_gives_its_words_and_no_number() -> None:
    (part,) = read_audio((FIXTURES / "advice.ogg").read_bytes()).parts
    assert "code" in part.text
    assert not any(letter.isdigit() for letter in part.text)


@pytest.mark.parametrize("kind", ["silence", "noise", "tone"])
def test_what_is_no_speech_gives_no_words(kind: str) -> None:
    time = np.arange(16_000 * 4) / 16_000
    made = {
        "silence": np.zeros_like(time),
        "noise": np.random.default_rng(3).normal(0, 0.05, len(time)),
        "tone": 0.4 * np.sin(2 * np.pi * 440 * time),
    }
    extract = read_audio(wav(made[kind]))
    assert extract.parts == ()
    assert extract.troubles == ()


def test_a_sound_longer_than_the_limit_is_heard_up_to_it() -> None:
    extract = read_audio(wav(np.zeros(16_000 * 9)), limits=replace(LIMITS, sound_s=3.0))
    assert "longer than 3 s" in extract.troubles[0].what


def test_a_header_that_lies_about_its_length_is_not_believed() -> None:
    ten_hours = 10 * 3600 * 32_000
    assert read_audio(wav(np.zeros(16_000), claims=ten_hours)).parts == ()


@pytest.mark.parametrize("data", [b"", b"OggS", b"ID3\x04", b"RIFF\0\0\0\0WAVEfmt ", bytes(500)])
def test_what_is_no_sound_is_said(data: bytes) -> None:
    assert [trouble.code for trouble in read_audio(data).troubles] == ["T312"]


def test_a_broken_sound_does_not_break_the_reader() -> None:
    whole = bytearray((FIXTURES / "code.ogg").read_bytes())
    rng = np.random.default_rng(5)
    for at in rng.integers(200, len(whole), 40):
        whole[at] = int(rng.integers(0, 256))
    extract = read_audio(bytes(whole))
    assert extract.parts or extract.troubles
    read_audio(io.BytesIO(whole).getvalue()[: len(whole) // 2])
