"""Clips for the tests, made from drawn pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
from PIL import Image


def clip(shots: Sequence[tuple[Image.Image, float]], *, rate: int = 10, sound: bytes | None = None) -> bytes:
    """An MP4 that shows each picture for its seconds; `sound` is a sound file for its track."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as target:
        film = target.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        film.width, film.height = shots[0][0].size
        film.pix_fmt = "yuv420p"
        track = target.add_stream("aac", rate=16_000) if sound is not None else None
        if track is not None:
            track.layout = "mono"
        for shown, seconds in shots:
            frame = av.VideoFrame.from_ndarray(np.asarray(shown.convert("RGB")), format="rgb24")
            for _ in range(round(seconds * rate)):
                frame.pts = None
                target.mux(film.encode(frame))
        target.mux(film.encode(None))
        if track is not None and sound is not None:
            resampler = av.AudioResampler(format="fltp", layout="mono", rate=16_000, frame_size=1024)
            with av.open(io.BytesIO(sound)) as source:
                for heard in source.decode(audio=0):
                    heard.pts = None
                    for piece in resampler.resample(heard):
                        piece.pts = None
                        target.mux(track.encode(piece))
            target.mux(track.encode(None))
    return sink.getvalue()
