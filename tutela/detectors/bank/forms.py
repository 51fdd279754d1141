"""The national forms of an account number: which shape, which check, which words must stand beside it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tutela.reference.checkdigits import cbu_fits, ccc_fits, clabe_fits, iban_fits, mod97, weighted_fits


class Form(NamedTuple):
    """`shape` finds the number (group 1 the account; group 2, where there is one, the bank's or branch's code first).

    `alone` is the confidence without any word, `worded` the one with a word for an account; 0 says that it is none.
    """

    country: str
    shape: re.Pattern[str]
    fits: Callable[[str], bool]
    alone: float
    worded: float


def _any(_: str) -> bool:
    return True


def _nrb(digits: str) -> bool:
    return iban_fits("PL" + digits)


def _nib(digits: str) -> bool:
    return mod97(digits[:19] + "00") == 98 - int(digits[19:]) if len(digits) == 21 else False


def _rib(text: str) -> bool:
    """Source: CFONB, relevé d'identité bancaire: letters A-R count 1-9 twice, S-Z 2-9."""
    digits = "".join(
        char if char.isdigit() else str((ord(char) - 65) % 9 + 1 if char < "S" else ord(char) - 81) for char in text
    )
    return len(digits) == 23 and int(digits) % 97 == 0


def _belgian(digits: str) -> bool:
    return len(digits) == 12 and (int(digits[:10]) % 97 or 97) == int(digits[10:])


def _czech(text: str) -> bool:
    """Source: ČNB, vyhláška 169/2011: prefix and number, each weighted modulo 11."""
    number, _, _bank = text.partition("/")
    prefix, _, main = number.rpartition("-")
    weights = (6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
    return weighted_fits(main.zfill(10), weights, 11) and weighted_fits(prefix.zfill(6), weights[4:], 11)


def _norwegian(digits: str) -> bool:
    return len(digits) == 11 and weighted_fits(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11)


def _russian(digits: str) -> bool:
    return digits[:3] in {"405", "406", "407", "408", "423", "426"} and digits[5:8] in {
        "810",
        "840",
        "978",
        "643",
        "156",
    }


def _giro_dutch(digits: str) -> bool:
    return len(digits) in (9, 10) and weighted_fits(digits.zfill(10), (10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11)


def _s(body: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,/\-])(?:{body})(?![\w/]|[.,\-]\d)", re.ASCII)


# Sources: the central banks' and bank associations' published account formats, as of 2024.
FORMS: tuple[Form, ...] = (
    Form(
        "GB", _s(r"(\d{2}[ \-–]?\d{2}[ \-–]?\d{2})[^0-9\n]{1,24}(\d{2}[ \-]?\d{4}[ \-]?\d{2}|\d{8})"), _any, 0.0, 0.95
    ),
    Form("GB", _s(r"(\d{2}[\-–]\d{2}[\-–]\d{2})[ ,/|:;]{1,3}(\d{8})"), _any, 0.85, 0.97),
    Form("PL", _s(r"(\d{2}(?: ?\d{4}){6})"), _nrb, 0.95, 0.98),
    Form("FR", _s(r"(\d{5}[ |\-]?\d{5}[ |\-]?[0-9A-Z]{11}[ |\-]?\d{2})"), _rib, 0.85, 0.97),
    Form("AR", _s(r"(\d{22}|\d{8} \d{14})"), cbu_fits, 0.7, 0.98),
    Form("ES", _s(r"(\d{4}[ \-]?\d{4}[ \-]?\d{2}[ \-]?\d{10})"), ccc_fits, 0.7, 0.98),
    Form("PT", _s(r"(\d{4}[ .]?\d{4}[ .]?\d{11}[ .]?\d{2})"), _nib, 0.7, 0.97),
    Form("MX", _s(r"(\d{18}|\d{3} \d{3} \d{11} \d)"), clabe_fits, 0.0, 0.98),
    Form("RU", _s(r"(\d{20}|\d{5} \d{3} \d \d{11}|\d{5}(?: \d{5}){3})"), _russian, 0.6, 0.98),
    Form("BE", _s(r"(\d{3}[ \-]\d{7}[ \-]\d{2})"), _belgian, 0.7, 0.97),
    Form("CZ", _s(r"((?:\d{1,6}-)?\d{2,10}/\d{4})"), _czech, 0.0, 0.97),
    Form("NO", _s(r"(\d{4}[ .]?\d{2}[ .]?\d{5})"), _norwegian, 0.0, 0.95),
    Form("NL", _s(r"(\d{2}[ .]?\d{2}[ .]?\d{2}[ .]?\d{3,4})"), _giro_dutch, 0.0, 0.9),
    Form("NZ", _s(r"(\d{2}-\d{4}-\d{7}-\d{2,3})"), _any, 0.7, 0.97),
    Form("AU", _s(r"(\d{3}[\- ]\d{3})[^0-9\n]{1,24}(\d{6,10})"), _any, 0.0, 0.93),
    Form("CA", _s(r"(\d{5}[\- ]\d{3})[\- ](\d{7,12})"), _any, 0.0, 0.95),
    Form("BR", _s(r"(\d{4}(?:-\d)?)[^0-9\n]{1,24}(\d{4,12}-?[\dxX])"), _any, 0.0, 0.93),
    Form("KR", _s(r"(\d{3,6}-\d{2,6}-\d{3,7}(?:-\d{1,3})?)"), _any, 0.0, 0.93),
    Form("TH", _s(r"(\d{3}-\d-\d{5}-\d)"), _any, 0.0, 0.95),
    Form("JP", _s(r"(\d{7})"), _any, 0.0, 0.9),
    Form("SE", _s(r"(\d{4}(?:-\d)?[, ]{1,2}\d{2,3}[ ]?\d{3}[ ]?\d{2,3}[ \-]?\d?)"), _any, 0.0, 0.9),
    Form("HU", _s(r"(\d{8}-\d{8}(?:-\d{8})?)"), _any, 0.0, 0.97),
)
# What is only "six to twenty digits, perhaps in groups": the words decide.
PLAIN = re.compile(r"(?<![\w.,/#+\-])(?:[xX*]{0,2})?(\d(?:[ \-.]?\d){5,19})(?![\w%$€£]|[.,:/]\d|\-\d)", re.ASCII)
