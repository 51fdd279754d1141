"""Words that stand near a value: tables by group and language, found in one literal pass over lowered text.

A table is a file `reference/words/<topic>.toml`: `[group]`, then one line a language with its words. A word ends and
starts at a word boundary unless it carries `*` at that side; where a script writes no spaces (Han, Kana, Thai) there
is no boundary to keep. Everything is compared in lower case.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from tutela.errors import BadDetector
from tutela.scan.matcher import Matcher


class Cue(NamedTuple):
    """A word of a group, at `text[start:end]` (code points, half-open)."""

    group: str
    start: int
    end: int
    lang: str


class _Word(NamedTuple):
    group: str
    lang: str
    size: int
    open_left: bool
    open_right: bool


def lowered(text: str) -> str:
    """Lower case with one code point for each code point of the input."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def _glues(char: str) -> bool:
    """True when a letter or digit here would make the word a part of a longer one."""
    if not (char.isalnum() or char == "_"):
        return False
    point = ord(char)
    # Scripts written without spaces: Thai to Khmer, Kana, Han. Korean particles follow their noun directly.
    return not (
        0x0E00 <= point <= 0x109F
        or 0x1780 <= point <= 0x17FF
        or 0x3040 <= point <= 0x9FFF
        or 0xAC00 <= point <= 0xD7A3
        or 0x20000 <= point <= 0x3FFFF
    )


class Words:
    """Every word of every group behind one matcher."""

    def __init__(self, groups: dict[str, dict[str, list[str]]]) -> None:
        by_literal: dict[str, list[_Word]] = {}
        for group, languages in groups.items():
            for lang, words in languages.items():
                for word in words:
                    literal = lowered(word.strip("*"))
                    entry = _Word(
                        group,
                        lang,
                        len(literal),
                        word.startswith("*"),
                        word.endswith("*"),
                    )
                    by_literal.setdefault(literal, []).append(entry)
        self.groups = frozenset(groups)
        self._entries = [tuple(entries) for entries in by_literal.values()]
        self._matcher = Matcher.of([(literal, 0) for literal in by_literal], literal=True)

    def find(self, text: str) -> list[Cue]:
        """All cues in `text`, by end. Overlaps are kept: a phrase and a word in it are both found."""
        low = lowered(text)
        data = low.encode("utf-8", "surrogatepass")
        hits = self._matcher.scan(data)
        if not hits:
            return []
        cues: list[Cue] = []
        plain = len(data) == len(low)
        place_bytes = place = 0
        for number, end_bytes in hits:
            if plain:
                end = end_bytes
            else:
                place += len(data[place_bytes:end_bytes].decode("utf-8", "ignore"))
                place_bytes = end_bytes
                end = place
            for word in self._entries[number]:
                start = end - word.size
                if not word.open_left and start > 0 and _glues(low[start - 1]) and _glues(low[start]):
                    continue
                if not word.open_right and end < len(low) and _glues(low[end]) and _glues(low[end - 1]):
                    continue
                cues.append(Cue(word.group, start, end, word.lang))
        return cues


def load_words(extra: Iterable[tuple[str, bytes]] = ()) -> Words:
    """The product's tables and those of `extra` (name, TOML bytes).

    A group may be spread over several files; its languages are joined. Raises BadDetector (T205) listing every defect.
    """
    sources = [(entry.name, entry.read_bytes()) for entry in _tables()] + list(extra)
    groups: dict[str, dict[str, list[str]]] = {}
    defects: list[str] = []
    for name, data in sources:
        try:
            table = tomllib.loads(data.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            defects.append(f"{name}: {error}")
            continue
        for group, languages in table.items():
            if not isinstance(languages, dict) or not all(
                isinstance(words, list) and all(isinstance(word, str) and word.strip("* ") for word in words)
                for words in languages.values()
            ):
                defects.append(f"{name}, [{group}]: each language needs a list of words")
                continue
            for lang, words in languages.items():
                groups.setdefault(group, {}).setdefault(lang, []).extend(words)
    if defects:
        raise BadDetector(
            "; ".join(defects),
            where="reference/words",
            next_step="a group is [name] with lang = [words]",
        )
    return Words(groups)


def _tables() -> list[Traversable]:
    folder = files("tutela.reference") / "words"
    return sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
