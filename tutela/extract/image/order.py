"""In which order do people read the lines of a picture? Notes, chats, cards, forms and columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from tutela.extract.image.lines import Line

# Line heights: within one row, gaps up to the first are one text, up to the second still one row of a form.
_ONE_TEXT = 2.0
_LONG_TEXT = 26


class Placed(NamedTuple):
    """A line with its place after tilt and turn are taken out: left, top, right, bottom in pixels."""

    line: Line
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def place(lines: Sequence[Line]) -> list[Placed]:
    """Lines in a frame in which most of them run level from left to right."""
    if not lines:
        return []
    long_ones = sorted(lines, key=lambda line: -line.width)[: max(1, len(lines) // 2)]
    # Averaging unit vectors, not angles: 179 and -179 degrees are neighbours.
    x = sum(line.quad[1][0] - line.quad[0][0] for line in long_ones)
    y = sum(line.quad[1][1] - line.quad[0][1] for line in long_ones)
    length = math.hypot(x, y) or 1.0
    cos, sin = x / length, y / length
    placed = []
    for line in lines:
        turned = [(px * cos + py * sin, py * cos - px * sin) for px, py in line.quad]
        ups, lefts = (turned[0], turned[1]), (turned[0], turned[3])
        left = sum(p[0] for p in lefts) / 2
        right = (turned[1][0] + turned[2][0]) / 2
        middle = sum(p[1] for p in turned) / 4
        half = max(line.height / 2, 1.0)
        if right < left:
            left, right = right, left
        if right - left < abs(ups[0][1] - ups[1][1]):
            # Writing across the main direction: take its real extent.
            ys = [p[1] for p in turned]
            half = (max(ys) - min(ys)) / 2
        placed.append(Placed(line, left, middle - half, right, middle + half))
    return placed


def rows(placed: Sequence[Placed]) -> list[list[Placed]]:
    """Lines that stand side by side, each row from left to right, rows from top to bottom."""
    found: list[list[Placed]] = []
    for one in sorted(placed, key=lambda p: (p.top + p.bottom) / 2):
        home = next((row for row in reversed(found[-6:]) if _beside(row, one)), None)
        if home is None:
            found.append([one])
        else:
            home.append(one)
    for row in found:
        row.sort(key=lambda p: p.left)
    return sorted(found, key=lambda row: median((p.top + p.bottom) / 2 for p in row))


def _beside(row: Sequence[Placed], one: Placed) -> bool:
    nearest = min(row, key=lambda p: max(p.left - one.right, one.left - p.right))
    shared = min(nearest.bottom, one.bottom) - max(nearest.top, one.top)
    low, high = sorted((nearest.height, one.height))
    apart = max(nearest.left - one.right, one.left - nearest.right)
    return shared > 0.55 * low and high < 2.4 * low and apart > -0.5 * low


def reading_order(lines: Sequence[Line], turn: int = 0) -> list[list[list[Line]]]:
    """Blocks of rows of lines, as people read them. `turn`: quarter turns of the writing, as `read_lines` tells.

    A row of a form keeps its label and its value together. Two columns of running text are read one after the other.
    """
    if not lines:
        return []
    grid = rows(place(lines))
    segments = [_segments(row) for row in grid]
    columns = _columns(segments)
    if columns is not None:
        return [block for column in columns for block in _blocks([[[p] for p in segment] for segment in column])]
    return _blocks(segments)


def _segments(row: Sequence[Placed]) -> list[list[Placed]]:
    parts: list[list[Placed]] = []
    for one in row:
        if parts and one.left - parts[-1][-1].right < _ONE_TEXT * min(one.height, parts[-1][-1].height):
            parts[-1].append(one)
        else:
            parts.append([one])
    return parts


def _columns(segments: Sequence[Sequence[list[Placed]]]) -> list[list[list[Placed]]] | None:
    """Two columns of running text, each a list of rows; None where rows belong together."""
    pairs = [row for row in segments if len(row) == 2]
    if len(pairs) < 4:
        return None
    long_both = [row for row in pairs if all(sum(len(p.line.text) for p in s) >= _LONG_TEXT for s in row)]
    if len(long_both) * 2 < len(pairs):
        return None
    gutter = median((row[0][-1].right + row[1][0].left) / 2 for row in long_both)
    first: list[list[Placed]] = []
    second: list[list[Placed]] = []
    for row in segments:
        for segment in row:
            (first if segment[0].left < gutter else second).append(segment)
    return [first, second]


def _blocks(grid: Sequence[Sequence[list[Placed]]]) -> list[list[list[Line]]]:
    blocks: list[list[list[Line]]] = []
    floor = -math.inf
    tall = 0.0
    for row in grid:
        if not row:
            continue
        top = min(p.top for segment in row for p in segment)
        height = median(p.height for segment in row for p in segment)
        if not blocks or top - floor > 1.7 * min(height, tall):
            blocks.append([])
        blocks[-1].append([p.line for segment in row for p in segment])
        floor = max(p.bottom for segment in row for p in segment)
        tall = height
    return blocks
