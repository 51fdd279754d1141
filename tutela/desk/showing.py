"""How is an item shown to someone who need not see what it exposed?"""

from __future__ import annotations

from msgspec.structs import replace

from tutela.desk.memory import Memory
from tutela.desk.originals import Original
from tutela.engine import Engine
from tutela.errors import TutelaError
from tutela.model import Item, Message


def masked_item(memory: Memory, original: Original) -> Item:
    """The item with every exposed span of its texts replaced by its mask, and without its media.

    Spans come from the decision. The thread's messages were never judged on their own: they are judged here, since a
    page must not show in the thread what it masks in the post.
    """
    item = original.item
    text = item.text
    if text is not None and original.decision is not None:
        spans = [
            (entry.where.start, entry.where.end, entry.shown_as)
            for entry in original.decision.evidence
            if entry.where.part == "text"
            and entry.where.start is not None
            and entry.where.end is not None
            and entry.kind != "intent"
        ]
        text = masked_text(text, spans)
    thread = tuple(
        Message(text=masked_by_engine(memory.engine, message.text, item), author=None) for message in item.thread
    )
    covered = set()
    if original.decision is not None:
        covered = {entry.where.part for entry in original.decision.evidence}
    links = tuple("•••" if f"links/{number}" in covered else link for number, link in enumerate(item.links))
    return replace(item, text=text, thread=thread, links=links, media=(), author=None, extra={})


def masked_text(text: str, spans: list[tuple[int, int, str]]) -> str:
    """The text with each span (start, end, mask) replaced; overlapping spans become one mask."""
    pieces: list[str] = []
    done = 0
    for start, end, mask in sorted(spans):
        if end <= done:
            continue
        if start >= done:
            pieces.append(text[done:start])
            pieces.append(mask or "•••")
        done = max(done, end)
    pieces.append(text[done:])
    return "".join(pieces)


def masked_by_engine(engine: Engine, text: str, item: Item) -> str:
    """A further text of an item with whatever the engine finds in it masked, whether or not it breaks a clause.

    Hidden whole when it cannot be judged.
    """
    try:
        explained = engine.explain(Item(surface=item.surface, text=text, lang=item.lang, created_at=item.created_at))
    except TutelaError:
        return "•••"
    spans = [
        (signal.start, signal.end, signal.shown_as)
        for signal in explained.signals
        if signal.part == "text" and signal.kind not in ("intent", "other", "link") and signal.end > signal.start
    ]
    return masked_text(text, spans)


def redacted_text(original: Original | None) -> str | None:
    """The item's text as it may stand; None where nothing was redacted or the original is gone."""
    if original is None or original.decision is None or original.decision.redacted is None:
        return None
    return original.decision.redacted.get("text")
