"""The PDF without what it exposed: affected pages become pictures with regions filled, so no text is left under them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

from tutela.errors import MissingPart, TooLarge, Unreadable
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.model import Where
from tutela.redaction.filling import Box, fill

# Dots an inch of a page that was redacted: small print stays readable.
DOTS = 144
_PAGE = re.compile(r"(?i)(?:^|[/ ])(?:page|p\.?|seite)[ =:]*(\d{1,5})")


def pages_of(places: Sequence[Where], count: int) -> set[int]:
    """Pages (from 0) that places point at; all where one of them names no page."""
    pages: set[int] = set()
    for place in places:
        match = _PAGE.search(place.member or "")
        if match is None:
            return set(range(count))
        pages.add(int(match[1]) - 1)
    return {page for page in pages if 0 <= page < count}


def redact_pdf(
    data: bytes,
    places: Sequence[Where],
    *,
    look: Callable[[bytes, int], Sequence[Box] | None] | None = None,
    limits: MediaLimits = LIMITS,
) -> bytes:
    """A PDF in which each page that `places` point at is a picture with the exposing regions filled.

    A place's box is in pixels of the page at 144 dots an inch. Where a place has none, `look` is asked: it gets the
    page as PNG with its number (from 0) and gives the boxes to fill, or None to leave nothing of the page; without
    `look` nothing of such a page is left. Other pages stay as they are; attachments, scripts, forms' data and
    metadata of the document are not taken over. Raises TooLarge (T103), Unreadable (T312), MissingPart (T209).
    """
    try:
        import pypdfium2 as pdfium
    except ImportError:
        raise MissingPart("pypdfium2 is not installed", next_step="pip install tutela[image]") from None
    try:
        source = pdfium.PdfDocument(data)
        count = len(source)
    except Exception:  # noqa: BLE001 - decoders raise anything
        raise Unreadable("no PDF that can be opened") from None
    pages = pages_of(places, count)
    if len(pages) > limits.pages_most * 5:
        raise TooLarge(f"{len(pages)} pages to redact; {limits.pages_most * 5} are done")
    target = pdfium.PdfDocument.new()
    for number in range(count):
        if number not in pages:
            target.import_pages(source, [number])
            continue
        pixels, size = _drawn(source[number])
        mine = [place for place in places if number in pages_of([place], count)]
        boxes: Sequence[Box] | None = [place.box for place in mine if place.box is not None]
        if any(place.box is None for place in mine):
            boxes = look(_png(pixels), number) if look is not None else None
        height, width = pixels.shape[:2]
        fill(pixels, [(0, 0, width, height)] if boxes is None else boxes)
        _add_picture(pdfium, target, pixels, size)
    sink = io.BytesIO()
    target.save(sink)
    return sink.getvalue()


def _drawn(page: Any) -> tuple[Any, tuple[float, float]]:
    import numpy as np

    width, height = page.get_size()
    # A page of a square mile is a trick: its picture is kept at a size that people could print.
    scale = min(DOTS / 72, 5000 / max(width, height, 1.0))
    shown = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    return np.array(shown), (float(width), float(height))


def _png(pixels: Any) -> bytes:
    from PIL import Image

    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "PNG")
    return sink.getvalue()


def _add_picture(pdfium: Any, target: Any, pixels: Any, size: tuple[float, float]) -> None:
    from PIL import Image

    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "JPEG", quality=90, subsampling=0)
    sink.seek(0)
    page = target.new_page(*size)
    picture = pdfium.PdfImage.new(target)
    picture.load_jpeg(sink, inline=True)
    picture.set_matrix(pdfium.PdfMatrix().scale(*size))
    page.insert_obj(picture)
    page.gen_content()
