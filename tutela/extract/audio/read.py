"""What is said in a sound or in a clip's sound track? A transcript whose every word has its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutela.errors import TutelaError
from tutela.extract.audio.digits import Word, join_digits
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.extract.image.read import inside, trouble_of
from tutela.model import Anchor, Extract, Part, Trouble, Where

if TYPE_CHECKING:
    from tutela.extract.audio.sound import Samples
    from tutela.settings import Platform


def read_audio(
    data: bytes,
    *,
    name: str = "",
    part: str = "media/0",
    platform: Platform | None = None,
    limits: MediaLimits = LIMITS,
    member: str | None = None,
) -> Extract:
    """Reads the speech of a sound file; never raises for what is in the bytes. `name` is not trusted.

    One part of medium `transcript`; anchors carry the seconds of each word. Silence and music give no part.
    `member` is the sound's place inside a file; every place then carries it.
    """
    if limits.aside and len(data) <= limits.clip_bytes_most:
        from tutela.extract.image import aside

        return inside(aside.ask("audio", data, part=part, platform=platform, limits=limits), member)
    return inside(read_here(data, part=part, platform=platform, limits=limits), member)


def read_here(data: bytes, *, part: str, platform: Platform | None, limits: MediaLimits) -> Extract:
    """As `read_audio`, in this process."""
    from tutela.extract.audio.sound import open_sound

    try:
        sound = open_sound(data, limits)
        if sound is None:
            return Extract(troubles=(Trouble(code="T312", what="no sound in this file", where=Where(part=part)),))
        said = tuple(Trouble(code="T312", what=what, where=Where(part=part)) for what in sound.said)
        transcript = transcribe(sound.samples, part=part, platform=platform)
    except TutelaError as error:
        return Extract(troubles=(trouble_of(error, part),))
    except Exception as error:  # noqa: BLE001 - decoders raise anything; a person has to look then
        what = f"the sound could not be read ({type(error).__name__})"
        return Extract(troubles=(Trouble(code="T312", what=what, where=Where(part=part)),))
    return Extract(parts=(transcript,) if transcript is not None else (), troubles=said)


def transcribe(samples: Samples, *, part: str, platform: Platform | None = None) -> Part | None:
    """The transcript of 16 kHz samples; None where nothing is said."""
    from tutela.extract.audio.speech import listener

    names = platform.names() if platform is not None else ()
    texts: list[str] = []
    anchors: list[Anchor] = []
    length = 0
    for heard in listener().listen(samples, names=names):
        if texts:
            texts.append("\n")
            length += 1
        for at, word in enumerate(join_digits(heard.words)):
            text = word.text if at else word.text.lstrip()
            lead = len(text) - len(text.lstrip())
            texts.append(text)
            if text.strip():
                anchors.append(_anchor(word, length + lead, length + len(text), part))
            length += len(text)
    if not texts:
        return None
    return Part(name=part, text="".join(texts), medium="transcript", anchors=tuple(anchors))


def _anchor(word: Word, start: int, end: int, part: str) -> Anchor:
    return Anchor(start, end, Where(part=part, from_s=word.from_s, to_s=word.to_s))
