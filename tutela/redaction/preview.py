"""A picture for the person who looks: boxes around what was found, with clause and mask; the values stay covered."""

from __future__ import annotations

import io
from typing import Any

from tutela.extract.image.limits import LIMITS
from tutela.extract.image.opening import open_picture
from tutela.model import Decision
from tutela.redaction.filling import COLOUR, grown

_CALM = (38, 98, 168)
_WARN = (196, 72, 24)


def draw_preview(data: bytes, decision: Decision) -> bytes:
    """PNG of the upright picture, each evidence's box covered, framed and named by clause, kind and mask.

    Raises TooLarge (T103), Unreadable (T312), MissingPart (T209).
    """
    from PIL import Image, ImageDraw, ImageFont

    frame = open_picture(data, LIMITS).frames[0]
    shown = Image.fromarray(frame.pixels)
    brush = ImageDraw.Draw(shown, "RGBA")
    size = max(12, round(shown.width / 60))
    font = ImageFont.load_default(size)
    colour = _WARN if decision.violates else _CALM
    said: set[tuple[Any, ...]] = set()
    labels: list[tuple[int, int, str]] = []
    for evidence in decision.evidence:
        box = evidence.where.box
        if box is None or (box, evidence.clause, evidence.kind) in said:
            continue
        said.add((box, evidence.clause, evidence.kind))
        left, top, width, height = (round(value / frame.scale) for value in box)
        left, top, width, height = grown((left, top, width, height), shown.size, 0.05)
        # A whole document is framed; a value is covered.
        if width * height < 0.25 * shown.width * shown.height:
            brush.rectangle((left, top, left + width, top + height), fill=(*COLOUR, 255))
        brush.rectangle((left, top, left + width, top + height), outline=colour, width=max(2, size // 6))
        text = " · ".join(word for word in (evidence.clause, evidence.kind, evidence.shown_as) if word)
        labels.append((left, top, text))
    for left, top, text in labels:
        _label(brush, font, shown.size, (left, top), _plain(text), colour)
    if not labels:
        told = "nothing found" if not decision.violates else ", ".join(clause.id for clause in decision.clauses)
        _label(brush, font, shown.size, (0, size + 8), f"{decision.action} · {told}", colour)
    sink = io.BytesIO()
    shown.save(sink, "PNG")
    return sink.getvalue()


def _plain(text: str) -> str:
    # The font that ships with Pillow knows Latin, and no bullet.
    return "".join(sign if ord(sign) < 0x250 else "*" for sign in text)


def _label(
    brush: Any, font: Any, size: tuple[int, int], at: tuple[int, int], text: str, colour: tuple[int, int, int]
) -> None:
    left, top, right, bottom = brush.textbbox((0, 0), text, font=font)
    width, height = right - left + 8, bottom - top + 8
    x = max(0, min(at[0], size[0] - width))
    y = at[1] - height if at[1] >= height else at[1]
    brush.rectangle((x, y, x + width, y + height), fill=(*colour, 235))
    brush.text((x + 4 - left, y + 4 - top), text, font=font, fill="white")
