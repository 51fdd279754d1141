"""One medium without what it exposed: by its kind, and checked again until nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from tutela.errors import Unreadable
from tutela.model import Decision, Item, Media, Where
from tutela.redaction.documents import redact_pdf
from tutela.redaction.filling import Box
from tutela.redaction.pictures import redact_image
from tutela.redaction.sounds import redact_clip, redact_sound

_ROUNDS = 3


def redact_media(
    media: Media,
    places: Sequence[Where],
    *,
    whole: bool = False,
    look: Callable[[bytes, int], Sequence[Box] | None] | None = None,
) -> bytes:
    """The medium's bytes with `places` filled, silenced or removed, and without hidden data such as a position.

    `look` belongs to PDF pages, see `redact_pdf`. With `whole` everything that places point near goes: the whole
    picture, the frame, the track. Raises Unreadable (T312) for files other than PDF, which cannot be redacted.
    """
    from tutela.extract.items import shape_of

    data = media.data or b""
    shape = shape_of(data)
    if shape == "image":
        return redact_image(data, [place.box for place in places if place.box is not None], whole=whole)
    if shape == "audio":
        spans = [(place.from_s, place.to_s or place.from_s + 1.0) for place in places if place.from_s is not None]
        return redact_sound(data, spans, whole=whole or not spans)
    if shape == "video":
        return redact_clip(data, places, whole=whole)
    if data[:1024].lstrip().startswith(b"%PDF"):
        return redact_pdf(data, places, look=None if whole else look)
    raise Unreadable(
        "a file of this kind cannot be redacted", where=media.name or "", next_step="print it to PDF, or leave it out"
    )


def redact_until_clean(item: Item, decision: Decision, check: Callable[[Item], Decision]) -> tuple[Item, Decision]:
    """The item with its media redacted, and the decision on what is left.

    What a second look still finds is redacted too; what survives that is removed whole. `check` is the engine's.
    Texts and links are not changed here.
    """
    left, now = item, decision
    for turn in range(_ROUNDS):
        places = {number: _places(now, number) for number in range(len(left.media))}
        if not any(places.values()):
            break
        media = []
        for number, medium in enumerate(left.media):
            if places[number] and medium.data is not None:

                def look(page: bytes, number: int, item: Item = left) -> list[Box]:
                    return boxes_of(page, item, check)

                data = redact_media(medium, places[number], whole=turn == _ROUNDS - 1, look=look)
                media.append(replace(medium, data=data))
            else:
                media.append(medium)
        left = replace(left, media=tuple(media))
        now = check(left)
    return left, now


def boxes_of(picture: bytes, item: Item, check: Callable[[Item], Decision]) -> list[Box]:
    """Boxes of everything the engine finds in a picture that stands for a page of `item`."""
    page = Item(
        id=item.id,
        surface=item.surface,
        audience=item.audience,
        lang=item.lang,
        created_at=item.created_at,
        media=(Media(kind="image", data=picture),),
    )
    return [evidence.where.box for evidence in check(page).evidence if evidence.where.box is not None]


def _places(decision: Decision, number: int) -> list[Where]:
    return [evidence.where for evidence in decision.evidence if evidence.where.part == f"media/{number}"]
