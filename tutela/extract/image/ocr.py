"""What is written in a picture: regions of writing, their turn, and the characters of each line.

Runs the PP-OCRv6 small models that the package rapidocr ships (Apache-2.0) directly on ONNX Runtime, so that one
picture is decoded once, batches fit their widths, and every character keeps its place. Latin, Chinese and Japanese.
A little over 400 lines: models, geometry of lines and their repair share the same crops.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import re
import threading
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tutela.errors import MissingPart, MissingWeights
from tutela.extract.image.lines import Line, Point, Quad

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

Spans = tuple[tuple[float, float], ...]
Reading = tuple[str, float, Spans]

# SHA-256 of the files inside rapidocr 3.10.0; other weights would make the measured figures void.
WEIGHTS = {
    "PP-OCRv6_det_small.onnx": "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "PP-OCRv6_rec_small.onnx": "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx": "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
}
DETECT_SIDE = 960
DETECT_SIDE_FINE = 1920
_LINE_HEIGHT = 48
_LONGEST_LINE = 2400
_BATCH_WIDTH = 2600
_LOWEST_SCORE = 0.5
# Share of all writing that must be doubtful before other scripts are tried: a logo or a scribble is no text.
_DOUBT_SHARE = 0.12


class Reader:
    """The three models, loaded once a process; `read` may be called from several threads."""

    def __init__(self) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise MissingPart("onnxruntime is not installed", next_step="pip install tutela[image]") from None
        folder = _weights_folder()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Shapes differ from picture to picture: an arena would keep the largest of all, for ever.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3

        def session(name: str) -> Any:
            data = (folder / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != WEIGHTS[name]:
                raise MissingWeights(
                    "the weights are not the ones of rapidocr 3.10.0",
                    where=name,
                    next_step="pip install rapidocr==3.10.0",
                )
            return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

        self._detector = session("PP-OCRv6_det_small.onnx")
        self._recogniser = session("PP-OCRv6_rec_small.onnx")
        self._turns = session("ch_ppocr_mobile_v2.0_cls_mobile.onnx")
        letters = self._recogniser.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._letters = ["", *letters, " "]

    def regions(self, pixels: Pixels, side: int = DETECT_SIDE) -> list[Quad]:
        """Quadrilaterals around writing, in pixels of `pixels` (height, width, RGB), unsorted."""
        import cv2
        import numpy as np

        height, width = pixels.shape[:2]
        scale = min(1.0, side / max(height, width))
        if max(height, width) * scale < 320:
            scale = min(4.0, 320 / max(height, width))
        to_w = max(32, round(width * scale / 32) * 32)
        to_h = max(32, round(height * scale / 32) * 32)
        # Very flat pictures lose their writing when the short side is scaled to nothing.
        shrunk = cv2.resize(pixels, (to_w, to_h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        tensor = (shrunk[:, :, ::-1].astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        heat = self._detector.run(None, {"x": np.ascontiguousarray(tensor)})[0][0, 0]
        mask = (heat > 0.3).astype(np.uint8)
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
        found = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
        quads = []
        for contour in sorted(found, key=len, reverse=True)[:1000]:
            (cx, cy), (w, h), angle = cv2.minAreaRect(contour)
            if min(w, h) < 3 or _mean_inside(heat, contour) < 0.5:
                continue
            # The models mark the core of a line; the margin they were trained with brings the whole line back.
            grow = w * h * 1.6 / (2 * (w + h))
            corners = cv2.boxPoints(((cx, cy), (w + 2 * grow, h + 2 * grow), angle))
            points = [(float(x) * width / to_w, float(y) * height / to_h) for x, y in corners]
            quads.append(_clockwise(points, width, height))
        return quads

    def upside_down(self, crops: list[Pixels]) -> list[float]:
        """For each line crop, the probability that it stands on its head."""
        import cv2
        import numpy as np

        if not crops:
            return []
        batch = np.zeros((len(crops), 3, 48, 192), np.float32)
        for index, crop in enumerate(crops):
            width = min(192, max(1, math.ceil(48 * crop.shape[1] / crop.shape[0])))
            small = cv2.resize(crop[:, :, ::-1], (width, 48))
            batch[index, :, :, :width] = (small.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)
        chances = self._turns.run(None, {self._turns.get_inputs()[0].name: batch})[0]
        return [float(row[1]) for row in chances]

    def recognise(self, crops: list[Pixels]) -> list[Reading]:
        """Text, score and the span of each character (shares of the crop's width) for each upright line crop."""
        import cv2
        import numpy as np

        read: list[Reading] = [("", 0.0, ())] * len(crops)
        widths = [min(_LONGEST_LINE, max(16, math.ceil(_LINE_HEIGHT * c.shape[1] / max(1, c.shape[0])))) for c in crops]
        order = sorted(range(len(crops)), key=widths.__getitem__)
        for batch in _batches(order, widths):
            longest = max(64, math.ceil(max(widths[index] for index in batch) / 32) * 32)
            tensor = np.zeros((len(batch), 3, _LINE_HEIGHT, longest), np.float32)
            for row, index in enumerate(batch):
                way = cv2.INTER_AREA if crops[index].shape[0] > _LINE_HEIGHT else cv2.INTER_LINEAR
                small = cv2.resize(crops[index][:, :, ::-1], (widths[index], _LINE_HEIGHT), interpolation=way)
                tensor[row, :, :, : widths[index]] = (small.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)
            chances = self._recogniser.run(None, {"x": tensor})[0]
            for row, index in enumerate(batch):
                read[index] = self._decode(chances[row], longest / widths[index])
        return read

    def _decode(self, chances: Any, stretch: float) -> Reading:
        best = chances.argmax(axis=1)
        sure = chances.max(axis=1)
        steps = len(best)
        letters: list[str] = []
        scores: list[float] = []
        spans: list[tuple[int, int]] = []
        before = 0
        for step, (label, score) in enumerate(zip(best.tolist(), sure.tolist(), strict=True)):
            if label and label != before:
                letters.append(self._letters[label] if label < len(self._letters) else " ")
                scores.append(score)
                spans.append((step, step + 1))
            elif label and spans:
                spans[-1] = (spans[-1][0], step + 1)
            before = label
        if not letters:
            return ("", 0.0, ())
        edges = [0.0, *((a[1] + b[0]) / 2 / steps * stretch for a, b in pairwise(spans)), 1.0]
        # A label may be several code points (ligatures, emoji): each of them stands where the whole stands.
        text = "".join(letters)
        places = tuple(
            (min(1.0, edges[at]), min(1.0, edges[at + 1])) for at, letter in enumerate(letters) for _ in letter
        )
        return (text, sum(scores) / len(scores), places)


def _batches(order: list[int], widths: list[int]) -> list[list[int]]:
    batches: list[list[int]] = []
    for index in order:
        last = batches[-1] if batches else None
        if last and widths[index] <= widths[last[0]] * 1.25 + 32 and widths[index] * (len(last) + 1) <= _BATCH_WIDTH:
            last.append(index)
        else:
            batches.append([index])
    return batches


def _mean_inside(heat: Any, contour: Any) -> float:
    import cv2
    import numpy as np

    x, y, w, h = cv2.boundingRect(contour)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillPoly(mask, [contour - (x, y)], (1,))
    return float(cv2.mean(heat[y : y + h, x : x + w], mask)[0])


def _clockwise(points: list[Point], width: int, height: int) -> Quad:
    kept = [(min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)) for x, y in points]
    left = sorted(sorted(kept)[:2], key=lambda point: point[1])
    right = sorted(sorted(kept)[2:], key=lambda point: point[1])
    return (left[0], right[0], right[1], left[1])


def crop(pixels: Pixels, quad: Quad) -> Pixels:
    """The line under `quad`, turned upright; a line that stands is laid down counter-clockwise."""
    import cv2
    import numpy as np

    a, b, c, d = quad
    width = round(max(math.dist(a, b), math.dist(d, c)))
    height = round(max(math.dist(a, d), math.dist(b, c)))
    width, height = max(2, width), max(2, height)
    aim = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(quad, np.float32), aim)
    return cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def stands(quad: Quad) -> bool:
    """True when the region is clearly higher than wide: writing that runs up or down."""
    a, b, _, d = quad
    return math.dist(a, d) >= 1.5 * math.dist(a, b)


def _weights_folder() -> Path:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingPart("rapidocr is not installed", next_step="pip install tutela[image]")
    return Path(spec.submodule_search_locations[0]) / "models"


_LOADING = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Reader:
    return Reader()


def reader() -> Reader:
    """The process's reader. Raises MissingPart (T209), MissingWeights (T208)."""
    with _LOADING:
        return _load()


class Found(NamedTuple):
    """Lines of one picture, unsorted, with quads along their writing in the picture's own pixels.

    `turn` is the number of quarter turns by which the writing departs from upright (1: it runs upwards, 2: on its
    head). `unknown_script` tells that there are lines in writing that no installed reader knows.
    """

    lines: list[Line]
    turn: int
    unknown_script: bool


def read_lines(pixels: Pixels, *, lines_most: int = 400) -> Found:
    """Lines of writing of an RGB picture. Raises MissingPart (T209), MissingWeights (T208)."""
    engine = reader()
    quads = _regions(engine, pixels)[:lines_most]
    if not quads:
        return Found([], 0, False)
    sideways = sum(max(_length(q), _height(q)) * (-1 if stands(q) else 1) for q in quads) < 0
    turned = [_lay(quad) if stands(quad) or (sideways and not _lies(quad)) else quad for quad in quads]
    crops = [crop(pixels, quad) for quad in turned]
    main = [index for index, quad in enumerate(quads) if stands(quad) == sideways]
    probe = sorted(main, key=lambda index: -_length(turned[index]))[:7]
    votes = engine.upside_down([crops[index] for index in probe])
    flipped = sum(1 if vote > 0.5 else -1 for vote in votes) > 0
    if flipped:
        turned = [(q[2], q[3], q[0], q[1]) for q in turned]
        crops = [_flipped(cut) for cut in crops]
    readings = engine.recognise(crops)
    lines, unknown = _understood(turned, crops, readings)
    return Found(lines, (1 if sideways else 0) + (2 if flipped else 0), unknown)


def _regions(engine: Reader, pixels: Pixels) -> list[Quad]:
    """Regions of writing, the largest first; a second, finer look where the first shows small print."""
    quads = engine.regions(pixels)
    heights = sorted(min(_height(q), _length(q)) for q in quads)
    shrink = max(pixels.shape[:2]) / DETECT_SIDE
    if heights and shrink > 1.3 and heights[len(heights) // 2] / shrink < 17:
        quads = engine.regions(pixels, DETECT_SIDE_FINE) or quads
    return sorted(quads, key=lambda q: -_length(q) * _height(q))


def _understood(quads: list[Quad], crops: list[Pixels], readings: list[Reading]) -> tuple[list[Line], bool]:
    """Lines that were read; those in other scripts are read again by the reader that knows them."""
    from tutela.extract.image import tesseract

    pairs = list(zip(quads, readings, strict=True))
    doubts = [at for at, (quad, (text, score, _)) in enumerate(pairs) if tesseract.doubtful(text, score, quad)]
    doubted = sum(_length(quads[at]) for at in doubts)
    again: dict[int, Line | None] = {}
    unknown = False
    if doubts and doubted > _DOUBT_SHARE * sum(_length(quad) for quad in quads):
        if tesseract.languages() & set(tesseract.LANGUAGES):
            rest = tesseract.reread([crops[at] for at in doubts], [quads[at] for at in doubts])
            again = dict(zip(doubts, rest, strict=True))
        else:
            unknown = len(doubts) >= 2
    lines: list[Line] = []
    for at, (quad, (text, score, spans)) in enumerate(pairs):
        other = again.get(at)
        if other is not None:
            lines.append(_fitted(other, crops[at]))
        elif text.strip() and score >= _LOWEST_SCORE:
            lines.append(_fitted(_trimmed(text, score, quad, spans), crops[at]))
    return (lines, unknown)


def _flipped(pixels: Pixels) -> Pixels:
    import numpy as np

    return np.ascontiguousarray(pixels[::-1, ::-1])


def _length(quad: Quad) -> float:
    return math.dist(quad[0], quad[1])


def _height(quad: Quad) -> float:
    return math.dist(quad[0], quad[3])


def _lies(quad: Quad) -> bool:
    a, b, _, d = quad
    return math.dist(a, b) >= 1.5 * math.dist(a, d)


def _lay(quad: Quad) -> Quad:
    # Reading direction bottom to top: what stands becomes a line whose upper left is the lower left of the region.
    a, b, c, d = quad
    return (d, a, b, c)


def _trimmed(text: str, score: float, quad: Quad, spans: Spans) -> Line:
    lead = len(text) - len(text.lstrip())
    tail = len(text.rstrip())
    return Line(text[lead:tail], score, quad, spans[lead:tail])


def _fitted(line: Line, cut: Pixels) -> Line:
    """The line with its quad drawn close around the ink: regions come with a margin that differs from line to line."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY).astype(np.int16)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    apart = np.abs(grey - int(np.median(edge)))
    limit = max(28.0, 0.4 * float(np.percentile(apart, 98)))
    ink = apart > limit
    rows = np.flatnonzero(ink.sum(axis=1) > max(1.0, 0.012 * ink.shape[1]))
    columns = np.flatnonzero(ink.sum(axis=0) > 0.06 * ink.shape[0])
    if not len(rows) or not len(columns):
        return line
    top, bottom = max(0, rows[0] - 1) / ink.shape[0], min(ink.shape[0], rows[-1] + 2) / ink.shape[0]
    left, right = max(0, columns[0] - 1) / ink.shape[1], min(ink.shape[1], columns[-1] + 2) / ink.shape[1]
    # A frame or a shadow is no ink; writing fills more than a third of its region.
    if bottom - top < 0.34 or right - left < 0.5:
        return line
    a, b, c, d = line.quad

    def at(x: float, y: float) -> Point:
        return (
            a[0] + (b[0] - a[0]) * x + (d[0] - a[0]) * y + (c[0] - b[0] - d[0] + a[0]) * x * y,
            a[1] + (b[1] - a[1]) * x + (d[1] - a[1]) * y + (c[1] - b[1] - d[1] + a[1]) * x * y,
        )

    wide = right - left
    text, places = _spaced(line, ink[rows[0] : rows[-1] + 1])
    spans = tuple(
        (min(1.0, max(0.0, (low - left) / wide)), min(1.0, max(0.0, (high - left) / wide))) for low, high in places
    )
    return Line(text, line.score, (at(left, top), at(right, top), at(right, bottom), at(left, bottom)), spans)


def _spaced(line: Line, ink: Any) -> tuple[str, Spans]:
    """Text and spans with the spaces that can be seen: the model leaves some out between groups of digits and words."""
    import numpy as np

    height, width = ink.shape
    blank = np.flatnonzero(np.diff(np.concatenate([[1], (ink.sum(axis=0) > 0).astype(np.int8), [1]])))
    # Pairs of edges around blank columns: where ink ends, and where it begins again.
    gaps = [(int(a), int(b)) for a, b in zip(blank[::2], blank[1::2], strict=False) if a > 0 and b < width]
    if len(gaps) < 4:
        return _apart(line.text, line.spans)
    usual = sorted(b - a for a, b in gaps)[len(gaps) // 2]
    seen = [(a + b) / 2 / width for a, b in gaps if b - a > 0.42 * height and b - a > 2.4 * usual]
    text, spans = list(line.text), list(line.spans)
    for middle in reversed(seen):
        at = next((i for i, (low, high) in enumerate(spans) if (low + high) / 2 > middle), None)
        if at is None or at == 0 or text[at].isspace() or text[at - 1].isspace():
            continue
        # Only between letters and digits of scripts that are written with spaces.
        if text[at].isalnum() and text[at - 1].isalnum() and max(text[at], text[at - 1]) < "\u2e80":
            text.insert(at, " ")
            spans.insert(at, (middle, middle))
    return _apart("".join(text), tuple(spans))


# takes 1274Alder; must not take Marble12Falcon or B12Alder
_HOUSE = re.compile(r"(?<![\w#!%_\-])\d{1,5}(?=[^\W\d_][a-zà-ÿ]{2,})")


def _apart(text: str, spans: Spans) -> tuple[str, Spans]:
    """A number and a name that the model wrote as one word, as `1274Alder`, set apart."""
    letters, places = list(text), list(spans)
    for match in reversed(list(_HOUSE.finditer(text))):
        at = match.end()
        if text[at].isupper():
            letters.insert(at, " ")
            places.insert(at, (spans[at][0], spans[at][0]))
    return ("".join(letters), tuple(places))
