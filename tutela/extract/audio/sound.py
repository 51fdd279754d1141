"""Which sound is inside these bytes? Decoded to 16 kHz mono, with limits on what a header may claim."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tutela.errors import MissingPart, TooLarge, Unreadable
from tutela.extract.image.limits import MediaLimits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]

RATE = 16_000


class Sound(Struct, frozen=True, kw_only=True):
    """Samples at 16 kHz, float32 from -1 to 1, and what could not be decoded."""

    samples: Any
    said: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def open_sound(data: bytes, limits: MediaLimits) -> Sound | None:
    """Decodes the first sound track of a sound file or clip; None when there is no sound track.

    Decoding stops at `limits.sound_s` seconds, whatever the header says. Raises TooLarge (T103), Unreadable (T312),
    MissingPart (T209).
    """
    try:
        import av
    except ImportError:
        raise MissingPart("PyAV is not installed", next_step="pip install tutela[audio]") from None
    if len(data) > limits.clip_bytes_most:
        raise TooLarge(f"a file of more than {limits.clip_bytes_most >> 20} MiB")
    try:
        container = av.open(io.BytesIO(data), mode="r", metadata_errors="ignore")
    except Exception:  # noqa: BLE001 - decoders raise anything
        raise Unreadable("no sound that can be opened") from None
    with container:
        if not container.streams.audio:
            return None
        return _decoded(container, limits)


def _decoded(container: Any, limits: MediaLimits) -> Sound:
    import av
    import numpy as np

    said: list[str] = []
    blocks: list[Any] = []
    wanted = int(limits.sound_s * RATE)
    got = 0
    broken = 0
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    stream = container.streams.audio[0]
    stream.thread_type = "NONE"
    packets = container.demux(stream)
    while got < wanted:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except Exception:  # noqa: BLE001 - decoders raise anything
            said.append("the sound breaks off")
            break
        try:
            frames = packet.decode()
            pieces = [piece for frame in frames for piece in resampler.resample(_plain(frame))]
        except Exception:  # noqa: BLE001 - decoders raise anything
            broken += 1
            if broken > 50:
                said.append("the sound is damaged")
                break
            continue
        for piece in pieces:
            block = piece.to_ndarray().reshape(-1)
            blocks.append(block)
            got += len(block)
    if not blocks:
        raise Unreadable("no sound that can be decoded")
    if broken and not said:
        said.append("parts of the sound are damaged: what could be decoded was heard")
    if got >= wanted:
        said.append(f"the sound is longer than {limits.sound_s:.0f} s: the first {limits.sound_s:.0f} s were heard")
    samples = np.concatenate(blocks)[:wanted].astype(np.float32) / 32768.0
    return Sound(samples=samples, said=tuple(said))


def _plain(frame: Any) -> Any:
    # The resampler refuses frames whose times jump; the samples alone count here.
    frame.pts = None
    return frame
