"""Fragments put together: what one message of a thread leaves open and the next one completes.

A number split over two messages, an address whose street stood above, a code whose question was asked before: the
messages are joined and read as one text. Only what the item itself adds is reported, at its place in the item.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from tutela.model import Extract, Item, Signal, Where

# So many earlier messages can complete a value, and so much of each is read.
_MESSAGES = 6
_MOST_CHARS = 2000

# A message that breaks off in figures, and the stretch of figures in the one that goes on.
_OPEN_END = re.compile(r"\d{2,}[ .,…\-]*$")
_REST = re.compile(r"\d[\d .\-]{0,18}\d")

Look = Callable[[str, Item], list[Signal]]


def assemble(item: Item, look: Look) -> Extract:
    """Signals that only appear when the item's text is read after the messages before it.

    Read twice: after the author's own messages (a value in pieces), and after the last message of anyone (a question
    that says what the answer is). `look` gives the signals of the text detectors in a text.
    """
    if not item.text:
        return Extract()
    author = item.author.id if item.author else None
    own = [m.text for m in item.thread[-_MESSAGES:] if m.author is not None and m.author == author]
    before = [m.text for m in item.thread[-1:]]
    found: list[Signal] = []
    # What is read, and where in it the item's own text starts and which stretch of the item that is.
    readings: list[tuple[str, int, int]] = []
    for fragments in (own, before):
        for separator in ("\n", " "):
            if fragments:
                head = separator.join(text[-_MOST_CHARS:] for text in fragments) + separator
                readings.append((head + item.text, len(head), 0))
    rest = _REST.search(item.text)
    if rest is not None and own and _OPEN_END.search(own[-1]):
        # "917 220" … "and the last bit is 8864": the words between the figures do not belong to the number.
        head = " ".join(text[-_MOST_CHARS:] for text in own).rstrip(" .,…-") + " "
        readings.append((head + rest.group(), len(head), rest.start()))
    for text, offset, shift in readings:
        for signal in look(text, item):
            placed = _placed(signal, offset, shift, len(item.text))
            if placed is not None and not any(_same(placed, other) for other in found):
                found.append(placed)
    return Extract(signals=tuple(found))


def _placed(signal: Signal, offset: int, shift: int, size: int) -> Signal | None:
    """The signal at its place in the item; None when the item adds nothing to it."""
    if signal.end <= offset:
        return None
    start, end = max(signal.start - offset, 0) + shift, min(signal.end - offset + shift, size)
    return replace(
        signal,
        start=start,
        end=end,
        part="text",
        where=(Where(part="text", start=start, end=end),),
        marks=signal.marks | {"assembled"},
    )


def _same(a: Signal, b: Signal) -> bool:
    return a.name == b.name and a.start == b.start and a.end == b.end
