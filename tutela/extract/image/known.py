"""Is this a picture that people reported before, or the platform's logo or page? Compared by PDQ fingerprints.

Source of the fingerprint: PDQ, Meta Platforms, "The TMK+PDF Video-Hashing Algorithm and the PDQ Image-Hashing
Algorithm", 2019: 256 bits; at most 31 differing bits are taken for the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tutela.extract.image.lines import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

_NEAR = 31
# Crops and pictures with something put over them share fewer bits; unrelated pictures differ in about 128 of 256.
_NEAR_CROP = 56
_LOWEST_QUALITY = 30
# Parts of a reported picture that are kept as fingerprints of their own: share of a side, and steps over the rest.
_CROPS = ((0.9, 3), (0.8, 3), (0.7, 4), (0.6, 4))


class KnownPicture(Struct, frozen=True, kw_only=True):
    """A reported picture: its id, and the fingerprints of it, its mirror and its parts, as `fingerprints` made them."""

    id: str
    prints: tuple[str, ...]


class Match(Struct, frozen=True, kw_only=True):
    """A known picture that was found again; `apart` is the number of differing bits of 256."""

    id: str
    apart: int


def fingerprints(data: bytes) -> tuple[str, ...]:
    """Fingerprints to remember a picture by, each 64 hex digits: the whole, its mirror, and its parts.

    The picture cannot be made from them. Raises what `open_picture` raises.
    """
    from tutela.extract.image.limits import LIMITS
    from tutela.extract.image.opening import open_picture

    pixels = open_picture(data, LIMITS).frames[0].pixels
    height, width = pixels.shape[:2]
    prints = [print_of(pixels), print_of(pixels[:, ::-1])]
    for share, steps in _CROPS:
        for row in range(steps):
            for column in range(steps):
                top = round((1 - share) * height * row / (steps - 1))
                left = round((1 - share) * width * column / (steps - 1))
                prints.append(print_of(pixels[top : top + round(share * height), left : left + round(share * width)]))
    return tuple(dict.fromkeys(text for text in prints if text))


def print_of(pixels: Pixels) -> str:
    """The fingerprint of an RGB picture, 64 hex digits; empty where the picture is too plain to have one."""
    import cv2
    import numpy as np
    import pdqhash

    longest = max(pixels.shape[:2])
    if longest > 512:
        scale = 512 / longest
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    if quality < _LOWEST_QUALITY:
        return ""
    return bytes(np.packbits(bits)).hex()


def _apart(a: int, b: str) -> int:
    return (a ^ int(b, 16)).bit_count()


def find_known(pixels: Pixels, known: Sequence[KnownPicture | str]) -> Match | None:
    """The nearest reported picture, also when this one is a crop, a mirror, re-encoded or slightly edited."""
    if not known:
        return None
    whole = print_of(pixels)
    if not whole:
        return None
    mine = int(whole, 16)
    best: Match | None = None
    for entry in known:
        picture = KnownPicture(id=entry[:12], prints=(entry,)) if isinstance(entry, str) else entry
        for stored in picture.prints:
            apart = _apart(mine, stored)
            if apart <= _NEAR_CROP and (best is None or apart < best.apart):
                best = Match(id=picture.id, apart=apart)
    return best


def find_page(pixels: Pixels, prints: Sequence[str]) -> int | None:
    """Differing bits to the nearest of the platform's pages, with or without a browser's bars; None when none is near."""
    if not prints:
        return None
    height = pixels.shape[0]
    best: int | None = None
    for trim in (0.0, 0.04, 0.08, 0.12, 0.16):
        text = print_of(pixels[round(height * trim) :])
        for stored in prints:
            apart = _apart(int(text, 16), stored) if text else 256
            if apart <= _NEAR + 9 and (best is None or apart < best):
                best = apart
    return best


def find_logos(pixels: Pixels, prints: Sequence[str]) -> list[tuple[Box, int]]:
    """Places where one of the platform's logos is shown, each with its differing bits."""
    import cv2
    import numpy as np

    if not prints:
        return []
    scale = min(1.0, 800 / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Canny(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 60, 160)
    found: list[tuple[Box, int]] = []
    tried: set[Box] = set()
    for reach in (5, 13):
        closed = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
        contours = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        bounds = (cv2.boundingRect(contour) for contour in contours)
        boxes: list[Box] = [(int(x), int(y), int(w), int(h)) for x, y, w, h in bounds]
        boxes = [box for box in boxes if min(box[2], box[3]) >= 24 and box[2] < 4 * box[3] and box[3] < 4 * box[2]]
        for box in sorted(boxes, key=lambda box: -box[2] * box[3])[:24]:
            if box in tried:
                continue
            tried.add(box)
            apart = _nearest(small, box, prints)
            if apart is not None:
                left, top, width, height = (round(value / scale) for value in box)
                found.append(((left, top, width, height), apart))
    return found


def _nearest(pixels: Any, box: Box, prints: Sequence[str]) -> int | None:
    x, y, w, h = box
    best: int | None = None
    for grow in (0.0, 0.06, -0.05):
        left, top = max(0, round(x - w * grow)), max(0, round(y - h * grow))
        part = pixels[top : round(y + h * (1 + grow)), left : round(x + w * (1 + grow))]
        text = print_of(part) if min(part.shape[:2]) >= 16 else ""
        for stored in prints:
            apart = _apart(int(text, 16), stored) if text else 256
            if apart <= _NEAR_CROP and (best is None or apart < best):
                best = apart
    return best
