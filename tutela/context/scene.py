"""A scene: one item with everything that was read and seen in it, for those who weigh it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tutela.model import Item, Part, Signal, Trouble
from tutela.scan.view import View
from tutela.settings import Platform


class Scene(Struct, kw_only=True):
    """An item while it is judged. `views` holds the plain view of each part by the part's name."""

    item: Item
    platform: Platform
    parts: tuple[Part, ...]
    views: Mapping[str, View]
    signals: tuple[Signal, ...] = ()
    troubles: tuple[Trouble, ...] = ()
