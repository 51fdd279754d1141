"""What does a clip show and say? Words seen with time and box, words heard with time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutela.errors import TutelaError
from tutela.extract.image.known import KnownPicture
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.extract.image.opening import Frame, Opened
from tutela.extract.image.read import Look, gather, inside, look_at, trouble_of
from tutela.extract.video.frames import Still, open_reel
from tutela.model import Extract, Trouble, Where

if TYPE_CHECKING:
    from tutela.settings import Platform

# The size at which a still is asked whether it holds writing at all.
_GLANCE_SIDE = 640


def read_video(
    data: bytes,
    *,
    name: str = "",
    part: str = "media/0",
    platform: Platform | None = None,
    limits: MediaLimits = LIMITS,
    known: Sequence[KnownPicture | str] = (),
    member: str | None = None,
) -> Extract:
    """Reads a clip; never raises for what is in the bytes. `name` is not trusted.

    Parts: `ocr` for all writing in order of time (each text once for as long as it is seen), `code` for each bar
    code, `transcript` for the sound track. Places carry seconds, and a box in pixels of the clip's frames.
    `member` is the clip's place inside a file; every place then carries it.
    """
    if limits.aside and len(data) <= limits.clip_bytes_most:
        from tutela.extract.image import aside

        extract = aside.ask("video", data, part=part, platform=platform, limits=limits, known=known)
        return inside(extract, member)
    return inside(read_here(data, part=part, platform=platform, limits=limits, known=known), member)


def read_here(
    data: bytes,
    *,
    part: str,
    platform: Platform | None,
    limits: MediaLimits,
    known: Sequence[KnownPicture | str] = (),
) -> Extract:
    """As `read_video`, in this process."""
    try:
        reel = open_reel(data, limits)
        looks = _looks(reel.stills, part, platform, limits, known)
        opened = Opened(frames=(), size=reel.size, format="clip", said=reel.said)
        seen = gather(looks, opened=opened, part=part)
    except TutelaError as error:
        return Extract(troubles=(trouble_of(error, part),))
    except Exception as error:  # noqa: BLE001 - decoders raise anything; a person has to look then
        what = f"the clip could not be read ({type(error).__name__})"
        return Extract(troubles=(Trouble(code="T312", what=what, where=Where(part=part)),))
    if not reel.sound:
        return seen
    heard = _heard(data, part, platform, limits)
    return Extract(
        parts=seen.parts + heard.parts, signals=seen.signals + heard.signals, troubles=seen.troubles + heard.troubles
    )


def _heard(data: bytes, part: str, platform: Platform | None, limits: MediaLimits) -> Extract:
    from tutela.extract.audio.read import read_here as hear

    return hear(data, part=part, platform=platform, limits=limits)


def _looks(
    stills: Sequence[Still],
    part: str,
    platform: Platform | None,
    limits: MediaLimits,
    known: Sequence[KnownPicture | str],
) -> list[tuple[Frame, Look]]:
    chosen = _with_something(stills, limits)
    looks: list[tuple[Frame, Look]] = []
    told: list[frozenset[str]] = []
    for still in chosen:
        look = look_at(still.pixels, part=part, platform=platform, limits=limits, known=known)
        texts = frozenset(line.text for block in look.blocks for row in block for line in row)
        frame = Frame(pixels=None, scale=still.scale, from_s=still.from_s, to_s=still.to_s)
        recent = range(len(looks) - 1, max(-1, len(looks) - 4), -1)
        again = next((at for at in recent if _same(told[at], texts, looks[at][1], look)), None)
        if again is not None:
            before, kept = looks[again]
            looks[again] = (
                Frame(pixels=None, scale=before.scale, from_s=before.from_s, to_s=max(before.to_s or 0.0, still.to_s)),
                kept,
            )
            continue
        looks.append((frame, look))
        told.append(texts)
    return looks


def _same(before: frozenset[str], now: frozenset[str], last: Look, look: Look) -> bool:
    """True when a still says nothing that an earlier one did not say."""
    names = {signal.name for signal in look.signals} - {signal.name for signal in last.signals}
    return now <= before and set(look.codes) <= set(last.codes) and not names


def _with_something(stills: Sequence[Still], limits: MediaLimits) -> list[Still]:
    """Stills that hold writing or a code, at most `limits.clip_frames_most`, spread over the clip."""
    import cv2

    from tutela.extract.image.codes import code_like
    from tutela.extract.image.ocr import reader

    engine = reader()
    chosen = []
    for still in stills:
        grey = cv2.cvtColor(still.pixels, cv2.COLOR_RGB2GRAY)
        if engine.regions(still.pixels, _GLANCE_SIDE) or code_like(grey):
            chosen.append(still)
    if len(chosen) > limits.clip_frames_most:
        step = len(chosen) / limits.clip_frames_most
        chosen = [chosen[int(at * step)] for at in range(limits.clip_frames_most)]
    return chosen
