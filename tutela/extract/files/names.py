"""Whether a file's name hides what the file is."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from tutela.extract.files.kinds import DECOYS, FORMATS, RUNS_ON_CLICK, ending, family_of, words_of

_TURNERS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Letters that look like Latin ones in an ending; the full table of look-alikes belongs to names of people and places.
_LOOK_ALIKE = str.maketrans("аеорсухіјѕԁкптвмнα", "aeopcyxijsdkntbmha")
_LURE_WORDS = frozenset(
    (
        "my new your the signed scan scanned copy final urgent unpaid overdue payment bank tax order invoice "
        "receipt voicemail photo img image dsc pic picture document doc statement contract resume cv salary bonus "
        "delivery parcel ticket private wedding holiday summer factura rechnung facture fattura fatura photos "
        "pics lebenslauf bewerbung curriculum faktura remittance advice purchase po quote quotation swift "
        "whatsapp video of for to and"
    ).split()
)
_WORD = re.compile(r"[^\W\d_]+")


class NameFinding(Struct, frozen=True):
    """A way in which a name deceives. `confidence` that it was meant to."""

    confidence: float
    says: str
    mark: str


def judge_name(name: str, kind: str) -> NameFinding | None:
    """The strongest way in which `name` hides a file of `kind`; None for an honest name."""
    findings = [
        finding
        for finding in (_turned(name), _double(name, kind), _look_alike_ending(name), _mismatch(name, kind))
        if finding is not None
    ]
    return max(findings, key=lambda finding: finding.confidence, default=None)


def is_lure(name: str) -> bool:
    """True for a name that only says "invoice 09" or "IMG_0001": what a document or photo is called, no program."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = [word.lower() for word in _WORD.findall(stem[:120])]
    return bool(words) and all(word in _LURE_WORDS for word in words)


def _turned(name: str) -> NameFinding | None:
    at = min((name.find(mark) for mark in _TURNERS if mark in name), default=-1)
    if at < 0:
        return None
    real = ending(_DIRECTION.sub("", name))
    shown = _DIRECTION.sub("", name[at:])[::-1]
    seems = ending("x" + shown) if "." in shown else ""
    seems = seems or next((decoy for decoy in DECOYS if shown.lower().endswith(decoy)), "")
    if real in RUNS_ON_CLICK:
        return NameFinding(0.98, f"its name is turned round so that .{real} is not seen at its end", "turned_name")
    if seems and seems != real and "\u202e" in name:
        return NameFinding(0.85, "its name is turned round so that it seems to end otherwise", "turned_name")
    return None


def _double(name: str, kind: str) -> NameFinding | None:
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    pieces = [piece.strip(" \t\u00a0_\u2007\u202f\u3000").lower() for piece in stem.split(".")]
    if len(pieces) < 3:
        return None
    last, before = pieces[-1], pieces[-2]
    spaced = re.search(r"[\s\u00a0\u2007\u3000_]{6,}\.\w{1,8}$", stem) is not None
    if (
        last in RUNS_ON_CLICK
        and (before in DECOYS or spaced)
        and not (last in ("js", "iso", "img", "one") and before == "xml")
    ):
        return NameFinding(
            0.97, f"its name ends twice, .{before} for the eye and .{last} for the computer", "double_ending"
        )
    if last in ("html", "htm", "shtml", "svg") and before in DECOYS - {"xml", "txt", "csv"} and kind in ("html", "svg"):
        return NameFinding(0.7, f"a page whose name passes for .{before}", "double_ending")
    return None


def _look_alike_ending(name: str) -> NameFinding | None:
    tail = ending(name)
    if not tail or tail.isascii():
        return None
    folded = unicodedata.normalize("NFKC", tail).translate(_LOOK_ALIKE)
    if folded.isascii() and folded in RUNS_ON_CLICK | DECOYS:
        return NameFinding(
            0.9, f"its ending is written with look-alike letters to pass for .{folded}", "look_alike_ending"
        )
    return None


def _mismatch(name: str, kind: str) -> NameFinding | None:
    tail = ending(name)
    family = family_of(kind)
    claims = {known.family for known in FORMATS.values() if tail in known.endings}
    if not tail or not claims or tail in FORMATS[kind].endings:
        return None
    quiet = {"image", "audio", "video", "document", "office", "text", "mail", "data"}
    runs = family in ("executable", "shortcut", "app") or kind in ("hta", "wsf")
    if kind in ("dos", "jar", "class", "pyc", "wasm", "swf", "deb", "rpm", "sis"):
        runs = runs and tail in DECOYS
    if runs and claims <= quiet | {"archive", "markup", "disk"} and tail not in ("bin", "dat", "db", "pub"):
        return NameFinding(0.95, f"it is {words_of(kind)} that passes for .{tail}", "false_ending")
    if (
        family == "script"
        and kind not in ("sql", "lua", "reg", "inf")
        and claims <= {"image", "audio", "video", "document", "office"}
        and tail not in ("doc", "xls", "db", "ai")
    ):
        return NameFinding(0.9, f"it is {words_of(kind)} that passes for .{tail}", "false_ending")
    if kind in ("html", "svg") and claims <= {"image", "audio", "video", "document"} and tail not in ("ai",):
        return NameFinding(0.75, f"it is {words_of(kind)} that passes for .{tail}", "false_ending")
    if family == "disk" and claims <= quiet:
        return NameFinding(0.85, f"it is {words_of(kind)} that passes for .{tail}", "false_ending")
    if family == "archive" and kind != "gz" and claims <= {"image", "audio", "video"}:
        return NameFinding(0.6, f"it is {words_of(kind)} that passes for .{tail}", "false_ending")
    return None
