"""From an item's media to parts and signals: which reader opens which bytes, and what no reader could open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from tutela.errors import MissingPart
from tutela.model import Extract, Item, Media, Trouble, Where
from tutela.settings import Platform

if TYPE_CHECKING:
    from tutela.extract.files import Aids

# So many pictures, sounds and clips inside one file are looked at.
MOST_INNER = 24
# Media beyond this are not opened; the trouble says so.
MAX_MEDIA_BYTES = 512 << 20


class Reach(Struct, frozen=True, kw_only=True):
    """How far the engine looks beyond text, all of it loaded beforehand.

    `media` switches the readers of pictures, sound, clips and files. `feeds` are threat lists
    (`tutela.links.feeds.Feeds`), `known_pictures` fingerprints of reported pictures (64 hex digits each, PDQ), `aids`
    what the operator adds for files: folders of rules, a ClamAV daemon (`tutela.extract.files.Aids`).
    """

    media: bool = True
    feeds: Any = None
    known_pictures: tuple[str, ...] = ()
    aids: Aids | None = None


def media_extract(media: Media, number: int, item: Item, platform: Platform, reach: Reach) -> Extract:
    """What is in one medium of an item. What could not be read comes back as troubles, never as nothing."""
    part = f"media/{number}"
    where = Where(part=part)
    if media.data is None:
        return Extract(troubles=(Trouble(code="T104", what=f"{part} was not loaded: it has no data", where=where),))
    if not reach.media:
        return Extract(troubles=(Trouble(code="T209", what=f"{part}: reading media is switched off", where=where),))
    if len(media.data) > MAX_MEDIA_BYTES:
        return Extract(
            troubles=(Trouble(code="T103", what=f"{part} is larger than {MAX_MEDIA_BYTES} bytes", where=where),)
        )
    try:
        return _read(media, part, item, platform, reach)
    except MissingPart as error:
        return Extract(troubles=(Trouble(code=error.code, what=f"{part}: {error.what}", where=where),))


def _read(media: Media, part: str, item: Item, platform: Platform, reach: Reach) -> Extract:
    """The file with what it holds, then each picture, sound and clip: the medium itself and those found inside it."""
    from tutela.extract.files import inspect_file

    data = media.data or b""
    inspection = inspect_file(
        data,
        name=media.name,
        part=part,
        kind=media.kind,
        platform=platform,
        text_hint=_said(item),
        aids=reach.aids or _no_aids(),
    )
    found = [inspection.extract]
    inner = [(entry.member or None, entry.name, entry.data or data) for entry in inspection.inner[:MOST_INNER]]
    if shape_of(data) != "file" and not any(member is None for member, _, _ in inner):
        inner.insert(0, (None, media.name or "", data))
    found.extend(
        _look(content, name=name or "", part=part, member=member, platform=platform, reach=reach)
        for member, name, content in inner
    )
    if media.kind != "file" and not inner and not any(e.parts or e.signals or e.troubles for e in found):
        problem = f"{part}: no reader opens these bytes as {media.kind}"
        found.append(Extract(troubles=(Trouble(code="T312", what=problem, where=Where(part=part)),)))
    if len(inspection.inner) > MOST_INNER:
        problem = f"{part}: only the first {MOST_INNER} of {len(inspection.inner)} pictures, sounds and clips inside were read"
        found.append(Extract(troubles=(Trouble(code="T103", what=problem, where=Where(part=part)),)))
    return Extract(
        parts=tuple(entry for extract in found for entry in extract.parts),
        signals=tuple(entry for extract in found for entry in extract.signals),
        troubles=tuple(entry for extract in found for entry in extract.troubles),
    )


def _no_aids() -> Aids:
    from tutela.extract.files import Aids

    return Aids()


def _look(data: bytes, *, name: str, part: str, member: str | None, platform: Platform, reach: Reach) -> Extract:
    shape = shape_of(data)
    if shape == "image":
        from tutela.extract.image import read_image

        return read_image(data, name=name, part=part, platform=platform, known=reach.known_pictures, member=member)
    if shape == "audio":
        from tutela.extract.audio import read_audio

        return read_audio(data, name=name, part=part, platform=platform, member=member)
    if shape == "video":
        from tutela.extract.video import read_video

        return read_video(data, name=name, part=part, platform=platform, known=reach.known_pictures, member=member)
    return Extract()


def _said(item: Item) -> str:
    """What is said around the file: a password for an archive often stands in the message before."""
    return "\n".join([*(message.text for message in item.thread[-4:]), item.text or ""])[-8000:]


def shape_of(data: bytes) -> Literal["image", "audio", "video", "file"]:
    """image, audio, video or file, by the first bytes (the formats' own specifications)."""
    head = data[:16]
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")):
        return "image"
    if head[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image"
    if head[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio"
    if head[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return "video"
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"):
            return "image"
        return "audio" if brand in (b"M4A ", b"M4B ") else "video"
    if head.startswith((b"ID3", b"OggS", b"fLaC", b"FORM")) or (
        head[:1] == b"\xff" and len(data) > 1 and data[1] & 0xE0 == 0xE0
    ):
        return "audio"
    if head.startswith((b"\x1aE\xdf\xa3", b"FLV\x01", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")):
        return "video"
    return "file"
