"""Does a name pass for another? One measure over labels, hosts and handles, with the rule and the reason in words."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tutela.links import domains, shapes
from tutela.links.address import parse
from tutela.settings import Platform

Rule = Literal["homoglyph", "slip", "ending", "joined", "trust", "version", "contains", "fan"]
# A four-letter name is one slip away from half the dictionary; shorter ones from all of it.
SHORTEST_SLIP = 5
SHORTEST_INSIDE = 4
SHORTEST_CONTAINED = 6
# What fakes run together with a name is short; longer words are a product's or a firm's own name.
_LONGEST_ADDED = 11


class Match(Struct, frozen=True, kw_only=True):
    """What a label passes for. `target` is the name or domain as the profile has it, `says` the reason in words."""

    rule: Rule
    target: str
    brand: bool
    confidence: float
    says: str


class _Target(Struct, frozen=True):
    plain: str
    shown: str
    brand: bool
    label: bool


class Targets:
    """A profile's names made ready for looking up. Immutable after it is made."""

    def __init__(self, platform: Platform) -> None:
        self.official = frozenset((*platform.domains, *platform.shorteners))
        self.brand_sites = frozenset(domain for brand in platform.brands for domain in brand.domains)
        self.allowed = tuple(entry.lower().rstrip("/") for entry in platform.allow_links)
        known: dict[str, _Target] = {}
        for name, hosts, brand in [
            (platform.name, (*platform.spellings, *platform.domains), False),
            *((brand.name, brand.domains, True) for brand in platform.brands),
        ]:
            for text in (name, *hosts):
                is_host = "." in text and " " not in text
                label = _label_of(text) if is_host else shapes.plain(text)
                bare = re.sub(r"[^a-z0-9]", "", shapes.plain(label))
                if len(bare) >= SHORTEST_INSIDE:
                    known.setdefault(bare, _Target(bare, text if is_host else name, brand, is_host))
        self.known = known
        self.platform_words = frozenset(word for word, target in known.items() if not target.brand)
        self.by_tight: dict[str, list[_Target]] = {}
        self.by_loose: dict[str, list[_Target]] = {}
        self.by_slip: dict[str, list[_Target]] = {}
        for target in known.values():
            self.by_tight.setdefault(shapes.tight(target.plain), []).append(target)
            self.by_loose.setdefault(shapes.loose(target.plain), []).append(target)
            if len(target.plain) >= SHORTEST_SLIP:
                for key in shapes.deletions(target.plain):
                    self.by_slip.setdefault(key, []).append(target)
        self.longest = max((len(word) for word in known), default=0)
        self.inside = _inside([target.plain for target in known.values()])
        self.tight_inside = _inside([shape for shape in self.by_tight if len(shape) >= SHORTEST_CONTAINED])


def _label_of(host: str) -> str:
    address = parse(host)
    return address.parts.label if address and address.parts else host


def _inside(words: list[str]) -> re.Pattern[str] | None:
    long = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, long))) if long else None


@lru_cache(maxsize=64)
def targets(platform: Platform) -> Targets:
    """The profile's targets, made once for each profile."""
    return Targets(platform)


@lru_cache(maxsize=1)
def words() -> dict[str, frozenset[str]]:
    """The word lists: `trust`, `version`, `fan`, `page`, `staff`, `parody`."""
    lists = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return {name: frozenset(entries) for name, entries in lists.items()}


def official(host: str, known: Targets) -> bool:
    """True when the host is one of the platform's own or stands below one."""
    return _below(host, known.official)


def own_brand(host: str, known: Targets) -> bool:
    """True when the host belongs to a brand the operator lists."""
    return _below(host, known.brand_sites)


def _below(host: str, hosts: frozenset[str]) -> bool:
    while host:
        if host in hosts:
            return True
        host = host.partition(".")[2]
    return False


# Endings that registries give to authorities, schools and armies only (`gov.ie`, `edu`, `ac.uk`).
_CLOSED = frozenset(("gov", "gob", "gouv", "edu", "ac", "mil", "int", "sch"))
# Names that carry other sites' files and are never seen by people; customers choose their own label there.
_CARRIERS = frozenset((
    "map.fastly.net", "global.ssl.fastly.net", "edgesuite.net", "edgekey.net", "akamaized.net", "akadns.net", "akamai.net", "akamaihd.net",
    "cdn.cloudflare.net", "trafficmanager.net",
))  # fmt: skip
_SURE = {
    "homoglyph": 0.97,
    "slip": 0.92,
    "joined": 0.9,
    "ending": 0.85,
    "trust": 0.93,
    "version": 0.85,
    "contains": 0.6,
    "fan": 0.45,
}


def match_label(label: str, known: Targets, *, typed: str = "") -> Match | None:
    """What a registered label, or a whole handle, passes for; None when for nothing. The strongest reason wins.

    `typed` is the label as typed: a capital I passes for a small l only there. At most 63 characters are read.
    """
    if not known.known or not label:
        return None
    label = label[:63]
    folded = shapes.plain(label)
    bare = folded.replace("-", "").replace("_", "").replace(".", "")
    if (
        typed
        and "I" in typed
        and not typed.isupper()
        and (found := whole(shapes.plain(typed.replace("I", "l")), known, changed=True))
    ):
        return found
    changed = not label.isascii()
    if not changed and bare in known.known:
        target = known.known[bare]
        if bare == folded:
            return _match("ending", target, f"the name of {target.shown} under another ending")
        return _match("slip", target, f"{target.shown} with other signs between the letters")
    return whole(bare, known, changed=changed) or _affixed(folded, known)


def whole(bare: str, known: Targets, *, changed: bool = False) -> Match | None:
    """What a plain name passes for as a whole: like signs or one slip. `changed` when it was not plain as typed."""
    if changed and bare in known.known:
        target = known.known[bare]
        return _match("homoglyph", target, f"letters that look like those of {target.shown}")
    if len(bare) > known.longest + 4:
        return None
    for target in known.by_tight.get(shapes.tight(bare), ()):
        if bare != target.plain:
            return _match("homoglyph", target, f"signs that look like those of {target.shown}")
    for key in shapes.deletions(bare):
        for target in known.by_slip.get(key, ()):
            if kind := shapes.slip(bare, target.plain):
                return _match("slip", target, f"{kind} against {target.shown}", len(target.plain))
    if (at := bare.find("es")) > 1 and (short := known.known.get(bare[:at] + bare[at + 2 :])) and len(short.plain) >= 6:
        return _match("slip", short, f"a plural put into {short.shown}")
    for target in known.by_loose.get(shapes.loose(bare), ()):
        if len(target.plain) >= SHORTEST_SLIP and shapes.visual_slips(bare, target.plain) <= 2:
            return _match("homoglyph", target, f"signs that look like those of {target.shown}", len(target.plain))
    if changed:
        for key in shapes.deletions(shapes.tight(bare)):
            for target in known.by_tight.get(key, ()):
                if len(target.plain) >= SHORTEST_SLIP:
                    return _match("homoglyph", target, f"look-alike letters and a slip against {target.shown}")
    return None


def _match(rule: Rule, target: _Target, says: str, length: int = 9) -> Match:
    # Short names have many neighbours that mean something else.
    sure = _SURE[rule] - (0.15 if length <= 5 else 0.05 if length == 6 else 0.0)
    return Match(rule=rule, target=target.shown, brand=target.brand, confidence=round(sure, 2), says=says)


_BETWEEN = re.compile(r"[-_.\d]+")


def _affixed(folded: str, known: Targets) -> Match | None:
    """The name with something added before, behind or on both sides, joined or hyphened."""
    if known.inside is None:
        return None
    best: Match | None = None
    forms = [(folded, True), (shapes.tight(folded), False)]
    if "-" in folded:
        forms.insert(1, (folded.replace("-", ""), True))
    for text, exact in forms:
        pattern = known.inside if exact else known.tight_inside
        if pattern is None:
            continue
        for hit in pattern.finditer(text):
            target = known.known.get(hit[0]) if exact else known.by_tight[hit[0]][0]
            if target is None:
                continue
            before, behind = text[: hit.start()], text[hit.end() :]
            found = _added(target, before, behind, exact)
            if found and (best is None or found.confidence > best.confidence):
                best = found
        if best:
            return best
    return None


def _added(target: _Target, before: str, behind: str, exact: bool) -> Match | None:
    lists = words()
    apart = (not before or before[-1] in "-_.") and (not behind or behind[0] in "-_.")
    if not exact and (not before and not behind):
        return None
    added = [word for side in (before, behind) for word in _BETWEEN.split(side) if word]
    length = len(target.plain)
    if not apart and length < SHORTEST_SLIP:
        return None
    look = "" if exact else " in look-alike signs"
    if all(_made_of(word, lists["trust"] | lists["version"]) for word in added):
        trusted = any(_made_of(word, lists["trust"]) for word in added)
        with_words = " and ".join(f'"{word}"' for word in added) or "digits"
        rule: Rule = "trust" if trusted else "version"
        return _match(rule, target, f"the name of {target.shown}{look} with {with_words} added")
    if any(word in lists["fan"] for word in added) and not any(word in lists["trust"] for word in added):
        return (
            _match("fan", target, f"the name of {target.shown}{look} on a site about it")
            if apart or length >= 6
            else None
        )
    if any(word in lists["trust"] for word in added) and (apart or length >= SHORTEST_CONTAINED):
        return _match("trust", target, f"the name of {target.shown}{look} with a word that asks for trust")
    if not apart and max(map(len, added), default=0) > _LONGEST_ADDED:
        return None
    at_edge = not before or not behind or apart
    if apart or (length >= SHORTEST_CONTAINED and at_edge):
        return _match("contains", target, f"the name of {target.shown}{look} with other words")
    return None


def _made_of(word: str, entries: frozenset[str]) -> bool:
    """True for a listed word, or two of them run together."""
    if word in entries:
        return True
    return any(word[:at] in entries and word[at:] in entries for at in range(2, len(word) - 1))


def match_host(host: str, known: Targets, *, typed: str = "") -> Match | None:
    """What a host passes for by its registered part, or by the dots put into a name; None when for nothing.

    The platform's own hosts and those of listed brands pass for nobody; nor do the most used domains.
    """
    if not known.known or official(host, known) or own_brand(host, known):
        return None
    parts = domains.split(host)
    if not parts.label or parts.suffix in _CARRIERS:
        return None
    if parts.sub and (found := _dotted(parts.sub, parts.label, known)):
        return found
    if domains.popular(parts.site):
        return None
    typed_label = typed.split(".")[-2 - parts.suffix.count(".")] if typed.count(".") > parts.suffix.count(".") else ""
    if parts.suffix.split(".")[0] in _CLOSED and not parts.hosted:
        return None
    return match_label(parts.label, known, typed=typed_label)


def _dotted(sub: str, label: str, known: Targets) -> Match | None:
    """Dots put into a name: `mur.mura.com`."""
    if len(sub) + len(label) > known.longest + 8:
        return None
    bare = shapes.plain(label)
    joined = shapes.plain(sub + bare).replace(".", "").replace("-", "").removeprefix("www")
    if joined == bare or bare in known.known or joined not in known.known:
        return None
    return _match("joined", known.known[joined], f"dots put into {known.known[joined].shown}")
