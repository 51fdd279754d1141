"""Is there a machine-readable zone, and what does it say? All sizes of ICAO Doc 9303, misreadings repaired.

Source: ICAO Doc 9303, Machine Readable Travel Documents, 8th edition 2021, parts 3 to 7: sizes, fields, check digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from msgspec import Struct

FILLER = "<"
_WEIGHTS = (7, 3, 1)
# What optical readers confuse; upper half to digit, lower half to letter.
_TO_DIGIT = str.maketrans("OQDUILTZSBGA", "000011725864")
_TO_LETTER = str.maketrans("01258640", "OIZSBGAO")
_LOOKS = {
    "O": "0", "0": "OQD", "Q": "0", "D": "0", "I": "1", "1": "IL", "L": "1", "S": "5", "5": "S",
    "B": "8", "8": "B", "Z": "2", "2": "Z", "G": "6", "6": "G", "T": "7", "7": "T",
}  # fmt: skip
_FILLERS = str.maketrans(
    {"«": "<<", "‹": "<", "＜": "<", "〈": "<", "《": "<<", "く": "<", "(": "<", "{": "<", "≤": "<"}
)
# takes P<UTOERIKSSON<<ANNA<MARIA<<<<; must not take CALL<ME
_ZONE = re.compile(r"[A-Z0-9<]{24,50}")


class Form(Struct, frozen=True, kw_only=True):
    """A size of zone. Fields are (line, start, end); `checks` pairs covered fields with the place of their digit."""

    name: str
    length: int
    lines: int
    number: tuple[int, int, int]
    birth: tuple[int, int, int] | None
    expiry: tuple[int, int, int] | None
    names: tuple[int, int, int]
    country: tuple[int, int, int]
    checks: tuple[tuple[tuple[tuple[int, int, int], ...], tuple[int, int]], ...]


TD3 = Form(
    name="TD3", length=44, lines=2, number=(1, 0, 9), birth=(1, 13, 19), expiry=(1, 21, 27), names=(0, 5, 44),
    country=(0, 2, 5),
    checks=(
        (((1, 0, 9),), (1, 9)), (((1, 13, 19),), (1, 19)), (((1, 21, 27),), (1, 27)),
        (((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43)),
    ),
)  # fmt: skip
TD2 = Form(
    name="TD2", length=36, lines=2, number=(1, 0, 9), birth=(1, 13, 19), expiry=(1, 21, 27), names=(0, 5, 36),
    country=(0, 2, 5),
    checks=(
        (((1, 0, 9),), (1, 9)), (((1, 13, 19),), (1, 19)), (((1, 21, 27),), (1, 27)),
        (((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35)),
    ),
)  # fmt: skip
TD1 = Form(
    name="TD1", length=30, lines=3, number=(0, 5, 14), birth=(1, 0, 6), expiry=(1, 8, 14), names=(2, 0, 30),
    country=(0, 2, 5),
    checks=(
        (((0, 5, 14),), (0, 14)), (((1, 0, 6),), (1, 6)), (((1, 8, 14),), (1, 14)),
        (((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29)),
    ),
)  # fmt: skip
# Visas carry no composite digit.
MRV_A = Form(
    name="MRV-A", length=44, lines=2, number=(1, 0, 9), birth=(1, 13, 19), expiry=(1, 21, 27), names=(0, 5, 44),
    country=(0, 2, 5), checks=TD3.checks[:3],
)  # fmt: skip
MRV_B = Form(
    name="MRV-B", length=36, lines=2, number=(1, 0, 9), birth=(1, 13, 19), expiry=(1, 21, 27), names=(0, 5, 36),
    country=(0, 2, 5), checks=TD2.checks[:3],
)  # fmt: skip


class Zone(Struct, frozen=True, kw_only=True):
    """A zone that was read. `first` and `last` index the lines it was read from; `held` of `asked` checks hold."""

    form: str
    text: str
    number: str
    country: str
    names: str
    first: int
    last: int
    held: int
    asked: int

    @property
    def sample(self) -> bool:
        """True for the documented specimen holder and the issuer Utopia, which no state is."""
        return self.country == "UTO" or self.names.startswith(("ERIKSSON<<ANNA", "SPECIMEN", "MUSTERMANN", "SAMPLE"))

    def __repr__(self) -> str:
        return f"Zone({self.form!r}, held={self.held}/{self.asked})"


def check_digit(covered: str) -> int | None:
    """The digit for `covered`, or None where a sign is no digit, capital or filler. Source: Doc 9303-3, 4.9."""
    total = 0
    for place, sign in enumerate(covered):
        if sign.isdigit():
            worth = ord(sign) - 48
        elif "A" <= sign <= "Z":
            worth = ord(sign) - 55
        elif sign == FILLER:
            worth = 0
        else:
            return None
        total += worth * _WEIGHTS[place % 3]
    return total % 10


def tidy(text: str) -> str:
    """A line as a zone would write it: capitals, digits and fillers without spaces."""
    return re.sub(r"[^A-Z0-9<]", "", text.translate(_FILLERS).upper())


def looks_like_zone(text: str) -> bool:
    """True when a line may belong to a zone: long enough, capitals and digits only, with fillers or many digits."""
    line = tidy(text)
    plain = sum(1 for letter in text if not letter.isspace())
    return (
        bool(_ZONE.fullmatch(line))
        and len(line) >= plain - 4
        and (line.count(FILLER) >= 3 or sum(letter.isdigit() for letter in line) >= 14)
    )


def read_zone(texts: Sequence[str]) -> Zone | None:
    """The zone with most valid check digits among neighbouring lines; None when nothing has the shape of one."""
    best: Zone | None = None
    lines = [tidy(text) for text in texts]
    for first in range(len(lines)):
        for form in (TD1, TD3, TD2, MRV_A, MRV_B):
            chosen = lines[first : first + form.lines]
            if len(chosen) == form.lines and all(_near(line, form.length) for line in chosen):
                zone = _read(chosen, form, first)
                if zone is not None and (best is None or zone.held > best.held):
                    best = zone
    return best


def _near(line: str, length: int) -> bool:
    return len(line) == length or (abs(len(line) - length) <= 8 and FILLER in line) or abs(len(line) - length) <= 1


def _read(lines: Sequence[str], form: Form, first: int) -> Zone | None:
    visa = form.name.startswith("MRV")
    head = lines[0][:1].translate(_TO_LETTER)
    heads = "V" if visa else "P" if form is TD3 else "IACP"
    if head not in heads:
        return None
    options = [_lengths(line, form.length) for line in lines]
    best: Zone | None = None
    for picks in _product(options):
        zone = _judge(_repaired(list(picks), form), form, first)
        if best is None or zone.held > best.held:
            best = zone
    return best if best is not None and best.held >= 1 else None


def _product(options: list[list[str]]) -> list[list[str]]:
    combined: list[list[str]] = [[]]
    for option in options:
        combined = [[*start, line] for start in combined for line in option]
    return combined[:64]


def _lengths(line: str, length: int) -> list[str]:
    """Readings of `line` with the right length: runs of fillers are what readers miscount."""
    if len(line) == length:
        return [line]
    runs = sorted(re.finditer(r"<+", line), key=lambda run: run.start() - run.end())[:2]
    fitted = []
    for run in runs:
        size = run.end() - run.start() + length - len(line)
        if size >= 1:
            fitted.append(line[: run.start()] + FILLER * size + line[run.end() :])
    if len(line) < length:
        fitted.append(line + FILLER * (length - len(line)))
    else:
        fitted.append(line[:length])
    return fitted


def _repaired(lines: list[str], form: Form) -> list[str]:
    """Letters where only letters stand, digits where only digits stand, and the likeliest document number."""
    grid = [list(line) for line in lines]

    def rewrite(line: int, start: int, end: int, table: dict[int, int]) -> None:
        grid[line][start:end] = list("".join(grid[line][start:end]).translate(table))

    rewrite(form.names[0], form.names[1], form.names[2], _TO_LETTER)
    rewrite(form.country[0], form.country[1], form.country[2], _TO_LETTER)
    for field in (form.birth, form.expiry):
        if field:
            rewrite(*field, _TO_DIGIT)
    for _, (line, at) in form.checks:
        rewrite(line, at, at + 1, _TO_DIGIT)
    birth, expiry = form.birth, form.expiry
    if birth and expiry and expiry[1] - birth[2] == 2:
        sex = birth[2] + 1
        if grid[birth[0]][sex] not in "MFX<":
            grid[birth[0]][sex] = {"H": "M", "N": "M", "P": "F", "E": "F", "K": "X"}.get(grid[birth[0]][sex], "<")
        state = expiry[2] + 1 if form is TD1 else birth[1] - 3
        rewrite(birth[0], state, state + 3, _TO_LETTER)
    line, start, end = form.number
    covered, digit = "".join(grid[line][start:end]), "".join(grid[line][end : end + 1])
    grid[line][start:end] = list(_number_that_fits(covered, digit))
    return ["".join(row) for row in grid]


def _number_that_fits(number: str, digit: str) -> str:
    """`number` with as few look-alike signs exchanged as make its check digit hold; as it was when none does."""
    if not digit.isdigit() or check_digit(number) == int(digit):
        return number
    weak = [at for at, sign in enumerate(number) if sign in _LOOKS]
    for many in (1, 2):
        for places in combinations(weak, many):
            for trial in _exchanged(number, places):
                if check_digit(trial) == int(digit):
                    return trial
    return number


def _exchanged(number: str, places: tuple[int, ...]) -> list[str]:
    trials = [number]
    for at in places:
        trials = [trial[:at] + other + trial[at + 1 :] for trial in trials for other in _LOOKS[number[at]]]
    return trials


def _judge(lines: list[str], form: Form, first: int) -> Zone:
    held = 0
    for fields, (line, at) in form.checks:
        covered = "".join(lines[field[0]][field[1] : field[2]] for field in fields)
        digit = lines[line][at : at + 1]
        # An empty field with a filler as digit is allowed, and proves nothing.
        if digit.isdigit() and covered.strip(FILLER) and check_digit(covered) == int(digit):
            held += 1
    line, start, end = form.number
    return Zone(
        form=form.name,
        text="\n".join(lines),
        number=lines[line][start:end].rstrip(FILLER),
        country=lines[form.country[0]][form.country[1] : form.country[2]],
        names=lines[form.names[0]][form.names[1] : form.names[2]],
        first=first,
        last=first + form.lines - 1,
        held=held,
        asked=len(form.checks),
    )
