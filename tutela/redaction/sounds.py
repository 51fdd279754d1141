"""The sound and the clip without what they exposed: spans silent, regions of frames filled."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from tutela.errors import MissingPart, Unreadable
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.model import Where
from tutela.redaction.filling import Box, fill

Span = tuple[float, float]
# Seconds silenced before and after what was heard: the model's times of words are not exact.
_MARGIN_S = 0.35
# Seconds filled before and after what was seen: stills are a second apart.
_SEEN_MARGIN_S = 1.1
_CONTAINERS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "ogg": ("ogg", "libopus"),
    "flac": ("flac", "flac"),
}


def redact_sound(data: bytes, spans: Sequence[Span], *, whole: bool = False) -> bytes:
    """The sound with `spans` (seconds) silenced, everything else as it was heard; tags and covers are gone.

    WAV, MP3, Ogg and FLAC keep their format, the rest becomes M4A. Raises Unreadable (T312), MissingPart (T209).
    """
    try:
        import av
    except ImportError:
        raise MissingPart("PyAV is not installed", next_step="pip install tutela[audio]") from None
    try:
        source = av.open(io.BytesIO(data), mode="r", metadata_errors="ignore")
    except Exception:  # noqa: BLE001 - decoders raise anything
        raise Unreadable("no sound that can be opened") from None
    sink = io.BytesIO()
    with source:
        if not source.streams.audio:
            raise Unreadable("no sound in this file")
        names = source.format.name.split(",")
        container, codec = next((_CONTAINERS[name] for name in names if name in _CONTAINERS), ("mp4", "aac"))
        with av.open(sink, mode="w", format=container) as target:
            stream: Any = target.add_stream(codec, rate=_rate(source.streams.audio[0], codec))
            stream.layout = _layout(source.streams.audio[0])
            for frame in _quiet(source, source.streams.audio[0], stream, spans, whole=whole):
                for packet in stream.encode(frame):
                    target.mux(packet)
            for packet in stream.encode(None):
                target.mux(packet)
    return sink.getvalue()


def _rate(stream: Any, codec: str) -> int:
    rate = int(stream.rate or 16_000)
    if codec == "libopus":
        return 48_000
    fits = codec not in ("aac", "libmp3lame") or rate in (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
    return rate if fits else 44_100


def _layout(stream: Any) -> str:
    return "mono" if stream.channels == 1 else "stereo"


def _quiet(source: Any, stream: Any, target: Any, spans: Sequence[Span], *, whole: bool) -> Any:
    """Frames for the encoder, silent inside the spans."""
    import av

    stream.thread_type = "NONE"
    resampler = av.AudioResampler(
        format=target.codec_context.format.name if target.codec_context.format else "s16",
        layout=target.codec_context.layout.name,
        rate=target.codec_context.rate,
        frame_size=target.codec_context.frame_size or None,
    )
    hushed = [(low - _MARGIN_S, high + _MARGIN_S) for low, high in spans]
    rate = int(target.codec_context.rate)
    at = 0
    frames = source.decode(stream)
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            break
        except Exception:  # noqa: BLE001 - what cannot be decoded cannot be heard, and is left out
            break
        frame.pts = None
        for piece in resampler.resample(frame):
            yield _hushed(piece, at, rate, hushed, whole=whole)
            at += piece.samples
    for piece in resampler.resample(None):
        yield _hushed(piece, at, rate, hushed, whole=whole)
        at += piece.samples


def _hushed(piece: Any, at: int, rate: int, spans: Sequence[Span], *, whole: bool) -> Any:
    from fractions import Fraction

    import av

    samples = piece.to_ndarray().copy()
    planar = piece.format.is_planar
    channels = len(piece.layout.channels)
    for low, high in [(-1.0, 1e9)] if whole else spans:
        first = max(0, int(low * rate) - at)
        last = min(piece.samples, int(high * rate) - at)
        if first < last:
            if planar:
                samples[:, first:last] = 0
            else:
                samples[:, first * channels : last * channels] = 0
    quiet = av.AudioFrame.from_ndarray(samples, format=piece.format.name, layout=piece.layout.name)
    quiet.sample_rate = rate
    quiet.pts = at
    quiet.time_base = Fraction(1, rate)
    return quiet


def redact_clip(data: bytes, places: Sequence[Where], *, whole: bool = False, limits: MediaLimits = LIMITS) -> bytes:
    """The clip as MP4 with what was seen filled while it was seen, and silence where it was heard; no hidden data.

    Places with a box are seen, those without are heard. Where what is seen moves, its whole way is filled; with
    `whole` the entire frame is, for as long as any of it was seen. Raises Unreadable (T312), MissingPart (T209).
    """
    try:
        import av
    except ImportError:
        raise MissingPart("PyAV is not installed", next_step="pip install tutela[audio]") from None
    seen = [place for place in places if place.box is not None]
    heard = [(place.from_s, place.to_s) for place in places if place.box is None and place.from_s is not None]
    spans = [(low, high if high is not None else low + 1.0) for low, high in heard if low is not None]
    try:
        source = av.open(io.BytesIO(data), mode="r", metadata_errors="ignore")
    except Exception:  # noqa: BLE001 - decoders raise anything
        raise Unreadable("no clip that can be opened") from None
    sink = io.BytesIO()
    with source, av.open(sink, mode="w", format="mp4") as target:
        if not source.streams.video:
            raise Unreadable("no pictures in this clip")
        stills = _stills(source)
        first = next(stills, None)
        if first is None:
            raise Unreadable("no picture of the clip can be decoded")
        # A container's head is written with its first packet: both tracks must be there by then.
        rate = source.streams.video[0].average_rate or 25
        film: Any = target.add_stream("libx264", rate=rate, options={"crf": "21", "preset": "veryfast", "threads": "1"})
        film.width, film.height, film.pix_fmt = first[1].shape[1], first[1].shape[0], "yuv420p"
        track: Any = None
        if source.streams.audio:
            track = target.add_stream("aac", rate=_rate(source.streams.audio[0], "aac"))
            track.layout = _layout(source.streams.audio[0])
        for at_s, pixels in chain([first], stills):
            if at_s > limits.clip_s:
                break
            if pixels.shape != first[1].shape:
                continue
            boxes = _boxes_at(at_s, seen)
            if boxes:
                fill(pixels, [(0, 0, pixels.shape[1], pixels.shape[0])] if whole else _way(boxes))
            for packet in film.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                target.mux(packet)
        for packet in film.encode(None):
            target.mux(packet)
        if track is not None:
            with av.open(io.BytesIO(data), mode="r", metadata_errors="ignore") as again:
                for frame in _quiet(again, again.streams.audio[0], track, spans, whole=False):
                    for packet in track.encode(frame):
                        target.mux(packet)
            for packet in track.encode(None):
                target.mux(packet)
    return sink.getvalue()


def _stills(source: Any) -> Iterator[tuple[float, Any]]:
    """Time and upright picture of every frame, cut to even sides as the encoder needs them."""
    import numpy as np

    film = source.streams.video[0]
    film.thread_type = "NONE"
    rate = float(film.average_rate or 25)
    frames = source.decode(film)
    count = 0
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - what cannot be decoded cannot be seen, and is left out
            return
        at_s = float(frame.time) if frame.time is not None else count / rate
        count += 1
        turns = round(float(getattr(frame, "rotation", 0) or 0) / 90) % 4
        pixels = np.rot90(frame.to_ndarray(format="rgb24"), turns)
        height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
        yield at_s, np.ascontiguousarray(pixels[:height, :width]).copy()


def _boxes_at(at_s: float, seen: Sequence[Where]) -> list[Box]:
    return [
        place.box
        for place in seen
        if place.box is not None
        and (place.from_s is None or place.from_s - _SEEN_MARGIN_S <= at_s)
        and (place.to_s is None or at_s <= place.to_s + _SEEN_MARGIN_S)
    ]


def _way(boxes: Sequence[Box]) -> list[Box]:
    """Boxes, and the ground between those that look like one thing on its way from one still to the next."""
    ways = list(boxes)
    for at, (ax, ay, aw, ah) in enumerate(boxes):
        for bx, by, bw, bh in boxes[at + 1 :]:
            alike = 0.5 < (aw * ah) / max(1, bw * bh) < 2.0
            near = abs(ax - bx) < 1.5 * max(aw, bw) and abs(ay - by) < 3 * max(ah, bh)
            if alike and near:
                left, top = min(ax, bx), min(ay, by)
                ways.append((left, top, max(ax + aw, bx + bw) - left, max(ay + ah, by + bh) - top))
    return ways
