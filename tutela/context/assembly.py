"""Fragments put together: what one message of a thread leaves open and the next one completes.

A number split over two messages, an address whose street stood above, a code whose question was asked before: the
messages are joined and read as one text. Only what the item itself adds is reported, at its place in the item.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tutela.model import Extract, Item, Signal, Where

# So many earlier messages can complete a value, and so much of each is read.
_MESSAGES = 6
_MOST_CHARS = 2000

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
    for fragments in (own, before):
        for separator in ("\n", " "):
            if not fragments:
                continue
            head = separator.join(text[-_MOST_CHARS:] for text in fragments) + separator
            for signal in look(head + item.text, item):
                placed = _placed(signal, len(head), len(item.text))
                if placed is not None and not any(_same(placed, other) for other in found):
                    found.append(placed)
    return Extract(signals=tuple(found))


def _placed(signal: Signal, offset: int, size: int) -> Signal | None:
    """The signal at its place in the item; None when the item adds nothing to it."""
    if signal.end <= offset:
        return None
    start, end = max(signal.start - offset, 0), min(signal.end - offset, size)
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
