"""How does a receiver know that an order is ours, whole and fresh? Signatures after Standard Webhooks 1.0.0.

Source: the specification published at standardwebhooks.com. HMAC-SHA256 over `id.timestamp.body`, in base64 with the
prefix `v1,`; several signatures stand side by side while a secret is changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from tutela.errors import Expired, NotSignedIn

PREFIX = "whsec_"
# How far a receiver's clock and ours may differ, and how long a caught message can be replayed.
TOLERANCE_S = 300


def new_secret() -> str:
    """A new secret, 32 random bytes, as both sides write it down: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The three headers of a message."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": f"v1,{_signature(secret, message_id, timestamp_s, body)}",
    }


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets_in_use: tuple[str, ...],
    *,
    now_s: int,
    tolerance_s: int = TOLERANCE_S,
) -> str:
    """The message's id, when one of its signatures was made with one of the secrets.

    `headers` by lower-case name. A receiver remembers the ids it has acted on, for at least `tolerance_s`: orders come
    at least once. Raises NotSignedIn (T401) for a forged message and Expired (T410) for one too old or from the future.
    """
    message_id = headers.get("webhook-id", "")
    signatures = headers.get("webhook-signature", "")
    stamp = headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > 256 or len(signatures) > 4_096 or not stamp.isdecimal() or len(stamp) > 12:
        raise NotSignedIn("the message's headers are missing or not in form", where="webhook headers")
    timestamp_s = int(stamp)
    fits = False
    for secret in secrets_in_use:
        expected = _signature(secret, message_id, timestamp_s, body).encode()
        for entry in signatures.split(" ")[:16]:
            version, _, given = entry.partition(",")
            # Every pair is compared, so that the time taken says nothing of which one fits.
            fits |= version == "v1" and hmac.compare_digest(expected, given.encode("utf-8", "replace"))
    if not fits:
        raise NotSignedIn("no signature fits", where="webhook-signature")
    if abs(now_s - timestamp_s) > tolerance_s:
        raise Expired("the message is too old, or a clock is wrong", where="webhook-timestamp")
    return message_id


def _signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise NotSignedIn("the secret is not in form", where="webhook secret") from None
    data = f"{message_id}.{timestamp_s}.".encode() + body
    return base64.b64encode(hmac.new(key, data, hashlib.sha256).digest()).decode()
