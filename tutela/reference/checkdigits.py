"""Does a number carry the check digits it should? Plain arithmetic, written once."""

from __future__ import annotations

import hashlib
import zlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {char: value for value, char in enumerate(_BASE58)}
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE62_VALUE = {char: value for value, char in enumerate(_BASE62)}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_fits(digits: str) -> bool:
    """True when the last digit is the check digit of the rest.

    Source: ISO/IEC 7812-1:2017, annex B. Expects ASCII digits alone.
    """
    total = 0
    for place, char in enumerate(reversed(digits)):
        total += _DOUBLED[ord(char) - 48] if place & 1 else ord(char) - 48
    return total % 10 == 0


def mod97(text: str) -> int:
    """Remainder modulo 97 of `text` with A to Z read as 10 to 35. Source: ISO/IEC 7064 MOD 97-10.

    Expects ASCII capitals and digits alone.
    """
    return int("".join(str(int(char, 36)) for char in text)) % 97


def iban_fits(iban: str) -> bool:
    """True when the two check digits leave remainder 1 modulo 97.

    Source: ISO 13616-1:2020. Expects capitals and digits without spaces; lengths by country are not checked here.
    """
    return mod97(iban[4:] + iban[:4]) == 1


def weighted_fits(digits: str, weights: tuple[int, ...], modulus: int) -> bool:
    """True when the sum of the digits times `weights`, used in turn, is divisible by `modulus`."""
    size = len(weights)
    return sum((ord(char) - 48) * weights[place % size] for place, char in enumerate(digits)) % modulus == 0


def routing_fits(digits: str) -> bool:
    """True for a routing transit number of nine digits: a Federal Reserve prefix and weights 3, 7, 1 modulo 10.

    Source: Accredited Standards Committee X9, ANSI X9.100-130; prefixes 00-12, 21-32, 61-72, 80.
    """
    if len(digits) != 9 or digits == "000000000":
        return False
    prefix = int(digits[:2])
    known = prefix <= 12 or 21 <= prefix <= 32 or 61 <= prefix <= 72 or prefix == 80
    return known and weighted_fits(digits, (3, 7, 1), 10)


def clabe_fits(digits: str) -> bool:
    """True for a Mexican CLABE of 18 digits: weights 3, 7, 1, each product modulo 10. Source: Banco de México."""
    if len(digits) != 18:
        return False
    total = sum((ord(char) - 48) * (3, 7, 1)[place % 3] % 10 for place, char in enumerate(digits[:17]))
    return (10 - total % 10) % 10 == ord(digits[17]) - 48


def cbu_fits(digits: str) -> bool:
    """True for an Argentine CBU or CVU of 22 digits in two checked blocks. Source: Banco Central, Com. "A" 2622."""
    if len(digits) != 22:
        return False
    return weighted_fits(digits[:8], (7, 1, 3, 9, 7, 1, 3, 1), 10) and weighted_fits(
        digits[8:], (3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3, 1), 10
    )


def ccc_fits(digits: str) -> bool:
    """True for a Spanish account code of 20 digits: check digits of bank and office, then of the account, modulo 11.

    Source: Asociación Española de Banca, código cuenta cliente.
    """
    if len(digits) != 20:
        return False

    def check(part: str) -> int:
        weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
        left = 11 - sum((ord(char) - 48) * weight for char, weight in zip(part, weights, strict=True)) % 11
        return {10: 1, 11: 0}.get(left, left)

    return check("00" + digits[:8]) == int(digits[8]) and check(digits[10:]) == int(digits[9])


def base58_payload(text: str) -> bytes | None:
    """The payload of a Base58Check string without its four check bytes; None when a check or letter is wrong.

    Source: Bitcoin, base58.cpp: the check is the start of SHA-256 taken twice. At most 128 letters are read.
    """
    if len(text) > 128:
        return None
    number = 0
    for char in text:
        value = _BASE58_VALUE.get(char)
        if value is None:
            return None
        number = number * 58 + value
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    data = b"\0" * (len(text) - len(text.lstrip("1"))) + data
    if len(data) < 5:
        return None
    payload, check = data[:-4], data[-4:]
    return payload if hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] == check else None


def crc62_fits(body: str, check: str) -> bool:
    """True when `check` is the CRC-32 of `body` in base 62 (0-9, A-Z, a-z), padded with zeros on the left.

    Source: GitHub, "Behind GitHub's new authentication token formats", 2021; npm uses the same.
    """
    value = 0
    for char in check:
        digit = _BASE62_VALUE.get(char)
        if digit is None:
            return False
        value = value * 62 + digit
    return value == zlib.crc32(body.encode())


def crc16_fits(data: bytes) -> bool:
    """True when the last two bytes are the CRC-16/XMODEM of the rest, low byte first. Source: NATS, nkeys/crc16.go."""
    crc = 0
    for byte in data[:-2]:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc == int.from_bytes(data[-2:], "little")


_MRZ_VALUE = {str(digit): digit for digit in range(10)} | {"<": 0} | {chr(65 + i): 10 + i for i in range(26)}


def mrz_digit(field: str) -> int:
    """The check digit of a field of a machine-readable zone: weights 7, 3, 1 modulo 10.

    Source: ICAO Doc 9303-3, 8th edition, 4.9. Raises KeyError for a character outside `0-9A-Z<`.
    """
    return sum(_MRZ_VALUE[char] * (7, 3, 1)[place % 3] for place, char in enumerate(field)) % 10
