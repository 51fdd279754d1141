"""Does a picture's hidden data tell where it was taken? EXIF and XMP coordinates."""

from __future__ import annotations

import re
from typing import Any

_GPS = 0x8825
# takes exif:GPSLatitude="48,8.35N"; must not take GPSLatitudeRef
_XMP = re.compile(
    rb"GPS(Latitude|Longitude)(?:=\"|>)\s*(\d{1,3})[,.](\d{1,2}(?:\.\d{1,8})?)(?:,(\d{1,2}(?:\.\d{1,8})?))?([NSEW])"
)


def position_of(picture: Any) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, north and east positive; None when there are none. Never raises.

    Source: CIPA DC-008-2019 (EXIF 2.32), GPS tags 1 to 4; XMP specification part 2, 2.3.
    """
    try:
        found = _from_exif(picture.getexif().get_ifd(_GPS))
    except Exception:  # noqa: BLE001 - decoders raise anything
        found = None
    if found is None:
        raw = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
        found = _from_xmp(raw.encode("utf-8", "ignore") if isinstance(raw, str) else bytes(raw)[: 1 << 20])
    return found


def _from_exif(tags: dict[int, Any]) -> tuple[float, float] | None:
    latitude, longitude = _degrees(tags.get(2)), _degrees(tags.get(4))
    if latitude is None or longitude is None:
        return None
    south = str(tags.get(1, "N")).strip("\0 ").upper().startswith("S")
    west = str(tags.get(3, "E")).strip("\0 ").upper().startswith("W")
    return _real(-latitude if south else latitude, -longitude if west else longitude)


def _degrees(value: Any) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return degrees + minutes / 60 + seconds / 3600


def _from_xmp(packet: bytes) -> tuple[float, float] | None:
    told: dict[bytes, float] = {}
    for which, degrees, minutes, seconds, side in _XMP.findall(packet):
        value = float(degrees) + float(minutes) / 60 + (float(seconds) / 3600 if seconds else 0.0)
        told[which] = -value if side in b"SW" else value
    if b"Latitude" not in told or b"Longitude" not in told:
        return None
    return _real(told[b"Latitude"], told[b"Longitude"])


def _real(latitude: float, longitude: float) -> tuple[float, float] | None:
    # Cameras without a fix write zeros; 0, 0 lies in the sea.
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or (abs(latitude) < 1e-6 and abs(longitude) < 1e-6):
        return None
    return (latitude, longitude)
