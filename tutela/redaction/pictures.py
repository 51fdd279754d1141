"""The picture without what it exposed: regions filled, hidden data gone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from tutela.extract.image.limits import LIMITS
from tutela.extract.image.opening import Opened, open_picture
from tutela.redaction.filling import Box, fill

# As large as the reader itself accepts: a redacted picture keeps its size.
_WHOLE = replace(LIMITS, read_side=LIMITS.side_most, frames_most=400)
# Formats that come back as they were; the others as JPEG (photographs) or PNG.
_KEPT = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "GIF", "TIFF": "TIFF", "BMP": "BMP"}


def redact_image(data: bytes, boxes: Sequence[Box], *, whole: bool = False) -> bytes:
    """The picture with `boxes` (pixels of the upright picture) filled in every frame, upright, without hidden data.

    With `whole` nothing of the picture is left. Format and size stay, except for HEIF, AVIF and rare ones, which come
    back as JPEG or PNG. An animation keeps only frames that differ. Raises TooLarge (T103), Unreadable (T312).
    """
    opened = open_picture(data, _WHOLE)
    frames = []
    for frame in opened.frames:
        pixels = frame.pixels.copy()
        height, width = pixels.shape[:2]
        scaled = [_scaled(box, 1 / frame.scale) for box in boxes]
        fill(pixels, [(0, 0, width, height)] if whole else scaled)
        frames.append(pixels)
    return _written(frames, opened)


def _scaled(box: Box, scale: float) -> Box:
    left, top, width, height = (value * scale for value in box)
    return (int(left), int(top), round(width + 1), round(height + 1))


def _written(frames: Sequence[Any], opened: Opened) -> bytes:
    from PIL import Image

    kind = _KEPT.get(opened.format, "JPEG" if opened.format in ("HEIF", "AVIF") else "PNG")
    pictures = [Image.fromarray(pixels) for pixels in frames]
    sink = io.BytesIO()
    options: dict[str, Any] = {}
    if kind == "JPEG":
        options = {"quality": 92, "subsampling": 0}
    elif kind == "WEBP":
        options = {"quality": 92}
    if len(pictures) > 1 and kind in ("GIF", "PNG", "WEBP", "TIFF"):
        options |= {"save_all": True, "append_images": pictures[1:]}
        if kind != "TIFF":
            lasts = [max(20, round(((frame.to_s or 0.1) - (frame.from_s or 0.0)) * 1000)) for frame in opened.frames]
            options |= {"duration": lasts, "loop": 0}
    pictures[0].save(sink, kind, **options)
    return sink.getvalue()
