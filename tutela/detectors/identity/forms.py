"""The national forms of a person's numbers: which shape, which check digits, which words must stand beside it?

Sources: each register's own publication as collected in python-stdnum (its modules name them), OECD's TIN
descriptions, and the Council of the EU's PRADO for documents. `alone` is the confidence that the shape and check carry
without any word; 0 says that a word is needed. `worded` is that with a word of the form's own kind.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from tutela.reference.checkdigits import luhn_fits, weighted_fits

Fits = Callable[[str], bool]


class Form(NamedTuple):
    """One form. `own`, where given, is a pattern that has to stand near: the number's name in its own country."""

    country: str
    signal: str
    shape: re.Pattern[str]
    fits: Fits
    alone: float
    worded: float
    own: re.Pattern[str] | None = None
    checked: bool = True
    written: bool = False  # `fits` wants the number as written: its separator says the century


@cache
def _module(name: str) -> Any:
    return importlib.import_module(f"stdnum.{name}")


def _std(name: str) -> Fits:
    def fits(value: str) -> bool:
        return bool(_module(name).is_valid(value))

    return fits


def _any(_: str) -> bool:
    return True


def _born(year: int, month: int, day: int) -> bool:
    try:
        return 1890 <= date(year, month, day).year <= 2035
    except ValueError:
        return False


def _born_short(year: str, month: str, day: str) -> bool:
    return any(_born(century + int(year), int(month), int(day)) for century in (1900, 2000))


def _ssn(value: str) -> bool:
    """Source: SSA, POMS RM 10201: no area 000, 666 or 9xx, no group 00, no serial 0000."""
    area, group, serial = value[:3], value[3:5], value[5:]
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


def _itin(value: str) -> bool:
    return value[0] == "9" and 50 <= int(value[3:5]) <= 99


def _nino(value: str) -> bool:
    """Source: HMRC, NIM39110."""
    value = value.upper()
    return (
        value[0] not in "DFIQUV"
        and value[1] not in "DFIQUVO"
        and value[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}
    )


def _sin(value: str) -> bool:
    return value[0] not in "08" and luhn_fits(value)


def _nhs(value: str) -> bool:
    return weighted_fits(value, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11) and len(set(value)) > 2


def _taiwan(value: str) -> bool:
    """Source: Ministry of the Interior: the letter counts as two figures; weights 1, 9 to 1, 1 modulo 10."""
    order = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
    number = order.index(value[0].upper()) + 10
    digits = f"{number}{value[1:]}"
    return weighted_fits(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), 10)


def _hong_kong(value: str) -> bool:
    """Source: Immigration Department: weights 9 to 1 modulo 11, letters from 10, an empty place as 36."""
    letters = value[:-7].upper()
    total = sum((ord(c) - 55) * w for c, w in zip(letters.rjust(2), (9, 8), strict=True) if c != " ")
    total += 36 * 9 if len(letters) == 1 else 0
    total += sum(int(c) * w for c, w in zip(value[-7:-1], (7, 6, 5, 4, 3, 2), strict=True))
    last = 10 if value[-1].upper() == "A" else int(value[-1], 36)
    return (total + last) % 11 == 0 and last <= 10


def _singapore(value: str) -> bool:
    """Source: ICA: weights 2, 7, 6, 5, 4, 3, 2; T and G add 4, M adds 3."""
    value = value.upper()
    total = sum(int(c) * w for c, w in zip(value[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(value[0], 0)
    table = "JZIHGFEDCBA" if value[0] in "ST" else "XWUTRQPNMLK" if value[0] in "FG" else "XWUTRQPNJLK"
    place = total % 11
    return value[8] == (table[10 - place] if value[0] == "M" else table[place])


def _thai(value: str) -> bool:
    return bool(_module("th.pin").is_valid(value))


def _malaysia(value: str) -> bool:
    return _born_short(value[:2], value[2:4], value[4:6]) and value[6:8] not in {
        "00",
        "17",
        "18",
        "19",
        "20",
        "69",
        "70",
        "73",
        "80",
        "81",
        "94",
        "95",
        "96",
        "97",
    }


def _indonesia(value: str) -> bool:
    day = int(value[6:8])
    return (
        11 <= int(value[:2]) <= 96
        and _born_short(value[10:12], value[8:10], f"{day - 40 if day > 40 else day:02d}")
        and value[12:] != "0000"
    )


def _vietnam(value: str) -> bool:
    return 1 <= int(value[:3]) <= 96


def _china(value: str) -> bool:
    if not _born(int(value[6:10]), int(value[10:12]), int(value[12:14])):
        return False
    total = sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(value[:17]))
    return "10X98765432"[total % 11] == value[17].upper()


def _korea(value: str) -> bool:
    return value[6] in "12345678" and _born_short(value[:2], value[2:4], value[4:6])


def _japan(value: str) -> bool:
    total = sum(int(c) * w for c, w in zip(value[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return int(value[11]) == (0 if total <= 1 else 11 - total)


def _emirates(value: str) -> bool:
    return value.startswith("784") and luhn_fits(value)


def _saudi(value: str) -> bool:
    return value[0] in "12" and luhn_fits(value)


def _egypt(value: str) -> bool:
    """Century 2 or 3, date of birth, governorate. Source: Civil Status Organization."""
    if value[0] not in "23":
        return False
    return (
        _born((1700 + 100 * int(value[0])) + int(value[1:3]), int(value[3:5]), int(value[5:7]))
        and int(value[7:9]) <= 88
    )


def _south_africa(value: str) -> bool:
    return _born_short(value[:2], value[2:4], value[4:6]) and value[10] in "012" and luhn_fits(value)


def _snils(value: str) -> bool:
    """Source: Pension Fund of Russia: weights 9 to 1, modulo 101, 100 as 00."""
    total = sum(int(c) * w for c, w in zip(value[:9], range(9, 0, -1), strict=True)) % 101 % 100
    return total == int(value[9:])


def _kazakhstan(value: str) -> bool:
    """Source: Law 223-III: two rounds of weights modulo 11."""
    if value[6] not in "123456" or not _born_short(value[:2], value[2:4], value[4:6]):
        return False
    for weights in ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        left = sum(int(c) * w for c, w in zip(value, weights, strict=False)) % 11
        if left != 10:
            return left == int(value[11])
    return False


def _jmbg(value: str) -> bool:
    """Source: Act on the unified citizen's number, 1976: weights 7 to 2 twice, modulo 11."""
    year = int(value[4:7])
    return _born((1000 if year >= 800 else 2000) + year, int(value[2:4]), int(value[:2])) and _jmbg_check(value)


def _jmbg_check(value: str) -> bool:
    total = sum(int(c) * w for c, w in zip(value[:12], (7, 6, 5, 4, 3, 2) * 2, strict=True)) % 11
    return int(value[12]) == (0 if total in (0, 1) else 11 - total) and total != 1


def _latvia(value: str) -> bool:
    if value.startswith("32"):
        return True
    return _born_short(value[4:6], value[2:4], value[:2])


def _cpr(value: str) -> bool:
    return _born_short(value[4:6], value[2:4], value[:2])


def _austria(value: str) -> bool:
    """Source: Hauptverband: weights 3, 7, 9, 5, 8, 4, 2, 1, 6 modulo 11 in the fourth place."""
    total = sum(int(c) * w for c, w in zip(value[:3] + value[4:], (3, 7, 9, 5, 8, 4, 2, 1, 6), strict=True)) % 11
    return total == int(value[3]) and value[0] != "0"


def _kvnr(value: str) -> bool:
    """Source: GKV-Spitzenverband: the letter as two figures, weights 1, 2, sums of figures modulo 10."""
    digits = f"{ord(value[0].upper()) - 64:02d}{value[1:9]}"
    total = sum(sum(divmod(int(c) * (1 + i % 2), 10)) for i, c in enumerate(digits))
    return total % 10 == int(value[9])


def _rvnr(value: str) -> bool:
    """Source: Deutsche Rentenversicherung, VKVV: weights 2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1, sums of figures modulo 10."""
    letter = f"{ord(value[8].upper()) - 64:02d}"
    digits = value[:8] + letter + value[9:11]
    total = sum(sum(divmod(int(c) * w, 10)) for c, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    return total % 10 == int(value[11])


def _medicare_au(value: str) -> bool:
    """Source: Services Australia: weights 1, 3, 7, 9 modulo 10 in the ninth place."""
    if value[0] not in "23456":
        return False
    return sum(int(c) * w for c, w in zip(value[:8], (1, 3, 7, 9, 1, 3, 7, 9), strict=True)) % 10 == int(value[8])


def _tax_file(value: str) -> bool:
    return bool(_module("au.tfn").is_valid(value))


def _sus(value: str) -> bool:
    return value[0] in "123789" and weighted_fits(value, tuple(range(15, 0, -1)), 11)


def _driver_gb(value: str) -> bool:
    """Source: DVLA, INF45: the month in the seventh and eighth place, 50 more for women."""
    month = int(value[6:8])
    return 1 <= (month - 50 if month > 50 else month) <= 12 and 1 <= int(value[8:10]) <= 31


def _cnh(value: str) -> bool:
    """Source: DENATRAN, Portaria 47/1999."""
    first = sum(int(c) * w for c, w in zip(value[:9], range(9, 0, -1), strict=True)) % 11
    less = 2 if first > 9 else 0
    first = 0 if first > 9 else first
    second = sum(int(c) * w for c, w in zip(value[:9], range(1, 10), strict=True)) % 11 - less
    second = second + 11 if second < 0 else second
    return value[9:] == f"{first}{0 if second > 9 else second}" and len(set(value)) > 1


def _cuil(value: str) -> bool:
    return bool(_module("ar.cuit").is_valid(value))


def _identity_de(value: str) -> bool:
    """Source: ICAO 9303 weights over nine places, the tenth checks. Letters from 10."""
    value = value.upper()
    if len(value) == 9:
        return any(c.isdigit() for c in value)
    return (
        sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(value[:9])) % 10 == int(value[9])
        if value[9].isdigit()
        else False
    )


def _two_kinds(value: str) -> bool:
    return any(c.isdigit() for c in value)


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/\-#$€£+@=&?])(?:{body})(?![\w/@]|[.,\-:]\d)", re.ASCII | re.IGNORECASE)


def _w(body: str) -> re.Pattern[str]:
    return re.compile(body, re.IGNORECASE)


_S = r"[ .\-]?"
_N, _SSN, _TAX = "identity.national", "identity.ssn", "identity.tax"
_P, _L, _H, _R = "identity.passport", "identity.licence", "identity.health", "identity.permit"

FORMS: tuple[Form, ...] = (
    Form("US", _SSN, _pattern(r"(\d{3}[\-–]\d{2}[\-–]\d{4})"), _ssn, 0.8, 0.97, None, False),
    Form(
        "US",
        _SSN,
        _pattern(r"(\d{3}[ .\-–]{0,2}\d{2}[ .\-–]{0,2}\d{4}|\d(?: \d){8})"),
        _ssn,
        0.0,
        0.95,
        _w(r"\bssn|social|\bss#|soc\.? sec|\bitin|\bleak|seguro social"),
        False,
    ),
    Form("US", _TAX, _pattern(r"(9\d{2}[\- ]\d{2}[\- ]\d{4})"), _itin, 0.0, 0.95, _w(r"\bitin|tax")),
    Form(
        "US",
        _H,
        _pattern(
            r"([1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d\d)"
        ),
        _any,
        0.7,
        0.97,
        None,
        False,
    ),
    Form(
        "US",
        _R,
        _pattern(r"(A-?\d{3}-?\d{3}-?\d{2,3}|[A-Z]{3}\d{10})"),
        _any,
        0.0,
        0.93,
        _w(r"green ?card|uscis|alien|a-?number|permanent resident|i-?94|resident"),
        False,
    ),
    Form(
        "GB",
        _N,
        _pattern(r"([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D])"),
        _nino,
        0.75,
        0.98,
        None,
        False,
    ),
    Form("GB", _H, _pattern(r"(\d{3}[ \-]?\d{3}[ \-]?\d{4})"), _nhs, 0.0, 0.97, _w(r"\bnhs\b|health")),
    Form(
        "GB", _TAX, _pattern(r"(\d{5} ?\d{5})"), _std("gb.utr"), 0.0, 0.95, _w(r"\butr\b|taxpayer|tax ref|self.?assess")
    ),
    Form(
        "GB",
        _L,
        _pattern(r"([A-Z9]{5} ?\d{6} ?[A-Z9]{2}\d?[A-Z]{2,3}(?: ?\d{2})?)"),
        lambda v: _driver_gb(v),
        0.85,
        0.98,
        None,
        False,
    ),
    Form("IE", _N, _pattern(r"(\d{7}[A-W][A-IW]?)"), _std("ie.pps"), 0.5, 0.98),
    Form(
        "CA",
        _SSN,
        _pattern(r"(\d{3}[ \-]?\d{3}[ \-]?\d{3})"),
        _sin,
        0.0,
        0.97,
        _w(r"\bsin\b|social insurance|\bnas\b|assurance sociale"),
    ),
    Form(
        "CA",
        _H,
        _pattern(r"(\d{4}[ \-]?\d{3}[ \-]?\d{3}(?:[ \-]?[A-Z]{2})?)"),
        _any,
        0.0,
        0.9,
        _w(r"ohip|health (?:card|number)|\bphn\b|ramq"),
        False,
    ),
    Form("AU", _TAX, _pattern(r"(\d{3} ?\d{3} ?\d{2,3})"), _tax_file, 0.0, 0.97, _w(r"\btfn\b|tax file")),
    Form("AU", _H, _pattern(r"(\d{4}[ \-]?\d{5}[ \-]?\d(?:[ \-/]?\d)?)"), _medicare_au, 0.0, 0.96, _w(r"medicare")),
    Form("NZ", _TAX, _pattern(r"(\d{2,3}[\- ]?\d{3}[\- ]?\d{3})"), _std("nz.ird"), 0.0, 0.96, _w(r"\bird\b")),
    Form(
        "IN",
        _N,
        _pattern(r"([2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4})"),
        _std("in_.aadhaar"),
        0.0,
        0.98,
        _w(r"aadh?a?ar|adhaar|uid|आधार"),
    ),
    Form(
        "IN", _N, _pattern(r"([2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4})"), _any, 0.0, 0.8, _w(r"aadh?a?ar|adhaar|आधार"), False
    ),
    Form(
        "IN",
        _TAX,
        _pattern(r"((?-i:[A-Z]{3}[ABCFGHJLPTK][A-Z]\d{4}[A-Z])|[a-z]{3}[abcfghjlptk][a-z]\d{4}[a-z])"),
        _any,
        0.0,
        0.97,
        None,
        False,
    ),
    Form("IN", _N, _pattern(r"([A-Z]{3}\d{7})"), _any, 0.0, 0.93, _w(r"voter|epic|मतदाता|वोटर"), False),
    Form("IN", _L, _pattern(r"([A-Z]{2}[ \-]?\d{2}[ \-]?(?:19|20)\d{2}[ \-]?\d{7})"), _any, 0.7, 0.97, None, False),
    Form("PK", _N, _pattern(r"(\d{5}-\d{7}-\d)"), _any, 0.85, 0.98, None, False),
    Form("PK", _N, _pattern(r"(\d{13})"), _any, 0.0, 0.9, _w(r"cnic|شناختی"), False),
    Form("BD", _N, _pattern(r"(\d{10}|\d{13}|\d{17})"), _any, 0.0, 0.85, _w(r"\bnid\b|এনআইডি|পরিচয়"), False),
    Form("LK", _N, _pattern(r"(\d{9}[VX])"), _any, 0.6, 0.96, None, False),
    Form(
        "DE",
        _TAX,
        _pattern(r"(\d{2} ?\d{3} ?\d{3} ?\d{3})"),
        _std("de.idnr"),
        0.0,
        0.98,
        _w(r"steuer|\bid-?nr|\btax|\btin\b"),
    ),
    Form("DE", _SSN, _pattern(r"(\d{2} ?\d{6} ?[A-Z] ?\d{3})"), _rvnr, 0.85, 0.98),
    Form("DE", _H, _pattern(r"([A-Z]\d{9})"), _kvnr, 0.0, 0.97, _w(r"kranken|kvnr|versicher|gesundheit|health")),
    Form(
        "DE",
        _N,
        _pattern(r"([CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?)"),
        _identity_de,
        0.0,
        0.95,
        _w(r"ausweis|\bperso\b|\bid\b|identity"),
        False,
    ),
    Form(
        "DE",
        _L,
        _pattern(r"([A-Z]\d{2}[A-Z0-9]{6}\d[A-Z0-9])"),
        _two_kinds,
        0.0,
        0.95,
        _w(r"führerschein|fahrerlaubnis|licen"),
        False,
    ),
    Form("AT", _SSN, _pattern(r"(\d{4} ?\d{6})"), _austria, 0.0, 0.97, _w(r"sv-?n|sozialvers|versicherung|e-?card")),
    Form("CH", _SSN, _pattern(r"(756\.?\d{4}\.?\d{4}\.?\d{2})"), _std("ch.ssn"), 0.95, 0.99),
    Form(
        "FR",
        _SSN,
        _pattern(r"([12378][ .]?\d{2}[ .]?(?:\d{2})[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}[ .|]?\d{2})"),
        _std("fr.nir"),
        0.85,
        0.98,
    ),
    Form(
        "FR",
        _TAX,
        _pattern(r"([0-3]\d[ ]?\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3})"),
        _std("fr.nif"),
        0.0,
        0.97,
        _w(r"fiscal|impôt|impot|contribuable|\bspi\b"),
    ),
    Form(
        "FR",
        _N,
        _pattern(r"(\d{12}|[A-Z0-9]{9})"),
        _two_kinds,
        0.0,
        0.9,
        _w(r"carte d.identité|\bcni\b|pièce d.identité"),
        False,
    ),
    Form("FR", _L, _pattern(r"(\d{12}|\d{2}[A-Z]{2}\d{5})"), _any, 0.0, 0.95, _w(r"permis"), False),
    Form("BE", _N, _pattern(r"(\d{2}\.?\d{2}\.?\d{2}[\- ]?\d{3}[. ]?\d{2})"), _std("be.nn"), 0.8, 0.98),
    Form(
        "NL",
        _N,
        _pattern(r"(\d{4}\.?\d{2}\.?\d{3}|\d{9}|\d{3} \d{3} \d{3})"),
        _std("nl.bsn"),
        0.0,
        0.97,
        _w(r"\bbsn\b|burgerservice|sofi"),
    ),
    Form("LU", _N, _pattern(r"((?:19|20)\d{2} ?\d{4} ?\d{5})"), _any, 0.0, 0.9, _w(r"matricule|national|cns"), False),
    Form(
        "ES",
        _N,
        _pattern(r"(\d{8}[ \-]?[A-HJ-NP-TV-Z]|\d{2}\.\d{3}\.\d{3}[ \-]?[A-HJ-NP-TV-Z])"),
        _std("es.dni"),
        0.75,
        0.98,
    ),
    Form("ES", _N, _pattern(r"([XYZ][ \-]?\d{7}[ \-]?[A-HJ-NP-TV-Z])"), _std("es.nie"), 0.85, 0.98),
    Form(
        "ES",
        _SSN,
        _pattern(r"(\d{2}[ /]?\d{8}[ /]?\d{2})"),
        lambda v: int(v[:10]) % 97 == int(v[10:]) or int(v[:2] + v[2:10].lstrip("0").zfill(1)) % 97 == int(v[10:]),
        0.0,
        0.96,
        _w(r"seguridad social|\bnuss|\bnss|afiliaci"),
    ),
    Form("PT", _TAX, _pattern(r"(\d{3} ?\d{3} ?\d{3})"), _std("pt.nif"), 0.0, 0.96, _w(r"\bnif\b|contribuinte|fiscal")),
    Form("PT", _N, _pattern(r"(\d{8} ?\d ?[A-Z0-9]{2} ?\d)"), _std("pt.cc"), 0.0, 0.97, _w(r"cidad|\bcc\b|identidade")),
    Form("PT", _SSN, _pattern(r"([12]\d{10})"), _any, 0.0, 0.85, _w(r"niss|segurança social"), False),
    Form(
        "IT",
        _TAX,
        _pattern(r"([A-Z]{3} ?[A-Z]{3} ?\d{2}[A-EHLMPRST]\d{2} ?[A-Z]\d{3} ?[A-Z])"),
        _std("it.codicefiscale"),
        0.96,
        0.99,
    ),
    Form(
        "IT",
        _N,
        _pattern(r"(C[A-Z]\d{5}[A-Z]{2}|[A-Z]{2} ?\d{7})"),
        _any,
        0.0,
        0.95,
        _w(r"carta d.identità|carta identità|documento"),
        False,
    ),
    Form("IT", _L, _pattern(r"([A-Z]{2}\d{7}[A-Z]|U1[A-Z0-9]{7}[A-Z])"), _any, 0.0, 0.95, _w(r"patente"), False),
    Form("IT", _H, _pattern(r"(80380\d{15})"), _any, 0.8, 0.97, None, False),
    Form("PL", _N, _pattern(r"(\d{11})"), _std("pl.pesel"), 0.0, 0.98, _w(r"pesel|dow[oó]d|\bid\b|personal")),
    Form("PL", _N, _pattern(r"([A-Z]{3} ?\d{6})"), _any, 0.0, 0.95, _w(r"dow[oó]d"), False),
    Form(
        "PL",
        _TAX,
        _pattern(r"(\d{3}-?\d{3}-?\d{2}-?\d{2}|\d{3}-\d{2}-\d{2}-\d{3})"),
        _std("pl.nip"),
        0.0,
        0.9,
        _w(r"\bnip\b"),
    ),
    Form("PL", _L, _pattern(r"(\d{5}/\d{2}/\d{4})"), _any, 0.0, 0.96, _w(r"praw[oa] jazdy"), False),
    Form(
        "CZ",
        _N,
        _pattern(r"(\d{6} ?/ ?\d{3,4}|\d{9,10})"),
        _std("cz.rc"),
        0.0,
        0.97,
        _w(r"rodn|\br\.?č|občan|birth number"),
    ),
    Form("CZ", _N, _pattern(r"(\d{6}/\d{4})"), _std("cz.rc"), 0.75, 0.97),
    Form(
        "RO", _N, _pattern(r"([1-9]\d{12})"), _std("ro.cnp"), 0.0, 0.98, _w(r"\bcnp\b|buletin|identitate|cod numeric")
    ),
    Form("BG", _N, _pattern(r"(\d{10})"), _std("bg.egn"), 0.0, 0.98, _w(r"егн|\begn\b|лична")),
    Form("HR", _N, _pattern(r"(\d{11})"), _std("hr.oib"), 0.0, 0.97, _w(r"\boib\b|osobn")),
    Form("RS", _N, _pattern(r"(\d{13})"), _jmbg, 0.0, 0.98, _w(r"jmbg|јмбг|emšo|emso|матични|ličn|mati[čc]n")),
    Form("HU", _TAX, _pattern(r"(8\d{9})"), _any, 0.0, 0.85, _w(r"adóazon"), False),
    Form("HU", _N, _pattern(r"(\d{6}[A-Z]{2})"), _any, 0.0, 0.9, _w(r"személyi"), False),
    Form("GR", _SSN, _pattern(r"(\d{11})"), _std("gr.amka"), 0.0, 0.98, _w(r"αμκα|amka")),
    Form("GR", _TAX, _pattern(r"(\d{9})"), _std("gr.vat"), 0.0, 0.95, _w(r"αφμ|\bafm\b")),
    Form("EE", _N, _pattern(r"([1-8]\d{10})"), _std("ee.ik"), 0.0, 0.98, _w(r"isikukood|personal (?:id )?code|asmens")),
    Form("LT", _N, _pattern(r"([1-6]\d{10})"), _std("lt.asmens"), 0.0, 0.98, _w(r"asmens|personal code")),
    Form("LV", _N, _pattern(r"(\d{6}-\d{5})"), _latvia, 0.0, 0.96, _w(r"person|kods|id\b"), False),
    Form("FI", _N, _pattern(r"(\d{6}[\-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y])"), _std("fi.hetu"), 0.9, 0.99, written=True),
    Form(
        "SE",
        _N,
        _pattern(r"((?:19|20)?\d{6}[\-+ ]?\d{4})"),
        _std("se.personnummer"),
        0.0,
        0.97,
        _w(r"person|samordning|\bid\b"),
    ),
    Form("SE", _N, _pattern(r"((?:19|20)?\d{6}[\-+]\d{4})"), _std("se.personnummer"), 0.6, 0.97),
    Form("NO", _N, _pattern(r"(\d{6} ?\d{5})"), _std("no.fodselsnummer"), 0.0, 0.98, _w(r"f[øo]dsel|person|\bid\b")),
    Form("DK", _N, _pattern(r"(\d{6}[\- ]?\d{4})"), _cpr, 0.0, 0.95, _w(r"\bcpr|person"), False),
    Form("IS", _N, _pattern(r"(\d{6}-?\d{4})"), _std("is_.kennitala"), 0.0, 0.97, _w(r"kennit")),
    Form(
        "TR",
        _N,
        _pattern(r"([1-9]\d{10}|[1-9]\d{2} \d{3} \d{3} \d{2})"),
        _std("tr.tckimlik"),
        0.0,
        0.98,
        _w(r"t\.?c\.?\b|kimlik|nüfus|tckn|turkish id"),
    ),
    Form("RU", _SSN, _pattern(r"(\d{3}-\d{3}-\d{3}[ \-]\d{2})"), _snils, 0.93, 0.99),
    Form("RU", _SSN, _pattern(r"(\d{11}|\d{3} \d{3} \d{3} \d{2})"), _snils, 0.0, 0.97, _w(r"снилс|snils")),
    Form("RU", _TAX, _pattern(r"(\d{12})"), _std("ru.inn"), 0.0, 0.97, _w(r"инн|\binn\b")),
    Form("RU", _P, _pattern(r"(\d{2} ?\d{2}[ №n]{0,3}\d{6})"), _any, 0.0, 0.96, _w(r"паспорт|серия|passport"), False),
    Form(
        "RU",
        _L,
        _pattern(r"(\d{2} ?(?:\d{2}|[А-ЯA-Z]{2}) ?\d{6})"),
        _any,
        0.0,
        0.95,
        _w(r"водител|права|\bву\b"),
        False,
    ),
    Form("RU", _H, _pattern(r"(\d{16}|\d{4} \d{4} \d{4} \d{4})"), _any, 0.0, 0.93, _w(r"полис|омс|енп"), False),
    Form("UA", _TAX, _pattern(r"(\d{10})"), _std("ua.rntrc"), 0.0, 0.97, _w(r"рнокпп|іпн|інн|ідентифікац|податк")),
    Form("KZ", _N, _pattern(r"(\d{12})"), _kazakhstan, 0.0, 0.97, _w(r"иин|жсн|\biin\b")),
    Form("IL", _N, _pattern(r"(\d{8}-?\d)"), lambda v: luhn_fits(v), 0.0, 0.96, _w(r"teudat|זהות|ת.ז|israel|\bid\b")),
    Form("AE", _N, _pattern(r"(784[\- ]?\d{4}[\- ]?\d{7}[\- ]?\d)"), _emirates, 0.93, 0.99),
    Form("SA", _N, _pattern(r"([12]\d{9})"), _saudi, 0.0, 0.96, _w(r"هوي|iqama|إقام|اقام|national id|saudi|\bid\b")),
    Form("EG", _N, _pattern(r"([23]\d{13})"), _egypt, 0.55, 0.97, None, False),
    Form("KW", _N, _pattern(r"([23]\d{11})"), _any, 0.0, 0.9, _w(r"civil id|المدني"), False),
    Form("QA", _N, _pattern(r"([23]\d{10})"), _any, 0.0, 0.9, _w(r"\bqid\b|qatar id"), False),
    Form("MA", _N, _pattern(r"([A-Z]{1,2}\d{5,6})"), _any, 0.0, 0.9, _w(r"\bcin\b|البطاقة الوطنية|cnie"), False),
    Form("IR", _N, _pattern(r"(\d{10})"), _any, 0.0, 0.9, _w(r"کد ملی|شماره ملی"), False),
    Form("ZA", _N, _pattern(r"(\d{6} ?\d{4} ?\d{3})"), _south_africa, 0.5, 0.97),
    Form("NG", _N, _pattern(r"(\d{11})"), _any, 0.0, 0.93, _w(r"\bnin\b|\bbvn\b"), False),
    Form("GH", _N, _pattern(r"(GHA-\d{9}-\d)"), _any, 0.93, 0.98, None, False),
    Form("KE", _N, _pattern(r"(\d{7,8})"), _any, 0.0, 0.85, _w(r"national id|\bid (?:no|number)|huduma"), False),
    Form("KE", _TAX, _pattern(r"([A]\d{9}[A-Z])"), _any, 0.6, 0.96, _w(r"kra|pin"), False),
    Form("BR", _TAX, _pattern(r"(\d{3}\.\d{3}\.\d{3}[\-/]\d{2})"), _std("br.cpf"), 0.95, 0.99),
    Form(
        "BR",
        _TAX,
        _pattern(r"(\d{9}[\- ]?\d{2}|\d{3}[ .]\d{3}[ .]\d{3}[ \-]\d{2})"),
        _std("br.cpf"),
        0.0,
        0.98,
        _w(r"\bcpf\b"),
    ),
    Form(
        "BR",
        _N,
        _pattern(r"(\d{1,2}\.?\d{3}\.?\d{3}-?[\dX])"),
        _any,
        0.0,
        0.94,
        _w(r"\brg\b|identidade|registro geral"),
        False,
    ),
    Form("BR", _L, _pattern(r"(\d{11})"), _cnh, 0.0, 0.97, _w(r"\bcnh\b|motorista|habilita")),
    Form("BR", _H, _pattern(r"(\d{3} ?\d{4} ?\d{4} ?\d{4})"), _sus, 0.0, 0.97, _w(r"\bsus\b|\bcns\b|saúde")),
    Form(
        "BR",
        _SSN,
        _pattern(r"(\d{3}\.?\d{5}\.?\d{2}-?\d)"),
        lambda v: weighted_fits(v, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11),
        0.0,
        0.97,
        _w(r"\bpis\b|pasep|\bnis\b"),
    ),
    Form(
        "MX",
        _N,
        _pattern(r"([A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\d)"),
        _std("mx.curp"),
        0.96,
        0.99,
    ),
    Form(
        "MX",
        _TAX,
        _pattern(r"([A-ZÑ&]{4}[ \-]?\d{6}[ \-]?[A-Z0-9]{3})"),
        lambda v: _born_short(v[4:6], v[6:8], v[8:10]),
        0.55,
        0.97,
        None,
        False,
    ),
    Form(
        "MX",
        _SSN,
        _pattern(r"(\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{4}[ \-]?\d)"),
        luhn_fits,
        0.0,
        0.97,
        _w(r"\bnss\b|imss|seguro social"),
    ),
    Form("AR", _TAX, _pattern(r"((?:20|23|24|27)-?\d{8}-?\d)"), _cuil, 0.0, 0.98, _w(r"cui[lt]")),
    Form("AR", _TAX, _pattern(r"((?:20|23|24|27)-\d{8}-\d)"), _cuil, 0.8, 0.98),
    Form("AR", _N, _pattern(r"(\d{1,2}\.?\d{3}\.?\d{3})"), _any, 0.0, 0.94, _w(r"\bdni\b|documento"), False),
    Form("CL", _N, _pattern(r"(\d{1,2}\.\d{3}\.\d{3}-[\dK])"), _std("cl.rut"), 0.75, 0.98),
    Form("CL", _N, _pattern(r"(\d{7,8}-?[\dK])"), _std("cl.rut"), 0.0, 0.97, _w(r"\brut\b|\brun\b")),
    Form(
        "CO",
        _N,
        _pattern(r"(\d{1,3}(?:\.?\d{3}){2,3})"),
        _any,
        0.0,
        0.93,
        _w(r"c[eé]dula|\bc\.?c\.?\b|ciudadan"),
        False,
    ),
    Form("PE", _N, _pattern(r"(\d{8}(?:-?\d)?)"), _any, 0.0, 0.92, _w(r"\bdni\b"), False),
    Form("EC", _N, _pattern(r"(\d{9}-?\d)"), _std("ec.ci"), 0.0, 0.97, _w(r"c[eé]dula|\bc\.?i\.?\b")),
    Form("UY", _N, _pattern(r"(\d\.?\d{3}\.?\d{3}-?\d)"), _any, 0.0, 0.93, _w(r"c[eé]dula|\bc\.?i\.?\b"), False),
    Form(
        "VE", _N, _pattern(r"([VE]-? ?\d{1,2}\.?\d{3}\.?\d{3})"), _any, 0.0, 0.93, _w(r"c[eé]dula|\bc\.?i\.?\b"), False
    ),
    Form("DO", _N, _pattern(r"(\d{3}-?\d{7}-?\d)"), _std("do.cedula"), 0.0, 0.97, _w(r"c[eé]dula")),
    Form("GT", _N, _pattern(r"(\d{4} ?\d{5} ?\d{4})"), _any, 0.0, 0.93, _w(r"\bdpi\b|\bcui\b"), False),
    Form("CN", _N, _pattern(r"([1-8]\d{5}(?:19|20)\d{9}[\dX])"), _china, 0.93, 0.99),
    Form("TW", _N, _pattern(r"([A-Z][1289]\d{8})"), _taiwan, 0.75, 0.98),
    Form("HK", _N, _pattern(r"([A-Z]{1,2}\d{6} ?\([\dA]\))"), _hong_kong, 0.93, 0.99),
    Form("HK", _N, _pattern(r"([A-Z]{1,2}\d{6}[\dA])"), _hong_kong, 0.0, 0.96, _w(r"hkid|hong kong|身份證|身份证")),
    Form("SG", _N, _pattern(r"([STFGM]\d{7}[A-Z])"), _singapore, 0.9, 0.99),
    Form(
        "JP", _N, _pattern(r"(\d{4}[ \-]?\d{4}[ \-]?\d{4})"), _japan, 0.0, 0.98, _w(r"マイナンバー|個人番号|my ?number")
    ),
    Form("JP", _L, _pattern(r"(\d{12}|\d{4} \d{4} \d{4})"), _any, 0.0, 0.95, _w(r"免許"), False),
    Form("JP", _R, _pattern(r"([A-Z]{2}\d{8}[A-Z]{2})"), _any, 0.6, 0.97, None, False),
    Form("JP", _H, _pattern(r"(\d{6,10})"), _any, 0.0, 0.85, _w(r"保険証|被保険者|保険者番号"), False),
    Form("KR", _N, _pattern(r"(\d{6}-[1-8]\d{6})"), _korea, 0.85, 0.98, None, False),
    Form("KR", _N, _pattern(r"(\d{6}[ ]?[1-8]\d{6})"), _korea, 0.0, 0.97, _w(r"주민|외국인등록"), False),
    Form("KR", _L, _pattern(r"(\d{2}-\d{2}-\d{6}-\d{2})"), _any, 0.85, 0.98, None, False),
    Form("ID", _N, _pattern(r"(\d{16})"), _indonesia, 0.0, 0.97, _w(r"\bnik\b|ktp|induk|\bkk\b"), False),
    Form("ID", _TAX, _pattern(r"(\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3})"), _any, 0.8, 0.97, None, False),
    Form("ID", _H, _pattern(r"(000\d{10})"), _any, 0.0, 0.96, _w(r"bpjs|\bkis\b"), False),
    Form(
        "ID",
        _L,
        _pattern(r"(\d{12,14}|\d{4}-\d{4}-\d{6})"),
        _any,
        0.0,
        0.93,
        _w(r"\bsim [abc]\b|nomor sim|no sim|mengemudi"),
        False,
    ),
    Form("MY", _N, _pattern(r"(\d{6}-\d{2}-\d{4})"), _malaysia, 0.8, 0.98, None, False),
    Form("MY", _N, _pattern(r"(\d{12})"), _malaysia, 0.0, 0.95, _w(r"\bic\b|mykad|kad pengenalan|no kp"), False),
    Form("TH", _N, _pattern(r"(\d-\d{4}-\d{5}-\d{2}-\d)"), _thai, 0.95, 0.99),
    Form(
        "TH",
        _N,
        _pattern(r"(\d[ \-]?\d{4}[ \-]?\d{5}[ \-]?\d{2}[ \-]?\d)"),
        _thai,
        0.0,
        0.98,
        _w(r"บัตร|ประชาชน|thai id|national id|\bid\b"),
    ),
    Form(
        "VN", _N, _pattern(r"(\d{12})"), _vietnam, 0.0, 0.95, _w(r"cccd|cmnd|căn cước|định danh|chứng minh|id\b"), False
    ),
    Form("VN", _N, _pattern(r"(\d{9})"), _any, 0.0, 0.93, _w(r"cmnd|chứng minh"), False),
    Form("VN", _H, _pattern(r"([A-Z]{2}\d{13}|\d{10})"), _any, 0.0, 0.93, _w(r"bhyt|bhxh|bảo hiểm"), False),
    Form("VN", _TAX, _pattern(r"(\d{10})"), _std("vn.mst"), 0.0, 0.9, _w(r"mã số thuế|\bmst\b")),
    Form(
        "PH",
        _N,
        _pattern(r"(\d{4}-\d{4}-\d{4}(?:-\d{4})?|\d{2}-\d{7}-\d)"),
        _any,
        0.0,
        0.9,
        _w(r"philsys|philid|\bumid\b|\bsss\b|national id"),
        False,
    ),
    Form("PH", _H, _pattern(r"(\d{2}-\d{9}-\d)"), _any, 0.7, 0.96, _w(r"philhealth"), False),
)

# After a word that names the document, any figure of the right size is its number.
NAMED: tuple[tuple[str, re.Pattern[str], float], ...] = (
    (
        _P,
        _pattern(
            r"((?-i:[A-Z]{1,3}[ \-]?)\d{6,9}[A-Z]?|[a-z]{1,2}\d{6,8}|\d{2}[A-Z]{2}\d{5}|\d{7,9}[A-Z]?|[A-Z]\d{2}[A-Z]{1,2}\d{5,6}[A-Z0-9]?|[CFGHJKLMNPRTVWXYZ](?=[A-Z0-9]*\d)[0-9CFGHJKLMNPRTVWXYZ]{8}\d?|[A-Z]{2}[A-Z0-9]{6}\d)"
        ),
        0.95,
    ),
    (
        _L,
        _pattern(
            r"((?-i:[A-Z]{1,5}[ \-]?\d[A-Z0-9 \-]{4,17}[A-Z0-9])|[a-z]{1,5}\d[a-z0-9]{5,15}|\d{7,14}|\d{2,4}[ \-]\d{3,4}[ \-]\d{3,4})"
        ),
        0.9,
    ),
    (
        _H,
        _pattern(
            r"((?-i:[A-Z]{1,4}[ \-]?)\d{6,14}[A-Z]{0,2}|[a-z]{1,3}\d{6,12}|\d{8,13}|\d{3,4}[ \-]\d{3,4}[ \-]\d{3,4}(?:[ \-][A-Z]{2})?)"
        ),
        0.85,
    ),
    (
        _R,
        _pattern(
            r"((?-i:[A-Z]{1,4}[ \-]?)\d{6,12}[A-Z]{0,2}|[a-z]{1,3}\d{6,10}|\d{7,12}|[A-Z0-9]{2}\d{2}[A-Z0-9]{5,6})"
        ),
        0.9,
    ),
    (_N, _pattern(r"((?-i:[A-Z]{1,4}[ \-]?)\d{6,12}[A-Z]?)"), 0.8),
)
