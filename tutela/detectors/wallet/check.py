"""Does this text give away what opens a crypto wallet?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.detectors.loading import Found, Verdict
from tutela.detectors.wallet.mnemonics import LANGUAGES, SAMPLES, SIZES, check_holds, plain, wordlist
from tutela.masking import hidden
from tutela.model import Signal
from tutela.reference.checkdigits import base58_payload
from tutela.scan.view import View

_BEFORE, _AFTER = 160, 700
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u3099\u309a])*")
# What may stand between two words of a phrase: spaces, commas, numbering, bullets.
_BETWEEN = re.compile(r"[\s,;|/\-–•*\"'.()\[\]0-9:]{1,9}\Z")
_NUMBERED = re.compile(r"[\s,;|\-•(\[]*[0-9]{1,2}[.):\]]?\s*\Z")
# Ethereum and Bitcoin: 32 bytes in hexadecimal; Solana: 64 bytes in Base58.
_RAW = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x)?[0-9a-fA-F]{64}|[1-9A-HJ-NP-Za-km-z]{86,88})(?![0-9A-Za-z])")


def inspect(view: View) -> Iterator[Signal]:
    """Recovery phrases round the gates, and raw keys that a word names."""
    done = 0
    keys = 0
    for hit in sorted((hit for hit in view.hits if hit.id.startswith("key_")), key=lambda hit: hit.first):
        low, high = max(hit.first - 150, keys), min(hit.end + 150, len(view.text))
        if low < high:
            yield from _raw_keys(view, low, high)
            keys = high
    for hit in sorted((hit for hit in view.hits if not hit.id.startswith("key_")), key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, done), min(hit.end + _AFTER, len(view.text))
        if high <= low or hit.end < done:
            continue
        for signal in _phrases(view, low, high):
            done = max(done, signal[1])
            yield signal[0]
        done = max(done, hit.end)


def _raw_keys(view: View, low: int, high: int) -> Iterator[Signal]:
    for match in _RAW.finditer(view.text, low, high):
        cue = view.near("wallet.key", match.start(), match.end(), before=50, after=25)
        other = view.near("money.other_number", match.start(), match.end(), before=25, after=12)
        if cue is None or (other is not None and match.start() - other.end < match.start() - cue.end):
            continue
        marks = {"cue"} | ({"sample"} if len(set(match[0].lower())) <= 4 else set())
        yield _signal(view, "wallet.private_key", match.start(), match.end(), 0.93, marks)


def _phrases(view: View, low: int, high: int) -> Iterator[tuple[Signal, int]]:
    tokens = _tokens(view.text, low, high)
    # "recovery phrase": the word that names a phrase can be a word of the list, too.
    names = [cue for cue in view.cues(low, high) if cue.group == "wallet.phrase"]
    # In Chinese each of its characters can, and nothing parts them from the phrase.
    phrases = [cue for cue in names if " " in view.text[cue.start : cue.end] or view.text[cue.start] >= "\u4e00"]
    tokens = [token for token in tokens if not any(cue.start <= token[0] < cue.end for cue in phrases)]
    starts = {cue.start for cue in names}
    for language in LANGUAGES:
        known = wordlist(language)
        run: list[tuple[int, int, int]] = []
        found = False
        for start, end, word in [*tokens, (high, high, "")]:
            place = known.get(word)
            if run and (place is None or not _joined(view.text, run[-1][1], start)):
                signal = _phrase(view, run, language)
                if signal is not None:
                    found = True
                    yield signal, run[-1][1]
                run = []
            if place is not None and (run or start not in starts):
                run.append((start, end, place))
        if found:
            return


def _tokens(text: str, low: int, high: int) -> list[tuple[int, int, str]]:
    tokens: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text, low, high):
        if "\u4e00" <= match[0][0] <= "\u9fff":
            # Chinese lists have one character a word, and people write them without spaces.
            tokens.extend((match.start() + i, match.start() + i + 1, char) for i, char in enumerate(match[0]))
        else:
            tokens.append((match.start(), match.end(), plain(match[0])))
    return tokens


def _joined(text: str, end: int, start: int) -> bool:
    if end == start:
        return True
    gap = text[end:start]
    if ":" in gap or "." in gap:
        return _NUMBERED.match(gap) is not None
    return _BETWEEN.match(gap) is not None


def _phrase(view: View, run: list[tuple[int, int, int]], language: str) -> Signal | None:
    if not SIZES[0] <= len(run) <= 40:
        return None
    named = view.near("wallet.phrase", run[0][0], run[-1][1], before=80, after=60) is not None
    places = [place for _, _, place in run]
    for size in reversed(SIZES):
        # Without a word that names it, a phrase must be all there is: in a longer run one window in 16 fits by chance.
        if len(run) < size or (not named and len(run) != size):
            continue
        for first in range(len(run) - size + 1):
            if check_holds(places[first : first + size]):
                part = run[first : first + size]
                return _told(view, part, {"checked", language} | ({"cue"} if named else set()), 0.99 if named else 0.95)
    if not named or language.startswith("chinese"):
        return None
    return _told(view, run, {"cue", "unchecked", language}, 0.88 if len(run) in SIZES else 0.75)


def _told(view: View, run: list[tuple[int, int, int]], marks: set[str], confidence: float) -> Signal:
    words = [plain(view.text[start:end]) for start, end, _ in run]
    if " ".join(words) in SAMPLES or len(set(words)) <= 3:
        marks.add("sample")
    return _signal(view, "wallet.phrase", run[0][0], run[-1][1], confidence, marks, " ".join(words))


def _signal(view: View, name: str, start: int, end: int, confidence: float, marks: set[str], value: str = "") -> Signal:
    return view.signal(
        name,
        start,
        end,
        confidence=confidence,
        value=value or view.text[start:end],
        shown_as=hidden("wallet secret", end - start),
        marks=marks,
    )


def import_format(found: Found) -> Verdict:
    """WIF: version byte, 32 bytes, perhaps a 1 for compressed keys. A wrong check needs a word beside it."""
    payload = base58_payload(found.text)
    if payload is not None:
        return (0.99, ("checked",)) if len(payload) in (33, 34) else False
    named = found.view.near("wallet.key", found.start, found.end, before=40, after=20)
    return (0.6, ("cue", "check_failed")) if named else False


def extended_key(found: Found) -> Verdict:
    """BIP-32: 78 bytes. The check digits decide."""
    payload = base58_payload(found.text)
    return (0.99, ("checked",)) if payload is not None and len(payload) == 78 else False


def encrypted_key(found: Found) -> Verdict:
    """BIP-38: 39 bytes that start 01 42 or 01 43."""
    payload = base58_payload(found.text)
    return (0.9, ("checked",)) if payload is not None and payload[:2] in (b"\x01\x42", b"\x01\x43") else False
