"""Whose domain is a host? Public suffixes, and the domains with a known use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

import tutela.reference

TABLE = Path(tutela.reference.__file__).parent / "tables" / "domains.tsv"


class Split(NamedTuple):
    """A host split at the public suffix list, private section included: `alice.pages.dev` is a site of its own.

    `sub` is what stands before the site, "" when nothing does; `label` is the part somebody chose and registered;
    `suffix` the rest. `known_suffix` is False when the list has no rule for it (`.example`). `hosted` is True when
    the suffix is a hosting service's rather than a registry's.
    """

    sub: str
    label: str
    suffix: str
    known_suffix: bool
    hosted: bool

    @property
    def site(self) -> str:
        return f"{self.label}.{self.suffix}" if self.label else self.suffix


@lru_cache(maxsize=1)
def _all_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=1)
def _registry_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def is_suffix(ending: str) -> bool:
    """True for a top-level ending that registries know (`com`, `рф`); the host is in Unicode, small letters."""
    return _registry_suffixes().publicsuffix(ending) is not None


@lru_cache(maxsize=65536)
def split(host: str) -> Split:
    """Splits a Unicode host in small letters. An ending the list does not know counts as one label."""
    suffix = _all_suffixes().publicsuffix(host)
    known = suffix is not None
    if suffix is None:
        suffix = host.rpartition(".")[2]
    if host == suffix:
        return Split("", "", suffix, known, False)
    rest = host[: -len(suffix) - 1]
    sub, _, label = rest.rpartition(".")
    return Split(
        sub, label, suffix, known, known and "." in suffix and _registry_suffixes().publicsuffix(suffix) != suffix
    )


@lru_cache(maxsize=1)
def _uses() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            domain, _, uses = line.partition("\t")
            table[domain] = frozenset(uses.split(" "))
    return table


_NO_USE: frozenset[str] = frozenset()


def uses(host: str) -> frozenset[str]:
    """Known uses of a host or of the nearest domain above it that has one: `popular`, `shortener`, `open`, `bio`, `bank`."""
    table = _uses()
    while True:
        if (found := table.get(host)) is not None:
            return found
        _, dot, host = host.partition(".")
        if not dot:
            return _NO_USE


def popular(site: str) -> bool:
    """True when the registrable domain itself is among the most used ones or is a bank's."""
    return not _uses().get(site, _NO_USE).isdisjoint(("popular", "bank"))


@lru_cache(maxsize=1)
def _endings() -> dict[str, int]:
    count: dict[str, int] = {}
    for domain, kinds in _uses().items():
        if "popular" in kinds:
            label = split(domain).label
            count[label] = count.get(label, 0) + 1
    return count


def popular_endings(label: str) -> int:
    """Under how many endings a label is among the most used domains: a brand that is at home in many countries."""
    return _endings().get(label, 0)


def popular_labels() -> dict[str, int]:
    """Labels of the most used domains, with the number of their endings."""
    return _endings()
