"""How likely does the linear stage find it that a text violates, and which words say so? A sparse dot product."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import zstandard
from numpy.typing import NDArray

from tutela.intent.features import BITS

_MAGIC = b"TUTL1\x00"


class Linear:
    """Eight-bit weights with a scale and a constant a column: the verdict first, then the intents. Immutable."""

    def __init__(self, table: NDArray[np.int8], scale: NDArray[np.float32], constant: NDArray[np.float32]) -> None:
        self._table = table
        self._scale = scale
        self._constant = constant
        self._verdict = np.ascontiguousarray(table[:, 0])

    @property
    def columns(self) -> int:
        """How many labels it scores."""
        return int(self._table.shape[1])

    def score(self, slots: NDArray[np.int64]) -> float:
        """The logit of "violates"."""
        if not len(slots):
            return float(self._constant[0])
        total = int(self._verdict[slots].sum(dtype=np.int64))
        return float(total * self._scale[0] / np.sqrt(len(slots)) + self._constant[0])

    def carried(self, features: Sequence[tuple[int, int, int]], label: int, tokens: int) -> NDArray[np.float64]:
        """What each token added to a column's score; a feature of several tokens is shared evenly."""
        column = self._table[:, label] * self._scale[label]
        share = np.zeros(tokens)
        for slot, first, last in features:
            weight = column[slot] / (last - first + 1)
            share[first : last + 1] += weight
        return share

    def to_bytes(self) -> bytes:
        """The file's content: magic, columns, scales, constants, table; packed."""
        head = _MAGIC + struct.pack("<II", BITS, self._table.shape[1])
        body = self._scale.tobytes() + self._constant.tobytes() + np.ascontiguousarray(self._table.T).tobytes()
        return head + zstandard.ZstdCompressor(level=19).compress(body)

    @classmethod
    def from_bytes(cls, data: bytes) -> Linear:
        """Reads `to_bytes`. Raises ValueError when it is not such a file."""
        if data[: len(_MAGIC)] != _MAGIC:
            raise ValueError("not a linear stage")
        bits, columns = struct.unpack_from("<II", data, len(_MAGIC))
        size = columns * 8 + columns * (1 << bits)
        if bits != BITS or columns > 512:
            raise ValueError("another shape")
        body = zstandard.ZstdDecompressor().decompress(data[len(_MAGIC) + 8 :], max_output_size=size)
        scale = np.frombuffer(body, "<f4", columns, 0)
        constant = np.frombuffer(body, "<f4", columns, columns * 4)
        table = np.frombuffer(body, np.int8, columns << bits, columns * 8).reshape(columns, 1 << bits)
        return cls(np.ascontiguousarray(table.T), scale, constant)
