"""Which upright pictures are inside these bytes? Opened with limits; what is refused says why."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tutela.errors import MissingPart, TooLarge, Unreadable
from tutela.extract.image.limits import MediaLimits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

# Only formats that are pictures to people; Pillow's many others (EPS runs a program) stay closed.
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF", "ICO", "JPEG2000", "PPM")
_STEPS_MOST = 400
_TRUNCATED = threading.Lock()


class Frame(Struct, frozen=True, kw_only=True):
    """One upright picture. `scale` turns its pixels into those of the upright original; times belong to animations."""

    pixels: Any
    scale: float
    from_s: float | None = None
    to_s: float | None = None


class Opened(Struct, frozen=True, kw_only=True):
    """What was opened: frames, size of the upright original in pixels, format, position data, and what went wrong."""

    frames: tuple[Frame, ...]
    size: tuple[int, int]
    format: str
    position: tuple[float, float] | None = None
    said: tuple[str, ...] = ()


def open_picture(data: bytes, limits: MediaLimits) -> Opened:
    """Decodes a picture of any known format.

    Raises TooLarge (T103) beyond the limits, Unreadable (T312) where nothing can be decoded, MissingPart (T209).
    """
    try:
        from PIL import Image
    except ImportError:
        raise MissingPart("Pillow is not installed", next_step="pip install tutela[image]") from None
    if len(data) > limits.bytes_most:
        raise TooLarge(f"a picture file of more than {limits.bytes_most >> 20} MiB")
    _register_heif()
    import io

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Image.init()
            picture = Image.open(io.BytesIO(data), formats=[kind for kind in FORMATS if kind in Image.OPEN])
        except Image.DecompressionBombError:
            raise TooLarge("a picture that unpacks to more pixels than any real one") from None
        except Exception:  # noqa: BLE001 - decoders raise anything
            raise Unreadable("no picture that can be opened") from None
        with picture:
            return _decoded(picture, limits)


def _decoded(picture: Any, limits: MediaLimits) -> Opened:
    from tutela.extract.image.position import position_of

    width, height = picture.size
    # A JPEG is decoded at a fraction of its size: modern phones take pictures of 108 megapixels.
    most = limits.pixels_most * (2 if picture.format in ("JPEG", "MPO") else 1)
    if width * height > most:
        raise TooLarge(f"a picture of {width}×{height} pixels; {most // 1_000_000} megapixels are read")
    if max(width, height) > limits.side_most:
        raise TooLarge(f"a picture of {width}×{height} pixels; {limits.side_most} a side are read")
    said: list[str] = []
    if picture.format in ("JPEG", "MPO"):
        picture.draft("RGB", (limits.read_side, limits.read_side))
    position = position_of(picture)
    turn = _turn(picture)
    frames = tuple(_frames(picture, limits, turn, (width, height), said))
    if not frames:
        raise Unreadable("; ".join(said) or "no picture that can be decoded")
    size = (height, width) if turn >= 5 else (width, height)
    return Opened(frames=frames, size=size, format=picture.format or "", position=position, said=tuple(said))


def _frames(picture: Any, limits: MediaLimits, turn: int, size: tuple[int, int], said: list[str]) -> Iterator[Frame]:
    from tutela.extract.image.sameness import Seen

    many = _count(picture)
    if many == 1:
        pixels = _pixels(picture, limits, turn, said)
        if pixels is not None:
            yield Frame(pixels=pixels, scale=_scale(size, turn, pixels))
        return
    seen = Seen()
    at_s = 0.0
    given = 0
    timed = picture.format in ("GIF", "PNG", "WEBP", "AVIF")
    steps = min(many, _STEPS_MOST)
    for step in range(steps):
        try:
            picture.seek(step)
        except EOFError:
            break
        except Exception:  # noqa: BLE001 - decoders raise anything
            said.append(f"the animation breaks off at frame {step + 1}")
            break
        if picture.size[0] * picture.size[1] > limits.pixels_most or max(picture.size) > limits.side_most:
            said.append(f"frame {step + 1} is larger than what is read")
            continue
        pixels = _pixels(picture, limits, turn, said)
        if pixels is None:
            break
        lasts = min(60.0, max(0.01, float(picture.info.get("duration") or 100) / 1000))
        if seen.is_new(pixels):
            yield Frame(
                pixels=pixels,
                scale=_scale(picture.size if not timed else size, turn, pixels),
                from_s=round(at_s, 2) if timed else None,
                to_s=round(at_s + lasts, 2) if timed else None,
            )
            given += 1
            if given >= limits.frames_most:
                if step + 1 < many:
                    said.append(f"an animation or stack of {many} pictures: the first {given} different ones were read")
                return
        at_s += lasts
    if many > steps:
        said.append(f"an animation or stack of {many} pictures: the first {steps} were read")


def _count(picture: Any) -> int:
    # MPO holds the same scene again, as a preview or for the other eye.
    if picture.format == "MPO":
        return 1
    try:
        return max(1, int(getattr(picture, "n_frames", 1)))
    except Exception:  # noqa: BLE001 - decoders raise anything
        return 1


def _pixels(picture: Any, limits: MediaLimits, turn: int, said: list[str]) -> Pixels | None:
    import numpy as np
    from PIL import Image, ImageFile

    try:
        picture.load()
    except Exception:  # noqa: BLE001 - decoders raise anything
        # What is there is still judged: a cut file shows its upper part in every viewer.
        with _TRUNCATED:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                picture.load()
            except Exception:  # noqa: BLE001 - decoders raise anything
                said.append("the picture's data is broken")
                return None
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
        said.append("the file ends early or is damaged: what could be decoded was read")
    try:
        shown = _plain(picture)
        longest = max(shown.size)
        if longest > limits.read_side:
            share = limits.read_side / longest
            to = (max(1, round(shown.width * share)), max(1, round(shown.height * share)))
            shown = shown.resize(to, Image.Resampling.BOX if share < 0.5 else Image.Resampling.BILINEAR)
        pixels = np.asarray(shown)
    except (MemoryError, ValueError, OSError):
        said.append("the picture's data is broken")
        return None
    return np.ascontiguousarray(_upright(pixels, turn))


def _plain(picture: Any) -> Any:
    """RGB without transparency, on a ground on which its opaque parts can be seen."""
    from PIL import Image, ImageStat

    if picture.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        low, high = picture.convert("F").getextrema()
        span = (high - low) or 1.0
        return picture.convert("F").point(lambda value: (value - low) * (255.0 / span)).convert("L").convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        alpha = clear.getchannel("A")
        if alpha.getextrema()[0] < 255:
            mean = ImageStat.Stat(clear.convert("L"), alpha.point(lambda value: 255 if value > 64 else 0)).mean
            ground = Image.new("RGBA", clear.size, "black" if mean and mean[0] > 170 else "white")
            ground.alpha_composite(clear)
            return ground.convert("RGB")
    return picture.convert("RGB")


def _turn(picture: Any) -> int:
    """The EXIF orientation, 1 to 8; 1 when there is none. HEIF and AVIF decoders turn the picture themselves."""
    if picture.format in ("HEIF", "AVIF"):
        return 1
    try:
        turn = picture.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001 - decoders raise anything
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _upright(pixels: Pixels, turn: int) -> Pixels:
    if turn in (2, 4, 5, 7):
        pixels = pixels[:, ::-1]
    if turn in (3, 4):
        return pixels[::-1, ::-1]
    if turn in (5, 8):
        return pixels.swapaxes(0, 1)[::-1]
    if turn in (6, 7):
        return pixels.swapaxes(0, 1)[:, ::-1]
    return pixels


def _scale(size: tuple[int, int], turn: int, pixels: Pixels) -> float:
    width = size[1] if turn >= 5 else size[0]
    return float(width) / float(max(1, pixels.shape[1]))


def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        return
    pillow_heif.register_heif_opener()
