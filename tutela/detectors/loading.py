"""Read detector folders: `detector.toml`, `cases.toml`, optional `check.py`. All defects are reported at once.

detector.toml
    says = 'one sentence'
    [[signal]]   name, kind, says                    what this folder can see
    [[gate]]     id, regex, flags?                   joins the one pass and only says "look here" to `inspect`
    [[pattern]]  signal, regex, flags?, check?, confidence, words?, views?, says?, shown?
                 joins the one pass; the exact span is confirmed by RE2 (group 1 if there is one) near the hit
cases.toml
    [[match]]    text, signals = [...], found? = "the exposed text", note?
    [[pass]]     text, note                          each negative differs from a positive in one stated way
    [[gap]]      text, signals, note                 a known miss; the fix has to flip it to a match
check.py
    def inspect(view: View) -> Iterable[Signal]      called when a gate of this folder hit
    def <check>(found: Found) -> Verdict             named by a pattern's `check`
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import msgspec
import re2
from msgspec import Struct

from tutela.errors import BadDetector
from tutela.model import Signal
from tutela.scan.matcher import flag_bits
from tutela.scan.view import View

ReadingKind = Literal["plain", "folded", "joined", "spoken", "leet", "decoded", "reversed", "unwrapped", "pieces"]
# A reading that only rewrites digits shows nothing new to a pattern of letters; a folder that wants all says so.
EVERY_READING: tuple[ReadingKind, ...] = (
    "plain", "folded", "joined", "spoken", "leet", "decoded", "reversed", "unwrapped",
    "pieces",
)  # fmt: skip


class SignalRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signal this folder gives: its name (`noun.noun`), the evidence kind, and a sentence for people."""

    name: str
    kind: str
    says: str


class GateRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cheap pattern of the one pass."""

    id: str
    regex: str
    flags: str = "i"


class PatternRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that needs no code of its own. `words` are groups of which one must stand within `reach` code points."""

    signal: str
    regex: str
    flags: str = ""
    check: str = ""
    confidence: float = 0.95
    words: tuple[str, ...] = ()
    reach: int = 60
    views: tuple[ReadingKind, ...] = (
        "plain",
        "folded",
        "joined",
        "decoded",
        "unwrapped",
    )
    shown: Literal["hidden", "mask", "tail4"] = "hidden"
    says: str = ""


class DetectorFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`detector.toml` as written."""

    says: str
    signal: tuple[SignalRow, ...]
    gate: tuple[GateRow, ...] = ()
    pattern: tuple[PatternRow, ...] = ()
    views: tuple[ReadingKind, ...] = EVERY_READING


class CaseRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One labelled text of `cases.toml`."""

    text: str
    signals: tuple[str, ...] = ()
    found: str = ""
    note: str = ""
    lang: str | None = None
    surface: str = "post"


class CasesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`cases.toml` as written. `pass` is a keyword in Python, hence the other name."""

    match: tuple[CaseRow, ...] = ()
    passes: tuple[CaseRow, ...] = msgspec.field(name="pass", default=())
    gap: tuple[CaseRow, ...] = ()


class Found(Struct, frozen=True):
    """What a pattern matched, for its check: `text` is group 1 or the whole match, at `view.text[start:end]`."""

    view: View
    text: str
    start: int
    end: int


# Refusals are reported as defects; the library need not print them too.
_QUIET = re2.Options()
_QUIET.log_errors = False

# True: as sure as the pattern says. False: drop it. A number: this confidence. A tuple adds marks.
Verdict = bool | float | tuple[float, tuple[str, ...]]
Check = Callable[[Found], Verdict]
Inspect = Callable[[View], Iterable[Signal]]


class Pattern(Struct, frozen=True):
    """A pattern row made ready."""

    row: PatternRow
    confirm: Any  # re2's compiled pattern: the package has no types
    check: Check | None


class Detector(Struct, frozen=True):
    """A folder made ready. `kinds` gives the evidence kind of each of its signals."""

    name: str
    folder: Path
    file: DetectorFile
    cases: CasesFile
    patterns: tuple[Pattern, ...]
    inspect: Inspect | None
    kinds: dict[str, str]


def load_detectors(extra: Iterable[Path] = (), *, own_cases: bool = True) -> tuple[Detector, ...]:
    """The product's folders and those in `extra` (each a folder of detector folders), sorted by name.

    With `own_cases=False` the cases of the product's own folders, which its tests hold, are not read: loading is faster.

    Raises BadDetector (T205) that lists every defect of every folder with its place.
    """
    roots = [Path(__file__).parent, *extra]
    detectors: list[Detector] = []
    defects: list[str] = []
    for root in roots:
        if not root.is_dir():
            defects.append(f"{root}: no such folder")
            continue
        for folder in sorted(path for path in root.iterdir() if (path / "detector.toml").is_file()):
            own = root == roots[0]
            loaded = _load(folder, own=own, cases_too=own_cases or not own)
            if isinstance(loaded, Detector):
                detectors.append(loaded)
            else:
                defects.extend(loaded)
    names: dict[str, str] = {}
    for detector in detectors:
        for row in detector.file.signal:
            other = names.setdefault(row.name, detector.name)
            if other != detector.name:
                defects.append(f"{detector.name}/detector.toml: signal {row.name} is already given by {other}")
    if defects:
        raise BadDetector(
            "\n     ".join(defects),
            next_step="`tutela signals` lists the signals; docs/detectors.md the format",
        )
    return tuple(detectors)


def _load(folder: Path, *, own: bool, cases_too: bool) -> Detector | list[str]:
    name = folder.name
    defects: list[str] = []
    try:
        file = msgspec.toml.decode((folder / "detector.toml").read_bytes(), type=DetectorFile)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [f"{name}/detector.toml: {error}"]
    cases = CasesFile()
    known = {row.name for row in file.signal}
    if cases_too:
        cases, missing = _cases(folder, known)
        defects.extend(missing)
    module: ModuleType | None = None
    if (folder / "check.py").is_file():
        try:
            module = _module(folder, own=own)
        except Exception as error:  # noqa: BLE001 - a third party's code: whatever it raises at import is a defect of the folder
            defects.append(f"{name}/check.py: {type(error).__name__} while importing: {error}")
    patterns: list[Pattern] = []
    for number, pattern in enumerate(file.pattern, 1):
        place = f"{name}/detector.toml, pattern {number}"
        if pattern.signal not in known:
            defects.append(f"{place}: unknown signal {pattern.signal}{_nearest(pattern.signal, known)}")
        check = getattr(module, pattern.check, None) if pattern.check else None
        if pattern.check and not callable(check):
            defects.append(f"{place}: check.py has no function {pattern.check}")
        try:
            flag_bits(pattern.flags)
            inline = "".join(letter for letter in pattern.flags if letter in "ims")
            confirm = re2.compile(f"(?{inline}:{pattern.regex})" if inline else pattern.regex, _QUIET)
        except KeyError as error:
            defects.append(f"{place}: unknown flag {error}")
            continue
        except re2.error as error:
            defects.append(f"{place}: outside the matcher's language: {error}")
            continue
        patterns.append(Pattern(pattern, confirm, check))
    inspect = getattr(module, "inspect", None)
    if file.gate and inspect is None:
        defects.append(f"{name}: gates need a function inspect(view) in check.py")
    if defects:
        return defects
    kinds = {row.name: row.kind for row in file.signal}
    return Detector(name, folder, file, cases, tuple(patterns), inspect, kinds)


def _cases(folder: Path, known: set[str]) -> tuple[CasesFile, list[str]]:
    name = folder.name
    defects: list[str] = []
    try:
        cases = msgspec.toml.decode((folder / "cases.toml").read_bytes(), type=CasesFile)
    except (OSError, msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return CasesFile(), [f"{name}/cases.toml: {error}"]
    matched = {signal for case in cases.match for signal in case.signals}
    defects.extend(f"{name}/cases.toml: no [[match]] shows the signal {signal}" for signal in sorted(known - matched))
    if not cases.passes:
        defects.append(f"{name}/cases.toml: no [[pass]]; the negatives come first")
    for case in (*cases.match, *cases.gap):
        defects.extend(
            f"{name}/cases.toml: unknown signal {signal}{_nearest(signal, known)}"
            for signal in case.signals
            if signal not in known
        )
    return cases, defects


def _module(folder: Path, *, own: bool) -> ModuleType:
    if own:
        return importlib.import_module(f"tutela.detectors.{folder.name}.check")
    name = f"tutela_detector_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, folder / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; nearest is {close[0]}" if close else ""
