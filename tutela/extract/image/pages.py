"""What do the pages of a PDF say that are pictures? Rendered, then read as pictures are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tutela.errors import MissingPart
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.extract.image.read import read_image, trouble_of
from tutela.model import Extract, Part, Signal, Trouble, Where

if TYPE_CHECKING:
    from tutela.settings import Platform

# Pixels for each point of a page: 144 dots an inch. Boxes on pages are in these pixels.
SCALE = 2.0
_TEXT_LEAST = 40


def read_scanned_pdf(
    data: bytes,
    *,
    name: str = "",
    part: str = "media/0",
    platform: Platform | None = None,
    limits: MediaLimits = LIMITS,
) -> Extract:
    """Reads the pages of a PDF that hold pictures and hardly any text; never raises for what is in the bytes.

    Places carry `page N` as member and a box in pixels of the page at 144 dots an inch. `name` is not trusted.
    """
    try:
        import pypdfium2 as pdfium
    except ImportError:
        missing = MissingPart("pypdfium2 is not installed", next_step="pip install tutela[image]")
        return Extract(troubles=(trouble_of(missing, part),))
    where = Where(part=part)
    parts: list[Part] = []
    signals: list[Signal] = []
    troubles: list[Trouble] = []
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except Exception:  # noqa: BLE001 - decoders raise anything
        return Extract(troubles=(Trouble(code="T312", what="no PDF that can be opened", where=where),))
    read = 0
    for number in range(count):
        if read >= limits.pages_most:
            troubles.append(Trouble(code="T103", what=f"{read} scanned pages were read, there are more", where=where))
            break
        try:
            page = document[number]
            if not _scanned(page):
                continue
            picture = _drawn(page, limits)
        except Exception:  # noqa: BLE001 - decoders raise anything
            member = Where(part=part, member=f"page {number + 1}")
            troubles.append(Trouble(code="T312", what="a page of the PDF cannot be drawn", where=member))
            continue
        read += 1
        seen = read_image(picture, part=part, platform=platform, limits=limits, member=f"page {number + 1}")
        parts.extend(seen.parts)
        signals.extend(seen.signals)
        troubles.extend(seen.troubles)
    document.close()
    return Extract(parts=tuple(parts), signals=tuple(signals), troubles=tuple(troubles))


def _scanned(page: Any) -> bool:
    text = page.get_textpage().get_text_bounded()
    # Object kind 3 is a picture.
    return len(text.strip()) < _TEXT_LEAST and any(True for _ in page.get_objects(filter=(3,), max_depth=3))


def _drawn(page: Any, limits: MediaLimits) -> bytes:
    scale = min(SCALE, limits.read_side * 2 / max(1.0, *page.get_size()))
    sink = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(sink, "PNG", compress_level=1)
    return sink.getvalue()
