"""What do lines in Cyrillic, Arabic, Devanagari and Korean say? Read by Debian's Tesseract, a program of its own.

The models that a package ships know Latin, Chinese and Japanese. Lines they visibly failed on are put together on one
sheet and read once by the language that fits them best.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tutela.extract.image.lines import Line, Quad

if TYPE_CHECKING:
    from tutela.extract.image.ocr import Pixels

# Tesseract's name of a language, and how Unicode names the letters it is meant for.
LANGUAGES = {"rus": "CYRILLIC", "ara": "ARABIC", "hin": "DEVANAGARI", "kor": "HANGUL"}
INSTALL = "apt-get install tesseract-ocr tesseract-ocr-ara tesseract-ocr-hin tesseract-ocr-rus tesseract-ocr-kor"
_LINE_HEIGHT = 56
_GAP = 28
_TIME_S = 20.0
_SURE = 45.0


class Word(NamedTuple):
    """A word on the sheet: text, confidence 0 to 100, left, top, width, height, and the line it stands in."""

    text: str
    sure: float
    left: int
    top: int
    width: int
    height: int
    line: tuple[int, int, int]


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Languages the installed Tesseract can read; empty when the program is not there."""
    program = shutil.which("tesseract")
    if program is None:
        return frozenset()
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, timeout=_TIME_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(told.stdout.decode("ascii", "replace").split("\n")[1:]) - {""}


def run(pixels: Pixels, language: str, *options: str) -> list[Word]:
    """Words that Tesseract reads in an RGB or grey picture. Empty when it fails or takes too long."""
    import cv2

    program = shutil.which("tesseract")
    if program is None:
        return []
    shown = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    head = f"P5 {shown.shape[1]} {shown.shape[0]} 255\n".encode()
    command = [program, "stdin", "stdout", "-l", language, "--dpi", "150", *options, "tsv"]
    try:
        done = subprocess.run(
            command,
            input=head + shown.tobytes(),
            capture_output=True,
            timeout=_TIME_S,
            check=False,
            env={"OMP_THREAD_LIMIT": "1", "PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    words = []
    for row in done.stdout.decode("utf-8", "replace").split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            left, top, width, height = (int(cell) for cell in cells[6:10])
            place = (int(cells[2]), int(cells[3]), int(cells[4]))
            words.append(Word(cells[11], float(cells[10]), left, top, width, height, place))
    return words


def doubtful(text: str, score: float, quad: Quad) -> bool:
    """True when a line looks like writing the shipped models do not know: too few letters for its length, or unsure."""
    line = Line(text, score, quad, ())
    aspect = line.width / max(1.0, line.height)
    if aspect < 1.8:
        return False
    letters = sum(1 for letter in text if not letter.isspace())
    wide = sum(1 for letter in text if letter >= "\u2e80")
    if score < 0.72:
        return True
    if letters + wide < 0.75 * aspect and score < 0.985:
        return True
    # Han signs beside Latin capitals is what Hangul and Devanagari are mistaken for.
    return bool(wide) and wide < letters and score < 0.93


def reread(crops: list[Pixels], quads: list[Quad]) -> list[Line | None]:
    """Each upright crop read in the one language that fits them all best; None where none of them fits.

    Every result carries the quad of its crop; places of words are those Tesseract tells.
    """
    import numpy as np

    known = [language for language in LANGUAGES if language in languages()]
    empty: list[Line | None] = [None] * len(crops)
    if not known or not crops:
        return empty
    longest = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1] / max(1, crops[i].shape[0]))[:2]
    trial, _ = _sheet([crops[i] for i in longest])
    ranked = max(known, key=lambda language: _fit(run(trial, language, "--psm", "6"), LANGUAGES[language]))
    sheet, tops = _sheet(crops)
    words = run(np.ascontiguousarray(sheet), ranked, "--psm", "6")
    found = empty
    for index, (top, scale) in enumerate(tops):
        mine = [word for word in words if top - _GAP / 2 <= word.top + word.height / 2 < top + _LINE_HEIGHT + _GAP / 2]
        mine = [word for word in mine if word.sure >= 20]
        if mine and _fit(mine, LANGUAGES[ranked]) > 0:
            found[index] = _line(mine, quads[index], crops[index].shape[1] * scale)
    return found


def _fit(words: list[Word], script: str) -> float:
    """How well words look like the script: mean confidence weighted by letters, less what is of another script."""
    told = total = 0.0
    for word in words:
        letters = [letter for letter in word.text if letter.isalpha()]
        right = sum(1 for letter in letters if unicodedata.name(letter, "").startswith(script))
        told += right * word.sure
        total += len(letters)
    if not total:
        return 0.0
    fit = told / total
    return fit if fit >= _SURE else 0.0


def _sheet(crops: list[Pixels]) -> tuple[Any, list[tuple[int, float]]]:
    """Crops one below the other at one height on plain ground; where each begins, and its scale."""
    import cv2
    import numpy as np

    rows = []
    for crop in crops:
        grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
        if float(np.median(grey)) < 110:
            grey = 255 - grey
        scale = _LINE_HEIGHT / max(1, grey.shape[0])
        width = min(4000, max(8, round(grey.shape[1] * scale)))
        rows.append((cv2.resize(grey, (width, _LINE_HEIGHT), interpolation=cv2.INTER_CUBIC), scale))
    width = max(row.shape[1] for row, _ in rows) + 2 * _GAP
    sheet = np.full((len(rows) * (_LINE_HEIGHT + _GAP) + _GAP, width), 255, np.uint8)
    tops = []
    for index, (row, scale) in enumerate(rows):
        top = _GAP + index * (_LINE_HEIGHT + _GAP)
        ground = int(np.percentile(row, 90))
        sheet[top - _GAP // 2 : top + _LINE_HEIGHT + _GAP // 2] = ground
        sheet[top : top + _LINE_HEIGHT, _GAP : _GAP + row.shape[1]] = row
        tops.append((top, scale))
    return sheet, tops


def _line(words: list[Word], quad: Quad, length: float) -> Line:
    letters: list[str] = []
    spans: list[tuple[float, float]] = []
    for word in words:
        low = min(1.0, max(0.0, (word.left - _GAP) / length))
        high = min(1.0, max(low, (word.left + word.width - _GAP) / length))
        # Marks of direction are Tesseract's own addition, not writing.
        text = "".join(letter for letter in word.text if letter not in "\u200e\u200f")
        if letters:
            letters.append(" ")
            spans.append((low, low))
        letters.extend(text)
        spans.extend((low, high) for _ in text)
    score = sum(word.sure for word in words) / len(words) / 100
    return Line("".join(letters), score, quad, tuple(spans))
