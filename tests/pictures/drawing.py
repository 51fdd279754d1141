"""Pictures for the tests: drawn here, every value invented."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont


def picture(
    lines: Sequence[str],
    *,
    size: int = 34,
    width: int = 900,
    height: int = 0,
    ground: str = "white",
    ink: str = "black",
    gap: float = 1.9,
    face: str | None = None,
) -> Image.Image:
    """Lines of writing on plain ground, the font that ships with Pillow unless `face` names another."""
    font: Any = ImageFont.truetype(face, size) if face else ImageFont.load_default(size)
    shown = Image.new("RGB", (width, height or round(size * gap * (len(lines) + 1))), ground)
    brush = ImageDraw.Draw(shown)
    for at, line in enumerate(lines):
        brush.text((40, size * 0.6 + at * size * gap), line, font=font, fill=ink)
    return shown


def encoded(shown: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file."""
    sink = io.BytesIO()
    shown.save(sink, kind, **options)
    return sink.getvalue()
