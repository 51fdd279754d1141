"""Which words does the desk use? Read once from its own tables, in six languages."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "es", "fr", "de", "pt", "ar")
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


def known(lang: str | None) -> str:
    """The language the desk answers in: the one asked for where it has words, else English."""
    return lang if lang in LANGUAGES else "en"


@lru_cache(maxsize=8)
def words(table: str) -> dict[str, Any]:
    """A table of words: language, then name; a name stands for a sentence or a list of them."""
    return tomllib.loads((files("tutela.desk") / "words" / f"{table}.toml").read_text("utf-8"))
