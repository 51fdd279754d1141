"""Which region is filled? Boxes grown a little, because a reader's box may cut the edge of a sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

Box = tuple[int, int, int, int]
COLOUR = (24, 24, 28)


def grown(box: Box, size: tuple[int, int], share: float = 0.12) -> Box:
    """`box` grown on each side by `share` of its shorter side and 3 pixels, within a picture of `size`."""
    x, y, w, h = box
    by = round(min(w, h) * share) + 3
    left, top = max(0, x - by), max(0, y - by)
    right, bottom = min(size[0], x + w + by), min(size[1], y + h + by)
    return (left, top, max(0, right - left), max(0, bottom - top))


def fill(pixels: Pixels, boxes: Iterable[Box], share: float = 0.12) -> None:
    """Fills boxes of a picture (height, width, 3) in place, with one colour: nothing of what was there remains."""
    height, width = pixels.shape[:2]
    for box in boxes:
        left, top, across, down = grown(box, (width, height), share)
        pixels[top : top + down, left : left + across] = COLOUR
