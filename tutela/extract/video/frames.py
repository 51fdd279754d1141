"""Which pictures of a clip are worth reading? Scene changes and one a second, each sight once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tutela.errors import MissingPart, TooLarge, Unreadable
from tutela.extract.image.limits import MediaLimits
from tutela.extract.image.sameness import Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

# Pictures looked at in a clip, whatever its length; up to this many seconds one a second.
_LOOKS_MOST = 240
# Pixels a second up to which every frame is decoded; beyond, only those that stand alone.
_DECODE_ALL = 1280 * 720 * 32
_DECODE_ALL_S = 180.0
_FRAMES_MOST = 20_000
_CUT = 30.0


class Still(Struct, kw_only=True):
    """A picture of a clip that shows something new, with the seconds during which it was seen.

    `scale` turns its pixels into those of the clip's own frames.
    """

    pixels: Any
    scale: float
    from_s: float
    to_s: float


class Reel(Struct, frozen=True, kw_only=True):
    """Stills in order of time, whether there is a sound track, the size of a frame, and what could not be read."""

    stills: tuple[Still, ...]
    sound: bool
    size: tuple[int, int] = (0, 0)
    said: tuple[str, ...] = ()


def open_reel(data: bytes, limits: MediaLimits) -> Reel:
    """The stills of a clip. Raises TooLarge (T103), Unreadable (T312), MissingPart (T209)."""
    try:
        import av
    except ImportError:
        raise MissingPart("PyAV is not installed", next_step="pip install tutela[audio]") from None
    if len(data) > limits.clip_bytes_most:
        raise TooLarge(f"a clip of more than {limits.clip_bytes_most >> 20} MiB")
    try:
        container = av.open(io.BytesIO(data), mode="r", metadata_errors="ignore")
    except Exception:  # noqa: BLE001 - decoders raise anything
        raise Unreadable("no clip that can be opened") from None
    with container:
        sound = bool(container.streams.audio)
        if not container.streams.video:
            if sound:
                return Reel(stills=(), sound=True)
            raise Unreadable("neither pictures nor sound in this clip")
        said: list[str] = []
        stills: list[Still] = []
        size = (0, 0)
        seen = Seen(remembered=12)
        for at_s, pixels, own in _looks(container, limits, said):
            size = own
            if stills and not seen.is_new(pixels):
                # The same sight again; which one it was does not matter as long as the latest holds.
                stills[-1].to_s = at_s
                continue
            if not stills:
                seen.is_new(pixels)
            else:
                stills[-1].to_s = max(stills[-1].to_s, at_s)
            stills.append(Still(pixels=pixels, scale=own[0] / pixels.shape[1], from_s=at_s, to_s=at_s + 1.0))
        if not stills and not sound:
            raise Unreadable("; ".join(said) or "no picture of the clip can be decoded")
        if not stills:
            said.append("no picture of the clip can be decoded")
        return Reel(stills=tuple(stills), sound=sound, size=size, said=tuple(said))


def _looks(container: Any, limits: MediaLimits, said: list[str]) -> Iterator[tuple[float, Pixels, tuple[int, int]]]:
    """Time, picture and own size of frames at cuts and at most one a second."""
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > limits.pixels_most // 2:
        raise TooLarge(f"a clip of {width}×{height} pixels")
    rate = float(stream.average_rate or 25)
    length_s = _length(container, stream)
    if width * height * min(max(rate, 1.0), 120.0) > _DECODE_ALL or length_s > _DECODE_ALL_S:
        stream.codec_context.skip_frame = "NONKEY"
    step_s = max(1.0, min(length_s, limits.clip_s) / _LOOKS_MOST)
    last_s = -step_s
    last_grey: Any = None
    decoded = broken = 0
    frames = container.decode(stream)
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            break
        except Exception:  # noqa: BLE001 - decoders raise anything
            broken += 1
            if broken > 20:
                said.append("the clip breaks off")
                break
            frames = container.decode(stream)
            continue
        decoded += 1
        at_s = float(frame.time) if frame.time is not None else decoded / rate
        if at_s > limits.clip_s or decoded > _FRAMES_MOST:
            said.append(f"the clip is longer than what is read: the first {at_s:.0f} s were looked at")
            break
        if frame.width * frame.height > limits.pixels_most // 2:
            said.append(f"frames of {frame.width}×{frame.height} pixels are not read")
            break
        grey = _tiny(frame)
        cut = last_grey is not None and float(abs(grey - last_grey).mean()) > _CUT and at_s - last_s > 0.5
        if at_s - last_s >= step_s * 0.96 or cut:
            last_s, last_grey = at_s, grey
            picture = _picture(frame, limits)
            turned = picture.shape[1] < picture.shape[0] and frame.width > frame.height
            yield round(at_s, 2), picture, (frame.height, frame.width) if turned else (frame.width, frame.height)
    if broken and not said:
        said.append("parts of the clip are damaged: what could be decoded was read")


def _length(container: Any, stream: Any) -> float:
    """Seconds the header claims; only used to choose how densely to look."""
    if stream.duration and stream.time_base:
        return max(0.0, float(stream.duration * stream.time_base))
    return max(0.0, float(container.duration or 0) / 1_000_000)


def _tiny(frame: Any) -> Any:
    import numpy as np

    return frame.reformat(width=48, height=27, format="gray").to_ndarray().astype(np.int16)


def _picture(frame: Any, limits: MediaLimits) -> Pixels:
    import numpy as np

    longest = max(frame.width, frame.height)
    share = min(1.0, min(limits.read_side, 1600) / longest)
    width, height = max(2, round(frame.width * share)), max(2, round(frame.height * share))
    pixels = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    # The display matrix turns counter-clockwise by this many degrees.
    turns = round(float(getattr(frame, "rotation", 0) or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, turns) if turns else pixels)
