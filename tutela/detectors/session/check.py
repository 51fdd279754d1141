"""Is this string what a server takes for a signed-in person?"""

from __future__ import annotations

import base64
import binascii
import json
import re

from tutela.detectors.loading import Found, Verdict
from tutela.reference.placeholders import is_placeholder

# The tokens that jwt.io and RFC 7519 print.
_PRINTED = (
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_.:\-]*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def web_token(found: Found) -> Verdict:
    """A JSON Web Token: the first piece names its algorithm. Source: RFC 7519."""
    head, _, rest = found.text.partition(".")
    if rest.endswith(_PRINTED):
        return 0.95, ("sample",)
    header = _json(head)
    if isinstance(header, dict) and {"alg", "enc", "typ", "kid"} & header.keys():
        if str(header.get("alg", "")).lower() == "none":
            return 0.6
        return 0.98, ("checked",)
    return 0.7 if len(set(rest)) >= 16 else False


def header(found: Found) -> Verdict:
    """An opaque token after `Bearer`; words and gaps of templates are none."""
    value = found.text.rstrip(".,;:")
    if value.startswith("eyJ") and value.count(".") >= 2:
        return False
    return _opaque(value, 0.93)


def cookie(found: Found) -> Verdict:
    """The value of a cookie or field that holds a session."""
    value = found.text
    if value.startswith("eyJ") and value.count(".") >= 2:
        return False
    return _opaque(value, 0.93)


def _opaque(value: str, confidence: float) -> Verdict:
    if is_placeholder(value) or (_IDENTIFIER.fullmatch(value) and len(value) < 40) or len(set(value)) < 8:
        return False
    if not any(char.isdigit() for char in value) and not (
        any(c.islower() for c in value) and any(c.isupper() for c in value)
    ):
        return False
    if "://" in value or value.count("/") > 3 or value.count(".") > 4:
        return False
    return 0.6 if _UUID.fullmatch(value) else confidence


def _json(piece: str) -> object:
    try:
        parsed: object = json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return parsed
