"""How much of a hostile file is read before the reader stops and says so."""

from __future__ import annotations

import time

from msgspec import Struct

MIB = 1 << 20


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of one file's reading, everything inside it together.

    `seconds` is the soft bound at which reading ends with a trouble; the process is killed at twice that.
    `ratio` is how far a compressed stream may grow before its growth counts as a bomb (only past `bomb_bytes`).
    """

    file_bytes: int = 512 * MIB
    inflated_bytes: int = 192 * MIB
    member_bytes: int = 64 * MIB
    bomb_bytes: int = 32 * MIB
    ratio: int = 150
    members: int = 5_000
    depth: int = 16
    text_chars: int = 2_000_000
    inner_bytes: int = 48 * MIB
    inner_count: int = 24
    seconds: float = 8.0
    memory_bytes: int = 3 << 30
    open_files: int = 64


class LimitReached(Exception):
    """Raised inside a reader when a bound is met; the walk turns it into a trouble."""

    def __init__(self, what: str, *, bomb: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.bomb = bomb


class Budget:
    """What is left of the limits while one file is read."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inflated = 0
        self.members = 0
        self.text_chars = 0
        self.inner_bytes = 0
        self.inner_count = 0
        self._ends = time.monotonic() + limits.seconds

    def check_time(self) -> None:
        """Raises LimitReached past the soft time bound."""
        if time.monotonic() > self._ends:
            raise LimitReached(f"reading took longer than {self.limits.seconds:g} s")

    def seconds_left(self) -> float:
        """Never below a tenth of a second, so that it can be given to a scanner as its timeout."""
        return max(0.1, self._ends - time.monotonic())

    def take_member(self) -> None:
        """Counts one member. Raises LimitReached past the bound."""
        self.members += 1
        if self.members > self.limits.members:
            raise LimitReached(f"more than {self.limits.members} members")
        self.check_time()

    def room(self, packed: int) -> int:
        """Bytes one member of `packed` compressed bytes may grow to before reading stops.

        Raises LimitReached when nothing is left.
        """
        left = self.limits.inflated_bytes - self.inflated
        if left <= 0:
            raise LimitReached(f"more than {self.limits.inflated_bytes // MIB} MiB after unpacking")
        return min(left, self.limits.member_bytes)

    def take_bytes(self, size: int) -> None:
        """Counts unpacked bytes."""
        self.inflated += size

    def is_bomb(self, packed: int, unpacked: int) -> bool:
        """True when a stream's growth has no ordinary explanation."""
        return unpacked >= self.limits.bomb_bytes and unpacked > max(packed, 1) * self.limits.ratio
