"""How a value is shown without being given away."""

from __future__ import annotations

import hashlib

_DOT = "•"


def mask(value: str, *, head: int = 0, tail: int = 0) -> str:
    """`value` with its letters and digits dotted, but for `head` at the start and `tail` at the end.

    Punctuation and spaces stay, so that people recognise the form. At most a third of the letters and digits is ever
    shown, and never more than 4 in all.
    """
    places = [i for i, char in enumerate(value) if char.isalnum()]
    allowed = min(len(places) // 3, 4)
    tail = min(tail, allowed)
    head = min(head, allowed - tail)
    open_places = set(places[:head]) | set(places[len(places) - tail :] if tail else ())
    shown = "".join(char if i in open_places or not char.isalnum() else _DOT for i, char in enumerate(value))
    return shown if len(shown) <= 48 else f"{shown[:22]}…{shown[-22:]}"


def mask_email(address: str) -> str:
    """First letter of the name, first letter of the host, and the last label: `j•••@e•••.com`."""
    name, _, host = address.rpartition("@")
    first, _, last = host.rpartition(".")
    return f"{name[:1]}{_DOT * 3}@{first[:1]}{_DOT * 3}.{last}"


def hidden(kind: str, size: int) -> str:
    """For values of which nothing may be shown: passwords, keys, phrases. Says how long, in steps, not what."""
    steps = next((step for step in (4, 8, 16, 32, 64) if size <= step), 64)
    return _DOT * min(steps, 12) + f" ({kind})"


def fingerprint(kind: str, value: str, key: bytes) -> str:
    """Keyed fingerprint, 128 bits in hexadecimal, to recognise a value again without holding it.

    BLAKE2b (RFC 7693) keyed with `key` (16 to 64 bytes): without the key, a phone number's fingerprint could be found
    by trying all numbers. `kind` separates a number that is a card from the same digits as an account.
    """
    if not 16 <= len(key) <= 64:
        raise ValueError("the key needs 16 to 64 bytes")
    data = f"{kind}\x00{value}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16, key=key, person=b"tutela.value").hexdigest()
