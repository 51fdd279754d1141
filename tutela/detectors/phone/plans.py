"""Which country's number do these digits write, and how sure is it by their form alone?"""

from __future__ import annotations

from tutela.detectors.phone.cuts import LEAST
from tutela.detectors.phone.lookalikes import SHAPES
from tutela.reference.numbering import (
    Line,
    dials_trunk_zero,
    languages_of_script,
    read_international,
    read_national,
    regions_for,
)
from tutela.scan.view import View

# Countries that dial a trunk zero and yet write their mobile numbers, or all, without it.
_BARE = frozenset({"CN", "IN", "BR", "CO", "TR", "SA", "AE", "EG", "IQ", "JO", "IR", "VE", "PE", "PK", "ID", "VN"})
_NANP_GAPS = frozenset(
    {"-", ".", " ", ") ", ")", ")-", ". ", " - ", "/", "\u2013", "\u2011", "_", "*", "\u00a0", ").", "~"}
)


def read(
    view: View,
    digits: str,
    sizes: tuple[int, ...],
    gaps: list[str],
    regions: dict[tuple[str, ...], tuple[str, ...]],
    *,
    plus: bool,
    zeros: int,
    link: bool,
    cue: bool,
) -> tuple[Line | None, float, set[str]]:
    """The line these digits mean, how likely they are a telephone number at all, and marks. 0.0: they are none."""
    if plus or zeros or link:
        line = read_international(digits[zeros:])
        if line is None or not line.valid:
            line = read_international(_without_trunk(digits[zeros:], sizes, zeros)) or line
        if line and line.valid:
            return line, 0.99 if cue or link else 0.97 if plus else 0.93, set()
        if plus or link:
            if line and (cue or link):
                return line, 0.85, {"unassigned"}
            return (line, 0.6, {"unassigned"}) if line and len(sizes) > 1 else (None, 0.0, set())
    if len(digits) > 15:
        return None, 0.0, set()
    grouped = sizes in SHAPES and not any("\n" in gap for gap in gaps)
    trunk = digits[0] == "0" and digits[1] != "0"
    single = len(sizes) >= LEAST and max(sizes) == 1
    languages = languages_of(view)
    tried = regions.get(languages)
    if tried is None:
        tried = regions[languages] = regions_of(languages)
    possible: Line | None = None
    doubtful: Line | None = None
    for region in tried:
        line = read_national(digits, region)
        if line is None:
            continue
        if line.valid:
            if cue:
                # Written without its trunk zero where that is not the habit, the digits may as well be an id.
                bare = not trunk and dials_trunk_zero(region) and not _habit(line) and line.kind != "toll_free"
                if bare and len(digits) < 9:
                    continue
                if bare:
                    doubtful = doubtful or line
                    continue
                return line, 0.97, set()
            bare = not trunk and dials_trunk_zero(region) and not _habit(line)
            if bare and line.kind != "toll_free":
                continue
            sure, weak = _without_cue(line, digits, sizes, gaps, grouped=grouped, trunk=trunk, single=single)
            if weak and len(sizes) > 1 and grouped and view.lang and region in regions_for(view.lang)[:3]:
                # A form of the country that the item's own language points to.
                return line, max(sure, 0.76), set()
            return line, sure, weak
        possible = possible or line
    if doubtful is not None:
        return doubtful, 0.6, {"weak"}
    if digits[0] != "0" and 10 <= len(digits) <= 14:
        line = read_international(digits)
        if line and line.valid and (cue or (line.region == "US" and len(sizes) > 1)):
            return line, 0.95 if cue else 0.88, set()
    if cue:
        # The language says little about where people are: any plan, as the words say that it is a number.
        for region in regions_of(("en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "tr", "ar", "id", "vi", "zh", "ja", "ko")):  # fmt: skip
            line = read_national(digits, region) if region not in tried else None
            if line and line.valid:
                return line, 0.9, {"far"}
        if possible is not None and (len(digits) >= 9 or grouped):
            return possible, 0.8, {"unassigned"}
        if 9 <= len(digits) <= 13 and (len(sizes) > 1 or trunk):
            return None, 0.65, {"unassigned"}
        if len(digits) in (7, 8) and sizes in {(3, 4), (7,), (4, 4), (8,), (3, 2, 2), (2, 2, 2, 2), (3, 5), (2, 2, 3)}:
            return None, 0.6, {"local"}
    return None, 0.0, set()


def _without_cue(
    line: Line, digits: str, sizes: tuple[int, ...], gaps: list[str], *, grouped: bool, trunk: bool, single: bool
) -> tuple[float, set[str]]:
    north_america = line.e164.startswith("+1")
    if north_america:
        if len(digits) < 10 or single:
            return 0.0, set()
        if sizes in {(3, 3, 4), (1, 3, 3, 4)} and all(gap in _NANP_GAPS for gap in gaps):
            return (0.7 if set(gaps) == {" "} else 0.88), set()
        return (0.5, {"weak"}) if len(sizes) == 1 and len(digits) == 10 else (0.0, set())
    if trunk and grouped and len(sizes) > 1 and len(digits) >= 9:
        return 0.88, set()
    if trunk and len(sizes) == 1 and len(digits) >= 10:
        return (0.78 if line.kind == "mobile" else 0.55), {"weak"}
    if trunk and len(digits) >= 9 and not single:
        return 0.6, {"weak"}
    if (
        grouped
        and len(sizes) > 1
        and len(digits) >= 9
        and line.kind in ("mobile", "fixed", "fixed_or_mobile", "toll_free")
    ):
        return 0.65, {"weak"}
    if line.region == "CN" and line.kind == "mobile" and not single:
        return 0.8, set()
    if len(sizes) == 1 and len(digits) in (10, 11) and line.kind == "mobile":
        return 0.5, {"weak"}
    return 0.0, set()


def _habit(line: Line) -> bool:
    """True where people leave the trunk zero away."""
    return line.region in _BARE and (line.kind == "mobile" or line.region in ("BR", "CO"))


def _without_trunk(digits: str, sizes: tuple[int, ...], zeros: int) -> str:
    """`+44 (0)20 …`: the zero that is dialled only at home is taken out."""
    for code in (1, 2, 3):
        if len(digits) > 10 and digits[code] == "0" and sizes[0] - zeros == code and len(sizes) > 1:
            return digits[:code] + digits[code + 1 :] if digits[:code] not in ("39", "378") else digits
    return digits


def regions_of(languages: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for language in languages:
        found.extend(region for region in regions_for(language) if region not in found)
    return tuple(found)


def languages_of(view: View) -> tuple[str, ...]:
    """Languages to read a national number in: what is said of the item, its script, English last."""
    first = (view.lang,) if view.lang else ()
    low = view.hits[0].first if view.hits else 0
    script = languages_of_script(view.text[max(low - 200, 0) : low + 200])
    words = [
        cue.lang for cue in view.cues(low - 120, low + 120) if cue.group.startswith("phone.") and cue.lang != "und"
    ]
    ranked = sorted(set(words), key=lambda lang: -words.count(lang))[:4]
    return tuple(dict.fromkeys((*first, *script, *ranked, "en")))
