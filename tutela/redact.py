"""The item without what it exposed: an item and its decision go in, the item with named gaps comes out."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tutela.model import Decision, Evidence, Item
from tutela.policy.form import Policy


def redacted_texts(item: Item, decision: Decision, policy: Policy) -> dict[str, str]:
    """The text fields that change, by the part's name: each exposed span replaced by a named gap.

    Spans of one kind that touch or overlap become one gap. Empty when no evidence points into a text field.
    """
    texts: dict[str, str] = {}
    if item.text is not None:
        changed = _cut(item.text, _of_part(decision, "text"), policy, item.lang)
        if changed != item.text:
            texts["text"] = changed
    for number in range(len(item.links)):
        name = f"links/{number}"
        if any(True for _ in _of_part(decision, name)):
            texts[name] = policy.gap("link", item.lang)
    return texts


def redact_item(item: Item, decision: Decision, policy: Policy) -> Item:
    """The item with its texts redacted and its media redacted where evidence points into them.

    Media need the extras that read them; without one MissingPart (T209) is raised.
    """
    texts = redacted_texts(item, decision, policy)
    changed = item
    if "text" in texts:
        changed = replace(changed, text=texts["text"])
    if any(name.startswith("links/") for name in texts):
        kept = tuple(link for number, link in enumerate(item.links) if f"links/{number}" not in texts)
        changed = replace(changed, links=kept)
    for number, media in enumerate(item.media):
        places = [evidence.where for evidence in _of_part(decision, f"media/{number}")]
        if places and media.data is not None:
            from tutela.redaction import redact_media

            data = redact_media(media, places)
            new = (*changed.media[:number], replace(media, data=data), *changed.media[number + 1 :])
            changed = replace(changed, media=new)
    return changed


def _of_part(decision: Decision, part: str) -> Iterable[Evidence]:
    return (evidence for evidence in decision.evidence if evidence.where.part == part)


def _cut(text: str, evidence: Iterable[Evidence], policy: Policy, lang: str | None) -> str:
    spans = sorted(
        (entry.where.start, entry.where.end, entry.kind)
        for entry in evidence
        # Words that show an intent are the harm itself, not a value that could be taken out.
        if entry.where.start is not None and entry.where.end is not None and entry.kind != "intent"
    )
    pieces: list[str] = []
    done = 0
    last: tuple[int, str] | None = None
    for start, end, kind in spans:
        begin = max(start, done)
        if begin >= end:
            continue
        between = text[done:begin]
        if last is not None and last[1] == kind and not between.strip(" -–—/.,;\n\t"):
            # The same value in pieces: the gap that stands there already is enough.
            done = end
            continue
        pieces.extend((between, policy.gap(kind, lang)))
        done, last = end, (end, kind)
    pieces.append(text[done:])
    return "".join(pieces)
