"""Which bar codes and QR codes are in a picture, and what does each of them hand over?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tutela.extract.image.lines import Box, around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

_CODES_MOST = 24
_TEXT_MOST = 8000
# Words in a network's name that say it is meant for guests, in the languages of the product.
_GUEST = re.compile(
    r"(?i)guest|gast|g[äa]ste|invit|visit|huésped|h[óo]spede|ospit|hotspot|free|public|gratis|lobby|caf[eé]|coffee|"
    r"hotel|hostel|bar\b|restaurant|shop|store|kunden|client|customer|гост|ضيوف|अतिथि|访客|ゲスト|손님"
)


class Code(NamedTuple):
    """A code: its symbology, what it says (at most 8,000 characters), and where it is, in pixels."""

    format: str
    text: str
    box: Box


class Meaning(NamedTuple):
    """What a payload is: the signal's name, kind of evidence, the value that exposes, marks, how sure (0.0 to 1.0)."""

    name: str
    kind: str
    value: str
    marks: frozenset[str]
    confidence: float = 0.97


def read_codes(pixels: Pixels) -> list[Code]:
    """All codes that can be read, also turned, inverted, small, slightly tilted or blurred ones."""
    import cv2
    import zxingcpp

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = _read(zxingcpp, grey, 1.0)
    if found or not code_like(grey):
        return found
    height, width = grey.shape
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)
    sharp = cv2.addWeighted(grey, 2.2, soft, -1.2, 0)
    found = _read(zxingcpp, sharp, 1.0)
    if not found and max(width, height) < 1600:
        big = cv2.resize(sharp, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC)
        found = _read(zxingcpp, big, 0.5)
    if not found:
        for angle in (-14, 14, -28, 28):
            found = _read_turned(zxingcpp, sharp, angle)
            if found:
                break
    return found


def _read(zxingcpp: Any, grey: Any, scale: float) -> list[Code]:
    codes = []
    for code in zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)[:_CODES_MOST]:
        text = code.text[:_TEXT_MOST]
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        if text:
            left, top, width, height = around(tuple((corner.x * scale, corner.y * scale) for corner in corners))
            # The corners lie inside the outermost modules.
            edge = round(0.03 * min(width, height)) + 1
            box = (max(0, left - edge), max(0, top - edge), width + 2 * edge, height + 2 * edge)
            codes.append(Code(str(code.format).removeprefix("BarcodeFormat."), text, box))
    return codes


def _read_turned(zxingcpp: Any, grey: Any, angle: float) -> list[Code]:
    import cv2
    import numpy as np

    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(grey, matrix, (width, height), borderValue=255.0)
    back = cv2.invertAffineTransform(matrix)
    codes = []
    for code in _read(zxingcpp, turned, 1.0):
        x, y, w, h = code.box
        corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32)
        moved = cv2.transform(corners[None], back)[0]
        codes.append(code._replace(box=around(tuple((float(px), float(py)) for px, py in moved))))
    return codes


def code_like(grey: Any) -> bool:
    """True when some region is dense with hard edges in the manner of bars or modules."""
    import cv2
    import numpy as np

    scale = min(1.0, 480 / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    across = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_32F, 1, 0))
    down = cv2.convertScaleAbs(cv2.Sobel(small, cv2.CV_32F, 0, 1))
    edges = (cv2.max(across, down) > 90).astype(np.uint8)
    dense = cv2.boxFilter(edges.astype(np.float32), -1, (15, 15)) > 0.55
    parts = cv2.connectedComponentsWithStats(dense.astype(np.uint8), connectivity=8)[2][1:]
    return any(part[4] > 900 and min(part[2], part[3]) >= 18 for part in parts)


def meaning_of(text: str) -> Meaning | None:
    """What a payload is beyond its text: network login, password seed, licence, payment order; None for the rest."""
    head = text[:16].upper()
    if head.startswith("WIFI:"):
        return _wifi(text)
    if head.startswith(("OTPAUTH://", "OTPAUTH-MIGRA")):
        return _seed(text)
    if text.startswith("@") and ("ANSI " in text[:24] or "AAMVA" in text[:24]):
        return _licence(text)
    return _payment(text)


def _fields(text: str) -> dict[str, str]:
    """Fields of `WIFI:T:WPA;S:name;P:secret;;`; a backslash protects the sign after it."""
    fields: dict[str, str] = {}
    key = ""
    value: list[str] = []
    signs = iter(text)
    for sign in signs:
        if sign == "\\":
            value.append(next(signs, ""))
        elif sign == ":" and not key:
            key = "".join(value).strip().upper()
            value = []
        elif sign == ";":
            if key:
                fields.setdefault(key, "".join(value))
            key, value = "", []
        else:
            value.append(sign)
    if key and value:
        fields.setdefault(key, "".join(value))
    return fields


def _wifi(text: str) -> Meaning | None:
    fields = _fields(text[5:])
    secret = fields.get("P", "").strip('"')
    if not secret or fields.get("T", "").lower() == "nopass":
        return None
    marks = {"guest"} if _GUEST.search(fields.get("S", "")) else set()
    return Meaning("code.wifi_login", "password", secret, frozenset(marks))


def _seed(text: str) -> Meaning:
    secret = re.search(r"(?i)[?&](?:secret|data)=([^&\s]{4,400})", text)
    value = secret[1] if secret else ""
    # The seed printed in the key-URI format's own documentation and copied by every tutorial.
    sample = value.upper().rstrip("=") in ("JBSWY3DPEHPK3PXP", "HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ")
    return Meaning("code.otp_seed", "one_time_code", value, frozenset({"sample"} if sample else ()))


# AAMVA DL/ID Card Design Standard 2020, annex D, table D.3: element identifiers.
_LICENCE_NUMBER = re.compile(r"(?m)(?:^|DL|ID)DAQ[ ]*([A-Z0-9*\- ]{3,25})\s*$")
_LICENCE_NAME = re.compile(r"(?m)^(?:DL|ID)?(?:DCS|DAB|DAA)[ ]*([^\r\n]{1,40})")


def _licence(text: str) -> Meaning:
    number = _LICENCE_NUMBER.search(text)
    name = _LICENCE_NAME.search(text)
    marks = set()
    if name and re.search(r"(?i)\b(?:SAMPLE|SPECIMEN|DOE|TEST)\b", name[1]):
        marks.add("specimen")
    return Meaning("code.aamva_licence", "driving_licence", number[1].strip() if number else "", frozenset(marks))


# Ends of names that are no person's: companies, associations, foundations, shops.
_ORGANISATION = re.compile(
    r"(?i)\b(?:e\.? ?v|gmbh|ag|ug|kg|ohg|ltd|llc|inc|plc|s\.?a|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|oy|ab|a/s|sp\. ?z ?o\.?o|"
    r"verein|stiftung|foundation|trust|charity|association|asociaci[oó]n|fundaci[oó]n|associa[cç][aã]o|fondation|stichting|"
    r"church|school|club|shop|store|bank|rotes kreuz|red cross|unicef)\b"
)


def _payment(text: str) -> Meaning | None:
    lines = text.replace("\r", "").split("\n")
    if lines[0] == "BCD" and len(lines) >= 7:
        return _account(lines[6], lines[5])
    if lines[0] == "SPC" and len(lines) >= 6:
        return _account(lines[3], lines[5])
    scheme = re.match(
        r"(?i)(upi|bitcoin|ethereum|litecoin|monero|lightning|paypal|payto|swish|bip):[/]{0,2}([^?\s]{3,200})", text
    )
    if scheme:
        return _handle(scheme[2])
    # EMVCo QR Code Specification for Payment Systems, merchant presented: starts with 00 02 01, ends with 63 04 CRC.
    if re.match(r"000201\d{4}", text) and re.search(r"6304[0-9A-Fa-f]{4}$", text):
        return _handle(text)
    return None


def _account(iban: str, holder: str) -> Meaning:
    marks = {"organisation"} if _ORGANISATION.search(holder) else set()
    return Meaning("code.payment", "iban", iban.replace(" ", "").strip(), frozenset(marks), 0.85)


def _handle(value: str) -> Meaning:
    # A handle made for receiving money exposes nobody: it is told, but too weakly to count alone.
    return Meaning("code.payment", "handle", value, frozenset({"receiving"}), 0.3)
