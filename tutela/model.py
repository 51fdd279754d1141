"""The types that travel through the product: what comes in, what is seen, what is decided.

`Item` and `Decision` are the public contract: their fields are the JSON's fields. The rest is what rooms hand to
each other. All are frozen; sequences are tuples; times are aware.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from tutela.errors import BadItem

Surface = Literal[
    "post", "comment", "dm", "bio", "caption", "livechat", "listing", "ocr", "transcript",
    "image", "audio", "video", "file", "link",
]  # fmt: skip
Audience = Literal["public", "group", "private"]
Action = Literal["allow", "warn", "redact", "restrict", "review", "remove"]
Account = Literal["personal", "business", "official"]
Medium = Literal["text", "ocr", "transcript", "document", "code", "link", "name", "source"]


class Author(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who wrote an item. `account` is None when unknown; unknown never excuses."""

    id: str | None = None
    handle: str | None = None
    account: Account | None = None
    created_at: datetime | None = None


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An earlier message of the thread the item stands in."""

    text: str
    author: str | None = None


class Media(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A picture, sound, clip or file. The engine judges `data`; whoever reads items from disk turns `path` into it."""

    kind: Literal["image", "audio", "video", "file"]
    path: str | None = None
    name: str | None = None
    data: bytes | None = None

    def __repr__(self) -> str:
        size = None if self.data is None else len(self.data)
        return f"Media(kind={self.kind!r}, size_bytes={size})"


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to judge. All but one content field (`text`, `media`, `links`) are optional.

    `audience` is None when not given: then `dm` is private and every other surface public.
    """

    id: str = ""
    surface: Surface = "post"
    audience: Audience | None = None
    text: str | None = None
    lang: str | None = None
    author: Author | None = None
    thread: tuple[Message, ...] = ()
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    created_at: datetime | None = None
    extra: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Item(id={self.id!r}, surface={self.surface!r})"

    def seen_by(self) -> Audience:
        """The audience in effect."""
        if self.audience is not None:
            return self.audience
        return "private" if self.surface == "dm" else "public"

    @classmethod
    def from_json(cls, data: bytes | str) -> Item:
        """Reads one item. Raises BadItem (T101) that names the field; never echoes its value."""
        return decode_item(data)

    def to_json(self) -> bytes:
        """The contract's JSON; fields that were not given are left out."""
        return msgspec.json.encode(self)


class Where(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={"from_at": "from", "to_at": "to"},
):
    """A place a person can look at.

    `start` and `end` count Unicode code points of the item's own field, half-open. `box` is x, y, width, height in
    pixels of the upright picture. `from_s` and `to_s` are seconds. `member` is a path inside a file: archive members,
    pages, sheets and cells, paragraphs. `from_at`, `to_at` and `requests` belong to traffic.
    """

    part: str = ""
    start: int | None = None
    end: int | None = None
    box: tuple[int, int, int, int] | None = None
    from_s: float | None = None
    to_s: float | None = None
    member: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    requests: int | None = None


# `gc=False` on what decisions are made of: they hold no cycles, and a million of them need no look by the collector.
class ClauseVerdict(Struct, frozen=True, kw_only=True, gc=False):
    """A clause that is broken. `confidence` is a calibrated probability, 0.0 to 1.0."""

    id: str
    confidence: float


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
    """What was found and where, masked. `detector` names the folder or model that saw it."""

    clause: str
    kind: str
    where: Where
    shown_as: str
    detector: str
    confidence: float


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """What was decided about one item. `redacted` is None where nothing was redacted."""

    id: str
    violates: bool
    action: Action
    clauses: tuple[ClauseVerdict, ...]
    evidence: tuple[Evidence, ...]
    risks: tuple[str, ...]
    reason: str
    confidence: float
    policy: str
    redacted: dict[str, str] | None = None
    took_ms: float = 0.0

    @classmethod
    def from_json(cls, data: bytes | str) -> Decision:
        """Reads one decision. Raises BadItem (T101) that names the field."""
        try:
            return _DECISION.decode(data)
        except msgspec.MsgspecError as error:
            raise BadItem(
                _without_values(str(error)),
                next_step="`tutela schema decision` prints the schema",
            ) from None

    def to_json(self) -> bytes:
        """The contract's JSON."""
        return msgspec.json.encode(self)


class Anchor(Struct, frozen=True):
    """The place of `part.text[start:end]` in the medium it was read from."""

    start: int
    end: int
    where: Where


class Part(Struct, frozen=True, kw_only=True):
    """One stretch of text of an item, with the way back to where a person can see or hear it.

    `name` is the contract's: `text`, `links/0`, `media/0`, `author.handle`, `thread/2`. Without `anchors` offsets are
    the field's own. Anchors are sorted and do not overlap; text between them (separators) belongs to none.
    """

    name: str
    text: str
    medium: Medium = "text"
    author: str | None = None
    anchors: tuple[Anchor, ...] = ()

    def locate(self, start: int, end: int) -> tuple[Where, ...]:
        """Places of `text[start:end]`: one for plain text; one for each line, word group or member where anchored.

        Boxes on one text line are joined; time ranges are joined. Never empty.
        """
        if not self.anchors:
            return (Where(part=self.name, start=start, end=end),)
        hit = [anchor.where for anchor in self.anchors if anchor.start < end and anchor.end > start]
        return _join_places(hit) if hit else (Where(part=self.name),)


class Signal(Struct, frozen=True, kw_only=True):
    """What was seen and where; never whether it is wrong.

    `value` is the normalised value for checks, joining and keyed fingerprints: it never leaves the process and is not
    in the repr. `shown_as` is its mask. `marks` are facts found while reading it (`sample`, `toll_free`, `mobile`,
    `country:DE`). `part` and `start`/`end` place it in a part's text; `where` is what is shown to people.
    """

    name: str
    kind: str
    confidence: float
    detector: str
    shown_as: str = ""
    where: tuple[Where, ...] = ()
    part: str = "text"
    start: int = 0
    end: int = 0
    value: str = ""
    marks: frozenset[str] = frozenset()
    says: str = ""

    def __repr__(self) -> str:
        return f"Signal({self.name!r}, {self.confidence:.2f}, {self.part}[{self.start}:{self.end}], {self.shown_as!r})"


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that could not be read or judged. It turns the verdict into `review`, never into `allow`."""

    code: str
    what: str
    where: Where = Where()


class Extract(Struct, frozen=True, kw_only=True):
    """What a reader made of one medium: texts to scan, things seen that are no text, and what it could not do."""

    parts: tuple[Part, ...] = ()
    signals: tuple[Signal, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def _join_places(places: list[Where]) -> tuple[Where, ...]:
    joined: list[Where] = []
    for place in places:
        last = joined[-1] if joined else None
        if last is None or last.part != place.part or last.member != place.member:
            joined.append(place)
        elif last.box and place.box and last.from_s == place.from_s and _same_line(last.box, place.box):
            joined[-1] = msgspec.structs.replace(last, box=_around(last.box, place.box))
        elif last.box is None and place.box is None and last.from_s is not None and place.to_s is not None:
            joined[-1] = msgspec.structs.replace(last, to_s=place.to_s)
        elif place != last:
            joined.append(place)
    return tuple(joined)


def _same_line(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    shared = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return shared * 2 >= min(a[3], b[3])


def _around(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    return (x, y, max(a[0] + a[2], b[0] + b[2]) - x, max(a[1] + a[3], b[1] + b[3]) - y)


_ITEM = msgspec.json.Decoder(Item)
_DECISION = msgspec.json.Decoder(Decision)
# msgspec quotes the offending value in two of its messages ("Invalid enum value 'x'"); a value may be personal.
_QUOTED = re.compile(r"(Invalid (?:enum|base64)[a-z ]*) '.*?'(?= - at|$)", re.S)


def _without_values(message: str) -> str:
    return _QUOTED.sub(r"\1", message)


def decode_item(data: bytes | str) -> Item:
    """Reads one item of the contract's JSON. Raises BadItem (T101)."""
    try:
        item = _ITEM.decode(data)
    except msgspec.ValidationError as error:
        raise BadItem(
            _without_values(str(error)),
            next_step="`tutela schema item` prints the schema",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadItem(
            _without_values(str(error)),
            next_step="one JSON object is expected, in UTF-8",
        ) from None
    if item.text is None and not item.media and not item.links:
        raise BadItem(
            "no content: one of text, media, links is needed",
            next_step="add one of them",
        )
    return item
