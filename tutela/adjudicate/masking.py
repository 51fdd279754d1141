"""What may leave the machine of an item's text? Everything found is masked, and what looks like a value is, found or not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tutela.model import Signal

TEXT_MAX = 4000
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_HANDLE = re.compile(r"(?<!\w)@[\w.]{2,64}")
_LINK = re.compile(r"(?:https?://|hxxps?://|www\.)\S{1,2000}", re.I)
_FIGURES = re.compile(r"\d(?:[\d .\-()/]{2,40})\d")
_SECRET = re.compile(r"(?<![\w])(?=[\w+/=_-]{20,})(?=[^\s]*\d)[\w+/=_-]{20,512}")
_HOST = re.compile(r"^(?:\w+://)?([^/?#\s:@]{1,253})", re.I)


def masked(text: str, signals: Iterable[Signal], part: str = "text") -> str:
    """The text with every value a detector saw, and everything shaped like one, replaced by its kind.

    Of a link the host stays: without it no one can tell a notice from phishing. At most TEXT_MAX characters.
    """
    spots = sorted(
        (
            (s.start, s.end, s.kind)
            for s in signals
            if s.part == part and s.kind not in ("intent", "link") and s.end > s.start
        ),
        key=lambda spot: (spot[0], -spot[1]),
    )
    pieces: list[str] = []
    at = 0
    for start, end, kind in spots:
        if end <= at:
            continue
        pieces.append(text[at : max(at, start)])
        pieces.append(f"[{kind}]")
        at = end
    pieces.append(text[at:])
    return _shapes("".join(pieces)[:TEXT_MAX])


def masked_answer(text: str) -> str:
    """A model's own words, which may repeat what it was shown: one line, short, shapes masked."""
    return _shapes(" ".join(text.split()))[:300]


def _shapes(text: str) -> str:
    text = _LINK.sub(lambda match: f"[link to {_host(match.group())}]", text)
    text = _MAIL.sub("[email]", text)
    text = _HANDLE.sub("[handle]", text)
    text = _SECRET.sub("[token]", text)
    return _FIGURES.sub("[number]", text)


def _host(link: str) -> str:
    found = _HOST.match(link.replace("hxxp", "http"))
    return found.group(1) if found else "a page"
