"""What does a machine-readable zone say, and do its check digits hold?

Source: ICAO Doc 9303, 8th edition, parts 3 to 7: TD1 of three lines of 30, TD2 of two lines of 36, TD3 of two lines of
44, visas MRV-A (44) and MRV-B (36); the French identity card of two lines of 36 (arrêté of 1988).
"""

from __future__ import annotations

from typing import NamedTuple

from tutela.reference.checkdigits import mrz_digit

# What optical reading mistakes: letters where only figures may stand, and figures where only letters may.
_TO_DIGIT = str.maketrans("OQDUIlLZSBGTA", "0000111258674"[:13])
_TO_LETTER = str.maketrans("0158", "OISB")


class Zone(NamedTuple):
    """A zone that was read. `fits` of `checks` check digits hold. Fields are empty where the size has none."""

    size: str
    document: str
    issuer: str
    number: str
    birth: str
    expiry: str
    nationality: str
    fits: int
    checks: int


def read_zone(lines: tuple[str, ...]) -> Zone | None:
    """Reads two or three lines of `A-Z0-9<`; None when they are no zone of a known size."""
    sizes = tuple(len(line) for line in lines)
    if sizes == (30, 30, 30):
        return _td1(*lines)
    if sizes in ((44, 44), (36, 36)):
        return _two_lines(lines[0], lines[1])
    return None


def _td1(one: str, two: str, three: str) -> Zone | None:
    if one[0] not in "ACID1" or "<<" not in three:
        return None
    number, birth, expiry = one[5:14], two[0:6], two[8:14]
    checks = [
        _fits(number, one[14]),
        _fits(_figures(birth), two[6]),
        _fits(_figures(expiry), two[14]),
        _fits(one[5:30] + two[0:7] + two[8:15] + two[18:29], two[29]),
    ]
    if one[14] == "<":
        # A long number goes on in the optional field with its check digit at the end.
        rest = one[15:30].rstrip("<")
        checks[0] = len(rest) > 1 and _fits(number + rest[:-1], rest[-1])
    return Zone("TD1", one[:2], _letters(one[2:5]), number, birth, expiry, _letters(two[15:18]), sum(checks), 4)


def _two_lines(one: str, two: str) -> Zone | None:
    size = "TD3" if len(one) == 44 else "TD2"
    if one[0] == "I" and one[2:5] == "FRA" and size == "TD2" and two[27:33].translate(_TO_DIGIT).isdigit():
        return _french(one, two)
    if one[0] not in "PVIACD" or "<<" not in one:
        return None
    number, birth, expiry = two[0:9], two[13:19], two[21:27]
    checks = [_fits(number, two[9]), _fits(_figures(birth), two[19]), _fits(_figures(expiry), two[27])]
    if one[0] == "V":
        size = "MRV-A" if size == "TD3" else "MRV-B"
    elif size == "TD3":
        checks.append(_fits(two[28:42], two[42]) or (two[42] == "<" and not two[28:42].strip("<")))
        checks.append(_fits(two[0:10] + two[13:20] + two[21:43], two[43]))
    else:
        checks.append(_fits(two[0:10] + two[13:20] + two[21:35], two[35]))
    return Zone(
        size, one[:2], _letters(one[2:5]), number, birth, expiry, _letters(two[10:13]), sum(checks), len(checks)
    )


def _french(one: str, two: str) -> Zone:
    number, birth = two[0:12], two[27:33]
    checks = [_fits(number, two[12]), _fits(_figures(birth), two[33]), _fits(one + two[:35], two[35])]
    return Zone("ID-FR", one[:2], "FRA", number, birth, "", "FRA", sum(checks), 3)


def _fits(field: str, check: str) -> bool:
    """True when `check` is the field's check digit, also with O read for 0 in either."""
    want = check.translate(_TO_DIGIT)
    if check == "<":
        return not field.strip("<")
    if not want.isdigit():
        return False
    if mrz_digit(field) == int(want):
        return True
    return any(mrz_digit(other) == int(want) for other in (field.replace("O", "0"), field.replace("0", "O")))


def _figures(field: str) -> str:
    return field.translate(_TO_DIGIT)


def _letters(field: str) -> str:
    return field.translate(_TO_LETTER).rstrip("<")
