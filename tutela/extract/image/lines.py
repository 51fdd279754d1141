"""What is one line of writing in a picture, and where does each of its characters stand?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Box = tuple[int, int, int, int]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


class Line(NamedTuple):
    """`quad` runs clockwise from the upper left of the writing, in pixels; `score` is the reader's own, 0.0 to 1.0.

    `spans` holds, for each character of `text`, from where to where it stands along the quad, as shares of its length.
    """

    text: str
    score: float
    quad: Quad
    spans: tuple[tuple[float, float], ...]

    @property
    def box(self) -> Box:
        """The upright box around the whole line."""
        return around(self.quad)

    @property
    def height(self) -> float:
        """Height of the writing in pixels, across the line."""
        (ax, ay), _, _, (dx, dy) = self.quad
        return float(((ax - dx) ** 2 + (ay - dy) ** 2) ** 0.5)

    @property
    def width(self) -> float:
        """Length of the line in pixels."""
        (ax, ay), (bx, by), _, _ = self.quad
        return float(((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5)

    def box_of(self, start: int, end: int) -> Box:
        """The upright box around `text[start:end]`."""
        covered = self.spans[start:end]
        low = min((span[0] for span in covered), default=0.0)
        high = max((span[1] for span in covered), default=1.0)
        upper_left, upper_right, lower_right, lower_left = self.quad
        return around(
            (
                _between(upper_left, upper_right, low),
                _between(upper_left, upper_right, high),
                _between(lower_left, lower_right, high),
                _between(lower_left, lower_right, low),
            )
        )

    def words(self) -> Iterator[tuple[int, int]]:
        """Ranges of `text` that get a place of their own: split at spaces, after a colon, and where scripts change."""
        start = 0
        text = self.text
        for at in range(1, len(text) + 1):
            if at == len(text) or _breaks(text[at - 1], text[at]):
                if not text[start:at].isspace():
                    yield (start, at)
                start = at


def _breaks(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return before.isspace() != after.isspace()
    if before in ":：=" and after not in "/":
        return True
    return _wide(before) != _wide(after)


def _wide(letter: str) -> bool:
    return "\u2e80" <= letter <= "\ud7ff"


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def around(points: tuple[Point, ...]) -> Box:
    """The smallest upright box around points, whole pixels."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    left, top = round(min(xs)), round(min(ys))
    return (left, top, max(1, round(max(xs)) - left), max(1, round(max(ys)) - top))


def union(boxes: list[Box]) -> Box:
    """The smallest box around boxes; at least one is needed."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return (left, top, right - left, bottom - top)
