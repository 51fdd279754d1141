"""Which telephone number is it: numbering plans, the regions a language points to, and numbers kept for fiction.

Validity comes from phonenumbers (Google's libphonenumber metadata). Only digit strings built here are given to its
parser, never people's text: on hostile text it takes exponential time.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct

LineKind = Literal["mobile", "fixed", "fixed_or_mobile", "toll_free", "shared_cost", "premium", "organisation", "other"]

# Where people who write a language mostly are, most people first. Source: order by number of speakers, CLDR 44
# territoryInfo; a number that fits none of them needs its country code to be recognised.
_REGIONS: dict[str, tuple[str, ...]] = {
    "en": ("US", "GB", "IN", "AU", "IE", "NG", "ZA", "PH", "NZ", "KE", "SG", "PK", "GH", "MY", "HK"),
    "es": ("MX", "ES", "CO", "AR", "PE", "CL", "VE", "EC", "GT", "DO", "BO", "CR", "UY", "PY", "PA", "SV", "HN", "NI"),
    "pt": ("BR", "PT", "AO", "MZ"),
    "fr": ("FR", "BE", "CH", "CI", "CM", "SN", "MA", "DZ", "TN", "LU"),
    "de": ("DE", "AT", "CH", "LU"),
    "it": ("IT", "CH"),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "ru": ("RU", "KZ", "BY", "UA", "KG", "UZ"),
    "uk": ("UA",),
    "tr": ("TR",),
    "ar": ("EG", "SA", "AE", "MA", "DZ", "IQ", "JO", "SY", "LB", "TN", "KW", "QA", "OM", "BH", "YE", "SD", "LY", "PS"),
    "hi": ("IN",),
    "bn": ("BD", "IN"),
    "ta": ("IN", "LK"),
    "te": ("IN",),
    "mr": ("IN",),
    "ur": ("PK", "IN"),
    "fa": ("IR", "AF"),
    "he": ("IL",),
    "el": ("GR", "CY"),
    "id": ("ID",),
    "ms": ("MY", "SG"),
    "tl": ("PH",),
    "fil": ("PH",),
    "vi": ("VN",),
    "th": ("TH",),
    "zh": ("CN", "TW", "HK", "SG"),
    "ja": ("JP",),
    "ko": ("KR",),
    "ro": ("RO", "MD"),
    "cs": ("CZ",),
    "sk": ("SK",),
    "hu": ("HU",),
    "sv": ("SE", "FI"),
    "da": ("DK",),
    "no": ("NO",),
    "nb": ("NO",),
    "fi": ("FI",),
    "bg": ("BG",),
    "hr": ("HR", "BA"),
    "sr": ("RS", "BA"),
    "sw": ("KE", "TZ"),
}  # fmt: skip

# Scripts that tell a language, or nearly: first and last code point.
_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x04FF, "ru"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "ar"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0E00, 0x0E7F, "th"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7A3, "ko"),
)


class Line(Struct, frozen=True, kw_only=True):
    """A number read by a plan. `e164` starts with `+`; `region` is ISO 3166-1 alpha-2, `001` for no country.

    `valid` is False where length fits the plan but the range is not in use.
    """

    e164: str
    region: str
    kind: LineKind
    valid: bool


def regions_for(language: str) -> tuple[str, ...]:
    """Regions to try for a national number written in `language` (BCP 47; its own region goes first)."""
    head, _, rest = language.replace("_", "-").partition("-")
    regions = _REGIONS.get(head.lower(), ())
    own = rest.upper()
    if len(own) == 2 and own.isalpha():
        return (own, *(region for region in regions if region != own))
    return regions


def languages_of_script(text: str) -> tuple[str, ...]:
    """Languages that the letters of `text` point to, the most frequent first; none for Latin."""
    counts: dict[str, int] = {}
    for char in text:
        point = ord(char)
        if point < 0x370:
            continue
        for first, last, language in _SCRIPTS:
            if first <= point <= last:
                counts[language] = counts.get(language, 0) + 1
                break
    if "ja" in counts:
        counts["ja"] += counts.pop("zh", 0)
    return tuple(sorted(counts, key=lambda language: -counts[language]))


def read_international(digits: str) -> Line | None:
    """The number that `digits` (country code first, no plus, at most 15) is, or None when no plan has its length."""
    if not 7 <= len(digits) <= 15 or not _ascii_digits(digits):
        return None
    return _line("+" + digits, None)


def read_national(digits: str, region: str) -> Line | None:
    """The number that `digits` is when written in `region`, trunk prefix included or not; None when it does not fit.

    Numbers that have the right length but lie in no assigned range come with `valid` False.
    """
    if not 5 <= len(digits) <= 15 or not _ascii_digits(digits):
        return None
    if not _may_fit(digits, region):
        return None
    return _line(digits, region)


def dials_trunk_zero(region: str) -> bool:
    """True where national numbers are written with a zero in front that is not part of them."""
    plan = _plan(region)
    return plan is not None and plan[2] == "0"


def is_fiction(e164: str) -> bool:
    """True for numbers that an authority keeps for films, books and examples. Sources: tables/fiction_numbers.tsv."""
    return any(pattern.fullmatch(e164) for pattern in _fiction(len(e164)))


def is_filler(digits: str) -> bool:
    """True for digits that people type as a stand-in: one digit over and over, or counted up or down.

    Takes the subscriber's part into account: `555-555-5555`, `123-456-7890`, `0123456789`, `9876543210`.
    """
    tail = digits[-7:]
    if len(set(tail)) == 1 or (len(set(digits)) <= 2 and len(digits) >= 9):
        return True
    return any(digits in run or digits.lstrip("0") in run for run in ("01234567890123456789", "98765432109876543210"))


@cache
def _fiction(length: int) -> tuple[re.Pattern[str], ...]:
    table = (files("tutela.reference") / "tables" / "fiction_numbers.tsv").read_text("utf-8")
    numbers = (line.partition("\t")[0] for line in table.splitlines() if line.startswith("+"))
    fitting = [number for number in numbers if len(number) == length]
    if not fitting:
        return ()
    return (re.compile("|".join(re.escape(number).replace("x", "[0-9]") for number in fitting)),)


def _ascii_digits(digits: str) -> bool:
    return digits.isascii() and digits.isdigit()


@cache
def _plan(region: str) -> tuple[Any, re.Pattern[str], str] | None:
    from phonenumbers import PhoneMetadata

    meta: Any = PhoneMetadata.metadata_for_region(region)
    if meta is None:
        return None
    lengths = frozenset(meta.general_desc.possible_length) | frozenset(meta.general_desc.possible_length_local_only)
    return lengths, re.compile(meta.general_desc.national_number_pattern), meta.national_prefix or ""


def _may_fit(digits: str, region: str) -> bool:
    """A cheap look before the parser: some reading of the digits has a length of the plan."""
    plan = _plan(region)
    if plan is None:
        return False
    lengths, _, prefix = plan
    if len(digits) in lengths:
        return True
    # Trunk prefixes and carrier codes take one to four digits away; Argentina's 15 is put back as a 9.
    return digits[:1] in {"0", "8", "1", prefix[:1]} and any(len(digits) - less in lengths for less in (1, 2, 3, 4))


def _line(digits: str, region: str | None) -> Line | None:
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    kinds: dict[int, LineKind] = {
        PhoneNumberType.MOBILE: "mobile",
        PhoneNumberType.PAGER: "mobile",
        PhoneNumberType.FIXED_LINE: "fixed",
        PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
        PhoneNumberType.TOLL_FREE: "toll_free",
        PhoneNumberType.SHARED_COST: "shared_cost",
        PhoneNumberType.PREMIUM_RATE: "premium",
        PhoneNumberType.UAN: "organisation",
    }
    found = phonenumbers.number_type(number)
    valid = found != PhoneNumberType.UNKNOWN
    if not valid and not phonenumbers.is_possible_number(number):
        return None
    home = phonenumbers.region_code_for_number(number) if valid else None
    if home is None:
        home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if region is not None and valid and home != region and not _same_plan(region, home):
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Line(
        e164=e164,
        region=home,
        kind=kinds.get(found, "other"),
        # Ranges kept for fiction are in no plan and yet read as numbers by people.
        valid=valid or is_fiction(e164),
    )


def _same_plan(region: str, other: str) -> bool:
    """True where two regions share a country code, so that one dials the other's national number."""
    import phonenumbers

    code: int = phonenumbers.country_code_for_region(region)
    return code == phonenumbers.country_code_for_region(other)
