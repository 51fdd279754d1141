"""Which texts are worth reading for links? The gates, for the one pass over all texts."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def gates() -> tuple[tuple[str, str], ...]:
    """Pairs of id and pattern: caseless, over UTF-8 bytes, in the subset that Hyperscan takes."""
    table = tomllib.loads((Path(__file__).parent / "gates.toml").read_text(encoding="utf-8"))
    return tuple((row["id"], row["regex"]) for row in table["gate"])
