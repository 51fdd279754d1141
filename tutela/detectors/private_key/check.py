"""Where does a private key begin and end, and is there a key at all?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import hidden
from tutela.model import Signal
from tutela.scan.view import View

# The longest key that is followed to its end: RSA of 16,384 bits in PEM, with room for headers.
_LONGEST = 16384
_BEGIN = re.compile(
    r"(?i)-{4,5} ?BEGIN ((?:[A-Z0-9]{2,10} )?(?:(?:ENCRYPTED|OPENSSH) )?)PRIVATE KEY(?: BLOCK)? ?-{4,5}"
)
_END = re.compile(r"(?i)-{4,5} ?END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_BODY = re.compile(r"[A-Za-z0-9+/=]{16,}")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/=\s]{40,16384}")
_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}")
_PUTTY_END = re.compile(r"Private-MAC: ?[0-9a-f]{40,64}")
_JWK = re.compile(r"\b[dk][\"']? ?: ?[\"']([A-Za-z0-9_\-]{20,700})[\"']")


def inspect(view: View) -> Iterator[Signal]:
    """One signal a key, from its first line to its last."""
    text, done = view.text, 0
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        if hit.end <= done:
            continue
        if hit.id == "block":
            for begin in _BEGIN.finditer(text, max(hit.first - 70, done), min(hit.end + 1, len(text))):
                # The next key's first line bounds the search for this one's last: many heads must not cost a square.
                following = _BEGIN.search(text, begin.end(), begin.end() + _LONGEST)
                limit = following.start() if following else begin.end() + _LONGEST
                end = _END.search(text, begin.end(), limit)
                stop = end.end() if end else _stop(text, begin.end())
                body = "".join(_BODY.findall(text[begin.end() : end.start() if end else stop].replace("\\n", "\n")))
                done = max(done, begin.end())
                if len(body) < 24 or len(set(body)) < 12:
                    continue
                done = stop
                marks = {"encrypted"} if "ENCRYPTED" in text[begin.start() : begin.end() + 120].upper() else set()
                yield _told(view, begin.start(), stop, 0.99 if end else 0.95, marks)
        elif hit.id == "putty":
            start = text.rfind("PuTTY", max(hit.first - 30, 0), hit.end)
            end = _PUTTY_END.search(text, hit.end, hit.end + _LONGEST)
            if start >= 0 and end is not None:
                done = end.end()
                yield _told(view, start, done, 0.98, set())
        elif hit.id == "bare":
            start = max(hit.first - 60, done)
            run = _BASE64_RUN.search(text, start, min(hit.end + _LONGEST, len(text)))
            if run is not None and len(re.sub(r"\s", "", run[0])) >= 120:
                done = run.end()
                yield _told(view, run.start(), run.end(), 0.93, set())
        else:
            near = text[max(hit.first - 900, 0) : hit.end + 900]
            match = _JWK.search(text, max(hit.first - 60, done), min(hit.end + 760, len(text)))
            if match is not None and re.search(r"\bkty[\"']? ?: ?[\"'](?:RSA|EC|OKP|oct)\b", near):
                done = match.end()
                yield _told(view, match.start(1), match.end(1), 0.97, set())


def _stop(text: str, start: int) -> int:
    """Where a key without its last line ends: with its lines of Base64."""
    stop = start
    for match in _LINE.finditer(text, start, start + _LONGEST):
        if text[stop : match.start()].strip(" \\n\r\n\t"):
            break
        stop = match.end()
    return stop


def _told(view: View, start: int, end: int, confidence: float, marks: set[str]) -> Signal:
    return view.signal(
        "key.private",
        start,
        end,
        confidence=confidence,
        value=re.sub(r"\s", "", view.text[start:end]),
        shown_as=hidden("private key", end - start),
        marks=marks,
    )
