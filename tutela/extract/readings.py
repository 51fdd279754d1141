"""Undo disguises: further readings of a text, each with the way back to the text's own code points.

Which readings are made is told by gates of the one pass, so that an undisguised text costs nothing here. Each reading
takes time in proportion to the text.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from tutela.extract.reading import Reading
from tutela.reference.confusables import confusables
from tutela.reference.number_words import FILLERS, PLUS, REPEATS, SIMPLE, SPACED, UNSPACED_WORDS

_VISIBLE_MAX = 64 << 10


# -- gates ------------------------------------------------------------------------------------------------------------


def gate_rows() -> list[tuple[str, str, str]]:
    """(id, expression, flag letters) for the one pass: what a disguise looks like in bytes."""
    figures = r"\d{1,4}"
    gap = r"[\s,.\-/;:]{1,3}"
    spoken = []
    repeats = "|".join(_bounded(word) for word in sorted(REPEATS))
    for lang, listed in SIMPLE.items():
        words = "|".join(_bounded(word) for word in listed if word not in _TOO_COMMON)
        every = "|".join(_bounded(word) for word in listed)
        # Case of letters beyond ASCII costs; only scripts that have it and no ASCII letters at all pay for it.
        flags = "iu" if lang in ("ru", "uk") else "i"
        spoken.append(("spoken", rf"(?:{words}|{repeats}){gap}(?:{words}){gap}(?:{every}|{repeats}|{figures})", flags))
        spoken.append(("spoken", rf"(?:{words}|{repeats}){gap}(?:{every}){gap}(?:{words}|{repeats})", flags))
        spoken.append(("spoken", rf"{figures}{gap}(?:{words}|{repeats}){gap}(?:{words}|{figures})", flags))
        if lang == "en":
            spoken.append(("spoken", rf"(?:{words}){gap}{figures}{gap}(?:{words})", flags))
    unspaced = "".join(sorted({word for word in UNSPACED_WORDS if len(word) == 1}))
    return [
        # 4️⃣, ４, 𝟒, ④, ⁴, 🅰 … but not the full-width punctuation of Chinese and Japanese.
        ("fold", r"\xE2\x83\xA3|\xEF\xBC[\x90-\x99\xA0-\xBA]|\xEF\xBD[\x81-\x9A]|\xF0\x9D[\x90-\x9F]|\xF0\x9F\x85[\x30-\xFF]", ""),
        ("fold", r"(?:\xE2(?:\x91[\xA0-\xBF]|\x92[\x80-\xBF]|\x93[\x80-\xBF]|\x9D[\xB6-\xBF]|\x9E[\x80-\x93]|\x81[\xB0-\xB9]|\x82[\x80-\x89])[^\x00-\x1F]{0,3}){3}", ""),
        # Zero width and direction controls; joiners only beside Latin letters and figures, where no script needs them.
        ("fold", r"\xE2\x80[\x8B\x8E\x8F\xAA-\xAE]|\xE2\x81[\xA0-\xA4\xA6-\xA9]|\xC2\xAD|[A-Za-z0-9@]\xE2\x80[\x8C\x8D]", ""),
        ("fold", r"[a-z0-9](?:\xCC[\x80-\xBF]|\xCD[\x80-\xAF])", "i"),
        # Figures of other scripts.
        ("fold", r"(?:(?:\xD9[\xA0-\xA9]|\xDB[\xB0-\xB9]|\xE0(?:\xA5[\xA6-\xAF]|\xA7[\xA6-\xAF]|\xAF[\xA6-\xAF]|\xB9[\x90-\x99]))[ .\-/]{0,2}){3}", ""),
        # Latin letters or figures glued to Cyrillic, Greek or Armenian letters.
        ("fold", r"[A-Za-z](?:\xD0[\x80-\xBF]|\xD1[\x80-\xBF]|\xCE[\x86-\xBF]|\xCF[\x80-\x8E]|\xD5[\xA1-\xBF])|(?:[\xD0\xD1\xCE\xCF][\x80-\xBF])[A-Za-z]", ""),
        ("fold", r"(?:\d[ .\-]?){2}(?:\xD0\x9E|\xD0\xBE|\xD0\x97|\xD0\xB7|\xCE\x9F|\xCE\xBF)[ .\-]?\d", ""),
        # p a s s w o r d, h.u.n.t.e.r, 0 7 7 0 0 9 0 0 1 2 3
        ("joined", r"(?:\b[A-Za-z0-9@][ ._*|\-/·,]{1,2}){5}[A-Za-z0-9]\b", ""),
        ("joined", r"(?:\d[^A-Za-z0-9\s:,.]{1,3}){6}\d", ""),
        *spoken,
        ("spoken", rf"(?:[{unspaced}0-9][\s,，、・.\-]{{0,2}}){{5}}[{unspaced}]", "u"),
        ("spoken", r"(?:(?:ゼロ|まる|マル|れい|いち|イチ|さん|サン|よん|ヨン|ろく|ロク|なな|ナナ|はち|ハチ|きゅう|キュウ|に|ご)[\s,、・.\-]{0,2}){5}", "u"),
        ("spoken", r"(?:(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|제로)[\s,.\-]{0,2}){4}", "u"),
        ("leet", r"[a-z][013457@$!|][a-z]|[a-z][013457@$]{2}[a-z]", "i"),
        # 07O0 9OO I23: letters that look like figures among figures.
        ("shapes", r"\d[0-9 .\-]{0,3}[OoIlSBZ|][0-9OoIlSBZ| .\-]{4}", ""),
        ("shapes", r"[0-9OoIlSBZ]{2,4}[.\-][0-9OoIlSBZ]{2,4}[.\-][0-9OoIlSBZ]{3,4}", ""),
        # Only a text that is nothing else is decoded, so the gate starts where a text starts.
        ("decoded", r"(?:^|\x1e)\s?[A-Za-z0-9+/_\-]{22}", ""),
        ("decoded", r"(?:%[0-9A-F]{2}){4}", "i"),
        ("reversed", r"\breverse|backward|al rev[eé]s|ao contr[aá]rio|à l'envers|rückwärts|al contrario|achterstevoren|od tyłu|наоборот|задом наперед|tersten|terbalik|ngược|倒着|反过来|逆から|거꾸로|بالعكس|उल्टा|ulta padh", "i"),
        ("unwrapped", r"\d[ \-]?\r?\n[ \t>]{0,4}\d", ""),
        ("unwrapped", r"[A-Za-z0-9_\-/+]{12}\r?\n[ \t>]{0,4}[A-Za-z0-9_\-/+=]{6}", ""),
        # A number given out line by line: "starts with 406" / "then 662" / "and 4187".
        ("pieces", r"\d{2,7}[^\d\n]{0,40}\n[^\d\n]{0,40}\d{2,7}[^\d\n]{0,40}\n[^\d\n]{0,40}\d{2,7}", ""),
    ]  # fmt: skip


def _bounded(word: str) -> str:
    # The matcher knows ASCII boundaries only; at another letter none is asked for.
    left = r"\b" if word[0].isascii() else ""
    return left + word + (r"\b" if word[-1].isascii() else "")


# Words of two meanings that would open the gate on ordinary talk.
_TOO_COMMON = frozenset(
    [
        "a",
        "o",
        "un",
        "una",
        "une",
        "uma",
        "ein",
        "een",
        "do",
        "to",
        "too",
        "tu",
        "on",
        "e",
        "i",
        "y",
        "sau",
        "nam",
        "tam",
        "char",
        "tin",
        "won",
        "ate",
        "tree",
        "fo",
        "oh",
        "et",
        "dua",
        "do",
    ]
)


def readings(text: str, gates: frozenset[str]) -> tuple[Reading, ...]:
    """Readings of `text` that differ from it, for the gates that matched.

    Later steps build on the folded text, so that spaced-out full-width digits are both folded and joined.
    """
    made: list[Reading] = []
    base = Reading(text)
    if "fold" in gates:
        folded = _fold(text)
        if folded.text != text:
            made.append(folded)
            base = folded
            gates = gates | _gates_of(folded.text)
    for name, make in (
        ("joined", _join),
        ("spoken", _speak),
        ("shapes", _shape),
        ("leet", _unleet),
        ("unwrapped", _unwrap),
        ("pieces", _gather),
    ):
        if name in gates:
            reading = make(base)
            if reading is not None and reading.text != base.text:
                made.append(reading)
                if (
                    name == "joined"
                    and "leet" not in gates
                    and re.search(r"[a-z][013457@$!|][a-z]", reading.text, re.I)
                ):
                    leet = _unleet(reading)
                    if leet is not None:
                        made.append(leet)
    if "decoded" in gates:
        decoded = _decode(text)
        if decoded is not None:
            made.append(decoded)
    if "reversed" in gates:
        made.append(_reverse(base))
    return tuple(made)


def _gates_of(folded: str) -> frozenset[str]:
    """Which disguises the folded text still wears; the pass saw only the text as written."""
    head = folded[:_VISIBLE_MAX]
    return frozenset(name for name, pattern in _AFTER_FOLDING if pattern.search(head))


_AFTER_FOLDING = (
    (
        "joined",
        re.compile(r"(?:(?<!\w)[A-Za-z0-9@][ ._*|\-/·,]{1,2}){5}[A-Za-z0-9](?!\w)|(?:\d[^A-Za-z0-9\s:,.]{1,3}){6}\d"),
    ),
    ("leet", re.compile(r"[a-z][013457@$!|]{1,2}[a-z]", re.I)),
)


# -- folding ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Letters of other scripts to the ASCII letter or figure they pass for (TR39, one to one)."""
    shapes = confusables()
    by_shape: dict[str, str] = {}
    for char in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
        by_shape.setdefault(shapes.get(ord(char), char), char)
    table: dict[str, str] = {}
    for point, shape in shapes.items():
        if point > 0x7F and shape in by_shape and unicodedata.category(chr(point))[0] in "LN":
            table[chr(point)] = by_shape[shape]
    # Pairs that TR39 keeps apart but that people use: Cyrillic small letters in a Latin word.
    table.update(
        {"в": "b", "к": "k", "м": "m", "н": "h", "т": "t", "г": "r", "и": "u", "п": "n", "з": "3", "б": "6", "ı": "i"}
    )
    table.update(
        {"В": "B", "К": "K", "М": "M", "Н": "H", "Т": "T", "И": "N", "З": "3", "α": "a", "ε": "e", "ο": "o", "ι": "i"}
    )
    table.update({"κ": "k", "ν": "v", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "η": "n", "σ": "o", "ω": "w"})
    return table


# Soft hyphen, joiners, zero width, direction controls, variation selectors, tags, enclosing marks.
_DROPPED = frozenset(
    (
        *(0xAD, 0x34F, 0x61C, 0x180E, 0x20E0, 0x20E3, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE0080),
        *range(0xE0100, 0xE01F0),
    )
)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    point = ord(char)
    if point in _DROPPED:
        return ""
    if 0x1F170 <= point <= 0x1F189:
        return chr(point - 0x1F170 + 65)
    if 0x1F150 <= point <= 0x1F169:
        return chr(point - 0x1F150 + 65)
    if 0x2776 <= point <= 0x277E or 0x2780 <= point <= 0x2788 or 0x278A <= point <= 0x2792:
        return str((point - 0x2776) % 10 + 1)
    if 0x24F5 <= point <= 0x24FD:
        return str(point - 0x24F5 + 1)
    if 0x24EB <= point <= 0x24F4:
        return str(point - 0x24EB + 11)
    if char == "🔟":
        return "10"
    if char in "⓿🄋🄌":
        return "0"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    return unicodedata.normalize("NFKC", char)


def _fold(text: str) -> Reading:
    out: list[str] = []
    back: list[int] = []
    ends: list[int] = []
    for place, char in enumerate(text):
        if char < "\x80":
            out.append(char)
            back.append(place)
            ends.append(place + 1)
            continue
        if unicodedata.combining(char) and 0x300 <= ord(char) <= 0x36F:
            continue
        for piece in _folded(char):
            out.append(piece)
            back.append(place)
            ends.append(place + 1)
    for start, end in _mixed_words("".join(out)):
        for place in range(start, end):
            out[place] = _alike().get(out[place], out[place])
    back.append(len(text))
    return Reading("".join(out), "folded", back, ends)


_WORD = re.compile(r"\w+")


def _mixed_words(text: str) -> Iterator[tuple[int, int]]:
    """Words that mix ASCII with letters that pass for ASCII and hold no letter that does not."""
    alike = _alike()
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii():
            continue
        foreign = [char for char in word if char > "\x7f"]
        if len(foreign) < len(word) and all(char in alike for char in foreign):
            yield match.span()


# -- putting letters together ------------------------------------------------------------------------------------------

# One character, then the same kind of small separator, at least five times: p a s s, h-u-n, 0.7.7.0
_SPACED = re.compile(r"(?<!\w)[^\W_](?P<sep>[ .\-_*|/·,~+'])(?P=sep)?(?:[^\W_](?P=sep){1,2}){3,}[^\W_](?!\w)")
_DECORATED = re.compile(r"\d(?:[^\w\s:,.]{1,3}\d){6,}")


def _join(base: Reading) -> Reading | None:
    text = base.text
    out: list[str] = []
    back: list[int] = []
    ends: list[int] = []

    def keep(start: int, end: int) -> None:
        for place in range(start, end):
            first, last = base.to_part(place, place + 1)
            out.append(text[place])
            back.append(first)
            ends.append(last)

    done = 0
    spans = sorted(
        [(m.start(), m.end(), m.group("sep")) for m in _SPACED.finditer(text)]
        + [(m.start(), m.end(), "") for m in _DECORATED.finditer(text)]
    )
    for start, end, sep in spans:
        if start < done:
            continue
        keep(done, start)
        place = start
        while place < end:
            if text[place].isalnum():
                keep(place, place + 1)
                place += 1
                continue
            width = 1
            while not text[place + width].isalnum():
                width += 1
            # A gap twice as wide stands between words, not between letters.
            if sep == " " and width > 1:
                keep(place, place + 1)
            place += width
        done = end
    if not out:
        return None
    keep(done, len(text))
    back.append(base.back[-1] if base.back is not None else len(text))
    return Reading("".join(out), "joined", back, ends)


# -- spoken figures ----------------------------------------------------------------------------------------------------

# A run of Chinese figures is a token of its own: "手机一三九…" has no blank before them.
_HAN = "零〇一二三四五六七八九两幺"
# Vowel signs of Indic scripts are no word characters to `re`, yet they belong to their word.
_TOKEN = re.compile(
    rf"[{_HAN}]{{5,}}|(?:(?![{_HAN}]{{5}})[^\W\d_]|[\u0900-\u0963\u0971-\u097f])+(?:['’][^\W\d_]+)?|\d+|\+|[^\w\s]|\s+"
)


def _speak(base: Reading) -> Reading | None:
    text = base.text
    tokens = [(m.start(), m.end(), m.group().lower()) for m in _TOKEN.finditer(text)]
    runs = _runs(tokens)
    if not runs:
        return None
    out: list[str] = []
    back: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, pieces in runs:
        for place in range(done, start):
            first, last = base.to_part(place, place + 1)
            out.append(text[place])
            back.append(first)
            ends.append(last)
        for figures, low, high in pieces:
            first, last = base.to_part(low, high)
            for figure in figures:
                out.append(figure)
                back.append(first)
                ends.append(last)
        done = end
    for place in range(done, len(text)):
        first, last = base.to_part(place, place + 1)
        out.append(text[place])
        back.append(first)
        ends.append(last)
    back.append(base.back[-1] if base.back is not None else len(text))
    return Reading("".join(out), "spoken", back, ends)


_Piece = tuple[str, int, int]


def _runs(tokens: list[tuple[int, int, str]]) -> list[tuple[int, int, list[_Piece]]]:
    """Stretches of number words and figures with at least three figures said in words."""
    runs: list[tuple[int, int, list[_Piece]]] = []
    pieces: list[_Piece] = []
    said = 0
    index = 0
    repeat = 0
    pause = ""

    def close() -> None:
        nonlocal pieces, said, repeat, pause
        if said >= 2 and sum(len(piece[0].strip()) for piece in pieces) >= 3:
            runs.append((pieces[0][1], pieces[-1][2], pieces))
        pieces, said, repeat, pause = [], 0, 0, ""

    while index < len(tokens):
        start, end, word = tokens[index]
        figures, used = _number_at(tokens, index)
        if figures is not None:
            if pieces and pause:
                pieces.append((pause, pieces[-1][2], start))
            pause = ""
            end = tokens[index + used - 1][1]
            pieces.append((figures * (repeat or 1) if len(figures) == 1 else figures, start, end))
            repeat = 0
            said += len(figures) if not word.isdigit() else 0
            index += used
            continue
        if word in REPEATS:
            repeat = REPEATS[word]
        elif word == "+" or word in PLUS:
            if pieces:
                close()
            pieces.append(("+", start, end))
        elif word.isspace():
            if "\n\n" in word:
                close()
            elif len(word) > 2 and pieces:
                pause = " "
        elif word in ",.-–—/…;:()·|、，" and len(word) == 1:
            if pieces and word not in ")(":
                pause = " "
        elif word in FILLERS and pieces:
            pass
        else:
            close()
        index += 1
    close()
    return runs


def _number_at(tokens: list[tuple[int, int, str]], index: int) -> tuple[str | None, int]:
    """Figures said at this token and how many tokens say them; the longest reading wins."""
    word = tokens[index][2]
    if word.isdigit():
        return word, 1
    if not word[0].isalpha():
        return None, 1
    best: tuple[str | None, int] = (SPACED.get(word), 1)
    joined = word
    place = index
    for _ in range(3):
        place += 1
        if place < len(tokens) and (tokens[place][2].isspace() or tokens[place][2] == "-"):
            place += 1
        if place >= len(tokens) or not tokens[place][2][0].isalpha():
            break
        joined = f"{joined} {tokens[place][2]}"
        figures = SPACED.get(joined)
        if figures is not None:
            best = (figures, place - index + 1)
    if best[0] is None:
        figures = _unspaced(word)
        if figures is not None:
            return figures, 1
    return best


@lru_cache(maxsize=1)
def _unspaced_pattern() -> re.Pattern[str]:
    words = sorted(UNSPACED_WORDS, key=len, reverse=True)
    return re.compile("|".join(words))


def _unspaced(word: str) -> str | None:
    """Figures of a run that is nothing but number words of a script without blanks; particles may follow."""
    if word.isascii():
        return None
    figures: list[str] = []
    place = 0
    pattern = _unspaced_pattern()
    while place < len(word):
        match = pattern.match(word, place)
        if match is None:
            break
        figures.append(UNSPACED_WORDS[match.group()])
        place = match.end()
    if not figures or (place < len(word) and len(figures) < 4):
        return None
    return "".join(figures)


# -- letters for figures, figures for letters ---------------------------------------------------------------------------

_SHAPES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
_SHAPED = re.compile(r"(?<![A-Za-z0-9])[0-9OoIlSBZ|]+(?:[ .\-][0-9OoIlSBZ|]+)*(?![A-Za-z])")


_GROUPED = re.compile(r"[0-9OoIlSBZ]{2,4}[.\-][0-9OoIlSBZ]{2,4}[.\-][0-9OoIlSBZ]{3,4}")


def _shape(base: Reading) -> Reading | None:
    def figures(match: re.Match[str]) -> str:
        word = match.group()
        shown = sum(char.isdigit() for char in word)
        grouped = _GROUPED.fullmatch(word) is not None
        enough = len(word) >= 7 and (shown * 2 >= sum(char not in " .-" for char in word) or (grouped and shown >= 2))
        return word.translate(_SHAPES) if enough else word

    return Reading(_SHAPED.sub(figures, base.text), "leet", _back_of(base), base.ends)


_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"}
)
_TOKENS = re.compile(r"[A-Za-z0-9@$!|]+")
_MOST_LEET = 40


def _mail_sign(word: str, after: str) -> bool:
    """True when the "@" in a word stands for itself: "press@bank" before ".example", yet not "p@ypal" before ".com"."""
    before, _, host = word.partition("@")
    return len(before) >= 3 and len(host) >= 3 and "@" not in host and after[:1] == "." and after[1:].isalnum()


def _unleet(base: Reading) -> Reading | None:
    def letters(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) > _MOST_LEET or word.isalpha() or word.isdigit():
            return word
        core = word.rstrip("!|")
        if _mail_sign(word, base.text[match.end() : match.end() + 2]):
            return word
        signs = sum(not char.isalpha() for char in core)
        # More signs than letters is a code, not a word; a sign at its end is punctuation.
        if not signs or signs * 2 > len(core) or not any(char.isalpha() for char in core):
            return word
        return core.translate(_LEET) + word[len(core) :]

    return Reading(_TOKENS.sub(letters, base.text), "leet", _back_of(base), base.ends)


# -- wrapped, encoded, reversed ------------------------------------------------------------------------------------------

_WRAP = re.compile(
    r"(?<=\d)[ \-]?\r?\n[ \t>]{0,4}(?=\d)|(?<=[A-Za-z0-9_\-/+]{12})\r?\n[ \t>]{0,4}(?=[A-Za-z0-9_\-/+=]{6})"
)


def _unwrap(base: Reading) -> Reading | None:
    text = base.text
    out: list[str] = []
    places: list[int] = []
    done = 0
    for match in _WRAP.finditer(text):
        out.append(text[done : match.start()])
        places.extend(range(done, match.start()))
        if text[match.start() - 1].isdigit() and text[match.end()].isdigit():
            out.append(" ")
            places.append(match.start())
        done = match.end()
    out.append(text[done:])
    places.extend(range(done, len(text)))
    spans = [base.to_part(place, place + 1) for place in places]
    back = [span[0] for span in spans]
    back.append(base.back[-1] if base.back is not None else len(text))
    return Reading("".join(out), "unwrapped", back, [span[1] for span in spans])


# A line with one group of figures and some words round it.
_PIECE = re.compile(r"^(?P<before>\D{0,40})(?P<figures>\d{2,7})\D{0,40}$")
_FEWEST_PIECES, _MOST_PIECES = 3, 12


def _gather(base: Reading) -> Reading | None:
    """Figures given out line by line, put together behind the words of the first line."""
    text = base.text
    out: list[str] = []
    places: list[int] = []
    run: list[tuple[int, re.Match[str]]] = []

    def close() -> None:
        if _FEWEST_PIECES <= len(run) <= _MOST_PIECES:
            first, match = run[0]
            head = max(first - 80, 0)
            stretches = [(head, first + match.end("figures"))]
            stretches += [(start + piece.start("figures"), start + piece.end("figures")) for start, piece in run[1:]]
            for start, end in stretches:
                # The blank stands where the stretch starts, so that a range over it leads back to the figures.
                if out:
                    out.append(" ")
                    places.append(start)
                out.append(text[start:end])
                places.extend(range(start, end))
        run.clear()

    start = 0
    for line in text.split("\n"):
        match = _PIECE.match(line) if len(line) <= 90 else None
        if match is None:
            close()
        else:
            run.append((start, match))
        start += len(line) + 1
    close()
    if not out:
        return None
    spans = [base.to_part(place, place + 1) for place in places]
    end = base.back[-1] if base.back is not None else len(text)
    return Reading("".join(out), "pieces", [*(span[0] for span in spans), end], [span[1] for span in spans])


def _decode(text: str) -> Reading | None:
    """The decoded text where the whole text is one encoding; every code point then comes from all of it."""
    body = text.strip()
    if len(body) > _VISIBLE_MAX:
        return None
    decoded = _from_percent(body) or _from_base64(body)
    if decoded is None:
        return None
    start = text.index(body[0]) if body else 0
    return Reading(decoded, "decoded", [start] * len(decoded) + [len(text)], [start + len(body)] * len(decoded))


def _from_percent(body: str) -> str | None:
    if " " in body or body.count("%") * 6 < len(body) or "://" in body:
        return None
    decoded = unquote(body, errors="replace")
    return decoded if decoded != body and "\ufffd" not in decoded else None


def _from_base64(body: str) -> str | None:
    packed = "".join(body.split())
    if len(packed) < 24 or len(packed) % 4 == 1 or not re.fullmatch(r"[A-Za-z0-9+/_\-]+={0,2}", packed):
        return None
    try:
        raw = base64.b64decode(packed.replace("-", "+").replace("_", "/") + "=" * (-len(packed) % 4), validate=True)
        decoded = raw.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return decoded if decoded.isprintable() or "\n" in decoded else None


def _reverse(base: Reading) -> Reading:
    spans = [base.to_part(place, place + 1) for place in range(len(base.text) - 1, -1, -1)]
    return Reading(base.text[::-1], "reversed", [span[0] for span in spans] + [0], [span[1] for span in spans])


def _back_of(base: Reading) -> list[int]:
    return list(base.back) if base.back is not None else list(range(len(base.text) + 1))
