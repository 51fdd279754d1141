"""How do figures look? Drawn here as SVG without a script; each has its numbers as text for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# The left edge is kept for the scale.
_WIDE, _HIGH, _FOOT, _EDGE = 720, 160, 18, 30


def days_plot(days: Sequence[tuple[str, int, int]], first: str, second: str) -> Any:
    """Two counts a day as columns: all of the first, and the second in front of it."""
    from markupsafe import Markup, escape

    if not days or not any(day[1] or day[2] for day in days):
        return ""
    top = max(max(day[1], day[2]) for day in days)
    scale = _round_up(top)
    step = (_WIDE - _EDGE) / len(days)
    width = max(1.0, min(step * 0.7, 28.0))
    pieces = []
    for share in (0.5, 1.0):
        y = _HIGH - share * (_HIGH - 14)
        pieces.append(
            f'<line class="grid" x1="0" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/><text class="tick" x="0" y="{y - 3:.1f}">{_short(scale * share)}</text>'
        )
    for number, (day, whole, part) in enumerate(days):
        x = _EDGE + number * step + (step - width) / 2
        for name, value in (("whole", whole), ("part", part)):
            if value:
                high = max(1.5, value / scale * (_HIGH - 14))
                pieces.append(
                    f'<rect class="{name}" x="{x:.1f}" y="{_HIGH - high:.1f}" width="{width:.1f}" height="{high:.1f}" rx="1.5"/>'
                )
        pieces.append(
            f'<rect class="catch" x="{_EDGE + number * step:.1f}" y="0" width="{step:.1f}" height="{_HIGH}"><title>{escape(day)}: {whole:,} / {part:,}</title></rect>'
        )
        if number % max(1, len(days) // 6) == 0:
            pieces.append(f'<text class="tick" x="{x:.1f}" y="{_HIGH + _FOOT - 4}">{escape(day[5:])}</text>')
    told = f"{first}: {sum(day[1] for day in days):,}. {second}: {sum(day[2] for day in days):,}."
    return Markup(
        f'<svg class="plot" viewBox="0 0 {_WIDE} {_HIGH + _FOOT}" role="img" aria-label="{escape(told)}">{"".join(pieces)}</svg>'
        f'<p class="legend"><span class="key whole"></span>{escape(first)} <span class="key part"></span>{escape(second)}</p>'
    )


def bars(rows: Sequence[tuple[str, int]], *, most: int = 14) -> list[tuple[str, int, float]]:
    """Rows with their share of the largest, 0 to 100, for a list of bars; what is beyond `most` is left out."""
    top = max((count for _, count in rows), default=0)
    return [(name, count, 100 * count / top) for name, count in rows[:most]] if top else []


def _round_up(number: int) -> int:
    size = 1
    while size * 10 <= number:
        size *= 10
    for step in (1, 2, 3, 4, 5, 6, 8, 10):
        if step * size >= number:
            return max(step * size, 2)
    return number


def _short(number: float) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:g}M"
    if number >= 1_000:
        return f"{number / 1_000:g}k"
    return f"{number:g}"
