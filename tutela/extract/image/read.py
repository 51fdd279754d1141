"""What does a picture say and show? Words with their boxes, codes, documents, cards, position, known pictures."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from tutela.errors import MissingPart, TutelaError
from tutela.extract.image.known import KnownPicture, find_known, find_logos, find_page
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.extract.image.lines import Box, Line, union
from tutela.extract.image.opening import Frame, Opened, open_picture
from tutela.extract.image.phrases import Phrase, find_phrase
from tutela.model import Anchor, Extract, Part, Signal, Trouble, Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tutela.settings import Platform

    Pixels = NDArray[Any]

_REMEMBERED = 128
_MASK = "•••"


class Look(Struct, frozen=True, kw_only=True):
    """What one picture holds, in its own pixels: rows of lines in reading order, and what is no text."""

    blocks: tuple[tuple[tuple[Line, ...], ...], ...]
    signals: tuple[Signal, ...]
    codes: tuple[tuple[str, Box], ...]
    phrase: Phrase | None = None
    troubles: tuple[Trouble, ...] = ()


_SEEN: OrderedDict[tuple[Any, ...], Extract] = OrderedDict()
_SEEN_LOCK = threading.Lock()


def read_image(
    data: bytes,
    *,
    name: str = "",
    part: str = "media/0",
    platform: Platform | None = None,
    limits: MediaLimits = LIMITS,
    known: Sequence[KnownPicture | str] = (),
    member: str | None = None,
) -> Extract:
    """Reads one picture of any common format; never raises for what is in the bytes.

    Parts: one of medium `ocr` for all writing, one of medium `code` for each bar code. Boxes are in pixels of the
    upright picture. The same bytes are read once as long as they are among the last 128. `name` is not trusted.
    `known` are reported pictures, as `fingerprints` made them; a bare fingerprint stands for its own id.
    `member` is the picture's place inside a file, as `page 3`; every place then carries it.
    """
    key = (hashlib.sha256(data).digest(), part, hash(platform), limits, hash(tuple(known)))
    with _SEEN_LOCK:
        if key in _SEEN:
            _SEEN.move_to_end(key)
            return inside(_SEEN[key], member)
    if limits.aside and len(data) <= limits.bytes_most:
        from tutela.extract.image import aside

        extract = aside.ask("image", data, part=part, platform=platform, limits=limits, known=known)
    else:
        extract = read_here(data, part=part, platform=platform, limits=limits, known=known)
    if not extract.troubles:
        # What went wrong once may go right the next time.
        with _SEEN_LOCK:
            _SEEN[key] = extract
            while len(_SEEN) > _REMEMBERED:
                _SEEN.popitem(last=False)
    return inside(extract, member)


def inside(extract: Extract, member: str | None) -> Extract:
    """`extract` with every place set inside a file's `member`."""
    if not member:
        return extract

    def placed(where: Where) -> Where:
        return msgspec.structs.replace(where, member=member)

    return Extract(
        parts=tuple(
            msgspec.structs.replace(
                part, anchors=tuple(Anchor(entry.start, entry.end, placed(entry.where)) for entry in part.anchors)
            )
            for part in extract.parts
        ),
        signals=tuple(
            msgspec.structs.replace(signal, where=tuple(placed(where) for where in signal.where))
            for signal in extract.signals
        ),
        troubles=tuple(msgspec.structs.replace(trouble, where=placed(trouble.where)) for trouble in extract.troubles),
    )


def read_here(
    data: bytes,
    *,
    part: str,
    platform: Platform | None,
    limits: MediaLimits,
    known: Sequence[KnownPicture | str] = (),
) -> Extract:
    """As `read_image`, in this process and without remembering."""
    try:
        opened = open_picture(data, limits)
        looks = [(frame, look_at(frame.pixels, part=part, platform=platform, limits=limits, known=known))
                 for frame in opened.frames]  # fmt: skip
    except TutelaError as error:
        return Extract(troubles=(trouble_of(error, part),))
    except MemoryError:
        return Extract(
            troubles=(Trouble(code="T312", what="a picture too large for the memory", where=Where(part=part)),)
        )
    except Exception as error:  # noqa: BLE001 - decoders raise anything
        # A decoder's own failure is a reason to let a person look, never to let the picture pass.
        what = f"the picture could not be read ({type(error).__name__})"
        return Extract(troubles=(Trouble(code="T312", what=what, where=Where(part=part)),))
    return gather(looks, opened=opened, part=part)


def trouble_of(error: TutelaError, part: str) -> Trouble:
    """What a reader could not do, as a trouble of `part`."""
    hint = f"; {error.next_step}" if isinstance(error, MissingPart) and error.next_step else ""
    return Trouble(code=error.code, what=f"{error.what}{hint}", where=Where(part=part))


def gather(looks: Sequence[tuple[Frame, Look]], *, opened: Opened, part: str) -> Extract:
    """One extract of all frames of a picture, boxes in pixels of the upright original."""
    texts: list[str] = []
    anchors: list[Anchor] = []
    parts: list[Part] = []
    signals: list[Signal] = []
    troubles = [Trouble(code="T312", what=what, where=Where(part=part)) for what in opened.said]
    length = 0
    for frame, look in looks:

        def where(box: Box, frame: Frame = frame) -> Where:
            left, top, width, height = (round(value * frame.scale) for value in box)
            return Where(
                part=part, box=(left, top, max(1, width), max(1, height)), from_s=frame.from_s, to_s=frame.to_s
            )

        for block in look.blocks:
            for at, row in enumerate(block):
                joint = "" if not texts else _joint(block[at - 1], row) if at else "\n\n"
                length += len(joint)
                texts.append(joint)
                length = _add_row(row, length, texts, anchors, where)
        if look.phrase is not None:
            parts.append(_listed(look.phrase, part, where))
        for text, box in look.codes:
            parts.append(Part(name=part, text=text, medium="code", anchors=(Anchor(0, len(text), where(box)),)))
        for signal in look.signals:
            places = tuple(where(place.box) if place.box else place for place in signal.where)
            signals.append(msgspec.structs.replace(signal, where=places))
        troubles.extend(look.troubles)
    if opened.position is not None:
        signals.append(
            Signal(
                name="image.position",
                kind="geo",
                confidence=0.9,
                detector="image",
                shown_as="••.•••, ••.•••",
                where=(Where(part=part),),
                part=part,
                value="{:.6f},{:.6f}".format(*opened.position),
                says="the picture's hidden data tell where it was taken",
            )
        )
    if texts:
        parts.insert(0, Part(name=part, text="".join(texts), medium="ocr", anchors=tuple(anchors)))
    return Extract(parts=tuple(parts), signals=tuple(signals), troubles=tuple(dict.fromkeys(troubles)))


def _joint(above: Sequence[Line], below: Sequence[Line]) -> str:
    """A space where a sentence runs on in the next line, a new line otherwise."""
    first, then = above[-1].text, below[0].text
    runs_on = len(above) == len(below) == 1 and first[-1:].isalpha() and then[:1].islower() and " " in first
    return " " if runs_on else "\n"


def _listed(phrase: Phrase, part: str, where: Callable[[Box], Where]) -> Part:
    """A list of words as the running text that detectors know, each word with its place in the picture."""
    text = ""
    anchors = []
    if phrase.heading is not None:
        text = "recovery phrase: "
        anchors.append(Anchor(0, len(text) - 2, where(phrase.heading.box)))
    for word, entry in zip(phrase.words, phrase.entries, strict=True):
        anchors.append(Anchor(len(text), len(text) + len(word), where(entry.line.box_of(entry.start, entry.end))))
        text += word + " "
    return Part(name=part, text=text.rstrip(), medium="ocr", anchors=tuple(anchors))


def _add_row(row: Sequence[Line], length: int, texts: list[str], anchors: list[Anchor], where: Any) -> int:
    before: Line | None = None
    for line in row:
        if before is not None:
            # A wide gap stays visible to detectors: the next column of a table is another value.
            gap = line.box[0] - (before.box[0] + before.box[2])
            joint = "   " if gap > 2.8 * min(line.height, before.height) else " "
            texts.append(joint)
            length += len(joint)
        texts.append(line.text)
        for start, end in line.words():
            anchors.append(Anchor(length + start, length + end, where(line.box_of(start, end))))
        length += len(line.text)
        before = line
    return length


def look_at(
    pixels: Pixels,
    *,
    part: str,
    platform: Platform | None,
    limits: MediaLimits,
    known: Sequence[KnownPicture | str] = (),
) -> Look:
    """Reads one upright RGB picture; boxes in its own pixels. Raises MissingPart (T209), MissingWeights (T208)."""
    from tutela.extract.image import layouts
    from tutela.extract.image.codes import meaning_of, read_codes
    from tutela.extract.image.ocr import read_lines
    from tutela.extract.image.order import reading_order

    codes = read_codes(pixels)
    found = read_lines(pixels, lines_most=limits.lines_most)
    lines = [line for line in found.lines if not _inside_code(line, [code.box for code in codes])]
    blocks = reading_order(lines, found.turn)
    ordered = [line for block in blocks for row in block for line in row]
    signals: list[Signal] = []
    meanings = [(code, meaning_of(code.text)) for code in codes]
    for code, meaning in meanings:
        if meaning is not None:
            signals.append(
                Signal(
                    name=meaning.name,
                    kind=meaning.kind,
                    confidence=meaning.confidence,
                    detector="code",
                    shown_as=_MASK,
                    where=(Where(part=part, box=code.box),),
                    part=part,
                    value=meaning.value,
                    marks=meaning.marks,
                    says="read from a code in the picture",
                )
            )
    zone_signal = _zone(pixels, ordered, part)
    if zone_signal is not None:
        signals.append(zone_signal)
    licence = any(meaning is not None and meaning.name == "code.aamva_licence" for _, meaning in meanings)
    sights = [
        *layouts.identity_document(ordered, zone=zone_signal is not None, licence_code=licence),
        *layouts.payment_card(ordered),
        *layouts.cheque(ordered),
        *layouts.statement(ordered),
    ]
    if platform is not None and platform.name:
        links = [code.text for code in codes]
        sights += layouts.login_page(ordered, platform.names(), platform.domains, links)
    for sight in sights:
        marks = sight.marks
        if zone_signal is not None and "specimen" in zone_signal.marks:
            marks = marks | {"specimen"}
        signals.append(
            Signal(
                name=sight.name,
                kind=sight.kind,
                confidence=sight.confidence,
                detector="layout",
                shown_as=_masked(sight.value),
                where=tuple(Where(part=part, box=box) for box in sight.boxes),
                part=part,
                value=sight.value,
                marks=marks,
                says=sight.says,
            )
        )
    signals += _fingerprinted(pixels, part, platform, known)
    troubles: tuple[Trouble, ...] = ()
    if found.unknown_script:
        from tutela.extract.image.tesseract import INSTALL

        what = f"writing that only Tesseract's language models read; {INSTALL}"
        troubles = (Trouble(code="T209", what=what, where=Where(part=part)),)
    return Look(
        blocks=tuple(tuple(tuple(row) for row in block) for block in blocks),
        signals=tuple(signals),
        codes=tuple((code.text, code.box) for code in codes),
        phrase=find_phrase(ordered),
        troubles=troubles,
    )


def _inside_code(line: Line, boxes: Sequence[Box]) -> bool:
    """True for the letters that a reader imagines in the modules of a code."""
    x, y, w, h = line.box
    cx, cy = x + w / 2, y + h / 2
    return any(
        bx < cx < bx + bw and by < cy < by + bh and w < bw * 1.1 and min(bw, bh) > 0.2 * max(bw, bh)
        for bx, by, bw, bh in boxes
    )


def _zone(pixels: Pixels, lines: Sequence[Line], part: str) -> Signal | None:
    from tutela.extract.image import mrz, tesseract
    from tutela.extract.image.layouts import specimen
    from tutela.extract.image.ocr import crop

    likely = [line for line in lines if mrz.looks_like_zone(line.text)]
    if not likely:
        return None
    zone = mrz.read_zone([line.text for line in likely])
    if (zone is None or zone.held < zone.asked) and "eng" in tesseract.languages():
        # The second reader is trained on such type; whichever reading has more valid check digits counts.
        whitelist = "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
        texts = []
        for line in likely[:4]:
            words = tesseract.run(crop(pixels, line.quad), "eng", "--psm", "7", "-c", whitelist)
            texts.append("".join(word.text for word in words) or line.text)
        again = mrz.read_zone(texts)
        if again is not None and (zone is None or again.held > zone.held):
            zone = again
    rows = likely[zone.first : zone.last + 1] if zone is not None else likely
    strong = [line for line in likely if "<<<" in mrz.tidy(line.text)]
    if zone is None and not strong:
        return None
    held = zone.held if zone is not None else 0
    marks = {"specimen", "sample"} if zone is not None and zone.sample else set()
    marks |= {"specimen"} if specimen(lines) else set()
    marks.add("checked" if held >= 2 else "unchecked")
    return Signal(
        name="image.mrz",
        kind="mrz",
        confidence=0.99 if held >= 3 else 0.96 if held == 2 else 0.85 if held == 1 else 0.75,
        detector="mrz",
        shown_as=f"{zone.form if zone is not None else 'MRZ'} {_MASK}",
        where=(Where(part=part, box=union([line.box for line in rows])),),
        part=part,
        value=zone.text if zone is not None else "\n".join(mrz.tidy(line.text) for line in likely),
        marks=frozenset(marks),
        says="a machine-readable zone",
    )


def _fingerprinted(
    pixels: Pixels, part: str, platform: Platform | None, known: Sequence[KnownPicture | str]
) -> list[Signal]:
    height, width = pixels.shape[:2]
    whole = (0, 0, int(width), int(height))
    signals = []

    def add(name: str, confidence: float, box: Box, says: str, marks: frozenset[str] = frozenset()) -> None:
        signals.append(
            Signal(
                name=name, kind="image", confidence=confidence, detector="fingerprint",
                where=(Where(part=part, box=box),), part=part, marks=marks, says=says,
            )
        )  # fmt: skip

    match = find_known(pixels, known)
    if match is not None:
        add("image.known", 0.97 if match.apart <= 31 else 0.85, whole, "a picture that was reported before",
            frozenset({f"known:{match.id}"}))  # fmt: skip
    if platform is not None:
        if (
            find_page(pixels, tuple(page.fingerprint for page in platform.pages if _is_pdq(page.fingerprint)))
            is not None
        ):
            add("image.login_page_copy", 0.85, whole, "a picture of one of the platform's own pages",
                frozenset({"fingerprint"}))  # fmt: skip
        logos = tuple(logo.pdq for logo in platform.logos if _is_pdq(logo.pdq))
        for box, apart in find_logos(pixels, logos)[:4]:
            add("image.logo_copy", 0.9 if apart <= 31 else 0.75, box, "the platform's logo")
    return signals


def _is_pdq(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


def _masked(value: str) -> str:
    return f"{_MASK}{value[-2:]}" if len(value) >= 8 else _MASK if value else ""
