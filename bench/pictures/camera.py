"""How a drawn picture comes to look photographed: turned, tilted, blurred, shaded, compressed; boxes follow."""

from __future__ import annotations

import io
import random
from typing import Any

import cv2
import numpy as np
from PIL import Image

from bench.pictures.scenes import Scene

DISTORTIONS = (
    "clean", "quarter turn", "upside down", "turned by EXIF", "tilt", "perspective", "blur", "noise", "shadow", "glare", "strong compression",
    "small", "photographed screen",
)  # fmt: skip


def photograph(scene: Scene, distortion: str, rng: random.Random) -> bytes:
    """The scene as a file; its truths' corners are moved to where they are in the upright picture."""
    pixels = np.array(scene.picture)
    height, width = pixels.shape[:2]
    quality = rng.randint(82, 94)
    matrix: Any = np.eye(3)
    size = (width, height)
    if distortion == "quarter turn":
        matrix, size = np.array([[0, 1, 0], [-1, 0, width], [0, 0, 1.0]]), (height, width)
    elif distortion == "upside down":
        matrix = np.array([[-1, 0, width], [0, -1, height], [0, 0, 1.0]])
    elif distortion in ("tilt", "photographed screen"):
        angle = rng.choice((-1, 1)) * rng.uniform(3, 14 if distortion == "tilt" else 5)
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.86)
        matrix = np.vstack([turn, [0, 0, 1]])
    elif distortion == "perspective":
        by = lambda: rng.uniform(0.01, 0.11)  # noqa: E731
        corners = [
            (width * by(), height * by()),
            (width * (1 - by()), height * by()),
            (width * (1 - by()), height * (1 - by())),
            (width * by(), height * (1 - by())),
        ]
        start = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        matrix = cv2.getPerspectiveTransform(start, np.array(corners, np.float32))
    elif distortion == "small":
        share = max(0.5, 420 / min(width, height))
        matrix, size = np.diag([share, share, 1.0]), (round(width * share), round(height * share))
    ground = tuple(int(value) for value in np.array([rng.randint(60, 190)] * 3))
    way = cv2.INTER_AREA if distortion == "small" else cv2.INTER_LINEAR
    pixels = cv2.warpPerspective(pixels, matrix.astype(np.float64), size, flags=way, borderValue=ground)
    _move(scene, matrix)
    pixels = _light(pixels, distortion, rng)
    if distortion == "strong compression":
        quality = rng.randint(18, 30)
    return _file(pixels, scene, distortion, quality)


def _light(pixels: Any, distortion: str, rng: random.Random) -> Any:
    height, width = pixels.shape[:2]
    if distortion == "blur":
        return cv2.GaussianBlur(pixels, (0, 0), rng.uniform(1.0, 1.7))
    if distortion == "noise":
        grain = np.random.default_rng(rng.randint(0, 1 << 30)).normal(0, rng.uniform(10, 22), pixels.shape)
        return np.clip(pixels + grain, 0, 255).astype(np.uint8)
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    if distortion == "shadow":
        dark = 1 - 0.55 / (1 + np.exp(-18 * (x * rng.uniform(0.6, 1.2) + y * rng.uniform(-0.4, 0.4) - 0.5)))
        return np.clip(pixels * dark[:, :, None], 0, 255).astype(np.uint8)
    if distortion == "glare":
        spot = np.exp(-(((x - rng.uniform(0.2, 0.8)) / 0.14) ** 2 + ((y - rng.uniform(0.2, 0.8)) / 0.12) ** 2))
        return np.clip(pixels + 105 * spot[:, :, None], 0, 255).astype(np.uint8)
    if distortion == "photographed screen":
        waves = 10 * np.sin(x * width * 0.9 + y * 40) + 8 * np.sin(y * height * 1.05)
        return np.clip(cv2.GaussianBlur(pixels, (0, 0), 0.7) * 0.9 + waves[:, :, None] + 8, 0, 255).astype(np.uint8)
    return pixels


def _move(scene: Scene, matrix: Any) -> None:
    for truth in scene.truths:
        points = np.array(truth.corners, np.float64).reshape(-1, 1, 2)
        moved = cv2.perspectiveTransform(points, matrix.astype(np.float64)).reshape(-1, 2)
        truth.corners = [(float(px), float(py)) for px, py in moved]


def _file(pixels: Any, scene: Scene, distortion: str, quality: int) -> bytes:
    sink = io.BytesIO()
    exif = Image.Exif()
    if scene.exif:
        exif.load(scene.exif)
    if distortion == "turned by EXIF":
        exif[0x0112] = 6
        pixels = np.rot90(pixels)
    # A handful of every format people post.
    kind = ("JPEG", "JPEG", "JPEG", "PNG", "WEBP")[len(scene.name) % 5] if not scene.exif else "JPEG"
    options: dict[str, Any] = {"exif": exif.tobytes()} if len(exif) or scene.exif else {}
    if kind != "PNG":
        options["quality"] = quality
    Image.fromarray(np.ascontiguousarray(pixels)).save(sink, kind, **options)
    return sink.getvalue()
