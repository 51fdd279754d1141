"""Was this picture seen before? Frames that show nothing new are not read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

_SIDE = 256
_TILE = 16
# Mean difference of grey values within one tile of 16 by 16 cells. A perceptual fingerprint of the whole picture would
# not do: two screens of one chat that differ in a phone number have nearly the same one.
_DIFFERENT = 14.0


class Seen:
    """Remembers the last few pictures that were new."""

    def __init__(self, remembered: int = 8) -> None:
        self._remembered = remembered
        self._kept: list[Any] = []

    def is_new(self, pixels: Pixels) -> bool:
        """True when some region of the picture differs visibly from every remembered one."""
        import cv2
        import numpy as np

        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
        for other in self._kept:
            apart = np.abs(small - other).reshape(_SIDE // _TILE, _TILE, _SIDE // _TILE, _TILE).mean(axis=(1, 3))
            if float(apart.max()) < _DIFFERENT:
                return False
        self._kept = [*self._kept[-(self._remembered - 1) :], small]
        return True
