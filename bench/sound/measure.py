"""How many spoken numbers are heard, and how fast? Synthetic voices (flite, espeak-ng), clean and in noise.

`python -m bench.sound.measure --numbers 42`. Needs Debian's flite and espeak-ng; every number is invented.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import wave
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20240517
VOICES = ("flite:slt", "flite:rms", "flite:awb", "espeak:en-us", "espeak:en-gb+f3", "flite:slt", "flite:rms")
SAYINGS = {
    "phone": (("You can call me at {}, any time.", "My mobile number is {}.", "Text my cell, {}, please."), (3, 3, 4)),
    "card": (("The card number is {}.", "My credit card, {}, take it.", "Pay with card number {}."), (4, 4, 4, 4)),
    "code": (("The code is {}, enter it now.", "Your login code is {}.", "It says {}, type that in."), (3, 3)),
}
NOISES = {"clean": None, "noise 20 dB": 20.0, "noise 10 dB": 10.0}


def luhn(body: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(body)):
        worth = int(sign) * (1 if place % 2 else 2)
        total += worth - 9 if worth > 9 else worth
    return body + str((10 - total % 10) % 10)


def spoken(many: int) -> list[tuple[str, str, str, str]]:
    """Kind, digits, text and voice of each sequence, in the same order each time."""
    rng = random.Random(SEED)
    rows = []
    for at in range(many):
        kind = ("phone", "card", "code")[at % 3]
        sentences, groups = SAYINGS[kind]
        length = sum(groups)
        digits = "".join(rng.choice("0123456789") for _ in range(length))
        if kind == "card":
            digits = luhn("4" + digits[:14])
        elif kind == "phone":
            digits = rng.choice(("312", "415", "614", "718", "206")) + rng.choice("23456789") + digits[4:]
        parts, start = [], 0
        for size in groups:
            parts.append(" ".join(digits[start : start + size]))
            start += size
        rows.append((kind, digits, rng.choice(sentences).format(", ".join(parts)), VOICES[at // 3 % len(VOICES)]))
    return rows


def speak(text: str, voice: str) -> tuple[np.ndarray[Any, Any], int]:
    program, name = voice.split(":")
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "said.wav")
        command = (
            ["flite", "-voice", name, "-t", text, "-o", out]
            if program == "flite"
            else ["espeak-ng", "-v", name, "-s", "150", "-w", out, text]
        )
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(out) as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
            return samples, sound.getframerate()


def wav(samples: np.ndarray[Any, Any], rate: int) -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
    return sink.getvalue()


def main() -> int:
    from msgspec.structs import replace

    from tutela.extract.audio import read_audio
    from tutela.extract.audio.speech import listener
    from tutela.extract.image import LIMITS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=42)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--clean", action="store_true", help="without noise")
    given = parser.parse_args()
    listener()
    # In this process, so that its time can be told.
    here = replace(LIMITS, aside=False)
    heard: dict[str, list[bool]] = defaultdict(list)
    cpu = seconds = 0.0
    noise = np.random.default_rng(SEED)
    for kind, digits, text, voice in spoken(given.numbers):
        samples, rate = speak(text, voice)
        for name, ratio in list(NOISES.items())[: 1 if given.clean else None]:
            loud = samples
            if ratio is not None:
                power = float(np.mean(samples**2)) / 10 ** (ratio / 10)
                loud = samples + noise.normal(0, power**0.5, len(samples))
            data = wav(loud, rate)
            begun = time.process_time()
            parts = read_audio(data, limits=here).parts
            cpu += time.process_time() - begun
            seconds += len(samples) / rate
            written = re.sub(r"(?<=\d)[ \-](?=\d)", "", " ".join(part.text for part in parts))
            found = digits in written
            for key in (name, f"{name}, {kind}", f"{name}, {voice.split(':')[0]}"):
                heard[key].append(found)
            if given.show and not found:
                print(f"  {name} {voice} {digits}: {written}", file=sys.stderr)
    told = {key: f"{sum(rows)}/{len(rows)} ({sum(rows) / len(rows):.0%})" for key, rows in sorted(heard.items())}
    print(json.dumps({"heard": told, "cpu seconds for a second of sound": round(cpu / seconds, 2)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
