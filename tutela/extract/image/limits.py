"""How much of one picture, clip or sound is read, and what is refused before it is decoded?"""

from __future__ import annotations

from msgspec import Struct


class MediaLimits(Struct, frozen=True, kw_only=True):
    """Limits for media of unknown origin. Beyond a refusing limit a reader gives a Trouble (T312), never a partial pass.

    `bytes_most` and `pixels_most` (declared in the header, before decoding) and `side_most` refuse the picture.
    `read_side` is the longer side in pixels that is worked on: larger pictures are read scaled down.
    `frames_most` frames of an animation or pages of a TIFF, and `clip_frames_most` of a clip, are looked at, spread
    over the whole length; `clip_s` and `sound_s` are the seconds of a clip and of speech that are judged.
    `lines_most` text lines are read. `time_s` is wall-clock time after which the reader is given up.
    `memory_bytes` is the address space of the process that decodes; without `aside` the caller's own process does it.
    """

    bytes_most: int = 64 << 20
    pixels_most: int = 80_000_000
    side_most: int = 30_000
    read_side: int = 2600
    frames_most: int = 12
    clip_frames_most: int = 40
    clip_s: float = 600.0
    sound_s: float = 900.0
    clip_bytes_most: int = 512 << 20
    pages_most: int = 40
    lines_most: int = 400
    time_s: float = 120.0
    memory_bytes: int = 6 << 30
    aside: bool = True


LIMITS = MediaLimits()
